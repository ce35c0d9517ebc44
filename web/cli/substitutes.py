"""`user substitute set`, `list` and `end`: the same as on the pages, for whoever runs the installation."""

import argparse

from sqlalchemy import Connection

from engine.clock import utc_now
from engine.commands.substitutions import NO_SUCH, end_substitution, name_substitute, note_end, note_naming
from engine.errors import InvalidForm, NotFound
from engine.people import Person, find_person
from engine.queries.substitutions import SubstitutionRow, list_substitutions
from web.cli.opening import open_database, open_settings
from web.cli.operators import COMMAND_LINE
from web.cli.telling import tell, tell_error


def name(arguments: argparse.Namespace) -> int:
    """Let somebody act for whoever is away. Done by `--user`, else in the name of whoever is away."""

    def unit(connection: Connection) -> str:
        absent, substitute, now = (
            _person(connection, arguments.username),
            _person(connection, arguments.substitute),
            utc_now(),
        )
        substitution = name_substitute(
            connection,
            now,
            _person(connection, arguments.user) if arguments.user else absent,
            absent.id,
            substitute.id,
            arguments.first_day,
            arguments.last_day,
            role=arguments.role,
            organisation=arguments.organisation,
        )
        if not arguments.user:
            note_naming(connection, now, COMMAND_LINE, absent, substitute)
        return substitution

    try:
        substitution = open_database(open_settings()).run(unit)
    except InvalidForm as refused:
        for error in refused.errors:
            tell_error(error.message)
        return 1
    tell(f"{arguments.substitute} ersätter {arguments.username}. Beteckning: {substitution}")
    return 0


def show(arguments: argparse.Namespace) -> int:
    """Today's substitutes and those to come: id, who is away, who substitutes, in what, first and last day."""
    with open_database(open_settings()).read() as connection:
        person = _person(connection, arguments.username) if arguments.username else None
        rows = list_substitutions(connection, utc_now(), person.id if person else None)
    for row in rows:
        role = f"{row.role}@{row.organisation}" if row.role else "*"
        print("\t".join((row.id, row.absent_name, row.substitute_name, role, str(row.first_day), str(row.last_day))))
    return 0


def end(arguments: argparse.Namespace) -> int:
    """End it now, or take it back before it has begun."""

    def unit(connection: Connection) -> SubstitutionRow:
        now = utc_now()
        found = next((row for row in list_substitutions(connection, now) if row.id == arguments.substitution), None)
        if found is None:
            raise NotFound(NO_SUCH)
        who = _person(connection, arguments.user) if arguments.user else _absent(found)
        end_substitution(connection, now, who, found.id)
        if not arguments.user:
            note_end(connection, now, COMMAND_LINE, found.absent_id, found.substitute_name)
        return found

    ended = open_database(open_settings()).run(unit)
    tell(f"{ended.substitute_name} ersätter inte längre {ended.absent_name}.")
    return 0


def _absent(row: SubstitutionRow) -> Person:
    return Person(row.absent_id, "", row.absent_name, None, "sv", frozenset())


def _person(connection: Connection, username: str) -> Person:
    person = find_person(connection, username)
    if person is None:
        raise NotFound(f"Användaren {username} finns inte.")
    return person
