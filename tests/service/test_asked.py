"""What a question asks for, over entries made by hand: items, offices, years, forms; and what is read otherwise."""

from __future__ import annotations

import pytest

from loaders.quantities.items import ITEMS
from service.search.answer import comparison_address
from service.search.asked import Asked, read_question
from service.search.asking_words import list_wordings, load_words
from service.search.entries import SearchEntry
from service.search.names_asked import find_named
from service.search.offices_asked import OfficeBook
from service.search.question import Recogniser

ID = "https://w3id.org/gongkai/id/"
OFFICES = {
    "甲": ("深圳市审计局", "440300"), "乙": ("杭州市公安局", "330100"), "丙": ("深圳市公安局", "440300"),
    "丁": ("西安市人民政府国有资产监督管理委员会", "610100"), "戊": ("深圳市建筑工务署", "440300"),
    "己": ("国家信访局", ""), "庚": ("重庆市水利局", "500000"),
}  # fmt: skip
ENTRIES = [
    *(SearchEntry("Agency", f"{ID}agency/{key}", label, names=(label,), place=place)
      for key, (label, place) in OFFICES.items()),
    *(SearchEntry("Document", f"{ID}document/{key}", label, names=(f"{label}预算",),
                  agency=f"{ID}agency/{key}", years=(2026,))
      for key, (label, _) in OFFICES.items()),
    SearchEntry("EconomicCode", f"{ID}code/economic-2018/30113", "住房公积金", "housing provident fund",
                names=("住房公积金", "30113")),
    SearchEntry("EconomicCode", f"{ID}code/economic-2018/30211", "差旅费", "travel", names=("差旅费", "30211")),
    SearchEntry("FunctionCode", f"{ID}code/function/205", "教育支出", "education", names=("教育支出", "education")),
    SearchEntry("FunctionCode", f"{ID}code/function/2040220", "执法办案", names=("执法办案", "2040220")),
]  # fmt: skip


@pytest.fixture(scope="module")
def tools() -> tuple[Recogniser, OfficeBook]:
    return Recogniser(ENTRIES), OfficeBook(ENTRIES)


def read(tools: tuple[Recogniser, OfficeBook], question: str) -> Asked:
    return read_question(question, *tools)


def list_labels(asked: Asked) -> list[str]:
    """The offices meant; what is not loaded as ∅."""
    return [o.label for named in asked.offices.named for o in named.offices or ()] + [
        "∅" for named in asked.offices.named if not named.offices
    ]


@pytest.mark.parametrize(
    ("question", "office", "item"),
    [
        ("深圳审计局2026年三公经费多少钱", "深圳市审计局", "three-public"),
        ("深圳市審計局公務接待費", "深圳市审计局", "reception"),
        ("深圳市审记局有几辆车", "深圳市审计局", "vehicles"),
        ("shenzhen shenjiju sangong jingfei", "深圳市审计局", "three-public"),
        ("Shenzen Audit Bureau official receptions", "深圳市审计局", "reception"),
        ("How many staff does the Hangzhou Public Security Bureau have?", "杭州市公安局", "staff"),
        ("杭州警方的公车有多少辆", "杭州市公安局", "vehicles"),
        ("西安国资委编制", "西安市人民政府国有资产监督管理委员会", "posts"),
        ("深圳工务署机关运行经费", "深圳市建筑工务署", "office-running-costs"),
        ("国家信访局培训费", "国家信访局", "training"),
        ("Chongqing water bureau meetings", "重庆市水利局", "meetings"),
    ],
)
def test_an_item_of_an_office(tools: tuple[Recogniser, OfficeBook], question: str, office: str, item: str) -> None:
    asked = read(tools, question)
    assert (asked.form, list_labels(asked), asked.items[:1]) == ("value", [office], (item,))


