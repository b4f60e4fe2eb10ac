"""What a build derives: each amount counted once, from one official table, and held against what is printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from rdflib.namespace import SH

from loaders.catalogue import Catalogue
from loaders.derived import derive
from loaders.derived.writing import close_broader
from loaders.graph import Iris, quads
from loaders.graph.following import list_following
from loaders.graph.iris import DCTERMS, PROV, QB, RDF, RDFS, SKOS, XSD, digest
from loaders.pipeline import read_facts
from loaders.resources import shapes_file
from loaders.settings import DEFAULT_BASE

IRIS = Iris()
GK = IRIS.gk
OFFICE = IRIS.agency("示例市口岸办公室", "440300")


class Sums:
    """The roll-ups of a store, by agency's place, year, phase, classification and code ("whole" for all)."""

    def __init__(self, store: ox.Store) -> None:
        self.quads = list(derive(store, DEFAULT_BASE))
        self.graph = ox.Store()
        self.graph.extend(self.quads)

    def names(self) -> set[str]:
        found = self.graph.quads_for_pattern(None, RDF("type"), GK("RollUp"), None)
        return {q.subject.value.removeprefix(f"{DEFAULT_BASE}id/rollup/") for q in found}  # type: ignore[union-attr]

    def get(self, name: str, field: str) -> Any:
        """A property of the roll-up whose IRI ends so; a decimal, a string, or None."""
        nodes = [n for n in self.names() if n.endswith(name)]
        assert len(nodes) == 1, nodes
        node = IRIS.thing(f"rollup/{nodes[0]}")
        values = [q.object for q in self.graph.quads_for_pattern(node, GK(field), None, None)]
        if field in ("sums", "printedTotal"):
            return sorted(v.value.rpartition("/")[2] for v in values)  # type: ignore[union-attr]
        assert len(values) < 2, values
        if not values:
            return None
        value = values[0].value  # type: ignore[union-attr]
        return Decimal(value) if field.startswith(("sumD", "sumT")) or field == "sum" else value.rpartition("#")[2]


@pytest.fixture(scope="module")
def real(documents_folder: Path) -> Sums:
    """Those of three of the documents."""
    store = ox.Store()
    catalogue = Catalogue.gather([documents_folder], documents_folder)
    for name in ("shanghai-2017-budget", "shenzhen-2023-budget", "yueyang-2023-accounts"):
        store.extend(quads(read_facts(documents_folder / f"{name}.txt", catalogue)))
    return Sums(store)


# Read in the documents by a person. 2017年部门支出预算总表 of Shanghai, column 合计, in yuan; 支出总表 of Shenzhen,
# column 支出总计, in 万元; the nine items of section 五(三) of Yueyang's accounts, in 万元.
@pytest.mark.parametrize(
    ("name", "total", "count", "difference", "verdict", "extent"),
    [
        # 29,880 + 1,160,148 + 124,576 + 2,800, printed 1,317,404
        ("310000-05d2b57c/2017-budget/function/208", "1317404", 4, "0", "verdictHolds", "whole"),
        ("310000-05d2b57c/2017-budget/function/2080505", "1160148", 1, "0", "verdictHolds", "whole"),
        # 882,912 + 1,614,600
        ("310000-05d2b57c/2017-budget/function/22102", "2497512", 2, "0", "verdictHolds", "whole"),
        ("310000-05d2b57c/2017-budget/function/whole", "194829473", 10, "0", "verdictHolds", "whole"),
        # 4,680 + 882,912 + 1,614,600 of the table of basic expenditure, the only one by economic class
        ("310000-05d2b57c/2017-budget/economic-2007/303", "2502192", 3, "0", "verdictHolds", "basic"),
        # 2,216 + 46,742 = 48,958, printed 48,957
        ("440300-e2feb0bf/2023-budget/function/201", "489580000", 2, "10000", "verdictRounding", "whole"),
        # 593 + 235 + 92 + 2 = 922, printed 921; the class stands on one page and its last items on the next
        ("440300-e2feb0bf/2023-budget/function/208", "9220000", 4, "10000", "verdictRounding", "whole"),
        ("440300-e2feb0bf/2023-budget/function/2299999", "70000000", 1, "0", "verdictHolds", "whole"),
        # all ten items: 58,228, printed 58,227 in the row of the office itself
        ("440300-e2feb0bf/2023-budget/function/whole", "582280000", 10, "10000", "verdictRounding", "whole"),
        # 379.03 + 2.16 + 18.07
        ("430600-15806559/2023-final/function/201", "3992600", 3, None, "verdictNotCheckable", "appropriation"),
        # 588.00 of 791.59: item 8 names its class wrongly (商品服务业等支出), so that its 203.59 have no code
        ("430600-15806559/2023-final/function/whole", "5880000", 8, "-2035900", "verdictNotCheckable", "appropriation"),
    ],
)
def test_sums_of_the_documents(
    real: Sums, name: str, total: str, count: int, difference: str | None, verdict: str, extent: str
) -> None:
    assert real.get(name, "sum") == Decimal(total)
    assert len(real.get(name, "sums")) == count
    assert real.get(name, "sumDifference") == (None if difference is None else Decimal(difference))
    assert real.get(name, "sumVerdict") == verdict
    assert real.get(name, "extent") == extent


