"""Which documents two snapshots do not share: those that no change can touch need not be looked at."""

from __future__ import annotations

import random
from typing import Any

from loaders.build.differences import _list_rows, _pair_documents
from loaders.build.versions import Converted

_BARE = {"key": "k", "title": "t", "kind": "budget", "fiscal_year": 2023, "agency": "a", "quads": 1, "figures": 1,
         "numbers": 1, "unaccounted": 0, "findings": 0, "contradicted": 0}  # fmt: skip


def make_rows(chance: random.Random) -> list[dict[str, Any]]:
    """Documents of a few names, some of them versions of another, whether or not that is there."""
    names = chance.sample("abcdefg", chance.randint(0, 6))
    return [
        {
            "id": name,
            "path": f"{name}.txt",
            "sha256": name,
            "checksum": str(chance.randint(1, 2)),
            "replaced_by": chance.choice([n for n in "abcdefg" if n > name] or [""]) if chance.random() < 0.3 else "",
            **_BARE,
        }
        for name in names
    ]


def list_changed(old: dict[str, Converted], new: dict[str, Converted]) -> list[tuple[str, str]]:
    """The pairs that differ, by their ids."""
    return [
        (one.id if one else "", other.id if other else "")
        for one, other in _pair_documents(old, new)
        if one is None or other is None or (one.id, one.checksum) != (other.id, other.checksum)
    ]


def index(rows: list[dict[str, Any]]) -> dict[str, Converted]:
    return {row["id"]: Converted(**row) for row in sorted(rows, key=lambda row: str(row["id"]))}


def test_what_is_left_out_changes_nothing() -> None:
    chance, left_out = random.Random(7), 0
    for _ in range(2_000):
        old, new = make_rows(chance), make_rows(chance)
        new = [next((o for o in old if o["id"] == n["id"] and chance.random() < 0.6), n) for n in new]
        before, after = _list_rows(old, new)
        left_out += len(new) - len(after)
        assert list_changed(before, after) == list_changed(index(old), index(new)), (old, new)
    assert left_out > 1_000
