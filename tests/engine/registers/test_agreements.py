"""The register of agreements: what happens to the one before when an agreement ends or takes over."""

import pytest
from sqlalchemy import Connection, select

from engine.database.register_tables import agreement
from engine.registers import agreements
from engine.work import Work
from tests.engine.build import NOW, create_agreement, create_instance, create_pack


@pytest.fixture
def work(connection: Connection) -> Work:
    create_pack(connection)
    return Work(connection, NOW)


def statuses(work: Work) -> dict[str, str]:
    rows = work.connection.execute(select(agreement.c.key, agreement.c.status))
    return {row.key: row.status for row in rows}


def create_two(work: Work, life_of_the_first: str) -> None:
    first = create_instance(work.connection, id="first", root_id="first", status=life_of_the_first)
    second = create_instance(work.connection, id="second", root_id="second")
    create_agreement(work.connection, first, key="a", status="under_revision")
    create_agreement(work.connection, second, key="a:2", predecessor_key="a")


def test_an_agreement_in_force_replaces_the_one_before(work: Work) -> None:
    create_two(work, "completed")
    agreements.set_status(work, "a:2", "in_force")
    agreements.replace_predecessor(work, "a:2")
    assert statuses(work) == {"a": "replaced", "a:2": "in_force"}


@pytest.mark.parametrize("status", ["lapsed", "ended"])
def test_one_that_was_kept_until_it_would_be_replaced_ends_with_the_one_that_never_did(work: Work, status: str) -> None:
    # The regional agreement lapsed while a successor was being drafted, and the old local one stayed "under revision"
    # for ever: its own process was over, so nobody was there to be told.
    create_two(work, "completed")
    agreements.set_status(work, "a:2", status)
    assert statuses(work) == {"a": status, "a:2": status}


def test_one_that_still_lives_goes_on_without_its_successor(work: Work) -> None:
    create_two(work, "active")
    agreements.set_status(work, "a:2", "ended")
    assert statuses(work) == {"a": "under_revision", "a:2": "ended"}