def test_what_is_summed_and_what_is_printed_are_the_right_figures(real: Sums, documents_folder: Path) -> None:
    """By the characters that state them: 住房公积金, 购房补贴 and their 款 in Shanghai's table of all expenditure."""
    text = (documents_folder / "shanghai-2017-budget.txt").read_bytes().decode("utf-8")
    table = text.index("2017年部门支出预算总表")

    def show(field: str) -> list[str]:
        places = [p.split("-") for p in real.get("310000-05d2b57c/2017-budget/function/22102", field)]
        assert all(table < int(start) < table + 1000 for start, _ in places)
        return [text[text.rindex("\n", 0, int(start)) + 1 : int(end)] for start, end in places]

    assert show("sums") == ["221\t02\t01\t住房公积金\t882,912", "221\t02\t03\t购房补贴\t1614,600"]
    assert show("printedTotal") == ["221\t02\t\t住房改革支出\t2497,512"]
    assert real.get("430600-15806559/2023-final/function/201", "codesInferred") == "true"
    assert real.get("440300-e2feb0bf/2023-budget/function/201", "codesInferred") is None


def test_classes_add_up_to_the_whole(real: Sums) -> None:
    """Nothing is counted twice, and nothing is left out, between one level and the next."""
    for name in real.names():
        if name.endswith("/whole"):
            parts = [n for n in real.names() if n.rpartition("/")[0] == name.rpartition("/")[0] and n != name]
            for length in (3, 5):
                level = [n for n in parts if len(n.rpartition("/")[2]) == length]
                assert sum(real.get(n, "sum") for n in level) == real.get(name, "sum")


def test_derived_statements_are_marked_and_apart(real: Sums) -> None:
    graph = IRIS.graph("derived")
    assert {q.graph_name for q in real.quads} == {graph}
    assert list(real.graph.quads_for_pattern(graph, PROV("wasGeneratedBy"), IRIS.derivation(), None))
    assert not list(real.graph.quads_for_pattern(None, GK("amount"), None, None))
    assert not list(real.graph.quads_for_pattern(None, RDF("type"), GK("Figure"), None))


