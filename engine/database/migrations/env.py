"""Alembic runs this for every upgrade. The connection, with its transaction, comes from `engine.database.upgrade`."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import False_, True_

from engine.database import access_tables, register_tables, workplace_tables  # noqa: F401 - their tables are part of the metadata, too
from engine.database.tables import metadata


def _as_written(kind: str, item: Any, autogenerate: AutogenContext) -> str | Literal[False]:
    """Our column types by their short names, and a default of yes or no as both databases know it."""
    if kind == "type" and type(item).__module__ == "engine.database.types":
        autogenerate.imports.add(f"from engine.database.types import {type(item).__name__}")
        return f"{type(item).__name__}()"
    if kind == "server_default" and isinstance(item.arg, False_ | True_):
        return f"sa.{'true' if isinstance(item.arg, True_) else 'false'}()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,  # every table's; importing the modules of tables completes it
    # SQLite changes a column by making the table anew, which a batch does. The first revision only creates.
    render_as_batch=bool(context.script.get_heads()),
    render_item=_as_written,
)
with context.begin_transaction():
    context.run_migrations()
