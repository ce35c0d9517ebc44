"""Sentences that the engine says to administrators, noted here so that they get an English translation."""

import re

from flask_babel import gettext

from web.marking import N_

NOTED = (
    N_("Skriv personens namn."),
    N_("Korta namnet. Det får ha högst 100 tecken."),
    N_("Skriv ett användarnamn med minst två tecken: små bokstäver a till z, siffror, punkt eller bindestreck."),
    N_("Användarnamnet är upptaget. Välj ett annat."),
    N_("Skriv en e-postadress, till exempel namn@kommun.se."),
    N_("Personen finns inte."),
    N_("Välj en roll."),
    N_("Välj en organisation."),
    N_("Det är den sista administratören. Ge rollen till någon annan först, annars kommer ingen åt det här."),
    N_("Du kan inte stänga ditt eget konto. Be en annan administratör."),
    N_("Kontot är redan stängt."),
    N_("Kontot är redan öppet."),
    N_("Stäng kontot innan personen görs anonym."),
    N_("Personen är redan anonym."),
    N_("Personen är anonym. Lägg till personen på nytt i stället."),
    N_("Skriv organisationens namn."),
    N_("Välj vad det är för slags organisation."),
    N_("En kommuns kod är fyra siffror, till exempel 2080."),
    N_("Skriv koden med små bokstäver a till z, siffror och bindestreck."),
    N_("Koden finns redan. Välj en annan."),
    N_("Organisationen finns inte."),
    N_("Organisationen har roller eller ärenden och kan inte tas bort. Historiken behöver den."),
    N_("Mejlet finns inte, är redan skickat, eller saknar adress."),
    N_("Filen är ingen zip-fil. Packa paketets mapp som zip och försök igen."),
    N_("Filen är för stor. Ett processpaket får vara högst 5 MB som zip."),
    N_("Zip-filen har för många filer. Ett processpaket får ha högst 500."),
    N_("Filerna blir för stora när de packas upp. De får vara högst 20 MB tillsammans."),
    N_("Filen {name} är för stor. En fil i ett paket får vara högst 2 MB."),
    N_("Filen {name} har ett namn som inte får finnas i ett paket: en sökväg utanför mappen eller udda tecken."),
    N_("Filen {name} hör inte hemma i ett paket. Där finns bara toml, bpmn, dmn, json, md och po."),
    N_("{name} är varken en fil eller en mapp, till exempel en länk. Packa bara vanliga filer."),
    N_("Zip-filen är skyddad med lösenord. Packa den utan lösenord."),
    N_("Filen {name} finns två gånger, kanske med stora och små bokstäver."),
    N_("Zip-filen är skadad: {name} går inte att packa upp."),
    N_("pack.toml saknas. Den ska ligga överst i zip-filen, eller överst i dess enda mapp."),
    N_("Skriv varför: skälet står i ärendets historik. Inget har ändrats."),
    N_("Skälet får vara högst 1000 tecken. Inget har ändrats."),
    N_("Skälet innehåller tecken som inte kan sparas."),
    N_("Ta bort personnumret ur skälet. Skriv aldrig vem en klient eller patient är i Samflöde."),
    N_("Felet finns inte."),
    N_("Felet är redan avhjälpt. Inget har ändrats."),
    N_("Det som misslyckades behövs inte längre."),
    N_("Den som gjorde uppgiften har fått veta att den kan slutföras."),
    N_("En administratör gjorde ett nytt försök."),
    N_("Ärendet är redan avslutat. Inget har ändrats."),
    N_("Ärendet är redan pausat. Inget har ändrats."),
    N_("Ärendet är inte pausat. Inget har ändrats."),
    N_("Ärendet som det här hör till är pausat. Återuppta det i stället, så följer det här med."),
    N_("Ärendet är en del av ett annat. Avbryt steget {element} där i stället, eller avbryt hela det ärendet."),
    N_("Säg vad som ska ändras: minst ett steg att avbryta eller starta."),
    N_("Versionen finns inte."),
    N_("Ärendet har redan den versionen. Inget har ändrats."),
    N_("Ärendet är avslutat. Inget har ändrats."),
    N_("Bara en administratör får ändra personer, organisationer, roller och processpaket."),
    N_("Du kan bara hämta det som finns om dig själv. En administratör kan göra det för andra."),
    N_("Personen finns inte, eller har slutat."),
    N_("La till {subject}"),
    N_("Rättade uppgifter om {subject}"),
    N_("Gjorde {subject} anonym"),
    N_("Stängde kontot för {subject}"),
    N_("Öppnade kontot för {subject}"),
    N_("Gav {subject} ett nytt lösenord"),
    N_("Gav {subject} en roll"),
    N_("Tog en roll från {subject}"),
    N_("La till organisationen {subject}"),
    N_("Bytte namn på organisationen {subject}"),
    N_("Tog bort organisationen {subject}"),
    N_("Skapade en nyckel för {subject}"),
    N_("Återkallade en nyckel för {subject}"),
    N_("Läste in processpaketet {subject}"),
    N_("Avslutade ett fel i {subject}"),
    N_("Flyttade ärenden i {subject}"),
    N_("Ändrade vart mejl går"),
    N_("Försökte skicka mejl på nytt till {subject}"),
)


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", sentence)
    return re.compile(
        "".join(f"(?P<{part}>.+)" if number % 2 else re.escape(part) for number, part in enumerate(parts)), re.DOTALL
    )


_PATTERNS = tuple((sentence, _pattern(sentence)) for sentence in NOTED if "{" in sentence)


def translated(message: str) -> str:
    """The engine's sentence in the reader's language, with the names that it holds; unknown ones as they are."""
    for sentence, pattern in _PATTERNS:
        if found := pattern.fullmatch(message):
            return str(gettext(sentence)).format(**found.groupdict())
    return str(gettext(message))
