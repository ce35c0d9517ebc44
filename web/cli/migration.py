"""`processes migrate`: the plan (`--dry-run`), or the plan and then each instance in a transaction of its own."""

import argparse
import sys

from engine import commands
from engine.clock import utc_now
from engine.commands import Fate, MigrationPlan
from engine.errors import Invalid
from web.cli.opening import open_database, open_settings
from web.cli.operators import operator
from web.cli.telling import said, tell, tell_error

_BECOMES = {"kept": "kvar", "moved": "flyttas till", "dropped": "tas bort", "lost": "FÖRLORAD", "added": "tillkommer"}


def migrate(arguments: argparse.Namespace) -> int:
    """Exit 0 when all instances can be (or were) moved, 1 when any was refused."""
    database = open_database(open_settings())
    now, mapping = utc_now(), dict(map(_mapping, arguments.map or []))
    versions = (arguments.process, arguments.from_version, arguments.to_version)
    with database.read() as connection:
        person = operator(connection, arguments)
        plan = commands.plan_migration(connection, now, person, *versions, mapping, pack_key=arguments.pack)
    if arguments.dry_run:
        return _print_plan(plan)
    reason = arguments.reason or f"Byte från version {arguments.from_version} till {arguments.to_version}"
    results = commands.migrate_instances(database, now, person, *versions, reason, mapping, pack_key=arguments.pack)
    for result in results:
        told = " ".join(map(said, result.refusals)) or said("flyttat")
        print(f"{result.business_key}\t{told}", file=sys.stderr if result.refusals else sys.stdout)
    refused = sum(bool(result.refusals) for result in results)
    tell(f"{len(results) - refused} flyttade, {refused} kvar.")
    return 1 if refused else 0


def _print_plan(plan: MigrationPlan) -> int:
    for instance in plan.instances:
        print(f"{instance.business_key}\t{instance.instance_id}")
        for fate in instance.fates:
            print(f"  {_told(fate)}")
        for refusal in instance.refusals:
            tell_error(f"  {refusal}")
    refused = sum(not instance.possible for instance in plan.instances)
    tell(f"{len(plan.instances) - refused} kan flyttas, {refused} kan det inte. Inget har ändrats.")
    return 1 if refused else 0


def _told(fate: Fate) -> str:
    due = f", {fate.due_at:%Y-%m-%d %H:%M} UTC" if fate.due_at else ""
    to = f" {fate.to_element}" if fate.becomes == "moved" else ""
    note = f" ({said(fate.note)})" if fate.note else ""
    return f"{fate.kind}\t{fate.element_id}{due}: {said(_BECOMES[fate.becomes])}{to}{note}"


def _mapping(written: str) -> tuple[str, str | None]:
    """`old=new`; `old=` drops a boundary event."""
    old, sign, new = written.partition("=")
    if not sign or not old:
        raise Invalid(f"{written!r}: skriv gammalt=nytt, eller gammalt= för att ta bort en händelse på en kant.")
    return old, new or None
