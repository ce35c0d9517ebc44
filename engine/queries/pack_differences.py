"""What differs between two versions of a pack, or of one of its models, as short sentences in Swedish."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.packs.pack import Pack
from engine.queries.outline import read_outline


@dataclass(frozen=True)
class Difference:
    """One thing that differs. `kind`: added, removed, changed. `what` is its name, `where` what it belongs to."""

    where: str
    kind: str
    what: str
    before: str = ""
    after: str = ""


def compare_packs(old: Pack, new: Pack) -> list[Difference]:
    """Roles, stages, processes, numbers, deadlines and catalogue items that came, went or changed."""
    found: list[Difference] = []
    for name in ("title", "version", "valid_from", "valid_to"):
        found += _changed("paketet", name, getattr(old, name), getattr(new, name))
    found += _named("roller", {one.key: one.title for one in old.roles}, {one.key: one.title for one in new.roles})
    found += _named("skeden", {one.key: one.title for one in old.stages}, {one.key: one.title for one in new.stages})
    found += _named(
        "processer", {one.key: one.title for one in old.processes}, {one.key: one.title for one in new.processes}
    )
    found += _named("parametrar", old.parameters, new.parameters, by_key=True)
    found += _named("tidsgränser", vars(old.deadlines), vars(new.deadlines), by_key=True)
    for catalogue in sorted(old.catalogues.keys() | new.catalogues.keys()):
        before, after = (_items(pack.catalogues.get(catalogue, [])) for pack in (old, new))
        found += _catalogue(catalogue, before, after)
    found += _named("översättningar", old.translations, new.translations, by_key=True)
    return found


def compare_models(old: str, new: str, old_forms: Mapping[str, Any], new_forms: Mapping[str, Any]) -> list[Difference]:
    """Steps and events that came, went or got another name, and forms that changed."""
    before, after = (
        {node.id: f"{node.name or node.id}" for node in read_outline(bpmn).nodes.values()} for bpmn in (old, new)
    )
    found = list(_named("steg", before, after))
    for form in sorted(old_forms.keys() | new_forms.keys()):
        if form not in old_forms:
            found.append(Difference("formulär", "added", form))
        elif form not in new_forms:
            found.append(Difference("formulär", "removed", form))
        elif old_forms[form] != new_forms[form]:
            found += _form(form, old_forms[form], new_forms[form])
    if not found and old != new:
        found.append(Difference("modellen", "changed", "bild, villkor eller inställningar"))
    return found


def _form(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    before, after = (
        {key: str(field.get("title", key)) for key, field in form.get("properties", {}).items()} for form in (old, new)
    )
    fields = list(_named(f"formuläret {name}", before, after))
    yield from fields or [Difference("formulär", "changed", name)]


def _catalogue(name: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[Difference]:
    where = f"katalogen {name}"
    titles = ({key: str(item.get("title", key)) for key, item in items.items()} for items in (before, after))
    told = list(_named(where, *titles))
    yield from told
    known = {one.what for one in told}
    for key in before.keys() & after.keys():
        title = str(after[key].get("title", key))
        if before[key] != after[key] and title not in known:
            yield Difference(where, "changed", title)


def _items(items: list[dict[str, Any]]) -> dict[str, Any]:
    return {str(item["key"]): item for item in items}


def _named(
    where: str, before: Mapping[str, Any], after: Mapping[str, Any], *, by_key: bool = False
) -> Iterator[Difference]:
    """By key; `by_key`: it is the key that people know the thing by, else its value is its name."""
    for key in [*before, *(key for key in after if key not in before)]:
        name = key if by_key else str(after.get(key, before.get(key)))
        if key not in after:
            yield Difference(where, "removed", name)
        elif key not in before:
            yield Difference(where, "added", name)
        else:
            yield from _changed(where, name, before[key], after[key])


def _changed(where: str, name: str, before: Any, after: Any) -> Iterator[Difference]:
    if before != after:
        yield Difference(where, "changed", name, _shown(before), _shown(after))


def _shown(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return text if len(text) <= 200 else f"{text[:200]} …"
