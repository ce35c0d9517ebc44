"""The county's monitoring: figures checked against small cases that have been worked out by hand, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event

from engine.database import Database
from engine.database.register_tables import agreement
from engine.database.tables import user_task
from engine.errors import NotPermitted
from engine.people import Person, create_person, get_person, grant
from engine.queries.assessments_compared import assessment_rounds, compare, level_values, phases
from engine.queries.bottlenecks import Spell, stage_times, step_times, times
from engine.queries.deviation_patterns import Chosen, deviation_patterns
from engine.queries.monitoring_late import WorkFilter, open_work, role_holders
from engine.queries.titles import Titles, load_titles
from engine.queries.workload import Load, load, workload
from tests import county
from tests.conftest import postgresql_database
from tests.county import PACK_KEY, TODAY, at


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Every table, made once for each kind of database; what a test writes is taken back."""
    if request.param == "sqlite":
        urls: Iterator[str] = iter([f"sqlite:///{tmp_path_factory.mktemp('monitoring') / 'test.sqlite3'}"])
    else:
        urls = postgresql_database(request.getfixturevalue("postgresql_server"))
    for url in urls:
        opened = Database(url)
        agreement.metadata.create_all(opened.engine)
        yield opened
        opened.close()


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """The shipped pack and Falun's and Mora's agreements."""
    with database.engine.connect() as opened:
        transaction = opened.begin()
        opened.exec_driver_sql("BEGIN")
        county.create_pack(opened)
        county.create_agreement(opened, "2080", "2024-10-01")
        county.create_agreement(opened, "2062", "2024-10-01")
        yield opened
        transaction.rollback()


@pytest.fixture
def titles(connection: Connection) -> Titles:
    return load_titles(connection)


def somebody(connection: Connection, name: str, *grants: tuple[str, str]) -> Person:
    person_id = create_person(connection, TODAY, name.lower(), name)
    for role, where in grants:
        grant(connection, TODAY, person_id, role, where)
    return get_person(connection, person_id)


def done(connection: Connection, code: str, days: int, ended: str = "2026-05-01", **more: Any) -> None:
    """A task that took so many days."""
    created = (at(ended) - timedelta(days=days)).isoformat()[:16]
    values = {"created": created, "ended_at": at(ended), "state": "completed"}
    county.create_task(connection, code, "drafting", ended, **(values | more))


# Bottlenecks ---------------------------------------------------------------------------------------------------------


def test_the_median_is_the_middle_and_nine_of_ten_is_the_nearest() -> None:
    one = times([5.0])
    assert (one.done, one.median, one.p90, one.longest) == (1, 5.0, 5.0, 5.0)
    ten = times([10, 1, 9, 2, 8, 3, 7, 4, 6, 5])
    assert (ten.median, ten.p90, ten.longest) == (5.5, 9, 10)
    eleven = times(range(1, 12))
    assert (eleven.median, eleven.p90) == (6, 10)
    none = times([], [3.0, 8.0], waiting_late=1)
    assert (none.done, none.median, none.p90, none.waiting, none.waiting_late, none.longest_wait) == (
        (0, None, None, 2, 1, 8.0)
    )


def test_steps_are_timed_from_opened_to_handed_in(connection: Connection, titles: Titles) -> None:
    for days in (2, 4, 9):
        done(connection, "2080", days)
    done(connection, "2062", 30)
    done(connection, "2080", 400, state="cancelled")
    done(connection, "2080", 1, element_id="plan", name="Planera")
    county.create_task(connection, "2080", "drafting", "2026-11-20", created="2026-10-25")
    county.create_task(connection, "2062", "drafting", "2027-01-20", created="2026-11-14")

    step, other = step_times(connection, titles, PACK_KEY, at("2026-11-24"))
    assert (step.element_id, step.process_title, step.stage_title) == (
        "draft_section",
        "Framtagande av lokal överenskommelse",
        "Framtagande",
    )
    assert (step.times.done, step.times.median, step.times.p90, step.times.longest) == (4, 6.5, 30, 30)
    assert (step.times.waiting, step.times.waiting_late, step.times.longest_wait) == (2, 1, 30)
    assert (other.name, other.times.done, other.times.median) == ("Planera", 1, 1)

    falun = step_times(connection, titles, PACK_KEY, at("2026-11-24"), Spell(organisation="2080"))[0]
    assert (falun.times.done, falun.times.median, falun.times.waiting) == (3, 4, 1)
    assert step_times(connection, titles, PACK_KEY, TODAY, Spell(process_key="anchoring")) == []


