"""Where an agreement stands, in whole sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from engine.queries import ActivityRow, AgreementDetail, AgreementDocument, AgreementRow, DecisionRow, StageCell
from engine.queries.stage_rules import PRECEDENCE
from engine.queries.swedish import swedish_order
from web import dates, page_words, words


def main_cell(cells: Sequence[StageCell]) -> StageCell | None:
    """The open stage that most needs attention."""
    going = sorted((cell for cell in cells if cell.is_open), key=lambda cell: PRECEDENCE.index(cell.status))
    return going[0] if going else None


def kind_title(agreement: AgreementRow) -> str:
    return _("Regional överenskommelse") if agreement.kind == "regional" else _("Lokal överenskommelse")


def document_title(agreement: AgreementRow) -> str:
    """`Lokal överenskommelse, Orsa`"""
    if agreement.kind == "regional":
        return words.words(agreement.title)
    return f"{kind_title(agreement)}, {agreement.organisation_name}"


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
    deciding = stage == _("beslut")  # the stage is called so itself
    sentences = {
        "late": _("%(place)s är försenad med %(stage)s", place=place, stage=stage),
        "wait": _("%(place)s väntar på beslut", place=place)
        if deciding
        else _("%(place)s väntar på beslut om %(stage)s", place=place, stage=stage),
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


# Roles that have to do with deviations or with answering, not with the agreement's own work.
_BESIDE = frozenset({"reporter", "deviation_handler", "deviation_party", "recipient", "party"})


@dataclass(frozen=True)
class People:
    """Who holds the roles of the agreement's own work, and the roles beside it."""

    own: list[tuple[str, list[str]]]
    beside: list[tuple[str, list[str]]]


def people(detail: AgreementDetail) -> People:
    """The holders of roles where the agreement lives, in the pack's order."""
    own = [one for one in detail.holders if one[0] not in _BESIDE]
    return People(own, [one for one in detail.holders if one[0] in _BESIDE])


def party_rows(document: AgreementDocument) -> list[tuple[str, DecisionRow | None]]:
    """Each party of the regional agreement with its latest decision, if it has taken one, by name."""
    decided = {one.party_name: one for one in document.party_decisions}
    return [(party, decided.get(party)) for party in sorted(document.parties, key=swedish_order)]


def plan_counts(rows: Sequence[ActivityRow], today: date) -> str:
    """`5 aktiviteter: 1 klar, 2 pågår, 1 försenad, 1 ej påbörjad.`"""
    late = sum(row.days_late(today) > 0 for row in rows)
    on_time = [row.status for row in rows if not row.days_late(today)]
    done, going = on_time.count("done"), on_time.count("going")
    stopped = on_time.count("stopped")
    parts = [
        ngettext("%(num)s klar", "%(num)s klara", done) if done else "",
        ngettext("%(num)s pågår", "%(num)s pågår", going) if going else "",
        ngettext("%(num)s försenad", "%(num)s försenade", late) if late else "",
        ngettext("%(num)s stoppad", "%(num)s stoppade", stopped) if stopped else "",
        ngettext("%(num)s ej påbörjad", "%(num)s ej påbörjade", rest)
        if (rest := len(on_time) - done - going - stopped)
        else "",
    ]
    count = ngettext("%(num)s aktivitet", "%(num)s aktiviteter", len(rows))
    return f"{count}: {', '.join(part for part in parts if part)}."
