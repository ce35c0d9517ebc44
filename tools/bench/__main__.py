"""Runs the benches that are asked for on every kind of database that there is, and prints one JSON object per line."""

import argparse
import sys
from collections.abc import Callable, Iterator

from tools.bench import completion, exporting, http, simulate, tasklist, timers
from tools.bench.databases import KINDS, DatabaseUnavailable, Place, open_place
from tools.bench.measure import Line

Bench = Callable[[Place, bool], Iterator[Line]]

BENCHES: dict[str, Bench] = {
    "completion": completion.run,
    "tasklist": tasklist.run,
    "timers": timers.run,
    "http": http.run,
    "simulate": simulate.run,
    "export": exporting.run,
}


def main(arguments: list[str]) -> int:
    """0 when everything asked for was measured; a wrong NAME ends with 2."""
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=BENCHES, help="one bench; all of them when absent")
    parser.add_argument("--quick", action="store_true", help="small cases, in less than two minutes: a smoke test")
    parser.add_argument("--database", choices=KINDS, help="one kind of database; all of them when absent")
    chosen = parser.parse_args(arguments)
    for kind in [chosen.database] if chosen.database else KINDS:
        try:
            with open_place(kind) as place:
                for name in [chosen.name] if chosen.name else BENCHES:
                    for line in BENCHES[name](place, chosen.quick):
                        print(line.to_json(), flush=True)
        except DatabaseUnavailable as error:
            print(f"bench: {error}", file=sys.stderr)
            if chosen.database:
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
