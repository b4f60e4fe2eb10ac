"""Facts as RDF: a golden graph, masked contacts, IRIs, codes, SHACL."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pyoxigraph
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat
from rdflib.compare import graph_diff, to_isomorphic

from loaders import __version__
from loaders.documents import Block, Document, Passage, Span, Table
from loaders.facts import (
    Absence,
    Agency,
    Assessment,
    Change,
    Citation,
    Definition,
    Division,
    Duty,
    Facts,
    Figure,
    Finding,
    Goal,
    Indicator,
    Mandate,
    NumberToken,
    OfficeEvent,
    Port,
    Project,
    ServiceLink,
    TableState,
)
from loaders.graph import Iris, quads
from loaders.graph.codes import list_shipped
from loaders.graph.following import list_following
from loaders.graph.internal import read_internal
from loaders.graph.iris import digest, find_classification
from loaders.graph.validation import validate
from loaders.graph.writer import format_decimal
from loaders.settings import DEFAULT_BASE
from loaders.words.redaction import MASK, Redaction
from service.queries.binding import bind
from tests.volume import size

HERE = Path(__file__).parent
TEXT = "甲市口岸办2023年预算\n联系人：王小明\n1.宣传。本办设综合科。\n查验费 2129901 1.5 万元，增加，因新增。\n"
AMOUNT, NAME, PUBLICITY = Span(46, 49), Span(34, 37), Span(23, 25)
OA = "http://www.w3.org/ns/oa#"
PROV = "http://www.w3.org/ns/prov#"
GK = f"{DEFAULT_BASE}ontology#"


def make_facts() -> Facts:
    figure = Figure(
        span=AMOUNT,
        stated="1.5",
        value=Decimal("15000.0"),
        unit="CNY",
        fiscal_year=2023,
        phase="budget",
        aspect="level",
        subject_kind="function",
        subject_label="查验费",
        subject_code="2129901",
        column="金额",
        stated_unit="万元",
        precision=Decimal("500"),
        derived=True,
        candidates=("合计", "小计"),
        inferred_code="30201",
        inference="equal amounts",
        inference_zh="金额相等",
        dimensions=(("fund", "一般公共预算"),),
        code_span=Span(38, 45),
    )
    return Facts(
        document=Document("small", TEXT, "0" * 64, "text"),
        id="small",
        kind="budget",
        fiscal_year=2023,
        agency=Agency("甲市口岸办", Span(0, 5), parent="甲市", aliases=("本办",), nature="行政单位"),
        title="小文件",
        kind_span=Span(10, 12),
        year_span=Span(5, 9),
        figures=(figure,),
        ledger=(NumberToken(AMOUNT, "1.5", "figure", "an amount"),),
        divisions=(Division("综合科", Span(29, 32), (("宣传", PUBLICITY),)),),
        duties=(Duty("宣传", PUBLICITY, "1"),),
        projects=(Project("查验费", NAME, Decimal(15000), AMOUNT, 2023, "budget"),),
        indicators=(
            Indicator(
                "查验费", NAME, "产出", "数量", "≥", "1.5", "万元", AMOUNT, result="1.2万元", year=2023, met=False
            ),
        ),
        assessments=(Assessment("宣传", PUBLICITY, Decimal(10), Decimal("9.50")),),
        citations=(Citation("甲法", PUBLICITY, "1号", 2020, "甲市"),),
        ports=(Port("甲港", PUBLICITY, "水运"),),
        services=(
            ServiceLink(
                "free-inspection", "查验费", NAME, "project name", "service", Decimal("0.8"), AMOUNT, "查验费", "查验费"
            ),
        ),
        changes=(
            Change(
                "查验费", Span(53, 55), "up", Decimal(15000), AMOUNT, 2023, (("新增", Span(57, 59)),),
                after=Decimal(15000), after_span=AMOUNT,
            ),
        ),
        goals=(Goal("宣传", PUBLICITY, "annual goal", "1", year=2023),),
        definitions=(Definition("查验费", NAME, "新增", Span(57, 59)),),
        events=(OfficeEvent("宣传", PUBLICITY, "founded", "甲市口岸办", 1993, 2, decree="1号", rank="副县级"),),
        mandates=(Mandate("查验费", NAME, "project", PUBLICITY, Decimal("0.5"), ("free-inspection",), ("查验",)),),
        absences=(Absence("indicators", None, "none", "没有"),),
        findings=(
            Finding("sum", "1.5", "1", "contradicted", (AMOUNT,), Decimal(5000), Decimal(1000), Decimal(15000),
                    Decimal(10000), ("is-no-average", "codes-summed"), (("below", "甲"), ("code", Decimal("2.0"))),
                    detail="表"),
        ),
        tables=(TableState("政府性基金表", Span(10, 12), "fund", "declared empty", "预算"),),
    )  # fmt: skip


def to_rdflib(statements: list[Quad]) -> rdflib.Graph:
    content = pyoxigraph.serialize((q.triple for q in statements), format=RdfFormat.N_TRIPLES)
    return rdflib.Graph().parse(data=content, format="nt")


def read_golden() -> rdflib.Graph:
    def hashed(*parts: str) -> str:
        return sha256("\n".join(parts).encode()).hexdigest()[:8]

    text = (HERE / "golden_graph.ttl").read_text(encoding="utf-8")
    text = text.replace("VERSION", __version__).replace("ACTIVITY", hashed("0" * 64, __version__))
    text = text.replace("CHECK", hashed("sum", "contradicted", "", "codes-summed", "is-no-average"))
    text = text.replace("FINDING", hashed("sum", "1.5", "1", "46-49", "表:1.5isnot1;2=甲"))
    return rdflib.Graph().parse(data=text, format="turtle")


def spell_out(statements: list[Quad]) -> list[Quad]:
    """The statements with those that follow from them."""
    store = pyoxigraph.Store()
    store.bulk_extend(statements)
    return [*statements, *(Quad(*triple) for triple in list_following(store))]


#: What the store keeps of the figure; the rest of what the golden graph says of it follows.
KEPT = {
    "type", "inDocument", "agency", "year", "fiscalYear", "phase", "aspect", "amount", "statedAs", "statedUnit",
    "precision",
    "column", "openColumn", "dimension", "derived", "start", "wasDerivedFrom", "subjectLabel", "function",
    "inferredEconomic", "inference", "project", "indicator", "about",
}  # fmt: skip


def test_what_follows_is_not_kept() -> None:
    statements = list(quads(make_facts()))
    said: dict[str, set[str]] = {}
    for quad in statements:
        name = quad.predicate.value.replace("#", "/").rpartition("/")[2]
        said.setdefault(quad.subject.value.removeprefix(f"{DEFAULT_BASE}id/"), set()).add(name)
    assert said["figure/small/46-49"] == KEPT
    (finding,) = (names for thing, names in said.items() if thing.startswith("finding/"))
    assert finding == {
        "type", "check", "comment", "reasonValues", "checkedDetail", "left", "right", "leftValue", "rightValue",
        "tolerance", "usesFigure",
    }  # fmt: skip
    assert said["document/small#char=34,37"] == {"inDocument", "start", "quote"}
    kept = {q.triple for q in statements}
    following = {q.triple for q in spell_out(statements)} - kept
    assert len(following) > 40


def test_nothing_follows_of_what_says_too_little() -> None:
    graph = NamedNode("http://example.org/g")
    check, finding = NamedNode("http://example.org/check"), NamedNode("http://example.org/finding")
    said = [
        Quad(finding, NamedNode(f"{GK}check"), check, graph),
        Quad(check, NamedNode(f"{GK}rule"), Literal("a"), graph),
    ]
    following = spell_out(said)[len(said) :]
    assert {(q.subject, q.predicate.value) for q in following} == {(finding, f"{GK}rule")}


def test_findings_that_say_no_more_than_their_sides_share_what_stands_between_them() -> None:
    def check(*findings: Finding) -> tuple[list[Quad], dict[str, str]]:
        statements = list(quads(replace(make_facts(), findings=findings)))
        words = {
            q.subject.value: q.object.value for q in spell_out(statements)
            if q.predicate.value.endswith("#comment") and "/finding/" in q.subject.value
        }  # fmt: skip
        return statements, words

    plain = Finding("row-total", "合计 3元", "1 + 2 = 3", "holds", (), Decimal(0), Decimal(1), Decimal(3), Decimal(3),
                    ("sides-agree",), item="表 甲")  # fmt: skip
    other = replace(
        plain, left="合计 5元", right="2 + 3 = 5", left_value=Decimal(5), right_value=Decimal(5), item="表 乙"
    )
    statements, words = check(plain, other)
    assert sorted(words.values()) == ["表 乙: 合计 5元 = 2 + 3 = 5", "表 甲: 合计 3元 = 1 + 2 = 3"]
    names = [q.predicate.value.rpartition("#")[2] for q in statements if "/finding/" in q.subject.value]
    assert {"comment", "rightValue"} & set(names) == set()
    assert sum(q.object == NamedNode(f"{GK}Check") for q in statements) == 1
    # What says more has words of its own, and is another check's.
    more = replace(plain, reasons=("codes-summed", "sides-agree"), values=(("below", "甲"), ("code", "2")))
    statements, words = check(plain, more)
    assert sorted(words.values()) == ["表 甲: 合计 3元 = 1 + 2 = 3", "表 甲: 合计 3元 = 1 + 2 = 3; 2 = 甲"]
    assert sum(q.object == NamedNode(f"{GK}Check") for q in statements) == 2


def test_golden_graph() -> None:
    statements = spell_out(list(quads(make_facts(), source="hand")))
    found = rdflib.Graph()
    for triple in to_rdflib(statements):
        if "#char=" not in str(triple[0]):
            found.add(triple)
    both, missing, surplus = graph_diff(to_isomorphic(read_golden()), to_isomorphic(found))
    assert (sorted(missing), sorted(surplus)) == ([], [])
    assert len(both) > 150


def test_golden_fragment() -> None:
    expected = """
    @prefix gk: <https://w3id.org/gongkai/ontology#> .
    <https://w3id.org/gongkai/id/document/small#char=46,49> a gk:Fragment ;
        gk:inDocument <https://w3id.org/gongkai/id/document/small> ; gk:start 46 ; gk:end 49 ; gk:quote "1.5" .
    """
    found = rdflib.Graph()
    for triple in to_rdflib(spell_out(list(quads(make_facts())))):
        if "#char=46,49" in str(triple[0]):
            found.add(triple)
    assert to_isomorphic(found) == to_isomorphic(rdflib.Graph().parse(data=expected, format="turtle"))


def test_a_figure_says_itself_where_it_stands() -> None:
    facts = replace(make_facts(), goals=(), changes=(), services=(), indicators=(), mandates=())
    place = NamedNode(f"{DEFAULT_BASE}id/document/small#char=46,49")
    found = list(quads(facts))
    assert [q.predicate.value.split("#")[-1] for q in found if q.object == place] != []
    assert [q for q in found if q.subject == place] == []


def test_what_documents_share_is_stated_once() -> None:
    things, own = NamedNode(f"{DEFAULT_BASE}graph/things"), NamedNode(f"{DEFAULT_BASE}id/document/small")
    first = list(quads(make_facts()))
    assert {q.graph_name for q in first} == {things, own}
    agency = NamedNode(f"{DEFAULT_BASE}id/agency/000000-{digest('甲市口岸办')}")
    said = {(q.predicate.value.split("#")[-1], q.graph_name) for q in first if q.subject == agency}
    assert ("label", things) in said
    assert ("attestedIn", own) in said
    assert not any("small" in str(q.triple) for q in first if q.graph_name == things)
    second = quads(replace(make_facts(), id="other", fiscal_year=2022))
    graphs: dict[str, set[str]] = {}
    for quad in (*first, *second):
        graphs.setdefault(str(quad.triple), set()).add(str(quad.graph_name))
    assert [t for t, names in graphs.items() if len(names) > 1] == []
    # And the same words of another document are the same things.
    assert len({q for q in first if q.graph_name == things} & set(quads(replace(make_facts(), id="other")))) > 30


def test_same_facts_give_the_same_bytes() -> None:
    first, second = (pyoxigraph.serialize(quads(make_facts()), format=RdfFormat.N_QUADS) for _ in range(2))
    assert first == second


def test_round_trip_through_n_quads_and_store() -> None:
    statements = list(quads(make_facts()))
    assert len(statements) == len(set(statements))
    content = pyoxigraph.serialize(statements, format=RdfFormat.N_QUADS)
    assert set(pyoxigraph.parse(content, format=RdfFormat.N_QUADS)) == set(statements)
    # The store normalises literals; what is written is in that form already, so that nothing changes in it.
    store = pyoxigraph.Store()
    store.bulk_extend(statements)
    assert set(store) == set(statements)


def test_every_place_is_annotated_when_it_is_asked_for() -> None:
    store = pyoxigraph.Store()
    store.bulk_extend(quads(make_facts()))
    things = {q.subject for q in store if q.predicate.value == PROV + "wasDerivedFrom" and "/id/" in q.subject.value}
    query = bind(read_internal("linked/thing-statements"), {"thing": sorted(things, key=str)})
    answer = pyoxigraph.Store()
    answer.extend(Quad(*triple) for triple in store.query(query, use_default_graph_as_union=True))
    select = f"""PREFIX oa: <{OA}> SELECT * WHERE {{
        ?f a oa:SpecificResource ; oa:hasSource ?d ; oa:hasSelector ?p, ?q .
        ?p a oa:TextPositionSelector ; oa:start ?s ; oa:end ?e .
        ?q a oa:TextQuoteSelector ; oa:exact ?x ; oa:prefix ?before ; oa:suffix ?after }}"""
    rows = list(answer.query(select))
    assert len(rows) > 5
    text = next(q.object.value for q in store if q.predicate.value == f"{GK}text")
    assert len(text) == len(TEXT)
    for row in rows:
        start, end = int(row["s"].value), int(row["e"].value)
        assert row["x"].value == text[start:end]
        assert row["before"].value == text[max(0, start - 32) : start]
        assert row["after"].value == text[end : end + 32]
        assert row["f"].value == f"{row['d'].value}#char={start},{end}"


def test_graph_satisfies_the_shapes_and_a_broken_one_does_not() -> None:
    statements = list(quads(make_facts()))
    assert validate(statements) == []
    figure = NamedNode(f"{DEFAULT_BASE}id/figure/small/46-49")
    broken = [q for q in statements if not (q.subject == figure and q.predicate.value == f"{GK}amount")]
    # the only amount is gone: the figure is broken, and the document has no amounts left
    assert {v.focus for v in validate(broken)} == {f"{DEFAULT_BASE}id/document/small", figure.value}
    stray = Quad(figure, NamedNode(f"{GK}start"), Literal(99), NamedNode("http://example.org/g"))
    # Neither does its fragment stand there then.
    assert {v.path for v in validate([*statements, stray])} == {f"{GK}start", f"{GK}end", ""}


def test_every_term_of_ours_is_in_the_ontology(root: Path) -> None:
    defined = {
        q.subject.value
        for q in pyoxigraph.parse(path=root / "ontology" / "gongkai.ttl")
        if isinstance(q.subject, NamedNode)
    }
    used = {
        term.value
        for q in quads(make_facts())
        for term in (q.predicate, q.object)
        if isinstance(term, NamedNode) and term.value.startswith(GK)
    }
    assert used - defined == set()


def test_names_and_telephones_stay_out() -> None:
    text = (
        "项目负责人\t欧阳小东\t联系人 李四 联系电话 63292537\n"
        "填报人（签名）：张 三\n电话：0755-83758561；邮箱 a.b@x.gov.cn\n"
    )
    facts = replace(
        make_facts(),
        document=Document("small", text, "0" * 64, "text"),
        duties=(Duty("由欧阳小东负责，电话63292537", Span(6, 10)),),
        kind_span=None,
    )
    content = (pyoxigraph.serialize(quads(facts), format=RdfFormat.N_QUADS) or b"").decode()
    for secret in ("欧阳小东", "李四", "张 三", "63292537", "83758561", "a.b@x"):
        assert secret not in content
    assert f"由{MASK * 4}负责，电话{MASK * 8}" in content


def test_contacts_of_the_ledger_are_masked() -> None:
    text = "传达室 83758561 平日开放 100.50"
    facts = replace(
        make_facts(),
        document=Document("small", text, "0" * 64, "text"),
        ledger=(NumberToken(Span(4, 12), "83758561", "contact", "a telephone"),),
    )
    values = {q.object.value for q in quads(facts) if q.predicate.value == f"{GK}text"}
    assert values == {f"传达室 {MASK * 8} 平日开放 100.50"}


@pytest.mark.parametrize(
    "text",
    [
        "项目负责人密切关注项目开展情况",
        "主要负责人用车0辆",
        "单位主要负责人审签情况：已审签",
        "负责人 基本工资 12.00",
        "电话费 1200.00",
        "联系人\n\n第二部分 部门决算",
    ],
)
def test_what_names_no_person_is_left_alone(text: str) -> None:
    assert Redaction(text).text == text


def test_contacts_of_the_real_documents(documents_folder: Path) -> None:
    counts = {}
    for path in sorted(documents_folder.glob("*.txt")):
        redaction = Redaction(path.read_bytes().decode("utf-8"))
        assert len(redaction.text) == len(redaction.original)
        counts[path.stem] = len(redaction.spans)
        for word in ("杨旭波", "刘太秋", "张超美", "邵永表", "姜海洋", "63292537", "63292508", "83758561"):
            assert word not in redaction.text
    assert counts == {
        "baoji-2023-budget": 0,
        "shanghai-2017-budget": 15,
        "shenzhen-2021-evaluation": 2,
        "shenzhen-2023-budget": 0,
        "yueyang-2023-accounts": 0,
    }


@given(st.text(alphabet="联系人负责填报：王小明 \t\n（签名）电话0123456789，。", max_size=80))
@settings(max_examples=size(80, 200), deadline=None)
def test_masking_keeps_every_offset(text: str) -> None:
    masked = Redaction(text).text
    assert len(masked) == len(text)
    assert all(a in (b, MASK) for a, b in zip(masked, text, strict=True))
    assert [i for i, c in enumerate(masked) if c == "\n"] == [i for i, c in enumerate(text) if c == "\n"]


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=6))
def test_decimals_keep_their_value_in_plain_form(value: Decimal) -> None:
    text = format_decimal(value)
    assert Decimal(text) == value
    assert "E" not in text
    assert not text.startswith("-0") or "." in text
    assert "." not in text or text[-1] not in "0."


@given(st.text(min_size=1, max_size=30))
def test_iris_are_ascii_and_blind_to_width_and_spacing(label: str) -> None:
    node = Iris().agency(label, "440300")
    assert node.value.isascii()
    assert Iris().agency(f" {label[:1]}\n{label[1:]}　", "440300") == node


def test_a_known_iri() -> None:
    # sha256sum says so of 深圳市人民政府口岸办公室.
    expected = sha256("深圳市人民政府口岸办公室".encode()).hexdigest()[:8]
    assert digest("深圳市 人民政府口岸办公室") == expected
    assert Iris("https://example.org/").agency("深圳市人民政府口岸办公室").value == (
        f"https://example.org/id/agency/000000-{expected}"
    )


@pytest.mark.parametrize(
    ("kind", "code", "year", "expected"),
    [
        ("function", "2010301", 2023, "function"),
        ("economic", "30311", 2017, "economic-2007"),
        ("economic", "30113", 2018, "economic-2018"),
        ("government-economic", "50501", 2023, "government-economic-2018"),
        ("project", "2299999", 2023, "function"),
        ("item", "30113", 2016, "economic-2007"),
        ("item", "90101", 2023, ""),
    ],
)
def test_classification_and_edition(kind: str, code: str, year: int, expected: str) -> None:
    assert find_classification(kind, code, year) == expected


def test_the_document_decides_the_edition_of_a_code() -> None:
    # A budget of 2018 states the year before in the new codes.
    figure = replace(make_facts().figures[0], subject_kind="economic", subject_code="30113", fiscal_year=2017)
    statements = quads(replace(make_facts(), fiscal_year=2018, figures=(figure,)))
    used = {q.object.value for q in statements if q.predicate.value == f"{GK}economic"}
    assert used == {f"{DEFAULT_BASE}id/code/economic-2018/30113"}


def test_a_second_code_of_a_row_is_a_code_too() -> None:
    dimensions = (("government-economic", "50501"), ("economic", "x"), ("unit-code", "402"))
    figure = replace(make_facts().figures[0], dimensions=dimensions)
    statements = list(quads(replace(make_facts(), figures=(figure,))))
    assert validate(statements) == []
    found = {
        (q.predicate.value.removeprefix(GK), q.object.value.removeprefix(DEFAULT_BASE))
        for q in statements
        if q.predicate.value in (f"{GK}governmentEconomic", f"{GK}dimension")
    }
    assert found == {
        ("governmentEconomic", "id/code/government-economic-2018/50501"),
        ("dimension", "economic=x"),
        ("dimension", "unit-code=402"),
    }


def test_figures_of_a_table_are_one_data_set() -> None:
    span = Span(34, 60)
    table = Table(span, (), "tabs")
    blocks = (
        Block("heading", Span(0, 12), Passage.cut(TEXT, 0, 12)),
        Block("table", span, Passage("", ()), table=table),
    )
    figure = replace(make_facts().figures[0], unit="PERCENT", table="收支总表", form="totals", block=1, agency="乙单位")
    other = replace(figure, span=Span(38, 45), stated="2129901", subject_kind="project", subject_label="宣传费")
    prose = replace(figure, span=Span(5, 9), stated="2023", block=0, unit="CNY")  # amounts, as every budget has
    document = Document("small", TEXT, "0" * 64, "text", blocks)
    project = Project("宣传费", Span(5, 8))
    statements = list(
        quads(replace(make_facts(), document=document, figures=(figure, other, prose), projects=(project,)))
    )
    assert validate(statements) == []
    node = f"{DEFAULT_BASE}id/table/small/34-60"
    linked = {q.subject.value.rsplit("/", 1)[1] for q in statements if q.predicate.value.endswith("cube#dataSet")}
    assert linked == {"46-49", "38-45"}
    following = spell_out(statements)
    linked = {q.subject.value.rsplit("/", 1)[1] for q in following if q.predicate.value.endswith("cube#dataSet")}
    assert linked == {"46-49", "38-45", "5-9"}
    labels = {q.object.value for q in statements if q.subject.value == node and q.predicate.value.endswith("#label")}
    assert labels == {"收支总表"}
    units = {q.object.value for q in following if q.predicate.value == f"{GK}unit"}
    assert units == {f"{GK}unitPercent", f"{GK}unitCny"}
    projects = {q.object.value for q in statements if q.predicate.value == f"{GK}project"}
    assert f"{DEFAULT_BASE}id/agency/000000-{digest('甲市口岸办')}/project/{digest('宣传费')}" in projects
    # A unit that only the table names is an office of its own.
    agency = f"{DEFAULT_BASE}id/agency/000000-{digest('乙单位')}"
    assert {
        q.object.value for q in statements if q.subject.value.endswith("/46-49") and "agency" in q.predicate.value
    } == {agency}


def test_a_misprinted_code_is_no_concept_and_an_unknown_branch_is_complete() -> None:
    assert "function/299" not in list_shipped()
    figure = make_facts().figures[0]
    misprint = replace(figure, span=Span(38, 45), stated="2129901", subject_code="20805")
    facts = replace(
        make_facts(), figures=(replace(figure, subject_code="2990101"), replace(misprint, subject_code="2080"))
    )
    statements = list(quads(facts))
    assert validate(statements) == []
    codes = {q.subject.value.rsplit("/", 1)[1] for q in statements if "/code/" in q.subject.value}
    assert codes == {"299", "29901", "2990101"}
    # The misprint is kept as it is printed; the other is its figure's only code, of which it follows.
    assert {q.object.value for q in statements if q.predicate.value == f"{GK}subjectCode"} == {"2080"}
    printed = {q.object.value for q in spell_out(statements) if q.predicate.value == f"{GK}subjectCode"}
    assert printed == {"2990101", "2080"}


def test_a_document_that_names_no_agency_has_a_graph() -> None:
    facts = replace(make_facts(), agency=None, kind="unknown", fiscal_year=None)
    statements = list(quads(facts))
    subjects = {q.subject.value for q in statements}
    assert f"{DEFAULT_BASE}id/document/small/project/{digest('查验费')}" in subjects
    assert all(isinstance(q.subject, NamedNode) and q.subject.value.isascii() for q in statements)


def test_another_base_moves_every_iri() -> None:
    content = pyoxigraph.serialize(quads(make_facts(), "https://example.org/x/"), format=RdfFormat.N_QUADS) or b""
    assert b"w3id.org/gongkai" not in content
    assert b"<https://example.org/x/ontology#amount>" in content
