"""`processes check`: without the database and the commands, which take longer to import than many checks."""

import argparse
import sys

from engine.bpmn.profile import check_pack
from engine.bpmn.topics import TOPICS
from engine.bpmn.walk import Proof, prove_pack
from engine.packs import load_pack, read_processes
from web.cli.opening import open_settings, pack_folders
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
