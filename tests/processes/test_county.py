"""The whole county on a simulated clock with the shipped pack, and people who act at random: nobody is ever stuck."""

import random
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, exists, select
from sqlalchemy.orm import aliased

from engine import integrity
from engine.authorisation import may_start
from engine.clock import local_date, start_of_day
from engine.commands import complete_task, deploy_pack, due_timers, fire_timer, next_due, start_process
from engine.database import Database
from engine.database.register_tables import agreement
from engine.database.tables import process_instance, subscription, timer, user_task
from engine.definitions import definition_by_id, latest_definition
from engine.errors import NotPermitted
from engine.forms import fitted
from engine.packs import Pack, load_pack, shipped_packs
from engine.people import Person, list_people
from engine.simulation import Options, play
from engine.simulation.answers import fill_in
from engine.simulation.cast import cast_county
from engine.simulation.choices import Situation, choose

FOLDER = shipped_packs()[0]
STEPS = 500
BEGINNING = start_of_day(date(2023, 6, 1))


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(FOLDER)


@pytest.fixture(scope="module")
def peopled(tmp_path_factory: pytest.TempPathFactory, pack: Pack) -> Path:
    """The database's file before anything has begun: the pack is deployed, and everybody is there."""
    file = tmp_path_factory.mktemp("county") / "county.sqlite3"
    with closing(Database(f"sqlite:///{file}", durable=False)) as database:
        agreement.metadata.create_all(database.engine)
        with database.write() as connection:
            deploy_pack(connection, BEGINNING, FOLDER)
            cast_county(connection, BEGINNING, pack, 1)
    return file


@pytest.fixture
def county(peopled: Path, tmp_path: Path) -> Iterator[Database]:
    file = shutil.copy(peopled, tmp_path)
    with closing(Database(f"sqlite:///{file}", durable=False)) as database:
        yield database


def test_the_county_lives_for_years_and_nobody_is_stuck(county: Database, pack: Pack) -> None:
    options = Options(
        pack.key,
        date(2024, 10, 1),
        date(2026, 12, 31),
        seed=3,
        deviations_per_year=4,
        amendments=[date(2025, 5, 15), date(2026, 11, 1)],
        left_undone={"rss": date(2026, 10, 1)},
    )
    played = play(county, options)
    assert played.stuck == []
    assert played.tasks > 500
    with county.read() as connection:
        assert stuck(connection) == []
        assert integrity.check(connection) == []
        local = connection.execute(select(agreement).where(agreement.c.kind == "local")).all()
        overdue = due_timers(connection, start_of_day(date(2026, 12, 31)), 10)
        of_rss = connection.execute(select(user_task.c.state, user_task.c.created_at).where(user_task.c.role == "rss"))
        answers = connection.execute(
            select(user_task.c.due_at, process_instance.c.started_at)
            .join(process_instance, process_instance.c.id == user_task.c.instance_id)
            .where(user_task.c.element_id == "give_feedback")
        ).all()
        left = {(state, created_at >= start_of_day(date(2026, 10, 1))) for state, created_at in of_rss}
    assert len(local) == len(pack.parameters["municipalities"])  # type: ignore[arg-type]
    assert {row.status for row in local} <= {"preparing", "in_force", "under_revision", "prolonged"}
    assert sum(row.in_force_on is not None for row in local) > len(local) / 2
    assert overdue == []
    # Whoever reported has an answer within sixty days of the report, however long its reception took.
    assert {(local_date(row.due_at) - local_date(row.started_at)).days for row in answers} == {60}
    assert left == {("completed", False), ("open", True)}


@pytest.mark.parametrize("seed", range(2))
def test_people_who_act_at_random_never_leave_anybody_stuck(county: Database, pack: Pack, seed: int) -> None:
    crowd = Crowd(county, pack, seed)
    for number in range(STEPS):
        did = crowd.act()
        with county.read() as connection:
            assert stuck(connection) == [], f"seed {seed}, step {number}, {crowd.now}: {did}"
    with county.read() as connection:
        assert integrity.check(connection) == []


