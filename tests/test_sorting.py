"""People read lists in the order of the Swedish alphabet, å, ä and ö last, whatever the database or machine does."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from engine.alphabet import swedish_order
from engine.clock import utc_now
from engine.database import Database
from engine.database.tables import metadata
from engine.people import create_person, list_people
from engine.queries.swedish import swedish_date

ROOT = Path(__file__).resolve().parent.parent
NAMES = ["Adam", "Élise", "Erik", "Zara", "Åsa", "Älva", "Örjan"]
# A list of names sorted as the machine likes: by SQL, or by the bare name.
BARE = re.compile(
    r"key=lambda \w+: [^\n]*\b\w+\.(?:\w+\.)?(?:name|title|organisation_name|person_name)\b"
    r"|order_by\([^)\n]*\b(?:person|person_table|organisation|organisation_table)\.c\.name"
)
IN_ORDER = re.compile(r"swedish_order\([^()]*\)")
# Sorted anew where they are shown, or names that are keys and not for people.
EXCEPT = {"engine/people.py", "engine/bpmn/migration.py"}


def test_the_alphabet_ends_with_three_letters() -> None:
    assert sorted({*NAMES}, key=swedish_order) == NAMES


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    database = Database(database_url)
    metadata.create_all(database.engine)
    with database.write() as opened:
        yield opened
    database.close()


def test_people_come_in_that_order_from_either_database(connection: Connection) -> None:
    for number, name in enumerate(reversed(NAMES)):
        create_person(connection, utc_now(), f"person{number}", name)
    assert [person.name for person in list_people(connection)] == NAMES


def test_no_list_of_names_is_sorted_in_another_order() -> None:
    found = [
        f"{path}: {match.group()}"
        for folder in ("engine/queries", "engine", "web", "exports")
        for file in sorted((ROOT / folder).rglob("*.py"))
        if (path := str(file.relative_to(ROOT))) not in EXCEPT
        for match in BARE.finditer(IN_ORDER.sub("", file.read_text()))
    ]
    assert sorted(set(found)) == []


def test_a_day_in_words_needs_no_locale_of_the_machine() -> None:
    assert swedish_date(utc_now().replace(year=2026, month=3, day=9)) == "9 mars 2026"