def test_derived_statements_satisfy_the_shapes(real: Sums) -> None:
    rolled = [q for q in real.quads if "/430600-15806559/" in q.subject.value]  # type: ignore[union-attr]
    assert len(rolled) > 500
    # The figures' own shapes are other tests'; here they need only be known as figures.
    used = {q.object for q in rolled if q.predicate in (GK("sums"), GK("printedTotal"))}
    about = [q for q in real.quads if q.predicate.value.endswith("#wasGeneratedBy")]
    kept = ox.Store()
    kept.extend([*rolled, *about])
    triples = [q.triple for q in rolled] + [ox.Triple(f, RDF("type"), GK("Figure")) for f in used]  # type: ignore[arg-type]
    triples += list_following(kept)
    text = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    assert text is not None
    data = rdflib.Graph().parse(data=text.decode("utf-8"), format="nt")
    shapes = rdflib.Graph().parse(shapes_file(), format="turtle")
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none")
    focus = {str(node) for node in report.objects(None, SH.focusNode)}  # type: ignore[union-attr]
    assert not [f for f in focus if "/id/rollup/" in f]
    data.remove((None, rdflib.URIRef(GK("extent").value), None))
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none")
    assert any("/id/rollup/" in str(f) for f in report.objects(None, SH.focusNode))  # type: ignore[union-attr]


# -- made-up documents -----------------------------------------------------------------------------------------------


class Paper:
    """A document made up cell by cell, as the graph has it."""

    def __init__(self, name: str, kind: str = "kindBudget", year: int = 2023) -> None:
        self.node, self.year, self.place = IRIS.document(name), year, 0
        self.name = name
        self.quads: list[ox.Quad] = []
        self.add(self.node, RDF("type"), GK("Document"))
        self.add(self.node, GK("kind"), GK(kind))
        self.add(self.node, GK("year"), number(year))
        self.add(OFFICE, RDFS("label"), ox.Literal("示例市口岸办公室", language="zh"))

    def add(self, subject: ox.NamedNode, predicate: ox.NamedNode, value: ox.NamedNode | ox.Literal) -> None:
        self.quads.append(ox.Quad(subject, predicate, value, self.node))

    def table(
        self, title: str, rows: Iterable[tuple[Any, ...]], *, form: str = "expenditure",
        columns: Sequence[str] = ("合计",), phase: str = "phaseBudget", year: int | None = None, page: int = 1,
        precision: str = "0.5",
    ) -> Paper:  # fmt: skip
        """Rows of code (or label) and amounts, "open" for an amount of no certain column."""
        table = IRIS.thing(f"table/{self.name}/{digest(title)}-{page}-{form}")
        self.add(table, RDFS("label"), ox.Literal(title, language="zh"))
        for code, *amounts in rows:
            for column, amount in zip(columns, amounts, strict=True):
                self.place += 10
                node = IRIS.thing(f"figure/{self.name}/{self.place}-{self.place + 5}")
                self.add(node, RDF("type"), GK("Figure"))
                self.add(node, GK("aspect"), GK("aspectLevel"))
                self.add(node, GK("agency"), OFFICE)
                self.add(node, GK("year"), number(year or self.year))
                self.add(node, GK("phase"), GK(phase))
                self.add(node, GK("form"), ox.Literal(form))
                self.add(node, GK("start"), number(self.place))
                self.add(node, QB("dataSet"), table)
                opened = str(amount).startswith("open")
                self.add(node, GK("amount"), decimal(str(amount).removeprefix("open ")))
                self.add(node, GK("precision"), decimal(precision))
                if not opened:
                    self.add(node, GK("column"), ox.Literal(column))
                if code.isdigit():
                    kind = "function" if code.startswith("2") else "economic"
                    scheme = "function" if kind == "function" else "economic-2018"
                    self.add(node, GK(kind), IRIS.code(scheme, code))
                else:
                    self.add(node, GK("subjectLabel"), ox.Literal(code))
        return self


def number(value: int) -> ox.Literal:
    return ox.Literal(str(value), datatype=XSD("integer"))


def decimal(value: str) -> ox.Literal:
    return ox.Literal(value, datatype=XSD("decimal"))


def sums_of(*papers: Paper) -> Sums:
    store = ox.Store()
    for paper in papers:
        store.extend(paper.quads)
    return Sums(store)


