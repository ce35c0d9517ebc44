"""What a view may ask about the request at hand: the database, the settings, the moment, who is asking."""

from datetime import date, datetime
from typing import cast

from flask import current_app, g
from flask_login import current_user

from engine.clock import local_date
from engine.database import Database
from engine.people import Person
from engine.settings import Settings


def database() -> Database:
    return cast("Database", current_app.extensions["samflode_database"])


def settings() -> Settings:
    return cast("Settings", current_app.extensions["samflode_settings"])


def now() -> datetime:
    """When this request came, aware and in UTC."""
    return cast("datetime", g.now)


def today() -> date:
    """The day in Stockholm on which this request came."""
    return local_date(now())


def signed_in_person() -> Person | None:
    return cast("Person", current_user.person) if current_user.is_authenticated else None


def person() -> Person:
    """Who is asking; only for views that demand signing in, which is all but those in `access.PUBLIC`."""
    found = signed_in_person()
    if found is None:
        raise LookupError("nobody is signed in on a public page: use signed_in_person()")
    return found
