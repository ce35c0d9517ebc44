"""Writes messages to people into the outbox, in the transaction of whatever they are about. Sending is the worker's."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, bindparam, insert, select

from engine.database.tables import outbox, person, role_grant
from engine.packs import Pack
from engine.work import Instance, Work

_HOLDERS = (
    select(person.c.id, person.c.email)
    .join(role_grant, role_grant.c.person_id == person.c.id)
    .where(
        role_grant.c.revoked_at.is_(None), person.c.active, role_grant.c.role.in_(bindparam("roles", expanding=True))
    )
    .distinct()
)
_HOLDERS_SOMEWHERE = _HOLDERS.where(role_grant.c.organisation.in_(bindparam("organisations", expanding=True)))
_ONE = select(person.c.id, person.c.email).where(person.c.id == bindparam("person_id"), person.c.active)
_PUT = insert(outbox)


def notify_roles(
    work: Work, pack: Pack, instance: Instance, roles: list[str], text: str, *, everyone: bool = False
) -> None:
    """Tell those who hold one of the roles, in the instance's organisation or in a body of the county.

    `everyone`: in any organisation.
    """
    body = f"{text}\n\nDet gäller {instance.business_key}."
    if everyone or instance.organisation is None:
        people: Iterable[Row[Any]] = work.connection.execute(_HOLDERS, {"roles": roles})
    else:
        bodies = [item["key"] for item in pack.catalogues["organisations"] if item.get("kind") != "municipality"]
        people = _holders(work, roles, [instance.organisation, *bodies])
    _put(work, people, text, body, None)


def tell_role(
    work: Work,
    role: str,
    organisation: str,
    subject: str,
    body: str,
    link: str | None,
    *,
    kind: str = "notice",
    task_id: str | None = None,
) -> None:
    """Tell those who hold `role` in `organisation`. `kind` and `task_id` are for the log of what was sent."""
    _put(work, _holders(work, [role], [organisation]), subject, body, link, kind, task_id)


def tell_person(
    work: Work,
    person_id: str,
    subject: str,
    body: str,
    link: str | None,
    *,
    kind: str = "notice",
    task_id: str | None = None,
) -> None:
    """Tell one person. `kind` and `task_id` are for the log of what was sent."""
    _put(work, work.connection.execute(_ONE, {"person_id": person_id}), subject, body, link, kind, task_id)


def _holders(work: Work, roles: list[str], organisations: list[str]) -> Iterable[Row[Any]]:
    return work.connection.execute(_HOLDERS_SOMEWHERE, {"roles": roles, "organisations": organisations})


def _put(
    work: Work,
    people: Iterable[Row[Any]],
    subject: str,
    body: str,
    link: str | None,
    kind: str = "notice",
    task_id: str | None = None,
) -> None:
    rows = [
        {
            "id": uuid4().hex,
            "person_id": row.id,
            "address": row.email,
            "subject": subject[:200],
            "body": body,
            "link": link,
            "kind": kind,
            "task_id": task_id,
            "created_at": work.now,
        }
        for row in people
    ]
    if rows:
        work.connection.execute(_PUT, rows)
