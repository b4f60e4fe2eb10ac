"""Reasons of findings: each code is given by some check, bears its values, and has its words in both languages."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from string import Formatter

import pyoxigraph
import pytest

from loaders.catalogue import CatalogueEntry, compare
from loaders.derived.learned import write_disagreements
from loaders.derived.learning import Disagreement, Naming
from loaders.documents import Document, Span
from loaders.facts import Agency, Aspect, Figure, Finding
from loaders.meaning.identity import Identity
from loaders.readers.blocks import make_blocks
from loaders.reading import read_numbers
from loaders.reconcile import reconcile
from loaders.reconcile.guards import withdraw
from loaders.reconcile.judging import Judge, Term
from loaders.reconcile.reasons import REASONS, fill, read_values, sort_codes, state, write_values
from loaders.reconcile.wording import word
from tests.loaders.reconcile_sketch import Sketch, findings_of
from tests.loaders.test_reconcile_golden import NAMES, facts
from tests.loaders.test_reconcile_prose import SENTENCES

#: What every finding has.
COMMON = {"left", "right", "difference", "tolerance"}
ENGLISH = re.compile(r"[A-Za-z]{2,}(?: [A-Za-z]{2,})+")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
COLUMNS = ("支出总计", "基本支出", "项目支出")
AVERAGE = "四个季度执行率分别为80.00%、90.00%、100.00%及110.00%，全年平均执行率为95.00%。"
TEXTS = (
    "两个季度执行率分别为80.33%、90.33%，平均执行率为85.34%。",
    f"{AVERAGE}\n\n{AVERAGE}",
    "2023年度支出合计3.00万元，其中：甲支出1.00万元，占33.33%；乙支出1.00万元，占33.33%；丙支出1.00万元，占33.33%。",
    "2023年度支出合计10.00万元，其中：基本支出4.00万元，占40.00%；项目支出6.00万元，占59.00%。",
    "2023年度甲类支出12.00万元，其中：乙工作4.00万元，丙工作6.00万元。",
    "公务接待费决算2.00万元，与上年持平，增加1.00万元。",
    "公务接待费决算2.00万元，与上年相比增加2.00万元，增长50.00%。",
    "决算数小于年初预算数。",
    "预算调整比例为20.00%。",
    "2023年部门预算年初预算数为0.00万元，预算总规模调整为120.00万元，预算调整比例为20.00%。",
    "我办下设机构共4个，包括秘书处、政策法规处、海空铁口岸处。",
    "本年编报了24个项目支出绩效目标。\n\n完成24个项目支出绩效目标申报表。",
    "一、支出按经济科目分类的明细情况\n本单位2023年一般公共预算支出10.00万元，较上年增加1.40万元，其中：\n"
    "（1）工资福利支出（301）8.00万元，较上年增加2.00万元；\n（2）商品和服务支出（302）2.00万元，较上年减少0.50万元。\n",
)
#: Two statements of which something is not known to be the same.
DOUBTED = (
    "我局群众满意度为91.00%。\n\n路灯改造工作完成，群众满意度为97.00%。",
    "2023年一般公共预算财政拨款支出预算80.00万元，其中基本支出30.00万元，项目支出50.00万元。\n\n"
    "2023年度一般公共预算财政拨款基本支出决算34.00万元。",
    "2023年度财政拨款收入80.00万元。\n\n2023年度财政拨款收入总计90.00万元。",
    "2023年度部门支出10.00万元。\n\n一、其他情况\n\n2023年度支出5.00万元。",
)
TABLES: tuple[tuple[tuple[str, str, dict[str, str]], ...], ...] = (
    (("其他财政实务支出", "2010699", {"支出总计": "9"}),),
    (("合计", "", {"支出总计": "99"}), ("政府办公厅", "20103", {"支出总计": "9"})),
    (
        ("合计", "", {"支出总计": "99"}),
        *((name, code, {"支出总计": "9"}) for name, code in (("甲", "201"), ("乙", "221"), ("丙", "201"))),
    ),
    tuple(("某项", code, {"合计": "10.00", "甲": "2.00", "乙": "3.00"}) for code in ("201", "208", "210")),
    (
        ("一般公共服务支出", "201", {"支出总计": "30", "基本支出": "30"}),
        ("行政运行", "2010301", {"支出总计": "30"}),
    ),
    (
        ("信访事务", "20140", {"支出总计": "30.00", "基本支出": "20.00", "项目支出": "10.00"}),
        ("行政运行", "2014001", {"支出总计": "20.00", "基本支出": "20.00"}),
    ),
    (
        ("甲", "", dict(zip(COLUMNS, ("10.00", "4.00", "6.00"), strict=True))),
        ("乙", "", dict(zip(COLUMNS, ("20.00", "9.00", "11.00"), strict=True))),
        ("合计", "", dict(zip(COLUMNS, ("30.00", "14.00", "30.00"), strict=True))),
    ),
)  # fmt: skip


def read(text: str) -> tuple[Document, list[Figure]]:
    document = Document("made", text, "0" * 64, "text", make_blocks(text))
    return document, list(read_numbers(document, "accounts", 2023).figures)


def check_with_table(text: str, sketch: Sketch) -> tuple[Finding, ...]:
    """A text's prose beside a table, which stands behind it."""
    document, figures = read(text)
    far = len(text)
    behind = [
        replace(f, span=Span(f.span.start + far, f.span.end + far), block=len(document.blocks)) for f in sketch.figures
    ]
    return reconcile(document, "accounts", 2023, [*figures, *behind])


