"""Of several statements of one amount the finest counts, then the largest; of several places the first: as numbers.

Made-up documents state 95000 and 740000, and stand at the characters 95000 and 740000. As strings "95000" is the
greater, and "740000" the lesser.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from loaders.build.building import load_files
from tests.service.five_documents import Graph

_BASE = "https://w3id.org/gongkai/id/"
_DOCUMENT = f"{_BASE}document/d"
_HEAD = """
@prefix gk: <https://w3id.org/gongkai/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix : <https://w3id.org/gongkai/id/> .

:agency a gk:Agency ; rdfs:label "某局"@zh .
<https://w3id.org/gongkai/id/document/d> a gk:Document ; gk:agency :agency ; gk:year 2026 ; rdfs:label "某局预算" .
gk:quantityExpenditureBasic skos:broader gk:quantityExpenditureTotal .
<https://w3id.org/gongkai/id/code/function/201> a gk:FunctionCode ; skos:notation "201" ; gk:codeLevel gk:levelLei ;
  skos:closeMatch :division .
:division skos:notation "GF01" ; rdfs:label "general"@en .
<https://w3id.org/gongkai/id/code/function/2010101> a gk:FunctionCode ; skos:notation "2010101" ;
  gk:codeLevel gk:levelXiang .
<https://w3id.org/gongkai/id/code/economic-2018/30201> a gk:EconomicCode ; skos:notation "30201" ;
  gk:codeLevel gk:levelKuan ; skos:broader <https://w3id.org/gongkai/id/code/economic-2018/302> .
"""


def place(start: int) -> str:
    return f"{_DOCUMENT}#char={start},{start + 6}"


def state(what: str, amount: int, start: int, precision: str = "50.0", phase: str = "Budget") -> str:
    """A figure that states an amount at a place."""
    return f"""
<{_BASE}figure/d/{start}-{start + 6}> a gk:Figure ; {what} ; gk:agency :agency ; gk:year 2026 ;
  gk:phase gk:phase{phase} ; gk:aspect gk:aspectLevel ; gk:amount {amount}.0 ; gk:precision {precision} ;
  gk:inDocument <{_DOCUMENT}> ; gk:start {start} ;
  gk:subjectLabel "某项" ; prov:wasDerivedFrom <{place(start)}> .
"""


def state_thrice(what: str, start: int, phase: str = "Budget") -> str:
    """95000 and 740000 stated alike, and 990000 more coarsely; 740000 is what counts, at ``start`` + 10."""
    return (
        state(what, 95000, start, phase=phase)
        + state(what, 740000, start + 10, phase=phase)
        + state(what, 990000, start + 20, "5000.0", phase)
    )


def whole(quantity: str, fund: str = "All") -> str:
    return f"gk:officialTotal gk:quantity{quantity} ; gk:fundScope gk:fund{fund}"


def part(quantity: str, of: str, fund: str = "All") -> str:
    return f"gk:officialPart gk:quantity{quantity} ; gk:fundScope gk:fund{fund} ; {of}"


_FUNCTION = f"gk:function <{_BASE}code/function/201>"
_ECONOMIC = f"gk:economic <{_BASE}code/economic-2018/30201>"
#: Stated of narrower funds, more finely and higher: it must not stand for the whole.
_NARROWER = {
    "function": state(part("ExpenditureTotal", _FUNCTION, "General"), 880000, 3000, "0.5"),
    "economic": state(part("ExpenditureTotal", _ECONOMIC, "General"), 880000, 3100, "0.5"),
}
_STAFF = f"""
<{_BASE}figure/d/9000-9001> a gk:Figure ; gk:staffStatus "实有" ; gk:aspect gk:aspectLevel ;
  gk:value 10.0 ; gk:year 2026 ;
  gk:inDocument <{_DOCUMENT}> ; prov:wasDerivedFrom <{place(9000)}> .
<{_BASE}figure/d/9100-9101> a gk:Figure ; gk:staffStatus "实有" ; gk:aspect gk:aspectLevel ;
  gk:value 9.0 ; gk:year 2027 ;
  gk:inDocument <{_DOCUMENT}> ; prov:wasDerivedFrom <{place(8000)}> .
