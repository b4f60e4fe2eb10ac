"""What is indexed and asked for: pairs of characters, words, numbers; passages that know their place."""

from __future__ import annotations

import pytest

from service.search.entries import cut_passages
from service.search.folding import compact
from service.search.index import find_best_stretch
from service.search.terms import find_terms, list_terms, select_terms, stem


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("查验", ["查验"]),
        ("口岸办", ["口岸", "岸办"]),
        ("港", ["港"]),
        ("７，０００万元", ["7000", "万元"]),
        ("2,887.50 万元", ["2887.50", "万元"]),
        ("Which Projects fund ports?", ["which", "project", "fund", "port"]),
        ("2023年", ["2023", "年"]),
        ("code 2299999", ["code", "2299999"]),
        ("口岸辦經費", ["口岸", "岸办", "办经", "经费"]),
        ("“三公”经费", ["三公", "公经", "经费"]),
        ("!?。 \n", []),
    ],
)
def test_what_is_asked_for(text: str, expected: list[str]) -> None:
    assert [t.text for t in find_terms(text)] == expected


def test_single_characters_are_indexed_beside_pairs() -> None:
    assert list_terms("通关费") == ["通", "关", "费", "通关", "关费"]


def test_terms_know_their_places() -> None:
    text = "㈠ 公务用车 7,000 万元"
    assert [(t.text, text[t.start : t.end]) for t in find_terms(text)] == [
        ("一", "㈠"), ("公务", "公务"), ("务用", "务用"), ("用车", "用车"), ("7000", "7,000"), ("万元", "万元"),
    ]  # fmt: skip


def test_terms_that_a_text_holds() -> None:
    text = "Ports of Shenzhen 201 号，口岸 管理"
    assert select_terms(text, ["port", "201", "20", "口岸", "岸管", "管理"]) == ["port", "201", "口岸", "管理"]


def test_names_that_print_alike_are_equal() -> None:
    assert compact("（深圳市）口岸 办公室") == compact("(深圳市)口岸办公室")
    assert stem("policies") == "policy"
    assert [stem(w) for w in ("class", "campus", "gas", "ports")] == ["class", "campus", "gas", "port"]


TEXT = """某市口岸办公室2023年部门预算

第一部分 部门概况

一、主要职责。负责口岸通关
便利化工作。

第二部分 三公经费

公务接待费支出总体控制在 5 万元以内，比上年减少 2 万元，主要原因是厉行节约。
因公出国费用按规定另行安排，不在年初预算中列支。
"""


def test_every_character_of_a_passage_knows_its_place() -> None:
    passages = list(cut_passages(TEXT))
    joined = "".join(p.text for p, _ in passages)
    assert "口岸通关便利化工作" in joined, "a line break parts no word"
    for passage, _ in passages:
        assert "".join(TEXT[offset] for offset in passage.offsets) == passage.text
    [section] = [section for p, section in passages if "厉行节约" in p.text]
    assert "三公经费" in section


def test_the_shortest_stretch_that_holds_the_words() -> None:
    text = "公务接待费支出，公务用车 7 辆，公务接待费 5 万元"
    start, end = find_best_stretch(text, ["接待", "万元"])
    assert text[start:end] == "接待费 5 万元"
    assert find_best_stretch(text, ["没有"]) == (0, 0)
