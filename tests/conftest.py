"""Fixtures for all tests: the documents, the shared material beside the checkout, a browser."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from loaders.build.building import build

# The same examples in every run that judges a change, others at each run at a desk. No deadlines, and no complaint that
# making examples takes long: machines differ.
_UNHURRIED = [HealthCheck.too_slow]
settings.register_profile("judged", derandomize=True, deadline=None, suppress_health_check=_UNHURRIED)
settings.register_profile("desk", deadline=None, suppress_health_check=_UNHURRIED)
settings.load_profile("judged" if os.environ.get("CI") else "desk")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def documents_folder() -> Path:
    """The five documents and their catalogue."""
    return ROOT / "documents"


@pytest.fixture(scope="session")
def store_of_five(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the five documents as ``gongkai build`` makes it, once for all tests that only read it."""
    folder = tmp_path_factory.mktemp("five")
    assert build(store_dir=folder).succeeded
    return folder


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """The material that is too large for the repository: ``GONGKAI_SHARED``, else ``shared`` beside the checkout.

    Skips the test where it is absent.
    """
    folder = Path(os.environ.get("GONGKAI_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        pytest.skip(f"needs shared material, and there is no folder {folder}; set GONGKAI_SHARED to where it is")
    return folder


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The Chromium that browser tests drive: ``GONGKAI_CHROMIUM``, else the first found on PATH.

    Skips the test where there is none.
    """
    names = (
        os.environ.get("GONGKAI_CHROMIUM", ""),
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    )
    for name in filter(None, names):
        if found := shutil.which(name):
            return Path(found)
    pytest.skip("needs a Chromium: install the package chromium, or set GONGKAI_CHROMIUM to its executable")
