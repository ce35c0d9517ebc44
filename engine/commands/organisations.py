"""The organisations that roles are held in: added and renamed; removed only when nothing has ever been tied to them."""

import re
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, insert, or_, select, update

from engine.authorisation import may_administer
from engine.commands.administration import note
from engine.database.tables import organisation, process_instance, role_grant, submission, user_task
from engine.database.workplace_tables import meeting
from engine.errors import Conflict, FieldError, InvalidForm, NotFound
from engine.people import Person

KINDS = ("municipality", "region", "body")
_MUNICIPALITY = re.compile(r"\d{4}", re.ASCII)
_OTHER = re.compile(r"[a-z0-9][a-z0-9_-]{0,30}", re.ASCII)

NO_NAME = "Skriv organisationens namn."
NAME_TOO_LONG = "Korta namnet. Det får ha högst 100 tecken."
NO_KIND = "Välj vad det är för slags organisation."
NOT_A_CODE = "En kommuns kod är fyra siffror, till exempel 2080."
NOT_A_KEY = "Skriv koden med små bokstäver a till z, siffror och bindestreck."
CODE_TAKEN = "Koden finns redan. Välj en annan."
NO_SUCH = "Organisationen finns inte."
IN_USE = "Organisationen har roller eller ärenden och kan inte tas bort. Historiken behöver den."


def add_organisation(connection: Connection, now: datetime, person: Person, code: str, name: str, kind: str) -> None:
    """Add one. Raises NotPermitted, InvalidForm (fields code, name, kind)."""
    may_administer(person).demand()
    code, name = code.strip().lower(), " ".join(name.split())
    errors = _errors(code, name, kind)
    if not errors and _find(connection, code) is not None:
        errors = [FieldError("code", CODE_TAKEN)]
    if errors:
        raise InvalidForm(errors)
    connection.execute(insert(organisation).values(code=code, name=name, kind=kind))
    note(connection, now, person, "organisation_added", code, after={"name": name, "kind": kind})


def rename_organisation(connection: Connection, now: datetime, person: Person, code: str, name: str) -> None:
    """Give it another name. Raises NotPermitted, NotFound, InvalidForm (field name)."""
    may_administer(person).demand()
    found = _find(connection, code)
    if found is None:
        raise NotFound(NO_SUCH)
    name = " ".join(name.split())
    if errors := _name_errors(name):
        raise InvalidForm(errors)
    if name == found.name:
        return
    connection.execute(update(organisation).where(organisation.c.code == code).values(name=name))
    note(connection, now, person, "organisation_renamed", code, before={"name": found.name}, after={"name": name})


def remove_organisation(connection: Connection, now: datetime, person: Person, code: str) -> None:
    """Remove one that nothing is tied to. Raises NotPermitted, NotFound, Conflict."""
    may_administer(person).demand()
    found = _find(connection, code)
    if found is None:
        raise NotFound(NO_SUCH)
    if is_in_use(connection, code):
        raise Conflict(IN_USE)
    connection.execute(delete(organisation).where(organisation.c.code == code))
    note(connection, now, person, "organisation_removed", code, before={"name": found.name, "kind": found.kind})


def is_in_use(connection: Connection, code: str) -> bool:
    """Whether anybody has or had a role there, or anything was done about it or on its behalf."""
    uses = (
        exists().where(role_grant.c.organisation == code),
        exists().where(process_instance.c.organisation == code),
        exists().where(or_(user_task.c.organisation == code, user_task.c.role_organisation == code)),
        exists().where(or_(submission.c.organisation == code, submission.c.party == code)),
        exists().where(meeting.c.organisation == code),
    )
    return bool(connection.execute(select(or_(*uses))).scalar())


def _find(connection: Connection, code: str) -> Any:
    columns = (organisation.c.code, organisation.c.name, organisation.c.kind)
    return connection.execute(select(*columns).where(organisation.c.code == code)).first()


def _errors(code: str, name: str, kind: str) -> list[FieldError]:
    errors = _name_errors(name)
    if kind not in KINDS:
        errors.append(FieldError("kind", NO_KIND))
    elif kind == "municipality" and not _MUNICIPALITY.fullmatch(code):
        errors.append(FieldError("code", NOT_A_CODE))
    elif not _OTHER.fullmatch(code):
        errors.append(FieldError("code", NOT_A_KEY))
    return errors


def _name_errors(name: str) -> list[FieldError]:
    if not name:
        return [FieldError("name", NO_NAME)]
    return [FieldError("name", NAME_TOO_LONG)] if len(name) > 100 else []