TREE = [("201", 60), ("20103", 60), ("2010301", 40), ("2010302", 20), ("208", 40), ("20805", 40), ("合计", 100)]


def test_a_class_is_not_counted_beside_its_items() -> None:
    sums = sums_of(Paper("a").table("支出总表", TREE))
    assert sums.get("function/whole", "sum") == 100
    assert sums.get("function/201", "sum") == 60
    assert sums.get("function/2010302", "sum") == 20
    # 20805 has no items of its own, so that it is itself what is summed.
    assert sums.get("function/208", "sum") == 40
    assert sums.get("function/whole", "sumVerdict") == "verdictHolds"
    assert len(sums.get("function/whole", "sums")) == 3


def test_levels_that_are_not_printed_are_there_too() -> None:
    sums = sums_of(Paper("a").table("支出总表", [("2010301", 40), ("2010302", 20), ("2080505", 40)]))
    assert sums.get("function/201", "sum") == 60
    assert sums.get("function/20103", "sum") == 60
    assert sums.get("function/201", "sumVerdict") == "verdictNotCheckable"
    assert sums.get("function/whole", "sumDifference") is None


def test_a_sum_that_disagrees_says_so() -> None:
    wrong = [("201", 61), ("20103", 61), ("2010301", 40), ("2010302", 20), ("合计", 60)]
    sums = sums_of(Paper("a").table("支出总表", wrong, precision="0.005"))
    assert sums.get("function/201", "sum") == 60
    assert sums.get("function/201", "sumDifference") == -1
    assert sums.get("function/201", "sumVerdict") == "verdictContradicted"
    assert sums.get("function/whole", "sumVerdict") == "verdictHolds"


def test_a_cell_of_no_certain_column_leaves_the_sum_unchecked() -> None:
    rows = [("201", 60), ("20103", 60), ("208", "open 40"), ("合计", 100)]
    sums = sums_of(Paper("a").table("支出总表", rows))
    assert sums.get("function/whole", "sum") == 60
    assert sums.get("function/whole", "sumDifference") == -40
    assert sums.get("function/whole", "sumVerdict") == "verdictNotCheckable"


def test_the_same_money_in_several_tables_is_taken_from_one() -> None:
    paper = Paper("a").table("一般公共预算支出表", [("201", 50), ("合计", 50)], form="general-function")
    paper.table("支出总表", [("201", 60), ("合计", 60)])
    paper.table("一般公共预算基本支出表", [("301", 30), ("合计", 30)], form="basic-economic")
    sums = sums_of(paper)
    assert sums.get("function/whole", "sum") == 60
    assert sums.get("function/whole", "extent") == "whole"
    assert sums.get("economic-2018/whole", "extent") == "basic"


def test_a_table_without_the_better_one_says_what_it_covers() -> None:
    sums = sums_of(Paper("a").table("一般公共预算支出表", [("201", 50), ("合计", 50)], form="general-function"))
    assert sums.get("function/whole", "extent") == "general"


@pytest.mark.parametrize("title", ["政府采购支出表", "项目支出表", "上年结转支出表", "政府性基金预算支出表", ""])
def test_tables_of_a_part_of_the_money_are_not_summed(title: str) -> None:
    assert not sums_of(Paper("a").table(title, TREE)).names()


def test_the_column_of_totals_is_summed_and_no_other() -> None:
    rows = [("201", 60, 40, 20), ("208", 40, 40, 0), ("合计", 100, 80, 20)]
    sums = sums_of(
        Paper("a").table("支出总表", rows, columns=("本年支出|合计", "本年支出|基本支出", "本年支出|项目支出"))
    )  # type: ignore[arg-type]
    assert sums.get("function/whole", "sum") == 100
    parts = sums_of(Paper("a").table("支出总表", rows, columns=("人员经费", "基本支出", "项目支出")))  # type: ignore[arg-type]
    assert not parts.names()


