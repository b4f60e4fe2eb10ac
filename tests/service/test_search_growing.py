"""The search index of a store that grew: it finds what one made at once finds, and nothing that has gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from loaders.build.building import build
from loaders.build.growing import read_changes
from loaders.build.snapshots import Snapshot, find_current
from loaders.settings import DEFAULT_BASE, Settings
from service.linked.snapshot_parts import make
from service.search import index as search_index
from service.search.entries import list_entries
from service.search.index import Index, make_index
from tests.loaders.building import open_current
from tests.loaders.growing_documents import Folder
from tests.volume import more, size

SETTINGS = Settings(jobs=1)
WORDS = (
    "无锡市口岸办公室",
    "口岸协管支出",
    "三公经费",
    "边民互助",
    "综合处",
    "基本支出",
    "国发〔2014〕45号",
    "行政运行",
)


def find_all(index: Index, words: str) -> dict[str, float]:
    """What is found for some words, with its score."""
    kinds = sorted({str(kind) for kind in KINDS})
    return {hit.entry.iri: hit.score for hit in index.find(words, kinds, 1000)}


KINDS = ("Agency", "Division", "Duty", "Citation", "Term", "FunctionCode", "Document", "Passage", "Project")


@pytest.mark.slow
# The steps of 3: a change with an addition, a change, a removal with a change.
@pytest.mark.parametrize("seed", [3, *more(1, 2)])
def test_a_grown_index_answers_as_one_made_at_once(tmp_path: Path, seed: int) -> None:
    folder, store = Folder(tmp_path / "documents", seed), tmp_path / "s"
    folder.add(4)
    build([folder.folder], store, SETTINGS)
    make(store, take(store), "search")
    grown = 0
    steps = size(3, 4)
    for number in range(steps):
        folder.step()
        build([folder.folder], store, SETTINGS, mirror=True)
        snapshot = take(store)
        found = Index(make(store, snapshot, "search"))
        grown += read_changes(snapshot) is not None
        if number not in size({steps - 1}, range(steps)):
            continue
        entries = list(list_entries(open_current(store), DEFAULT_BASE))
        place = tmp_path / f"at-once-{number}"
        make_index(entries, place)
        whole = Index(place)
        assert found.size == whole.size == len(entries)
        assert found.named == whole.named
        assert [e for e in entries if found.look_up(e.iri) != e] == []
        for words in WORDS:
            mine, theirs = find_all(found, words), find_all(whole, words)
            assert mine.keys() == theirs.keys(), words
            # Words of what was replaced count until tantivy rewrites the file that holds them.
            assert all(abs(mine[iri] - theirs[iri]) < 0.1 for iri in mine), words
    assert grown >= size(2, 3)


def test_an_index_grows_where_the_store_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, store = Folder(tmp_path / "documents", 5), tmp_path / "s"
    folder.add(4)
    build([folder.folder], store, SETTINGS)
    first = make(store, take(store), "search")
    folder.add()
    build([folder.folder], store, SETTINGS)
    with monkeypatch.context() as patched:
        patched.setattr(search_index, "make_index", None)
        second = make(store, take(store), "search")
    assert Index(second).size > Index(first).size
    # The index of the snapshot before answers on.
    assert find_all(Index(first), "口岸")
    # Where that is gone, it is made of the whole store.
    for path in (store / "derived").iterdir():
        path.rename(tmp_path / path.name)
    assert Index(make(store, take(store), "search")).size == Index(tmp_path / second.parent.name / second.name).size


def take(store: Path) -> Snapshot:
    snapshot = find_current(store)
    assert snapshot is not None
    return snapshot
