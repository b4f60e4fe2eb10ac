"""Numbers on the axis of a chart, and what stands like them and is no number."""

from __future__ import annotations

from pathlib import Path

from loaders.catalogue import Catalogue
from loaders.pipeline import read_facts


def test_what_is_no_number_stands_on_no_axis(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(
        "某市某局2023年部门预算\n单位：万元\n0.00\n0.000.000.00\n10.00\n2.722.722.72\n合计 5.00\n", encoding="utf-8"
    )
    assert {row.stated for row in read_facts(path, Catalogue()).ledger} >= {"0.000.000.00", "2.722.722.72"}
