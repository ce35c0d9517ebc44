"""What the service tasks of a model do: one function per topic of `engine.bpmn.topics`.

A handler writes to the registers or the outbox in the command's transaction, returns values for the instance's data,
and leaves what concerns other instances as effects, which are done when its own instance is stored.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select

from engine import mail
from engine.bpmn.elements import Element
from engine.bpmn.moments import add_duration_to_date
from engine.clock import local_date
from engine.database.prepared import Prepared
from engine.database.tables import submission
from engine.errors import ExecutionFailed
from engine.packs import Pack
from engine.registers import agreements
from engine.work import Instance, SendMessage, StartProcess, Work

Values = dict[str, Any]

_ANSWERS = Prepared(
    select(submission.c.party, submission.c["values"].label("answer"))
    .where(submission.c.instance_id == bindparam("instance"), submission.c.element_id == bindparam("element"))
    .order_by(submission.c.submitted_at, submission.c.id)
)


@dataclass(frozen=True)
class Call:
    """One service task being reached."""

    work: Work
    instance: Instance
    pack: Pack
    element: Element
    data: Values

    def demanded(self, name: str) -> str:
        """A property that the topic demands. Raises ExecutionFailed."""
        value = self.element.properties.get(name)
        if not value:
            raise ExecutionFailed(f"{self.element.id} saknar egenskapen {name}.")
        return value

    def named(self, name: str | None) -> Any:
        """The value of a variable or of a pack parameter, None when nobody knows it."""
        return self.data.get(name or "", self.pack.parameters.get(name or ""))

    def date(self, name: str | None) -> date | None:
        """A named value as a date."""
        value = self.named(name)
        if isinstance(value, str) and value:
            return date.fromisoformat(value[:10])
        return value if isinstance(value, date) else None

    @property
    def agreement_key(self) -> str:
        """The agreement that the instance belongs to. Raises ExecutionFailed."""
        if self.instance.agreement_key is None:
            raise ExecutionFailed(f"{self.element.id}: ärendet hör inte till någon överenskommelse.")
        return self.instance.agreement_key


def run_handler(call: Call) -> Values:
    """Do what the service task's topic says, and return the values that it sets. Raises ExecutionFailed."""
    handler = _HANDLERS.get(call.element.topic or "")
    if handler is None:
        raise ExecutionFailed(f"{call.element.id}: {call.element.topic!r} finns inte bland det som processer kan göra.")
    return handler(call)


def _notify(call: Call) -> Values:
    roles = [role.strip() for role in call.demanded("to").split(",")]
    said = call.element.properties
    reach = {"everyone": said.get("scope") == "all", "urgent": said.get("urgent") == "true"}
    mail.notify_roles(call.work, call.pack, call.instance, roles, call.demanded("text"), **reach)
    return {}


def _publish_agreement(call: Call) -> Values:
    in_force_on = call.date("in_force_on") or _agreed_start(call) or local_date(call.work.now)
    valid_to = call.date(call.element.properties.get("valid_to", "valid_to"))
    if valid_to is not None and valid_to < in_force_on:
        valid_to = None  # the period before this one's; a successor is valid until somebody says to when
    agreements.publish(call.work, call.agreement_key, in_force_on, valid_to)
    _tell(call, status=agreements.IN_FORCE, in_force_on=in_force_on, valid_to=valid_to)
    return {"in_force_on": in_force_on.isoformat()}


def _agreed_start(call: Call) -> date | None:
    """A regional agreement is in force from the day that stands in it, however late the last party's decision came."""
    process = call.pack.process(call.instance.process_key)
    return call.date("in_force_from") if process is not None and process.agreement == "regional" else None


def _set_agreement_status(call: Call) -> Values:
    valid_to = call.date(call.element.properties.get("valid_to"))
    agreements.move_on(call.work, call.agreement_key, call.demanded("status"), valid_to)
    _tell(call, status=call.demanded("status"), valid_to=valid_to)
    return {}


