"""Settings of the loaders: impossible values are refused with the variable's name and a remedy."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from loaders.errors import SettingsError
from loaders.settings import Settings


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"GONGKAI_{name.upper()}", raising=False)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)


def test_every_field_is_described() -> None:
    assert all(f.description for f in Settings.model_fields.values())


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_JOBS", "3")
    monkeypatch.setenv("GONGKAI_STORE", "/tmp/elsewhere")
    monkeypatch.setenv("GONGKAI_BASE", "")
    found = Settings()
    assert (found.jobs, found.store, found.base) == (3, Path("/tmp/elsewhere"), "https://w3id.org/gongkai/")
    assert Settings(jobs=1).jobs == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GONGKAI_JOBS", "-1"),
        ("GONGKAI_JOBS", "many"),
        ("GONGKAI_BASE", "https://example.org"),
        ("GONGKAI_BASE", "https://例.org/"),
        ("GONGKAI_BASE", "ftp://example.org/"),
        ("GONGKAI_BASE", "https://example.org/#"),
        ("GONGKAI_MAX_FILE_BYTES", "0"),
        ("GONGKAI_KEEP_SNAPSHOTS", "0"),
        ("GONGKAI_BUILD_TIME", "yesterday"),
        ("GONGKAI_BUILD_TIME", "2026-01-31T12:00:00"),
    ],
)
def test_an_impossible_value_names_its_variable(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        Settings()
    assert caught.value.place == name
    assert value in caught.value.problem
    assert caught.value.remedy.startswith("It takes: ")


def test_the_time_of_a_build(monkeypatch: pytest.MonkeyPatch) -> None:
    before = datetime.now(UTC)
    assert abs((Settings().find_time() - before).total_seconds()) < 5
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert Settings().find_time() == datetime(1970, 1, 2, tzinfo=UTC)
    monkeypatch.setenv("GONGKAI_BUILD_TIME", "2026-01-31T12:00:00+08:00")
    assert Settings().find_time() == datetime(2026, 1, 31, 4, tzinfo=UTC)
    monkeypatch.delenv("GONGKAI_BUILD_TIME")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    with pytest.raises(SettingsError, match="SOURCE_DATE_EPOCH: 'soon' is no time"):
        Settings().find_time()
