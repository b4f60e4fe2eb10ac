"""Conversion on many machines: the same quads as on one, whatever dies or is cut off; and what cannot be is told."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loaders.build.building import build
from loaders.build.cluster import join_cluster
from loaders.build.snapshots import find_current
from loaders.errors import StoreError
from loaders.settings import Settings
from tests.loaders.building import READ, ROOT
from tests.loaders.cluster_hosts import HERE, Hosts
from tests.loaders.test_shards import SERIAL, TIME, list_quads, make_folder, tell
from tests.volume import more
from tests.waiting import PATIENCE, wait_until

pytest.importorskip("distributed", reason="needs the extra cluster")
pytestmark = pytest.mark.slow

WORKERS = ("w1", "w2", "w3")
KEYS = {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "tests", "AWS_DEFAULT_REGION": "us-east-1"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the documents, four of which are read only once the file ``gate`` is there."""
    place = tmp_path_factory.mktemp("cluster")
    documents = make_folder(place / "documents")
    for number in range(4):
        # The largest come first: each worker begins with one of them.
        (documents / f"held-{number}.txt").write_text(f"久{'，' * 500}{number}.25 万元", encoding="utf-8")
        os.utime(documents / f"held-{number}.txt", (1_700_000_000, 1_700_000_000))
    return place


@pytest.fixture(scope="module")
def hosts(place: Path) -> Iterator[Hosts]:
    """A scheduler on a hub; workers are started by those who need them."""
    with Hosts(len(WORKERS), place) as hosts:
        hosts.start_scheduler()
        yield hosts


@pytest.fixture(scope="module")
def local(place: Path) -> tuple[set[str], tuple[object, ...]]:
    """What a build on this machine alone makes of the documents."""
    report = build([place / "documents"], place / "local", SERIAL, convert=READ)
    return list_quads(place / "local"), tell(report)


@pytest.fixture(scope="module")
def objects(hosts: Hosts) -> dict[str, str]:
    """The environment of programs that use the S3-compatible store on the hub."""
    pytest.importorskip("moto.server", reason="needs the extra test-cluster")
    port = hosts._find_port()
    hosts.start("hub", "objects", "-m", "moto.server", "-H", hosts.address, "-p", str(port))
    return {"AWS_ENDPOINT_URL": f"http://{hosts.address}:{port}", **KEYS}


COPY = """
import sys, time, fsspec
from pathlib import Path
system = fsspec.filesystem("s3")
end = time.monotonic() + 240
while True:
    try:
        system.mkdir(sys.argv[2])
        break
    except OSError:
        if time.monotonic() > end:
            raise
        time.sleep(0.2)
root = Path(sys.argv[1])
# As old as they are beside each other, though all are new there.
for path in sorted((p for p in root.rglob("*") if p.is_file()), key=lambda p: (p.stat().st_mtime, p)):
    system.put_file(str(path), f"{sys.argv[2]}/documents/{path.relative_to(root)}")
"""


def start_build(hosts: Hosts, name: str, files: list[str], results: str, **environment: str) -> None:
    wanted = {
        "files": files, "store": str(hosts.folder / f"store-{name}"), "results": results, "wait": 240.0,
        "address": f"tcp://{hosts.address}:{hosts.port}", "time": TIME["build_time"],
    }  # fmt: skip
    hosts.start("hub", name, str(HERE / "cluster_driver.py"), json.dumps(wanted), pipe=True, **environment)


def finish_build(hosts: Hosts, name: str) -> dict[str, Any]:
    output, _ = hosts.processes[name].communicate(timeout=PATIENCE)
    assert output, hosts.read_log(name)
    told: dict[str, Any] = json.loads(output)
    return told


def break_while_it_runs(hosts: Hosts, name: str, files: list[str], results: str, **environment: str) -> dict[str, Any]:
    """A build during which one worker is killed and one cut off, each while it converts; what it tells."""
    gate, log = hosts.folder / f"gate-{name}", hosts.folder / f"log-{name}"
    for worker in WORKERS:
        hosts.start_worker(f"{worker}-{name}", HAND_GATE=str(gate), HAND_LOG=str(log), **environment)
    start_build(hosts, name, files, results, **environment)

    def count_begun() -> int:
        return len(set(log.read_text("utf-8").split())) if log.exists() else 0

    wait_until(
        lambda: count_begun() >= len(WORKERS) or hosts.processes[name].poll() is not None, "all workers to convert"
    )
    hosts.kill(f"w1-{name}")
    hosts.stop(f"w2-{name}")
    # The third holds on to its document until then: the build cannot be over before it has seen what befell the others.
    wait_until(
        lambda: "it has gone" in hosts.read_log(name) or hosts.processes[name].poll() is not None,
        "the build to miss a worker",
    )
    gate.touch()
    done = finish_build(hosts, name)
    hosts.go_on(f"w2-{name}")
    if "://" not in results:  # one that was cut off while it looked around takes its probe away when it goes on
        wait_until(lambda: not list((Path(results) / "probes").iterdir()), "the probes of workers to go")
    for worker in WORKERS:
        hosts.end(f"{worker}-{name}")
    return done


