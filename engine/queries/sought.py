"""What a word that somebody seeks may mean, looked up among the few names there are before the many tasks.

A word is sought in what tasks, items, processes, stages and organisations are called, in Swedish and English, and in
the keys of agreements and deviations. A word that nothing is called finds nothing, without a look at the tasks; and
when the words mean little, the tasks are reached by the indexes of what they mean.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Select, and_, exists, false, or_, select, union

from engine.database.register_tables import agreement, deviation
from engine.database.tables import process_instance, user_task
from engine.packs import Pack
from engine.queries.task_names import TaskName, task_names
from engine.queries.text_search import contains, folded, words_of
from engine.queries.titles import Titles

Condition = ColumnElement[bool]
Process = tuple[str, str]  # pack, key

# From this share of all names on, tasks that fit lie so close that reading them in order is the shortest way.
DENSE = 0.25
_RUNNING = ("active", "suspended")
_ALL = (*_RUNNING, "completed", "cancelled")


@dataclass(frozen=True)
class Meaning:
    """What one word may mean. `share` is roughly how much of all tasks it fits, from 0 to 1."""

    word: str
    steps: dict[Process, list[str]] = field(default_factory=dict)  # processes with those of their tasks
    processes: frozenset[Process] = frozenset()
    stages: frozenset[str] = frozenset()
    staged: frozenset[Process] = frozenset()  # the processes that those stages are
    items: frozenset[str] = frozenset()
    itemised: frozenset[Process] = frozenset()  # the processes with tasks that may be done once for each of those
    organisations: frozenset[str] = frozenset()
    share: float = 0.0

    @property
    def has_name(self) -> bool:
        return bool(self.steps or self.processes or self.stages or self.items or self.organisations)

    def fits(self) -> Condition:
        """Whether a task fits the word."""
        task = user_task.c
        ways: list[Condition] = [
            and_(task.pack_key == pack, task.process_key == process, task.element_id.in_(sorted(steps)))
            for (pack, process), steps in self.steps.items()
        ]
        ways += [and_(task.pack_key == pack, task.process_key == process) for pack, process in sorted(self.processes)]
        coded = ((task.stage, self.stages), (task.item, self.items), (task.organisation, self.organisations))
        ways += [column.in_(sorted(keys)) for column, keys in coded if keys]
        ways += [task.agreement_key.in_(_agreements(self.word)), task.business_key.in_(_deviations(self.word))]
        return or_(*ways)

    def task_ids(self, *, is_open: bool) -> CompoundSelect[str]:
        """The ids of all tasks that may fit, and of some more: each reached by an index."""
        running = process_instance.c.status.in_(_RUNNING if is_open else _ALL)
        processes = {*self.steps, *self.processes, *self.staged, *self.itemised}
        by_key = process_instance.c.process_key.in_(sorted({key for _pack, key in processes}))
        instances = [
            select(process_instance.c.id).where(running, by_key) if processes else None,
            select(process_instance.c.id).where(process_instance.c.business_key.in_(_deviations(self.word))),
            select(deviation.c.instance_id).where(_concerns(self.organisations)) if self.organisations else None,
        ]
        agreements = [_agreements(self.word)]
        if self.organisations:
            own = agreement.c.organisation.in_(sorted(self.organisations))
            agreements.append(select(agreement.c.key).where(own))
        of_instances = union(*(one for one in instances if one is not None)).subquery()
        return union(
            select(user_task.c.id).where(user_task.c.instance_id.in_(select(of_instances.c[0]))),
            *(select(user_task.c.id).where(user_task.c.agreement_key.in_(keys)) for keys in agreements),
        )


def meanings(connection: Connection, titles: Titles, text: str) -> list[Meaning] | None:
    """What each word may mean; None when one of them means nothing, so that there is nothing to find."""
    names = task_names(connection)
    found = [_meaning(word, names, titles) for word in words_of(text)]
    nameless = [one.word for one in found if not one.has_name]
    return found if all(_is_a_key(connection, word) for word in nameless) else None


def tasks_that_fit(found: list[Meaning] | None, *, is_open: bool) -> list[Condition]:
    """Tasks that fit every word, reached by the word that fits the fewest unless they lie close anyhow."""
    if found is None:
        return [false()]
    fits = [one.fits() for one in found]
    least = min(found, key=lambda one: one.share, default=None)
    if least is not None and least.share < DENSE:
        fits.append(user_task.c.id.in_(least.task_ids(is_open=is_open)))
    return fits


def items_called(word: str, titles: Titles, pack_key: str, catalogue: str) -> frozenset[str]:
    """Keys of a catalogue's items whose title holds the word."""
    pack = titles.packs.get(pack_key)
    items = pack.catalogues.get(catalogue, []) if pack else []
    return frozenset(str(item["key"]) for item in items if pack and _named(word, str(item.get("title", "")), [pack]))


def organisations_called(word: str, titles: Titles) -> frozenset[str]:
    return frozenset(c for c, name in titles.organisations.items() if _named(word, name, titles.packs.values()))


def _meaning(word: str, names: list[TaskName], titles: Titles) -> Meaning:
    packs = titles.packs
    steps: dict[Process, list[str]] = {}
    for name in names:
        if name.called is None and _named(word, name.name, [packs[name.pack_key]] if name.pack_key in packs else []):
            steps.setdefault(name.process, []).append(name.element_id)
    processes = frozenset(
        (pack.key, one.key) for pack in packs.values() for one in pack.processes if _named(word, one.title, [pack])
    )
    stages = frozenset(one.key for pack in packs.values() for one in pack.stages if _named(word, one.title, [pack]))
    staged = frozenset((name.pack_key, name.called) for name in names if name.called and name.stage in stages)
    organisations = organisations_called(word, titles)
    by_catalogue = {
        (name.pack_key, name.catalogue): items_called(word, titles, name.pack_key, name.catalogue)
        for name in names
        if name.catalogue
    }
    items = frozenset[str]().union(*by_catalogue.values())
    itemised = frozenset(
        name.process
        for name in names
        if (by_catalogue[name.pack_key, name.catalogue] if name.catalogue else name.has_items and organisations)
    )
    reached = {*steps, *processes, *staged, *itemised}
    every = {name.process for name in names}
    share = len(reached) / max(len(every), 1) + len(organisations) / max(len(titles.organisations), 1)
    if stages - {name.stage for name in names if name.called}:
        share = 1.0  # no call begins that stage in the models that are stored: its tasks can be anywhere
    return Meaning(word, steps, processes, stages, staged, items | organisations, itemised, organisations, share)


def _named(word: str, title: str, packs: Iterable[Pack]) -> bool:
    sought = folded(word)
    return sought in folded(title) or any(sought in folded(pack.translate(title, "en")) for pack in packs)


def _is_a_key(connection: Connection, word: str) -> bool:
    either = or_(exists(_agreements(word)), exists(_deviations(word)))
    return bool(connection.execute(select(either)).scalar_one())


def _agreements(word: str) -> Select[str]:
    return select(agreement.c.key).where(contains(agreement.c.key, word))


def _deviations(word: str) -> Select[str]:
    return select(deviation.c.key).where(contains(deviation.c.key, word))


def _concerns(organisations: frozenset[str]) -> Condition:
    codes = sorted(organisations)
    return or_(deviation.c.organisation.in_(codes), deviation.c.receiving_organisation.in_(codes))