def test_only_what_ended_in_the_period_counts(connection: Connection, titles: Titles) -> None:
    done(connection, "2080", 2, "2026-03-31")
    done(connection, "2080", 6, "2026-04-01")
    done(connection, "2080", 20, "2026-06-30")
    spell = Spell(since=at("2026-04-01T00:00"), until=at("2026-05-31"))
    step = step_times(connection, titles, PACK_KEY, TODAY, spell)[0]
    assert (step.times.done, step.times.median) == (1, 6)


def test_stages_are_timed_and_compared_with_what_they_usually_take(connection: Connection, titles: Titles) -> None:
    county.create_period(connection, "2080", "anchoring", "2026-01-01", "2026-01-11")
    county.create_period(connection, "2080", "anchoring", "2026-02-01", "2026-02-21", outcome="returned", round=2)
    county.create_period(connection, "2080", "anchoring", "2026-03-01", "2026-12-01", outcome="cancelled", round=3)
    county.create_period(connection, "2062", "anchoring", "2026-11-04", expected_by=at("2026-11-14"))
    stages = {one.stage: one for one in stage_times(connection, titles, PACK_KEY, at("2026-11-24"))}
    found = stages["anchoring"]
    assert (found.times.done, found.times.median) == (2, 15)
    assert (found.times.waiting, found.times.waiting_late, found.times.longest_wait) == (1, 1, 20)
    assert found.expected == 92  # three months from 24 November
    assert list(stages) == [stage.key for stage in titles.packs[PACK_KEY].stages]
    assert stages["iris_1"].times.median is None


# What is late --------------------------------------------------------------------------------------------------------


def test_what_is_late_is_told_with_its_stage_and_its_reminder(connection: Connection, titles: Titles) -> None:
    rss = somebody(connection, "Rita", ("rss", "rss"))
    late = county.create_task(connection, "2080", "drafting", "2026-11-04", reminded_at=at("2026-11-10"))
    soon = county.create_task(connection, "2062", "anchoring", "2026-12-01")
    later = county.create_task(connection, "2062", "drafting", "2027-12-01")
    county.create_period(connection, "2062", "drafting", "2026-01-01", expected_by=at("2026-10-01"))

    found = open_work(connection, titles, rss, PACK_KEY, TODAY, WorkFilter())
    assert [(one.task.id, one.days_late) for one in found] == [(late, 20), (later, 0)]
    assert (found[0].reminded_at, found[0].stage_due) == (at("2026-11-10"), None)
    assert found[1].stage_due == at("2026-10-01")

    def ids(**chosen: Any) -> list[str]:
        return [one.task.id for one in open_work(connection, titles, rss, PACK_KEY, TODAY, WorkFilter(**chosen))]

    assert ids(extent="soon") == [late, soon, later]
    assert ids(extent="all", organisation="2062") == [soon, later]
    assert ids(extent="all", stage="anchoring") == [soon]
    assert ids(extent="all", role="steering_group") == []


def test_tasks_of_deviations_are_not_for_everybody(connection: Connection, titles: Titles) -> None:
    leader = somebody(connection, "Karin", ("process_leader", "2062"))
    rss = somebody(connection, "Rita", ("rss", "rss"))
    own = county.create_task(connection, "2080", "drafting", "2026-11-04")
    below = county.create_task(connection, "2080", None, "2026-11-05", business_key=f"{county.local_key('2080')}/x")
    secret = county.create_task(connection, "2080", None, "2026-11-06", business_key="AVV-2026-0001")

    def ids(reader: Person) -> list[str]:
        return [one.task.id for one in open_work(connection, titles, reader, PACK_KEY, TODAY, WorkFilter())]

    assert ids(leader) == [own, below]
    assert ids(rss) == [own, below, secret]


