"""Finds files whose content is not what it was, that are gone, or that submissions name without their being there."""

import hashlib
from collections.abc import Iterator

from sqlalchemy import Connection, select

from engine.database.tables import submission
from engine.database.workplace_tables import attachment, attachment_content
from engine.queries.submissions import FILES


def changed_files(connection: Connection) -> Iterator[str]:
    """Files that are not what their hash says, or have no content; and those that differ from what was handed in."""
    kept = {}
    query = select(attachment, attachment_content.c.content).outerjoin(
        attachment_content, attachment_content.c.attachment_id == attachment.c.id
    )
    # One at a time: together they may be larger than memory.
    one_by_one = query.where(attachment.c.removed_at.is_(None)).execution_options(yield_per=1)
    for row in connection.execute(one_by_one):
        kept[row.id] = row.sha256
        if row.content is None:
            yield f"Filen {row.id} ({row.name}) saknar innehåll."
        elif hashlib.sha256(row.content).hexdigest() != row.sha256:
            yield f"Filen {row.id} ({row.name}) har ändrats."
    yield from _unlike_handed_in(connection, kept)


def _unlike_handed_in(connection: Connection, kept: dict[str, str]) -> Iterator[str]:
    handed_in = select(attachment.c.submission_id).where(attachment.c.submission_id.is_not(None)).distinct()
    named: set[str] = set()
    for row in connection.execute(select(submission).where(submission.c.id.in_(handed_in))):
        for told in row._mapping["values"].get(FILES, []):
            named.add(told["id"])
            if kept.get(told["id"]) != told["sha256"]:
                yield f"Filen {told['id']} ({told['name']}) är inte den som lämnades in med underlag {row.id}."
    bound = select(attachment.c.id, attachment.c.submission_id).where(attachment.c.submission_id.is_not(None))
    for attachment_id, submission_id in connection.execute(bound):
        if attachment_id not in named:
            yield f"Filen {attachment_id} sägs höra till underlag {submission_id}, som inte nämner den."
