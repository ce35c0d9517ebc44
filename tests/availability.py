"""What a test may need of the machine: skipped by name where it is missing, a failure in CI."""

import os
from typing import NoReturn

import pytest


def unavailable(what: str) -> NoReturn:
    """Ends the test: a skip on somebody's own machine, a failure where CI promised everything."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"not to be had here, though CI must have it: {what}", pytrace=False)
    pytest.skip(f"not to be had here: {what}")
