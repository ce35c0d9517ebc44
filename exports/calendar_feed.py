"""A calendar as an .ics file. The only door to icalendar, which does the folding and escaping."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event

from engine.packs import Pack
from engine.queries.calendar import CalendarDay
from exports.language import Translate, translator

# What stands before the subject, by kind; "{subject}" is a task or a body.
SENTENCES = {
    "deadline": "Klar senast: {subject}",
    "review": "Årlig uppföljning",
    "meeting": "Möte: {subject}",
    "papers": "Underlag senast: {subject}",
    "revision": "Revideringen av den regionala överenskommelsen ska börja",
    "expiry": "Överenskommelsen gäller till och med i dag",
}
CALENDAR_NAME = "Samflöde"


def calendar_file(
    days: Iterable[CalendarDay], packs: Iterable[Pack], locale: str, base_url: str, now: datetime
) -> bytes:
    """Every day as an all-day event, in `locale`. An event keeps its identity when it moves."""
    translators = [translator(pack, locale) for pack in packs]

    def say(text: str) -> str:
        said = (translate(text) for translate in translators)
        return next((found for found in said if found != text), text)

    calendar = Calendar()
    calendar.add("prodid", "-//Samflode//SV")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", CALENDAR_NAME)
    calendar.add("x-published-ttl", "PT6H")
    host = urlsplit(base_url).hostname or "samflode"
    for one in days:
        calendar.add_component(_event(one, say, base_url, host, now))
    content: bytes = calendar.to_ical()
    return content


def _event(one: CalendarDay, say: Translate, base_url: str, host: str, now: datetime) -> Event:
    subject = ": ".join(say(part) for part in one.subject)
    words = say(SENTENCES[one.kind]).format(subject=subject)
    event = Event()
    event.add("uid", f"{one.id}@{host}")
    event.add("dtstamp", now)
    event.add("dtstart", one.day)
    event.add("dtend", one.day + timedelta(days=1))
    event.add("summary", f"{words}, {say(one.organisation_name)}" if one.organisation_name else words)
    event.add("transp", "TRANSPARENT")  # the day stays free: it is a last day, not an appointment
    if one.link:
        event.add("url", f"{base_url}{one.link}")
        event.add("description", f"{base_url}{one.link}")
    return event