# Workload ------------------------------------------------------------------------------------------------------------


def test_a_load_is_counted_by_weeks_from_today() -> None:
    now = datetime(2026, 11, 24, 9, tzinfo=UTC)
    dues = [now - timedelta(days=5), now - timedelta(hours=1), now + timedelta(hours=1), now + timedelta(days=6)]
    dues += [now + timedelta(days=7), now + timedelta(days=27), now + timedelta(days=28)]
    assert load(dues, now) == Load(open=7, late=2, weeks=(2, 1, 0, 1), later=1, most_late_days=5)
    assert load([], now) == Load(0, 0, (0, 0, 0, 0), 0, 0)


def test_who_has_how_much(connection: Connection, titles: Titles) -> None:
    karin = somebody(connection, "Karin", ("process_leader", "2062"), ("process_leader", "2034"))
    olle = somebody(connection, "Olle", ("process_leader", "2080"))
    county.create_task(connection, "2062", "drafting", "2026-11-04")
    county.create_task(connection, "2062", "drafting", "2026-11-30", assignee=karin.id)
    county.create_task(connection, "2080", "drafting", "2026-11-30", assignee=karin.id, role="recipient")
    county.create_gate(connection, "2080", "drafting", "2026-10-01", "2027-10-01")
    found = workload(connection, titles, PACK_KEY, TODAY)
    assert [(one.name, [name for _, name in one.organisations]) for one in found.leaders] == [
        ("Karin", ["Mora", "Orsa"]),
        ("Olle", ["Falun"]),
    ]
    assert (found.leaders[0].load.open, found.leaders[0].load.late) == (3, 1)
    assert found.leaders[1].person_id == olle.id
    assert found.leaders[1].load.open == 0
    assert [(one.role, one.organisation_name, one.holders, one.load.open) for one in found.roles] == [
        ("process_leader", "Mora", 1, 2),
        ("recipient", "Falun", 0, 1),
        ("steering_group", "Falun", 0, 1),
    ]
    mora = workload(connection, titles, PACK_KEY, TODAY, "2062")
    assert ([one.name for one in mora.leaders], [one.role for one in mora.roles]) == (["Karin"], ["process_leader"])
    assert role_holders(connection)["process_leader", "2062"] == [(karin.id, "Karin")]


# Self-assessments ----------------------------------------------------------------------------------------------------


def test_the_latest_self_assessments_stand_side_by_side(connection: Connection, titles: Titles) -> None:
    for submission, day, level in (("a", "2026-01-10", "not_developed"), ("b", "2026-06-10", "established")):
        for item in ("needs_by_sex", "needs_voices"):
            county.create_assessment(connection, "2080", day, item, level, submission_id=submission)
    county.create_assessment(connection, "2080", "2026-06-10", "gone", "in_progress", submission_id="b")
    county.create_assessment(connection, "2062", "2026-06-11", "needs_voices", "x", submission_id="c", stage="iris_2")
    pack = titles.packs[PACK_KEY]
    rounds = assessment_rounds(connection, titles, PACK_KEY, TODAY)
    assert phases(pack) == ["iris_1", "iris_2", "iris_3", "iris_4"]
    found = compare(pack, rounds, "iris_1", [("2062", "Mora"), ("2080", "Falun")])
    assert [one.organisation_name for one in found.latest] == ["Falun"]
    assert found.latest[0].levels["needs_voices"] == "established"
    assert (found.items[0][0], found.items[-1]) == ("needs_by_sex", ("gone", "gone"))
    assert found.without == [("2062", "Mora")]
    means = [one.mean(level_values(pack)) for one in found.over_time["2080"]]
    assert means == [0.0, pytest.approx(5 / 6)]  # (2 + 2 + 1) of (2 + 2 + 2)
    assert rounds[-1].mean(level_values(pack)) is None
    before = assessment_rounds(connection, titles, PACK_KEY, at("2026-02-01"), "2080")
    assert [one.submission_id for one in before] == ["a"]


