"""The command line `samflode`. Exit codes: 0 done, 1 findings or refused (nothing written), 2 wrong usage."""

import os
import sys

from engine.errors import InvalidForm, SamflodeError
from web.cli.parser import build_parser
from web.cli.telling import said
from web.cli.values import demand_storable

REFUSED = 1


def main(arguments: list[str] | None = None) -> int:
    """Run one command. What goes wrong is one clear line on standard error, with one for each field if it is fields."""
    parser = build_parser()
    chosen = parser.parse_args(arguments)
    demand_storable(parser, chosen)
    try:
        code: int = chosen.run(chosen)
    except SamflodeError as error:
        print(f"samflode: {said(error)}", file=sys.stderr)
        for one in error.errors if isinstance(error, InvalidForm) else ():
            print(f"  {one.path}: {said(one.message)}", file=sys.stderr)
        return REFUSED
    except BrokenPipeError:
        # Somebody piped us into `head`; Python would complain once more when it closes standard output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return REFUSED
    return code


if __name__ == "__main__":
    raise SystemExit(main())
