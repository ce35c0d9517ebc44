"""Puts the web application together: settings and database in, a Flask application out."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Request, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from engine.clock import utc_now
from engine.commands.kept_files import MAX_TOTAL_BYTES
from engine.database import Database
from engine.errors import Misconfigured, Unavailable, Uncertain
from engine.settings import Settings
from web import (
    access,
    api,
    compression,
    dates,
    error_pages,
    header,
    health,
    language,
    oidc,
    security,
    static_files,
    subjects,
)

FORM_LIMIT = 6 * 1024 * 1024  # for whoever sends no files
FORM_MEMORY_LIMIT = 5 * 1024 * 1024
UPLOAD_LIMIT = MAX_TOTAL_BYTES + FORM_LIMIT  # as many files as a task may have, and the form around them
TAKES_FILES = frozenset({"tasks.submit", "processes.start"})

RESTART_SECONDS = 2.5

T = TypeVar("T")


def create_application(settings: Settings, database: Database) -> Flask:
    """The application for one installation. Raises `Misconfigured` when it would run without a secret key."""
    if not settings.secret_key:
        raise Misconfigured("SAMFLODE_SECRET_KEY saknas. Ange en lång slumpad text som bara servern känner till.")
    application = _Application("web", static_folder=None)
    application.session_interface = _Sessions()
    https = settings.base_url.startswith("https://")
    application.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=FORM_LIMIT,
        MAX_FORM_MEMORY_SIZE=FORM_MEMORY_LIMIT,
        MAX_FORM_PARTS=20_000,
        SESSION_COOKIE_NAME="__Host-samflode" if https else "samflode",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=12 * 60 * 60,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session, so that a page left open over lunch still saves
        BABEL_DEFAULT_LOCALE=settings.locale,
        BABEL_DEFAULT_TIMEZONE=settings.timezone,
    )
    application.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    application.extensions["samflode_settings"] = settings
    application.extensions["samflode_database"] = database
    application.before_request(_remember_the_moment)
    application.before_request(_make_room_for_files)
    for part in (
        static_files,
        compression,
        security,
        language,
        access,
        dates,
        header,
        error_pages,
        subjects,
        oidc,
        api,
        health,
    ):
        part.install(application)
    return application


class _Application(Flask):
    """Reads again when the database was restarted in the midst of it; what is changed does so itself (`run`)."""

    def preprocess_request(self) -> Any:
        return _while_it_restarts(super().preprocess_request)

    def dispatch_request(self) -> Any:
        view = super().dispatch_request
        return _while_it_restarts(view) if request.method in {"GET", "HEAD"} else view()


def _while_it_restarts(read: Callable[[], T]) -> T:
    began, pause = time.monotonic(), 0.02  # seconds; a server that is stopped hangs up on one after the other
    while True:
        try:
            return read()
        except Uncertain:
            raise
        except Unavailable:
            if time.monotonic() - began > RESTART_SECONDS:
                raise
        time.sleep(pause)
        pause *= 2


class _Sessions(SecureCookieSessionInterface):
    """Plain: makes ready to verify a signature before it has looked whether any was sent. Programs send none."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


def _make_room_for_files() -> None:
    """Before anything reads the form. Only for people who are signed in: a large one is written to the disk first."""
    if request.endpoint in TAKES_FILES and "_user_id" in session:
        request.max_content_length = UPLOAD_LIMIT


def _remember_the_moment() -> None:
    # One reading of the clock per request: whatever is shown or written agrees on what "now" is.
    g.now = utc_now()
