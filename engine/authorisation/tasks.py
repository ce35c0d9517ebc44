"""Who may see a user task, do it, hand it over, be asked about it."""

from collections.abc import Set
from typing import Protocol

from engine.authorisation.verdict import NOT_YOUR_ORGANISATION, PROCESS_LEADER, YES, Verdict, sees_everything
from engine.people import Person

NOT_YOUR_ROLE = "Uppgiften hör till en roll som du inte har. Den som har rollen kan göra den."
ADMINISTRATORS_LOOK = "Som administratör kan du se uppgiften men inte göra den. Den hör till rollens innehavare."
TAKEN = "En annan person har tagit över uppgiften. Be personen släppa den eller lämna över den till dig."
FOUR_EYES = "Du har själv lämnat in underlag i ärendet. Beslutet behöver därför tas av någon annan."
FOUR_EYES_TOGETHER = (
    "Den som du ersätter, eller som ersätter dig, har lämnat in underlag i ärendet. "
    "Beslutet behöver därför tas av någon annan."
)
NO_SUCH_ROLE_HOLDER = "Uppgiften kan bara lämnas till någon som har rollen."
NOT_YOURS_TO_REMIND = "Bara RSS Dalarna, administratören och kommunens egen processledare kan påminna om uppgiften."
NOT_YOURSELF = "Välj någon annan än dig själv."
NOT_FROM_HERE = "Be någon som har en roll i den organisation som uppgiften gäller."


class TaskFacts(Protocol):
    """What the rules look at in a user task: a database row or a `TaskRow` will do."""

    @property
    def role(self) -> str: ...
    @property
    def role_organisation(self) -> str: ...
    @property
    def organisation(self) -> str | None: ...
    @property
    def assignee(self) -> str | None: ...
    @property
    def gate(self) -> bool: ...


def may_see_task(person: Person, task: TaskFacts) -> Verdict:
    """Those with a role in an organisation that it concerns, and those who follow up the county."""
    concerned = {task.role_organisation, task.organisation} & person.organisations
    if concerned or _is_assigned(person, task) or sees_everything(person):
        return YES
    return Verdict(NOT_YOUR_ORGANISATION)


def may_work_task(person: Person, task: TaskFacts, submitters: Set[str]) -> Verdict:
    """Whoever has the role, unless somebody else has taken the task over or four eyes are needed.

    `submitters` are the ids of those who have handed something in (gates apart) in the same process instance, and of
    those for whom they did so. Whoever is away and the substitute count as one.
    """
    assigned = _is_assigned(person, task)
    if not assigned and not person.has(task.role, task.role_organisation):
        return Verdict(ADMINISTRATORS_LOOK if person.is_administrator else NOT_YOUR_ROLE)
    if task.assignee is not None and not assigned:
        return Verdict(TAKEN)
    return _four_eyes(person, task, submitters)


def may_assign_task(person: Person, task: TaskFacts) -> Verdict:
    """Whoever has the role or the task can hand it over; RSS and administrators too, so that nothing gets stuck."""
    if person.has(task.role, task.role_organisation) or _is_assigned(person, task) or sees_everything(person):
        return YES
    return Verdict(NOT_YOUR_ROLE)


def may_remind(person: Person, task: TaskFacts) -> Verdict:
    """Those who follow up the county, and whoever leads the work in the municipality that the task is about."""
    leads = task.organisation is not None and person.has(PROCESS_LEADER, task.organisation)
    return YES if leads or sees_everything(person) else Verdict(NOT_YOURS_TO_REMIND)


def may_be_assigned(candidate: Person, task: TaskFacts, submitters: Set[str]) -> Verdict:
    """Only somebody who could complete the task, and with a role of their own: a lent one is gone one day."""
    if not candidate.owns(task.role, task.role_organisation):
        return Verdict(NO_SUCH_ROLE_HOLDER)
    return _four_eyes(candidate, task, submitters)


def _is_assigned(person: Person, task: TaskFacts) -> bool:
    return person.speaks_for(task.assignee, task.role, task.role_organisation)


def _four_eyes(person: Person, task: TaskFacts, submitters: Set[str]) -> Verdict:
    if not task.gate or not person.counted_as_one & submitters:
        return YES
    return Verdict(FOUR_EYES if person.id in submitters else FOUR_EYES_TOGETHER)


def may_be_asked(person: Person, candidate: Person, task: TaskFacts) -> Verdict:
    """Somebody else with a role in an organisation that the task concerns can be asked to write a part of it."""
    if candidate.id == person.id:
        return Verdict(NOT_YOURSELF)
    concerned = {task.role_organisation, task.organisation} & candidate.organisations
    return YES if concerned else Verdict(NOT_FROM_HERE)
