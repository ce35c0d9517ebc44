"""Agreements and decisions as tables to take away: the rows of the pages, in the reader's language."""

from collections.abc import Sequence

from flask_babel import gettext as _

from engine.queries import RecordedDecision, Standing
from exports.tables import Column, Missing, Table, Value
from web import page_words, words
from web.views import decision_words


def decisions_table(rows: Sequence[RecordedDecision]) -> Table:
    """As on the page of decisions, with the reasons in a column of their own."""
    columns = [
        Column(_("Datum"), kind="date", width=12),
        Column(_("Kommun"), width=18),
        Column(_("Vem"), width=34),
        Column(_("Beslut"), width=22),
        Column(_("Gällde"), width=34),
        Column(_("Diarienummer"), width=20),
        Column(_("Protokoll"), width=16),
        Column(_("Skäl eller kommentar"), kind="long", width=60),
        Column(_("Överenskommelse"), width=30),
    ]
    return Table("Beslut", _("Beslut"), columns, [_decision(row) for row in rows])


def _decision(row: RecordedDecision) -> list[Value]:
    one = row.decision
    missing = Missing(_("saknas"))
    return [
        row.day,
        row.organisation_name or _("Länet"),
        decision_words.who(one) or missing,
        decision_words.outcome_words(one.outcome)[1],
        decision_words.about(row),
        one.case_number or missing,
        one.protocol or missing,
        one.reason or one.comments or "",
        row.agreement_key or missing,
    ]


def agreements_table(rows: Sequence[Standing]) -> Table:
    """As on the page of agreements."""
    columns = [
        Column(_("Överenskommelse"), width=34),
        Column(_("Beteckning"), width=30),
        Column(_("Skede"), width=34),
        Column(_("Läge"), width=22),
        Column(_("Gäller från"), kind="date", width=12),
        Column(_("Gäller till"), kind="date", width=12),
        Column(_("Öppna uppgifter"), kind="number", width=10),
    ]
    return Table("Overenskommelser", _("Överenskommelser"), columns, [_agreement(row) for row in rows])


def _agreement(row: Standing) -> list[Value]:
    agreement = row.agreement
    later = Missing(_("inte än"))
    return [
        agreement.organisation_name or words.words(agreement.title),
        agreement.key,
        page_words.stage_title(row.main.stage) if row.main else Missing(_("mellan skeden")),
        decision_words.cell_words(row.main) if row.main else words.words(agreement.status_title),
        agreement.in_force_on or later,
        agreement.valid_to or later,
        row.open_tasks,
    ]
