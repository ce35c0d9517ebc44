"""The simulated clock: whoever is next in time acts, timers fire when due, every step is its own transaction."""

import heapq
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select

from engine.authorisation import is_municipality
from engine.clock import end_of_day, local_date, start_of_day
from engine.commands import Completed, complete_task, fire_timer, next_timer, start_process
from engine.database import Database
from engine.database.prepared import Prepared
from engine.database.tables import process_instance, user_task
from engine.definitions import definition_by_id, latest_definition
from engine.errors import AlreadyDone, NotPermitted, SamflodeError
from engine.forms import fitted
from engine.packs import Pack, current_pack
from engine.people import Person, get_person, list_people
from engine.prefill import About, prefill
from engine.simulation.answers import fill_in
from engine.simulation.choices import COMMISSION, Situation, choose
from engine.simulation.phrases import decided_by
from engine.work import NextTask

PRELUDE = timedelta(days=380)  # signing, recommendation and sixteen approvals before the agreement is in force

_OPEN_TASK = Prepared(select(user_task).where(user_task.c.id == bindparam("task_id"), user_task.c.state == "open"))


@dataclass(frozen=True)
class Options:
    """What to play. `revise`: the county network commissions a revision in time (or never does).

    `amendments`: when the county network proposes a minor one (every other May when not said).
    `left_undone`: roles whose tasks nobody does any more, and from which day on: they wait for whoever comes after.
    `enough` is asked before every step, with the moment that comes, and ends the play early when it says so.
    """

    pack_key: str
    start: date
    end: date
    seed: int = 1
    revise: bool = True
    deviations_per_year: float = 12.0
    amendments: Sequence[date] | None = None
    left_undone: Mapping[str, date] = field(default_factory=dict)
    progress: Callable[[date], None] | None = None
    enough: Callable[[datetime], bool] | None = None


@dataclass
class Played:
    """What happened: how many tasks, timers and deviations, and which tasks nobody could do."""

    tasks: int = 0
    timers: int = 0
    deviations: int = 0
    amendments: int = 0
    by_process: Counter[str] = field(default_factory=Counter)
    stuck: list[str] = field(default_factory=list)
    ended_at: datetime | None = None


def play(database: Database, options: Options) -> Played:
    """Play from `start` (with a prelude before it) until the end of the day `end`, and say what happened."""
    return _County(database, options).play()


