"""What a steering group checks before it decides: what is in place, what is missing, which risks are open.

Read from what was handed in. By convention of the forms, a table or text called `missing` says what is not in place,
and a table called `risks` what may go wrong.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from flask_babel import gettext as _
from flask_babel import ngettext

from engine.queries import AgreementDocument, SubmissionRow
from web import dates, words
from web.radar import AssessedItem

Kind = Literal["missing", "going", "done"]

MISSING, RISKS = "missing", "risks"
ORDER: tuple[Kind, ...] = ("missing", "going", "done")


@dataclass(frozen=True)
class Point:
    """One thing to check. `written` says that people wrote the title."""

    kind: Kind
    title: str
    note: str
    written: bool = False


@dataclass(frozen=True)
class Risk:
    risk: str
    action: str
    responsible: str


def checklist(
    context: Sequence[SubmissionRow],
    assessed: Sequence[AssessedItem],
    top: int,
    document: AgreementDocument | None,
) -> list[Point]:
    """What is missing first. With a self-assessment its items are the list, else the steps that were handed in."""
    points = [_assessed(item, top) for item in assessed] or [_handed_in(row) for row in context]
    points += _of_document(document) if document is not None else []
    points += _reported_missing(context)
    return sorted(points, key=lambda point: ORDER.index(point.kind))


def open_risks(context: Iterable[SubmissionRow]) -> list[Risk]:
    """The risks that the latest submissions name."""
    return [
        Risk(_text(row, "risk"), _text(row, "action") or _text(row, "handling"), _text(row, "responsible"))
        for row in _rows(context, RISKS)
        if _text(row, "risk")
    ]


def _assessed(item: AssessedItem, top: int) -> Point:
    note = item.evidence or _("Det står inte vad nivån bygger på.")
    if item.now is None:
        return Point("missing", item.title, _("Inte skattad."))
    kind: Kind = "done" if item.now == top else "going" if item.now > 1 else "missing"
    return Point(kind, item.title, f"{item.now_title}. {note}")


def _handed_in(row: SubmissionRow) -> Point:
    title = words.words(row.element_name)
    title = f"{title}: {words.words(row.item_title)}" if row.item_title else title
    who = ", ".join(part for part in (row.person_name, words.words(row.party_name)) if part)
    return Point("done", title, _("Inskickat %(day)s av %(name)s", day=dates.short_date(row.submitted_at), name=who))


def _of_document(document: AgreementDocument) -> list[Point]:
    sections = [section for chapter in document.chapters for section in chapter.sections]
    written = sum(bool(section.text) for section in sections)
    undated = sum(row.ends_on is None for row in document.activities)
    plan = ngettext("%(num)s aktivitet", "%(num)s aktiviteter", len(document.activities))
    if undated:
        plan += ", " + ngettext("%(num)s utan slutdatum", "%(num)s utan slutdatum", undated)
    return [
        Point(
            "done" if sections and written == len(sections) else "missing",
            _("Avsnitten är skrivna"),
            _("%(done)s av %(total)s", done=written, total=len(sections)),
        ),
        Point(
            "missing" if not document.activities else "going" if undated else "done",
            _("Aktivitetsplanen är ifylld"),
            plan if document.activities else _("Ingen plan är inskickad än."),
        ),
    ]


def _reported_missing(context: Iterable[SubmissionRow]) -> list[Point]:
    points = []
    for row in context:
        value = row.values.get(MISSING)
        if isinstance(value, str) and value.strip() and row.register != "section":
            points.append(Point("missing", _("Rapporterat som saknat"), value.strip(), written=True))
    for found in _rows(context, MISSING):
        title = _text(found, "what") or _text(found, "why")
        due = _text(found, "by_when")
        parts = [_text(found, "what_next"), _("klart %(day)s", day=_day(due)) if due else ""]
        if title:
            points.append(Point("missing", title, ". ".join(part.rstrip(".") for part in parts if part), written=True))
    return points


def _day(written: str) -> str:
    """`24 juni 2027`, or what was written when it is not a day."""
    try:
        return dates.short_date(date.fromisoformat(written))
    except ValueError:
        return written


def _rows(context: Iterable[SubmissionRow], name: str) -> Iterable[dict[str, Any]]:
    for row in context:
        value = row.values.get(name)
        if isinstance(value, list):
            yield from (one for one in value if isinstance(one, dict))


def _text(row: dict[str, Any], name: str) -> str:
    return str(row.get(name) or "").strip()
