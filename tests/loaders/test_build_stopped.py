"""Builds that are stopped: unwritable folders, full disks, processes killed at any moment."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from loaders.build.building import list_documents
from loaders.build.growing import read_changes
from loaders.build.snapshots import find_current
from loaders.errors import StoreError
from tests import commands
from tests.foundations import PLACE
from tests.loaders.building import HERE, ROOT, dump, list_ids, open_current, run
from tests.volume import size
from tests.waiting import PATIENCE, wait_until

SCRIPT = """
import os, sys
from pathlib import Path
sys.path.append({here!r})
if __name__ == "__main__":
    uid = int(sys.argv[4])
    import hand_reader, loaders.graph.codes
    from loaders.build import building
    from loaders.errors import GongkaiError
    from loaders.settings import Settings
    if uid:
        os.setuid(uid)
    try:
        files = building.list_documents(Path(sys.argv[1]))
        building.build(files, Path(sys.argv[2]), Settings(jobs=int(sys.argv[3])), convert=hand_reader.read)
    except GongkaiError as error:
        print(error)
        sys.exit(3)
"""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a build of a folder in a process of its own."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(here=str(HERE)), encoding="utf-8")
    processes: list[subprocess.Popen[str]] = []

    def begin(folder: Path, store: Path, jobs: int = 1, uid: int = 0, file_limit: int = 0) -> subprocess.Popen[str]:
        process: subprocess.Popen[str] = commands.start(
            str(folder), str(store), str(jobs), str(uid), file=script, limit=file_limit, cwd=ROOT, text=True,
            # What is stopped lays ontology and lists itself, for that may be stopped too.
            env={**os.environ, "PYTHONPATH": str(ROOT), PLACE: ""}, stdout=subprocess.PIPE,
        )  # fmt: skip
        processes.append(process)
        return process

    yield begin
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_an_unwritable_folder(tmp_path: Path, files: list[Path], start: Callable[..., subprocess.Popen[str]]) -> None:
    store = tmp_path / "s"
    run(files, store)
    files[0].write_text("9.00", encoding="utf-8")
    uid = 65534 if os.geteuid() == 0 else 0
    if uid:
        # Nobody may walk to the files, and read them, but not write.
        for folder in (tmp_path, *tmp_path.parents):
            below = folder.is_relative_to(tempfile.gettempdir()) and folder != Path(tempfile.gettempdir())
            if below and not folder.stat().st_mode & 0o001:
                folder.chmod(folder.stat().st_mode | 0o055)
    store.chmod(0o555)
    try:
        process = start(files[0].parent, store, uid=uid)
        output, _ = process.communicate(timeout=PATIENCE)
    finally:
        store.chmod(0o755)
    assert process.returncode == 3, output
    assert "Permission denied" in output
    assert "--store" in output
    assert list_ids(store) == ["a", "b", "c"]
    assert '"9.00"' not in "".join(dump(store, "id/document/a"))


@pytest.mark.parametrize("limit", [1_000, 20_000, 300_000])
def test_a_disk_that_takes_no_more(
    tmp_path: Path, files: list[Path], start: Callable[..., subprocess.Popen[str]], limit: int
) -> None:
    store = tmp_path / "s"
    before = run(files, store).snapshot
    files[0].write_text("甲" * 5_000 + " 9.00", encoding="utf-8")
    process = start(files[0].parent, store, file_limit=limit)
    output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 3, output
    assert "File too large" in output
    assert "ulimit" in output
    assert find_current(store) == before
    assert list_ids(store) == ["a", "b", "c"]
    assert run(files, store).changed
    assert '"9.00"' in "".join(dump(store, "id/document/a-v2"))


@pytest.mark.foundation
@pytest.mark.parametrize("size", ["40k", "400k", "3m"])
def test_a_full_disk(tmp_path: Path, files: list[Path], size: str) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = os.geteuid() == 0 and (
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)], capture_output=True, check=False
        ).returncode
        == 0
    )
    if not mounted:
        pytest.skip("needs the right to mount a small disk")
    try:
        with pytest.raises(StoreError, match="No space left on device") as caught:
            run(files, disk / "s")
        assert "Free space" in caught.value.remedy
        assert find_current(disk / "s") is None
    finally:
        # Lazily: the error's traceback still holds the database open.
        subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_build_killed_at_any_moment(
    tmp_path: Path, files: list[Path], start: Callable[..., subprocess.Popen[str]], jobs: int
) -> None:
    store = tmp_path / "s"
    run(files, store)
    before, count = list_ids(store), len(open_current(store))
    for name in ("d", "e"):
        files[0].with_name(f"{name}.txt").write_text(f"慢 {name} 1.00", encoding="utf-8")
    chance = random.Random(jobs)
    whole = measure(start, files[0].parent, tmp_path / "other", jobs)
    killed = 0
    tries = 0
    while killed < size(2, 6) and tries < 40:
        tries += 1
        process, begin = start(files[0].parent, store, jobs), time.monotonic()
        try:
            process.wait(chance.uniform(0.2 * whole, 0.95 * whole))
            # Done before its time: something else had made the one that was measured slow.
            whole = time.monotonic() - begin
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            killed += 1
        found = list_ids(store)
        assert found in (before, [*before, "d", "e"])
        assert found != before or len(open_current(store)) == count
        if found != before:
            # It was done: back to the start for the next round.
            run(files, store, fresh=True)
            for path in (store / "cache").glob("*"):
                path.unlink()
    assert killed >= 2
    process = start(files[0].parent, store, jobs)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert list_ids(store) == [*before, "d", "e"]
    assert not (store / "work").exists()
    assert len(list((store / "snapshots").iterdir())) <= 2


@pytest.mark.slow
def test_a_build_killed_while_it_grows(
    tmp_path: Path, files: list[Path], start: Callable[..., subprocess.Popen[str]]
) -> None:
    """Only the making of the snapshot is left to do, so that is where it is killed."""
    store = tmp_path / "s"
    run(files, store)
    before, whole = list_ids(store), set(map(str, open_current(store)))
    for name in ("d", "e"):
        files[0].with_name(f"{name}.txt").write_text(f"{name} 1.00", encoding="utf-8")
    run(list_documents(files[0].parent), tmp_path / "other")
    shutil.copytree(tmp_path / "other" / "cache", store / "cache", dirs_exist_ok=True)
    begun, database = tmp_path / "begun", store / "work" / "database"
    shutil.copytree(store, begun)
    killed = tries = 0
    while killed < size(2, 4) and tries < 40:
        tries += 1
        process = start(files[0].parent, store)
        # The database is begun: from here on it is being changed.
        wait_until(lambda process=process: database.exists() or process.poll() is not None, "the database")
        try:
            process.wait(random.Random(tries).uniform(0, 0.1))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
        if list_ids(store) != before:
            # It was done already: back to where it began.
            shutil.rmtree(store)
            shutil.copytree(begun, store)
            continue
        # What readers have is what they had, though the one in the making shares its files.
        assert set(map(str, open_current(store))) == whole
        killed += 1
    assert killed >= 2
    process = start(files[0].parent, store)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert list_ids(store) == [*before, "d", "e"]
    snapshot = find_current(store)
    assert snapshot is not None
    assert read_changes(snapshot) is not None
    assert not (store / "work").exists()


def measure(start: Callable[..., subprocess.Popen[str]], folder: Path, store: Path, jobs: int) -> float:
    begin = time.monotonic()
    process = start(folder, store, jobs)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    return time.monotonic() - begin


def test_a_killed_build_leaves_no_process(
    tmp_path: Path, files: list[Path], start: Callable[..., subprocess.Popen[str]]
) -> None:
    for number in range(200):
        files[0].with_name(f"slow{number}.txt").write_text(f"慢 {number}.00", encoding="utf-8")
    log = tmp_path / "alive.txt"
    os.environ["HAND_LOG"] = str(log)
    try:
        process = start(files[0].parent, tmp_path / "s", 2)
        wait_until(log.exists, "the first document")
        process.kill()
        process.wait()

        def stands_still() -> bool:
            size = log.stat().st_size
            time.sleep(1)
            return log.stat().st_size == size

        wait_until(stands_still, "the end of reading")
        # Half a minute of work was left.
        assert len(log.read_text(encoding="utf-8").splitlines()) < 200
    finally:
        del os.environ["HAND_LOG"]
