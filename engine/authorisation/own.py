"""What is one's own (filters, sign-ins, who stands in), and what only administrators do."""

from engine.authorisation.verdict import YES, Verdict
from engine.people import Person

NOT_YOUR_FILTER = "Filtret är någon annans. Öppna det och spara det under ett eget namn om du vill ändra det."
NOT_YOURS_TO_SHARE_WITH = "Du kan bara dela filter med dem som har samma roll som du."
NOT_ONES_OWN_SUBSTITUTE = "Välj någon annan: ingen kan vara sin egen ersättare."
NOT_YOUR_ABSENCE = "Du kan bara utse ersättare för dig själv. En administratör kan göra det för andra."
NO_COLLEAGUE = "Välj någon som har en roll i samma organisation som du."
NOT_AN_ADMINISTRATOR = "Bara en administratör får ändra personer, organisationer, roller och processpaket."
NOT_YOUR_ACCESS = "Du kan bara avsluta dina egna inloggningar och nycklar. En administratör kan göra det för andra."
NOT_ABOUT_YOU = "Du kan bara hämta det som finns om dig själv. En administratör kan göra det för andra."
NOT_AN_OPERATOR = "Bara en administratör får pausa, avbryta, ändra eller flytta ärenden."


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