def check_made() -> Iterator[Finding]:
    """Findings of small texts and tables, for codes that the five documents do not give."""
    for text in (*TEXTS, *DOUBTED, *(s[0] for s in SENTENCES)):
        yield from findings_of(text)
    for rows in TABLES:
        sketch = Sketch("支出总表", "expenditure")
        for label, code, cells in rows:
            sketch.row(label, cells, code)
        yield from sketch.findings()
    sketch = Sketch("支出总表", "expenditure")
    sketch.row("一般公共服务支出", {"支出总计": "30"}, "201")
    sketch.row("行政运行", {"?": "10"}, "2010301", open_columns=COLUMNS)
    yield from sketch.findings()
    # A number of a list that is no figure.
    document, figures = read("2023年度支出合计10.00万元，其中：甲工作4.00万元，乙工作5.00万元，丙工作2.00万元。")
    yield from reconcile(document, "accounts", 2023, [f for f in figures if f.stated != "5.00"])
    # A row of a table of both economic lists.
    sketch = Sketch("一般公共预算支出表", "general-economic")
    (figure,) = sketch.row("办公费", {"合计": "3.00"}, "30201", phase="final")
    sketch.figures = [replace(figure, dimensions=(("government-economic", "50201"),))]
    yield from check_with_table("机关商品和服务支出（502）决算3.00万元。", sketch)


def check_doubted() -> Iterator[Finding]:
    """Tables of which rows, codes or pages may be missing; sums of different years and bodies."""
    sketch = Sketch("一般公共预算支出表", "general-function")
    total, part, *_ = (sketch.row(w, {"合计": n}, c)[0] for w, n, c in (("合计", "9", ""), ("教育支出", "5", "205")))
    sketch.title, sketch.form, sketch.block = "", "", 1
    sketch.row("农林水支出", {"合计": "4"}, "213")
    yield from sketch.findings()
    judge = Judge(sketch.document(), [total, part])
    finding = judge.compare("parts", "合计", [Term(total)], [Term(part)])
    others = (
        replace(part, fiscal_year=2022),
        replace(part, budget_unit="某某市测绘院"),
        replace(part, phase="adjusted"),
    )
    for other in others:
        yield from withdraw([finding], [total, other])
    sketch = Sketch("一般公共预算支出表", "general-function")
    for label, stated, code in (("卫生健康支出", "9", "210"), ("公立医院", "5", ""), ("公共卫生", "4", "21004")):
        sketch.row(label, {"合计": stated}, code)
    yield from sketch.findings()
    sketch = Sketch("整体支出绩效自评表", "scoring")
    aspects: dict[str, Aspect] = {"分值": "maximum", "得分": "score"}
    sketch.row("产出", {"分值": "50", "得分": "45"}, aspects=aspects)
    sketch.row("总分", {"分值": "100", "得分": "95"}, aspects=aspects)
    yield from sketch.findings(kind="evaluation")
    text = (
        "一般公共预算财政拨款基本支出决算表\n单位：万元\n\n科目编码\t科目名称\t决算数\t科目编码\t科目名称\t决算数\n"
        "301\t工资福利支出\t9.00\t302\t商品和服务支出\t7.00\n30101\t基本工资\t9.00\t30201\t办公费\t3.00\n"
        "30106\t伙食补助费\t\t30204\t手续费\t4.00\n"
    )
    document = Document("made", text, "0" * 64, "text", make_blocks(text))
    figures = [f for f in read_numbers(document, "accounts", 2023).figures if f.stated != "4.00"]
    yield from reconcile(document, "accounts", 2023, figures)


def check_concluded(monkeypatch: pytest.MonkeyPatch) -> tuple[Finding, ...]:
    """The three public expenses in prose, and in a table that came without columns."""
    sketch = Sketch("“三公”经费支出表", "three-public")
    sketch.row("某单位", {"合计": "3.00", "公务接待费": "3.00"}, phase="final")
    monkeypatch.setattr(Judge, "is_streamed", lambda self, figure: figure.row >= 0)
    return check_with_table("2023年度“三公”经费支出决算为2.00万元。", sketch)


