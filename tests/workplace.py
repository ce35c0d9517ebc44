"""The web application as tests use it, and people who are signed in to it without a password."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import BrowserContext

from engine.database import Database
from engine.people import Person
from engine.settings import Settings
from tests.lived_county import copy_county
from web.application import create_application

SECRET_KEY = "very-secret-for-tests"


def open_county(folder: Path) -> Iterator[Database]:
    """A copy of the county that has lived, closed afterwards; the body of a fixture."""
    opened = copy_county(folder)
    yield opened
    opened.close()


def make_application(database: Database, home: Path, *, csrf: bool = True, **settings: Any) -> Flask:
    """The application on that database; `settings` are those of `Settings` that differ. CSRF has tests of its own."""
    usual = {"packs": (), "secret_key": SECRET_KEY, "base_url": "http://localhost"}
    application = create_application(Settings(database_url=database.url, home=home, **(usual | settings)), database)
    application.config["WTF_CSRF_ENABLED"] = csrf
    return application


def browse(application: Flask, person: Person, locale: str = "sv") -> FlaskClient:
    """A browser without scripts in which the person is signed in."""
    client = application.test_client()
    with client.session_transaction() as session:
        session.update(_session_of(person, locale))
    return client


def enter(context: BrowserContext, application: Flask, address: str, person: Person, locale: str = "sv") -> None:
    """Signs the person in in a real browser, whoever was there before."""
    serializer = application.session_interface.get_signing_serializer(application)  # type: ignore[attr-defined]
    value = serializer.dumps(_session_of(person, locale))
    context.add_cookies([{"name": "samflode", "value": value, "url": address}])


def _session_of(person: Person, locale: str) -> dict[str, Any]:
    return {"_user_id": person.id, "_fresh": True, "locale": locale}
