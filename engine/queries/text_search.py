"""Finding text without regard to capitals, in Swedish too, alike on both databases."""

from sqlalchemy import ColumnElement, and_, func, or_

from engine.database.tables import user_task
from engine.queries.titles import Titles

MOST_WORDS = 8
# SQLite's lower() folds only ASCII letters, and PostgreSQL's does so too where its locale is C.
_LETTERS = (("Å", "å"), ("Ä", "ä"), ("Ö", "ö"), ("É", "é"), ("Ü", "ü"))

Condition = ColumnElement[bool]


def words_of(text: str) -> list[str]:
    """What is sought, word by word in small letters; all of them have to be found."""
    return text.lower().split()[:MOST_WORDS]


def contains(column: ColumnElement[str], word: str) -> Condition:
    """Whether the column holds `word`, which is in small letters."""
    folded: ColumnElement[str] = func.lower(column)
    for capital, small in _LETTERS:
        if small in word:  # each replacement costs, and letters that are not sought may stay as they are
            folded = func.replace(folded, capital, small)
    return folded.contains(word, autoescape=True)


def organisations_called(word: str, titles: Titles) -> list[str]:
    return sorted(code for code, name in titles.organisations.items() if word in name.lower())


def items_called(word: str, titles: Titles) -> list[str]:
    """Keys of catalogue items whose title holds the word."""
    return sorted(
        {
            str(item["key"])
            for pack in titles.packs.values()
            for items in pack.catalogues.values()
            for item in items
            if word in str(item.get("title", "")).lower()
        }
    )


def tasks_with(text: str, titles: Titles) -> Condition:
    """Tasks in which every word is found: in name, item, organisation, process, stage or business key."""
    return and_(*(_task_has(word, titles) for word in words_of(text)))


def _task_has(word: str, titles: Titles) -> Condition:
    packs = titles.packs.values()
    task = user_task.c
    coded = (
        (task.organisation, organisations_called(word, titles)),
        (task.item, items_called(word, titles)),
        (task.process_key, sorted({one.key for pack in packs for one in pack.processes if word in one.title.lower()})),
        (task.stage, sorted({one.key for pack in packs for one in pack.stages if word in one.title.lower()})),
    )
    return or_(
        contains(task.name, word),
        contains(task.business_key, word),
        *(column.in_(keys) for column, keys in coded if keys),
    )
