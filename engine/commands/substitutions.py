"""Names substitutes for those who are away, and ends substitutions early. Both people are told by mail."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, insert, select, update

from engine.authorisation import may_end_substitution, may_name_substitute
from engine.clock import local_date
from engine.commands.administration import note
from engine.database.tables import person as person_table
from engine.database.turns import take_turns
from engine.database.workplace_tables import substitution
from engine.errors import AlreadyDone, FieldError, InvalidForm, NotFound
from engine.mail import Word, Words, tell_person
from engine.people import Person, get_person
from engine.work import Work

LONGEST = timedelta(days=366)
WHERE = "/installningar#ersattare"

LAST_BEFORE_FIRST = "Sista dagen kan inte komma före den första."
OVER_ALREADY = "Sista dagen har redan varit. Välj i dag eller senare."
TOO_LONG = "En ersättare kan utses för högst ett år i taget. Välj en tidigare sista dag."
NOT_YOUR_ROLE = "Den som ska vara borta har inte den rollen."
OVERLAPS = "{name} är redan ersättare den {first} till {last}. Avsluta det först, eller välj andra dagar."
AWAY_TOO = "{name} är också borta då, den {first} till {last}. Välj någon annan eller andra dagar."
NO_SUCH = "Det finns ingen sådan ersättare."
ENDED_ALREADY = "Det är redan avslutat."

# Letters, see engine/locale/en.po.
_named = (
    "Du ersätter {name} från och med {first} till och med {last}. Under tiden finns uppgifterna bland dina egna. "
    "Det framgår av det du lämnar in att du gör det som ersättare."
)
_named_for_you = (
    "{name} ersätter dig från och med {first} till och med {last}. Du kan ändra det under Mina inställningar."
)


def name_substitute(
    connection: Connection,
    now: datetime,
    person: Person,
    absent_id: str,
    substitute_id: str,
    first_day: date,
    last_day: date,
    *,
    role: str | None = None,
    organisation: str | None = None,
) -> str:
    """Let somebody act for whoever is away, from the first day through the last (in Stockholm). Returns the id.

    `role` and `organisation` limit it to one of the roles; both or none. Raises NotFound, NotPermitted, InvalidForm
    (fields substitute, role, first_day, last_day).
    """
    absent, substitute = get_person(connection, absent_id), get_person(connection, substitute_id)
    may_name_substitute(person, absent, substitute).demand()
    _demand_days(local_date(now), first_day, last_day)
    if (role is not None or organisation is not None) and (role, organisation) not in absent.grants:
        raise InvalidForm([FieldError("role", NOT_YOUR_ROLE)])
    # Two at once must see each other; whoever is named may just be going away, too.
    for name in sorted((absent_id, substitute_id)):
        take_turns(connection, f"substitution/{name}")
    for other in _others(connection, absent_id, first_day, last_day):
        if other.role is None or role is None or (other.role, other.organisation) == (role, organisation):
            raise InvalidForm([FieldError("first_day", _told(OVERLAPS, other))])
    for other in _others(connection, substitute_id, first_day, last_day):
        raise InvalidForm([FieldError("substitute", _told(AWAY_TOO, other, substitute.name))])
    row = {
        "id": uuid4().hex,
        "person_id": absent_id,
        "substitute_id": substitute_id,
        "role": role,
        "organisation": organisation,
        "first_day": first_day,
        "last_day": last_day,
        "created_by": person.id,
        "created_at": now,
    }
    connection.execute(insert(substitution).values(row))
    if person.id != absent_id:
        note_naming(connection, now, person, absent, substitute)
    _tell_of_naming(Work(connection, now, person.id), absent, substitute, first_day, last_day)
    return str(row["id"])


def end_substitution(connection: Connection, now: datetime, person: Person, substitution_id: str) -> None:
    """End it now, or take it back before it has begun. Raises NotFound, NotPermitted, AlreadyDone."""
    row = connection.execute(select(substitution).where(substitution.c.id == substitution_id)).first()
    if row is None:
        raise NotFound(NO_SUCH)
    may_end_substitution(person, row.person_id).demand()
    lasting = (
        substitution.c.id == substitution_id,
        substitution.c.ended_at.is_(None),
        substitution.c.last_day >= local_date(now),
    )
    if connection.execute(update(substitution).where(*lasting).values(ended_at=now)).rowcount != 1:
        raise AlreadyDone(ENDED_ALREADY)
    query = select(person_table.c.id, person_table.c.name)
    both = query.where(person_table.c.id.in_([row.person_id, row.substitute_id]))
    names = {one.id: one.name for one in connection.execute(both)}
    work = Work(connection, now, person.id)
    if person.id != row.person_id:
        note_end(connection, now, person, row.person_id, names[row.substitute_id])
    absent, substitute = {"name": names[row.person_id]}, {"name": names[row.substitute_id]}
    _tell(work, row.substitute_id, "Du ersätter inte längre {name}", "Du ersätter inte längre {name}.", absent)
    _tell(work, row.person_id, "{name} ersätter dig inte längre", "{name} ersätter dig inte längre.", substitute)


def note_naming(connection: Connection, now: datetime, person: Person, absent: Person, substitute: Person) -> None:
    """Write in the administrators' log that somebody else than who is away has named the substitute."""
    note(connection, now, person, "substitute_named", absent.id, after={"substitute": substitute.name})


def note_end(connection: Connection, now: datetime, person: Person, absent_id: str, substitute: str) -> None:
    """Write in the administrators' log that somebody else than who is away has ended it."""
    note(connection, now, person, "substitute_ended", absent_id, before={"substitute": substitute})


def _demand_days(today: date, first_day: date, last_day: date) -> None:
    if last_day < first_day:
        raise InvalidForm([FieldError("last_day", LAST_BEFORE_FIRST)])
    if last_day < today:
        raise InvalidForm([FieldError("last_day", OVER_ALREADY)])
    if last_day - first_day > LONGEST:
        raise InvalidForm([FieldError("last_day", TOO_LONG)])


def _others(connection: Connection, absent_id: str, first_day: date, last_day: date) -> list[Row[Any]]:
    """Substitutions for somebody that share a day with these days."""
    query = (
        select(substitution, person_table.c.name)
        .join(person_table, person_table.c.id == substitution.c.substitute_id)
        .where(
            substitution.c.person_id == absent_id,
            substitution.c.first_day <= last_day,
            substitution.c.last_day >= first_day,
            substitution.c.ended_at.is_(None),
        )
        .order_by(substitution.c.first_day)
    )
    return list(connection.execute(query))


def _told(sentence: str, other: Row[Any], name: str | None = None) -> str:
    return sentence.format(name=name or other.name, first=other.first_day, last=other.last_day)


def _tell_of_naming(work: Work, absent: Person, substitute: Person, first_day: date, last_day: date) -> None:
    words: dict[str, Word] = {"first": first_day, "last": last_day}
    _tell(work, substitute.id, "Du ersätter {name}", _named, {**words, "name": absent.name})
    _tell(work, absent.id, "{name} ersätter dig", _named_for_you, {**words, "name": substitute.name})


def _tell(work: Work, person_id: str, subject: str, body: str, words: Words) -> None:
    if person_id != work.actor:
        tell_person(work, person_id, subject, body, WHERE, kind="substitute", words=words)
