"""Keyboard shortcuts of single letters: which there are, and whether the person has switched them off (WCAG 2.1.4)."""

from dataclasses import dataclass

from flask import Flask, url_for
from flask_babel import gettext as _

from web import context, header
from web.surroundings import surroundings

PREFERENCE = "keyboard_shortcuts"


@dataclass(frozen=True)
class Shortcut:
    """Keys pressed after each other. With an address they lead there, else the script knows what they do."""

    keys: tuple[str, ...]
    title: str
    address: str | None = None


def install(application: Flask) -> None:
    application.add_template_global(switched_on, "shortcuts_on")
    application.add_template_global(shortcuts)


def switched_on() -> bool:
    """As long as nobody has said otherwise."""
    return context.signed_in_person() is not None and surroundings().preferences.get(PREFERENCE) is not False


def shortcuts() -> list[Shortcut]:
    places = [
        Shortcut(("g", item.key), _(item.title), url_for(item.endpoint)) for item in header.reachable() if item.key
    ]
    return [
        Shortcut(("?",), _("Visa kortkommandona")),
        Shortcut(("/",), _("Sök")),
        *places,
        Shortcut(("j",), _("Nästa uppgift i listan")),
        Shortcut(("k",), _("Föregående uppgift i listan")),
        Shortcut(("Enter",), _("Öppna uppgiften")),
        Shortcut(("x",), _("Kryssa i uppgiften, eller ta bort krysset")),
    ]
