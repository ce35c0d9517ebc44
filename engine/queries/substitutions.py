"""Who substitutes for whom, and when: for those concerned and for administrators."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from engine.authorisation import may_name_substitute
from engine.clock import local_date
from engine.database.tables import person as person_table
from engine.database.workplace_tables import substitution
from engine.people import Person, list_people
from engine.queries.swedish import swedish_order


@dataclass(frozen=True)
class SubstitutionRow:
    """A substitution that has not been ended. `role` and `organisation` are None when it is for everything."""

    id: str
    absent_id: str
    absent_name: str
    substitute_id: str
    substitute_name: str
    role: str | None
    organisation: str | None
    first_day: date
    last_day: date

    def is_in_force(self, today: date) -> bool:
        return self.first_day <= today <= self.last_day


def list_substitutions(connection: Connection, now: datetime, person_id: str | None = None) -> list[SubstitutionRow]:
    """Those of today and later, the next first; with `person_id` those that concern the person, either way."""
    absent, substitute = person_table.alias("absent"), person_table.alias("substitute")
    query = (
        select(substitution, absent.c.name.label("absent_name"), substitute.c.name.label("substitute_name"))
        .join(absent, absent.c.id == substitution.c.person_id)
        .join(substitute, substitute.c.id == substitution.c.substitute_id)
        .where(substitution.c.ended_at.is_(None), substitution.c.last_day >= local_date(now))
        .order_by(substitution.c.first_day, substitution.c.last_day, substitution.c.id)
    )
    if person_id is not None:
        concerned = (substitution.c.person_id == person_id) | (substitution.c.substitute_id == person_id)
        query = query.where(concerned)
    return [
        SubstitutionRow(
            row.id,
            row.person_id,
            row.absent_name,
            row.substitute_id,
            row.substitute_name,
            row.role,
            row.organisation,
            row.first_day,
            row.last_day,
        )
        for row in connection.execute(query)
    ]


def possible_substitutes(connection: Connection, person: Person, absent: Person) -> list[Person]:
    """Whom `person` may name as a substitute for `absent`, by name."""
    found = [one for one in list_people(connection) if may_name_substitute(person, absent, one)]
    return sorted(found, key=lambda one: swedish_order(one.name))
