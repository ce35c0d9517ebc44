"""What administrators look through: people with their roles, organisations, the log of what administrators did."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, distinct, func, or_, select

from engine.authorisation import may_administer
from engine.database.tables import organisation, role_grant, user_task
from engine.database.tables import person as person_table
from engine.database.workplace_tables import administration_event
from engine.errors import NotFound
from engine.people import Grant, Person
from engine.queries.page import Page, read_cursor, write_cursor
from engine.queries.swedish import swedish_order

# What each entry of the log is called; `{subject}` is whom or what it is about.
KINDS = {
    "person_added": "La till {subject}",
    "person_changed": "Rättade uppgifter om {subject}",
    "person_anonymised": "Gjorde {subject} anonym",
    "account_closed": "Stängde kontot för {subject}",
    "account_opened": "Öppnade kontot för {subject}",
    "password_given": "Gav {subject} ett nytt lösenord",
    "account_linked": "Kopplade ett konto i inloggningstjänsten till {subject}",
    "account_unlinked": "Tog bort en koppling till inloggningstjänsten för {subject}",
    "sessions_ended": "Loggade ut {subject} överallt",
    "role_granted": "Gav {subject} en roll",
    "role_revoked": "Tog en roll från {subject}",
    "organisation_added": "La till organisationen {subject}",
    "organisation_renamed": "Bytte namn på organisationen {subject}",
    "organisation_removed": "Tog bort organisationen {subject}",
    "token_created": "Skapade en nyckel för {subject}",
    "token_revoked": "Återkallade en nyckel för {subject}",
    "pack_deployed": "Läste in processpaketet {subject}",
    "incident_resolved": "Avslutade ett fel i {subject}",
    "instance_suspended": "Pausade {subject}",
    "instance_resumed": "Återupptog {subject}",
    "instance_cancelled": "Avbröt {subject}",
    "instance_modified": "Ändrade var {subject} står",
    "instances_migrated": "Flyttade ärenden i {subject}",
    "signal_sent": "Sände signalen {subject}",
    "substitute_named": "Utsåg en ersättare för {subject}",
    "substitute_ended": "Avslutade en ersättning för {subject}",
    "figures_imported": "Läste in siffror från {subject}",
    "mail_redirect": "Ändrade vart mejl går",
    "mail_resent": "Försökte skicka mejl på nytt till {subject}",
}


@dataclass(frozen=True)
class PersonRow:
    """Somebody with an account, open or closed."""

    id: str
    username: str
    name: str
    email: str | None
    locale: str
    active: bool
    has_password: bool
    created_at: datetime
    grants: tuple[Grant, ...]


@dataclass(frozen=True)
class PeopleFilter:
    """Whom to list. `search`: in name, username and address; `active` None: open and closed accounts."""

    search: str = ""
    role: str = ""
    organisation: str = ""
    active: bool | None = True


@dataclass(frozen=True)
class OrganisationRow:
    """An organisation and how many have a role there."""

    code: str
    name: str
    kind: str
    people: int


@dataclass(frozen=True)
class LogRow:
    """What an administrator did. `subject_name` is the person's or organisation's name today, else the subject."""

    id: str
    at: datetime
    who: str | None
    kind: str
    subject: str
    subject_name: str
    data: dict[str, Any] = field(repr=False)

    @property
    def sentence(self) -> str:
        """In Swedish, with `{subject}` left to be filled in."""
        return KINDS.get(self.kind, self.kind)


def search_people(connection: Connection, person: Person, chosen: PeopleFilter) -> list[PersonRow]:
    """Everybody whom the filter means, by name: one statement. Raises NotPermitted."""
    may_administer(person).demand()
    conditions: list[ColumnElement[bool]] = []
    if chosen.active is not None:
        conditions.append(person_table.c.active if chosen.active else ~person_table.c.active)
    if chosen.role or chosen.organisation:
        wanted: list[ColumnElement[bool]] = [role_grant.c.revoked_at.is_(None)]
        wanted += [role_grant.c.role == chosen.role] if chosen.role else []
        wanted += [role_grant.c.organisation == chosen.organisation] if chosen.organisation else []
        conditions.append(person_table.c.id.in_(select(role_grant.c.person_id).where(*wanted)))
    sought = chosen.search.strip().casefold()
    found = _people(connection, *conditions)
    # Not in SQL: SQLite folds only ASCII letters, and a county's people fit in memory.
    matching = [row for row in found if not sought or _matches(row, sought)]
    return sorted(matching, key=lambda row: (swedish_order(row.name), row.username))


def read_person(connection: Connection, person: Person, person_id: str) -> PersonRow:
    """One person, whether the account is open or closed. Raises NotPermitted, NotFound."""
    may_administer(person).demand()
    found = _people(connection, person_table.c.id == person_id)
    if not found:
        raise NotFound("Personen finns inte.")
    return found[0]


def held_tasks(connection: Connection, person_id: str) -> int:
    """How many open tasks somebody has taken over: those are let go when the account is closed."""
    query = select(func.count()).select_from(user_task)
    return connection.execute(query.where(user_task.c.assignee == person_id, user_task.c.state == "open")).scalar_one()


def list_organisations(connection: Connection, person: Person) -> list[OrganisationRow]:
    """Every organisation by kind and name. Raises NotPermitted."""
    may_administer(person).demand()
    current = and_(role_grant.c.organisation == organisation.c.code, role_grant.c.revoked_at.is_(None))
    query = (
        select(organisation.c.code, organisation.c.name, organisation.c.kind, func.count(distinct(person_table.c.id)))
        .select_from(
            organisation.outerjoin(role_grant, current).outerjoin(
                person_table, and_(person_table.c.id == role_grant.c.person_id, person_table.c.active)
            )
        )
        .group_by(organisation.c.code, organisation.c.name, organisation.c.kind)
    )
    order = {"region": 0, "body": 1, "municipality": 2}
    rows = [OrganisationRow(*row) for row in connection.execute(query)]
    return sorted(rows, key=lambda row: (order.get(row.kind, 3), swedish_order(row.name)))


def read_log(
    connection: Connection,
    person: Person,
    *,
    kind: str | None = None,
    subject: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[LogRow]:
    """What administrators did, the latest first. Raises NotPermitted, Invalid (cursor)."""
    may_administer(person).demand()
    about = person_table.alias("about")
    query = (
        select(
            administration_event,
            person_table.c.name.label("who"),
            func.coalesce(about.c.name, organisation.c.name).label("subject_name"),
        )
        .select_from(
            administration_event.outerjoin(person_table, person_table.c.id == administration_event.c.person_id)
            .outerjoin(about, about.c.id == administration_event.c.subject)
            .outerjoin(organisation, organisation.c.code == administration_event.c.subject)
        )
        .order_by(administration_event.c.at.desc(), administration_event.c.id.desc())
    )
    if kind:
        query = query.where(administration_event.c.kind == kind)
    if subject:
        query = query.where(administration_event.c.subject == subject)
    if cursor:
        moment, last = read_cursor(cursor)
        same = and_(administration_event.c.at == moment, administration_event.c.id < last)
        query = query.where(or_(administration_event.c.at < moment, same))
    rows = connection.execute(query.limit(limit + 1)).all()
    shown = [_log_row(row) for row in rows[:limit]]
    after = write_cursor(shown[-1].at, shown[-1].id) if len(rows) > limit else None
    return Page(shown, after, len(shown))


def _log_row(row: Row[Any]) -> LogRow:
    return LogRow(row.id, row.at, row.who, row.kind, row.subject, row.subject_name or row.subject, row.data)


def _matches(row: PersonRow, sought: str) -> bool:
    return any(sought in text.casefold() for text in (row.name, row.username, row.email or ""))


def _people(connection: Connection, *conditions: ColumnElement[bool]) -> list[PersonRow]:
    current = and_(role_grant.c.person_id == person_table.c.id, role_grant.c.revoked_at.is_(None))
    query = select(person_table, role_grant.c.role, role_grant.c.organisation).select_from(
        person_table.outerjoin(role_grant, current)
    )
    by_id: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(query.where(*conditions)):
        by_id.setdefault(row.id, []).append(row)
    return [
        PersonRow(
            id=rows[0].id,
            username=rows[0].username,
            name=rows[0].name,
            email=rows[0].email,
            locale=rows[0].locale,
            active=rows[0].active,
            has_password=rows[0].password_hash is not None,
            created_at=rows[0].created_at,
            grants=tuple(sorted((row.role, row.organisation) for row in rows if row.role is not None)),
        )
        for rows in by_id.values()
    ]
