"""`processes deploy`."""

import argparse
import sys
from functools import partial

from sqlalchemy import Connection

from engine.bpmn.findings import InvalidPack
from engine.clock import utc_now
from engine.commands.deployment import Deployed, ProvedPack, note_deployment, read_proved_pack, store_pack
from web.cli.opening import open_database, open_settings, pack_folders
from web.cli.operators import COMMAND_LINE
from web.cli.telling import said, tell


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
