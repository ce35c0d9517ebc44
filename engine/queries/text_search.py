"""Finding text without regard to capitals and accents, in Swedish too, alike on both databases."""

import unicodedata

from sqlalchemy import ColumnElement, func

MOST_WORDS = 8
# SQLite's lower() folds only ASCII letters, and PostgreSQL's does so too where its locale is C.
_LETTERS = (("Å", "å"), ("Ä", "ä"), ("Ö", "ö"), ("É", "é"), ("Ü", "ü"))
_SWEDISH = "åäö"  # letters of their own, where é is an e with an accent


def words_of(text: str) -> list[str]:
    """What is sought, word by word in small letters; all of them have to be found."""
    return list(dict.fromkeys(unicodedata.normalize("NFC", text).casefold().split()))[:MOST_WORDS]


def folded(text: str) -> str:
    """The text as it is compared: in small letters, without accents but with å, ä and ö."""
    small = unicodedata.normalize("NFC", text).casefold()
    if small.isascii():
        return small
    return "".join(one if one in _SWEDISH else unicodedata.normalize("NFKD", one)[0] for one in small)


def contains(column: ColumnElement[str], word: str) -> ColumnElement[bool]:
    """Whether the column holds `word`, which is in small letters."""
    lowered: ColumnElement[str] = func.lower(column)
    for capital, small in _LETTERS:
        if small in word:  # each replacement costs, and letters that are not sought may stay as they are
            lowered = func.replace(lowered, capital, small)
    return lowered.contains(word, autoescape=True)
