"""The page `Mina inställningar`: each section is a partial template with what it shows, added by its own module."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _

Errors = list[tuple[str, str]]  # (id of the field, sentence)


@dataclass(frozen=True)
class Section:
    """A part of the page. `content` reads what `template` shows, where it stands as `here`.

    What a section's own view gives to `page` after a failed submission takes the place of what was read.
    """

    key: str  # also its place in the page's address: /installningar#key
    title: str  # Swedish, translated when it is shown
    template: str
    content: Callable[[], dict[str, Any]]
    place: int  # the lowest comes first


SECTIONS: dict[str, Section] = {}


def add(section: Section) -> None:
    """Each section's module does this once, when it is imported."""
    SECTIONS[section.key] = section


def address(key: str) -> str:
    """Where a section is on the page, to go back to when something has been saved."""
    return url_for("account.show", _anchor=key)


def page(errors: Errors | None = None, **written: dict[str, Any]) -> str:
    """The whole page; `written` gives, by section key, what somebody wrote there and what is wrong with it."""
    sections = sorted(SECTIONS.values(), key=lambda section: section.place)
    return render_template(
        "accounts/settings.html",
        errors=errors or [],
        sections=[
            (section, _(section.title), section.content() | written.get(section.key, {})) for section in sections
        ],
    )