def check_catalogue() -> Iterator[Finding]:
    entry = CatalogueEntry("a", "a.txt", "", "甲市口岸办", 2023, "budget", "zh", "", "0" * 64)
    for identity in (
        Identity("budget", fiscal_year=2023, agency=Agency("甲市口岸办", None)),
        Identity("accounts", fiscal_year=2022, agency=Agency("乙市口岸办", None)),
        Identity("unknown"),
    ):
        yield from compare(entry, identity)


@functools.cache
def all_findings() -> tuple[Finding, ...]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        concluded = check_concluded(monkeypatch)
    five = [f for name in NAMES for f in facts(name).findings]
    return (*five, *check_made(), *check_doubted(), *concluded, *check_catalogue())


def test_every_reason_is_given_by_some_check() -> None:
    given = {code for finding in all_findings() for code in finding.reasons}
    quads = list(write_disagreements([disagree()], "https://w3id.org/gongkai/"))
    given |= {str(q.object.value) for q in quads if q.predicate.value.endswith("#reasonCode")}  # type: ignore[union-attr]
    assert given == set(REASONS)


def test_every_finding_bears_codes_with_exactly_their_values() -> None:
    for finding in all_findings():
        kinds = [REASONS[code].kind for code in finding.reasons]
        assert "found" in kinds or "note" in kinds, finding
        assert kinds.count("found") <= 1
        assert kinds.count("gap") <= 1
        assert sort_codes(finding.reasons) == finding.reasons
        assert {name for code in finding.reasons for name in REASONS[code].values} == {n for n, _ in finding.values}


@pytest.mark.parametrize("code", REASONS)
def test_templates_use_exactly_the_values_of_their_code(code: str) -> None:
    """In both languages; what every finding has may be used too."""
    reason = REASONS[code]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
    for template in (reason.zh, reason.en):
        assert template.strip()
        used = {name for _, name, _, _ in Formatter().parse(template) if name is not None}
        assert used - COMMON == set(reason.values)
    bare_zh, bare_en = (re.sub(r"\{[^}]*\}", "", t) for t in (reason.zh, reason.en))
    assert not ENGLISH.search(bare_zh)
    assert not CHINESE.search(bare_en.replace("（类）", ""))


def test_every_finding_is_worded_in_both_languages() -> None:
    """No template is left unfilled, and beside what the document says no word is of the other language."""
    for finding in all_findings():
        zh, en = word(finding, "zh"), word(finding, "en")
        own = [finding.left, finding.right, finding.item or "", finding.detail, *(str(v) for _, v in finding.values)]
        assert zh.endswith("。")
        assert not en.endswith("。")
        for said in (zh, en):
            assert not re.search(r"\{[a-z_:]*\}|None|\bDecimal\b", said), said
        assert not ENGLISH.search(zh), zh
        for words in sorted(own, key=len, reverse=True):
            en = en.replace(words, "") if words else en
        assert not CHINESE.search(en.replace("（类）", "")), en


def test_values_are_the_same_when_read_back() -> None:
    for finding in all_findings():
        assert read_values(write_values(finding.values)) == finding.values
    assert write_values(()) == ""
    assert read_values("") == read_values("[1]") == read_values("{") == ()


def test_numbers_in_words() -> None:
    values = {"gap": Decimal("-1234.50"), "unit": "", "allowed": Decimal("0.00001")}
    assert fill("apart-beyond-rounding", "en", values) == " (difference -1234.5, rounding explains 0.00001)"
    assert fill("apart-beyond-rounding", "zh", values) == "，相差 1,234.5，四舍五入只能解释 0.00001"


def test_a_wrong_code_or_value_is_refused() -> None:
    with pytest.raises(KeyError, match="no reason is called"):
        state(["never-heard-of"])
    with pytest.raises(KeyError, match="rows"):
        state(["columns-are-open"])
    with pytest.raises(KeyError, match="rows"):
        state(["sides-agree"], {"rows": 3})


def disagree() -> Disagreement:
    return Disagreement("a", Naming("function/2010301", "行政营运", 3, 5), "行政运行", 1, 4, "contradicted")


def test_a_disagreement_of_documents_is_worded_from_its_code() -> None:
    quads = list(write_disagreements([disagree()], "https://w3id.org/gongkai/"))
    said = {q.predicate.value.rpartition("#")[2]: q.object for q in quads}
    comment = "2010301 is called 行政营运 in 1 of the documents here; usual is 行政运行, in 4 of them"
    assert said["comment"] == pyoxigraph.Literal(comment)
    values = said["reasonValues"]
    assert isinstance(values, pyoxigraph.Literal)
    assert dict(read_values(values.value)) == {"code": "2010301", "said": 1, "usual": "行政运行", "usually": 4}
    told = Finding("code-names", "行政营运", "2010301 行政运行", "contradicted", (), reasons=("code-has-two-names",),
                   values=read_values(values.value))  # fmt: skip
    assert word(told, "zh") == "载入的文件中有 1 份称 2010301 为“行政营运”；通常称“行政运行”，有 4 份。"
