"""`token create`, `revoke` and `list`, and `openapi`: what programs need to call the HTTP API."""

import argparse
import json
from datetime import timedelta

from engine import people, tokens
from engine.clock import utc_now
from engine.commands.access import give_token, take_token_back
from engine.errors import Invalid, NotFound
from web.api.description import describe
from web.cli.opening import open_database, open_settings
from web.cli.operators import COMMAND_LINE
from web.cli.telling import tell

MOST_DAYS = 3660


def create_token(arguments: argparse.Namespace) -> int:
    """Print a new token, once: only its hash is stored."""
    now = utc_now()
    if arguments.days is not None and not 1 <= arguments.days <= MOST_DAYS:
        raise Invalid(f"Ange 1 till {MOST_DAYS} dagar.")
    expires_at = now + timedelta(days=arguments.days) if arguments.days else None
    with open_database(open_settings()).write() as connection:
        person = people.find_person(connection, arguments.user)
        if person is None:
            raise NotFound(f"Användaren {arguments.user} finns inte.")
        scopes = arguments.scope or [tokens.READ]
        made = give_token(connection, now, COMMAND_LINE, person.id, scopes, arguments.purpose, expires_at)
    print(made.secret)
    return 0


def revoke_token(arguments: argparse.Namespace) -> int:
    with open_database(open_settings()).write() as connection:
        take_token_back(connection, utc_now(), COMMAND_LINE, arguments.token_id)
    tell(f"{arguments.token_id} är återkallad.")
    return 0


def list_tokens(_arguments: argparse.Namespace) -> int:
    with open_database(open_settings()).read() as connection:
        for row in tokens.list_tokens(connection):
            ends = row.expires_at.date().isoformat() if row.expires_at else "-"
            print(f"{row.id}\t{row.username}\t{','.join(row.scopes)}\t{ends}\t{row.purpose or ''}")
    return 0


def openapi(_arguments: argparse.Namespace) -> int:
    """Print the API's description (OpenAPI 3.1)."""
    print(json.dumps(describe(), ensure_ascii=False, indent=2))
    return 0
