"""Walks every process of a pack: those that people start first, then what they call and start, as they do it."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.bpmn.definitions import Definition
from engine.bpmn.elements import Element
from engine.bpmn.findings import Finding, InvalidPack, sort_findings
from engine.bpmn.model import read_model
from engine.bpmn.profile.case import Case
from engine.bpmn.profile.variables import listed
from engine.bpmn.walk.answers import TooManyAnswers, Values, answers, parameters, results, storable
from engine.bpmn.walk.budget import Budget, budget_of_deployment
from engine.bpmn.walk.explore import Walk
from engine.bpmn.walk.liveness import Liveness
from engine.bpmn.walk.names import relevant, started_process
from engine.bpmn.walk.steps import Handler, Runner
from engine.bpmn.walk.verdicts import verdicts
from engine.packs import Pack, ProcessFiles


@dataclass(frozen=True)
class Proof:
    """What the walk found, and what it went through: (process, states, whether that was all of them).

    A process that could not be gone through to its end is a finding too, when there is no other.
    """

    findings: list[Finding]
    walked: tuple[tuple[str, int, bool], ...]


def prove_pack(pack: Pack, processes: dict[str, ProcessFiles], budget: Budget | None = None) -> Proof:
    """Walk every process of a pack that the static rules have passed."""
    return _Pack(pack, processes, budget or Budget()).proof()


_proved: set[str] = set()


def demand_proof(pack: Pack, processes: dict[str, ProcessFiles]) -> None:
    """Raise InvalidPack when the walk finds faults. What this program has proved before is not walked again."""
    if _content(pack, processes) in _proved:
        return
    proof = prove_and_remember(pack, processes, budget_of_deployment())
    if proof.findings:
        raise InvalidPack(proof.findings)


def prove_and_remember(pack: Pack, processes: dict[str, ProcessFiles], budget: Budget | None = None) -> Proof:
    """Walk a pack outside any transaction, so that a deployment that follows in this program need not do it again."""
    proof = prove_pack(pack, processes, budget)
    if not proof.findings:
        _proved.add(_content(pack, processes))
    return proof


def _content(pack: Pack, processes: dict[str, ProcessFiles]) -> str:
    return "".join((pack.content_hash, *sorted(files.content_hash for files in processes.values())))


class _Pack:
    def __init__(self, pack: Pack, processes: dict[str, ProcessFiles], budget: Budget) -> None:
        self._pack = pack
        self._budget = budget
        models = {key: read_model(files.bpmn) for key, files in processes.items()}
        self._cases = {key: Case(pack, files, models[key], models, processes) for key, files in processes.items()}
        self._names = relevant(self._cases)
        self._walks: dict[str, Walk] = {}
        self._known: dict[str, list[Values]] = {}  # process and beginning -> what it may give back
        self._calling: list[str] = []
        self._to_start: list[tuple[str, Values]] = []
        self._findings: list[Finding] = []

    def proof(self) -> Proof:
        for key, case in self._cases.items():
            process = self._pack.process(key)
            if process and process.startable_by:
                self._to_start += [(key, values) for values in self._start_values(case)]
        self._start_all()
        for key in self._cases:
            if key not in self._walks:  # nobody begins it: walked all the same
                self._to_start.append((key, {}))
                self._start_all()
        self._judge()
        self._findings += [] if self._findings else self._unproved()
        walked = tuple((key, len(walk.graph.nodes), not walk.graph.is_cut) for key, walk in self._walks.items())
        return Proof(sort_findings(self._findings), walked)

    def _start_all(self) -> None:
        while self._to_start:
            self._results(*self._to_start.pop(0))

    def _judge(self) -> None:
        """Called processes first: what is wrong in one shows in its callers too, and is told once."""
        faulty: set[str] = {finding.file.split("/")[0] for finding in self._findings}
        waiting = dict(self._walks)
        while ready := [k for k, w in waiting.items() if not self._calls(k) & waiting.keys() - {k}] or list(waiting):
            for key in ready:
                walk = waiting.pop(key)
                found = [] if self._calls(key) & faulty else verdicts(self._cases[key].model, walk.graph)
                if found or self._calls(key) & faulty:
                    faulty.add(key)
                file = f"{key}/{key}.bpmn"
                self._findings += [Finding(file, each.element_id, each.reason, each.path) for each in found]

    def _unproved(self) -> Iterator[Finding]:
        """What has not been seen to its end is not proved: nearest to the cause is the one with the most states."""
        cut = [(len(walk.graph.nodes), key) for key, walk in self._walks.items() if walk.graph.is_cut]
        if cut:
            states, key = max(cut)
            reason = f"alla vägar hann inte prövas ({states} lägen gicks igenom); gör processen mindre eller dela den"
            yield Finding(f"{key}/{key}.bpmn", None, reason)

    def _calls(self, key: str) -> set[str]:
        return {e.called_element for e in self._cases[key].typed("callActivity") if e.called_element}

    # Beginnings ----------------------------------------------------------------------------------------------------

    def _start_values(self, case: Case) -> list[Values]:
        form_key = next((e.form_key for e in case.typed("startEvent") if e.scope == case.model.id), None)
        names = self._names[case.files.key]
        return answers(case.forms[form_key], names, self._pack) if form_key else [{}]

    def _results(self, key: str, given: Values) -> list[Values]:
        """What a process may give back that begins with these values; walked when it has not been."""
        names = self._names[key]
        said = {name: value for name, value in given.items() if name in names.constants}
        beginning = f"{key} {sorted(said.items())!r}"
        if beginning in self._known:
            return self._known[beginning]
        if key in self._calling:
            self._note_recursion(key)
            return []
        walk = self._walks.get(key) or self._new_walk(key)
        self._walks[key] = walk
        self._calling.append(key)
        try:
            nodes = walk.begin({**self._first(key), **said}, said)
        except TooManyAnswers:
            walk.graph.is_cut, nodes = True, []
        except Exception as error:  # noqa: BLE001 - whatever a strange form lets out must not hide the other findings
            walk.graph.is_cut, nodes = True, []
            reason = f"processen går inte att gå igenom: {type(error).__name__}: {error}"
            self._findings.append(Finding(f"{key}/{key}.bpmn", None, reason))
        self._calling.pop()
        self._known[beginning] = walk.graph.results(nodes)
        return self._known[beginning]

    def _new_walk(self, key: str) -> Walk:
        case, files = self._cases[key], self._cases[key].files
        definition = Definition(key, self._pack.key, key, 0, files.bpmn, files.decisions, files.forms)
        given_back = frozenset(self._names[key].constants) & self._asked_back(key)
        handler: Handler = lambda element, data: self._handled(case, element, data)  # noqa: E731
        runner = Runner(definition, self._parameters(key), handler, self._budget)
        liveness = Liveness(case, self._names, given_back)
        return Walk(case, self._names[key], liveness, runner, lambda at, data: self._called(case, at, data))

    def _asked_back(self, key: str) -> set[str]:
        """What callers take out of a process."""
        elements = [e for case in self._cases.values() for e in case.model.elements.values()]
        return {mapping.source for e in elements if e.called_element == key for mapping in e.outs}

    def _parameters(self, key: str) -> Values:
        return parameters(self._pack, self._names[key])

    def _first(self, key: str) -> Values:
        """The data that every instance begins with (see engine.commands.instances)."""
        there = self._parameters(key)
        loops = {e.collection for e in self._cases[key].model.elements.values()}
        return {name: value for name, value in there.items() if name in loops}

    # What processes do to each other ----------------------------------------------------------------------------

    def _called(self, case: Case, element_id: str, data: Values) -> list[Values]:
        """Every way that a called process may end, as it changes the caller's data."""
        element = case.model.elements[element_id]
        named = {**self._parameters(case.files.key), **data}
        handed = {mapping.target: storable(named.get(mapping.source)) for mapping in element.ins}
        names = self._names[case.files.key].constants
        wanted = [mapping for mapping in element.outs if mapping.target in names]
        ended = self._results(element.called_element or "", handed)
        given = [{mapping.target: result.get(mapping.source) for mapping in wanted} for result in ended]
        return list({repr(sorted(each.items())): each for each in given}.values())

    def _handled(self, case: Case, element: Element, data: Values) -> list[Values]:
        started = started_process(case, element)
        if started in self._cases:
            named = {**self._parameters(case.files.key), **data}
            passed = listed(element.properties.get("pass"))
            self._to_start.append((started, {name: storable(named.get(name)) for name in passed}))
        return results(element.topic or "", self._names[case.files.key])

    def _note_recursion(self, key: str) -> None:
        around = " → ".join((*self._calling[self._calling.index(key) :], key))
        self._findings.append(Finding(f"{key}/{key}.bpmn", None, f"processen anropar sig själv: {around}"))
