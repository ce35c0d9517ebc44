"""The annual wheel: reviews, meetings, deadlines and last days of a year, drawn and as a list."""

import math
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask import Blueprint, render_template, request
from flask_babel import format_date
from flask_babel import gettext as _

from engine.queries.calendar import CalendarDay, common_days, own_deadlines
from engine.queries.swedish import swedish_order
from web import context, words
from web.marking import N_

blueprint = Blueprint("wheel", __name__, url_prefix="/arshjul")

SIZE, CENTRE = 640, 320
OUTER, INNER = 262, 92
# Kinds from the rim inwards; the outermost are those that most people look for.
RINGS = (("deadline", 240), ("meeting", 205), ("papers", 205), ("review", 170), ("revision", 130), ("expiry", 130))
KIND_TITLES = {
    "deadline": N_("Uppgift ska vara klar"),
    "meeting": N_("Möte"),
    "papers": N_("Underlag ska lämnas"),
    "review": N_("Årlig uppföljning"),
    "revision": N_("Revideringen ska börja"),
    "expiry": N_("Överenskommelsen gäller till och med"),
}
FIRST_YEAR, LAST_YEAR = 2024, 2034


@dataclass(frozen=True)
class Sector:
    """A month of the wheel: its outline, and its name outside the middle of its rim."""

    name: str
    label: tuple[float, float]
    is_now: bool
    path: str


@dataclass(frozen=True)
class Dot:
    kind: str
    x: float
    y: float
    number: int
    title: str


@blueprint.get("")
def show() -> str:
    person, now, today = context.person(), context.now(), context.today()
    year = _year(today)
    chosen = request.args.get("kommun") or ("mina" if _own_places() else "alla")
    places = {"mina": _own_places(), "alla": None}.get(chosen, frozenset({chosen}))
    first, last = date(year, 1, 1), date(year, 12, 31)
    with context.database().read() as connection:
        days = common_days(connection, now, first, last, places)
        days += own_deadlines(connection, person, now, first, last)
    if places is not None:
        days = [one for one in days if one.organisation is None or one.organisation in places or one.kind == "deadline"]
    days.sort(key=lambda one: (one.day, one.kind, one.id))
    municipalities = _municipalities()
    return render_template(
        "wheel/show.html",
        year=year,
        years=range(FIRST_YEAR, LAST_YEAR + 1),
        chosen=chosen,
        has_own=bool(_own_places()),
        municipalities=municipalities,
        months=_months(days, today),
        sectors=[_sector(year, month, today) for month in range(1, 13)],
        dots=_dots(days),
        today_line=_ray(today, INNER, OUTER) if today.year == year else None,
        kinds=[(kind, _(title)) for kind, title in KIND_TITLES.items() if any(one.kind == kind for one in days)],
        size=SIZE,
        centre=CENTRE,
        outer=OUTER,
        inner=INNER,
        total=len(days),
    )


@blueprint.app_template_global()
def kind_title(kind: str) -> str:
    return _(KIND_TITLES[kind])


def _year(today: date) -> int:
    given = request.args.get("ar", "")
    return int(given) if given.isdigit() and FIRST_YEAR <= int(given) <= LAST_YEAR else today.year


def _own_places() -> frozenset[str]:
    """The person's municipalities; those who serve the whole county have none of their own."""
    codes = {code for code, _name in _municipalities()}
    return context.person().organisations & codes


def _municipalities() -> list[tuple[str, str]]:
    codes = {
        str(item["key"])
        for pack in words.titles().packs.values()
        for item in pack.catalogues.get("organisations", [])
        if item.get("kind") == "municipality"
    }
    named = [(code, words.titles().organisation(code)) for code in codes]
    return sorted(named, key=lambda item: swedish_order(item[1]))


def _months(days: list[CalendarDay], today: date) -> list[tuple[str, list[CalendarDay], bool]]:
    """(its name, its days, whether it is this month)"""
    return [
        (str(format_date(date(year, month, 1), "LLLL y")), list(found), (year, month) == (today.year, today.month))
        for (year, month), found in groupby(days, key=lambda one: (one.day.year, one.day.month))
    ]


def _angle(day: date) -> float:
    """The year begins at the top and goes clockwise."""
    start = date(day.year, 1, 1)
    length = (date(day.year + 1, 1, 1) - start).days
    return 2 * math.pi * (day - start).days / length - math.pi / 2


def _point(angle: float, radius: float) -> tuple[float, float]:
    return round(CENTRE + radius * math.cos(angle), 1), round(CENTRE + radius * math.sin(angle), 1)


def _ray(day: date, inner: float, outer: float) -> tuple[float, float, float, float]:
    return (*_point(_angle(day), inner), *_point(_angle(day), outer))


def _sector(year: int, month: int, today: date) -> Sector:
    begin = date(year, month, 1)
    start, stop = _angle(begin), _angle(date(year, month % 12 + 1, 1)) + (2 * math.pi if month == 12 else 0)
    middle = (start + stop) / 2
    corners = [*_point(start, INNER), *_point(start, OUTER), *_point(stop, OUTER), *_point(stop, INNER)]
    path = "M{} {}L{} {}A{r} {r} 0 0 1 {} {}L{} {}A{i} {i} 0 0 0 {x} {y}Z".format(
        *corners, r=OUTER, i=INNER, x=corners[0], y=corners[1]
    )
    return Sector(
        name=str(format_date(begin, "LLL")).rstrip("."),
        label=_point(middle, OUTER + 26),
        is_now=(today.year, today.month) == (year, month),
        path=path,
    )


def _dots(days: list[CalendarDay]) -> list[Dot]:
    """One dot for each day and ring: several things on one day are one dot with a number."""
    rings = dict(RINGS)
    keyed: dict[tuple[date, int], list[CalendarDay]] = {}
    for one in days:
        keyed.setdefault((one.day, rings[one.kind]), []).append(one)
    return [
        Dot(found[0].kind, *_point(_angle(day), ring), len(found), str(format_date(day, "d MMM")))
        for (day, ring), found in sorted(keyed.items())
    ]
