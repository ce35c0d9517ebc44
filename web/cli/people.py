"""`user add`, `grant`, `revoke` and `list`."""

import argparse
import getpass
import sys

from sqlalchemy import Connection

from engine import people
from engine.clock import utc_now
from engine.errors import NotFound
from web.cli.opening import open_database, open_settings


def add(arguments: argparse.Namespace) -> int:
    """Add a person. The password is asked for, or read from standard input when that is no terminal."""
    password = getpass.getpass("Lösenord: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    open_database(open_settings()).run(
        lambda connection: people.create_person(
            connection, utc_now(), arguments.username, arguments.name, arguments.email, password or None
        )
    )
    print(f"{arguments.username} är tillagd.")
    return 0


def grant(arguments: argparse.Namespace) -> int:
    def unit(connection: Connection) -> None:
        person_id = _id_of(people.find_person(connection, arguments.username), arguments.username)
        people.grant(connection, utc_now(), person_id, arguments.role, arguments.organisation)

    open_database(open_settings()).run(unit)
    print(f"{arguments.username} är {arguments.role} i {arguments.organisation}.")
    return 0


def revoke(arguments: argparse.Namespace) -> int:
    def unit(connection: Connection) -> None:
        person_id = _id_of(people.find_person(connection, arguments.username), arguments.username)
        people.revoke(connection, utc_now(), person_id, arguments.role, arguments.organisation)

    open_database(open_settings()).run(unit)
    print(f"{arguments.username} är inte längre {arguments.role} i {arguments.organisation}.")
    return 0


def show(_arguments: argparse.Namespace) -> int:
    with open_database(open_settings()).read() as connection:
        for person in people.list_people(connection):
            roles = ", ".join(f"{role}@{organisation}" for role, organisation in sorted(person.grants))
            print(f"{person.username}\t{person.name}\t{roles}")
    return 0


def _id_of(person: people.Person | None, username: str) -> str:
    if person is None:
        raise NotFound(f"Användaren {username} finns inte.")
    return person.id
