"""Who may do what, as a table."""

from dataclasses import dataclass, field

import pytest

from engine import authorisation
from engine.authorisation import may_see_deviation, may_see_task, may_start, may_work_task
from engine.errors import NotPermitted
from engine.people import Person


@dataclass(frozen=True)
class Task:
    role: str = "process_leader"
    role_organisation: str = "2062"
    organisation: str | None = "2062"
    assignee: str | None = None
    gate: bool = False


@dataclass(frozen=True)
class Process:
    organisation: str = "municipality"
    startable_by: tuple[str, ...] = ("reporter", "rss")


@dataclass(frozen=True)
class Deviation:
    organisation: str | None = "2062"
    receiving_organisation: str | None = None
    principals: list[str] = field(default_factory=lambda: ["region"])
    reported_by: str = "other"


def who(*grants: tuple[str, str], person_id: str = "me") -> Person:
    return Person(person_id, "me", "Jag", None, "sv", frozenset(grants))


LEADER = who(("process_leader", "2062"))
NEIGHBOUR = who(("process_leader", "2080"))
ADMINISTRATOR = who(("administrator", "20"))
RSS = who(("rss", "rss"))


@pytest.mark.parametrize(
    ("person", "task", "submitters", "refusal"),
    [
        (LEADER, Task(), set(), None),
        (LEADER, Task(), {"me"}, None),
        (NEIGHBOUR, Task(), set(), authorisation.NOT_YOUR_ROLE),
        (ADMINISTRATOR, Task(), set(), authorisation.ADMINISTRATORS_LOOK),
        (RSS, Task(), set(), authorisation.NOT_YOUR_ROLE),
        (LEADER, Task(assignee="other"), set(), authorisation.TAKEN),
        (LEADER, Task(assignee="me"), set(), None),
        (NEIGHBOUR, Task(assignee="me"), set(), None),  # whoever started it, where the model says so
        (LEADER, Task(gate=True), set(), None),
        (LEADER, Task(gate=True), {"other"}, None),
        (LEADER, Task(gate=True), {"me"}, authorisation.FOUR_EYES),
        (LEADER, Task(gate=True, assignee="me"), {"me"}, authorisation.FOUR_EYES),
    ],
)
def test_who_may_do_a_task(person: Person, task: Task, submitters: set[str], refusal: str | None) -> None:
    verdict = may_work_task(person, task, submitters)
    assert verdict.refusal == refusal
    assert bool(verdict) is (refusal is None)


@pytest.mark.parametrize(
    ("person", "allowed"),
    [(LEADER, True), (who(("reporter", "2062")), True), (RSS, True), (ADMINISTRATOR, True), (NEIGHBOUR, False)],
)
def test_who_may_see_a_task(person: Person, allowed: bool) -> None:
    assert bool(may_see_task(person, Task())) is allowed


@pytest.mark.parametrize(
    ("person", "process", "organisation", "allowed"),
    [
        (who(("reporter", "2062")), Process(), "2062", True),
        (who(("reporter", "2062")), Process(), "2080", False),
        (who(("reporter", "2062")), Process(), None, False),
        (who(("reporter", "20")), Process(), "2080", True),
        (RSS, Process(), "2080", True),
        (LEADER, Process(), "2062", False),
        (RSS, Process(organisation="none"), None, True),
        (RSS, Process(startable_by=()), "2062", False),
    ],
)
def test_who_may_start(person: Person, process: Process, organisation: str | None, allowed: bool) -> None:
    assert bool(may_start(person, process, organisation)) is allowed


@pytest.mark.parametrize(
    ("person", "allowed"),
    [
        (LEADER, True),
        (who(("region_decision", "20")), True),
        (RSS, True),
        (who(person_id="other"), True),
        (NEIGHBOUR, False),
    ],
)
def test_who_may_see_a_deviation(person: Person, allowed: bool) -> None:
    assert bool(may_see_deviation(person, Deviation())) is allowed


def test_a_refusal_is_raised_with_its_sentence() -> None:
    with pytest.raises(NotPermitted, match="administratör"):
        may_work_task(ADMINISTRATOR, Task(), set()).demand()