def run_on_one(hosts: Hosts, name: str, files: list[str], results: str, **environment: str) -> dict[str, Any]:
    """A build by one worker, whom nothing befalls; what it tells."""
    gate, log = hosts.folder / f"gate-{name}", hosts.folder / f"log-{name}"
    gate.touch()
    hosts.start_worker(f"w1-{name}", HAND_GATE=str(gate), HAND_LOG=str(log), **environment)
    start_build(hosts, name, files, results, **environment)
    done = finish_build(hosts, name)
    hosts.end(f"w1-{name}")
    return done


def compare(
    done: dict[str, Any], store: Path, local: tuple[set[str], tuple[object, ...]], *, broken: bool = True
) -> None:
    """That a build on many machines made and told the same as one, also where workers were ``broken``."""
    assert "error" not in done, done
    quads, (ids, failures, duplicates, notes, count) = local
    assert sorted((*done["converted"], *done["reused"])) == ids
    assert len(done["failures"]) == len(failures) == 1
    assert "KeyError" in done["failures"][0]
    assert (len(done["duplicates"]), len(done["notes"]), done["quads"]) == (
        len(duplicates), len(notes), count,
    )  # fmt: skip
    assert done["converting"][-1] == len(ids) + 1
    assert sorted(done["converting"]) == done["converting"]
    assert any("it has gone" in t for t in done["told"]) or not broken, done["told"]
    assert list_quads(store) == quads


def test_a_shared_folder_with_one_worker_killed_and_one_cut_off(
    hosts: Hosts, place: Path, local: tuple[set[str], tuple[object, ...]]
) -> None:
    done = break_while_it_runs(hosts, "shared", [str(place / "documents")], str(place / "results"))
    compare(done, place / "store-shared", local)
    assert not list((place / "results").rglob("*.new")), "a killed worker's own files may stay; others' not"
    assert not list((place / "results" / "probes").iterdir())


@pytest.mark.parametrize("broken", [False, *more(True)])
def test_a_store_of_objects_also_with_one_worker_killed_and_one_cut_off(
    hosts: Hosts, place: Path, objects: dict[str, str], local: tuple[set[str], tuple[object, ...]], broken: bool
) -> None:
    bucket, name = f"s3://bucket-of-tests-{broken}".lower(), f"objects-{broken}"
    copying = hosts.start("hub", f"copying-{broken}", "-c", COPY, str(place / "documents"), bucket, **objects)
    assert copying.wait(PATIENCE) == 0, hosts.read_log(f"copying-{broken}")
    url = f"{bucket}/documents"
    run = break_while_it_runs if broken else run_on_one
    done = run(hosts, name, [url], f"{bucket}/results", **objects)
    compare(done, place / f"store-{name}", local, broken=broken)
    assert all(url in failure for failure in done["failures"])
    found = find_current(place / f"store-{name}")
    assert found is not None
    assert {d["path"].partition("documents/")[0] + "documents" for d in found.manifest.documents} == {url}


