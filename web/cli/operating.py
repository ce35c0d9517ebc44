"""The operators' part of the command line: `instance ...`, `signal` and `processes migrate`."""

import argparse
from typing import Any

from web.cli.lazy import command
from web.cli.values import version, whole_number


def add_instances(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    instance = commands.add_parser("instance", help="look at and repair running instances")
    actions = instance.add_subparsers(required=True, metavar="ACTION")
    listing = _operation(actions, "list", "show_list", "one line per instance, the newest first")
    listing.add_argument("--status", choices=["active", "suspended", "completed", "cancelled"])
    listing.add_argument("--process", metavar="KEY")
    listing.add_argument("--business-key", metavar="KEY")
    listing.add_argument("--organisation", metavar="CODE")
    listing.add_argument("--limit", type=whole_number(1, 1_000_000), default=200, metavar="N")
    _operation(actions, "show", "show", "what it waits for, and what has failed").add_argument("instance")
    for name, words in (
        ("suspend", "let it rest, with everything that it has called"),
        ("resume", "let it go on"),
        ("cancel", "end it, with everything that it has called"),
    ):
        _reasoned(_operation(actions, name, name, words)).add_argument("instance")
    _modify(_reasoned(_operation(actions, "modify", "modify", "cancel and start elements by hand, all or none")))
    failed = _operation(actions, "incidents", "incidents", "what has failed, the newest first")
    failed.add_argument("--all", action="store_true", help="also what has been resolved")
    _reasoned(_operation(actions, "retry", "retry", "try again what failed")).add_argument("incident")


def add_signal(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    _operation(commands, "signal", "signal", "let everything that waits for a signal now have it").add_argument("name")


def add_migrate(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    migrate = command(actions, "migrate", "migration:migrate", "move running instances to another version")
    migrate.add_argument("process", metavar="KEY")
    migrate.add_argument("--from", dest="from_version", type=version, required=True, metavar="V")
    migrate.add_argument("--to", dest="to_version", type=version, required=True, metavar="V")
    migrate.add_argument("--dry-run", action="store_true", help="only tell what would become of what; change nothing")
    migrate.add_argument(
        "--map",
        action="append",
        metavar="OLD=NEW",
        help="where an element's tokens go; OLD= drops a boundary event",
    )
    migrate.add_argument("--reason", metavar="TEXT", help="stands in every instance's history")
    migrate.add_argument("--pack", default="dalarna-kvinnofrid")
    migrate.add_argument("--user", metavar="NAME", help="the administrator who does it")


def _operation(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, function: str, words: str
) -> argparse.ArgumentParser:
    parser = command(actions, name, f"instances:{function}", words)
    parser.add_argument("--user", metavar="NAME", help="the administrator who does it")
    return parser


def _reasoned(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--reason", required=True, metavar="TEXT", help="stands in the instance's history")
    return parser


def _modify(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("instance")
    parser.set_defaults(steps=[])
    for flag, words in (
        ("--cancel", "take away what waits at the element (@ID: only this one)"),
        ("--start-before", "a token arrives at the element"),
        ("--start-after", "a token leaves the element, as if it had been completed"),
    ):
        parser.add_argument(flag, action=_Ordered, metavar="ELEMENT", help=f"{words}; repeat for several")
    parser.add_argument("--in", dest="scope", metavar="ID", help="the sub-process to start in, when several run")
    parser.add_argument("--set", action="append", metavar="NAME=VALUE", help="put into the data of what is started")


class _Ordered(argparse.Action):
    """Keeps the steps in the order in which they are written."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option: str | None = None
    ) -> None:
        namespace.steps = [*namespace.steps, (self.dest, values)]
