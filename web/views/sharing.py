"""With whom a saved filter can be shared, as a choice in a form."""

from engine.people import ADMINISTRATOR
from web import context, header, page_words, words

Choice = tuple[str, str]  # value, title


def choices() -> list[Choice]:
    """`process_leader/2062`, and `process_leader/` for all who have the role wherever it is."""
    grants = sorted(grant for grant in context.person().grants if grant[0] != ADMINISTRATOR)
    here = [(f"{role}/{place}", header.grant_title(words.titles(), role, place)) for role, place in grants]
    anywhere = [(f"{role}/", page_words.role_title(role)) for role in dict.fromkeys(role for role, _place in grants)]
    return [*sorted(here, key=lambda choice: choice[1]), *sorted(anywhere, key=lambda choice: choice[1])]


def read(value: str) -> tuple[str, str | None] | None:
    """The role and the organisation that a choice stands for; None for nobody."""
    role, _slash, organisation = value.partition("/")
    return (role, organisation or None) if role else None