def _tell(call: Call, *, status: str, **days: date | None) -> None:
    """The history tells what became of the agreement, so that the register can be proved from it."""
    told = {"status": status, **{name: day.isoformat() for name, day in days.items() if day is not None}}
    call.work.told[call.instance.id, call.element.id] = {"agreement": told}


def _start_processes(call: Call) -> Values:
    passed = [name.strip() for name in call.element.properties.get("pass", "").split(",") if name.strip()]
    variables = {name: _storable(call.named(name)) for name in passed}
    for code in call.named(call.demanded("for_each")) or []:
        if call.pack.item("organisations", code) is None:
            raise ExecutionFailed(f"{call.element.id}: organisationen {code!r} finns inte.")
        if not _is_wanted(call, code):
            continue
        call.work.effects.append(
            StartProcess(
                call.instance.pack_key,
                call.demanded("process"),
                f"{call.instance.business_key}/{code}",
                code,
                variables,
                regional_key=call.instance.agreement_key,
            )
        )
    return {}


def _is_wanted(call: Call, code: str) -> bool:
    """A process per municipality is not started for the region, which is a party to each of them."""
    process = call.pack.process(call.demanded("process"))
    item = call.pack.item("organisations", code) or {}
    return process is None or process.organisation != "municipality" or item.get("kind") == "municipality"


def _start_successor(call: Call) -> Values:
    """Unless a new agreement has begun by other ways: a new regional agreement starts new local ones itself."""
    instance = call.instance
    if agreements.has_newer(call.work, call.agreement_key):
        return {}
    passed = [name.strip() for name in call.element.properties.get("pass", "").split(",") if name.strip()]
    call.work.effects.append(
        StartProcess(
            instance.pack_key,
            instance.process_key,
            agreements.successor_key(call.work, call.agreement_key),
            instance.organisation,
            {name: _storable(call.named(name)) for name in passed},
            regional_key=agreements.regional_key(call.work, call.agreement_key),
            predecessor_key=instance.agreement_key,
        )
    )
    return {}


def _tell_local_agreements(call: Call) -> Values:
    name = call.demanded("message")
    for key in agreements.local_keys(call.work, call.agreement_key):
        call.work.effects.append(SendMessage(name, key))
    return {}


def _plan_next_review(call: Call) -> Values:
    """Reviews fall on the anniversaries of the entry into force; one that is held late does not move the next."""
    start = call.date("in_force_on") or agreements.in_force_date(call.work, call.instance.agreement_key)
    start = start or local_date(call.work.now)
    interval = str(call.pack.parameters["review_interval"])
    held = call.date("next_review_on") or start
    today = local_date(call.work.now)
    times = 1
    while (planned := add_duration_to_date(start, interval, times)) <= max(held, today):
        times += 1
    return {"next_review_on": planned.isoformat(), "review_year": planned.year}


def _tally_decisions(call: Call) -> Values:
    """Each organisation's latest answer in this instance counts."""
    rows = _ANSWERS.all(call.work.connection, {"instance": call.instance.id, "element": call.demanded("element")})
    latest = {row.party: row.answer.get("outcome") for row in rows}
    approved = sorted(party for party, outcome in latest.items() if outcome in {"approved", "approved_with_reason"})
    others = sorted(set(latest) - set(approved))
    return {
        "approved_organisations": approved,
        "other_organisations": others,
        "all_approved": bool(latest) and not others,
    }


def _storable(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


_HANDLERS: dict[str, Callable[[Call], Values]] = {
    "notify": _notify,
    "publish_agreement": _publish_agreement,
    "set_agreement_status": _set_agreement_status,
    "start_processes": _start_processes,
    "start_successor": _start_successor,
    "tell_local_agreements": _tell_local_agreements,
    "plan_next_review": _plan_next_review,
    "tally_decisions": _tally_decisions,
}
