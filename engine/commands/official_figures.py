"""Takes in official figures: what Kolada says for our organisations. The same file twice changes nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from engine.authorisation import may_import_figures
from engine.commands.administration import note
from engine.database.tables import organisation
from engine.database.workplace_tables import kpi, official_figure
from engine.kolada import Figure, KeyFigure, KoladaFile
from engine.people import Person

SOURCE = "kolada"
Key = tuple[str, str, int, str]


@dataclass(frozen=True)
class Imported:
    """What came of a file: figures that are new, changed, the same as before or taken away; titles of key figures.

    `elsewhere` counts figures of municipalities that are not ours.
    """

    new: int
    changed: int
    same: int
    removed: int
    titles: int
    elsewhere: int


def import_kolada(connection: Connection, now: datetime, person: Person, file: KoladaFile) -> Imported:
    """Take in what a file from Kolada says. Raises NotPermitted."""
    may_import_figures(person).demand()
    titles = _write_titles(connection, now, person, file)
    codes = _codes(connection)
    ours = [each for each in file.figures if each.municipality in codes]
    before = _known(connection, {figure.kpi for figure in ours})
    counted = dict.fromkeys(("new", "changed", "same", "removed"), 0)
    for figure in ours:
        key = (figure.kpi, codes[figure.municipality], figure.year, figure.gender)
        counted[_write(connection, now, person, key, figure, before.get(key))] += 1
    done = Imported(**counted, titles=titles, elsewhere=len(file.figures) - len(ours))
    if done.new or done.changed or done.removed or done.titles:
        note(connection, now, person, "figures_imported", SOURCE, **vars(done))
    return done


def _codes(connection: Connection) -> dict[str, str]:
    """Kolada's id to our code: it writes regions with zeros before ("0020")."""
    codes = connection.execute(select(organisation.c.code).where(organisation.c.kind.in_(("municipality", "region"))))
    return {code.rjust(4, "0"): code for code in codes.scalars()}


def _known(connection: Connection, kpis: set[str]) -> dict[Key, Any]:
    """What the figures that are there say: value, status and count."""
    columns = official_figure.c
    query = select(
        columns.kpi, columns.organisation, columns.year, columns.gender, columns.value, columns.status, columns.count
    ).where(columns.kpi.in_(sorted(kpis)))
    return {tuple(row[:4]): tuple(row[4:]) for row in connection.execute(query)}


def _write(connection: Connection, now: datetime, person: Person, key: Key, figure: Figure, known: Any) -> str:
    """Write one figure. Returns what became of it."""
    said = (figure.value, figure.status, figure.count)
    if figure.is_deleted and known is None:
        return "same"
    columns = official_figure.c
    mine = [column == value for column, value in zip(_key_columns(columns), key, strict=True)]
    if figure.is_deleted:
        connection.execute(delete(official_figure).where(*mine))
        return "removed"
    if known == said:
        return "same"
    row: dict[str, object] = dict(zip(("value", "status", "count"), said, strict=True))
    row |= {"source": SOURCE, "imported_at": now, "imported_by": person.id}
    if known is not None:
        connection.execute(update(official_figure).where(*mine).values(row))
        return "changed"
    named = dict(zip(("kpi", "organisation", "year", "gender"), key, strict=True))
    connection.execute(insert(official_figure).values(named | row))
    return "new"


def _key_columns(columns: Any) -> tuple[Any, ...]:
    return columns.kpi, columns.organisation, columns.year, columns.gender


def _write_titles(connection: Connection, now: datetime, person: Person, file: KoladaFile) -> int:
    """Name the key figures. One that only has figures is called by its id until somebody names it."""
    known: dict[str, str] = {row.id: row.title for row in connection.execute(select(kpi.c.id, kpi.c.title))}
    nameless = {figure.kpi for figure in file.figures} - known.keys() - {each.id for each in file.key_figures}
    named = [*file.key_figures, *(KeyFigure(each, each) for each in sorted(nameless))]
    changed = 0
    for each in named:
        if known.get(each.id) == each.title:
            continue
        row = {"title": each.title, "source": SOURCE, "changed_at": now, "changed_by": person.id}
        if each.id in known:
            connection.execute(update(kpi).where(kpi.c.id == each.id).values(row))
        else:
            connection.execute(insert(kpi).values(row | {"id": each.id}))
        known[each.id] = each.title
        changed += each.title != each.id
    return changed