def run_build(hosts: Hosts, name: str, files: list[str], results: Path, **changed: Any) -> dict[str, Any]:
    """A build to its end, with other wishes than usual."""
    wanted = {
        "files": files, "store": str(hosts.folder / f"store-{name}"), "results": str(results), "wait": 240.0,
        "address": f"tcp://{hosts.address}:{hosts.port}", "time": TIME["build_time"], **changed,
    }  # fmt: skip
    hosts.start("hub", name, str(HERE / "cluster_driver.py"), json.dumps(wanted), pipe=True)
    return finish_build(hosts, name)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Three documents."""
    folder = tmp_path / "documents"
    folder.mkdir()
    for name in ("a", "b", "c"):
        (folder / f"{name}.txt").write_text(f"甲市{name} 12.50 万元", encoding="utf-8")
    return folder


def test_a_worker_with_other_loaders_is_refused(hosts: Hosts, tmp_path: Path, small: Path) -> None:
    """Alone it ends the build with one message; beside another, it is left out and told."""
    other = tmp_path / "other"
    for name in ("loaders", "ontology", "documents", "queries"):
        shutil.copytree(ROOT / name, other / name)  # with what was compiled: else each of its processes compiles it
    with (other / "loaders" / "words" / "units.py").open("a", encoding="utf-8") as file:
        file.write("\n# another version\n")
    hosts.start_worker("w1-older", PYTHONPATH=f"{other}{os.pathsep}{HERE}")
    done = run_build(hosts, "refused", [str(small)], tmp_path / "results")
    assert "none of its workers (1) can convert for this machine: it has other loaders: Gongkai" in done["error"]
    assert find_current(hosts.folder / "store-refused") is None
    assert done["error"].count("it has other loaders") == 1
    hosts.start_worker("w2-newer")
    wait_until(lambda: "Registered to" in hosts.read_log("w2-newer"), "the other worker to register")
    done = run_build(hosts, "beside", [str(small)], tmp_path / "results")
    assert done["converted"] == ["a", "b", "c"]
    assert [t for t in done["told"] if "it has other loaders" in t] == done["told"]
    assert len(done["told"]) == 1
    hosts.end("w1-older")
    hosts.end("w2-newer")


def test_a_worker_without_the_mount_is_refused(hosts: Hosts, tmp_path: Path, small: Path) -> None:
    """What is a shared folder here is an empty one there, or one of its own: nothing would ever be seen again."""
    if not hosts.apart:
        pytest.skip("needs mounts of its own")
    results = tmp_path / "results"
    results.mkdir()
    mount = ("unshare", "-m", "sh", "-c", 'mount -t tmpfs none "$0" && exec "$@"')
    hosts.start_worker("w1-unseen", (*mount, str(small)))
    hosts.start_worker("w2-own", (*mount, str(results)))
    for name in ("w1-unseen", "w2-own"):
        wait_until(lambda n=name: "Registered to" in hosts.read_log(n), "the worker to register")  # type: ignore[misc]
    done = run_build(hosts, "unmounted", [str(small)], results)
    hosts.end("w1-unseen")
    hosts.end("w2-own")
    assert "none of its workers (2) can convert for this machine: " in done["error"]
    assert f"it does not see {small}" in done["error"]
    assert f"its {results} is another folder" in done["error"]


def test_documents_that_vanish_end_it_with_one_message_and_lose_nothing(
    hosts: Hosts, tmp_path: Path, small: Path
) -> None:
    gate, log, results, away = (tmp_path / name for name in ("gate", "log", "results", "away"))
    (small / "held.txt").write_text(f"久{'，' * 500} 1.25 万元", encoding="utf-8")
    hosts.start_worker("w1-vanish", HAND_GATE=str(gate), HAND_LOG=str(log))
    start_build(hosts, "vanish", [str(small)], str(results))
    wait_until(lambda: log.exists() or hosts.processes["vanish"].poll() is not None, "a document to be read")
    small.rename(away)
    gate.touch()
    done = finish_build(hosts, "vanish")
    assert "does not see" in done["error"] or "has vanished" in done["error"], done
    assert str(small) in done["error"]
    assert find_current(hosts.folder / "store-vanish") is None
    away.rename(small)
    done = run_build(hosts, "vanish", [str(small)], results)
    hosts.end("w1-vanish")
    assert (done["converted"], done["reused"], done["failures"]) == (["a", "b", "c"], ["held"], [])
    assert log.read_text("utf-8").split().count("held.txt") == 1


def test_no_worker_is_told(hosts: Hosts, tmp_path: Path, small: Path) -> None:
    done = run_build(hosts, "unmanned", [str(small)], tmp_path / "results", wait=0.5)
    assert "it has had no worker for 0.5 seconds" in done["error"]
    assert "dask worker tcp://" in done["error"]


def test_no_scheduler_is_told(tmp_path: Path, small: Path) -> None:
    settings = Settings(store=tmp_path / "store", cluster_wait_seconds=1)
    with (
        pytest.raises(StoreError, match="no scheduler of Dask answers there") as raised,
        join_cluster("tcp://127.0.0.1:9", settings.store, [small], settings, print),
    ):
        pass
    assert "dask scheduler" in raised.value.remedy
