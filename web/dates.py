"""Dates and times as people say them, in the request's language and in Swedish time."""

from datetime import date, datetime

from flask import Flask
from flask_babel import format_date, format_time, ngettext
from flask_babel import gettext as _

from engine.clock import local_date
from web import context
from web.marking import N_


def install(application: Flask) -> None:
    for name, function in {
        "long_date": long_date,
        "short_date": short_date,
        "month": month,
        "clock": clock,
        "when": when,
        "days_until": days_until,
    }.items():
        application.add_template_filter(function, name)


def day_of(value: date | datetime) -> date:
    """The Swedish calendar day of a moment; a date is its own."""
    return local_date(value) if isinstance(value, datetime) else value


def long_date(value: date | datetime | None) -> str:
    """fredag 27 november 2026"""
    return format_date(day_of(value), _("EEEE d MMMM y")) if value else _("saknas")


def short_date(value: date | datetime | None) -> str:
    """27 nov 2026"""
    return format_date(day_of(value), "d MMM y") if value else _("saknas")


def month(value: date | datetime | None) -> str:
    """nov 2026"""
    return format_date(day_of(value), "MMM y") if value else _("saknas")


def clock(value: datetime) -> str:
    """10.42"""
    return str(format_time(value, _("H.mm")))


def days_until(value: date | datetime) -> int:
    """Negative when the day has passed."""
    return (day_of(value) - context.today()).days


def when(value: date | datetime) -> str:
    """The day as seen from today: "i morgon", "om 3 dagar", "för 2 veckor sedan"."""
    days = days_until(value)
    if days in _NEAR:
        return _(_NEAR[days])
    distance = _distance(abs(days))
    return _("om %(distance)s", distance=distance) if days > 0 else _("för %(distance)s sedan", distance=distance)


def duration(days: int) -> str:
    """How long: "5 dagar", "3 veckor", "7 månader", "2 år"."""
    return _distance(days)


_NEAR = {-1: N_("i går"), 0: N_("i dag"), 1: N_("i morgon")}


def _distance(days: int) -> str:
    if days < 21:
        return ngettext("%(num)s dag", "%(num)s dagar", days)
    if days < 70:
        return ngettext("%(num)s vecka", "%(num)s veckor", round(days / 7))
    if days < 700:
        return ngettext("%(num)s månad", "%(num)s månader", round(days / 30.44))
    return ngettext("%(num)s år", "%(num)s år", round(days / 365.25))
