"""What a form already knows when it is opened for the first time: the sources that `x-prefill` may name.

A draft goes before all of this. Nothing here is guessed: a source without rows leaves the field empty.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, case, or_, select

from engine.clock import local_date
from engine.database.prepared import Prepared
from engine.database.register_tables import activity, assessment, deviation, indicator
from engine.database.tables import submission

Values = dict[str, Any]

DEVIATIONS_LOOK_BACK = timedelta(days=366)


@dataclass(frozen=True)
class About:
    """What the form is about. A predecessor is the agreement that this one follows."""

    form_key: str
    item: str | None
    agreement_key: str | None
    predecessor_key: str | None
    organisation: str | None
    now: datetime
    instance_id: str = ""


def prefill(connection: Connection, form: Values, about: About) -> Values:
    """The first values of the fields that say where theirs come from. One statement per source that the form names."""
    wanted: dict[str, list[str]] = {}
    for name, field in form.get("properties", {}).items():
        if source := field.get("x-prefill"):
            wanted.setdefault(source, []).append(name)
    values: Values = {}
    for source, names in wanted.items():
        found = SOURCES[source](connection, about, names) if source in SOURCES else {}
        values |= {name: _fitting(value, form["properties"][name]) for name, value in found.items() if value}
    return values


def _fitting(value: Any, field: Values) -> Any:
    """Only the columns that a table has."""
    columns = field.get("items", {}).get("properties")
    if not columns or not isinstance(value, list):
        return value
    # Column names that SQL reserves come as a subclass of str, which JSON refuses.
    return [{str(key): cell for key, cell in row.items() if key in columns and cell is not None} for row in value]


def _previous(connection: Connection, about: About, names: list[str]) -> Values:
    last = _last_submission(connection, about, _LAST_OF_FORM, form_key=about.form_key, item=about.item)
    return {name: last[name] for name in names if name in last}


def _report(connection: Connection, about: About, names: list[str]) -> Values:
    """What the form that began the process said."""
    found = _BEGAN.scalar(connection, {"instance_id": about.instance_id})
    return {name: found.get(name) for name in names} if found else {}


def _section_text(connection: Connection, about: About, names: list[str]) -> Values:
    last = _last_submission(connection, about, _LAST_SECTION, item=about.item)
    return {name: last.get("text") for name in names}


def _goals(connection: Connection, about: About, names: list[str]) -> Values:
    last = _last_submission(connection, about, _LAST_GOALS)
    return {name: last.get("goals") for name in names}


def _activities(connection: Connection, about: About, names: list[str]) -> Values:
    given = {"own": about.agreement_key, "before": about.predecessor_key}
    # Some columns have names that no attribute of a row can have, such as `with`.
    rows = [dict(zip(_COLUMNS, row, strict=True)) for row in _ACTIVITIES.all(connection, given)]
    own = [row for row in rows if row["agreement_key"] == about.agreement_key]
    return _each(names, [_as_json(row) for row in own or rows])  # the predecessor's only while there are none


def _assessment(connection: Connection, about: About, names: list[str]) -> Values:
    rows = _ASSESSED.all(connection, {"of_agreement": about.agreement_key})
    latest = {row.item: {"item": row.item, "level": row.level, "evidence": row.evidence} for row in rows}
    return _each(names, list(latest.values()))


def _indicators(connection: Connection, about: About, names: list[str]) -> Values:
    since = local_date(about.now).year - 1
    given = {"own": about.agreement_key, "here": about.organisation, "since": since}
    rows = [row._mapping for row in _FIGURES.all(connection, given)]
    return _each(names, [_as_json(row) for row in {row["item"]: row for row in rows}.values()])


def _deviations(connection: Connection, about: About, names: list[str]) -> Values:
    given = {"here": about.organisation, "since": about.now - DEVIATIONS_LOOK_BACK}
    rows = [_as_json(row._mapping) for row in _REPORTED.all(connection, given)]
    return _each(names, [{**row, "business_key": row["key"]} for row in rows])


SOURCES: dict[str, Callable[[Connection, About, list[str]], Values]] = {
    "previous": _previous,
    "report": _report,
    "section_text": _section_text,
    "goals": _goals,
    "activities": _activities,
    "assessment": _assessment,
    "indicators": _indicators,
    "deviations": _deviations,
}


_LAST = (
    select(submission.c["values"])
    .where(or_(submission.c.agreement_key == bindparam("own"), submission.c.agreement_key == bindparam("before")))
    .order_by(case((submission.c.agreement_key == bindparam("own"), 0), else_=1), submission.c.submitted_at.desc())
    .limit(1)
)
_same_item = submission.c.item.is_not_distinct_from(bindparam("item"))
_LAST_OF_FORM = Prepared(_LAST.where(submission.c.form_key == bindparam("form_key"), _same_item))
_LAST_SECTION = Prepared(_LAST.where(submission.c.register == "section", _same_item))
_LAST_GOALS = Prepared(_LAST.where(submission.c.register == "goals"))
_BEGAN = Prepared(
    select(submission.c["values"])
    .where(submission.c.instance_id == bindparam("instance_id"), submission.c.task_id.is_(None))
    .order_by(submission.c.submitted_at)
    .limit(1)
)
_ACTIVITIES = Prepared(
    select(activity)
    .where(
        or_(activity.c.agreement_key == bindparam("own"), activity.c.agreement_key == bindparam("before")),
        activity.c.superseded_at.is_(None),
    )
    .order_by(activity.c.recorded_at, activity.c.position)
)
_COLUMNS = [str(column.key) for column in activity.c]
_FIGURES = Prepared(
    select(indicator)
    .where(
        indicator.c.year >= bindparam("since"),  # reported for the year before; older would be taken for this year's
        indicator.c.kind == "indicator",
        or_(
            indicator.c.agreement_key.is_not_distinct_from(bindparam("own")),
            indicator.c.agreement_key.is_(None) & indicator.c.organisation.is_not_distinct_from(bindparam("here")),
        ),
    )
    .order_by(indicator.c.year, indicator.c.recorded_at)
)
_REPORTED = Prepared(
    select(deviation)
    .where(
        deviation.c.organisation.is_not_distinct_from(bindparam("here")), deviation.c.reported_at >= bindparam("since")
    )
    .order_by(deviation.c.reported_at)
)
_ASSESSED = Prepared(
    select(assessment.c.item, assessment.c.level, assessment.c.evidence)
    .where(assessment.c.agreement_key == bindparam("of_agreement"))
    .order_by(assessment.c.recorded_at)
)


def _last_submission(connection: Connection, about: About, query: Prepared, **values: Any) -> Values:
    """The newest values that `query` finds: this agreement's own, else its predecessor's."""
    found = query.scalar(connection, {"own": about.agreement_key, "before": about.predecessor_key, **values})
    return dict(found) if found else {}


def _each(names: list[str], value: Any) -> Values:
    return {name: value for name in names}  # noqa: C420 - fromkeys would promise that the value is not shared


def _as_json(row: Any) -> Values:
    """A row's columns as a form holds them: dates as ISO text."""
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in row.items()}
