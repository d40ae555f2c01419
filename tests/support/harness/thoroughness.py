"""How much the tests of crashes try: in `make test` the likeliest, in `make soak` far more."""

import os
from typing import TypeVar

Value = TypeVar("Value")
THOROUGH = bool(os.environ.get("THOROUGH"))
"""Whether there is time: hours, not minutes. `make soak` says so."""


def thorough(usual: Value, at_length: Value) -> Value:
    """The second where there is time, else the first."""
    return at_length if THOROUGH else usual
