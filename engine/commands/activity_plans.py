"""Takes in an activity plan that was written outside the tasks, in a workbook: a submission like any other."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from engine.authorisation import may_import_activities
from engine.bpmn.definitions import Definition
from engine.clock import local_date
from engine.commands import instance_rows
from engine.commands.tasks import submit
from engine.database.register_tables import activity, agreement
from engine.definitions import latest_definition
from engine.errors import Conflict, FieldError, InvalidFile, NotFound
from engine.forms import Circumstances, part, validate
from engine.history import Log
from engine.packs import Pack
from engine.people import Person
from engine.work import Work

REGISTER, FIELD = "activities", "activities"
ENDED = "Överenskommelsen är avslutad. Dess plan ändras inte längre."
_COMPARED = ("activity", "when", "how", "by", "with", "follow_up", "status", "responsible", "target_groups")


def import_activities(
    connection: Connection,
    now: datetime,
    person: Person,
    agreement_key: str,
    rows: Sequence[dict[str, Any]],
    places: Sequence[str],
) -> bool:
    """Make `rows` the agreement's plan, with an event in its history. False when that is what it is already.

    `rows` are answers of the pack's own form for activities, `places` where each was read. Raises NotFound,
    NotPermitted, Conflict when the agreement is over, InvalidFile with everything that the form refuses.
    """
    found = connection.execute(select(agreement).where(agreement.c.key == agreement_key)).first()
    if found is None:
        raise NotFound("Överenskommelsen finns inte.")
    may_import_activities(person, found.organisation).demand()
    if found.ended_at is not None:
        raise Conflict(ENDED)
    work = Work(connection, now, person.id, person.grants)
    instance = instance_rows.load(work, found.instance_id)
    pack = work.pack(found.pack_key)
    definition, element_id, form_key = _form_of(connection, pack)
    form, values = definition.form(form_key), {FIELD: list(rows)}
    if errors := validate(part(form, [FIELD]), values, pack.catalogues, Circumstances(local_date(now))):
        questions = form["properties"][FIELD]["items"]["properties"]
        raise InvalidFile([_told(error, places, questions) for error in errors])
    if _is_current(connection, agreement_key, rows):
        return False
    submitted = submit(
        work,
        instance,
        form,
        element_id,
        form_key,
        values,
        party=_party(person, found.organisation),
        definition=definition,
    )
    log = Log(work, instance)
    log.add("activities_imported", **submitted)
    log.write()
    instance_rows.write_changes(work, instance)
    return True


def _form_of(connection: Connection, pack: Pack) -> tuple[Definition, str, str]:
    """The first task of the pack whose form is the register's, with its process and its form."""
    for process in pack.processes:
        definition = latest_definition(connection, pack.key, process.key)
        for element in definition.model.elements.values():
            form_key = element.form_key
            if form_key and element.loop is None:
                form = definition.form(form_key)
                if form.get("x-register") == REGISTER and FIELD in form.get("properties", {}):
                    return definition, element.id, form_key
    raise NotFound(f"Paketet {pack.key} har inget formulär för aktiviteter.")


def _told(error: FieldError, places: Sequence[str], questions: dict[str, dict[str, Any]]) -> str:
    """`activities.3.activity` as the place in the file where it stands, and what the form calls it."""
    _, number, name = [*error.path.split("."), "", ""][:3]
    if not number.isdigit() or int(number) >= len(places):
        return error.message
    asked = questions.get(name, {}).get("title")
    return f"{places[int(number)]}{f' ({asked})' if asked else ''}: {error.message}"


def _is_current(connection: Connection, agreement_key: str, rows: Sequence[dict[str, Any]]) -> bool:
    current = (activity.c.agreement_key == agreement_key, activity.c.superseded_at.is_(None))
    known = connection.execute(select(activity).where(*current).order_by(activity.c.position)).mappings()
    return [_compared(row) for row in known] == [_compared(row) for row in rows]


def _compared(row: Any) -> tuple[Any, ...]:
    days = (str(row.get(name) or "") for name in ("starts_on", "ends_on"))
    return (*(row.get(name) or None for name in _COMPARED), *days)


def _party(person: Person, organisation: str | None) -> str | None:
    """On whose behalf: the organisation itself, if the person has a role there."""
    return organisation if organisation in person.organisations else min(person.organisations, default=None)
