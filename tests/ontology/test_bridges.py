"""The bridges of codes: each 类 and 款 has a counterpart or a reason why not; names tell where they are attested."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import pytest
from rdflib import RDF, RDFS, SKOS, Graph, Literal, Namespace, URIRef

from loaders.catalogue import Catalogue
from loaders.derived.learning import list_namings
from loaders.pipeline import read_facts
from tests.ontology.test_scripts import load

ROOT = Path(__file__).resolve().parents[2]
ONTOLOGY = ROOT / "ontology"
GK = Namespace("https://w3id.org/gongkai/ontology#")
XKOS = Namespace("http://rdf-vocabulary.ddialliance.org/xkos#")
CODE = "https://w3id.org/gongkai/id/code/"
NAME = "https://w3id.org/gongkai/id/code-name/"
COFOG = "urn:sdmx:org.sdmx.infomodel.codelist.Code=ESTAT:CL_COFOG(1.0)."
GFS = "https://w3id.org/gongkai/id/gfs-2014/"
RELATIONS = (SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch)
bridges = load("make_bridges")
gather = load("gather_codes")


@cache
def read(*names: str) -> Graph:
    """Files of the ontology as one graph."""
    graph = Graph()
    for name in names:
        graph.parse(ONTOLOGY / name)
    return graph


def tables() -> list[dict[str, dict[str, list[str]]]]:
    """What the mappings are made from."""
    return [tomllib.loads((ROOT / "scripts" / f"{n}.toml").read_text(encoding="utf-8")) for n in ("cofog", "gfs")]


@pytest.mark.parametrize(
    ("code", "relation", "target"),
    [
        ("function/20402", SKOS.closeMatch, f"{COFOG}GF0301"),  # 公安: police services
        ("function/21004", SKOS.closeMatch, f"{COFOG}GF0704"),  # 公共卫生: public health services
        ("function/21401", SKOS.broadMatch, f"{COFOG}GF0405"),  # 公路水路运输: transport
        ("function/20502", SKOS.broadMatch, f"{COFOG}GF09"),  # 普通教育: several groups of education
        ("function/20109", SKOS.broadMatch, f"{COFOG}GF0101"),  # 海关事务
        ("economic-2018/30101", SKOS.broadMatch, f"{GFS}211"),  # 基本工资: wages and salaries
        ("economic-2018/31013", SKOS.broadMatch, f"{GFS}3112"),  # 公务用车购置: machinery and equipment
        ("government-economic-2018/50102", SKOS.closeMatch, f"{GFS}212"),
    ],
)
def test_codes_meet_the_international_classifications(code: str, relation: URIRef, target: str) -> None:
    assert (URIRef(CODE + code), relation, URIRef(target)) in read("bridges.ttl")


def test_every_mapping_has_a_reason_and_leads_to_a_named_concept() -> None:
    graph = read("bridges.ttl")
    associations = set(graph.subjects(RDF.type, XKOS.ConceptAssociation))
    pairs = {(graph.value(a, XKOS.sourceConcept), graph.value(a, XKOS.targetConcept)) for a in associations}
    stated = {(s, o) for r in RELATIONS for s, o in graph.subject_objects(r) if str(s).startswith(CODE)}
    assert pairs == stated
    assert len(stated) > 250
    for association in associations:
        assert {c.language for c in graph.objects(association, RDFS.comment) if isinstance(c, Literal)} == {"zh", "en"}
        target = graph.value(association, XKOS.targetConcept)
        assert (target, SKOS.notation, None) in graph
        assert (target, SKOS.prefLabel, None) in graph


def test_every_group_answers_somewhere() -> None:
    graph = read("bridges.ttl")
    groups = {s for s in graph.subjects(SKOS.notation) if str(s).startswith(COFOG)}
    assert len(groups) > 40
    for group in groups:
        notation = str(graph.value(group, SKOS.notation))
        number = notation[2:4] + (f"-{notation[5]}" if len(notation) == 6 else "")
        assert graph.value(group, SKOS.exactMatch) == URIRef(f"http://linked.data.gov.au/def/cofog/{number}")


def test_no_code_is_left_without_a_mapping_or_a_reason() -> None:
    cofog, gfs = tables()
    del cofog["map"]["20402"]
    with pytest.raises(SystemExit, match=r"function: 20402 have no mapping\. Add one, or say why in left_out"):
        bridges.read_cofog(cofog)
    gfs["economic-2018"]["30101"][1] = "999"
    with pytest.raises(SystemExit, match="economic-2018/30101: broad 999 is no relation and target"):
        bridges.read_gfs(gfs)
    gfs["left_out"]["economic-2018/30101"] = ["甲", "a"]
    with pytest.raises(SystemExit, match="30101 are mapped and left out"):
        bridges.read_gfs(gfs)


def test_doubts_are_of_mappings_and_stand_in_the_documentation() -> None:
    cofog, gfs = tables()
    assert set(cofog["doubtful"]) <= set(cofog["map"])
    assert {c.partition("/")[2] for c in gfs["doubtful"]} <= {*gfs["economic-2018"], *gfs["government-economic-2018"]}
    table = bridges.list_doubtful([*bridges.read_cofog(cofog), *bridges.read_gfs(gfs)])
    assert table in (ROOT / "docs" / "bridges.md").read_text(encoding="utf-8")


def test_the_file_is_what_the_script_writes(tmp_path: Path) -> None:
    assert bridges.main([str(tmp_path / "bridges.ttl")]) == 0
    written = (tmp_path / "bridges.ttl").read_text(encoding="utf-8")
    assert written == (ONTOLOGY / "bridges.ttl").read_text(encoding="utf-8")


# ---------------------------------------------------------------- where codes are attested


def test_names_of_codes_tell_their_years() -> None:
    graph = read("codes/attested.ttl")
    old, new = (
        {
            str(n): sorted(str(y) for y in graph.objects(n, GK.attestedYear))
            for n in graph.subjects(GK.nameOf, URIRef(f"{CODE}function/210"))
            if str(graph.value(n, SKOS.prefLabel)) == name
        }
        for name in ("医疗卫生与计划生育支出", "卫生健康支出")
    )  # fmt: skip
    assert list(old.values()) == [["2017"]]
    ((years),) = new.values()
    assert years[0] == "2019"
    assert "2026" in years
    for name in graph.subjects(RDF.type, GK.CodeName):
        assert int(str(graph.value(name, GK.attestedInDocuments))) >= len(set(graph.objects(name, GK.attestedYear))) > 0


def test_renamed_codes_lead_from_the_earlier_to_the_later_name() -> None:
    graph = read("codes/function-names.ttl", "codes/attested.ttl")
    links = {
        (str(graph.value(graph.value(a, XKOS.sourceConcept), SKOS.prefLabel)),
         str(graph.value(graph.value(a, XKOS.targetConcept), SKOS.prefLabel)))
        for a in graph.subjects(RDF.type, XKOS.ConceptAssociation)
    }  # fmt: skip
    assert ("行政事业单位离退休", "行政事业单位养老支出") in links
    assert ("医疗卫生与计划生育支出", "卫生健康支出") in links
    assert all(old != new for old, new in links)


def test_every_code_tells_where_it_is_attested() -> None:
    for scheme in ("function", "economic-2018", "economic-2007", "government-economic-2018"):
        graph = read(f"codes/{scheme}.ttl")
        for code in graph.subjects(SKOS.notation):
            listed = int(str(graph.value(code, GK.attestedInBudgets)))
            printed = int(str(graph.value(code, GK.attestedInDocuments) or 0))
            # What neither a budget nor a document prints is general knowledge of the classification, and of a 类 or 款.
            assert listed or printed or len(str(graph.value(code, SKOS.notation))) <= 5 or str(code).endswith("2010907")


def test_what_a_document_prints_is_attested(documents_folder: Path) -> None:
    facts = read_facts(documents_folder / "shenzhen-2023-budget.txt", Catalogue.load(documents_folder))
    graph = read("codes/attested.ttl")
    named = {str(o) for o in graph.objects(None, GK.nameOf)}
    printed = gather.list_names(facts)
    assert len(printed) > 5
    assert {f"{CODE}{code}" for code, _ in printed} <= named
    assert {n.code for n in list_namings(facts)} <= {code for code, _ in printed}


def test_a_content_counts_once_and_a_document_without_a_year_not_at_all() -> None:
    rows = [
        ("a", 2023, [("function/201", "一般公共服务支出")]),
        ("a", 2023, [("function/201", "一般公共服务支出")]),
        ("b", 2024, [("function/201", "一般公共服务")]),
        ("c", None, [("function/202", "外交支出")]),
        ("", None, []),
    ]
    names = gather.gather(rows)
    assert list(names) == ["function/201"]
    ((attested),) = names["function/201"].values()
    assert dict(attested.years) == {2023: 1, 2024: 1}
    assert "gk:attestedInDocuments 2 ." in gather.write(names)
