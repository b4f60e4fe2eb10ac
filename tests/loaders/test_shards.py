"""Conversion in shares and their merging: the same store as one build, whoever converted what, and whatever broke."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.build import conversion, shards
from loaders.build.building import BuildReport, build, merge
from loaders.build.collecting import Share
from loaders.build.shards import ShardReport, convert_share, parse_share
from loaders.build.snapshots import Workshop, find_current
from loaders.catalogue import Catalogue
from loaders.errors import BusyStore, SettingsError, StoreError
from loaders.facts import Facts
from loaders.settings import Settings
from tests import commands
from tests.loaders.building import HERE, READ, ROOT, open_current
from tests.waiting import PATIENCE, wait_until

TIME = {"build_time": "2026-01-31T12:00:00Z"}
SERIAL = Settings(jobs=1, **TIME)
SHARES = 3


def make_folder(place: Path) -> Path:
    """An office's documents, some of them issued twice, in several folders; a copy, a catalogue, one that is broken."""
    below = {
        "a.txt": "id:a 甲市 12.50 万元，13.00 万元",
        "b.txt": "id:b 乙市 1.50 万元",
        "later/a.txt": "id:a 甲市 12.50 万元，13.00 万元，又 14.00 万元",
        "later/copy of b.txt": "id:b 乙市 1.50 万元",
        "other/a.txt": "id:a 另一个 77.00 万元，78.00 万元",
        "named.txt": "3.25",
        "broken.txt": "错",
        **{f"more/{n}.txt": f"丙市 {n}.75 万元" for n in range(8)},
    }
    for age, (name, text) in enumerate(below.items()):
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        os.utime(path, (1_700_000_000 + age, 1_700_000_000 + age))
    digest = conversion.hash_file(place / "named.txt")
    (place / "catalogue.toml").write_text(
        f'[[document]]\nfile = "named.txt"\nid = "of-the-catalogue"\nagency = "丁市口岸办"\nkind = "accounts"\n'
        f'fiscal_year = 2022\nsha256 = "{digest}"\n',
        encoding="utf-8",
    )
    return place


def convert(folder: Path, into: Path, number: int = 1, count: int = 1, settings: Settings = SERIAL) -> ShardReport:
    return convert_share([folder], into, Share(number, count), settings, convert=READ)


def list_quads(store: Path) -> set[str]:
    return {str(quad) for quad in open_current(store)}


def tell(report: BuildReport) -> tuple[object, ...]:
    """What a build tells of its files, whether they were converted now or before."""
    ids = sorted((*report.converted, *report.reused))
    failures = sorted(str(f) for f in report.failures)
    return ids, failures, sorted(report.duplicates), sorted(report.notes), report.quads


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_folder(tmp_path_factory.mktemp("shards") / "documents")


@pytest.fixture(scope="module")
def local(folder: Path) -> tuple[set[str], tuple[object, ...]]:
    """The quads of one build of the folder on one machine, and what it told."""
    store = folder.parent / "local"
    report = build([folder], store, SERIAL, convert=READ)
    return list_quads(store), tell(report)


@pytest.fixture(scope="module")
def results(folder: Path) -> Path:
    """A folder that three machines have converted into."""
    place = folder.parent / "results"
    reports = [convert(folder, place, n, SHARES) for n in range(1, SHARES + 1)]
    assert sum(r.files for r in reports) == 15
    assert all(r.files for r in reports), "a share that is empty tests nothing"
    assert [f.path for r in reports for f in r.failures] == [str(folder / "broken.txt")]
    return place


@given(st.text(min_size=1), st.integers(1, 12))
def test_every_name_is_in_one_share(name: str, count: int) -> None:
    assert sum(Share(n, count).has(name) for n in range(1, count + 1)) == 1


def test_a_name_is_in_the_same_share_in_each_normal_form() -> None:
    composed, decomposed = "caf\u00e9/部门.txt", "cafe\u0301/部门.txt"
    assert all(Share(n, 7).has(composed) == Share(n, 7).has(decomposed) for n in range(1, 8))


@pytest.mark.parametrize("text", ["", "3", "0/4", "5/4", "1/0", "a/b", "-1/3", "1/2/3", "１/２ "])
def test_what_is_no_share_is_told(text: str) -> None:
    with pytest.raises(SettingsError, match="3/16"):
        parse_share(text)


def test_merged_shares_are_what_one_build_makes(
    tmp_path: Path, results: Path, local: tuple[set[str], tuple[object, ...]]
) -> None:
    report = merge([results], tmp_path / "s", SERIAL)
    assert tell(report) == local[1]
    assert report.converted == ()
    assert list_quads(tmp_path / "s") == local[0]
    assert not merge([results], tmp_path / "s", SERIAL).changed


