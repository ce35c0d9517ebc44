"""Sentences that the engine says to people, noted here so that they get an English translation.

The engine knows no languages: it says things in Swedish, and pages translate what they show. A test holds that what
the engine's rules say stands here.
"""

from engine import authorisation
from engine.commands import reminders, saved_filters, substitutions
from engine.queries import deviations, task_detail
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
    # Refusals
    N_("Uppgiften hör till en roll som du inte har. Den som har rollen kan göra den."),
    N_("Som administratör kan du se uppgiften men inte göra den. Den hör till rollens innehavare."),
    N_("En annan person har tagit över uppgiften. Be personen släppa den eller lämna över den till dig."),
    N_("Du har själv lämnat in underlag i ärendet. Beslutet behöver därför tas av någon annan."),
    N_(
        "Den som du ersätter, eller som ersätter dig, har lämnat in underlag i ärendet. "
        "Beslutet behöver därför tas av någon annan."
    ),
    N_("Välj någon annan: ingen kan vara sin egen ersättare."),
    N_("Du kan bara utse ersättare för dig själv. En administratör kan göra det för andra."),
    N_("Välj någon som har en roll i samma organisation som du."),
    N_("Sista dagen kan inte komma före den första."),
    N_("Sista dagen har redan varit. Välj i dag eller senare."),
    N_("En ersättare kan utses för högst ett år i taget. Välj en tidigare sista dag."),
    N_("Den som ska vara borta har inte den rollen."),
    N_("{name} är redan ersättare den {first} till {last}. Avsluta det först, eller välj andra dagar."),
    N_("{name} är också borta då, den {first} till {last}. Välj någon annan eller andra dagar."),
    N_("Det finns ingen sådan ersättare."),
    N_("Det är redan avslutat."),
    N_("Du har ingen roll i de organisationer som detta gäller och kan därför inte se det."),
    N_("Ingen av dina roller får starta detta. Be RSS Dalarna om hjälp."),
    N_("Välj vilken kommun det gäller."),
    N_("Uppgiften kan bara lämnas till någon som har rollen."),
    N_("Beteckningen sätts av Samflöde. Bara de som följer upp länet får välja en egen."),
    N_("Bara de som följer upp länet får skicka meddelanden till ärenden."),
    N_("Den här filen rymmer flera organisationers ärenden. Be RSS Dalarna om den."),
    N_("Bara de som följer upp länet får läsa in officiella siffror."),
    N_("Bara RSS Dalarna, administratören och kommunens egen processledare kan läsa in en aktivitetsplan."),
    N_("Bara en administratör får ändra personer, organisationer, roller och processpaket."),
    N_("Du kan bara hämta det som finns om dig själv. En administratör kan göra det för andra."),
    N_("Bara en administratör får pausa, avbryta, ändra eller flytta ärenden."),
    N_("Filtret är någon annans. Öppna det och spara det under ett eget namn om du vill ändra det."),
    N_("Du kan bara dela filter med dem som har samma roll som du."),
    N_("Ge filtret ett namn."),
    N_("Namnet är för långt. Skriv högst 100 tecken."),
    N_("Du har redan ett filter med det namnet. Välj ett annat namn."),
    N_("Filtret är för långt för att sparas. Ta bort något av det du söker på."),
    N_("Du har 50 sparade filter. Ta bort något som du inte använder och försök igen."),
    N_("Det sparade filtret finns inte längre."),
    N_("Bara RSS Dalarna, administratören och kommunens egen processledare kan påminna om uppgiften."),
    N_("Sidan är till för dem som följer upp hela länet. Be RSS Dalarna om uppgifterna."),
    N_("Uppgiften är redan klar, så det finns inget att påminna om."),
    N_("En påminnelse om uppgiften har redan gått i väg i dag. Du kan skicka en ny i morgon."),
    N_("Ingen har rollen som uppgiften väntar på. Be en administratör ge någon rollen."),
    N_("Uppgiften väntar bara på dig själv, så det finns ingen annan att påminna."),
    N_("Uppgiften finns inte."),
    N_("Uppgiften är redan klar."),
    N_("Uppgiften behövs inte längre: arbetet har gått vidare på ett annat sätt."),
    N_("Uppgiften är redan klar. Någon annan kan ha hunnit före, inget av ditt har skrivits över."),
    N_("Uppgiften har redan tagits över av någon annan."),
    N_("Bara en administratör får pausa, avbryta, ändra eller flytta ärenden."),
    N_("Ärendet är pausat. Inget har ändrats. Uppgiften kan göras när en administratör har återupptagit ärendet."),
    N_("Ärendet är avslutat. Inget har ändrats."),
    N_(
        "Uppgiften kunde inte slutföras: ett steg som skulle följa av sig självt gick inte att utföra. Inget har "
        "ändrats. Det du skrev är sparat som utkast, och en administratör ser felet."
    ),
    N_("Överenskommelsen finns inte."),
    N_("Avvikelsen finns inte."),
    N_("Ärendet ändrades samtidigt av någon annan. Försök igen."),
    N_("Uppgiften ändrades samtidigt av någon annan. Försök igen."),
    N_("Någon annan ändrade samma sak just nu. Inget har ändrats. Försök igen."),
    N_("Någon annan hann före med samma sak. Inget har ändrats."),
    N_("Databasens disk är full. Inget har ändrats. Säg till den som sköter driften."),
    N_("Databasen svarar inte just nu. Inget har ändrats. Försök igen om en stund."),
    N_("Förbindelsen bröts medan det sparades. Se efter om det blev gjort innan du gör det igen."),
    N_("Välj någon annan än dig själv."),
    N_("Be någon som har en roll i den organisation som uppgiften gäller."),
    # Drafts, files, comments and contributions
    N_("Utkastet har ändrats i ett annat fönster sedan du öppnade sidan. Båda texterna finns kvar."),
    N_("Filtypen går inte att bifoga. Välj pdf, Word, Excel, PowerPoint, OpenDocument, png, jpeg, txt eller csv."),
    N_("Innehållet stämmer inte med filens namn. Spara filen på nytt i rätt format och försök igen."),
    N_("Filen innehåller makron. Spara den utan makron och försök igen."),
    N_("Filen är skyddad med lösenord, så att ingen annan kan läsa den. Ta bort skyddet och försök igen."),
    N_("Filen packas upp till något orimligt stort och tas därför inte emot."),
    N_("Filen är tom."),
    N_("Filen är för stor. En fil får vara högst 20 MB."),
    N_("Uppgiften har redan 20 filer. Ta bort någon innan du lägger till fler."),
    N_("Filerna blir tillsammans större än 100 MB. Ta bort någon, eller spara dem mindre."),
    N_("Filen saknar namn. Ge den ett namn som säger vad den innehåller."),
    N_("Filens namn innehåller något som ser ut som ett personnummer. Byt namn på filen och försök igen."),
    N_("Filen finns inte."),
    N_("Filen är inskickad och finns därför kvar."),
    N_("Frågan tar inte emot filer."),
    N_("Skriv något i kommentaren."),
    N_("Korta kommentaren. Den får ha högst 4000 tecken."),
    N_("Kommentaren finns inte."),
    N_("Bara den som har skrivit kommentaren kan ta bort den."),
    N_("Den du nämner får inte se uppgiften. Välj någon i listan."),
    N_("Välj minst en fråga."),
    N_("Någon av frågorna finns inte i uppgiften. Ladda om sidan och välj på nytt."),
    N_("Välj en dag som inte redan har varit."),
    N_("Korta texten. Den får ha högst 1000 tecken."),
    N_("Det som du blev ombedd att skriva finns inte."),
    N_("Bara den som blev ombedd att skriva kan göra det."),
    N_("Du behöver inte skriva det här längre: den som bad dig har tagit tillbaka sin fråga."),
    N_("Du har redan sagt att du är klar. Be den som frågade om det är något mer som behöver ändras."),
    # Mail, meetings, faults
    N_("Valet finns inte. Välj direkt, i veckobrevet eller inte alls."),
    N_("Det som har kort tid skickas alltid direkt, så att ingen missar ansvaret för en avvikelse."),
    N_("Månadens arbetsbok är för dem som följer upp hela länet."),
    N_("Skriv en e-postadress, till exempel namn@kommun.se."),
    N_("Bara RSS Dalarna, administratören och kommunens egen processledare kan skriva in möten."),
    N_("Skriv vilket organ som möts, till exempel Kommunstyrelsen."),
    N_("Skriv dagen för mötet som år-månad-dag, till exempel 2026-11-24."),
    N_("Mötets dag har redan varit. Välj i dag eller senare."),
    N_("Underlaget behöver lämnas senast den dag då mötet hålls."),
    N_("Mötet finns inte, eller är redan borttaget."),
    N_("Berätta vad som inte fungerar."),
    N_("Korta texten. Den får ha högst 4000 tecken."),
    N_("Många har rapporterat fel den senaste timmen. Försök igen om en stund."),
    N_("Rapporten finns inte, eller är redan hanterad."),
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
    N_(
        "Inloggningstjänsten skickar personnummer som användarens identitet. "
        "Be den som sköter tjänsten om en identitet som inte är ett personnummer."
    ),
    N_("Påminnelse skickades: {what}"),
    N_("Försening meddelades: {what}"),
    N_("Något gick fel: {what}"),
    N_("{what} ändrades av en administratör"),
    N_("Nytt försök efter ett fel: {what}"),
    N_("{what} flyttades till en annan version av processen"),
    # What is wrong with an answer
    N_("Fältet finns inte i formuläret."),
    N_("Skriv ett vanligt tal."),
    N_("Texten innehåller tecken som inte kan sparas."),
    N_("Välj något av alternativen."),
    N_("Fyll i det här fältet."),
    N_("Lägg till minst en."),
    N_("Kontrollera hur det är skrivet."),
    N_("Kontrollera uppgiften."),
    N_("Skriv datumet som år-månad-dag, till exempel 2026-11-24."),
    N_("Skriv en e-postadress, till exempel namn@kommun.se."),
    N_("Skriv en webbadress som börjar med https://."),
    N_("Skriv ett tal med siffror."),
    N_("Skriv ett heltal med siffror."),
    N_("Välj ja eller nej."),
    N_("Skriv text."),
    N_("Ta bort personnumret. Skriv aldrig vem en klient eller patient är i Samflöde."),
)


def said_by_the_rules() -> set[str]:
    """What the engine's constants hold: every one of these is in NOTED."""
    modules = (authorisation, task_detail, saved_filters, reminders, substitutions)
    constants = {
        value for module in modules for name, value in vars(module).items() if name.isupper() and isinstance(value, str)
    }
    sentences = {value for value in constants if value.endswith(".")}
    return sentences | set(STATUS_TITLES.values()) | set(deviations.STATE_TITLES.values()) | set(SENTENCES.values())
