"""The frozen values that a process pack is, and how they go to and from the row that stores a pack's version."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

import orjson

Parameter = str | int | float | bool | date | datetime | list[Any]


@dataclass(frozen=True)
class Role:
    """What a person may be granted in an organisation. A lane's name is a role's title."""

    key: str
    title: str


@dataclass(frozen=True)
class Stage:
    """A column of the status matrix. `expected` is how long it normally takes (ISO 8601), None when nobody says."""

    key: str
    title: str
    group: str
    short: str
    expected: str | None = None


@dataclass(frozen=True)
class Process:
    """One process of the pack. `business_key` is a pattern; None for a process that is only called by others."""

    key: str
    title: str
    agreement: str  # regional, local, none: what kind of agreement an instance owns or belongs to
    organisation: str  # municipality, none
    business_key: str | None = None
    startable_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Deadlines:
    """When to remind, when to escalate and to whom in turn, unless a task says otherwise."""

    remind_before: str
    escalate_after: str
    escalate_to: tuple[str, ...]


@dataclass(frozen=True)
class Pack:
    """A process pack without its models: who takes part, in which stages, with which words and numbers."""

    key: str
    title: str
    version: str
    valid_from: date
    valid_to: date
    agreement_key: str
    locale: str
    roles: tuple[Role, ...]
    stages: tuple[Stage, ...]
    processes: tuple[Process, ...]
    parameters: dict[str, Parameter]
    deadlines: Deadlines
    catalogues: dict[str, list[dict[str, Any]]] = field(repr=False)
    translations: dict[str, str] = field(repr=False)  # Swedish -> English
    manifest: dict[str, Any] = field(repr=False)  # pack.toml as it was read

    @classmethod
    def from_manifest(
        cls,
        manifest: dict[str, Any],
        catalogues: dict[str, list[dict[str, Any]]] | None = None,
        translations: dict[str, str] | None = None,
    ) -> "Pack":
        """A pack of a manifest whose shape has been checked (see `engine.packs.manifest`)."""
        deadlines = manifest["deadlines"]
        return cls(
            **{name: manifest["pack"][name] for name in ("key", "title", "version", "valid_from", "valid_to")},
            agreement_key=manifest["pack"]["agreement_key"],
            locale=manifest["pack"].get("locale", "sv"),
            roles=tuple(Role(**role) for role in manifest["role"]),
            stages=tuple(Stage(**stage) for stage in manifest.get("stage", [])),
            processes=tuple(
                Process(**{**process, "startable_by": tuple(process.get("startable_by", ()))})
                for process in manifest["process"]
            ),
            parameters=dict(manifest.get("parameters", {})),
            deadlines=Deadlines(
                deadlines["remind_before"], deadlines["escalate_after"], tuple(deadlines["escalate_to"])
            ),
            catalogues=catalogues or {},
            translations=translations or {},
            manifest=manifest,
        )

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> "Pack":
        """The pack again, from what `to_content` gave."""
        return cls.from_manifest(_restored(content["manifest"]), content["catalogues"], content["translations"])

    def to_content(self) -> dict[str, Any]:
        """Everything of the pack but its models, as JSON values: manifest, catalogues, translations."""
        return {
            "manifest": _storable(self.manifest),
            "catalogues": self.catalogues,
            "translations": self.translations,
        }

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 of the content, the same for equal content whatever the order of keys."""
        return hashlib.sha256(orjson.dumps(self.to_content(), option=orjson.OPT_SORT_KEYS)).hexdigest()

    def role(self, key: str) -> Role | None:
        return next((role for role in self.roles if role.key == key), None)

    def role_titled(self, title: str) -> Role | None:
        """The role that a lane of this name stands for."""
        return next((role for role in self.roles if role.title == title), None)

    def stage(self, key: str) -> Stage | None:
        return next((stage for stage in self.stages if stage.key == key), None)

    def process(self, key: str) -> Process | None:
        return next((process for process in self.processes if process.key == key), None)

    def item(self, catalogue: str, key: str) -> dict[str, Any] | None:
        """The catalogue's item with this key, retired or unknown ones being None."""
        return self._items.get((catalogue, key))

    def translate(self, text: str, locale: str) -> str:
        """`text` in `locale`; the Swedish text itself when it is wanted or when nobody has translated it."""
        return text if locale == self.locale else self.translations.get(text, text)

    @cached_property
    def _items(self) -> dict[tuple[str, str], dict[str, Any]]:
        return {(name, item["key"]): item for name, items in self.catalogues.items() for item in items}


# JSON has no dates, TOML has: {"$date": "2024-10-01"} and {"$datetime": "2032-12-31T23:59:59"} stand for them.


def _storable(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"$datetime": value.isoformat()}
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    if isinstance(value, dict):
        return {key: _storable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_storable(item) for item in value]
    return value


def _restored(value: Any) -> Any:
    if isinstance(value, list):
        return [_restored(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"$datetime"}:
        return datetime.fromisoformat(value["$datetime"])
    if value.keys() == {"$date"}:
        return date.fromisoformat(value["$date"])
    return {key: _restored(item) for key, item in value.items()}
