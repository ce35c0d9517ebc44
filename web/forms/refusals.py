"""The sentences in which the engine says what is wrong with an answer (engine/forms.py), for translation.

The engine speaks Swedish and fills in numbers and labels itself; here they are taken out again.
"""

import re
from collections.abc import Callable

from web.marking import N_

SENTENCES = (
    N_("Fältet finns inte i formuläret."),
    N_("Skriv ett vanligt tal."),
    N_("Texten är för lång. Den får ha högst {limit} tecken."),
    N_("Texten innehåller tecken som inte kan sparas."),
    N_("Välj ett svar: {label}."),
    N_("Fyll i: {label}."),
    N_("Korta texten. Den får ha högst {limit} tecken, nu är den {length}."),
    N_("Lägg till minst en."),
    N_("Kontrollera hur det är skrivet."),
    N_("Kontrollera uppgiften."),
    N_("Välj något av alternativen."),
    N_("Fyll i det här fältet."),
    N_("Skriv minst {limit} tecken."),
    N_("Skriv {limit} eller mer."),
    N_("Skriv {limit} eller mindre."),
    N_("Ange minst {limit}."),
    N_("Ange högst {limit}."),
    N_("Skriv datumet som år-månad-dag, till exempel 2026-11-24."),
    N_("Den dagen har inte varit än. Skriv i dag eller en tidigare dag."),
    N_("Skriv en e-postadress, till exempel namn@kommun.se."),
    N_("Skriv en webbadress som börjar med https://."),
    N_("Skriv ett tal med siffror."),
    N_("Skriv ett heltal med siffror."),
    N_("Välj ja eller nej."),
    N_("Skriv text."),
    N_("Ta bort personnumret. Skriv aldrig vem en klient eller patient är i Samflöde."),
    N_("{name} är redan ersättare den {first} till {last}. Avsluta det först, eller välj andra dagar."),
    N_("{name} är också borta då, den {first} till {last}. Välj någon annan eller andra dagar."),
)
LABEL_ENDINGS = ("", "?", ":", ".")


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", sentence)
    return re.compile(
        "".join(f"(?P<{part}>.+)" if number % 2 else re.escape(part) for number, part in enumerate(parts)), re.DOTALL
    )


PATTERNS = tuple((sentence, _pattern(sentence)) for sentence in SENTENCES)


def translated(message: str, translate: Callable[[str], str]) -> str:
    """The engine's sentence in the reader's language; one that is not known here is translated as a whole."""
    for sentence, pattern in PATTERNS:
        found = pattern.fullmatch(message)
        if found:
            values = found.groupdict()
            if "label" in values:
                values["label"] = _label(values["label"], translate)
            return translate(sentence).format(**values)
    return translate(message)


def _label(label: str, translate: Callable[[str], str]) -> str:
    """The engine takes off a label's last sign, but the label is translated with it."""
    for ending in LABEL_ENDINGS:
        known = translate(label + ending)
        if known != label + ending:
            return known.rstrip("?:.")
    return label
