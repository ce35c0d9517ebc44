"""The task list's filter as it stands in the address, and in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from engine.authorisation import is_municipality, sees_everything
from engine.people import Person
from engine.queries import TaskFilter
from engine.queries.task_rows import Scope
from web import words
from web.surroundings import surroundings
from web.views import focus

PROGRESS = ("new", "draft", "claimed")
SCOPES: dict[str, Scope] = {"": "mine", "roller": "roles", "alla": "all"}
PLACES_IN_THE_LIST = ("efter", "fore", "lang")  # not part of a filter
LONGEST_SEARCH = 200
ROLE, PERSON = "roll:", "person:"

Choice = tuple[str, str]  # value, title


@dataclass(frozen=True)
class Choices:
    """What there is to choose from in each field of the form."""

    municipalities: list[Choice]
    stages: list[Choice]
    processes: list[Choice]
    states: list[Choice]
    roles: list[Choice]
    holders: list[Choice]


def read_filter(given: Mapping[str, str]) -> TaskFilter:
    """`lage` is one choice in the page, and several in the filter; so is `vantar`."""
    status = given.get("lage")
    progress: Any = status if status in PROGRESS else None
    waiting = given.get("vantar") or ""
    return TaskFilter(
        scope=SCOPES.get(given.get("omfattning", ""), "mine"),
        organisation=given.get("kommun") or None,
        stage=given.get("skede") or None,
        process_key=given.get("process") or None,
        search=(given.get("q") or "").strip()[:LONGEST_SEARCH] or None,
        progress=progress,
        late=True if status == "late" else None,
        waiting_role=waiting.removeprefix(ROLE) if waiting.startswith(ROLE) else None,
        waiting_person=waiting.removeprefix(PERSON) if waiting.startswith(PERSON) else None,
    )


def kept(given: Mapping[str, str], *without: str) -> dict[str, Any]:
    """The filter as arguments of an address, without the place in the list."""
    left_out = {*PLACES_IN_THE_LIST, *without}
    return {key: value for key, value in given.items() if key not in left_out and value}


def choices(person: Person, chosen: TaskFilter) -> Choices:
    """`person` as in focus; a municipality that the filter names is there whoever looks."""
    packs = words.titles().packs.values()
    processes = {process.key: process.title for pack in packs for process in pack.processes}
    roles = {role.key: role.title for pack in packs for role in pack.roles}
    return Choices(
        municipalities=_municipalities(person, chosen),
        stages=focus.stages(),
        processes=[(key, words.words(title)) for key, title in processes.items()],
        states=_states(),
        roles=[(f"{ROLE}{key}", words.words(title)) for key, title in roles.items()],
        holders=[(f"{PERSON}{key}", name) for key, name in surroundings().holders],
    )


def in_words(person: Person, chosen: TaskFilter) -> list[str]:
    """What the filter leaves in, each part by itself: `Kommun: Mora`."""
    available = choices(person, chosen)
    scopes = {"roles": _("Mina rollers uppgifter"), "all": _("Alla uppgifter som jag får se")}
    status = "late" if chosen.late else chosen.progress
    waiting = f"{ROLE}{chosen.waiting_role}" if chosen.waiting_role else f"{PERSON}{chosen.waiting_person}"
    titled = (
        (_("Sökt"), chosen.search),
        (_("Kommun"), _title(available.municipalities, chosen.organisation)),
        (_("Skede"), _title(available.stages, chosen.stage)),
        (_("Läge"), _title(available.states, status)),
        (_("Process"), _title(available.processes, chosen.process_key)),
        (_("Väntar på"), _title([*available.roles, *available.holders], waiting)),
    )
    said = [scopes.get(chosen.scope)] + [f"{name}: {title}" if title else None for name, title in titled]
    return [part for part in said if part]


def _title(titles: list[Choice], value: str | None) -> str | None:
    if not value or value == f"{PERSON}None":
        return None
    return next((title for key, title in titles if key == value), value.partition(":")[2] or value)


def _states() -> list[Choice]:
    return [
        ("late", _("Försenade")),
        ("new", _("Nya")),
        ("draft", _("Utkast sparat")),
        ("claimed", _("Övertagna")),
    ]


def _municipalities(person: Person, chosen: TaskFilter) -> list[Choice]:
    if chosen.scope == "all" and sees_everything(person):
        return focus.named([code for code in words.titles().organisations if is_municipality(code)])
    mine = focus.municipalities(person)
    if chosen.organisation and chosen.organisation not in dict(mine):
        return [*mine, (chosen.organisation, words.titles().organisation(chosen.organisation))]
    return mine
