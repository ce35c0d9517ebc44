"""What people have handed in, with the form that it was handed in on."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from engine.database.tables import person as person_table
from engine.database.tables import process_definition, process_instance, submission, user_task
from engine.four_eyes import submitters_by_instance
from engine.queries.outline import read_outline
from engine.queries.titles import Titles

# In a submission's values, beside the form's own answers; so the history's digest covers which files were handed in.
FILES = "_attachments"


@dataclass(frozen=True)
class SubmissionRow:
    """One form as it was handed in; never changed afterwards."""

    id: str
    instance_id: str
    process_key: str
    element_id: str
    element_name: str
    form_key: str
    form_title: str
    register: str | None
    item: str | None
    item_title: str | None
    party: str | None
    party_name: str | None
    person_id: str
    person_name: str
    acting_for_name: str | None  # who was away, when a substitute handed it in
    submitted_at: datetime
    values: dict[str, Any] = field(repr=False)
    form: dict[str, Any] = field(repr=False)


def read_submissions(connection: Connection, titles: Titles, *conditions: ColumnElement[bool]) -> list[SubmissionRow]:
    """Submissions under `conditions`, the newest first. Two statements: the rows, and each model among them once."""
    absent = person_table.alias("absent")
    tables = (
        submission.outerjoin(person_table, person_table.c.id == submission.c.person_id)
        .outerjoin(absent, absent.c.id == submission.c.acting_for)
        .outerjoin(user_task, user_task.c.id == submission.c.task_id)
    )
    query = (
        select(
            submission,
            person_table.c.name.label("person_name"),
            absent.c.name.label("acting_for_name"),
            user_task.c.name.label("task_name"),
            user_task.c.catalogue,
            user_task.c.pack_key,
        )
        .select_from(tables)
        .where(*conditions)
        .order_by(submission.c.submitted_at.desc(), submission.c.id.desc())
    )
    rows = connection.execute(query).all()
    definitions = read_definitions(connection, {row.definition_id for row in rows})
    return [
        _submission(row, definitions[row.definition_id], titles) for row in rows if row.definition_id in definitions
    ]


def of_the_same_case(agreement_key: str, instance_id: str) -> ColumnElement[bool]:
    """Handed in about the agreement, somewhere under the instance's topmost caller. One agreement has many deviations
    and amendments, which are cases of their own: one is no earlier round of another."""
    root = select(process_instance.c.root_id).where(process_instance.c.id == instance_id).scalar_subquery()
    case = select(process_instance.c.id).where(
        process_instance.c.agreement_key == agreement_key, process_instance.c.root_id == root
    )
    return (submission.c.agreement_key == agreement_key) & submission.c.instance_id.in_(case)


def latest_of_each(rows: list[SubmissionRow]) -> list[SubmissionRow]:
    """The newest of each element, item and party, in the order in which they were handed in."""
    newest: dict[tuple[str, str | None, str | None], SubmissionRow] = {}
    for row in rows:
        newest.setdefault((row.element_id, row.item, row.party), row)
    return sorted(newest.values(), key=lambda row: row.submitted_at)


def submitters(connection: Connection, instance_id: str) -> frozenset[str]:
    """Who has handed something in, in the instance's stage: they may not decide about it (see `engine.four_eyes`)."""
    found = connection.execute(submitters_by_instance(process_instance.c.id == instance_id))
    return frozenset(person for _, person in found)


def read_definitions(connection: Connection, ids: set[str]) -> dict[str, Any]:
    """id, pack_key, process_key, bpmn and forms of the definitions."""
    if not ids:
        return {}
    columns = process_definition.c
    query = select(columns.id, columns.pack_key, columns.process_key, columns.bpmn, columns.forms)
    return {row.id: row for row in connection.execute(query.where(columns.id.in_(ids)))}


def _submission(row: Row[Any], definition: Any, titles: Titles) -> SubmissionRow:
    form = definition.forms.get(row.form_key, {})
    return SubmissionRow(
        id=row.id,
        instance_id=row.instance_id,
        process_key=row.process_key,
        element_id=row.element_id,
        element_name=row.task_name or form.get("title") or read_outline(definition.bpmn).name(row.element_id),
        form_key=row.form_key,
        form_title=form.get("title", row.form_key),
        register=row.register,
        item=row.item,
        item_title=titles.item(definition.pack_key, row.catalogue, row.item),
        party=row.party,
        party_name=titles.organisation(row.party) if row.party else None,
        person_id=row.person_id,
        person_name=row.person_name or "",
        acting_for_name=row.acting_for_name,
        submitted_at=row.submitted_at,
        values=row._mapping["values"],
        form=form,
    )
