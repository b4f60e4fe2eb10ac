"""Which canned queries a question is offered, over queries made by hand."""

from __future__ import annotations

from decimal import Decimal

import pyoxigraph as ox
import pytest

from service.queries.catalogue import CannedQuery, Choice, Parameter
from service.search.offers import Offers
from service.search.question import Mention, drop_asking

ID = "https://w3id.org/gongkai/id/"
GK = "https://w3id.org/gongkai/ontology#"
OFFICE = Parameter("agency", "agency", "iri", {}, {}, of_class=f"{GK}Agency")
SERVICE = Parameter("service", "service", "iri", {}, {}, of_class=f"{GK}Service")
YEARS = [
    Parameter(name, name, "integer", {}, {}, minimum=Decimal(1949), maximum=Decimal(2200)) for name in ("from", "to")
]
PHASE = Parameter("phase", "phase", "string", {}, {}, options=("budget", "final"))
CODE = Parameter("code", "code", "string", {}, {}, choice_list="codes")
CHOICES = {
    "agency": [Choice("a1", ox.NamedNode(f"{ID}agency/a1"), "甲市口岸办公室")],
    "service": [Choice("s1", ox.NamedNode(f"{ID}service/s1"), "查验")],
    "code": [Choice("2299999", ox.Literal("2299999"))],
}


def make(name: str, zh: str, en: str, keywords: tuple[str, ...], *parameters: Parameter) -> CannedQuery:
    return CannedQuery(name, "", {"zh": zh, "en": en}, {}, {}, keywords={"": keywords}, parameters=parameters)


QUERIES = [
    make(
        "three-public",
        "“三公”经费",
        "Three public expenses",
        ("三公经费", "three public expenses"),
        OFFICE,
        *YEARS,
        PHASE,
    ),
    make("funding", "哪些部门为服务出资", "Who funds a service", ("服务", "经费", "service"), OFFICE, SERVICE),
    make("ports", "口岸", "Ports", ("口岸", "port")),
    make("codes", "科目用在哪里", "Where a code is used", ("科目", "code"), CODE),
]
OFFICE_NAMED = Mention("Agency", "甲市口岸办", 0, 5, (f"{ID}agency/a1",), "甲市口岸办公室")
SERVICE_NAMED = Mention("Service", "查验", 0, 2, (f"{ID}service/s1",), "查验")


def offer(question: str, *mentions: Mention) -> list[tuple[str, dict[str, tuple[str, ...]]]]:
    choices = {q.name: CHOICES for q in QUERIES}
    made = Offers(QUERIES).make(drop_asking(question), question, mentions, choices)
    return [(o.query.name, dict(o.given)) for o in made]


def test_a_keyword_with_the_office_and_the_years() -> None:
    years = Mention("year", "2021-2023", 5, 14, ("2021", "2022", "2023"), "2021–2023")
    phase = Mention("phase", "决算", 14, 16, ("final",), "final")
    name, given = offer("甲市口岸办2021-2023决算“三公”经费", OFFICE_NAMED, years, phase)[0]
    assert name == "three-public"
    assert given == {"agency": ("a1",), "from": ("2021",), "to": ("2023",), "phase": ("final",)}


def test_a_longer_keyword_hides_the_shorter_and_a_name_hides_both() -> None:
    assert next(name for name, _ in offer("甲市口岸办三公经费", OFFICE_NAMED)) == "three-public"
    assert "ports" not in [name for name, _ in offer("甲市口岸办三公经费", OFFICE_NAMED)]
    assert [name for name, _ in offer("有哪些口岸")] == ["ports"]


def test_english_keywords_are_words() -> None:
    assert [name for name, _ in offer("three public expenses")] == ["three-public"]
    assert [name for name, _ in offer("passports of decoders")] == []


def test_a_service_is_what_a_question_turns_on() -> None:
    assert offer("查验 2021", SERVICE_NAMED)[0] == ("funding", {"service": ("s1",)})


def test_a_code_by_its_notation() -> None:
    code = Mention("FunctionCode", "2299999", 0, 7, (f"{ID}code/function/2299999",), "其他支出")
    assert offer("2299999 科目", code)[0] == ("codes", {"code": ("2299999",)})


@pytest.mark.parametrize(
    "mention",
    [
        Mention("Agency", "口岸办", 0, 3, (f"{ID}agency/a1", f"{ID}agency/a2"), "", sure=False),
        Mention("Agency", "乙市口岸办", 0, 5, (f"{ID}agency/a9",), "the data hold no such office"),
        Mention("year", "1066", 0, 4, ("1066",), "1066"),
    ],
)
def test_what_is_not_sure_or_not_there_fills_nothing(mention: Mention) -> None:
    for _, given in offer("三公经费 服务", mention):
        assert given == {}
