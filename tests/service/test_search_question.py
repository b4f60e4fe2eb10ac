"""What a question names, over entries made by hand: places, offices, years, codes, services, phases."""

from __future__ import annotations

import pytest

from service.search.entries import SearchEntry
from service.search.question import Mention, Recogniser, drop_asking, list_content

ID = "https://w3id.org/gongkai/id/"
NAMED = [
    SearchEntry("Place", f"{ID}place/440300", "深圳市", "Shenzhen", ("深圳市", "Shenzhen", "440300")),
    SearchEntry("Place", f"{ID}place/440305", "南山区", names=("南山区",)),
    SearchEntry("Place", f"{ID}place/230404", "南山区", names=("南山区",)),
    SearchEntry("Place", f"{ID}place/610300", "宝鸡市", "Baoji", ("宝鸡市", "Baoji")),
    SearchEntry("Agency", f"{ID}agency/1", "深圳市人民政府口岸办公室",
        names=("深圳市人民政府口岸办公室", "口岸办", "本部门"),
          place="440300"),
    SearchEntry("Agency", f"{ID}agency/2", "宝鸡市人民政府口岸办公室", names=("宝鸡市人民政府口岸办公室", "口岸办"),
          place="610300"),
    SearchEntry("Port", f"{ID}port/1", "深圳口岸", names=("深圳口岸",)),
    SearchEntry("FunctionCode", f"{ID}code/function/2299999", "其他支出", names=("其他支出", "2299999")),
    SearchEntry("FunctionCode", f"{ID}code/function/201", "一般公共服务支出", names=("一般公共服务支出", "201")),
    SearchEntry("Service", f"{ID}service/free-inspection", "免除查验没有问题外贸企业吊装移位仓储费用",
          "free customs inspection of containers found in order",
          ("免除查验没有问题", "free customs inspection of containers found in order")),
    SearchEntry("Topic", f"{ID}service/publicity", "口岸宣传", "publicity of ports",
        ("口岸宣传", "publicity of ports")),
]  # fmt: skip


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser(NAMED)


def read(recogniser: Recogniser, question: str) -> list[tuple[str, str, list[str]]]:
    found: list[Mention] = recogniser.read(question)
    for mention in found:
        assert question[mention.start : mention.end] == mention.words
    return [(m.kind, m.words, [v.removeprefix(ID) for v in m.values]) for m in found]


def test_an_office_by_its_place_and_what_it_calls_itself(recogniser: Recogniser) -> None:
    for question in ("深圳口岸办2023年三公经费", "深圳市口岸办 2023 三公经费"):
        assert ("Agency", question[: question.index("办") + 1], ["agency/1"]) in read(recogniser, question)


@pytest.mark.parametrize("name", ["深圳医保局", "深圳市医保局", "深圳市醫療保障局", "深圳医疗保障局", "深圳醫保局"])
def test_an_office_by_what_its_kind_is_called(name: str) -> None:
    """By the rules that reconciliation has: in full and for short, traditional or simplified."""
    office = SearchEntry(
        "Agency", f"{ID}agency/3", "深圳市医疗保障局", names=("深圳市医疗保障局", "我局"), place="440300"
    )
    recogniser = Recogniser([*NAMED, office])
    assert ("Agency", name, ["agency/3"]) in read(recogniser, f"{name}2023年预算")
    assert not any(kind == "Agency" for kind, *_ in read(recogniser, "我局2023年预算"))


def test_what_several_offices_call_themselves_names_none_of_them(recogniser: Recogniser) -> None:
    [mention] = [m for m in recogniser.read("哪些口岸办出资") if m.kind == "Agency"]
    assert not mention.sure
    assert len(mention.values) == 2
    [settled] = [m for m in recogniser.read("宝鸡的口岸办出资多少") if m.kind == "Agency"]
    assert settled.sure
    assert settled.values == (f"{ID}agency/2",)


def test_本部门_is_no_name(recogniser: Recogniser) -> None:
    assert read(recogniser, "本部门经费") == []


def test_a_place_alone_stands_for_its_offices(recogniser: Recogniser) -> None:
    assert read(recogniser, "Shenzhen three public expenses 2021") == [
        ("Place", "Shenzhen", ["place/440300"]), ("year", "2021", ["2021"]), ("Agency", "Shenzhen", ["agency/1"]),
    ]  # fmt: skip


def test_a_county_that_two_cities_have(recogniser: Recogniser) -> None:
    assert read(recogniser, "南山区")[0] == ("Place", "南山区", ["place/440305", "place/230404"])
    assert read(recogniser, "深圳市南山区")[1] == ("Place", "南山区", ["place/440305"])


@pytest.mark.parametrize(
    ("question", "years"),
    [("2021年", ["2021"]), ("2021-2023年度", ["2021", "2022", "2023"]), ("从2019至2020", ["2019", "2020"]),
     ("2023-2021", ["2023", "2021"]), ("12021", []), ("2017.5", []), ("1900-2099", ["1900", "2099"])],
)  # fmt: skip
def test_years(recogniser: Recogniser, question: str, years: list[str]) -> None:
    found = [v for m in recogniser.read(question) if m.kind == "year" for v in m.values]
    assert found == years


def test_codes_stand_alone(recogniser: Recogniser) -> None:
    assert read(recogniser, "科目 201 花了多少")[0] == ("FunctionCode", "201", ["code/function/201"])
    assert not [m for m in recogniser.read("2012年 12017 A201B") if m.kind == "FunctionCode" and m.words != "201"]
    assert ("year", "2012年", ["2012"]) in read(recogniser, "2012年")
    assert [k for k, _, _ in read(recogniser, "2012年")] == ["year"]


def test_services_in_official_wordings_and_in_english(recogniser: Recogniser) -> None:
    service = ["service/free-inspection"]
    assert ("Service", "免除查验没有问题", service) in read(recogniser, "资助免除查验没有问题服务")
    # Found by a pattern of the ontology, not by a name among the entries.
    assert ("Service", "免除口岸查验配套服务费", service) in read(recogniser, "免除口岸查验配套服务费是多少")
    assert ("Service", "free inspection", service) in read(recogniser, "which offices fund free inspection?")
    assert read(recogniser, "inspection") == []


def test_phases(recogniser: Recogniser) -> None:
    assert read(recogniser, "调整预算与决算") == [("phase", "调整预算", ["adjusted"]), ("phase", "决算", ["final"])]
    assert read(recogniser, "the planned and the actual") == [
        ("phase", "planned", ["budget"]),
        ("phase", "actual", ["final"]),
    ]


def test_what_is_left_to_look_for(recogniser: Recogniser) -> None:
    question = "请问深圳口岸办2023年的公务用车费是多少？"
    assert list_content(question, recogniser.read(question)) == "公务用车费 ？"
    assert drop_asking("which offices have money for the ports") == "offices money ports"


@pytest.mark.parametrize(
    "question", ["", " ", "🙂", "\u202e", "a" * 300, "的" * 300, "2021" * 75, "免除" * 150, "?x }"]
)
def test_rubbish_is_harmless(recogniser: Recogniser, question: str) -> None:
    for mention in recogniser.read(question):
        assert 0 <= mention.start < mention.end <= len(question)
    list_content(question, recogniser.read(question))
