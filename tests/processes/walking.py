"""Walks a shipped model with made-up answers: random choices among all that its forms allow."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from engine.bpmn.elements import Element, Model
from engine.bpmn.model import read_model
from engine.bpmn.topics import TOPICS
from engine.commands.instances import storable
from engine.forms import routed, visible
from engine.packs import Pack, ProcessFiles, load_pack, read_processes, shipped_packs
from engine.simulation.answers import fill_in
from tests.engine.bpmn.walking import Values, Walk

TODAY = date(2026, 1, 15)


@dataclass(frozen=True)
class Shipped:
    """The pack with its processes as its authors wrote them."""

    pack: Pack
    files: dict[str, ProcessFiles]
    models: dict[str, Model]


@cache
def shipped() -> Shipped:
    folder = shipped_packs()[0]
    files = read_processes(folder)
    return Shipped(load_pack(folder), files, {key: read_model(process.bpmn) for key, process in files.items()})


class RandomWalk:
    """One instance of a process, alone: what it calls is answered for, and what it tells others is not sent."""

    def __init__(self, key: str, dice: random.Random, given_before: Counter[str]) -> None:
        """`given_before` is shared by all walks of a process: answers that have been rare so far come first."""
        self.given_before = given_before
        self.files, self.model = shipped().files[key], shipped().models[key]
        self.dice = dice
        pack = shipped().pack
        given = {name: self._given(key, name) for name in self._names_given(key)}
        for element in self.model.elements.values():
            if element.collection in pack.parameters:
                given[element.collection] = pack.parameters[element.collection]
            if element.type == "startEvent" and element.form_key:
                given |= self._answers(element)
        data = {"organisation": "2080", "business_key": "key", **given}
        self.walk = Walk(
            self.files.bpmn,
            data,
            key=key,
            parameters=pack.parameters,
            handler=self._handle,
            decisions=self.files.decisions,
        )

    def step(self) -> None:
        """Somebody answers, time passes, something comes or is given back."""
        state = self.walk.wait_state()
        kinds = {"tasks": state.tasks, "calls": state.calls, "timers": state.timers, "messages": state.messages}
        waiting = [(kind, w.element_id) for kind, found in kinds.items() for w in found.values()]
        # What people do is likelier than a deadline or a message, or long lives would never be walked; but what has
        # been rare so far gets its chance.
        weights = [8 if kind in {"tasks", "calls"} else 1 for kind, _ in waiting]
        likely = self.dice.choices(waiting, weights)[0]
        rarest = min(waiting, key=lambda one: self.given_before[one[1]])
        kind, element_id = self.dice.choices((likely, rarest), (3, 1))[0]
        self.given_before[element_id] += 1
        element = self.model.elements[element_id]
        values = {}
        if kind == "tasks":
            values = self._rarest(element_id, lambda: self._answers(element))
        elif kind == "calls":
            called, sources = element.called_element or "", [mapping.source for mapping in element.outs]
            answered = self._rarest(element_id, lambda: self._given_together(called, sources))
            values = {mapping.target: answered[mapping.source] for mapping in element.outs}
        self.walk.take(kind, element_id, values)

    def waits_for_somebody(self) -> bool:
        """Whether something lets the instance go on, events on the edge of something else apart."""
        state = self.walk.wait_state()
        events = [w.element_id for w in (*state.timers.values(), *state.messages.values())]
        inside = [element_id for element_id in events if self.model.elements[element_id].type != "boundaryEvent"]
        return bool(state.tasks or state.calls or inside)

    # What is answered -------------------------------------------------------------------------------------------

    def _rarest(self, element_id: str, answer: Callable[[], Values]) -> Values:
        """Of some answers the one that has been given least often at this element."""
        some = {f"{element_id} {_choices(values)}": values for values in (answer() for _ in range(4))}
        rarest = min(some, key=lambda choices: self.given_before[choices])
        self.given_before[rarest] += 1
        return some[rarest]

    def _answers(self, element: Element) -> Values:
        return self._routed(self.files.forms[element.form_key or ""])

    def _given_together(self, key: str, names: list[str]) -> Values:
        """What a process may give back: an answer to the form that routes most of the names, and others to the rest."""
        forms = shipped().files[key].forms.values()
        routes = [(len(set(names) & set(form.get("x-routes", []))), form) for form in forms]
        most = max((count for count, _ in routes), default=0)
        form = self.dice.choice([form for count, form in routes if count == most])
        together = self._routed(form)
        return {name: together[name] if name in together else self._given(key, name) for name in names}

    def _routed(self, form: Values) -> Values:
        steering = {name: field for name, field in form["properties"].items() if name in _steering(form)}
        form = {**form, "properties": steering}
        filled = fill_in(form, shipped().pack.catalogues, self.dice, TODAY, {}, {})
        return routed(form, visible(form, filled))

    def _given(self, key: str, name: str) -> Any:
        """A value that a process may give for a name: from a form that routes it, a handler or a parameter."""
        files = shipped().files[key]
        forms = [form for form in files.forms.values() if name in form.get("x-routes", [])]
        if forms:
            return self._routed(self.dice.choice(forms))[name]
        for element in shipped().models[key].elements.values():
            for mapping in element.outs:
                if mapping.target == name:
                    return self._given(element.called_element or "", mapping.source)
        return storable(shipped().pack.parameters.get(name))

    def _names_given(self, key: str) -> dict[str, None]:
        """The names that callers and starters of the process hand in."""
        names: dict[str, None] = {}
        for model in shipped().models.values():
            for element in model.elements.values():
                if element.called_element == key:
                    names |= {mapping.target: None for mapping in element.ins}
                if element.properties.get("process") == key or element.topic == "start_successor":
                    names |= {
                        name.strip(): None for name in element.properties.get("pass", "").split(",") if name.strip()
                    }
        return names

    def _handle(self, element_id: str, data: Values) -> Values:
        topic = TOPICS[self.model.elements[element_id].topic or ""]
        later = date(2027, 1, 15) + timedelta(days=365 * self.dice.randrange(5))
        parties = [item["key"] for item in shipped().pack.catalogues["organisations"]]
        some = sorted(self.dice.sample(parties, self.dice.randrange(1, len(parties))))
        made_up: Values = {
            "in_force_on": "2026-01-15",
            "next_review_on": later.isoformat(),
            "review_year": later.year,
            "approved_organisations": some,
            "other_organisations": sorted(set(parties) - set(some)),
            "all_approved": self.dice.random() < 0.5,
        }
        return {name: made_up[name] for name in topic.sets}


def _steering(form: Values) -> set[str]:
    """The fields that route, and those that decide whether these are shown."""
    routes = set(form.get("x-routes", []))
    while deciding := {form["properties"][name].get("x-show-if", {}).get("field", name) for name in routes} - routes:
        routes |= deciding
    return routes


def _choices(values: Values) -> list[tuple[str, object]]:
    """What may steer: choices as they are, lists by whether there is anything in them."""
    return sorted((name, bool(value) if isinstance(value, list) else value) for name, value in values.items())