"""


@dataclass(frozen=True)
class Case:
    """A canned query over statements, and what the one row of it must say."""

    query: str
    facts: str
    expected: dict[str, object]
    given: dict[str, str] = field(default_factory=dict)


_CHOSEN = {"amount": 740000, "evidence": place(1010)}
CASES = [
    Case("cofog", state_thrice(part("ExpenditureTotal", _FUNCTION), 1000) + _NARROWER["function"], _CHOSEN),
    Case("expenditure-by-function", state_thrice(part("ExpenditureTotal", _FUNCTION), 1000) + _NARROWER["function"],
         _CHOSEN | {"precision": 50, "statements": 4}, {"level": "all"}),
    Case("function-tree", state_thrice(part("ExpenditureTotal", _FUNCTION), 1000) + _NARROWER["function"], _CHOSEN),
    Case("expenditure-by-economic-class",
         state_thrice(part("ExpenditureTotal", _ECONOMIC), 1000) + _NARROWER["economic"],
         _CHOSEN | {"precision": 50}, {"level": "all", "extent": "all"}),
    Case("economic-tree", state_thrice(part("ExpenditureTotal", _ECONOMIC), 1000) + _NARROWER["economic"], _CHOSEN),
    Case("initial-adjusted-final",
         state_thrice(whole("ExpenditureTotal"), 1000) + state_thrice(whole("ExpenditureTotal"), 2000, "Final"),
         {"initial": 740000, "final": 740000, "execution": 100, "initialEvidence": place(1010),
          "evidence": place(2010)}),
    # What is shown is what the place states.
    Case("code-use", state_thrice(_FUNCTION, 1000), {"largest": 990000, "evidence": place(1020)}),
    Case("lines-budget-against-accounts",
         state_thrice(f"gk:function <{_BASE}code/function/2010101>", 1000)
         + state_thrice(f"gk:function <{_BASE}code/function/2010101>", 2000, "Final"),
         {"initial": 990000, "final": 990000, "initialEvidence": place(1020), "evidence": place(2020)}),
]  # fmt: skip

_PORT = ':port a gk:Port ; rdfs:label "某口岸" ; prov:wasDerivedFrom <{a}> , <{b}> .\n'
_CITED = f"""<{_DOCUMENT}> dcterms:references :law .
:law a gk:Citation ; rdfs:label "某法" ; prov:wasDerivedFrom <{{a}}> , <{{b}}> .
"""
#: Places with their words, as the graph has them.
_PLACES = "".join(f"""
<{place(start)}> gk:inDocument <{_DOCUMENT}> ; gk:start {start} ; gk:end {start + 6} ; gk:quote "{words}" .
""" for start, words in ((95000, "前文"), (740000, "后文")))  # fmt: skip


def link(start: int, words: str) -> str:
    return f"""
<{_BASE}link/d/{start}-{start + 6}-t> a gk:ServiceLink ; gk:service :topic ; gk:agency :agency ;
  gk:inDocument <{_DOCUMENT}> ; gk:wording "说法" ; gk:match "name" ;
  gk:role gk:roleService ; gk:strength 1.0 ; gk:quote "{words}" .
"""


def table(start: int, words: str) -> str:
    return f"""
<{_BASE}table/d/{start}-{start + 6}> a gk:TableState ; gk:inDocument <{_DOCUMENT}> ; gk:form "income" ;
  gk:tableState "declared empty" ; rdfs:label "{words}表" ; gk:evidence "{words}" .
