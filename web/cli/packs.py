"""`processes check` and `processes deploy`."""

import argparse
import sys
from functools import partial

from sqlalchemy import Connection

from engine.bpmn.findings import InvalidPack
from engine.bpmn.profile import check_pack
from engine.bpmn.topics import TOPICS
from engine.bpmn.walk import Proof, prove_pack
from engine.clock import utc_now
from engine.commands.deployment import Deployed, ProvedPack, note_deployment, read_proved_pack, store_pack
from engine.packs import load_pack, read_processes
from web.cli.opening import open_database, open_settings, pack_folders
from web.cli.operators import COMMAND_LINE
from web.cli.telling import said, tell


def check(arguments: argparse.Namespace) -> int:
    """Prove packs: exit 0, or 1 with file, element and reason for each finding."""
    if arguments.handlers:
        for topic in TOPICS.values():
            demanded = ", ".join(topic.required) or "-"
            tell(f"{topic.name}: {topic.description} Kräver: {demanded}.")
        return 0
    found = 0
    for folder in pack_folders(open_settings(), arguments.pack):
        findings = check_pack(folder)
        proof = None if findings or arguments.quick else prove_pack(load_pack(folder), read_processes(folder))
        findings += proof.findings if proof else []
        found += len(findings)
        for finding in findings:
            print(finding.told(said), file=sys.stderr)
        if not findings:
            tell(f"{folder.name}: inget att anmärka på.{_walked(proof)}")
    return 1 if found else 0


def _walked(proof: Proof | None) -> str:
    """How much of the pack has been walked through."""
    if proof is None:
        return ""
    states = sum(count for _, count, _ in proof.walked)
    return f" {len(proof.walked)} processer har gåtts igenom, {states} lägen."


def deploy(arguments: argparse.Namespace) -> int:
    """Store what is new. A pack with faults stores nothing."""
    settings = open_settings()
    database = open_database(settings)
    for folder in pack_folders(settings, arguments.pack):
        try:
            with database.read() as connection:  # the proof takes seconds, in which others can write
                proved = read_proved_pack(connection, folder)
            deployed = database.run(partial(_store, proved=proved))
        except InvalidPack as invalid:
            for finding in invalid.findings:
                print(finding.told(said), file=sys.stderr)
            return 1
        tell(f"{deployed.pack_key} version {deployed.pack_version}")
        for key, version, new in deployed.versions:
            tell(f"  {key} {version}{' (ny)' if new else ''}")
    return 0


def _store(connection: Connection, proved: ProvedPack) -> Deployed:
    now = utc_now()
    deployed = store_pack(connection, now, proved)
    note_deployment(connection, now, COMMAND_LINE, deployed)
    return deployed
