"""An agreement as the document that it is: what one of its versions says, by chapters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, or_, select

from engine.authorisation import REGION, may_see_agreement
from engine.database.register_tables import activity, agreement, decision
from engine.database.tables import submission
from engine.errors import NotFound
from engine.packs import Pack
from engine.people import Person
from engine.queries.activities import ActivityRow, activity_row
from engine.queries.agreement_detail import SECTIONS, SectionText
from engine.queries.agreement_versions import (
    Version,
    chosen_version,
    current_version,
    sections_handed_in,
    settled_at,
    versions_of,
)
from engine.queries.agreements import AgreementRow, agreement_row, with_stage
from engine.queries.decisions import read_decisions
from engine.queries.document_files import AMENDMENT, DocumentFile, document_files
from engine.queries.rows import DecisionRow
from engine.queries.submissions import SubmissionRow, read_submissions
from engine.queries.titles import Titles, load_titles


@dataclass(frozen=True)
class Chapter:
    """Sections under a common heading, in the pack's order."""

    title: str
    sections: tuple[SectionText, ...]


@dataclass(frozen=True)
class Signature:
    """One signature, as registered. `signs_for` is the party, or the office in a body of several."""

    name: str
    title: str
    signs_for: str
    signed_on: date | None
    place: str
    case_number: str


@dataclass(frozen=True)
class Annex:
    """A minor amendment that has been decided and appended."""

    number: str
    title: str
    passage: str
    text: str
    reason: str
    applies_from: date | None


@dataclass(frozen=True)
class AgreementDocument:
    """One version of an agreement. `version` is None for an agreement whose text is not written here (the regional).

    `activities` are those that were planned when the version was approved; for the version in force, today's.
    """

    agreement: AgreementRow
    parties: tuple[str, ...]
    version: Version | None
    versions: tuple[Version, ...]
    is_current: bool
    chapters: tuple[Chapter, ...]
    goals: SubmissionRow | None
    activities: tuple[ActivityRow, ...]
    party_decisions: tuple[DecisionRow, ...]
    signatures: tuple[Signature, ...]
    annexes: tuple[Annex, ...]
    purposes: tuple[tuple[str, str], ...]
    target_groups: tuple[str, ...]
    regional: AgreementRow | None
    predecessor_key: str | None
    successor_key: str | None
    files: tuple[DocumentFile, ...] = ()


def get_document(
    connection: Connection, person: Person, now: datetime, key: str, number: int | None = None
) -> AgreementDocument:
    """The document of an agreement: the version asked for, else the current one. Raises `NotFound`."""
    may_see_agreement(person).demand()
    row = connection.execute(with_stage().where(agreement.c.key == key)).first()
    if row is None:
        raise NotFound("Överenskommelsen finns inte.")
    titles = load_titles(connection)
    written = sections_handed_in(connection, key)
    versions = versions_of(connection, titles, row, written)
    version = chosen_version(versions, number)
    current = current_version(versions)
    moment = now
    if version is not None and version != current and version.finished_at is not None:
        moment = settled_at(version, version.finished_at)
    pack = titles.packs.get(row.pack_key)
    decisions = _party_decisions(connection, titles, row, version)
    return AgreementDocument(
        agreement=agreement_row(row, titles),
        parties=_parties(titles, pack, row),
        version=version,
        versions=tuple(versions),
        is_current=version == current,
        chapters=_chapters(pack, row, written, version, now),
        goals=_newest(connection, titles, row, submission.c.register == "goals", moment) if version else None,
        activities=tuple(_activities(connection, key, moment)),
        party_decisions=decisions,
        signatures=tuple(_signatures(connection, titles, row, version)),
        annexes=tuple(_annexes(connection, row)),
        files=document_files(connection, titles, row),
        purposes=_purposes(pack, row),
        target_groups=tuple(str(item["title"]) for item in pack.catalogues.get("target_groups", [])) if pack else (),
        regional=_regional(connection, titles, row),
        predecessor_key=row.predecessor_key,
        successor_key=connection.execute(select(agreement.c.key).where(agreement.c.predecessor_key == key)).scalar(),
    )


def _chapters(
    pack: Pack | None, row: Row[Any], written: Sequence[Row[Any]], version: Version | None, now: datetime
) -> tuple[Chapter, ...]:
    if pack is None or row.kind != "local":
        return ()
    until = version.finished_at if version and version.finished_at else now
    newest = {one.item: one for one in written if one.submitted_at <= until}
    chapters: dict[str, list[SectionText]] = {}
    for item in pack.catalogues.get(SECTIONS, []):
        chapters.setdefault(str(item.get("chapter") or ""), []).append(_section(item, newest.get(item["key"])))
    return tuple(Chapter(title, tuple(sections)) for title, sections in chapters.items())