def test_shares_in_folders_of_their_own_are_merged_too(
    tmp_path: Path, folder: Path, results: Path, local: tuple[set[str], tuple[object, ...]]
) -> None:
    places = [tmp_path / f"machine-{n}" for n in range(1, SHARES + 1)]
    for number, place in enumerate(places, 1):
        convert(folder, place, number, SHARES)
    with pytest.raises(StoreError, match="of its 3 shares 2/3 is not done"):
        merge([places[0], places[2]], tmp_path / "s", SERIAL)
    assert tell(merge(places, tmp_path / "s", SERIAL)) == local[1]
    assert list_quads(tmp_path / "s") == local[0]


def test_stores_are_merged_with_their_versions(
    tmp_path: Path, folder: Path, local: tuple[set[str], tuple[object, ...]]
) -> None:
    files = sorted(p for p in folder.rglob("*.txt") if p.name != "broken.txt")
    halves = [tmp_path / "one", tmp_path / "two"]
    # Each half has one version of the same document: the later one in the store that is named first.
    for half, store in zip((files[1::2], files[::2]), halves, strict=True):
        build(half, store, SERIAL, convert=READ)
    report = merge(halves, tmp_path / "s", SERIAL)
    assert report.succeeded
    assert list_quads(tmp_path / "s") == local[0]
    again = merge([tmp_path / "s"], tmp_path / "t", SERIAL)
    assert again.quads == report.quads
    assert list_quads(tmp_path / "t") == local[0]


def test_what_is_done_is_not_converted_again(tmp_path: Path, folder: Path, results: Path) -> None:
    place = tmp_path / "results"
    shutil.copytree(results, place)
    done = convert(folder, place, 2, SHARES)
    assert (done.converted, done.known) == (0, done.files)
    # Another number of shares finds the same results.
    done = convert(folder, place, 1, 1)
    assert (done.converted, done.known) == (0, 15)


def refuse(sources: list[Path], store: Path, words: str) -> str:
    """That a merge is refused, with these words, and publishes nothing."""
    before = find_current(store)
    with pytest.raises(StoreError, match=words) as raised:
        merge(sources, store, SERIAL)
    assert find_current(store) == before
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_a_share_that_is_not_done_is_told_and_left_out_if_wanted(tmp_path: Path, folder: Path, results: Path) -> None:
    place = tmp_path / "results"
    shutil.copytree(results, place)
    [index] = (place / "shards").glob("*-002-of-003.json")
    index.unlink()
    told = refuse([place], tmp_path / "s", "of its 3 shares 2/3 is not done")
    assert f"gongkai convert {folder} --shard 2/3" in told
    report = merge([place], tmp_path / "s", SERIAL, partial=True)
    there = {
        t["place"] for p in (place / "shards").glob("*.json") for t in json.loads(p.read_text("utf-8"))["documents"]
    }
    assert {d.path for d in report.documents} < there
    assert 0 < len(there) < 15


@pytest.mark.parametrize("damage", ["cut", "changed", "gone", "row"])
def test_half_written_results_are_told_and_mended(tmp_path: Path, folder: Path, results: Path, damage: str) -> None:
    place = tmp_path / "results"
    shutil.copytree(results, place)
    victim = max((place / "cache").glob("*.nq"), key=lambda p: p.stat().st_size)
    content = victim.read_bytes()
    if damage == "cut":
        victim.write_bytes(content[:-10])
    elif damage == "changed":
        victim.write_bytes(content.replace(b"12.50", b"99.99"))
    elif damage == "gone":
        victim.unlink()
    else:
        victim.with_suffix(".json").write_text('{"id": "a", "pa', encoding="utf-8")
    told = refuse([place], tmp_path / "s", "not whole")
    assert "a.txt" in told
    assert sum(convert(folder, place, n, SHARES).converted for n in range(1, SHARES + 1)) == 1
    assert victim.read_bytes() == content


def test_other_loaders_are_told(tmp_path: Path, folder: Path, results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place, store = tmp_path / "results", tmp_path / "built"
    shutil.copytree(results, place)
    build([folder / "b.txt"], store, SERIAL, convert=READ)
    with monkeypatch.context() as patch:
        patch.setattr(shards, "fingerprint_loaders", lambda: "of-another-version")
        convert(folder, place, 3, SHARES)
    told = refuse([place], tmp_path / "s", "003-of-003.json: it was converted by other loaders")
    assert "of-another-version" in told
    # A store of theirs is neither taken in nor added to.
    current = find_current(store)
    assert current is not None
    manifest = current.folder / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace(conversion.fingerprint_loaders(), "older"), "utf-8")
    refuse([store], tmp_path / "s", "it was built by other loaders")
    refuse([results], store, "holds documents that other loaders converted")


