"""Reconciliation that deserves trust: the hand-made list of messy names over offices of one kind in many places."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from loaders.graph.iris import Iris
from loaders.words.office_kinds import shorten_duty
from service.linked.matching import Asked, Matcher, read_batch
from service.linked.rating import rate
from service.search import room as rooms
from service.search.folding import simplify
from service.search.names import is_self_reference, list_keys, read_name
from service.search.pinyin import strip_marks, write_pinyin
from service.search.place_names import choose_highest, find_latin
from tests.service.invented_offices import add_offices, list_offices
from tests.service.messy_names import ask_names, read_names

BASE = "https://w3id.org/gongkai/"
SPACE = f"{BASE}id/"


@pytest.fixture(scope="module")
def matcher(store_of_five: Path, tmp_path_factory: pytest.TempPathFactory) -> Matcher:
    """Over the five documents and the invented ones, as the loaders read them."""
    folder = tmp_path_factory.mktemp("names")
    store = folder / "store"
    shutil.copytree(store_of_five, store)
    snapshot = add_offices(store, folder / "texts")
    return Matcher(rooms.open_room(snapshot.name, snapshot_folder(store, snapshot.name)), SPACE)


def snapshot_folder(store: Path, snapshot: str) -> Path:
    [folder] = (store / "derived").glob(f"{snapshot}*/search-*")
    return folder


def send(matcher: Matcher, queries: dict[str, dict[str, Any]]) -> Mapping[str, Any]:
    asked = read_batch(json.dumps(queries), 1000, BASE)
    return {
        key: {"result": rate(each, matcher.find(each), {}, lambda iri: iri.removeprefix(SPACE))}
        for key, each in asked.items()
    }


def test_the_list_is_what_it_says() -> None:
    names = read_names()
    assert len(names) >= 150
    assert sum(not name.answer for name in names) >= 40
    # Half of what has an answer is an office, and every office of it stands in a document.
    offices = {name.answer for name in names if name.answer.startswith("agency/")}
    assert len(offices) > 30
    assert len({(name.name, name.kind) for name in names}) == len(names)
    assert len(list_offices()) > 40


def test_messy_names_are_told_and_nothing_is_falsely_certain(matcher: Matcher) -> None:
    judged = list(ask_names(lambda queries: send(matcher, queries)))
    assert [(j.name.name, j.first) for j in judged if j.falsely_certain] == []
    wrong = [(j.name.name, j.name.why, j.first) for j in judged if not j.right]
    assert len(wrong) <= len(judged) * 0.05, wrong
    # Caution costs little: of the names that have an answer most are matched without anyone's help.
    answered = [j for j in judged if j.name.answer]
    assert sum(j.certain for j in answered) >= 0.8 * len(answered)


def test_a_place_beside_a_name_is_used(matcher: Matcher) -> None:
    """Properties tell which place is meant; that the candidate meets them is another's duty."""
    wish = [{"pid": "place", "v": "宝鸡"}]
    asked = read_batch(json.dumps({"q": {"query": "市公安局", "type": "Agency", "properties": wish}}), 10, BASE)["q"]
    found = matcher.find(asked)
    assert found[0].entry.label in [o for o in list_offices() if o.endswith("公安局")]
    baoji = next(c for c in found if c.entry.label == "宝鸡市公安局")
    assert (baoji.fits, baoji.placed) == (True, False)
    values = {baoji.entry.iri.removeprefix(SPACE): {"place": [("place/610300", "宝鸡市")]}}
    rows = rate(asked, found, values, lambda iri: iri.removeprefix(SPACE))
    assert (rows[0]["name"], rows[0]["match"]) == ("宝鸡市公安局", True)
    assert rate(asked, found, {}, lambda iri: iri)[0]["match"] is False


def test_an_office_beside_a_name_is_looked_at(matcher: Matcher) -> None:
    """Of many codes of one name the index gives some only; of many projects those of the office that is told."""
    office = "深圳市人民政府口岸办公室"
    wanted = next(e.iri for e in matcher.room.index.named if e.label == office)
    for value in (office, "深圳口岸办", wanted.removeprefix(SPACE)):
        queries = {"q": {"query": "口岸", "type": "Project", "properties": [{"pid": "agency", "v": value}]}}
        found = matcher.room.index.find_alike("口岸", ("Project",), 3, matcher.list_favoured(read(queries).wishes))
        assert {entry.agency for entry in found} == {wanted}, value


def read(queries: dict[str, dict[str, Any]]) -> Asked:
    return read_batch(json.dumps(queries), 10, BASE)["q"]


def test_a_part_of_a_name_is_told_and_never_certain(matcher: Matcher) -> None:
    for words in ("医疗保", "人民政府办"):
        rows = send(matcher, {"q": {"query": words, "type": "Agency", "limit": 10}})["q"]["result"]
        assert rows, words
        assert words in rows[0]["name"]
        assert not any(row["match"] for row in rows)


def test_identifiers_are_names(matcher: Matcher) -> None:
    label = "深圳市公安局"
    identity = str(Iris(BASE).agency(label, "440300").value).removeprefix(SPACE)
    for words in (identity, SPACE + identity):
        [row] = send(matcher, {"q": {"query": words}})["q"]["result"][:1]
        assert (row["name"], row["match"], row["score"]) == (label, True, 100)


