"""In what unit money is stated: above a table, in its header, below it, for all; and where no words say it."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from loaders.build.building import build, list_documents
from loaders.build.report import list_rows
from loaders.documents import Document
from loaders.facts import Facts
from loaders.graph import quads
from loaders.pipeline import read_document_facts
from loaders.readers.blocks import make_blocks
from loaders.settings import Settings
from service.checks.file_checks import check_document
from service.linked.exports import write_figures

TITLE = "安平市青原区机关事务管理局2021年部门预算\n\n"
HEADER = "科目编码\t科目名称\t合计\t基本支出\t项目支出\n"
ROWS = "201\t一般公共服务支出\t1,250.40\t900.40\t350.00\n"
TABLE = HEADER + ROWS


def read(text: str) -> Facts:
    return read_document_facts(Document("made", text, "0" * 64, "text", make_blocks(text)), strict=False)


def money(facts: Facts) -> list[tuple[str, str]]:
    """Value and unit of the figures of the row, as they are exported."""
    output = io.StringIO()
    write_figures([facts], "csv", output)
    rows = csv.DictReader(io.StringIO(output.getvalue()))
    return [(row["value"], row["unit"]) for row in rows if row["subject_label"] == "一般公共服务支出"]


IN_WAN = [("12504000", "CNY"), ("9004000", "CNY"), ("3500000", "CNY")]
OPEN = [("", ""), ("", ""), ("", "")]


@pytest.mark.parametrize(
    "text",
    [
        "支出总表\n单位：万元\n" + TABLE,
        "支出总表\n单位：万\n" + TABLE,
        "支出总表\n單位：萬元\n" + TABLE,
        "支出总表\n單 位 ： 萬 元\n" + TABLE,
        "支出总表\n金额单位：人民币万元\n" + TABLE,
        "支出总表（单位：万元）\n" + TABLE,
        "支出总表\n341-安平市青原区司法局 万元\n" + TABLE,
        "支出总表\n" + TABLE.replace("合计", "合计（万元）"),
        "支出总表\n" + TABLE + "注：本表金额单位为万元。\n",
        "支出总表\n" + TABLE + "\n以上金额单位均为万元。\n",
        "本说明金额单位均为万元。\n\n支出总表\n" + TABLE,
        "支出总表\n" + TABLE + "\n第三部分 说明\n\n如无特殊说明，本文件中金额单位均以万元为单位。\n",
    ],
)
def test_a_unit_that_words_state_is_read(text: str) -> None:
    facts = read(TITLE + text)
    assert money(facts) == IN_WAN
    assert {f.table for f in facts.figures} == {"支出总表"} or "（单位：万元）" in text


@pytest.mark.parametrize(
    ("unit", "factor"), [("元", 1), ("千元", 1000), ("百万元", 10**6), ("億元", 10**8), ("亿元", 10**8)]
)
def test_every_scale_is_read(unit: str, factor: int) -> None:
    facts = read(f"{TITLE}支出总表\n单位：{unit}\n{TABLE}")
    assert facts.figures[0].value == Decimal("1250.40") * factor


@pytest.mark.parametrize(
    "text",
    [
        "支出总表\n" + TABLE,
        "支出总表\n单位：安平市青原区司法局\n" + TABLE,
        "收入总表\n单位：万元\n科目编码\t科目名称\t合计\n201\t事业收入\t20.00\n\n支出总表\n" + TABLE,
        "支出总表\n科目编码\t科目名称\t合计\t基本支出（元）\t项目支出（万元）\n201\t一般公共服务支出\t1,250.40\t\t\n",
    ],
)
def test_a_unit_that_no_words_state_is_open(text: str) -> None:
    found = money(read(TITLE + text))
    assert found == OPEN[: len(found)]
    assert found


def test_units_of_columns_hold_for_their_columns_only() -> None:
    text = TABLE.replace("基本支出", "基本支出（元）").replace("项目支出", "项目支出（万元）")
    assert money(read(f"{TITLE}支出总表\n{text}")) == [("", ""), ("900.4", "CNY"), ("3500000", "CNY")]


def test_the_price_of_one_is_no_unit_of_the_table() -> None:
    text = "政府采购表\n序号\t项目名称\t数量\t单价（元）\t预算金额\n1\t台式计算机\t30\t5,000.00\t15.00\n"
    found = {f.stated: (f.value, f.unit) for f in read(TITLE + text).figures}
    assert found["5,000.00"] == (Decimal(5000), "CNY")
    assert found["15.00"][1] == ""


def test_a_part_that_goes_on_keeps_the_unit_of_the_part_before() -> None:
    again = "201\t一般公共服务支出\t1,250.40\t900.40\t350.00\n"
    facts = read(f"{TITLE}支出总表\n单位：万元\n{TABLE}\n\f支出总表\n{HEADER}{again}")
    assert money(facts) == IN_WAN * 2


def test_a_list_of_tables_does_not_keep_the_first_from_its_unit() -> None:
    contents = "".join(f"表{n}.2021年部门{name}\n" for n, name in enumerate(("收支总表", "支出总表", "收入总表"), 1))
    facts = read(f"{TITLE}四、附表\n{contents}表1：2021年部门支出总表\n部门名称：某局 单位：万元\n{TABLE}")
    assert money(facts) == IN_WAN
    assert facts.figures[0].table == "表1：2021年部门支出总表"


def test_traditional_characters_are_recognised_and_kept() -> None:
    header = "一般公共預算支出表\n單位：萬元\n科目編碼\t科目名稱\t合計\t基本支出\t項目支出\n"
    facts = read(f"{TITLE}{header}201\t一般公共服務支出\t1,250.40\t900.40\t350.00\n")
    found = [(f.value, f.unit, f.subject_code, f.subject_label, f.column, f.form) for f in facts.figures]
    assert found == [
        (Decimal(12_504_000), "CNY", "201", "一般公共服務支出", "合計", "general-function"),
        (Decimal(9_004_000), "CNY", "201", "一般公共服務支出", "基本支出", "general-function"),
        (Decimal(3_500_000), "CNY", "201", "一般公共服務支出", "項目支出", "general-function"),
    ]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("126001\t安平市青原区司法局\t1,250.40\t900.40\t350.00\n", "126001"),  # no header at all
        (
            "单位编码\t单位名称\t合计\t基本支出\t项目支出\n126001\t安平市青原区司法局\t1,250.40\t900.40\t350.00\n",
            "126001",
        ),
        ("部门预算编码\t126001\n合计\t1,250.40\n", "126001"),
    ],
)
def test_the_code_of_an_office_is_no_amount(row: str, code: str) -> None:
    facts = read(f"{TITLE}支出总表\n单位：万元\n{row}")
    assert [r.kind for r in facts.ledger if r.stated == code] == ["code"]
    assert "1,250.40" in {f.stated for f in facts.figures}


GROUPED = (
    "部门整体支出绩效目标表\n单位：万元\n"
    "单位编码\t单位名称\t年度预算申请\t\t\t整体绩效目标\n\t\t资金总额\t按支出性质分\t\t\n\t\t\t基本支出\t项目支出\t\n"
    "126001\t安平市青原区司法局\t1,250.40\t900.40\t350.00\t做好司法行政工作\n"
)


def test_a_code_under_a_header_of_three_levels_is_no_amount() -> None:
    facts = read(TITLE + GROUPED)
    assert [r.kind for r in facts.ledger if r.stated == "126001"] == ["code"]
    assert [(f.stated, f.column, f.value) for f in facts.figures] == [
        ("1,250.40", "年度预算申请|资金总额", Decimal(12_504_000)),
        ("900.40", "年度预算申请|按支出性质分|基本支出", Decimal(9_004_000)),
        ("350.00", "年度预算申请|按支出性质分|项目支出", Decimal(3_500_000)),
    ]


# -- what is open is said everywhere ---------------------------------------------------------------------------------

ONTOLOGY = "https://w3id.org/gongkai/ontology#"
WITHOUT = TITLE + "支出总表\n" + TABLE


def test_a_figure_of_an_open_unit_has_no_amount_in_the_graph() -> None:
    found = {(q.predicate, q.object) for q in quads(read(WITHOUT)) if "/figure/" in str(q.subject)}
    names = {p.value.rpartition("#")[2] for p, _ in found}
    boolean = NamedNode("http://www.w3.org/2001/XMLSchema#boolean")
    assert (NamedNode(f"{ONTOLOGY}statedAs"), Literal("1,250.40")) in found
    assert (NamedNode(f"{ONTOLOGY}openUnit"), Literal("true", datatype=boolean)) in found
    assert names.isdisjoint({"amount", "value", "precision"})
    # Its number is that of the observation alone.
    assert "obsValue" in names


def test_checks_count_open_units_and_find_no_shape_broken() -> None:
    facts = read(WITHOUT)
    check = check_document(facts, Path("made.txt"))
    assert (check.figures, check.open_units) == (3, 3)
    assert [t.open_units for t in check.tables] == [3]
    assert check.shapes == ()
    reasons = [r.reason for r in facts.ledger if r.kind == "figure"]
    assert len(reasons) == 3
    assert all("unit is open" in reason for reason in reasons)


def test_the_report_of_a_build_tells_of_open_units(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "a.txt").write_text(WITHOUT, encoding="utf-8")
    report = build(list_documents(tmp_path / "documents"), tmp_path / "store", Settings(jobs=1))
    (row,) = list_rows(report)
    assert row.open_units == 3
    assert "3 of 3 figures have no value, for no words state their unit" in row.reasons


def test_a_project_in_a_table_without_a_unit_has_no_amount() -> None:
    text = "项目支出表\n项目名称\t预算金额\n窗口服务保障项目\t120.50\n"
    (project,) = [p for p in read(TITLE + text).projects if p.label == "窗口服务保障项目"] or [None]
    assert project is None or project.amount is None
