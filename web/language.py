"""Swedish or English: which one this request is answered in, and the catalogue of translated sentences."""

from collections.abc import Callable
from urllib.parse import urlencode

from flask import Flask, request, session
from flask_babel import Babel, get_locale
from flask_babel import gettext as _

from engine import sentences
from engine.settings import LOCALES
from web import context

NAMES = {"sv": "Svenska", "en": "English"}


def install(application: Flask) -> None:
    Babel(application, locale_selector=choose, timezone_selector=lambda: context.settings().timezone)
    application.before_request(_remember_choice)
    application.context_processor(lambda: {"locale": current, "languages": languages})


def choose() -> str:
    """What was chosen in the page's head, else what the person has set, else what the installation has."""
    chosen = session.get("locale")
    if chosen in LOCALES:
        return str(chosen)
    person = context.signed_in_person()
    return person.locale if person and person.locale in LOCALES else context.settings().locale


def current() -> str:
    locale = get_locale()
    return locale.language if locale else "sv"


def translator(of_pack: Callable[[str, str], str]) -> Callable[[str], str]:
    """Puts a text of a pack (by `Pack.translate`), else a sentence of the interface, in the request's language."""
    locale = current()

    def translate(swedish: str) -> str:
        translated = of_pack(swedish, locale)
        return translated if translated != swedish or not swedish else _(swedish)

    return translate


def said(message: str, word: Callable[[str], str] = _) -> str:
    """What the engine says is wrong, in the request's language; `word` does the same with the names in it."""
    if current() == "sv" or not message:
        return message
    known = word(message)
    return known if known != message else sentences.in_english(message, word)


def languages() -> list[tuple[str, str, str]]:
    """(code, its own name, address of this same page in it)"""
    kept = [(key, value) for key, value in request.args.items(multi=True) if key != "lang"]
    return [(code, NAMES[code], _address([*kept, ("lang", code)])) for code in LOCALES]


def _address(arguments: list[tuple[str, str]]) -> str:
    return f"{request.path}?{urlencode(arguments)}"


def _remember_choice() -> None:
    wanted = request.args.get("lang")
    if wanted in LOCALES:
        session["locale"] = wanted
