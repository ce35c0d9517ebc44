"""Writes messages to people into the outbox, in the transaction of whatever they are about. Sending is the worker's.

Each kind of message is sent at once, kept for the weekly letter, or not written at all, as its receiver has chosen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, insert, select, union

from engine.clock import STOCKHOLM, local_date
from engine.database.prepared import Prepared
from engine.database.tables import outbox, person, role_grant
from engine.database.types import Moment
from engine.database.workplace_tables import preference, substitution
from engine.language import day_in_words, in_words, moment_in_words, say
from engine.packs import Pack
from engine.substitutes import in_force, lends
from engine.work import Instance, Work

NOW, IN_DIGEST, NEVER = "now", "digest", "never"
DIGEST_HOUR = 8  # on Mondays, in Stockholm
# What is written about a task that has to be done before this is never kept back.
URGENT_WITHIN = timedelta(days=3)

# Texts, and days with or without a time; the parts of a title are translated one by one.
Word = str | date | tuple[str, ...]
Words = Mapping[str, Word]


@dataclass(frozen=True)
class Kind:
    """A kind of message: what happens to it when nobody has chosen, and whether it can be chosen at all."""

    key: str
    default: str
    fixed: bool = False


KINDS = {
    kind.key: kind
    for kind in (
        Kind("urgent", NOW, fixed=True),  # a task that has only a day or so, e.g. responsibility for a deviation
        Kind("escalation", NOW),
        Kind("handover", NOW),
        Kind("contribution", NOW),
        Kind("mention", NOW),
        Kind("substitute", NOW),  # somebody is made a substitute, or is one no longer
        Kind("reminder", NOW),  # somebody reminds somebody
        Kind("deadline", IN_DIGEST),  # the rules of the deadline remind
        Kind("notice", IN_DIGEST),  # a process tells what has happened
    )
}


def preference_name(kind: str) -> str:
    """What a person's choice for a kind of message is called in `preference`."""
    return f"mail.{kind}"


_chosen = and_(preference.c.person_id == person.c.id, preference.c.name == bindparam("preference"))
_TO = select(person.c.id, person.c.email, person.c.locale, preference.c.value.label("chosen")).select_from(
    person.outerjoin(preference, _chosen)
)
_NOT_REVOKED = role_grant.c.revoked_at.is_(None)


def _holders(*where: ColumnElement[bool]) -> Select[Any]:
    """Who holds a role, or stands in for them. Whoever is away is told, too: they may look in, and they come back."""
    lent = and_(role_grant.c.person_id == substitution.c.person_id, lends())
    holding = select(role_grant.c.person_id).where(_NOT_REVOKED, *where)
    standing_in = (
        select(substitution.c.substitute_id)
        .join(role_grant, lent)
        .where(_NOT_REVOKED, *where, in_force(bindparam("day", type_=Date), bindparam("now", type_=Moment)))
    )
    # One list of ids, so that people are looked up by them: with two, joined by OR, everybody is looked at.
    return _TO.where(person.c.active, person.c.id.in_(union(holding, standing_in)))


_any_role = role_grant.c.role.in_(bindparam("roles", expanding=True))
_HOLDERS = _holders(_any_role)
_HOLDERS_SOMEWHERE = _holders(_any_role, role_grant.c.organisation.in_(bindparam("organisations", expanding=True)))
_HOLDERS_OF_ONE = Prepared(
    _holders(role_grant.c.role == bindparam("role"), role_grant.c.organisation == bindparam("organisation"))
)
_ONE = Prepared(_TO.where(person.c.active, person.c.id == bindparam("person_id")))
_PUT = Prepared(insert(outbox))


@dataclass(frozen=True)
class _Letter:
    subject: str
    body: str
    link: str | None
    kind: Kind
    task_id: str | None
    words: Words


def notify_roles(
    work: Work,
    pack: Pack,
    instance: Instance,
    roles: list[str],
    text: str,
    *,
    everyone: bool = False,
    urgent: bool = False,
) -> None:
    """Tell those who hold one of the roles, in the instance's organisation or in a body of the county.

    `everyone`: in any organisation. `urgent`: at once, whatever they have chosen.
    """
    letter = _letter(
        "{text}",
        "{text}\n\nDet gäller {matter}.",
        None,
        "urgent" if urgent else "notice",
        None,
        {"text": text, "matter": _matter(pack, instance)},
    )
    given: dict[str, Any] = {"roles": roles}
    if not everyone and instance.organisation is not None:
        bodies = [item["key"] for item in pack.catalogues["organisations"] if item.get("kind") != "municipality"]
        given["organisations"] = [instance.organisation, *bodies]
    query = _HOLDERS_SOMEWHERE if "organisations" in given else _HOLDERS
    _put(work, letter, work.connection.execute(query, {**given, **_at(work), **_choice(letter)}).all())


