"""The index over entries made by hand: which entry comes first, and what is not found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from service.search.entries import PASSAGE, SearchEntry
from service.search.index import Index, make_index

IN_2023 = SearchEntry(
    PASSAGE, "d1#1", "三、三公经费", text="2023年“三公”经费预算9万元，比上年增加0万元。", agency="a1", years=(2023,),
    start=10, end=40, runs=((0, 10),),
)  # fmt: skip
OTHERS = [
    SearchEntry(
        PASSAGE,
        f"d2#{n}",
        "三公经费",
        text=f"三公经费支出决算{n}万元。",
        agency="a2",
        years=(2022,),
        start=n,
        end=n + 9,
    )
    for n in range(100, 200)
]
LINKED = SearchEntry(PASSAGE, "d3#1", "", text="集装箱吊装费由财政负担", links=(("s1", 0, 6),), end=11)
BARE = SearchEntry(PASSAGE, "d2#0", "三公经费", text="其中：", agency="a2", years=(2022,), start=1, end=4)
THINGS = [
    SearchEntry("Project", "p1", "口岸管养", names=("口岸管养",)),
    SearchEntry("Project", "p2", "口岸管养维护与设施设备更新改造", names=("口岸管养维护与设施设备更新改造",)),
    SearchEntry(
        "Agency", "a1", "甲市口岸办公室", "Port Office of Jia", ("甲市口岸办公室", "口岸办", "Port Office of Jia")
    ),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("index") / "x"
    make_index([IN_2023, *OTHERS, LINKED, BARE, *THINGS], folder)
    return Index(folder)


def find(index: Index, words: str, kind: str, **more: object) -> list[str]:
    look: Callable[..., list[object]] = index.find
    return [hit.entry.iri for hit in look(words, [kind], 20, **more)]  # type: ignore[attr-defined]


def test_the_office_and_year_asked_for_come_first(index: Index) -> None:
    assert find(index, "三公经费", PASSAGE, agencies={"a1"}, years={2023})[0] == "d1#1"
    assert find(index, "三公经费", PASSAGE)[0] != "d1#1"


def test_a_heading_alone_is_no_passage(index: Index) -> None:
    assert "d2#0" not in find(index, "三公经费", PASSAGE)


def test_a_service_in_other_words(index: Index) -> None:
    assert find(index, "免除查验没有问题", PASSAGE, services=["s1"]) == ["d3#1"]
    assert find(index, "免除查验没有问题", PASSAGE) == []


def test_an_exact_name_goes_before_a_longer_one(index: Index) -> None:
    assert find(index, "口岸管养", "Project") == ["p1", "p2"]


def test_a_short_name_inside_a_longer_question(index: Index) -> None:
    assert find(index, "口岸办 三公经费", "Agency") == ["a1"]
    assert find(index, "the port office", "Agency") == ["a1"]


def test_what_is_not_there_is_not_found(index: Index) -> None:
    assert find(index, "鳜鱼", "Project") == []
    assert find(index, "，。", "Project") == []
    assert find(index, "口岸", "Nothing") == []


def test_entries_come_back_as_they_were(tmp_path: Path, index: Index) -> None:
    assert index.look_up("d3#1") == LINKED
    assert index.look_up("d1#1") == IN_2023
    assert index.look_up("nothing") is None
    assert [e.iri for e in index.named] == ["a1"]
    assert IN_2023.locate(0, 5) == (10, 15)
