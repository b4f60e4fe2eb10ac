"""A small sample of ``scripts/fuzz_readers.py``: mutated files of each format, always the same ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from loaders.settings import Settings
from scripts import fuzz_readers


@pytest.mark.parametrize("form", fuzz_readers.FORMATS)
def test_mutated_files_raise_only_our_errors(tmp_path: Path, form: str) -> None:
    found = fuzz_readers.run_batch(form, 0, 25, tmp_path)
    assert found["faults"] == []
    assert sum(found["counts"].values()) == 25
    assert 0 < found["counts"]["read"] < 25


def test_the_fuzzer_tells_a_fault_with_its_seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path, settings: Settings) -> None:
        raise KeyError("刻意")

    monkeypatch.setattr(fuzz_readers, "find_reader", lambda path: fail)
    faults = fuzz_readers.run_batch("txt", 7, 1, tmp_path)["faults"]
    assert len(faults) == 1
    assert faults[0].startswith("txt 7: KeyError: '刻意'")


def test_the_same_seed_gives_the_same_file() -> None:
    made = [fuzz_readers.mutate(b"0123456789" * 50, fuzz_readers.random.Random(3)) for _ in range(2)]
    assert made[0] == made[1] != b"0123456789" * 50
