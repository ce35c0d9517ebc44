"""Writes messages to people into the outbox, in the transaction of whatever they are about. Sending is the worker's."""

from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, insert, or_, select

from engine.database.tables import outbox, person, role_grant
from engine.packs import Pack
from engine.work import Instance, Work


def notify_roles(
    work: Work, pack: Pack, instance: Instance, roles: list[str], text: str, *, everyone: bool = False
) -> None:
    """Tell those who hold one of the roles, in the instance's organisation or in a body of the county.

    `everyone`: in any organisation.
    """
    where = None if everyone or instance.organisation is None else instance.organisation
    bodies = [item["key"] for item in pack.catalogues["organisations"] if item.get("kind") != "municipality"]
    held: ColumnElement[bool] = role_grant.c.role.in_(roles)
    if where is not None:
        held = and_(held, or_(role_grant.c.organisation == where, role_grant.c.organisation.in_(bodies)))
    _put(work, held, text, f"{text}\n\nDet gäller {instance.business_key}.", None)


def tell_role(work: Work, role: str, organisation: str, subject: str, body: str, link: str | None) -> None:
    """Tell those who hold `role` in `organisation`."""
    _put(work, and_(role_grant.c.role == role, role_grant.c.organisation == organisation), subject, body, link)


def tell_person(work: Work, person_id: str, subject: str, body: str, link: str | None) -> None:
    """Tell one person."""
    _put(work, person.c.id == person_id, subject, body, link)


def _put(work: Work, condition: Any, subject: str, body: str, link: str | None) -> None:
    query = (
        select(person.c.id, person.c.email)
        .select_from(
            person.outerjoin(role_grant, and_(role_grant.c.person_id == person.c.id, role_grant.c.revoked_at.is_(None)))
        )
        .where(condition, person.c.active)
        .distinct()
    )
    rows = [
        {
            "id": uuid4().hex,
            "person_id": row.id,
            "address": row.email,
            "subject": subject[:200],
            "body": body,
            "link": link,
            "created_at": work.now,
        }
        for row in work.connection.execute(query)
    ]
    if rows:
        work.connection.execute(insert(outbox), rows)