@pytest.mark.parametrize(
    "question",
    ["深圳统计局三公经费", "成都市公安局三公经费", "南山区审计局三公经费", "深圳市公安局交通警察支队三公经费",
     "深圳市旅游局三公经费",
     "火星市公安局三公经费", "Chengdu Public Security Bureau budget", "Shenzhen Tourism Bureau three public expenses"],
)  # fmt: skip
def test_what_is_not_loaded_is_no_other_office(tools: tuple[Recogniser, OfficeBook], question: str) -> None:
    assert list_labels(read(tools, question)) == ["∅"]


@pytest.mark.parametrize(
    "question",
    ["比较深圳和杭州公安局的三公经费", "Compare public security bureaus of Shenzhen and Hangzhou",
     "深圳市公安局与杭州市公安局谁的车多", "Does Shenzhen police have more cars than Hangzhou police?"],
)  # fmt: skip
def test_places_share_a_kind(tools: tuple[Recogniser, OfficeBook], question: str) -> None:
    asked = read(tools, question)
    assert sorted(list_labels(asked)) == ["杭州市公安局", "深圳市公安局"]


@pytest.mark.parametrize(
    ("question", "form", "kinds", "least", "top"),
    [
        ("哪个公安局三公经费最高", "ranking", ["公安"], False, 5),
        ("lowest three public expenses among audit bureaus", "ranking", ["审计"], True, 5),
        ("公车数量排名前三的部门", "ranking", [], False, 3),
        ("top 7 offices by number of vehicles", "ranking", [], False, 7),
        ("人均三公经费最高", "head", [], False, 5),
        ("项目支出占支出的比例", "share", [], False, 5),
        ("三公经费比上年增加多少", "change", [], False, 5),
    ],
)
def test_forms(
    tools: tuple[Recogniser, OfficeBook], question: str, form: str, kinds: list[str], least: bool, top: int
) -> None:
    asked = read(tools, question)
    assert (asked.form, [k for k, _ in asked.offices.kinds], asked.least, asked.top) == (form, kinds, least, top)


@pytest.mark.parametrize(
    "question", ["Shenzhen Audit Bureau education expenditure", "Shenzhen Audit Bureau spending on education"]
)
def test_a_class_of_expenditure_by_its_english_name(tools: tuple[Recogniser, OfficeBook], question: str) -> None:
    asked = read(tools, question)
    assert (asked.items, [c[1] for c in asked.codes], asked.rest) == ((), ["教育支出"], ())


def test_an_item_is_no_class_that_it_begins_with(tools: tuple[Recogniser, OfficeBook]) -> None:
    asked = read(tools, "How much will the Shenzhen Audit Bureau spend on travel abroad?")
    assert (asked.items, asked.codes) == (("travel-abroad",), ())
    assert [c[1] for c in read(tools, "Shenzhen Audit Bureau spending on travel").codes] == ["差旅费"]
    asked = read(tools, "深圳审计局采购中服务占多大比重")
    assert (asked.items[0], asked.rest) == ("procurement-services", ())


def test_a_word_that_narrows_a_whole_is_kept(tools: tuple[Recogniser, OfficeBook]) -> None:
    for question in ("Shenzhen Audit Bureau lighthouse expenditure", "Shenzhen Audit Bureau spending on lighthouses"):
        asked = read(tools, question)
        assert asked.narrower, question
        assert asked.rest[0].startswith("lighthouse")
    assert not read(tools, "Shenzhen Audit Bureau annual expenditure").narrower
    assert read(tools, "average three public expenses").rest == ("average",)
    assert read(tools, "Shenzhen Audit Bureau finance expenditure").rest == ("finance",)


@pytest.mark.parametrize(
    "question", ["budget per employee of Shenzhen Audit Bureau", "深圳审计局每名职工预算", "深圳审计局人均预算"]
)
def test_the_budget_over_the_people(tools: tuple[Recogniser, OfficeBook], question: str) -> None:
    asked = read(tools, question)
    assert (asked.form, asked.items, asked.rest) == ("head", ("expenditure-total",), ())