# Deviations ----------------------------------------------------------------------------------------------------------


def deviate(connection: Connection, key: str, reported: str, **values: Any) -> None:
    """A deviation in Falun with an instance of its own."""
    instance = county.create_instance(connection, "deviation", key, "2080")
    county.create_deviation(connection, "2080", key, reported, instance_id=instance, **values)
    for element, ended in (
        ("receive_report", values.get("responsibility_at")),
        ("give_feedback", values.get("closed_at")),
    ):
        if ended:
            moment = ended - timedelta(hours=20) if element == "receive_report" else ended
            task = county.create_task(connection, "2080", None, reported, element_id=element, business_key=key)
            changed = {"instance_id": instance, "state": "completed", "ended_at": moment}
            connection.execute(user_task.update().where(user_task.c.id == task).values(changed))


def test_deviations_show_their_patterns(connection: Connection, titles: Titles) -> None:
    rss = somebody(connection, "Rita", ("rss", "rss"))
    both = {"category": "sip", "clause": "secrecy", "receiving_organisation": "2062"}
    deviate(connection, "A-1", "2026-01-10", responsibility_at=at("2026-01-12"), closed_at=at("2026-02-01"), **both)
    deviate(connection, "A-2", "2026-03-10", responsibility_at=at("2026-03-12"), system_fault=True, **both)
    deviate(connection, "A-3", "2026-03-11", principals=["region", "municipality"])

    found = deviation_patterns(connection, titles, PACK_KEY, rss, TODAY)
    assert (found.total, found.open, found.system_faults) == (3, 2, 1)
    assert [(one.key, one.number, one.open) for one in found.categories] == [("sip", 2, 1), ("", 1, 1)]
    assert [(one.key, one.number) for one in found.months] == [("2026-01", 1), ("2026-02", 0), ("2026-03", 2)]
    assert [(one.title, one.number) for one in found.parties] == [("Falun, Mora", 2), ("Falun, Region Dalarna", 1)]
    assert [(one.parties, one.keys) for one in found.repeated] == [("Falun, Mora", ["A-1", "A-2"])]
    assert (found.responsibility.limit_hours, found.responsibility.kept, found.responsibility.of) == (24, 2, 2)
    assert found.responsibility.times.median == 20
    # Counted from the report: the first was answered after 22 days; the others were reported long ago.
    assert (found.feedback.kept, found.feedback.of, found.feedback.times.waiting) == (1, 3, 2)
    assert found.feedback.times.median == 22 * 24

    march = deviation_patterns(connection, titles, PACK_KEY, rss, TODAY, Chosen(since=at("2026-03-01")))
    assert march.total == 2
    mora = deviation_patterns(connection, titles, PACK_KEY, rss, TODAY, Chosen(organisation="2062", category="sip"))
    assert mora.total == 2
    with pytest.raises(NotPermitted):
        deviation_patterns(connection, titles, PACK_KEY, somebody(connection, "Bo", ("reporter", "2080")), TODAY)


def test_every_view_is_a_statement_or_two(connection: Connection, titles: Titles) -> None:
    rss = somebody(connection, "Rita", ("rss", "rss"))
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    open_work(connection, titles, rss, PACK_KEY, TODAY, WorkFilter())
    role_holders(connection)
    step_times(connection, titles, PACK_KEY, TODAY)
    stage_times(connection, titles, PACK_KEY, TODAY)
    assessment_rounds(connection, titles, PACK_KEY, TODAY)
    workload(connection, titles, PACK_KEY, TODAY)
    deviation_patterns(connection, titles, PACK_KEY, rss, TODAY)
    event.remove(connection, "before_cursor_execute", note)
    assert len(sent) == 9
