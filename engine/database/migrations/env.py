"""Alembic runs this for every upgrade. The connection, with its transaction, comes from `engine.database.upgrade`."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from engine.database import register_tables  # noqa: F401 - its tables are part of the metadata, too
from engine.database.access_tables import metadata


def _as_written(kind: str, item: Any, autogenerate: AutogenContext) -> str | Literal[False]:
    """Our column types, in a new revision, by their short names."""
    if kind == "type" and type(item).__module__ == "engine.database.types":
        autogenerate.imports.add(f"from engine.database.types import {type(item).__name__}")
        return f"{type(item).__name__}()"
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