def _section(item: dict[str, Any], handed_in: Row[Any] | None) -> SectionText:
    values = handed_in._mapping["values"] if handed_in else {}
    return SectionText(
        key=item["key"],
        title=item["title"],
        text=values.get("text"),
        submitted_at=handed_in.submitted_at if handed_in else None,
        person_name=handed_in.name if handed_in else None,
        number=str(item.get("number") or ""),
    )


def _activities(connection: Connection, key: str, moment: datetime) -> list[ActivityRow]:
    """The plan as it stood at that moment."""
    then = or_(activity.c.superseded_at.is_(None), activity.c.superseded_at > moment)
    query = select(activity).where(activity.c.agreement_key == key, activity.c.recorded_at <= moment, then)
    return [
        activity_row(row)
        for row in connection.execute(query.order_by(activity.c.recorded_at, activity.c.position)).mappings()
    ]


def _newest(
    connection: Connection, titles: Titles, row: Row[Any], condition: ColumnElement[bool], moment: datetime
) -> SubmissionRow | None:
    about = (submission.c.agreement_key == row.key, submission.c.submitted_at <= moment, condition)
    return next(iter(read_submissions(connection, titles, *about)), None)


def _parties(titles: Titles, pack: Pack | None, row: Row[Any]) -> tuple[str, ...]:
    if row.kind == "local":
        return titles.organisation(row.organisation), titles.organisation(REGION)
    parties = pack.parameters.get("parties") if pack else None
    return tuple(titles.organisation(str(code)) for code in parties) if isinstance(parties, list) else ()


def _party_decisions(
    connection: Connection, titles: Titles, row: Row[Any], version: Version | None
) -> tuple[DecisionRow, ...]:
    """Each party's latest decision on this version, in the order in which they were taken."""
    if version is not None:
        decisions = version.decisions
    else:
        decisions = tuple(read_decisions(connection, titles, decision.c.instance_id == row.instance_id)[::-1])
    latest = {one.party: one for one in decisions if one.kind == "party"}
    return tuple(sorted(latest.values(), key=lambda one: (one.decided_on or date.max, one.recorded_at)))


def _signatures(connection: Connection, titles: Titles, row: Row[Any], version: Version | None) -> Iterable[Signature]:
    if version is not None and not version.is_approved:
        return []
    about = (submission.c.agreement_key == row.key, submission.c.register == "signature")
    rows = read_submissions(connection, titles, *about)
    latest = {(one.element_id, one.item, one.party): one for one in reversed(rows)}
    return [_signature(one) for one in latest.values()]


def _signature(row: SubmissionRow) -> Signature:
    text = {name: str(row.values.get(name) or "") for name in ("name", "title", "place", "case_number")}
    return Signature(**text, signs_for=row.item_title or row.party_name or "", signed_on=_day(row.values, "signed_on"))


def _annexes(connection: Connection, row: Row[Any]) -> Iterable[Annex]:
    if row.kind != "regional":
        return []
    query = select(submission.c["values"]).where(
        submission.c.agreement_key == row.key, submission.c.form_key == AMENDMENT
    )
    return [_annex(values) for (values,) in connection.execute(query.order_by(submission.c.submitted_at))]


def _annex(values: dict[str, Any]) -> Annex:
    text = {name: str(values.get(name) or "") for name in ("title", "passage")}
    return Annex(
        **text,
        number=str(values.get("annex_number") or ""),
        text=str(values.get("what") or ""),
        reason=str(values.get("why") or ""),
        applies_from=_day(values, "applies_from"),
    )


def _day(values: dict[str, Any], name: str) -> date | None:
    value = values.get(name)
    return date.fromisoformat(value) if isinstance(value, str) and value else None


def _purposes(pack: Pack | None, row: Row[Any]) -> tuple[tuple[str, str], ...]:
    if pack is None or row.kind != "regional":
        return ()
    return tuple((str(item["title"]), str(item.get("text") or "")) for item in pack.catalogues.get("overall_goals", []))


def _regional(connection: Connection, titles: Titles, row: Row[Any]) -> AgreementRow | None:
    if not row.regional_key:
        return None
    found = connection.execute(with_stage().where(agreement.c.key == row.regional_key)).first()
    return agreement_row(found, titles) if found else None