@pytest.mark.parametrize(
    ("strict", "types", "kinds"),
    [("any", ["Agency", "Place"], {"Agency"}), ("all", ["Agency", "Place"], set()), ("all", ["Agency"], {"Agency"}),
     ("should", ["Place"], {"Agency"}), ("any", ["Place"], set())],
)  # fmt: skip
def test_how_strict_a_type_is(matcher: Matcher, strict: str, types: list[str], kinds: set[str]) -> None:
    query = {"query": "岳阳市公安局", "type": types, "type_strict": strict}
    rows = send(matcher, {"q": query})["q"]["result"]
    assert {row["type"][0]["id"] for row in rows if row["score"] > 70} == kinds
    assert any(row["match"] for row in rows) is (bool(kinds) and strict != "should")


@pytest.mark.parametrize(
    ("full", "short"),
    [
        ("医疗保障局", "医保局"), ("安全生产监督管理局", "安监局"), ("人民政府办公室", "政府办"), ("府办", "政府办"),
        ("口岸办公室", "口岸办"), ("人民政府口岸办公室", "口岸办"), ("发展和改革委员会", "发改委"),
        ("人力资源和社会保障局", "人社局"), ("卫生健康委员会", "卫健委"), ("住房和城乡建设局", "住建局"),
        ("城市管理和综合执法局", "城管局"), ("市场监督管理局", "市监局"), ("退役军人事务局", "退役军人局"),
        ("机构编制委员会办公室", "编办"), ("国有资产监督管理委员会", "国资委"), ("委机构编制委员会", "委编"),
        ("中级人民法院", "中院"), ("公安局交通警察支队", "交警支队"), ("应急管理局", "应急局"),
    ],
)  # fmt: skip
def test_full_and_short_names_are_one(full: str, short: str) -> None:
    assert shorten_duty(full) == shorten_duty(short) == short


def test_what_lies_below_an_office_is_another() -> None:
    """In English as in Chinese: an education bureau is no 教育中心."""
    asked = read_name("Shenzhen Education Bureau")
    office, centre = (list_keys("Agency", [f"深圳市教育{body}"], "440300") for body in ("局", "中心"))
    assert any(asked.keys[key].fits for key in office if key in asked.keys)
    assert not any(asked.keys[key].fits for key in centre if key in asked.keys)


def test_successors_are_others() -> None:
    for one, other in (
        ("安监局", "应急管理局"),
        ("工商局", "市场监督管理局"),
        ("卫计委", "卫健委"),
        ("环保局", "生态环境局"),
    ):
        assert shorten_duty(one) != shorten_duty(other)


@pytest.mark.parametrize("words", ["我局", "本部门", "本单位", "局机关", "（本级）", "市局", "我 办", "該局", "全市"])
def test_who_says_we_names_no_one(words: str) -> None:
    assert is_self_reference(words)
    assert list_keys("Agency", [words], "440300") == ()


@pytest.mark.parametrize("words", ["市公安局", "机关事务管理局", "本溪市公安局", "海关", "市政府办", "我爱我家"])
def test_others_are_named(words: str) -> None:
    assert not is_self_reference(words)


def test_places_in_latin_letters() -> None:
    assert find_latin(["port", "office", "of", "shen", "zhen"]) == (("440300",), ["port", "office", "of"])
    assert find_latin(["shaanxi"])[0] == ("610000",)
    assert set(find_latin(["shanxi"])[0]) == {"140000", "610000"}
    assert choose_highest(("430600", "430621")) == "430600"
    assert choose_highest(("110105", "220104")) == ""
    # 吉林 is a province and a city: neither is meant more than the other.
    assert choose_highest(("220000", "220200")) == ""
    assert write_pinyin("朝阳区", 2) == "chaoyang"
    assert strip_marks("Lǚ") == "lu"


def test_traditional_characters_keep_their_places() -> None:
    text = "瀋陽市醫療保障局（臺灣）2023 Ä"
    assert simplify(text) == "沈阳市医疗保障局（台湾）2023 Ä"
    assert len(simplify(text)) == len(text)


@pytest.mark.parametrize(
    ("words", "code", "rest"),
    [
        ("2299999 其他支出", "2299999", "其他支出"), ("其他支出(2299999)", "2299999", "其他支出"),
        ("221 02 01", "2210201", ""), ("２２１０２０１", "2210201", ""),
        ("2023年深圳市统计局", "", "2023年深圳市统计局"),
        ("统计局 2023年", "", "统计局2023年"), ("第404项", "", "第404项"), ("30113-住房公积金", "30113", "住房公积金"),
    ],
)  # fmt: skip
def test_codes_beside_names(words: str, code: str, rest: str) -> None:
    name = read_name(words)
    assert (name.code, name.rest) == (code, rest)


@pytest.mark.parametrize(
    "words", ["", " ", "\u3000", "((((", "市" * 300, "深圳" * 150, "1" * 300, "a" * 300, "（）", "\ud83d"]
)
def test_nonsense_is_read_quickly(words: str) -> None:
    assert len(read_name(words).keys) < 200