@pytest.mark.parametrize(
    ("question", "offices"),
    [
        ("广东哪个部门三公最多", ["深圳市审计局", "深圳市公安局", "深圳市建筑工务署"]),
        ("广东省三公经费最高的部门", ["深圳市审计局", "深圳市公安局", "深圳市建筑工务署"]),
        ("广东省级三公经费最高的部门", []),
        ("广东省本级三公经费最高的部门", []),
        ("浙江三公经费最高的部门", ["杭州市公安局"]),
    ],
)
def test_a_province_stands_for_the_places_in_it(
    tools: tuple[Recogniser, OfficeBook], question: str, offices: list[str]
) -> None:
    [place] = read(tools, question).offices.places
    assert sorted(o.label for o in place.offices) == sorted(offices)


def test_a_province_is_no_office_of_a_city(tools: tuple[Recogniser, OfficeBook]) -> None:
    assert list_labels(read(tools, "广东省审计局三公经费")) == ["∅"]
    assert list_labels(read(tools, "广东哪个审计局三公经费最高")) == ["深圳市审计局"]


def test_a_place_with_a_character_wrong(tools: tuple[Recogniser, OfficeBook]) -> None:
    asked = read(tools, "杭洲市公安局2026年预算")
    assert (list_labels(asked), asked.rest) == (["杭州市公安局"], ())
    assert [(r.words, r.meant) for r in asked.respelt] == [("杭洲市公安局", "杭州市公安局")]
    [other] = read(tools, "杭川市公安局2026年预算").offices.named
    assert (other.offices, other.near.label if other.near else "") == ((), "杭州市公安局")
    [real] = read(tools, "湖州市公安局2026年预算").offices.named
    assert (real.offices, real.near) == ((), None)


def test_one_character_for_a_place(tools: tuple[Recogniser, OfficeBook]) -> None:
    assert list_labels(read(tools, "深审计局三公经费")) == ["深圳市审计局"]
    assert list_labels(read(tools, "沪审计局三公经费")) == ["∅"]
    assert read(tools, "宁审计局三公经费").rest == ("宁",)
    assert read(tools, "各审计局三公经费").rest == ()


def test_codes_are_whole_words(tools: tuple[Recogniser, OfficeBook]) -> None:
    assert [c[1] for c in read(tools, "深圳审计局差旅费多少").codes] == ["差旅费"]
    assert read(tools, "深圳市公安局公安执法办案项目").codes == ()


def test_what_is_not_understood_is_kept(tools: tuple[Recogniser, OfficeBook]) -> None:
    narrower = read(tools, "深圳公安局警犬培训费多少")
    assert (narrower.rest, narrower.narrower) == (("警犬",), True)
    assert not read(tools, "深圳公安局究竟有多少培训费").rest
    assert read(tools, "深圳审计局局长是谁").items == ()
    misspelt = read(tools, "深圳市审记局三公经费").respelt
    assert [(r.words, r.meant) for r in misspelt] == [("深圳市审记局", "审计局")]


def test_the_year_before_stands_in_the_same_table(tools: tuple[Recogniser, OfficeBook]) -> None:
    assert read(tools, "深圳审计局去年三公经费").items == ("three-public-last-year",)
    asked = read(tools, "深圳审计局去年培训费")
    assert (asked.items, asked.last_year) == (("training",), True)


@pytest.mark.parametrize(
    "question", ["", " ", "🙂", "\u202e", "a" * 300, "的" * 300, "三公" * 100, "局" * 200, "?x }", "top 99 0"]
)
def test_rubbish_asks_for_nothing_of_an_office(tools: tuple[Recogniser, OfficeBook], question: str) -> None:
    assert read(tools, question).offices.named == ()


def test_the_words_are_of_items_and_queries_that_there_are() -> None:
    known = {item.id for item in ITEMS} | set(load_words()["several"])
    assert set(load_words()["items"]) | set(load_words()["fallback"]) <= known
    assert all(wording.strip() for _, _, wording in list_wordings())


