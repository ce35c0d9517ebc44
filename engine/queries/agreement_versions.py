"""The versions of an agreement's text: one for each round of drafting, with what was decided about it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from engine.authorisation import REGION
from engine.database.register_tables import decision
from engine.database.tables import person as person_table
from engine.database.tables import process_instance, submission
from engine.errors import NotFound
from engine.queries.decisions import read_decisions
from engine.queries.rows import DecisionRow
from engine.queries.titles import Titles

# The stages in which the text itself is written, talked through and decided about.
TEXT_STAGES = frozenset({"drafting", "anchoring", "decision"})
NO_SUCH_VERSION = "Versionen finns inte. Välj en i listan på överenskommelsens sida."


@dataclass(frozen=True)
class Version:
    """The text as it stood when a round of drafting was done. The last one may still be written on.

    `decisions` are those taken on it, in order of time. It is approved when both parties' latest decision approves it.
    """

    number: int
    begun_at: datetime
    finished_at: datetime | None
    decisions: tuple[DecisionRow, ...]
    is_approved: bool

    @property
    def approved_on(self) -> date | None:
        """The day of the last of the decisions that approved it."""
        days = [one.decided_on for one in self.decisions if one.kind == "party" and one.decided_on]
        return max(days, default=None) if self.is_approved else None


def sections_handed_in(connection: Connection, key: str) -> list[Row[Any]]:
    """Every section's text as handed in, the oldest first, with when its round of drafting was done."""
    tables = submission.join(process_instance, process_instance.c.id == submission.c.instance_id).outerjoin(
        person_table, person_table.c.id == submission.c.person_id
    )
    query = (
        select(
            submission.c.item,
            submission.c["values"],
            submission.c.submitted_at,
            submission.c.instance_id,
            process_instance.c.ended_at,
            process_instance.c.status,
            person_table.c.name,
        )
        .select_from(tables)
        .where(submission.c.agreement_key == key, submission.c.register == "section")
        .order_by(submission.c.submitted_at, submission.c.id)
    )
    return list(connection.execute(query))


def versions_of(connection: Connection, titles: Titles, row: Row[Any], written: Sequence[Row[Any]]) -> list[Version]:
    """The versions of the agreement in `row`, the oldest first; `written` are its `sections_handed_in`."""
    if row.kind != "local" or not written:
        return []
    rounds: dict[str, tuple[datetime, datetime | None]] = {}
    for one in written:
        begun = rounds[one.instance_id][0] if one.instance_id in rounds else one.submitted_at
        rounds[one.instance_id] = (begun, one.ended_at if one.status == "completed" else None)
    of_its_life = select(process_instance.c.id).where(process_instance.c.root_id == row.instance_id)
    decisions = read_decisions(connection, titles, decision.c.instance_id.in_(of_its_life))[::-1]
    ends = [finished for _begun, finished in rounds.values()]
    found = []
    for number, (begun, finished) in enumerate(rounds.values(), start=1):
        until = next((end for end in ends[number:] if end), None)
        about = _decided_on(decisions, finished, until)
        found.append(Version(number, begun, finished, about, _is_approved(row, about)))
    return found


def _decided_on(
    decisions: Iterable[DecisionRow], finished: datetime | None, until: datetime | None
) -> tuple[DecisionRow, ...]:
    """The decisions about the text itself, between one version's being finished and the next one's."""
    if finished is None:
        return ()
    return tuple(
        one
        for one in decisions
        if one.recorded_at >= finished
        and (until is None or one.recorded_at < until)
        and (one.kind == "party" or one.stage in TEXT_STAGES)
    )


def _is_approved(row: Row[Any], decisions: Iterable[DecisionRow]) -> bool:
    latest = {one.party: one.outcome for one in decisions if one.kind == "party"}
    return all(latest.get(party) == "approved" for party in (row.organisation, REGION))


def current_version(versions: Sequence[Version]) -> Version | None:
    """The newest that is approved, else the newest."""
    return next((one for one in reversed(versions) if one.is_approved), versions[-1] if versions else None)


def chosen_version(versions: Sequence[Version], number: int | None) -> Version | None:
    """The one with that number, or the current one. Raises `NotFound`."""
    if number is None:
        return current_version(versions)
    found = next((one for one in versions if one.number == number), None)
    if found is None:
        raise NotFound(NO_SUCH_VERSION)
    return found


def settled_at(version: Version, finished_at: datetime) -> datetime:
    """The moment at which a version that was finished then had got all its decisions."""
    return max([finished_at, *(one.recorded_at for one in version.decisions)])