class _County:
    def __init__(self, database: Database, options: Options) -> None:
        self._database = database
        self._options = options
        self._rng = random.Random(f"county {options.seed}")  # noqa: S311 - dice, not secrets
        self._now = start_of_day(options.start) - PRELUDE
        self._end = end_of_day(options.end)
        self._plan: list[tuple[datetime, int, str, Any]] = []  # (when, order, what, the task's row)
        self._order = 0
        self._people: dict[tuple[str, str], list[Person]] = {}
        self._reporters: list[tuple[str, str]] = []
        self._reporting_municipalities: list[str] = []
        self._rounds: Counter[tuple[str, str, str | None]] = Counter()
        self._next: tuple[str, datetime] | None = None  # the next timer and when it is due, as after the last step
        self._paces: dict[str | None, float] = {}  # some municipalities are quick, some are slow
        self._pack: Pack
        self._played = Played()

    def play(self) -> Played:
        with self._database.read() as connection:
            self._pack = current_pack(connection, self._options.pack_key)
            self._meet(connection)
        self._begin()
        while True:
            due, planned = self._next[1] if self._next else None, self._plan[0][0] if self._plan else None
            moment = min((one for one in (due, planned) if one is not None), default=None)
            if moment is None or moment > self._end or (self._options.enough and self._options.enough(moment)):
                break
            if self._options.progress and local_date(moment).year != local_date(self._now).year:
                self._options.progress(local_date(moment))
            self._now = max(self._now, moment)
            if self._next is not None and self._next[1] <= self._now:
                self._fire(self._next[0])
            else:
                self._act()
        self._played.ended_at = self._now
        return self._played

    # The beginning -------------------------------------------------------------------------------------------------

    def _meet(self, connection: Connection) -> None:
        for person in list_people(connection):
            for grant in person.grants:
                self._people.setdefault(grant, []).append(person)
        self._reporters = [grant for grant in sorted(self._people) if grant[0] == "reporter"]
        self._reporting_municipalities = [code for _, code in self._reporters if is_municipality(code)]

    def _begin(self) -> None:
        rss = self._people[("rss", "rss")][0]
        self._start(rss, "regional_agreement", None)
        moment = start_of_day(self._options.start) + timedelta(days=200)
        while moment < self._end:
            moment += timedelta(days=self._rng.expovariate(self._options.deviations_per_year / 365.25))
            self._schedule(moment, "deviation")
        every_other_may = [date(year, 5, 15) for year in range(self._options.start.year + 1, self._options.end.year, 2)]
        for day in every_other_may if self._options.amendments is None else self._options.amendments:
            self._schedule(start_of_day(day), "amendment")

    def _start(self, person: Person, process_key: str, organisation: str | None) -> bool:
        with self._database.write() as connection:
            definition = latest_definition(connection, self._options.pack_key, process_key)
            values: dict[str, Any] = {}
            if definition.start_form_key:
                form = definition.form(definition.start_form_key)
                situation = Situation(process_key, "start", 0, local_date(self._now), self._options.revise)
                chosen = choose(form, situation, self._rng) | self._start_answers(form, organisation)
                values = fill_in(form, self._pack.catalogues, self._rng, local_date(self._now), chosen, {})
            started = start_process(
                connection,
                self._now,
                person,
                process_key,
                organisation=organisation,
                values=values,
                pack_key=self._options.pack_key,
            )
            opened = self._look(connection, started.next_tasks)
        self._plan_tasks(opened)
        return True

    def _start_answers(self, form: dict[str, Any], organisation: str | None) -> dict[str, Any]:
        fields = form.get("properties", {})
        return {"receiving_organisation": organisation} if "receiving_organisation" in fields and organisation else {}

    # The clock -----------------------------------------------------------------------------------------------------

    def _fire(self, timer_id: str) -> None:
        with self._database.write() as connection:
            fired = fire_timer(connection, self._now, timer_id)
            opened = self._look(connection, fired.next_tasks if fired else ())
        self._played.timers += bool(fired)
        self._plan_tasks(opened)

    def _act(self) -> None:
        _, _, what, row = heapq.heappop(self._plan)
        match what:
            case "task":
                self._complete(row)
            case "deviation":
                self._report_deviation()
            case "amendment":
                self._propose_amendment()

    def _schedule(self, moment: datetime, what: str, row: Any = None) -> None:
        self._order += 1
        heapq.heappush(self._plan, (moment, self._order, what, row))

    # People --------------------------------------------------------------------------------------------------------

    def _look(self, connection: Connection, opened: Sequence[NextTask]) -> Sequence[Any]:
        """What came of a step: when the next timer is due, and the rows of those tasks that are still open.

        A task may be cancelled in the transaction that opened it.
        """
        self._next = next_timer(connection)
        rows = [_OPEN_TASK.first(connection, {"task_id": task.id}) for task in opened]
        return [row for row in rows if row is not None]

    def _plan_tasks(self, rows: Sequence[Any]) -> None:
        for row in rows:
            left_from = self._options.left_undone.get(row.role)
            if left_from is None or row.created_at < start_of_day(left_from):
                self._schedule(self._when(row), "task", row)

    def _when(self, row: Any) -> datetime:
        """Most are in good time, some late, a few very late; nobody begins what is not yet worth looking at."""
        begin: datetime = max(row.created_at, row.follow_up_at or row.created_at)
        span: timedelta = max(row.due_at - begin, timedelta(hours=2))
        if row.element_id == COMMISSION:
            return begin + span * 0.92  # the option decides whether it is taken in time, not the dice
        if row.process_key == "regional_revision":
            return begin + span * 0.5  # ... and a revision that has begun comes to its end within the extension
        pace = self._paces.setdefault(row.organisation, self._rng.uniform(0.3, 1.0))
        share = self._rng.choices(
            (self._rng.uniform(0.1, 0.9) * pace, self._rng.uniform(1.02, 1.5), self._rng.uniform(1.5, 2.6)), (86, 11, 3)
        )[0]
        until: timedelta = span * float(share)
        return begin + until

    def _complete(self, row: Any) -> None:
        try:
            with self._database.write() as connection:
                values = self._answers(connection, row)
                done = self._complete_as_one_of(connection, self._candidates(connection, row), row.id, values)
                opened = self._look(connection, done.next_tasks)
        except AlreadyDone:
            return  # cancelled since it was planned
        except SamflodeError as error:
            why = f"{error} {getattr(error, 'errors', None) or ''}"
            self._played.stuck.append(f"{row.process_key}/{row.element_id}: {why}")
            return
        self._played.tasks += 1
        self._played.by_process[row.process_key] += 1
        self._plan_tasks(opened)

    def _complete_as_one_of(
        self, connection: Connection, people: list[Person], task_id: str, values: dict[str, Any]
    ) -> Completed:
        """Whoever may: the rule of four eyes may exclude some. A refusal comes before anything is written."""
        refusal = NotPermitted("nobody has the role")
        for person in people:
            try:
                return complete_task(connection, self._now, person, task_id, values)
            except NotPermitted as error:
                refusal = error
        raise refusal

    def _candidates(self, connection: Connection, row: Any) -> list[Person]:
        if row.assignee:
            return [get_person(connection, row.assignee)]
        people = list(self._people.get((row.role, row.role_organisation), []))
        self._rng.shuffle(people)
        return people

    def _answers(self, connection: Connection, row: Any) -> dict[str, Any]:
        form = definition_by_id(connection, row.definition_id).forms.get(row.form_key or "", {})
        form = fitted(form, row.role_organisation)
        key = (row.agreement_key or row.business_key, row.element_id, row.item)
        today = local_date(self._now)
        situation = Situation(row.process_key, row.element_id, self._rounds[key], today, self._options.revise)
        self._rounds[key] += 1
        chosen = choose(form, situation, self._rng)
        leaders = self._people.get(("process_leader", row.organisation))
        known = decided_by(row.role_organisation, self._rng, today)
        if leaders:
            known["process_leader"] = leaders[0].name
        chosen |= {name: value for name, value in known.items() if name in form.get("properties", {})}
        about = About(row.form_key or "", row.item, row.agreement_key, None, row.organisation, self._now)
        before = prefill(connection, form, about)
        return fill_in(form, self._pack.catalogues, self._rng, today, chosen, before)

    def _report_deviation(self) -> None:
        role, organisation = self._rng.choice(self._reporters)
        about = organisation if is_municipality(organisation) else self._rng.choice(self._reporting_municipalities)
        self._start(self._rng.choice(self._people[(role, organisation)]), "deviation", about)
        self._played.deviations += 1

    def _propose_amendment(self) -> None:
        if self._agreement_is_running():
            self._start(self._people[("network", "network")][0], "minor_amendment", None)
            self._played.amendments += 1

    def _agreement_is_running(self) -> bool:
        query = select(process_instance.c.id).where(
            process_instance.c.process_key == "regional_agreement", process_instance.c.status == "active"
        )
        with self._database.read() as connection:
            return connection.execute(query).first() is not None
