"""Titles and lines of history that the engine holds, noted here so that they get an English translation.

What the engine says when something is wrong is translated in engine/locale/refusals.en.po, see `language.said`.
"""

from engine.queries import administration, deviations
from engine.queries.agreements import STATUS_TITLES
from engine.queries.history import SENTENCES
from web.marking import N_

NOTED = (
    # Agreements
    N_("Under framtagande"),
    N_("Gäller"),
    N_("Under revidering"),
    N_("Förlängd"),
    N_("Förlängd genom beslut"),
    N_("Upphörd utan efterträdare"),
    N_("Ersatt"),
    N_("Avslutad"),
    # Deviations
    N_("Väntar på mottagande"),
    N_("Mottagen"),
    N_("Utreds"),
    N_("Åtgärder"),
    N_("Följs upp"),
    N_("Hör inte hit"),
    # History
    N_("{what} började"),
    N_("{what} är klart"),
    N_("{what} avbröts"),
    N_("{what} pausades"),
    N_("{what} togs upp igen"),
    N_("{what} lämnades in"),
    N_("{what} togs över"),
    N_("{what} släpptes"),
    N_("{what} lämnades över"),
    N_("Tiden gick ut: {what}"),
    N_("Besked kom: {what}"),
    N_("{what} sände en signal till alla som väntar på den"),
    N_("Signal kom: {what}"),
    N_("Aktiviteter lästes in från en arbetsbok: {what}"),
    N_("Påminnelse skickades: {what}"),
    N_("Försening meddelades: {what}"),
    N_("Något gick fel: {what}"),
    N_("{what} ändrades av en administratör"),
    N_("Nytt försök efter ett fel: {what}"),
    N_("{what} flyttades till en annan version av processen"),
    # The administrators' log
    N_("La till {subject}"),
    N_("Rättade uppgifter om {subject}"),
    N_("Gjorde {subject} anonym"),
    N_("Stängde kontot för {subject}"),
    N_("Öppnade kontot för {subject}"),
    N_("Kopplade ett konto i inloggningstjänsten till {subject}"),
    N_("Tog bort en koppling till inloggningstjänsten för {subject}"),
    N_("Loggade ut {subject} överallt"),
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
    N_("Pausade {subject}"),
    N_("Återupptog {subject}"),
    N_("Avbröt {subject}"),
    N_("Ändrade var {subject} står"),
    N_("Sände signalen {subject}"),
    N_("Utsåg en ersättare för {subject}"),
    N_("Avslutade en ersättning för {subject}"),
    N_("Läste in siffror från {subject}"),
    N_("Ändrade vart mejl går"),
    N_("Försökte skicka mejl på nytt till {subject}"),
)


def titles_of_the_engine() -> set[str]:
    """What the engine's constants hold: every one of these is in NOTED."""
    held = (STATUS_TITLES, deviations.STATE_TITLES, SENTENCES, administration.KINDS)
    return {title for titles in held for title in titles.values()}
