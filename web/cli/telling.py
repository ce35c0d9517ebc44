"""What the command line says to whoever gave the command: in Swedish, or in English where SAMFLODE_LOCALE says so."""

import os
import sys

from engine.sentences import in_english


def said(text: object) -> str:
    """A Swedish sentence in the installation's language. Asks the environment itself: settings may be what is wrong."""
    return in_english(str(text)) if os.environ.get("SAMFLODE_LOCALE") == "en" else str(text)


def tell(text: object) -> None:
    print(said(text), flush=True)


def tell_error(text: object) -> None:
    print(said(text), file=sys.stderr)
