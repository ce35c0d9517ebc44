"""What a decision's page shows beside the form: changes since last time, the self-assessment, what is still open."""

from collections.abc import Iterator
from typing import Any

from engine.queries import TaskDetail, get_decision_basis
from engine.queries.submissions import SubmissionRow
from web import abbreviations, comparison, context, radar, words
from web.comparison import Change
from web.forms import reading
from web.radar import AssessedItem
from web.views import checklist, form_page

SCALE = "scale"


def decision_page(detail: TaskDetail) -> dict[str, Any]:
    """What templates/decisions/one.html needs on top of what every task's page has."""
    task = detail.task
    with context.database().read() as connection:
        basis = get_decision_basis(connection, context.person(), context.now(), task, detail.context)
    scale = words.catalogues(task.pack_key).get(SCALE, [])
    assessed = _assessed(detail, basis.before)
    latest = radar.draw(assessed, len(scale))
    assessment_rows = [row for row in detail.context if row.register == "assessment"]
    return {
        "basis": basis,
        "changes": _changes(detail, basis.before),
        "assessed": assessed,
        "assessment": assessment_rows[-1] if assessment_rows else None,
        "assessment_before": basis.before.get(assessment_rows[-1].id) if assessment_rows else None,
        "radar": latest,
        "scale": scale,
        "points": checklist.checklist(_handed_in(detail), assessed, len(scale), basis.document),
        "risks": checklist.open_risks(detail.context),
        "ballot": _ballot(detail),
        "abbreviations": abbreviations.used_in(_texts(detail)),
        "submissions": [row for row in detail.context if row.register != "assessment"],
        "previous_decision": next(iter(detail.previous), None),
    }


def _handed_in(detail: TaskDetail) -> list[SubmissionRow]:
    """What belongs to the step itself: not what set it going."""
    return [row for row in detail.context if row.instance_id == detail.task.instance_id]


def _ballot(detail: TaskDetail) -> list[tuple[str, str, list[str]]]:
    """What can be decided, as the form offers it: title, what it means, and where the work can be sent back to."""
    questions = reading.properties(detail.form)
    back = [words.words(str(choice["title"])) for choice in questions.get("return_to", {}).get("oneOf", [])]
    return [
        (
            words.words(str(choice["title"])),
            words.words(choice.get("description")),
            back if choice["const"] == "returned" else [],
        )
        for choice in questions.get("outcome", {}).get("oneOf", [])
    ]


def _texts(detail: TaskDetail) -> Iterator[str]:
    """Everything on the page that may hold an abbreviation."""
    task = detail.task
    yield from (task.name, task.role_title, task.stage_title or "", task.process_title)
    yield from (str(detail.form.get("description") or ""), *detail.next_steps)
    for row in detail.context:
        yield row.element_name
        for answer in form_page.read_answers(row.form, row.values, task.pack_key):
            yield f"{answer.label} {answer.plain}"


def _changes(
    detail: TaskDetail, before: dict[str, SubmissionRow]
) -> list[tuple[SubmissionRow, SubmissionRow, list[Change]]]:
    """For each submission that replaced an earlier one: both, and the answers that differ."""
    found = []
    for row in detail.context:
        old = before.get(row.id)
        if old is None or row.register == "assessment":
            continue
        changes = _differences(old, row, detail.task.pack_key)
        if changes:
            found.append((row, old, changes))
    return found


def _differences(old: SubmissionRow, new: SubmissionRow, pack_key: str) -> list[Change]:
    then = {answer.name: answer for answer in form_page.read_answers(old.form, old.values, pack_key)}
    now = {answer.name: answer for answer in form_page.read_answers(new.form, new.values, pack_key)}
    changes = []
    for name in reading.properties(new.form):
        left, right = then.get(name), now.get(name)
        before, after = left.plain if left else "", right.plain if right else ""
        if before != after:
            label = (right or left).label if right or left else name  # type: ignore[union-attr]
            changes.append(comparison.compare(label, before, after))
    return changes


def _assessed(detail: TaskDetail, before: dict[str, SubmissionRow]) -> list[AssessedItem]:
    """The latest self-assessment of this process instance beside the one before it."""
    row = next((row for row in reversed(detail.context) if row.register == "assessment"), None)
    if row is None:
        return []
    catalogues = words.catalogues(detail.task.pack_key)
    rows_of = row.form.get("properties", {}).get("assessment", {}).get("x-rows")
    old = before.get(row.id)
    return radar.assessed_items(
        [_translated(item) for item in reading.catalogue_items(rows_of, catalogues)] if rows_of else [],
        [_translated(level) for level in catalogues.get(SCALE, [])],
        row.values.get("assessment", []),
        old.values.get("assessment", []) if old else [],
        _step_titles(catalogues),
    )


def _translated(item: dict[str, Any]) -> dict[str, Any]:
    return {**item, "title": words.words(str(item["title"]))}


def _step_titles(catalogues: dict[str, list[dict[str, Any]]]) -> dict[Any, str]:
    """What the steps that items are grouped by are called: a catalogue whose name ends with `_steps`."""
    return {
        item["step"]: words.words(str(item["title"]))
        for name, items in catalogues.items()
        if name.endswith("_steps")
        for item in items
        if "step" in item
    }