def test_another_base_is_told(tmp_path: Path, folder: Path) -> None:
    other = Settings(jobs=1, base="https://example.org/x/")
    convert(folder, tmp_path / "r", settings=other)
    refuse([tmp_path / "r"], tmp_path / "s", "GONGKAI_BASE is https://w3id.org/gongkai/ here")


def test_shares_that_did_not_read_alike_are_told(
    tmp_path: Path, folder: Path, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "results"
    shutil.copytree(results, place)
    monkeypatch.setattr(shards, "describe_reading", lambda _: {"forms": "", "scans": "another"})
    convert(folder, place, 2, SHARES)
    refuse([place], tmp_path / "s", "002-of-003.json: it was converted with other Tesseract")


def test_results_among_the_documents_are_refused(folder: Path) -> None:
    with pytest.raises(StoreError, match="would be read as documents"):
        convert(folder, folder / "results")
    assert not (folder / "results").exists()


def test_two_merges_at_once(tmp_path: Path, results: Path) -> None:
    with Workshop(tmp_path / "s"), pytest.raises(BusyStore, match="is building this store"):
        merge([results], tmp_path / "s", SERIAL)


def test_sources_that_are_none_are_told(
    tmp_path: Path, local: tuple[set[str], tuple[object, ...]], folder: Path
) -> None:
    refuse([tmp_path / "none"], tmp_path / "s", "holds no results")
    refuse([], tmp_path / "s", "nothing is named")
    refuse([folder], tmp_path / "s", "holds no results")
    store = folder.parent / "local"
    refuse([store], store, "it is the store itself")
    (tmp_path / "r" / "shards").mkdir(parents=True)
    (tmp_path / "r" / "shards" / "x-001-of-001.json").write_text('{"format": 99}', encoding="utf-8")
    refuse([tmp_path / "r"], tmp_path / "s", "its form is 99")


def test_a_folder_that_vanishes_is_told_once(tmp_path: Path, folder: Path) -> None:
    here, away = tmp_path / "mounted", tmp_path / "away"
    shutil.copytree(folder, here)

    def read(path: Path, catalogue: Catalogue) -> Facts:
        if not away.exists():
            facts: Facts = READ(path, catalogue)
            here.rename(away)
            return facts
        return READ(path, catalogue)

    with pytest.raises(StoreError, match="the folder of documents has vanished") as raised:
        convert_share([here], tmp_path / "r", Share(), SERIAL, convert=read)
    assert raised.value.place == str(here)
    refuse([tmp_path / "r"], tmp_path / "s", "holds no results")
    away.rename(here)
    done = convert(here, tmp_path / "r")
    assert (done.files, done.known) == (15, 1), "what was converted before the folder vanished is there"


SCRIPT = """
import sys
from pathlib import Path
sys.path.append({here!r})
if __name__ == "__main__":
    import hand_reader
    from loaders.build.collecting import Share
    from loaders.build.shards import convert_share
    from loaders.settings import Settings
    done = convert_share([Path(sys.argv[1])], sys.argv[2], Share(), Settings(jobs=1), convert=hand_reader.read)
    print(done.converted, done.known)
"""


def start(folder: Path, into: Path, **environment: str) -> subprocess.Popen[str]:
    script = into.with_suffix(".py")
    script.write_text(SCRIPT.format(here=str(HERE)), encoding="utf-8")
    process: subprocess.Popen[str] = commands.start(
        str(folder), str(into), file=script, cwd=ROOT, text=True, stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )  # fmt: skip
    return process


def test_two_machines_with_the_same_share_and_one_killed(tmp_path: Path, folder: Path) -> None:
    """Both write the same results at once; the one that is killed in the middle of it harms nothing."""
    documents = tmp_path / "documents"
    shutil.copytree(folder, documents)
    (documents / "slow.txt").write_text("久 5.00", encoding="utf-8")
    gate, into = tmp_path / "gate", tmp_path / "r"
    machines = [start(documents, into, HAND_GATE=str(gate)) for _ in range(2)]
    try:
        # The smallest file comes last: everything else is converted by then.
        wait_until(lambda: len(list(into.glob("cache/*.json"))) >= 5, "some documents to be converted")
        machines[0].send_signal(signal.SIGKILL)
        machines[0].wait(PATIENCE)
        refuse([into], tmp_path / "s", "holds no results")
        gate.touch()
        output, _ = machines[1].communicate(timeout=PATIENCE)
    finally:
        for machine in machines:
            machine.kill()
            machine.communicate()
    assert machines[1].returncode == 0
    assert sum(map(int, output.split())) >= 14
    done = convert(documents, into)
    assert (done.files, done.converted, done.known) == (16, 0, 16)
