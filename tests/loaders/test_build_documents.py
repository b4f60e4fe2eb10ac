"""The five documents that come with Gongkai, built by the real loaders: what the graph promises of them."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Store

from loaders.build.building import BuildReport, build
from loaders.catalogue import Catalogue
from loaders.graph import quads
from loaders.graph.validation import validate
from loaders.pipeline import read_facts
from loaders.settings import DEFAULT_BASE, Settings
from tests.volume import more

GK = f"{DEFAULT_BASE}ontology#"
PREFIXES = f"""PREFIX gk: <{GK}> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
    PREFIX prov: <http://www.w3.org/ns/prov#>"""
DOCUMENTS = (
    "baoji-2023-budget",
    "shanghai-2017-budget",
    "shenzhen-2021-evaluation",
    "shenzhen-2023-budget",
    "yueyang-2023-accounts",
)


@pytest.fixture(scope="module")
def report(store_of_five: Path, tmp_path_factory: pytest.TempPathFactory) -> BuildReport:
    """A build of what was converted before, in two processes (the store of five is made so)."""
    store = tmp_path_factory.mktemp("store")
    shutil.copytree(store_of_five / "cache", store / "cache")
    found = build((), store, Settings(jobs=2))
    assert found.failures == ()
    assert (found.converted, found.reused) == ((), DOCUMENTS)
    return found


@pytest.fixture(scope="module")
def store(report: BuildReport) -> Store:
    assert report.snapshot is not None
    return Store.read_only(str(report.snapshot.database))


def select(store: Store, query: str) -> list[list[str]]:
    solutions = store.query(PREFIXES + query, use_default_graph_as_union=True)
    names = [v.value for v in solutions.variables]
    return [["" if row[n] is None else row[n].value for n in names] for row in solutions]


def test_all_five_are_there_and_each_statement_once(report: BuildReport, store: Store) -> None:
    assert tuple(d.id for d in report.documents) == DOCUMENTS
    assert all(d.figures > 100 for d in report.documents)
    assert len({q.triple for q in store}) == len(store) == report.quads


def test_every_figure_is_cut_from_the_text(report: BuildReport, store: Store) -> None:
    texts = dict(select(store, "SELECT ?d ?t { ?d gk:text ?t }"))
    rows = select(
        store,
        "SELECT ?d ?start ?stated ?place "
        "{ ?f a gk:Figure ; gk:inDocument ?d ; gk:start ?start ; gk:statedAs ?stated ; prov:wasDerivedFrom ?place }",
    )
    assert len(rows) == sum(d.figures for d in report.documents)
    for document, start, stated, place in rows:
        end = int(start) + len(stated)
        assert texts[document][int(start) : end] == stated
        assert place == f"{document}#char={start},{end}"
    fragments = select(store, "SELECT ?place ?start ?quote { ?place gk:start ?start ; gk:quote ?quote }")
    assert len(fragments) > 500
    for place, start, quote in fragments:
        document, _, stretch = place.partition("#char=")
        assert stretch == f"{start},{int(start) + len(quote)}"
        assert texts[document][int(start) : int(start) + len(quote)] == quote


def test_no_person_and_no_telephone(store: Store) -> None:
    secrets = ("杨旭波", "刘太秋", "张超美", "邵永表", "姜海洋", "63292537", "63292508", "83758561")
    for quad in store:
        assert not any(s in str(quad.object) for s in secrets), quad


def test_the_catalogue_agrees_with_the_texts(store: Store) -> None:
    rows = select(store, """SELECT ?d ?rule ?v { ?f gk:check ?c . ?c gk:rule ?rule ; gk:verdict ?v ; gk:inDocument ?d .
        FILTER(STRSTARTS(?rule, "catalogue-")) }""")  # fmt: skip
    assert len(rows) == 3 * len(DOCUMENTS)
    assert {verdict for _, _, verdict in rows} == {f"{GK}verdictHolds"}


def test_the_first_question(store: Store) -> None:
    query = """SELECT ?office ?year ?phase ?amount ?role ?match ?project ?code {
        ?link gk:service <https://w3id.org/gongkai/id/service/free-inspection> ; gk:paidBy ?figure ; gk:role ?role ;
            gk:match ?match . ?figure gk:agency/rdfs:label ?office ; gk:year ?year ; gk:phase ?phase ; gk:amount ?amount
        OPTIONAL { ?link gk:project/rdfs:label ?project } OPTIONAL { ?figure gk:inferredFunction ?code } }"""
    rows = [[cell.removeprefix(GK) for cell in row] for row in select(store, query)]
    assert sorted(rows) == sorted(
        [
            ["深圳市人民政府口岸办公室", "2023", "phaseBudget", "70000000", "roleService", "project name",
             "免除查验没有问题作业服务工作", f"{DEFAULT_BASE}id/code/function/2299999"],
            ["岳阳市人民政府口岸管理办公室", "2023", "phaseFinal", "1016400", "roleService", "reason",
             "", f"{DEFAULT_BASE}id/code/function/2299999"],
            ["深圳市人民政府口岸办公室", "2023", "phaseBudget", "800000", "roleAdministration", "project name",
             "国家免除费用项目管理", ""],
        ]
    )  # fmt: skip


def test_a_sum_over_the_union_counts_each_figure_once(store: Store) -> None:
    # Two documents name the Shenzhen office; its label must not double what is joined with it.
    query = """SELECT (SUM(?amount) AS ?sum) { ?f gk:amount ?amount ; gk:agency ?a %s }"""
    joined = select(store, query % "; gk:inDocument ?d . ?a rdfs:label ?l ; a gk:Agency")
    plain = select(store, query % "")
    assert Decimal(joined[0][0]) == Decimal(plain[0][0]) > 0


def test_nothing_is_a_blank_node_and_every_iri_is_ascii(store: Store) -> None:
    for graph in store.named_graphs():
        if graph == NamedNode(f"{DEFAULT_BASE}graph/ontology"):
            continue
        for quad in store.quads_for_pattern(None, None, None, graph):
            assert isinstance(quad.subject, NamedNode)
            assert quad.subject.value.isascii()


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "yueyang-2023-accounts", "shenzhen-2021-evaluation",
        *more("shanghai-2017-budget", "baoji-2023-budget", "shenzhen-2023-budget"),
    ],
)  # fmt: skip
def test_the_shapes_are_satisfied(name: str, documents_folder: Path) -> None:
    facts = read_facts(documents_folder / f"{name}.txt", Catalogue.load(documents_folder))
    assert [str(v) for v in validate(quads(facts))] == []