class Crowd:
    """Anybody, doing anything that they may: any answer that a form allows, in any order, in time or long after."""

    def __init__(self, database: Database, pack: Pack, seed: int) -> None:
        self.now = start_of_day(date(2024, 1, 15))
        self._database, self._pack, self._dice = database, pack, random.Random(seed)
        with database.read() as connection:
            self._people = list_people(connection)
        rss = next(person for person in self._people if person.has("rss", "rss"))
        self._start(rss, "regional_agreement", None)

    def act(self) -> str:
        """One thing happens. Returns what."""
        self.now += timedelta(hours=self._dice.expovariate(1 / 12))
        with self._database.read() as connection:
            late = due_timers(connection, self.now, 1)
            due = next_due(connection)
        if late:
            return self._fire(late[0])
        if due is not None and self._dice.random() < 0.15:
            self.now = due
            return "time passes"
        if self._dice.random() < 0.02:
            return self._start_something()
        return self._complete_something() or self._start_something()

    def _fire(self, timer_id: str) -> str:
        with self._database.write() as connection:
            row = connection.execute(select(timer).where(timer.c.id == timer_id)).one()
            fire_timer(connection, self.now, timer_id)
        return f"{row.kind} {row.element_id}"

    def _complete_something(self) -> str | None:
        with self._database.read() as connection:
            # The newest of some: as people do, lives are finished rather than all begun at once.
            newest = select(user_task).where(user_task.c.state == "open").order_by(user_task.c.created_at.desc())
            found = connection.execute(newest.limit(12)).all()
        if not found:
            return None
        task = self._dice.choice(found)
        for person in self._dice.sample(self._people, len(self._people)):
            if task.assignee not in {None, person.id} or not (
                person.has(task.role, task.role_organisation) or task.assignee == person.id
            ):
                continue
            try:
                with self._database.write() as connection:
                    form = definition_by_id(connection, task.definition_id).form(task.form_key)
                    form = fitted(form, task.role_organisation)
                    complete_task(connection, self.now, person, task.id, self._fill_in(form, self._steered(task, form)))
            except NotPermitted:
                continue  # four eyes
            return f"{task.process_key} {task.element_id}"
        raise AssertionError(f"nobody may complete {task.process_key} {task.element_id}")

    def _start_something(self) -> str:
        free = [process for process in self._pack.processes if process.startable_by and process.agreement != "local"]
        process = self._dice.choice([process for process in free if process.key != "regional_agreement"])
        codes = [*self._pack.parameters["municipalities"]] if process.organisation == "municipality" else [None]  # type: ignore[misc]
        code = self._dice.choice(codes)
        allowed = [person for person in self._people if may_start(person, process, code)]
        self._start(self._dice.choice(allowed), process.key, code)
        return f"start {process.key}"

    def _start(self, person: Person, process_key: str, organisation: str | None) -> None:
        with self._database.write() as connection:
            definition = latest_definition(connection, self._pack.key, process_key)
            form = definition.form(definition.start_form_key) if definition.start_form_key else {}
            start_process(
                connection,
                self.now,
                person,
                process_key,
                organisation=organisation,
                values=self._fill_in(form),
                pack_key=self._pack.key,
            )

    def _steered(self, task: Any, form: dict[str, Any]) -> dict[str, Any]:
        """The county's own agreement comes about, or there would be no local ones; all else is left to chance."""
        if task.process_key != "regional_agreement":
            return {}
        return choose(form, Situation(task.process_key, task.element_id, 0, self.now.date(), revise=True), self._dice)

    def _fill_in(self, form: dict[str, Any], chosen: dict[str, Any] | None = None) -> dict[str, Any]:
        return fill_in(form, self._pack.catalogues, self._dice, self.now.date(), chosen or {}, {})


def stuck(connection: Connection) -> list[str]:
    """The active instances that nothing could ever take on.

    What takes one on is an open task, a called process that is active, or an event to wait for in the flow. An event on
    the edge of a sub-process does not count: it would hide that everything inside stands still.
    """
    called = aliased(process_instance)
    of_instance = (
        exists().where(user_task.c.instance_id == process_instance.c.id, user_task.c.state == "open"),
        exists().where(called.c.parent_id == process_instance.c.id, called.c.status == "active"),
    )
    query = select(process_instance).where(process_instance.c.status == "active", *[~found for found in of_instance])
    standing = connection.execute(query).all()
    return [f"{row.process_key} {row.business_key}" for row in standing if not _waits_in_the_flow(connection, row)]


def _waits_in_the_flow(connection: Connection, row: Any) -> bool:
    elements = definition_by_id(connection, row.definition_id).model.elements
    mine = (timer.c.instance_id == row.id, timer.c.kind == "event")
    events = [
        *connection.execute(select(timer.c.element_id).where(*mine)).scalars(),
        *connection.execute(select(subscription.c.element_id).where(subscription.c.instance_id == row.id)).scalars(),
    ]
    return any(elements[element_id].type != "boundaryEvent" for element_id in events)
