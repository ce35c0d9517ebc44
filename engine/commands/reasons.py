"""The reason that an operator gives. It stands in the instance's history, where everyone concerned reads it."""

from engine.errors import Invalid
from engine.forms import holds_identity_number, is_storable

LONGEST = 1000
NO_REASON = "Skriv varför: skälet står i ärendets historik. Inget har ändrats."
TOO_LONG = f"Skälet får vara högst {LONGEST} tecken. Inget har ändrats."

UNSTORABLE = "Skälet innehåller tecken som inte kan sparas."
IDENTITY_NUMBER = "Ta bort personnumret ur skälet. Skriv aldrig vem en klient eller patient är i Samflöde."


def demand_reason(reason: str) -> None:
    """Raise Invalid when no reason is given, a whole story, or one that names somebody."""
    if not reason.strip():
        raise Invalid(NO_REASON)
    if len(reason) > LONGEST:
        raise Invalid(TOO_LONG)
    if not is_storable(reason):
        raise Invalid(UNSTORABLE)
    if holds_identity_number(reason):
        raise Invalid(IDENTITY_NUMBER)
