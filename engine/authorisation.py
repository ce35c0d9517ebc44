"""Who may do what: pure rules over a person and a row. Commands and pages ask the same rules.

An answer is a `Verdict`: true or false, and when false a Swedish sentence that says why.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass, replace
from typing import Protocol

from engine.errors import NotPermitted
from engine.people import Person

RSS = "rss"
PROCESS_LEADER = "process_leader"
REGION = "20"
# Exports that hold what concerns single organisations: only those who follow up the county take them away.
FOR_FOLLOW_UP = frozenset({"deviations", "history", "tasks"})

NOT_YOUR_ROLE = "Uppgiften hör till en roll som du inte har. Den som har rollen kan göra den."
ADMINISTRATORS_LOOK = "Som administratör kan du se uppgiften men inte göra den. Den hör till rollens innehavare."
TAKEN = "En annan person har tagit över uppgiften. Be personen släppa den eller lämna över den till dig."
FOUR_EYES = "Du har själv lämnat in underlag i ärendet. Beslutet behöver därför tas av någon annan."
FOUR_EYES_TOGETHER = (
    "Den som du ersätter, eller som ersätter dig, har lämnat in underlag i ärendet. "
    "Beslutet behöver därför tas av någon annan."
)
NOT_YOUR_ORGANISATION = "Du har ingen roll i de organisationer som detta gäller och kan därför inte se det."
CANNOT_START = "Ingen av dina roller får starta detta. Be RSS Dalarna om hjälp."
NOT_YOUR_START = "Det är ett utkast som någon annan skriver på. Bara den som skriver kan se det."
NEEDS_ORGANISATION = "Välj vilken kommun det gäller."
NOT_YOURS_TO_NAME = "Beteckningen sätts av Samflöde. Bara de som följer upp länet får välja en egen."
NOT_YOUR_MESSAGE = "Bara de som följer upp länet får skicka meddelanden till ärenden."
NOT_YOUR_FILE = "Den här filen rymmer flera organisationers ärenden. Be RSS Dalarna om den."
NOT_FOLLOWING_UP = "Sidan är till för dem som följer upp hela länet. Be RSS Dalarna om uppgifterna."
NOT_YOUR_FIGURES = "Bara de som följer upp länet får läsa in officiella siffror."
NOT_YOUR_PLAN = "Bara RSS Dalarna, administratören och kommunens egen processledare kan läsa in en aktivitetsplan."
NO_SUCH_ROLE_HOLDER = "Uppgiften kan bara lämnas till någon som har rollen."
NOT_YOUR_FILTER = "Filtret är någon annans. Öppna det och spara det under ett eget namn om du vill ändra det."
NOT_YOURS_TO_SHARE_WITH = "Du kan bara dela filter med dem som har samma roll som du."
NOT_YOURS_TO_REMIND = "Bara RSS Dalarna, administratören och kommunens egen processledare kan påminna om uppgiften."
NOT_ONES_OWN_SUBSTITUTE = "Välj någon annan: ingen kan vara sin egen ersättare."
NOT_YOUR_ABSENCE = "Du kan bara utse ersättare för dig själv. En administratör kan göra det för andra."
NO_COLLEAGUE = "Välj någon som har en roll i samma organisation som du."
NOT_YOURSELF = "Välj någon annan än dig själv."
NOT_FROM_HERE = "Be någon som har en roll i den organisation som uppgiften gäller."
NOT_YOUR_MEETINGS = "Bara RSS Dalarna, administratören och kommunens egen processledare kan skriva in möten."
NOT_AN_ADMINISTRATOR = "Bara en administratör får ändra personer, organisationer, roller och processpaket."
NOT_YOUR_ACCESS = "Du kan bara avsluta dina egna inloggningar och nycklar. En administratör kan göra det för andra."
NOT_ABOUT_YOU = "Du kan bara hämta det som finns om dig själv. En administratör kan göra det för andra."
NOT_AN_OPERATOR = "Bara en administratör får pausa, avbryta, ändra eller flytta ärenden."


@dataclass(frozen=True)
class Verdict:
    """Yes, or no with the reason."""

    refusal: str | None = None

    def __bool__(self) -> bool:
        return self.refusal is None

    def demand(self) -> None:
        """Raise `NotPermitted` with the reason when the answer is no."""
        if self.refusal is not None:
            raise NotPermitted(self.refusal)


YES = Verdict()


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


class StartRule(Protocol):
    """What the rules look at in a pack's process."""

    @property
    def organisation(self) -> str: ...
    @property
    def startable_by(self) -> tuple[str, ...]: ...


class DeviationFacts(Protocol):
    """What the rules look at in a deviation."""

    @property
    def organisation(self) -> str | None: ...
    @property
    def receiving_organisation(self) -> str | None: ...
    @property
    def principals(self) -> Iterable[str]: ...
    @property
    def reported_by(self) -> str: ...


def is_municipality(code: str) -> bool:
    """Municipal codes have four digits, the region's two; bodies have words."""
    return len(code) == 4 and code.isdigit()


def sees_everything(person: Person) -> bool:
    """RSS follows up the whole county; an administrator keeps the system running."""
    return person.holds(RSS) or person.is_administrator


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


def may_start(person: Person, process: StartRule, organisation: str | None) -> Verdict:
    """A role that may start it, in the organisation itself or in a body that serves the whole county."""
    roles = {(role, where) for role, where in person.grants if role in process.startable_by}
    if not roles:
        return Verdict(CANNOT_START)
    if process.organisation == "none":
        return YES
    if organisation is None:
        return Verdict(NEEDS_ORGANISATION)
    county_wide = any(not is_municipality(where) for _, where in roles)
    return YES if county_wide or any(where == organisation for _, where in roles) else Verdict(CANNOT_START)


def may_draft_start(person: Person, process: StartRule) -> Verdict:
    """Begin to write on a start form: a role that may start it somewhere. Where is asked when it is handed in."""
    return YES if any(role in process.startable_by for role, _ in person.grants) else Verdict(CANNOT_START)


def may_open_start_draft(person: Person, owner_id: str) -> Verdict:
    """Nothing has started: what is written so far is its author's alone."""
    return YES if person.id == owner_id else Verdict(NOT_YOUR_START)


def starts_for(person: Person, process: StartRule, organisation: str | None) -> str | None:
    """In whose place somebody starts it who may only do so as a substitute; None when they do it as themselves."""
    if may_start(replace(person, grants=person.grants - person.borrowed), process, organisation):
        return None
    lenders = (
        absent.person_id
        for absent in person.standing_in
        if may_start(replace(person, grants=absent.grants), process, organisation)
    )
    return next(lenders, None)


def may_open_filter(person: Person, owner_id: str, role: str | None, organisation: str | None) -> Verdict:
    """One's own, and those shared with a role that one has."""
    shared = role is not None and may_share_filter(person, role, organisation)
    return YES if owner_id == person.id or shared else Verdict(NOT_YOUR_FILTER)


def may_change_filter(person: Person, owner_id: str) -> Verdict:
    """Only whoever saved it: others may have come to rely on their own."""
    return YES if owner_id == person.id else Verdict(NOT_YOUR_FILTER)


def may_share_filter(person: Person, role: str, organisation: str | None) -> Verdict:
    """With those who have a role that one has oneself, in the same organisation or anywhere (None)."""
    held = person.holds(role) if organisation is None else person.has(role, organisation)
    return YES if held else Verdict(NOT_YOURS_TO_SHARE_WITH)


def may_operate(person: Person) -> Verdict:
    """Suspend, cancel, modify, retry, migrate: those who keep the system running."""
    return YES if person.is_administrator else Verdict(NOT_AN_OPERATOR)


def may_administer(person: Person) -> Verdict:
    """People, organisations, roles, packs, settings."""
    return YES if person.is_administrator else Verdict(NOT_AN_ADMINISTRATOR)


def may_end_access(person: Person, owner_id: str) -> Verdict:
    """Sign somebody out everywhere, or take a token back: oneself, and administrators for anybody."""
    return YES if person.id == owner_id or person.is_administrator else Verdict(NOT_YOUR_ACCESS)


