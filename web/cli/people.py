"""`user add`, `link`, `unlink`, `grant`, `revoke` and `list`."""

import argparse
import getpass
import sys

from sqlalchemy import Connection

from engine import identities, people
from engine.clock import utc_now
from engine.commands import people as commands
from engine.commands.access import link_account, unlink_account
from engine.errors import Misconfigured, NotFound
from engine.packs import deployed_packs
from engine.settings import Settings
from web.cli.opening import open_database, open_settings
from web.cli.operators import COMMAND_LINE
from web.cli.telling import tell


def add(arguments: argparse.Namespace) -> int:
    """Add a person. The password is asked for, or read from standard input when that is no terminal.

    Whoever signs in through the identity provider needs none.
    """
    settings, password = open_settings(), None
    if arguments.oidc_subject is None:
        password = getpass.getpass("Lösenord: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    issuer = _issuer(settings) if arguments.oidc_subject is not None else ""

    def unit(connection: Connection) -> None:
        now = utc_now()
        person_id = commands.add_person(
            connection, now, COMMAND_LINE, arguments.username, arguments.name, arguments.email or ""
        )
        if password:
            people.set_password(connection, person_id, password)
        if arguments.oidc_subject is not None:
            link_account(connection, now, COMMAND_LINE, person_id, issuer, arguments.oidc_subject)

    open_database(settings).run(unit)
    tell(f"{arguments.username} är tillagd.")
    return 0


def link(arguments: argparse.Namespace) -> int:
    """Let an account of the identity provider sign in as the person."""
    settings = open_settings()
    issuer = _issuer(settings)

    def unit(connection: Connection) -> None:
        person_id = _id_of(people.find_person(connection, arguments.username), arguments.username)
        link_account(connection, utc_now(), COMMAND_LINE, person_id, issuer, arguments.oidc_subject)

    open_database(settings).run(unit)
    tell(f"{arguments.username} kan logga in genom {issuer}.")
    return 0


def unlink(arguments: argparse.Namespace) -> int:
    """Let no account of an identity provider sign in as the person any more."""

    def unit(connection: Connection) -> int:
        person_id = _id_of(people.find_person(connection, arguments.username), arguments.username)
        linked = identities.linked_subjects(connection, person_id)
        for issuer, subject in linked:
            unlink_account(connection, utc_now(), COMMAND_LINE, person_id, issuer, subject)
        return len(linked)

    tell(f"Borttagna kopplingar: {open_database(open_settings()).run(unit)}.")
    return 0


def grant(arguments: argparse.Namespace) -> int:
    def unit(connection: Connection) -> None:
        person_id = _id_of(people.find_person(connection, arguments.username), arguments.username)
        known = {role.key for pack in deployed_packs(connection) for role in pack.roles} | {people.ADMINISTRATOR}
        if arguments.role not in known:
            raise NotFound(f"Rollen {arguments.role} finns inte. Välj bland {', '.join(sorted(known))}.")
        where = arguments.organisation
        commands.grant_role(connection, utc_now(), COMMAND_LINE, person_id, arguments.role, where, known)

    open_database(open_settings()).run(unit)
    tell(f"{arguments.username} är {arguments.role} i {arguments.organisation}.")
    return 0


def revoke(arguments: argparse.Namespace) -> int:
    def unit(connection: Connection) -> None:
        person_id = _id_of(people.find_person(connection, arguments.username), arguments.username)
        where = arguments.organisation
        commands.revoke_role(connection, utc_now(), COMMAND_LINE, person_id, arguments.role, where)

    open_database(open_settings()).run(unit)
    tell(f"{arguments.username} är inte längre {arguments.role} i {arguments.organisation}.")
    return 0


def show(_arguments: argparse.Namespace) -> int:
    with open_database(open_settings()).read() as connection:
        for person in people.list_people(connection):
            roles = ", ".join(f"{role}@{organisation}" for role, organisation in sorted(person.grants))
            print(f"{person.username}\t{person.name}\t{roles}")
    return 0


def _issuer(settings: Settings) -> str:
    if settings.oidc is None:
        raise Misconfigured("SAMFLODE_OIDC_ISSUER saknas. Utan inloggningstjänst finns inget att koppla till.")
    return settings.oidc.issuer


def _id_of(person: people.Person | None, username: str) -> str:
    if person is None:
        raise NotFound(f"Användaren {username} finns inte.")
    return person.id
