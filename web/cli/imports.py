"""`import kolada` and `import activities`: all of a file, or nothing with every wrong row listed."""

import argparse
from pathlib import Path

from sqlalchemy import Connection, select

from engine import commands
from engine.clock import utc_now
from engine.database.register_tables import agreement
from engine.errors import Invalid, NotFound
from engine.kolada import read_kolada
from engine.queries.register_rows import planned_activities
from engine.queries.titles import load_titles
from exports.activities_read import read_activities
from web.cli.opening import open_database, open_settings
from web.cli.operators import operator
from web.cli.telling import tell


def kolada(arguments: argparse.Namespace) -> int:
    """Figures, or titles of key figures, as Kolada's API gives them."""
    file = read_kolada(_content(arguments.file))
    database = open_database(open_settings())
    done = database.run(
        lambda connection: commands.import_kolada(connection, utc_now(), operator(connection, arguments), file)
    )
    tell(f"Nya: {done.new}. Ändrade: {done.changed}. Oförändrade: {done.same}. Borttagna: {done.removed}.")
    if done.titles:
        tell(f"Nyckeltal som fått namn: {done.titles}.")
    if done.elsewhere:
        tell(f"{done.elsewhere} siffror gäller andra kommuner och är inte inlästa.")
    if file.is_part:
        tell("Filen är en del av flera: hämta och läs in också nästa sida.")
    return 0


def activities(arguments: argparse.Namespace) -> int:
    """The workbook of `export activities`, filled in by people, becomes the agreement's plan."""
    content = _content(arguments.file)

    def unit(connection: Connection) -> tuple[bool, int]:
        person, now = operator(connection, arguments), utc_now()
        found = connection.execute(select(agreement).where(agreement.c.key == arguments.agreement)).first()
        if found is None:
            raise NotFound(f"Överenskommelsen {arguments.agreement} finns inte.")
        titles = load_titles(connection)
        current = planned_activities(connection, titles, found.pack_key, now, found.organisation)
        own = [row for row in current if row.agreement_key == found.key]
        names = [titles.organisation(found.organisation), found.organisation or ""]
        plan = read_activities(content, titles.packs[found.pack_key], names, own)
        changed = commands.import_activities(connection, now, person, found.key, plan.rows, plan.places)
        return changed, len(plan.rows)

    changed, count = open_database(open_settings()).run(unit)
    tell(f"Planen har nu {count} aktiviteter." if changed else "Filen säger samma sak som planen. Inget har ändrats.")
    return 0


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Invalid(f"Filen {file} går inte att läsa: {error.strerror}.") from error
