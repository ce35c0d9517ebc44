"""What a rule looks at: one process, its pack and the other processes of the pack."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from engine.bpmn.model import Element, Model
from engine.packs import Pack, ProcessFiles


@dataclass(frozen=True)
class Fault:
    """What a rule finds: at which element, if any, and why (Swedish)."""

    element_id: str | None
    reason: str


@dataclass(frozen=True)
class Case:
    """One process to judge, beside the others of its pack: every readable model, and every process's files, by key."""

    pack: Pack
    files: ProcessFiles
    model: Model
    models: dict[str, Model]
    processes: dict[str, ProcessFiles]

    def of(self, process_key: str) -> "Case":
        """The same pack, looked at from another process that has a readable model."""
        return Case(self.pack, self.processes[process_key], self.models[process_key], self.models, self.processes)

    @property
    def forms(self) -> dict[str, dict[str, Any]]:
        """The process's own forms."""
        return self.files.forms

    def typed(self, *types: str) -> Iterator[Element]:
        """The elements of these types, in the order of the file."""
        return (element for element in self.model.elements.values() if element.type in types)

    @cached_property
    def organisations(self) -> set[str]:
        """The codes and aliases that an `organisation` may be."""
        return {"municipality", "region", *(item["key"] for item in self.pack.catalogues.get("organisations", []))}


Rule = Callable[[Case], Iterator[Fault]]
