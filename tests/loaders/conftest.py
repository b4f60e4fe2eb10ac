"""Fixtures of the loaders' tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from loaders.build.building import list_documents


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """What the reader was asked to read since the last call, in any process."""
    path = tmp_path / "log.txt"
    monkeypatch.setenv("HAND_LOG", str(path))

    def take() -> list[str]:
        names = path.read_text(encoding="utf-8").split() if path.exists() else []
        path.unlink(missing_ok=True)
        return sorted(names)

    return take


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Three documents."""
    folder = tmp_path / "documents"
    folder.mkdir()
    for name in ("a", "b", "c"):
        (folder / f"{name}.txt").write_text(f"甲市{name} 12.50 万元，13.00 万元", encoding="utf-8")
    return list_documents(folder)
