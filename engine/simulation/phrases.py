# ruff: noqa: E501, ISC004 - prose reads best on one line
"""What made-up people write: short Swedish texts by the name of the field. Nobody real and no real case."""

import random
from datetime import date

_BY_FIELD: dict[str, tuple[str, ...]] = {
    "activity": (
        "Gemensam utbildningsdag om våld i nära relationer",
        "Rutin för att fråga om våld på vårdcentralen och i socialtjänsten",
        "Månatligt samverkansmöte för enskilda ärenden",
        "Stödsamtal för barn som har upplevt våld",
        "Kontaktväg till skyddat boende dygnet runt",
        "Insats för den som utövar våld",
        "Gemensam information till äldre",
    ),
    "when": ("Varje termin", "Start i september, sedan varje månad", "Under våren", "Två gånger om året"),
    "how": ("Halvdag med fallbeskrivningar", "Fast mötestid och gemensam dagordning", "Genom ny gemensam rutin"),
    "by": ("Socialtjänstens familjeenhet", "Vårdcentralen", "Kommunens samordnare mot våld", "Kvinnokliniken"),
    "with": ("Barnahus, kvinnojouren och polisen", "Primärvården och psykiatrin", "Elevhälsan och socialtjänsten"),
    "follow_up": ("Antal deltagare och enkät efter sex månader", "Genomgång i arbetsgruppen varje kvartal"),
    "responsible": ("Enhetschef, socialtjänsten", "Verksamhetschef, vårdcentralen", "Samordnare mot våld"),
    "goal": ("Fler får frågan om våld", "Kortare väg till stöd för barn", "Fler samordnade planer (SIP) genomförs"),
    "measure": (
        "Andel tillfrågade i socialtjänsten",
        "Antal påbörjade samordnade planer",
        "Dagar från kontakt till stöd",
    ),
    "baseline": ("42 procent", "11 under förra året", "I dag 19 dagar"),
    "target": ("80 procent", "20 per år", "Högst 7 dagar"),
    "process_leader": ("Utsedd processledare på socialförvaltningen",),
    "steering_group": ("Lokal styrgrupp för kvinnofrid", "Lokal systemledning", "Lokalt BRÅ"),
    "municipality_case_number": ("SN {year}/0142", "KS {year}/0317"),
    "region_case_number": ("RD {year}/1204", "RD {year}/0877"),
    "protocol": ("§ 47", "§ 112", "§ 8"),
    "place": ("Socialkontoret", "Vårdcentralen", "Akutmottagningen", "Möte mellan parterna"),
    "happened": (
        "Vårdcentralen och socialtjänsten väntade på varandra, och stödet kom tre veckor för sent.",
        "Ett planerat samverkansmöte ställdes in utan att den andra parten fick veta det.",
        "Kallelsen till samordnad plan gick till fel enhet, och ingen tog ansvar för barnets stöd.",
        "Skyddsbehovet bedömdes olika hos parterna, och överlämningen stannade upp i två dagar.",
    ),
    "until_settled": (
        "Socialtjänsten håller kontakten och ordnar skydd. Vårdcentralen ansvarar för vården till nästa möte.",
        "Regionen kallar till möte inom två dagar. Kommunen ansvarar för barnens stöd tills dess.",
    ),
    "comments": (
        "Bra underlag. Vi ser fram emot nästa steg.",
        "Förtydliga vem som gör vad i avsnittet.",
        "Stämmer väl med hur vi arbetar.",
    ),
    "reason": (
        "Det som saknas blir klart inom tre månader och hindrar inte fortsättningen.",
        "Vi behöver mer underlag från vården.",
    ),
    "lesson": (
        "Korta fasta möten varje månad löser mer än långa sällan.",
        "Chefer på båda sidor behöver vara med från början.",
    ),
    "lessons_collaboration": ("Förtroendet växer när samma personer möts. Byten av chefer är den största risken.",),
    "lessons_implementation": (
        "En tydlig plan med namn och datum gjorde skillnad. Utbildning behöver upprepas varje år.",
    ),
    "carried_out": ("Fem av sju aktiviteter är genomförda. Stödsamtal för barn har fördubblats.",),
    "results": ("Fler kvinnor och barn får stöd inom en vecka. Män som utövar våld söker sig oftare till insatsen.",),
    "progress": ("Vi närmar oss målet om en sammanhållen väg till stöd, men äldre nås fortfarande för sällan.",),
    "text": (
        "Kommunen och regionen har arbetat fram innehållet tillsammans i arbetsgruppen. Socialtjänst, primärvård, psykiatri, "
        "Barnahus och kvinnojour har deltagit. Ansvar och kontaktvägar är beskrivna så att nya medarbetare hittar dem.",
        "Parterna möts varje månad på verksamhetsnivå och varje kvartal på ledningsnivå. Samordnaren kallar. "
        "Avvikelser i samverkan registreras och tas upp på varje möte.",
        "Behovet är störst för barn som har upplevt våld och för äldre. Statistiken delas upp på kvinnor och män, och vi ser att "
        "unga vuxna sällan nås. Därför riktas två av aktiviteterna till dem.",
    ),
    "exists_today": (
        "Rutiner från 2021 finns, men de används olika.",
        "En överenskommelse på enhetsnivå finns sedan tidigare.",
    ),
    "missing": ("Gemensam kontaktväg kvällar och helger.", "Insatser för den som utövar våld."),
    "evidence": ("Beslutat i ledningsgruppen i mars.", "Framgår av arbetsgruppens anteckningar."),
    "measures": ("Ny gemensam rutin för överlämning",),
    "owner": ("Enhetschef, socialtjänsten", "Vårdenhetschef"),
    "function": ("Enhetschef", "Samordnare", "Kurator", "Barnmorska"),
    "organisation": ("Socialtjänsten", "Primärvården", "Psykiatrin", "Kvinnojouren"),
    "name": ("Karin Berglund", "Anders Sundin", "Maria Wallin", "Per Åkerman"),
    "title": ("Ordförande", "Vice ordförande", "Förvaltningschef"),
    "summary": (
        "Arbetet går enligt plan. Två frågor behöver beslut av styrgruppen: bemanning och gemensam kontaktväg.",
    ),
}
_ANYTHING = (
    "Arbetsgruppen har gått igenom frågan och är enig.",
    "Parterna har kommit överens om hur arbetet ska fortsätta.",
    "Ansvaret är tydligt och uppföljning är inplanerad.",
    "Det mesta finns på plats. Några rutiner behöver uppdateras under året.",
)


_BODIES = {
    "municipality": (("Socialnämnden", "SN"), ("Kommunstyrelsen", "KS"), ("Vård- och omsorgsnämnden", "VON")),
    "region": (("Regionstyrelsen", "RD"), ("Hälso- och sjukvårdsnämnden", "HSN")),
}


def decided_by(organisation: str, rng: random.Random, today: date) -> dict[str, str]:
    """A decision's body and case number, of a kind that the organisation has. Municipal codes have four digits."""
    body, register = rng.choice(_BODIES["municipality" if len(organisation) == 4 else "region"])
    return {"body": body, "case_number": f"{register} {today.year}/{rng.randint(12, 998):04}"}


def phrase(field: str, rng: random.Random, today: date) -> str:
    """A text for a field of this name."""
    return rng.choice(_BY_FIELD.get(field, _ANYTHING)).replace("{year}", str(today.year))
