"""The county picture: every municipality and stage at one moment, now or in the past."""

from datetime import datetime

from sqlalchemy import Connection

from engine.errors import NotFound
from engine.packs import Pack
from engine.queries.agreements import STATUS_TITLES, AgreementRow
from engine.queries.rows import StatusPicture, StatusRow
from engine.queries.status_facts import Agreement, Facts, load_facts
from engine.queries.status_row import status_row
from engine.queries.swedish import swedish_order
from engine.queries.task_rows import TaskRow
from engine.queries.titles import load_titles


def status_picture(connection: Connection, pack_key: str, as_of: datetime) -> StatusPicture:
    """Where every municipality of the pack stood at `as_of`, by the latest version of the pack.

    The number of SQL statements does not grow with the number of municipalities, tasks or years.
    Raises `NotFound` when no such pack is deployed.
    """
    titles = load_titles(connection)
    pack = titles.packs.get(pack_key)
    if pack is None:
        raise NotFound(f"Processpaketet {pack_key} finns inte. Läs in det med samflode processes deploy.")
    facts = load_facts(connection, titles, pack_key, as_of)
    regional = _newest([agreement for agreement in facts.agreements if agreement.kind == "regional"])
    return StatusPicture(
        as_of=as_of,
        pack=pack,
        stages=tuple(pack.stages),
        rows=_rows(facts, pack),
        regional=_agreement_row(regional, facts, pack_key) if regional else None,
        regional_stage_text=_regional_text(regional, facts.tasks) if regional else None,
        open_tasks=facts.tasks,
    )


def _rows(facts: Facts, pack: Pack) -> list[StatusRow]:
    """One row for each municipality of the pack, and for any other that has a local agreement."""
    listed = pack.parameters.get("municipalities")
    locals_: dict[str, list[Agreement]] = {code: [] for code in listed} if isinstance(listed, list) else {}
    for agreement in facts.agreements:
        if agreement.kind == "local" and agreement.organisation:
            locals_.setdefault(agreement.organisation, []).append(agreement)
    tasks: dict[str, list[TaskRow]] = {}
    for task in facts.tasks:
        if task.agreement_key:
            tasks.setdefault(task.agreement_key, []).append(task)
    rows = [status_row(facts, pack, code, agreements, tasks) for code, agreements in locals_.items()]
    return sorted(rows, key=lambda row: (swedish_order(row.organisation_name), row.organisation))


def _newest(agreements: list[Agreement]) -> Agreement | None:
    """The last begun; while it is prepared, the one before still binds and is the one to tell about."""
    binding = [agreement for agreement in agreements if agreement.is_binding]
    return next(reversed(binding or agreements), None)


def _agreement_row(agreement: Agreement, facts: Facts, pack_key: str) -> AgreementRow:
    return AgreementRow(
        key=agreement.key,
        kind=agreement.kind,
        organisation=agreement.organisation,
        organisation_name=facts.titles.organisation(agreement.organisation),
        title=agreement.title,
        status=agreement.status,
        status_title=STATUS_TITLES.get(agreement.status, agreement.status),
        in_force_on=agreement.in_force_on,
        valid_to=agreement.valid_to,
        started_at=agreement.started_at,
        ended_at=agreement.ended_at,
        instance_id=agreement.instance_id,
        pack_key=pack_key,
        current_stage=None,
        current_stage_title=None,
    )


def _regional_text(agreement: Agreement, tasks: list[TaskRow]) -> str:
    """Where the regional agreement stands, in words: its status and how long it holds, then what is being done."""
    text = STATUS_TITLES.get(agreement.status, agreement.status)
    if agreement.is_binding and agreement.valid_to:
        text += f" till och med {agreement.valid_to:%Y-%m-%d}"
    names: dict[str, int] = {}
    for task in tasks:
        if task.agreement_key == agreement.key and task.business_key.startswith(agreement.key):
            names[task.name] = names.get(task.name, 0) + 1
    doing = [f"{name} ({count})" if count > 1 else name for name, count in names.items()]
    return f"{text}. Pågår: {', '.join(doing)}." if doing else f"{text}."
