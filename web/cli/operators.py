"""Who operates from the command line: a named administrator, or the machine's own operator."""

import argparse

from sqlalchemy import Connection

from engine.errors import NotFound
from engine.people import ADMINISTRATOR, Person, find_person
from engine.work import SYSTEM

# Nobody in particular: whoever may run this can make administrators anyway.
COMMAND_LINE = Person(SYSTEM, SYSTEM, "Kommandoraden", None, "sv", frozenset({(ADMINISTRATOR, SYSTEM)}))


def operator(connection: Connection, arguments: argparse.Namespace) -> Person:
    """The person of `--user`, else nobody in particular."""
    if arguments.user is None:
        return COMMAND_LINE
    person = find_person(connection, arguments.user)
    if person is None:
        raise NotFound(f"Användaren {arguments.user} finns inte.")
    return person