def _matter(pack: Pack, instance: Instance) -> tuple[str, ...]:
    """What it is about, as people call it: the case's own number, and the organisation or the agreement."""
    place = pack.item("organisations", instance.organisation) if instance.organisation else None
    own_number = () if instance.business_key == instance.agreement_key else (instance.business_key,)
    return (*own_number, str(place["title"]) if place else pack.title)


def tell_role(
    work: Work,
    role: str,
    organisation: str,
    subject: str,
    body: str,
    link: str | None,
    *,
    kind: str = "notice",
    task_id: str | None = None,
    words: Words | None = None,
) -> None:
    """Tell those who hold `role` in `organisation`; else as `tell_person`."""
    letter = _letter(subject, body, link, kind, task_id, words)
    given = {"role": role, "organisation": organisation, **_at(work), **_choice(letter)}
    _put(work, letter, _HOLDERS_OF_ONE.all(work.connection, given))


def tell_person(
    work: Work,
    person_id: str,
    subject: str,
    body: str,
    link: str | None,
    *,
    kind: str = "notice",
    task_id: str | None = None,
    words: Words | None = None,
) -> None:
    """Tell one person, as the person has chosen for this `kind` (see KINDS; another kind is sent at once).

    `subject` and `body` are Swedish sentences of `locale/en.po` with names in braces; `words` are what goes there:
    days, moments, and texts that are translated if a pack knows them. Without `words` both are taken as they are.
    """
    letter = _letter(subject, body, link, kind, task_id, words)
    _put(work, letter, _ONE.all(work.connection, {"person_id": person_id, **_choice(letter)}))


def _letter(subject: str, body: str, link: str | None, kind: str, task_id: str | None, words: Words | None) -> _Letter:
    return _Letter(subject, body, link, KINDS.get(kind, Kind(kind, NOW, fixed=True)), task_id, words or {})


def _at(work: Work) -> dict[str, Any]:
    return {"day": local_date(work.now), "now": work.now}


def _choice(letter: _Letter) -> dict[str, str]:
    return {"preference": preference_name(letter.kind.key)}


def _put(work: Work, letter: _Letter, people: Sequence[Any]) -> None:
    texts: dict[str, tuple[str, str]] = {}  # by language: most of those who are told read the same
    rows = []
    for receiver in people:
        # The weekly letter has the task with its deadline anyway.
        chosen = letter.kind.default if letter.kind.fixed or receiver.chosen is None else receiver.chosen
        if chosen == NEVER or (chosen == IN_DIGEST and letter.kind.key == "deadline"):
            continue
        if receiver.locale not in texts:
            texts[receiver.locale] = _written(work, letter, receiver.locale)
        rows.append(_row(work, letter, receiver, texts[receiver.locale], kept=chosen == IN_DIGEST))
    if rows:
        _PUT.run_each(work.connection, rows)


def _written(work: Work, letter: _Letter, locale: str) -> tuple[str, str]:
    words = {name: _word(work, value, locale) for name, value in letter.words.items()}
    return say(letter.subject, locale, **words)[:200], say(letter.body, locale, **words)


def _row(work: Work, letter: _Letter, receiver: Any, text: tuple[str, str], *, kept: bool) -> dict[str, Any]:
    return {
        "id": uuid4().hex,
        "person_id": receiver.id,
        # Without an address it is never sent by itself: the weekly letter of that day takes it along.
        "address": None if kept else receiver.email,
        "try_at": next_digest(work.now) if kept else None,
        "subject": text[0],
        "body": text[1],
        "link": letter.link,
        "kind": letter.kind.key,
        "task_id": letter.task_id,
        "created_at": work.now,
    }


def _word(work: Work, value: Word, locale: str) -> str:
    if isinstance(value, datetime):
        return moment_in_words(value, locale)
    if isinstance(value, date):
        return day_in_words(value, locale)
    parts = (value,) if isinstance(value, str) else value
    return ", ".join(in_words(part, locale, work.known_packs()) for part in parts)


def next_digest(now: datetime) -> datetime:
    """When the next weekly letters are written: Monday 08:00 in Stockholm, after `now`."""
    moment = digest_moment(now)
    return moment if moment > now else digest_moment(now + timedelta(days=7))


def digest_moment(now: datetime) -> datetime:
    """Monday 08:00 in Stockholm of the week in which `now` is."""
    today = now.astimezone(STOCKHOLM).date()
    monday = today - timedelta(days=today.weekday())
    return datetime(monday.year, monday.month, monday.day, DIGEST_HOUR, tzinfo=STOCKHOLM).astimezone(UTC)
