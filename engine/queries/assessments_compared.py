"""Self-assessments side by side: every municipality's latest for one phase, and each one's over time."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from engine.database.register_tables import agreement, assessment
from engine.packs import Pack
from engine.queries.swedish import swedish_order
from engine.queries.titles import Titles


@dataclass(frozen=True)
class Round:
    """One self-assessment as it was handed in: the level of each item, by their keys."""

    submission_id: str
    organisation: str
    organisation_name: str
    agreement_key: str
    stage: str
    at: datetime
    levels: dict[str, str] = field(repr=False)

    def count(self, level: str) -> int:
        return sum(given == level for given in self.levels.values())

    def mean(self, values: dict[str, int]) -> float | None:
        """The mean of its levels as a share of the highest, 0 to 1; None when no item has a known level."""
        known = [values[level] for level in self.levels.values() if level in values]
        top = max(values.values(), default=0)
        return sum(known) / (len(known) * top) if known and top else None


@dataclass(frozen=True)
class Compared:
    """One phase: its items and levels as (key, title), the latest round of those who have one, and who has none."""

    stage: str
    items: list[tuple[str, str]]
    levels: list[tuple[str, str]]
    latest: list[Round]
    without: list[tuple[str, str]]
    over_time: dict[str, list[Round]]


def assessment_rounds(
    connection: Connection, titles: Titles, pack_key: str, as_of: datetime, organisation: str | None = None
) -> list[Round]:
    """Every self-assessment handed in until then, the oldest first: one statement."""
    columns = assessment.c
    conditions = [agreement.c.pack_key == pack_key, columns.recorded_at <= as_of]
    if organisation is not None:
        conditions.append(agreement.c.organisation == organisation)
    query = (
        select(assessment, agreement.c.organisation)
        .join(agreement, agreement.c.key == columns.agreement_key)
        .where(*conditions)
        .order_by(columns.recorded_at, columns.submission_id, columns.id)
    )
    found: dict[str, Round] = {}
    for row in connection.execute(query):
        found.setdefault(row.submission_id, _round(row, titles)).levels[row.item] = row.level
    return list(found.values())


def _round(row: Any, titles: Titles) -> Round:
    return Round(
        submission_id=row.submission_id,
        organisation=row.organisation or "",
        organisation_name=titles.organisation(row.organisation),
        agreement_key=row.agreement_key,
        stage=row.stage or "",
        at=row.recorded_at,
        levels={},
    )


def phases(pack: Pack) -> list[str]:
    """The stages that have a self-assessment, in order: those that the catalogue of phases names."""
    named = {str(item["key"]) for item in pack.catalogues.get("iris_phases", [])}
    return [stage.key for stage in pack.stages if stage.key in named]


def level_values(pack: Pack) -> dict[str, int]:
    """What each level of the scale is worth, by its key."""
    return {str(item["key"]): int(item.get("value", 0)) for item in pack.catalogues.get("scale", [])}


def compare(pack: Pack, rounds: list[Round], stage: str, municipalities: list[tuple[str, str]]) -> Compared:
    """One phase of these rounds; `municipalities` are (code, name) of all who are expected to have done it."""
    of_stage = [one for one in rounds if one.stage == stage]
    over_time: dict[str, list[Round]] = {}
    for one in of_stage:
        over_time.setdefault(one.organisation, []).append(one)
    latest = sorted((found[-1] for found in over_time.values()), key=lambda one: swedish_order(one.organisation_name))
    return Compared(
        stage=stage,
        items=_items(pack, stage, latest),
        levels=[(str(item["key"]), str(item["title"])) for item in pack.catalogues.get("scale", [])],
        latest=latest,
        without=[(code, name) for code, name in municipalities if code not in over_time],
        over_time=over_time,
    )


def _items(pack: Pack, stage: str, latest: list[Round]) -> list[tuple[str, str]]:
    """The phase's items in the order of the catalogue, then those that only older rounds have."""
    phase = (pack.item("iris_phases", stage) or {}).get("phase")
    listed = [item for item in pack.catalogues.get("iris_items", []) if item.get("phase") == phase]
    titles = {str(item["key"]): str(item["title"]) for item in listed}
    older = {item for one in latest for item in one.levels} - set(titles)
    named = {key: str((pack.item("iris_items", key) or {}).get("title", key)) for key in sorted(older)}
    return list((titles | named).items())
