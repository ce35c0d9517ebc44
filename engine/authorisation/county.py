"""Who may see agreements and deviations, follow the county up, and take its registers away or fill them."""

from collections.abc import Iterable
from typing import Protocol

from engine.authorisation.verdict import NOT_YOUR_ORGANISATION, PROCESS_LEADER, REGION, YES, Verdict, sees_everything
from engine.people import Person

# Exports that hold what concerns single organisations: only those who follow up the county take them away.
FOR_FOLLOW_UP = frozenset({"deviations", "history", "tasks"})
NOT_YOUR_FILE = "Den här filen rymmer flera organisationers ärenden. Be RSS Dalarna om den."
NOT_FOLLOWING_UP = "Sidan är till för dem som följer upp hela länet. Be RSS Dalarna om uppgifterna."
NOT_YOUR_FIGURES = "Bara de som följer upp länet får läsa in officiella siffror."
NOT_YOUR_PLAN = "Bara RSS Dalarna, administratören och kommunens egen processledare kan läsa in en aktivitetsplan."
NOT_YOUR_MEETINGS = "Bara RSS Dalarna, administratören och kommunens egen processledare kan skriva in möten."


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


def may_see_instance(person: Person, deviation: DeviationFacts | None) -> Verdict:
    """A process belongs to an agreement, which is public, or to a `deviation` (its own, or the one that called it)."""
    return YES if deviation is None else may_see_deviation(person, deviation)


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


def may_follow_up(person: Person) -> Verdict:
    """Pages about people's workload and about deviations of the whole county."""
    return YES if sees_everything(person) else Verdict(NOT_FOLLOWING_UP)


def may_export(person: Person, kind: str) -> Verdict:
    """Whole registers: those about single organisations' matters are for the follow-up of the county."""
    return YES if kind not in FOR_FOLLOW_UP or sees_everything(person) else Verdict(NOT_YOUR_FILE)


def may_import_figures(person: Person) -> Verdict:
    """Official figures are about every organisation."""
    return YES if sees_everything(person) else Verdict(NOT_YOUR_FIGURES)


def may_import_activities(person: Person, organisation: str | None) -> Verdict:
    """Those who follow up the county, and whoever leads the work in the municipality."""
    leads = organisation is not None and person.has(PROCESS_LEADER, organisation)
    return YES if leads or sees_everything(person) else Verdict(NOT_YOUR_PLAN)


def may_plan_meetings(person: Person, organisation: str) -> Verdict:
    """Those who follow up the county enter any body's meetings, a process leader those of the own municipality."""
    if sees_everything(person) or person.has(PROCESS_LEADER, organisation):
        return YES
    return Verdict(NOT_YOUR_MEETINGS)
