"""Decisions in words: what was decided, by whom, about what."""

from flask_babel import gettext as _
from flask_babel import ngettext

from engine.queries import DecisionRow, RecordedDecision, StageCell
from web import words
from web.marking import N_

# What an outcome is called, and the kind of status that it is drawn as.
OUTCOMES = {
    "approved": ("done", N_("Godkänd")),
    "approved_with_reason": ("done", N_("Godkänd med motivering")),
    "returned": ("back", N_("Återremitterad")),
    "declined": ("late", N_("Avslagen")),
    "stopped": ("none", N_("Stoppad")),
    "ended": ("none", N_("Avslutad")),
    "prolonged": ("done", N_("Förlängd")),
    "revise": ("going", N_("Ska revideras")),
    "adopted": ("done", N_("Antagen")),
    "rework": ("back", N_("Ska omarbetas")),
    "lapsed": ("none", N_("Upphörd")),
}


def outcome_words(outcome: str) -> tuple[str, str]:
    """The kind of status and the words."""
    kind, title = OUTCOMES.get(outcome, ("none", outcome))
    return kind, _(title) if outcome in OUTCOMES else words.words(title)


def who(decision: DecisionRow) -> str:
    """`Kommunstyrelsen, Orsa`: the body that decided and for whom; else the person who registered it."""
    body = words.words(decision.body)
    party = words.words(decision.party_name) if decision.party_name != decision.body else ""
    return ", ".join(part for part in (body, party) if part) or decision.person_name or ""


def about(recorded: RecordedDecision, *, with_place: bool = False) -> str:
    """`Orsa, IRIS fas 1`; a deviation's by its case number."""
    what = words.words(recorded.process_title or recorded.stage_title)
    if recorded.deviation_key:
        what = _("Avvikelse %(key)s", key=recorded.deviation_key)
    return ", ".join(part for part in (recorded.organisation_name if with_place else "", what) if part)


def cell_words(cell: StageCell) -> str:
    """The words of a stage's status."""
    if cell.status == "late":
        late = ngettext("Försenad %(num)s dag", "Försenad %(num)s dagar", cell.days_late)
        return late if cell.days_late else _("Försenad")
    titles = {
        "wait": _("Väntar på beslut"),
        "back": _("Återremitterad"),
        "going": _("Pågår"),
        "done": _("Klar"),
    }
    return titles.get(cell.status, _("Ej påbörjad"))
