"""A process definition ready to run: parsed once per version, shared by all its instances, never changed."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from engine.bpmn.elements import Element, Lane, Model
from engine.bpmn.model import read_model
from engine.bpmn.specs import parse
from engine.errors import ExecutionFailed, NotFound


@dataclass(frozen=True)
class Definition:
    """One version of one process: what SpiffWorkflow runs (`spec`, `sub_specs`) and what we look up (`model`)."""

    id: str
    pack_key: str
    process_key: str
    version: int
    bpmn: str
    decisions: dict[str, str]
    forms: dict[str, dict[str, Any]]

    def element(self, element_id: str) -> Element:
        """The drawn element. Raises NotFound."""
        element = self.model.elements.get(element_id)
        if element is None:
            raise NotFound(f"Steget {element_id} finns inte i {self.process_key} version {self.version}.")
        return element

    def lane(self, element_id: str) -> Lane:
        """The lane that the element is in. Raises ExecutionFailed: the profile demands one."""
        lane = self.model.lane_of(element_id)
        if lane is None:
            raise ExecutionFailed(f"Steget {element_id} i {self.process_key} ligger inte i någon bana.")
        return lane

    def form(self, form_key: str) -> dict[str, Any]:
        """The form's JSON Schema. Raises NotFound."""
        if form_key not in self.forms:
            raise NotFound(f"Formuläret {form_key} finns inte i {self.process_key} version {self.version}.")
        return self.forms[form_key]

    def decide(self, element_id: str, data: dict[str, Any]) -> dict[str, Any]:
        """The outcome of the business rule task's table, under its result variable."""
        from engine.bpmn.decisions import decide  # noqa: PLC0415 - only models with tables need it

        element = self.element(element_id)
        return {element.result_variable or "result": decide(self.decisions[element.decision_ref or ""], data)}

    @cached_property
    def model(self) -> Model:
        return read_model(self.bpmn)

    @cached_property
    def collections(self) -> tuple[str, ...]:
        """The names that multi-instance tasks iterate over."""
        return tuple({e.collection for e in self.model.elements.values() if e.collection})

    @cached_property
    def start_form_key(self) -> str | None:
        """The form that a person fills in to start the process."""
        starts = (e for e in self.model.inside(self.model.id) if e.type == "startEvent")
        return next((start.form_key for start in starts), None)

    @property
    def spec(self) -> Any:
        return self._specs[0]

    @property
    def sub_specs(self) -> dict[str, Any]:
        return self._specs[1]

    @cached_property
    def _specs(self) -> tuple[Any, dict[str, Any]]:
        return parse(self.bpmn, self.process_key)
