"""Where an agreement stands, in whole sentences."""

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from engine.queries import AgreementDetail, AgreementRow, StageCell
from engine.queries.stage_rules import PRECEDENCE
from web import dates, page_words, words


def main_cell(cells: Sequence[StageCell]) -> StageCell | None:
    """The open stage that most needs attention."""
    going = sorted((cell for cell in cells if cell.is_open), key=lambda cell: PRECEDENCE.index(cell.status))
    return going[0] if going else None


def kind_title(agreement: AgreementRow) -> str:
    return _("Regional överenskommelse") if agreement.kind == "regional" else _("Lokal överenskommelse")


def name(agreement: AgreementRow) -> str:
    """`Orsa`, or what the regional agreement is called."""
    return agreement.organisation_name or words.words(agreement.title)


def heading(detail: AgreementDetail) -> str:
    """`Orsa arbetar med IRIS fas 1: Inledande bedömning`"""
    cell = main_cell(detail.stages)
    place = name(detail.agreement)
    if cell is None:
        status = words.words(detail.agreement.status_title)
        return _("%(place)s: %(status)s", place=place, status=page_words.lower_first(status))
    stage = page_words.lower_first(page_words.stage_title(cell.stage))
    sentences = {
        "late": _("%(place)s är försenad med %(stage)s", place=place, stage=stage),
        "wait": _("%(place)s väntar på beslut (%(stage)s)", place=place, stage=stage),
        "back": _("%(place)s har fått tillbaka arbetet med %(stage)s", place=place, stage=stage),
    }
    return sentences.get(cell.status, _("%(place)s arbetar med %(stage)s", place=place, stage=stage))


def lead(detail: AgreementDetail, today: date) -> str:
    """What holds, who is waited for, and whether the plan is kept."""
    return " ".join(part for part in (_validity(detail.agreement), _waiting(detail), _plan(detail, today)) if part)


def _validity(agreement: AgreementRow) -> str:
    if agreement.in_force_on and agreement.valid_to:
        first, last = dates.short_date(agreement.in_force_on), dates.short_date(agreement.valid_to)
        return _("Överenskommelsen gäller från %(first)s till och med %(last)s.", first=first, last=last)
    if agreement.status == "preparing":
        return _("Överenskommelsen är under framtagande och gäller inte än.")
    return ""


def _waiting(detail: AgreementDetail) -> str:
    if not detail.open_tasks:
        return ""
    task = detail.open_tasks[0]
    who = page_words.holder(task)
    return _("Närmast i tur: %(task)s (%(who)s).", task=words.task_title(task), who=who)


def _plan(detail: AgreementDetail, today: date) -> str:
    late = sum(row.days_late(today) > 0 for row in detail.activities)
    return (
        ngettext("%(num)s aktivitet i planen är försenad.", "%(num)s aktiviteter i planen är försenade.", late)
        if late
        else ""
    )
