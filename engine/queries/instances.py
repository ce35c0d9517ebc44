"""Process instances as frozen rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from engine.queries.titles import Titles


@dataclass(frozen=True)
class InstanceRow:
    """One process instance, without its state."""

    id: str
    process_key: str
    process_title: str
    pack_key: str
    definition_id: str
    business_key: str
    organisation: str | None
    organisation_name: str
    agreement_key: str | None
    parent_id: str | None
    stage: str | None
    stage_title: str
    status: str
    started_by: str | None
    started_at: datetime
    ended_at: datetime | None


def instance_row(row: Row[Any], titles: Titles) -> InstanceRow:
    return InstanceRow(
        id=row.id,
        process_key=row.process_key,
        process_title=titles.process(row.pack_key, row.process_key),
        pack_key=row.pack_key,
        definition_id=row.definition_id,
        business_key=row.business_key,
        organisation=row.organisation,
        organisation_name=titles.organisation(row.organisation),
        agreement_key=row.agreement_key,
        parent_id=row.parent_id,
        stage=row.stage,
        stage_title=titles.stage(row.pack_key, row.stage),
        status=row.status,
        started_by=row.started_by,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )
