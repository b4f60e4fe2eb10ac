"""What the workers of the pool's tests do; new processes import this module by its name."""

from __future__ import annotations

import os
import sys
import time


def do(word: str) -> str:
    """The word in capitals; some words die, hang, grow, or tell of their process."""
    if word == "die":
        os._exit(9)
    if word == "hang":
        time.sleep(3600)
    if word == "env":
        return os.environ.get("POOL_WORD", "")
    if word == "grow":
        try:
            return str(len(bytearray(4_000_000_000)))
        except MemoryError:
            return "MemoryError"
    if word == "solver":
        return str("ortools.sat.python.cp_model" in sys.modules)
    return str(os.getpid()) if word.startswith("pid") else word.upper()
