"""Filters that people keep: their own, and those that others with the same role see."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from engine import commands
from engine.authorisation import may_open_filter
from engine.commands.saved_filters import LONGEST_QUERY, MOST, NAME_TAKEN
from engine.errors import Conflict, Invalid, NotFound, NotPermitted
from engine.people import Person
from engine.queries.saved_filters import SavedFilter
from engine.queries.surroundings import load_surroundings
from tests.engine import build
from tests.engine.build import NOW, somebody

FALUN, MORA = ("process_leader", "2080"), ("process_leader", "2062")


@pytest.fixture
def karin(connection: Connection) -> Person:
    build.create_pack(connection)
    return somebody(connection, "karin", FALUN, MORA)


def filters(connection: Connection, person: Person) -> list[SavedFilter]:
    return load_surroundings(connection, person, NOW).filters


def keep(connection: Connection, person: Person, name: str, shared: tuple[str, str | None] | None = None) -> str:
    return commands.save_filter(connection, NOW, person, "tasks", name, "kommun=2080&lage=late", shared)


def test_kept_opened_renamed_and_removed(connection: Connection, karin: Person) -> None:
    late = keep(connection, karin, "  Sent  i Falun ")
    keep(connection, karin, "Över älven")
    keep(connection, karin, "Avslut")
    assert [one.name for one in filters(connection, karin)] == ["Avslut", "Sent i Falun", "Över älven"]
    assert filters(connection, karin)[1].query == "kommun=2080&lage=late"

    commands.change_filter(connection, NOW, karin, late, "Zorn", None)
    assert [one.name for one in filters(connection, karin)] == ["Avslut", "Zorn", "Över älven"]
    commands.remove_filter(connection, NOW, karin, late)
    assert [one.name for one in filters(connection, karin)] == ["Avslut", "Över älven"]
    with pytest.raises(NotFound):
        commands.remove_filter(connection, NOW, karin, late)


def test_shared_with_those_who_have_the_role_there_or_anywhere(connection: Connection, karin: Person) -> None:
    bo = somebody(connection, "bo", MORA)
    eva = somebody(connection, "eva", ("steering_group", "2062"))
    here = keep(connection, karin, "I Mora", MORA)
    anywhere = keep(connection, karin, "Alla processledare", ("process_leader", None))
    keep(connection, karin, "I Falun", FALUN)
    keep(connection, karin, "Bara mitt")

    seen = filters(connection, bo)
    assert [(one.id, one.owner, one.shared) for one in seen] == [(anywhere, "Karin", True), (here, "Karin", True)]
    assert filters(connection, eva) == []
    for one in filters(connection, karin):
        opens = bool(may_open_filter(bo, one.owner_id, one.role, one.organisation))
        assert opens == (one.id in {here, anywhere}), one.name

    with pytest.raises(NotPermitted):
        commands.remove_filter(connection, NOW, bo, here)
    with pytest.raises(NotPermitted):
        keep(connection, bo, "Till Falun", FALUN)
    with pytest.raises(NotPermitted):
        keep(connection, eva, "Till alla", ("process_leader", None))
    commands.change_filter(connection, NOW, karin, here, "I Mora", None)
    assert [one.id for one in filters(connection, bo)] == [anywhere]


def test_what_cannot_be_kept(connection: Connection, karin: Person) -> None:
    first = keep(connection, karin, "Sent")
    other = keep(connection, karin, "Annat")
    with pytest.raises(Conflict, match=NAME_TAKEN):
        keep(connection, karin, "Sent")
    with pytest.raises(Conflict):
        commands.change_filter(connection, NOW, karin, other, "Sent", None)
    commands.change_filter(connection, NOW + timedelta(days=1), karin, first, "Sent", None)  # its own name is free
    for name in ("", "   ", "x" * 101):
        with pytest.raises(Invalid):
            keep(connection, karin, name)
    with pytest.raises(Invalid):
        commands.save_filter(connection, NOW, karin, "tasks", "Långt", "q=" + "x" * LONGEST_QUERY, None)
    for number in range(MOST - 2):
        keep(connection, karin, f"Nummer {number}")
    with pytest.raises(Invalid):
        keep(connection, karin, "Ett till")
    assert len(filters(connection, karin)) == MOST
