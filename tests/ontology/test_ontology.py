"""The ontology itself: every file parses, every term used is defined, the code lists and places hang together."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pyshacl
import pytest
from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, OWL, QB, RDF, RDFS, SKOS
from rdflib.term import Node

from loaders.graph.validation import DataGraph

ROOT = Path(__file__).resolve().parents[2]
ONTOLOGY = ROOT / "ontology"
FILES = sorted(ONTOLOGY.rglob("*.ttl"))
GK = Namespace("https://w3id.org/gongkai/ontology#")
ID = "https://w3id.org/gongkai/id/"
XKOS = Namespace("http://rdf-vocabulary.ddialliance.org/xkos#")
CODE_CLASSES = (GK.FunctionCode, GK.EconomicCode, GK.GovernmentEconomicCode)


@cache
def parse(path: Path) -> Graph:
    """A file as rdflib reads it: once for all tests, which takes seconds."""
    return Graph().parse(path)


@cache
def read(*names: str) -> Graph:
    """The named files of the ontology as one graph; all of them if none is named."""
    paths = [ONTOLOGY / name for name in names] or FILES
    if len(paths) == 1:
        return parse(paths[0])
    graph = Graph()
    for path in paths:
        graph += parse(path)
    return graph


def terms() -> set[URIRef]:
    """Every gk: term that gongkai.ttl describes."""
    return {s for s in read("gongkai.ttl").subjects(RDF.type, None) if isinstance(s, URIRef) and s.startswith(GK)}


def codes() -> Graph:
    """All code lists."""
    return read(*[f"codes/{p.name}" for p in sorted((ONTOLOGY / "codes").glob("*.ttl"))])


def test_the_files_are_there() -> None:
    names = {str(p.relative_to(ONTOLOGY)) for p in FILES}
    # What match_wikidata.py writes is there once somebody has run it and looked it over.
    assert names - {"places-wikidata.ttl"} == {
        "gongkai.ttl", "shapes.ttl", "services.ttl", "topics.ttl", "words.ttl", "places.ttl", "alignments.ttl",
            "quantities.ttl", "bridges.ttl", "places-former.ttl",
        "codes/function.ttl", "codes/attested.ttl", "codes/function-names.ttl",
        "codes/economic-2018.ttl", "codes/economic-2007.ttl", "codes/economic-2007-2018.ttl",
        "codes/government-economic-2018.ttl",
    }  # fmt: skip


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_file_parses_and_its_iris_are_ascii(path: Path) -> None:
    graph = parse(path)
    assert len(graph) > 0
    strange = {t for triple in graph for t in triple if isinstance(t, URIRef) and not (t.isascii() and "%" not in t)}
    assert strange == set()


@pytest.mark.parametrize("path", [p for p in FILES if p.name != "shapes.ttl"], ids=lambda p: p.name)
def test_file_has_no_blank_nodes(path: Path) -> None:
    assert not any(isinstance(term, BNode) for triple in parse(path) for term in triple)


def test_every_term_has_labels_and_definitions_in_both_languages() -> None:
    graph = read("gongkai.ttl")
    lacking = []
    for term in terms():
        if (term, RDF.type, QB.ComponentSpecification) in graph:
            continue
        for predicate in (RDFS.label, SKOS.definition):
            languages = Counter(o.language for o in graph.objects(term, predicate) if isinstance(o, Literal))
            if languages != {"zh": 1, "en": 1}:
                lacking.append((term, predicate, dict(languages)))
    assert lacking == []


def test_definitions_say_more_than_labels() -> None:
    graph = read("gongkai.ttl")
    for term in terms():
        labels = {str(o) for o in graph.objects(term, RDFS.label)}
        for definition in graph.objects(term, SKOS.definition):
            assert str(definition).rstrip("。.") not in labels, term


def test_no_two_terms_of_a_kind_share_a_chinese_label() -> None:
    graph = read("gongkai.ttl")
    for kind in (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty):
        labels = Counter(o for s in graph.subjects(RDF.type, kind) for o in graph.objects(s, RDFS.label))
        assert [o for o, n in labels.items() if n > 1 and isinstance(o, Literal) and o.language == "zh"] == []


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_every_gk_term_used_is_defined(path: Path) -> None:
    used = {t for triple in parse(path) for t in triple if isinstance(t, URIRef) and t.startswith(GK)}
    assert used - terms() == set()


def test_every_gk_term_that_the_software_names_is_defined() -> None:
    names = {str(t).removeprefix(GK) for t in terms()}
    used: dict[str, str] = {}
    for path in [
        *(ROOT / "loaders").rglob("*.py"),
        *(ROOT / "service").rglob("*.py"),
        *(ROOT / "queries").rglob("*.rq"),
    ]:
        text = path.read_text(encoding="utf-8")
        for name in re.findall(r"""\bgk\(["'](\w+)["']\)|\bgk:([A-Za-z]\w*)""", text):
            used[name[0] or name[1]] = str(path.relative_to(ROOT))
    assert {name: where for name, where in used.items() if name not in names} == {}


def test_domains_ranges_and_superclasses_are_classes() -> None:
    graph = read("gongkai.ttl")
    classes = set(graph.subjects(RDF.type, OWL.Class))
    for predicate in (RDFS.domain, RDFS.range, RDFS.subClassOf):
        for value in graph.objects(None, predicate):
            assert not str(value).startswith(GK) or value in classes, value


def test_data_structures_list_every_dimension_measure_and_attribute() -> None:
    graph = read("gongkai.ttl")
    structures = set(graph.subjects(RDF.type, QB.DataStructureDefinition))
    assert len(structures) == 5
    for component, kind in (
        (QB.dimension, QB.DimensionProperty),
        (QB.measure, QB.MeasureProperty),
        (QB.attribute, QB.AttributeProperty),
    ):
        listed = {
            s: Counter(o for c in graph.objects(s, QB.component) for o in graph.objects(c, component))
            for s in structures
        }
        assert {o for own in listed.values() for o in own} == set(graph.subjects(RDF.type, kind))
        assert all(n == 1 for own in listed.values() for n in own.values())
    # What is a dimension anywhere is required of every observation whose structure lists it: never an attribute too.
    assert not set(graph.subjects(RDF.type, QB.DimensionProperty)) & set(graph.subjects(RDF.type, QB.AttributeProperty))


def test_code_lists_of_dimensions_exist() -> None:
    schemes = set(read().subjects(RDF.type, SKOS.ConceptScheme))
    assert set(read("gongkai.ttl").objects(None, QB.codeList)) <= schemes


def test_concepts_are_in_schemes_that_exist() -> None:
    graph = read()
    schemes = set(graph.subjects(RDF.type, SKOS.ConceptScheme))
    for predicate in (SKOS.inScheme, SKOS.topConceptOf):
        assert set(graph.objects(None, predicate)) <= schemes
    for scheme, top in graph.subject_objects(SKOS.hasTopConcept):
        assert (top, SKOS.inScheme, scheme) in graph


@pytest.mark.slow
def test_shapes_hold_for_ontology_codes_places_and_services() -> None:
    data = DataGraph()
    for path in FILES:
        if path.name != "shapes.ttl":
            data += parse(path)
    conforms, _, text = pyshacl.validate(data, shacl_graph=read("shapes.ttl"), inplace=True)
    assert conforms, text


# ---------------------------------------------------------------- codes


def test_code_iris_are_made_of_scheme_and_notation() -> None:
    graph = codes()
    seen = 0
    for cls in CODE_CLASSES:
        for code in graph.subjects(RDF.type, cls):
            notation, scheme = graph.value(code, SKOS.notation), graph.value(code, SKOS.inScheme)
            assert str(code) == f"{ID}code/{str(scheme).rsplit('/', 1)[1]}/{notation}"
            seen += 1
    assert seen > 800


def test_no_broader_code_dangles_and_levels_descend() -> None:
    graph = codes()
    notations = {s: str(o) for s, o in graph.subject_objects(SKOS.notation)}
    for code, broader in graph.subject_objects(SKOS.broader):
        assert broader in notations
        assert notations[code].startswith(notations[broader])
        assert len(notations[code]) > len(notations[broader])
        # Every group above an item is known: no item hangs from its class.
        assert len(notations[code]) - len(notations[broader]) == 2
    tops = [n for s, n in notations.items() if (s, SKOS.broader, None) not in graph]
    assert {len(n) for n in tops} == {3}


@pytest.mark.parametrize(
    ("scheme", "notation", "name"),
    [
        ("function", "2010101", "行政运行"),
        ("function", "2010350", "事业运行"),
        ("function", "20199", "其他一般公共服务支出"),
        ("function", "2019999", "其他一般公共服务支出"),
        ("function", "2011399", "其他商贸事务支出"),
        ("function", "2169999", "其他商业服务业等支出"),
        ("function", "2299999", "其他支出"),
        ("economic-2018", "30113", "住房公积金"),
        ("economic-2018", "30311", "代缴社会保险费"),
        ("economic-2007", "30311", "住房公积金"),
        ("economic-2007", "30313", "购房补贴"),
        ("economic-2007", "310", "其他资本性支出"),
        ("government-economic-2018", "50501", "工资福利支出"),
        ("government-economic-2018", "50905", "离退休费"),
    ],
)
def test_code_has_its_name(scheme: str, notation: str, name: str) -> None:
    code = URIRef(f"{ID}code/{scheme}/{notation}")
    assert Literal(name, lang="zh") in set(codes().objects(code, SKOS.prefLabel))
    assert codes().value(code, SKOS.notation) == Literal(notation)


@pytest.mark.parametrize("notation", ["30125", "31000", "31210", "50434", "2530201", "2130113", "21211", "51178"])
def test_readings_that_are_no_codes_are_left_out(notation: str) -> None:
    assert not [c for c, n in codes().subject_objects(SKOS.notation) if str(n) == notation]


def test_no_label_is_garbage_of_a_table() -> None:
    """A unit or an agency's name that slid into a name cell is no name of a code."""
    for predicate in (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel):
        for label in (o for s in codes().subjects(SKOS.notation) for o in codes().objects(s, predicate)):
            assert not re.search(r"(?<!土地)指标|委员会|[市县区]\w*局|:\d", str(label)), label


def test_variant_readings_are_kept() -> None:
    graph = codes()
    group = URIRef(f"{ID}code/function/20103")
    assert Literal("政府办公厅(室)及相关机构事务", lang="zh") in set(graph.objects(group, SKOS.altLabel))
    former = URIRef(f"{ID}code/function/210")
    assert Literal("医疗卫生与计划生育支出", lang="zh") in set(graph.objects(former, SKOS.altLabel))
    assert graph.value(former, SKOS.historyNote) is not None


def test_classes_have_english_names() -> None:
    graph = codes()
    lacking = [
        str(code)
        for cls in CODE_CLASSES
        for code in graph.subjects(RDF.type, cls)
        if len(str(graph.value(code, SKOS.notation))) == 3
        and not any(o.language == "en" for o in graph.objects(code, SKOS.prefLabel) if isinstance(o, Literal))
    ]
    assert lacking == []


def test_editions_correspond() -> None:
    graph = codes()
    old, new = f"{ID}code/economic-2007/", f"{ID}code/economic-2018/"
    assert (URIRef(old + "30311"), SKOS.exactMatch, URIRef(new + "30113")) in graph
    assert (URIRef(old + "30311"), OWL.differentFrom, URIRef(new + "30311")) in graph
    assert (URIRef(old + "30104"), SKOS.narrowMatch, URIRef(new + "30112")) in graph
    assert (URIRef(old + "310"), SKOS.closeMatch, URIRef(new + "310")) in graph
    associations = set(graph.objects(URIRef(f"{ID}correspondence/economic-2007-2018"), XKOS.madeOf))
    for association in associations:
        for end in (XKOS.sourceConcept, XKOS.targetConcept):
            assert all((o, SKOS.notation, None) in graph for o in graph.objects(association, end))
    sources = {graph.value(a, XKOS.sourceConcept) for a in associations}
    assert sources == {s for s in graph.subjects(SKOS.notation) if str(s).startswith(old)}


# ---------------------------------------------------------------- places


def test_places_form_one_tree_for_each_province() -> None:
    graph = read("places.ttl")
    level = dict(graph.subject_objects(GK.placeLevel))
    above: dict[Node, set[URIRef]] = {
        GK.levelPrefecture: {GK.levelProvince},
        GK.levelCounty: {GK.levelPrefecture, GK.levelProvince},
    }
    assert Counter(level.values())[GK.levelProvince] == 34
    assert len(level) > 3300
    for place, rank in level.items():
        code = str(graph.value(place, GK.divisionCode))
        assert str(place) == f"{ID}place/{code}"
        parent = graph.value(place, GK.parentPlace)
        assert (parent is None) == (rank == GK.levelProvince)
        if isinstance(parent, URIRef):
            assert level[parent] in above[rank]
            # A row that only groups is no division that anything lies in.
            assert (parent, SKOS.scopeNote, None) not in graph
            assert code[:2] == str(graph.value(parent, GK.divisionCode))[:2]


@pytest.mark.parametrize(
    ("code", "parent"),
    [("110105", "110000"), ("500229", "500000"), ("429004", "420000"), ("440305", "440300"), ("659004", "650000")],
)
def test_a_place_lies_in_a_real_division(code: str, parent: str) -> None:
    assert read("places.ttl").value(URIRef(f"{ID}place/{code}"), GK.parentPlace) == URIRef(f"{ID}place/{parent}")


@pytest.mark.parametrize(
    ("code", "zh", "en", "pinyin", "short"),
    [
        ("110105", "朝阳区", "Chaoyang District", "Cháoyáng Qū", "朝阳"),
        ("610100", "西安市", "Xi'an", "Xī'ān Shì", "西安"),
        ("350200", "厦门市", "Xiamen", "Xiàmén Shì", "厦门"),
        ("130930", "孟村回族自治县", "Mengcun Hui Autonomous County", "Mèngcūn Huízú Zìzhìxiàn", "孟村"),
        ("522300", "黔西南布依族苗族自治州", "Qianxinan Buyei and Miao Autonomous Prefecture",
         "Qiánxīnán Bùyīzú Miáozú Zìzhìzhōu", "黔西南"),
        ("150100", "呼和浩特市", "Hohhot", "Hūhéhàotè Shì", "呼和浩特"),
        ("810000", "香港特别行政区", "Hong Kong", "Xiānggǎng Tèbiéxíngzhèngqū", "香港"),
        ("710000", "台湾省", "Taiwan", "Táiwān Shěng", "台湾"),
    ],
)  # fmt: skip
def test_places_have_names_in_pinyin_and_english(code: str, zh: str, en: str, pinyin: str, short: str) -> None:
    graph, place = read("places.ttl"), URIRef(f"{ID}place/{code}")
    assert set(graph.objects(place, RDFS.label)) == {Literal(zh, lang="zh"), Literal(en, lang="en")}
    assert Literal(pinyin, lang="zh-Latn-pinyin") in set(graph.objects(place, SKOS.altLabel))
    assert graph.value(place, GK.shortName) == Literal(short, lang="zh")


@pytest.mark.parametrize(
    ("code", "year", "successors"),
    [
        ("110103", "2010", ["110101"]),  # 崇文区: merged into 东城区
        ("110229", "2015", ["110119"]),  # 延庆县 became a district
        ("371200", "2018", ["370100"]),  # 莱芜市 became part of 济南市
        ("330104", "2021", ["330102", "330114"]),  # 江干区 was divided
        ("540422", "2023", ["540481"]),  # 米林县 became a city
    ],
)
def test_divisions_that_ended_tell_when_and_what_followed(code: str, year: str, successors: list[str]) -> None:
    graph, place = read("places.ttl", "places-former.ttl"), URIRef(f"{ID}place/{code}")
    assert str(graph.value(place, GK.abolishedIn)) == year
    assert sorted(str(o)[-6:] for o in graph.objects(place, DCTERMS.isReplacedBy)) == successors


def test_every_division_that_ended_leads_to_one_of_today() -> None:
    graph = read("places.ttl", "places-former.ttl")
    ended = set(graph.subjects(GK.abolishedIn))
    assert len(ended) > 900
    for place in ended:
        assert isinstance(place, URIRef)
        final = set(graph.transitive_objects(place, DCTERMS.isReplacedBy)) - ended
        assert final, f"nothing follows {place}"
        assert all((p, GK.divisionCode, None) in graph for p in final)


def test_places_of_the_documents_and_their_verified_matches() -> None:
    graph = read("places.ttl")
    for code, name in (("440300", "深圳市"), ("610300", "宝鸡市"), ("310000", "上海市"), ("430600", "岳阳市")):
        assert Literal(name, lang="zh") in set(graph.objects(URIRef(f"{ID}place/{code}"), RDFS.label))
    matches = {(str(s)[-6:], str(o).rsplit("/", 1)[1]) for s, o in graph.subject_objects(SKOS.exactMatch)}
    assert matches == {
        ("110000", "Q956"), ("310000", "Q8686"), ("440300", "Q15174"), ("440100", "Q16572"), ("440000", "Q15175"),
    }  # fmt: skip
