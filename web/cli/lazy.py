"""Commands whose functions are imported only when they are chosen: `samflode --help` need not load the engine."""

import argparse
from collections.abc import Callable
from importlib import import_module


def command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, where: str, words: str
) -> argparse.ArgumentParser:
    """Add a command; its function is imported when it is chosen."""
    parser = commands.add_parser(name, help=words, description=words)
    parser.set_defaults(run=_later(where))
    return parser


def _later(where: str) -> Callable[[argparse.Namespace], int]:
    """The function `module:name`, imported when it is called: `samflode --help` need not load the engine."""
    module, name = where.split(":")

    def run(arguments: argparse.Namespace) -> int:
        code: int = getattr(import_module(f"web.cli.{module}"), name)(arguments)
        return code

    return run
