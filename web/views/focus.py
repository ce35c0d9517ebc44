"""Whose eyes to look with: the person with all roles, or with only the one chosen in the head of the page."""

from dataclasses import replace

from engine.authorisation import is_municipality
from engine.people import Person
from engine.queries.swedish import swedish_order
from web import context, header, words

Choice = tuple[str, str]  # value, title


def person_in_focus() -> Person:
    """The signed-in person, narrowed to the chosen role. What they may do is still decided by all their roles."""
    person = context.person()
    acting = header.acting()
    return replace(person, grants=frozenset({acting})) if acting else person


def municipalities(person: Person) -> list[Choice]:
    """The municipalities in which the person has a role, by name."""
    codes = [code for code in person.organisations if is_municipality(code)]
    return named(codes)


def named(codes: list[str]) -> list[Choice]:
    names = [(code, words.titles().organisation(code)) for code in codes]
    return sorted(names, key=lambda choice: swedish_order(choice[1]))


def stages() -> list[Choice]:
    """Every stage of every deployed pack, in order."""
    found = {stage.key: stage.title for pack in words.titles().packs.values() for stage in pack.stages}
    return [(key, words.words(title)) for key, title in found.items()]