"""


_BOTH = {"a": place(95000), "b": place(740000)}
CASES += [
    Case("ports-named", _PORT.format(**_BOTH) + _PLACES, {"evidence": place(95000), "quote": "…前文…", "mentions": 2}),
    Case("legal-bases", _CITED.format(**_BOTH) + _PLACES, {"evidence": place(95000), "quote": "…前文…"}),
    Case("service-wordings", link(95000, "前文") + link(740000, "后文"),
         {"evidence": place(95000), "quote": "前文", "times": 2}),
    Case("sections-published", table(95000, "前文") + table(740000, "后文"),
         {"evidence": place(95000), "title": "前文表", "words": "前文", "tables": 2}),
]  # fmt: skip


@pytest.fixture
def load(tmp_path: Path) -> Iterator[object]:
    """Gives a graph of some facts, asked as the service asks it."""
    opened: list[Graph] = []

    def load(facts: str) -> Graph:
        file = tmp_path / "facts.ttl"
        file.write_text(_HEAD + facts, encoding="utf-8")
        load_files([file], tmp_path / "store")
        opened.append(Graph(tmp_path / "store"))
        return opened[-1]

    yield load
    for graph in opened:
        graph.close()


_QUANTITY = f"{_BASE}quantity"
#: canned query -> a quantity of its own
_OF_THE_SHEET = {
    "budgets-and-accounts": "basic-expenditure",
    "three-public-expenses": "reception",
    "meetings-and-training": "meetings",
    "procurement": "procurement-goods",
    "running-costs": "office-running-costs",
    "basic-and-project-expenditure": "basic-expenditure",
}


def accept(item: str, value: str, start: int) -> str:
    """An accepted value of the office sheet, beside figures that state other amounts."""
    return f"""
<{_QUANTITY}/{item}> a gk:StandardQuantity ; rdfs:label "项目"@zh ; gk:sheetOrder 12 .
<{_BASE}sheet/d/{item}> a gk:StandardValue ; gk:quantity <{_QUANTITY}/{item}> ; gk:agency :agency ; gk:year 2026 ;
  gk:phase gk:phaseBudget ; gk:degree gk:degreeProved ; {value} ; gk:precision 50.0 ; gk:inDocument <{_DOCUMENT}> ;
  prov:wasDerivedFrom <{place(start)}> .
"""


@pytest.mark.parametrize("name", _OF_THE_SHEET)
def test_standard_quantities_are_those_of_the_sheet(name: str, load) -> None:  # type: ignore[no-untyped-def]
    facts = state_thrice(whole("ThreePublicReception"), 1000) + accept(
        _OF_THE_SHEET[name], "gk:acceptedAmount 95000.0", 2000
    )
    rows = load(facts).rows(name)
    assert [(row["amount"], row["precision"], row["evidence"]) for row in rows] == [(95000, 50, place(2000))]


def test_per_head_divides_by_the_people_of_the_sheet(load) -> None:  # type: ignore[no-untyped-def]
    facts = (
        accept("three-public", "gk:acceptedAmount 740000.0", 1010)
        + accept("staff", "gk:acceptedValue 10.0", 9000)
        + _STAFF
    )
    rows = load(facts).rows("three-public-per-head")
    assert [(r["people"], r["perHead"], r["peopleEvidence"]) for r in rows] == [(10, 74000, place(9000))]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.query)
def test_a_choice_compares_numbers(case: Case, load) -> None:  # type: ignore[no-untyped-def]
    rows = load(case.facts).rows(case.query, **case.given)
    assert len(rows) == 1, rows
    assert {name: rows[0].get(name) for name in case.expected} == case.expected


def test_parts_of_a_project_are_shown_where_they_are_stated(load) -> None:  # type: ignore[no-untyped-def]
    facts = f"""
:child a gk:Project ; gk:parentProject :parent ; gk:agency :agency ; rdfs:label "子" .
:other a gk:Project ; gk:parentProject :parent ; gk:agency :agency ; rdfs:label "另" .
:parent a gk:Project ; gk:agency :agency ; rdfs:label "母" .
{state_thrice("gk:project :child", 740000)}{state("gk:project :other", 1000, 95000)}
{state("gk:project :parent", 992000, 5000)}{state("gk:project :parent", 7000, 4000)}"""
    row = load(facts).rows("sub-projects-and-their-sum")[0]
    assert (row["amount"], row["evidence"]) == (992000, place(5000))
    # 990000 of the one and 1000 of the other, in the order in which the text states them.
    assert (row["childSum"], row["difference"], row["children"]) == (991000, 1000, 2)
    assert row["childEvidence"].split() == [place(95000), place(740020)]
