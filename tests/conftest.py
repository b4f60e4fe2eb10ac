"""Fixtures for all tests: the documents, the shared material beside the checkout, a browser."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from loaders.build import conversion, filling, pool
from loaders.build.building import build
from loaders.settings import Settings
from service.linked import snapshot_parts
from tests.alone import alone
from tests.foundations import PLACE, Foundations
from tests.temporary import settle
from tests.volume import size

settle()

# The same examples in every run that judges a change, others at each run at a desk. No deadlines, and no complaint that
# making examples takes long: machines differ.
_UNHURRIED = [HealthCheck.too_slow]
_EXAMPLES = size(40, 400)
settings.register_profile(
    "judged", derandomize=True, deadline=None, suppress_health_check=_UNHURRIED, max_examples=_EXAMPLES
)
settings.register_profile("desk", deadline=None, suppress_health_check=_UNHURRIED, max_examples=_EXAMPLES)
settings.load_profile("judged" if os.environ.get("CI") else "desk")

ROOT = Path(__file__).resolve().parent.parent


# Modules and tests, which stay, are many: looking through them for what may go took a twentieth of the run.
gc.disable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """Collects garbage from now on, but not among what was made until now."""
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that hold slow tests come first, those of the loaders last, most of which take a second: no worker is left
    alone with a long one at the end of a run."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (item.path not in slow, "loaders" in item.path.parts))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Tells builds whether to copy what every snapshot begins with (:mod:`tests.foundations`)."""
    Foundations.copying = item.get_closest_marker("foundation") is None


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def documents_folder() -> Path:
    """The five documents and their catalogue."""
    return ROOT / "documents"


@pytest.fixture(scope="session")
def place_of_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of a run have."""
    base = tmp_path_factory.getbasetemp()
    # The folders of all workers lie in the one of the run.
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session", autouse=True)
def foundations(place_of_run: Path) -> Iterator[Foundations]:
    """What every snapshot begins with, laid once a run: builds copy it, but in tests that are marked ``foundation``."""
    copies = Foundations(place_of_run / "foundations")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(PLACE, str(place_of_run / "foundations"))
        patch.setattr(filling, "lay_foundation", copies.lay)
        yield copies


@pytest.fixture(scope="session", autouse=True)
def reading_forked() -> Iterator[None]:
    """The fork server of this process has imported what reading documents needs, whichever test starts it.

    The first build starts it for all that follow. Were that one with a reader by hand, each document of the others
    would be read in a process that imports everything, which takes two seconds of a processor.
    """
    find = pool._find_context
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "_find_context", lambda preload: find([*conversion.list_preload(documents=99), *preload]))
        yield


@pytest.fixture(scope="session")
def store_of_five(place_of_run: Path, foundations: Foundations) -> Path:
    """A store of the five documents with its search index, as ``gongkai build`` makes it, and its dumps, which each
    server would begin to make: once a run, for all workers.

    It is to be read only. What builds into it, serves it with other settings or counts its files takes a copy
    (:func:`copy_of_five`).
    """
    store = place_of_run / "store-of-five"
    with alone(store.with_suffix(".lock")), foundations.anew():
        # Whoever comes later finds it published, by the fingerprint of all that it was made of, and builds nothing.
        report = build(store_dir=store, settings=Settings(store=store, jobs=2))
        assert report.succeeded
        assert report.snapshot is not None
        for part in ("search", "dumps"):
            snapshot_parts.make(store, report.snapshot, part)
    return store


@pytest.fixture(scope="session")
def copy_of_five(store_of_five: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store like :func:`store_of_five` that no other process uses."""
    copy = tmp_path_factory.mktemp("five") / "store"
    shutil.copytree(store_of_five, copy)
    return copy


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
