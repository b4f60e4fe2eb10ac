"""How much of the same is tried: enough in the ordinary run to prove what a test says, everything in ``make nightly``.

Nothing is proved at night alone: what is left out of the ordinary run is more of what is in it (further cases of a
product, further rounds and seeds, longer texts).
"""

from __future__ import annotations

import os
from typing import TypeVar

import pytest

#: Whether this is the nightly run.
FULL = os.environ.get("TESTS_AT_FULL_SIZE") == "1"

T = TypeVar("T")


def size(ordinary: T, full: T) -> T:
    """A number of rounds, examples or rows: the first in the ordinary run, the second at night."""
    return full if FULL else ordinary


def more(*values: object) -> list[object]:
    """Values of a parameter that are tried at night only, beside those that are always tried."""
    return [
        pytest.param(*(value if isinstance(value, tuple) else (value,)), marks=pytest.mark.nightly) for value in values
    ]