def test_two_columns_under_one_header_are_not_summed() -> None:
    rows = [("201", 60, 50), ("20103", 60, 50), ("208", 40, 30)]
    assert not sums_of(Paper("a").table("支出总表", rows, columns=("合计", "合计"))).names()


def test_the_parts_of_several_offices_are_all_summed() -> None:
    first = [("201", 60), ("20103", 60), ("2010301", 60)]
    second = [("201", 7), ("20103", 7), ("2010301", 7), ("合计", 67)]
    sums = sums_of(Paper("a").table("支出总表", [*first, *second]))
    assert sums.get("function/whole", "sum") == 67
    assert sums.get("function/201", "sumVerdict") == "verdictHolds"


def test_tables_of_single_units_behind_that_of_all_are_not_summed_again() -> None:
    paper = Paper("a").table("支出总表", [("201", 60), ("20103", 60), ("208", 40), ("合计", 100)])
    paper.table("支出总表", [("201", 25), ("20103", 25), ("208", 10), ("合计", 35)], page=2)
    paper.table("支出总表", [("201", 35), ("20103", 35), ("208", 30), ("合计", 65)], page=3)
    sums = sums_of(paper)
    assert sums.get("function/whole", "sum") == 100
    assert sums.get("function/208", "sum") == 40
    assert sums.get("function/208", "sumVerdict") == "verdictHolds"


def test_a_class_printed_again_on_the_next_page_is_not_summed_again() -> None:
    paper = Paper("a").table("支出总表", [("201", 60), ("20103", 60), ("2010301", 40)])
    paper.table("支出总表", [("201", 60), ("2010302", 20), ("合计", 60)], page=2)
    sums = sums_of(paper)
    assert sums.get("function/201", "sum") == 60
    assert sums.get("function/whole", "sumVerdict") == "verdictHolds"


def test_two_documents_of_one_year_are_not_both_summed() -> None:
    budget = Paper("budget").table("支出总表", [("201", 60)])
    accounts = Paper("accounts", "kindAccounts")
    accounts.table("支出总表", [("201", 61)], columns=("年初预算数",))
    accounts.table("支出总表", [("201", 75)], columns=("决算数",), phase="phaseFinal")
    sums = sums_of(budget, accounts)
    assert sums.get("2023-budget/function/201", "sum") == 60
    assert sums.get("2023-final/function/201", "sum") == 75


def test_the_year_of_the_document_goes_before_another_years() -> None:
    own = Paper("own", year=2022).table("支出总表", [("201", 60)])
    later = Paper("later", year=2023).table("支出总表", [("201", 61)], year=2022)
    assert sums_of(own, later).get("2022-budget/function/201", "sum") == 60
    assert sums_of(later).get("2022-budget/function/201", "sum") == 61


def test_a_document_that_was_replaced_is_not_summed() -> None:
    old, new = Paper("old").table("支出总表", [("201", 60)]), Paper("new").table("支出总表", [("201", 65)])
    old.add(old.node, DCTERMS("isReplacedBy"), new.node)
    for papers in ((old, new), (new, old)):
        assert sums_of(*papers).get("2023-budget/function/201", "sum") == 65
    assert not sums_of(old).names()


def test_all_that_is_above_a_code() -> None:
    a, b, c, d = (IRIS.code("function", code) for code in ("2010301", "20103", "201", "2"))
    store = ox.Store()
    store.extend(ox.Quad(x, SKOS("broader"), y, IRIS.graph("ontology")) for x, y in ((a, b), (b, c), (c, d)))
    found = {(s, o) for s, _, o in close_broader(store)}
    assert found == {(a, b), (a, c), (a, d), (b, c), (b, d), (c, d)}
    store.add(ox.Quad(d, SKOS("broader"), a, IRIS.graph("ontology")))
    assert all(s != o for s, _, o in close_broader(store))


def test_the_same_store_gives_the_same_statements() -> None:
    one, other = (sums_of(Paper("a").table("支出总表", TREE)).quads for _ in range(2))
    assert one == other
