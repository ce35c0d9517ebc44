# ruff: noqa: SIM905 - a list of names reads best as words
"""The made-up people of a simulated county: who leads, drafts, decides and follows up. The demo signs in as them."""

import random
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.packs import Pack
from engine.people import create_person, find_person, grant

_FIRST = """
Karin Anna Eva Maria Lena Kristina Birgitta Ingrid Margareta Elisabeth Sara Emma Johanna Elin Ulrika
Helena Fatima Zahra Petra Monica Lars Anders Johan Per Mikael Erik Magnus Fredrik Stefan Daniel Ali
Samir Henrik Mattias Olof
""".split()
_LAST = """
Berglund Hedlund Nyström Sundin Wallin Ekström Forsberg Lindahl Sandberg Hallberg Åkerman Öberg
Norling Dahlin Fransson Haddad Karlsson Matsson Jonsson Eriksson Olsson Persdotter Hed Back Grund
Skog Rask Frisk Yusuf Moberg
""".split()

# Four municipalities in the north share a coordinator, as some do in Dalarna: one person, several roles.
_SHARED = ("2062", "2034", "2039", "2023")

# role key, how many, in which kind of organisation
_IN_MUNICIPALITY = (
    ("process_leader", 1),
    ("working_group", 2),
    ("steering_group", 2),
    ("municipality_decision", 1),
    ("recipient", 1),
    ("deviation_handler", 1),
)
_IN_REGION = ("region_decision", "recipient", "working_group", "deviation_handler", "party")
_USERNAMES = {"å": "a", "ä": "a", "ö": "o", "é": "e"}


def cast_county(connection: Connection, now: datetime, pack: Pack, seed: int, password: str | None = None) -> int:
    """Create everybody that the pack's processes need, with their roles. Returns how many.

    Usernames tell who is who: `karin.berglund` and so on; one per role is also called by it, such as
    `process_leader.falun`, so that a demo and a test can find them.
    """
    rng = random.Random(f"cast {seed}")  # noqa: S311 - dice, not secrets
    casting = _Casting(connection, now, rng, password)
    organisations = pack.catalogues["organisations"]
    for item in organisations:
        if item["kind"] == "municipality":
            _cast_municipality(casting, item)
        elif item["kind"] == "region":
            casting.person("region", {"title": ""}, [(role, item["key"]) for role in _IN_REGION])
            for extra in ("deviation_party", "reporter"):
                casting.person(extra, {"title": "region"}, [(extra, item["key"])])
        else:
            roles = [(item["key"], item["key"])]
            casting.person(item["key"], {"title": ""}, roles)
            casting.person(f"{item['key']}2", {"title": ""}, roles)
    casting.person("administrator", {"title": ""}, [("administrator", "rss")])
    return casting.count


def _cast_municipality(casting: "_Casting", item: dict[str, Any]) -> None:
    code = item["key"]
    for role, count in _IN_MUNICIPALITY:
        if role == "process_leader" and code in _SHARED:
            casting.shared_leader(item)
            continue
        for number in range(1, count + 1):
            roles = [(role, code)]
            if role == "municipality_decision":
                roles.append(("party", code))
            if role == "deviation_handler":
                roles.append(("deviation_party", code))
            if role == "working_group":
                roles.append(("reporter", code))
            casting.person(role if number == 1 else f"{role}{number}", item, roles)


class _Casting:
    def __init__(self, connection: Connection, now: datetime, rng: random.Random, password: str | None) -> None:
        self._connection = connection
        self._now = now
        self._rng = rng
        self._password = password
        self._names: set[str] = set()
        self.count = 0

    def person(self, part: str, item: dict[str, Any], roles: list[tuple[str, str]]) -> None:
        username = _username(part, item["title"])
        name = self._name()
        email = f"{username}@example.se"
        person_id = create_person(self._connection, self._now, username, name, email, self._password)
        for role, organisation in roles:
            grant(self._connection, self._now, person_id, role, organisation)
        self.count += 1

    def shared_leader(self, item: dict[str, Any]) -> None:
        username = "process_leader.norr"
        found = find_person(self._connection, username)
        if found is None:
            self.person("process_leader", {"title": "norr"}, [("process_leader", item["key"])])
        else:
            grant(self._connection, self._now, found.id, "process_leader", item["key"])

    def _name(self) -> str:
        while True:
            name = f"{self._rng.choice(_FIRST)} {self._rng.choice(_LAST)}"
            if name not in self._names or len(self._names) > 600:
                self._names.add(name)
                return name


def _username(part: str, place: str) -> str:
    text = f"{part}.{place}".lower().strip(".").replace(" ", "-")
    return "".join(_USERNAMES.get(letter, letter) for letter in text)
