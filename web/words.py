"""Texts that come from a process pack or from the engine, in the reader's language; and Markdown as HTML."""

from collections.abc import Iterable
from typing import Any

from flask import Flask
from flask_babel import gettext
from markdown_it import MarkdownIt
from markupsafe import Markup

from engine import sentences
from engine.packs import Pack
from engine.queries.task_rows import TaskRow
from engine.queries.titles import Titles
from web import language, surroundings

# Raw HTML stays text, links keep only safe addresses: guidance is written by many.
_markdown = MarkdownIt("commonmark", {"html": False})


def install(application: Flask) -> None:
    application.add_template_filter(words, "words")
    application.add_template_filter(said, "said")
    application.add_template_filter(task_title, "task_title")
    application.add_template_filter(markdown, "markdown")


def titles() -> Titles:
    """Names of organisations and what the deployed packs hold; read once per request."""
    return surroundings.titles()


def pack(key: str) -> Pack | None:
    return titles().packs.get(key)


def words(text: str | None) -> str:
    """A Swedish text of a pack or of the engine in the reader's language."""
    if not text or language.current() == "sv":
        return text or ""
    for known in titles().packs.values():
        translated = known.translate(text, language.current())
        if translated != text:
            return translated
    of_interface = gettext(text)
    return of_interface if of_interface != text else sentences.as_a_whole(text)


def said(message: str) -> str:
    """What the engine says is wrong, with the names in it, in the reader's language."""
    return language.said(message, words)


def task_title(task: TaskRow) -> str:
    """`Skriv avsnittet: Rutiner och riktlinjer`, in the reader's language."""
    return f"{words(task.name)}: {words(task.item_title)}" if task.item_title else words(task.name)


def markdown(text: str | None) -> Markup:
    # The parser escapes HTML itself (html=False), so its output is safe to show.
    return Markup(_markdown.render(words(text)))  # noqa: S704


def catalogues(pack_key: str) -> dict[str, list[dict[str, Any]]]:
    found = pack(pack_key)
    return found.catalogues if found else {}


def joined(parts: Iterable[str | None]) -> str:
    """`Mora · Framtagande`: what there is, with a dot between."""
    return " · ".join(part for part in parts if part)