def may_see_what_is_stored(person: Person, about: str) -> Verdict:
    """Everything that is kept about a person: themselves, and administrators on their behalf."""
    return YES if person.id == about or person.is_administrator else Verdict(NOT_ABOUT_YOU)


def may_name_substitute(person: Person, absent: Person, substitute: Person) -> Verdict:
    """Each for themselves, among those with a role in an organisation of theirs; an administrator for anybody."""
    if substitute.id == absent.id:
        return Verdict(NOT_ONES_OWN_SUBSTITUTE)
    if person.is_administrator:
        return YES
    if person.id != absent.id:
        return Verdict(NOT_YOUR_ABSENCE)
    return YES if _own_organisations(absent) & _own_organisations(substitute) else Verdict(NO_COLLEAGUE)


def may_end_substitution(person: Person, absent_id: str) -> Verdict:
    """Whoever is away, or an administrator."""
    return YES if person.id == absent_id or person.is_administrator else Verdict(NOT_YOUR_ABSENCE)


def _own_organisations(person: Person) -> frozenset[str]:
    return frozenset(organisation for _, organisation in person.grants - person.borrowed)


def may_name_business_key(person: Person) -> Verdict:
    """A business key is also what messages find their receiver by, so it is not for everybody to choose."""
    return YES if sees_everything(person) else Verdict(NOT_YOURS_TO_NAME)


def may_send_message(person: Person) -> Verdict:
    """A message from outside takes any organisation's process on."""
    return YES if sees_everything(person) else Verdict(NOT_YOUR_MESSAGE)


def may_import_figures(person: Person) -> Verdict:
    """Official figures are about every organisation."""
    return YES if sees_everything(person) else Verdict(NOT_YOUR_FIGURES)


def may_import_activities(person: Person, organisation: str | None) -> Verdict:
    """Those who follow up the county, and whoever leads the work in the municipality."""
    leads = organisation is not None and person.has(PROCESS_LEADER, organisation)
    return YES if leads or sees_everything(person) else Verdict(NOT_YOUR_PLAN)


def may_export(person: Person, kind: str) -> Verdict:
    """Whole registers: those about single organisations' matters are for the follow-up of the county."""
    return YES if kind not in FOR_FOLLOW_UP or sees_everything(person) else Verdict(NOT_YOUR_FILE)


def may_follow_up(person: Person) -> Verdict:
    """Pages about people's workload and about deviations of the whole county."""
    return YES if sees_everything(person) else Verdict(NOT_FOLLOWING_UP)


def may_see_instance(person: Person, deviation: DeviationFacts | None) -> Verdict:
    """A process belongs to an agreement, which is public, or to a `deviation` (its own, or the one that called it)."""
    return YES if deviation is None else may_see_deviation(person, deviation)


def may_plan_meetings(person: Person, organisation: str) -> Verdict:
    """Those who follow up the county enter any body's meetings, a process leader those of the own municipality."""
    if sees_everything(person) or person.has(PROCESS_LEADER, organisation):
        return YES
    return Verdict(NOT_YOUR_MEETINGS)


def may_see_agreement(_person: Person) -> Verdict:
    """Agreements are public documents: everyone who can sign in."""
    return YES


def may_archive_agreement(person: Person, organisation: str | None) -> Verdict:
    """The whole case, with everything that was handed in: the parties, and those who follow up the county."""
    parties = {organisation, REGION} if organisation else set()
    if parties & person.organisations or sees_everything(person):
        return YES
    return Verdict(NOT_YOUR_ORGANISATION)


def may_see_deviation(person: Person, deviation: DeviationFacts) -> Verdict:
    """The organisations that it concerns, whoever reported it, and RSS."""
    concerned = {deviation.organisation, deviation.receiving_organisation, *_codes(deviation)}
    if concerned & person.organisations or deviation.reported_by == person.id or sees_everything(person):
        return YES
    return Verdict(NOT_YOUR_ORGANISATION)


def _codes(deviation: DeviationFacts) -> set[str | None]:
    """The principals as organisation codes; a form may say `region` or `municipality` instead of a code."""
    names = {"region": REGION, "municipality": deviation.organisation}
    return {names.get(principal, principal) for principal in deviation.principals}
