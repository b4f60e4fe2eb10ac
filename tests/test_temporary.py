"""Where the files of tests lie: in memory where it has room, and nowhere else than ``TMPDIR`` says."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from tests import temporary
from tests.volume import FULL


def test_what_has_no_room_or_cannot_be_written_is_not_used() -> None:
    assert not temporary.has_room(Path("/nowhere"))
    assert not temporary.has_room(Path("/proc"))


def test_whoever_says_where_is_heeded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(temporary, "has_room", lambda _: True)
    temporary.settle()
    assert tempfile.gettempdir() == str(tmp_path)
    monkeypatch.delenv("TMPDIR")
    temporary.settle()
    assert os.environ.get("TMPDIR") == (None if FULL else "/dev/shm")
