"""Who may start a process, and write on its start form."""

from dataclasses import replace
from typing import Protocol

from engine.authorisation.verdict import YES, Verdict, is_municipality, sees_everything
from engine.people import Person

CANNOT_START = "Ingen av dina roller får starta detta. Be RSS Dalarna om hjälp."
NOT_YOUR_START = "Det är ett utkast som någon annan skriver på. Bara den som skriver kan se det."
NEEDS_ORGANISATION = "Välj vilken kommun det gäller."
NOT_YOURS_TO_NAME = "Beteckningen sätts av Samflöde. Bara de som följer upp länet får välja en egen."
NOT_YOUR_MESSAGE = "Bara de som följer upp länet får skicka meddelanden till ärenden."


class StartRule(Protocol):
    """What the rules look at in a pack's process."""

    @property
    def organisation(self) -> str: ...
    @property
    def startable_by(self) -> tuple[str, ...]: ...


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


def may_name_business_key(person: Person) -> Verdict:
    """A business key is also what messages find their receiver by, so it is not for everybody to choose."""
    return YES if sees_everything(person) else Verdict(NOT_YOURS_TO_NAME)


def may_send_message(person: Person) -> Verdict:
    """A message from outside takes any organisation's process on."""
    return YES if sees_everything(person) else Verdict(NOT_YOUR_MESSAGE)
