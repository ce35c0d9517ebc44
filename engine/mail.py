"""Writes messages to people into the outbox, in the transaction of whatever they are about. Sending is the worker's.

Each kind of message is sent at once, kept for the weekly letter, or not written at all, as its receiver has chosen.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Date, Row, and_, bindparam, insert, or_, select

from engine.clock import STOCKHOLM, local_date
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
_in_role = (role_grant.c.revoked_at.is_(None), role_grant.c.role.in_(bindparam("roles", expanding=True)))
_somewhere = role_grant.c.organisation.in_(bindparam("organisations", expanding=True))
_holding = select(role_grant.c.person_id).where(*_in_role)
# Whoever is away is told, too: they may look in, and they come back.
_standing_in = (
    select(substitution.c.substitute_id)
    .join(role_grant, and_(role_grant.c.person_id == substitution.c.person_id, lends()))
    .where(*_in_role, in_force(bindparam("day", type_=Date), bindparam("now", type_=Moment)))
)
_HOLDERS = _TO.where(person.c.active, or_(person.c.id.in_(_holding), person.c.id.in_(_standing_in)))
_HOLDERS_SOMEWHERE = _TO.where(
    person.c.active,
    or_(person.c.id.in_(_holding.where(_somewhere)), person.c.id.in_(_standing_in.where(_somewhere))),
)
_ONE = _TO.where(person.c.active, person.c.id == bindparam("person_id"))
_PUT = insert(outbox)


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
    _put(work, letter, _HOLDERS_SOMEWHERE if "organisations" in given else _HOLDERS, given)


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
    _put(work, letter, _HOLDERS_SOMEWHERE, {"roles": [role], "organisations": [organisation]})


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
    _put(work, _letter(subject, body, link, kind, task_id, words), _ONE, {"person_id": person_id})


def _letter(subject: str, body: str, link: str | None, kind: str, task_id: str | None, words: Words | None) -> _Letter:
    return _Letter(subject, body, link, KINDS.get(kind, Kind(kind, NOW, fixed=True)), task_id, words or {})


def _put(work: Work, letter: _Letter, people: Any, given: dict[str, Any]) -> None:
    moment = {} if people is _ONE else {"day": local_date(work.now), "now": work.now}
    found = work.connection.execute(people, {**given, **moment, "preference": preference_name(letter.kind.key)})
    rows = [row for person_row in found for row in _rows(work, letter, person_row)]
    if rows:
        work.connection.execute(_PUT, rows)


def _rows(work: Work, letter: _Letter, receiver: Row[Any]) -> Iterable[dict[str, Any]]:
    chosen = letter.kind.default if letter.kind.fixed or receiver.chosen is None else receiver.chosen
    # The weekly letter has the task with its deadline anyway.
    if chosen == NEVER or (chosen == IN_DIGEST and letter.kind.key == "deadline"):
        return
    words = {name: _word(work, value, receiver.locale) for name, value in letter.words.items()}
    kept = chosen == IN_DIGEST
    yield {
        "id": uuid4().hex,
        "person_id": receiver.id,
        # Without an address it is never sent by itself: the weekly letter of that day takes it along.
        "address": None if kept else receiver.email,
        "try_at": next_digest(work.now) if kept else None,
        "subject": say(letter.subject, receiver.locale, **words)[:200],
        "body": say(letter.body, receiver.locale, **words),
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
