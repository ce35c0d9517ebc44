"""Runs every rule over a pack's folder."""

from collections.abc import Iterator
from pathlib import Path

from engine.bpmn.findings import Finding, sort_findings
from engine.bpmn.model import Model, read_model
from engine.bpmn.profile import calls, elements, flows, identities, paths, people, tables, times, variables
from engine.bpmn.profile.case import Case, Fault, Rule
from engine.bpmn.profile.forms import check_form
from engine.bpmn.profile.xsd import check_schema
from engine.bpmn.specs import parse
from engine.bpmn.xml import UnreadableXml
from engine.packs import Pack, ProcessFiles, collect_processes, read_pack
from engine.packs.files import PackFiles
from engine.packs.folder import MANIFEST

RULES: tuple[Rule, ...] = (
    identities.process_identity,
    identities.element_ids,
    identities.readable_names,
    elements.known_types,
    elements.known_parts,
    elements.known_events,
    elements.caught_errors,
    elements.loops,
    flows.connected,
    flows.starts_and_ends,
    flows.reachable,
    flows.exclusive_choices,
    flows.conditions,
    flows.no_implicit_split,
    flows.parallel_joins,
    flows.event_gateways,
    flows.loops_wait,
    people.lanes,
    people.lane_organisations,
    people.task_forms,
    people.task_properties,
    people.gates,
    times.due_dates,
    times.timers,
    times.answered_dates,
    variables.condition_names,
    variables.passed_names,
    paths.set_on_every_way,
    variables.distinct_keys_in_parallel,
    variables.business_rules,
    calls.called_processes,
    calls.stages,
    calls.service_tasks,
    calls.messages,
    calls.signals,
    calls.own_names,
    tables.unused_tables,
)


def check_pack(folder: Path) -> list[Finding]:
    """Everything that is wrong with the pack in `folder`, by file; nothing when it may be deployed."""
    pack, findings = read_pack(folder)
    files = PackFiles(folder)
    processes = collect_processes(files)
    findings += files.findings
    models = dict(_read_models(processes, findings))
    if pack is not None:
        findings += _missing_processes(pack, folder)
        findings += [finding for process in processes.values() for finding in _check_files(process, pack)]
        findings += [finding for key in models for finding in _check_model(pack, key, models, processes)]
    return sort_findings(findings)


def _read_models(processes: dict[str, ProcessFiles], findings: list[Finding]) -> Iterator[tuple[str, Model]]:
    for key, process in processes.items():
        try:
            yield key, read_model(process.bpmn)
        except UnreadableXml as error:
            findings.append(Finding(_bpmn(key), None, str(error)))


def _missing_processes(pack: Pack, folder: Path) -> Iterator[Finding]:
    for process in pack.processes:
        if not (folder / _bpmn(process.key)).is_file():
            yield Finding(MANIFEST, process.key, f"processen har ingen modell: {_bpmn(process.key)} saknas")


def _check_files(process: ProcessFiles, pack: Pack) -> Iterator[Finding]:
    for name, form in process.forms.items():
        yield from _in_file(f"{process.key}/forms/{name}.json", check_form(form, pack))
    for name, text in process.decisions.items():
        yield from _in_file(f"{process.key}/{name}.dmn", tables.check_decision(text, name))


def _check_model(pack: Pack, key: str, models: dict[str, Model], processes: dict[str, ProcessFiles]) -> list[Finding]:
    case = Case(pack, processes[key], models[key], models, processes)
    faults = [fault for rule in RULES for fault in rule(case)]
    # The rules speak to those who draw; the schema and the engine's own parser have the last word only.
    faults = faults or list(check_schema(case.files.bpmn)) or list(_unparsable(case))
    return list(_in_file(_bpmn(key), faults))


def _unparsable(case: Case) -> Iterator[Fault]:
    try:
        parse(case.files.bpmn, case.model.id)
    except Exception as error:  # noqa: BLE001 - the parser lets KeyError, AttributeError and others out
        yield Fault(None, f"motorn kan inte läsa modellen: {type(error).__name__}: {error}")


def _in_file(file: str, faults: Iterator[Fault] | list[Fault]) -> Iterator[Finding]:
    return (Finding(file, fault.element_id, fault.reason) for fault in faults)


def _bpmn(key: str) -> str:
    return f"{key}/{key}.bpmn"
