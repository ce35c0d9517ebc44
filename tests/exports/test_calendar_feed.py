"""The calendar file: whole days, identities that stay, whatever stands in the names, in either language."""

from datetime import UTC, date, datetime

from icalendar import Calendar

from engine.packs import load_pack, shipped_packs
from engine.queries.calendar import CalendarDay
from exports.calendar_feed import SENTENCES, calendar_file
from exports.language import english

NOW = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
PACK = load_pack(shipped_packs()[0])
AWKWARD = "Rutiner, riktlinjer; \\ och\nBEGIN:VEVENT å" + "ä" * 90


def made(locale: str = "sv", subject: str = AWKWARD) -> list[object]:
    days = [
        CalendarDay("task-1", "deadline", date(2026, 3, 29), (subject, "Framtagande"), "2062", "Mora", "/uppgifter/1"),
        CalendarDay("review-2", "review", date(2026, 10, 25), (), None, "", None),
    ]
    content = calendar_file(days, [PACK], locale, "https://s.example.se", NOW)
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    return list(Calendar.from_ical(content).walk("VEVENT"))


def test_a_day_lasts_the_whole_day_also_when_the_clock_is_changed() -> None:
    event, other = made()
    assert event["dtstart"].dt == date(2026, 3, 29)  # type: ignore[index]
    assert event["dtend"].dt == date(2026, 3, 30)  # type: ignore[index]
    assert other["dtstart"].params["VALUE"] == "DATE"  # type: ignore[index]


def test_names_are_escaped_and_come_back_as_they_were() -> None:
    event = made()[0]
    assert str(event["summary"]) == f"Klar senast: {AWKWARD}: Framtagande, Mora"  # type: ignore[index]
    assert len(made()) == 2


def test_an_event_keeps_its_identity_and_leads_to_the_task() -> None:
    first, again = made()[0], made(subject="Något annat")[0]
    assert first["uid"] == again["uid"] == "task-1@s.example.se"  # type: ignore[index]
    assert first["url"] == "https://s.example.se/uppgifter/1"  # type: ignore[index]


def test_the_calendar_is_in_the_persons_language() -> None:
    assert str(made("en", "Prov")[0]["summary"]) == "Due: Prov: Drafting, Mora"  # type: ignore[index]
    assert set(SENTENCES.values()) <= set(english())