def test_projects_by_what_they_are_called() -> None:
    labels = ["公安行政管理", "公安执法办案", "政务信息化项目（运行维护服务）", "信息化服务类项目"]
    assert find_named(labels, "执法办案") == [1]
    assert find_named(labels, "信息化", ["信息化"]) == [2, 3]
    assert find_named(labels, "警犬基地") == []


def test_offices_beside_one_another_by_address() -> None:
    two = ["440300-1", "330100-2"]
    assert comparison_address(two, [2026]) == "/compare?agency=440300-1&agency=330100-2&year=2026"
    assert comparison_address(two, [2026], "three-public", ["budget"]) == (
        "/explore?measure=three-public&by=office&year=2026&phase=budget&office=440300-1&office=330100-2"
    )
    # Several years are lines; counts have no phase; what the explorer does not measure is compared code by code.
    assert comparison_address(two, [2025, 2026], "staff", ["budget"]).startswith(
        "/explore?measure=staff&by=year&office"
    )
    assert comparison_address(two, [2026], "no-such-item").startswith("/compare?")


@pytest.mark.parametrize(
    ("question", "form", "items", "codes"),
    [
        ("教育支出最多的部门", "ranking", (), ("205",)),
        ("教育支出超过1亿的部门", "ranking", (), ("205",)),
        ("差旅费支出排名", "ranking", (), ("30211",)),
        ("which bureau spends the most on vehicles", "ranking", ("vehicles-bought", "vehicles-run"), ()),
        ("which bureau has the most vehicles", "ranking", ("vehicles",), ()),
        ("哪些部门的会议费超过100万", "ranking", ("meetings",), ()),
        ("哪个部门没有政府性基金", "ranking", ("fund-budget-expenditure",), ()),
        ("杭州市公安局没有出国费吗", "value", ("travel-abroad",), ()),
    ],
)
def test_orders_bounds_and_money(
    tools: tuple[Recogniser, OfficeBook], question: str, form: str, items: tuple[str, ...], codes: tuple[str, ...]
) -> None:
    asked = read(tools, question)
    assert (asked.form, asked.items) == (form, items)
    assert tuple(iri.rpartition("/")[2] for iri, _, _ in asked.codes) == codes
    assert (asked.bound is not None) == any(word in question for word in ("超过", "没有政府"))


def test_services_in_everyday_words() -> None:
    service = SearchEntry(
        "Service",
        f"{ID}service/free-inspection",
        "免除查验没有问题",
        "free customs inspection",
        names=("免除查验没有问题",),
    )
    entries = [*ENTRIES, service]
    tools = Recogniser(entries), OfficeBook(entries)
    for question in ("免检服务花了多少钱", "哪些部门为免检出资", "spending on free inspection services"):
        asked = read_question(question, *tools)
        assert [iri for iri, _, _ in asked.services] == [service.iri], question
        assert asked.form, question
    assert not read_question("杭州市公安局的培训费", *tools).services


@pytest.mark.parametrize(
    ("question", "form", "items", "listed", "codes"),
    [
        ("深圳市审计局公积金", "value", (), "", ("30113",)),
        ("深圳市审计局住房公积金", "value", (), "", ("30113",)),
        ("住房公积金最多的5个部门", "ranking", (), "", ("30113",)),
        ("深圳市审计局有哪些下属单位", "list", (), "units", ()),
        ("深圳市审计局下属单位数", "value", ("units",), "", ()),
        ("深圳市审计局2026年总共能拿到多少钱", "value", ("income-total",), "", ()),
        ("what does it cost the Shenzhen audit bureau to run its cars", "value", ("vehicles-run",), "", ()),
    ],
)
def test_everyday_words(
    tools: tuple[Recogniser, OfficeBook], question: str, form: str, items: tuple[str, ...], listed: str,
    codes: tuple[str, ...],
) -> None:  # fmt: skip
    asked = read(tools, question)
    assert (asked.form, asked.items, asked.listed) == (form, items, listed)
    assert tuple(iri.rpartition("/")[2] for iri, _, _ in asked.codes) == codes
    assert not asked.rest
