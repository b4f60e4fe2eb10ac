"""Codes that a document implies: by the names of 类, 款, 项, and by an amount that equals one line of its own table."""

from __future__ import annotations

from decimal import Decimal

from loaders.documents import Document
from loaders.facts import Figure, Project
from loaders.meaning.inference import infer_codes
from loaders.readers.blocks import make_blocks
from loaders.reading import read_numbers

TABLE = """2023年部门预算

一般公共预算支出表（按功能分类）
单位：万元
科目编码\t科目名称\t合计\t基本支出\t项目支出
201\t一般公共服务支出\t{first}\t\t{first}
20103\t政府办公厅（室）及相关机构事务\t{first}\t\t{first}
2010302\t一般行政管理事务\t{first}\t\t{first}
229\t其他支出\t{second}\t\t{second}
22999\t其他支出\t{second}\t\t{second}
2299999\t其他支出\t{second}\t\t{second}

第三部分 情况说明

上级转移支付项目预算7,000万元，用于查验服务工作。
"""


def inferred(text: str, kind: str = "budget", label: str = "") -> list[Figure]:
    """The figures of a text; the last amount of its prose is that of a project if ``label`` names one."""
    document = Document("made", text, "0" * 64, "text", make_blocks(text))
    figures = read_numbers(document, kind, 2023).figures  # type: ignore[arg-type]
    projects: tuple[Project, ...] = ()
    if label:
        amount = [f for f in figures if not f.table][-1]
        projects = (Project(label, amount.span, amount.value, amount.span, 2023, "budget"),)
    out = infer_codes(document, figures, projects)
    assert [f.span for f in out] == [f.span for f in figures]
    return list(out)


def test_the_names_of_a_line_give_the_code_of_the_paragraph_below_it() -> None:
    text = (
        "2023年部门决算\n\n三、支出决算具体情况\n1、其他支出（类）其他支出（款）其他支出（项）。\n"
        "年初预算为0万元，支出决算为101.64万元，决算数大于年初预算数的主要原因是增拨经费。\n"
    )
    figures = inferred(text, "accounts")
    assert [(f.inferred_code, f.subject_code) for f in figures] == [("2299999", ""), ("2299999", "")]
    names = "其他支出（类）其他支出（款）其他支出（项）"
    assert {f.inference for f in figures} == {f"by the category names {names}"}
    assert {f.inference_zh for f in figures} == {f"按类、款、项名称推定：{names}"}


def test_the_names_inside_a_paragraph_give_its_code() -> None:
    text = (
        "2023年部门预算\n"
        "一般公共服务支出（类）政府办公厅（室）及相关机构事务（款）行政运行（项）1,327万元，主要用于人员支出。\n"
    )
    assert [f.inferred_code for f in inferred(text)] == ["2010301"]


def test_names_that_no_code_bears_infer_nothing() -> None:
    text = "2023年部门预算\n1、虚构支出（类）虚构事务（款）虚构运行（项）。\n年初预算为5万元。\n"
    assert [f.inferred_code for f in inferred(text)] == [""]


def test_two_lines_of_names_in_one_paragraph_infer_nothing() -> None:
    text = (
        "2023年部门预算\n其他支出（类）其他支出（款）其他支出（项）5万元；"
        "一般公共服务支出（类）政府办公厅（室）及相关机构事务（款）行政运行（项）6万元。\n"
    )
    assert {f.inferred_code for f in inferred(text)} == {""}


def test_a_project_of_the_amount_of_one_line_has_its_code() -> None:
    figures = inferred(TABLE.format(first="4,200.00", second="7,000.00"), label="查验服务工作")
    (amount,) = [f for f in figures if not f.table and f.unit == "CNY"]
    assert amount.value == Decimal(70_000_000)
    assert (amount.inferred_code, amount.subject_code) == ("2299999", "")
    table = "一般公共预算支出表（按功能分类）"
    assert amount.inference == (f"by the equal amount: 2299999 is the only line of 70000000 yuan in the table {table}")
    assert amount.inference_zh == f"按相等金额推定：{table}中金额为70000000元的只有2299999一行"


def test_a_line_with_its_code_may_stand_in_the_prose() -> None:
    text = "2023年部门预算\n\n其他支出（2299999）7,000万元。\n\n上级转移支付项目预算7,000万元，用于查验服务工作。\n"
    amount = inferred(text, label="查验服务工作")[-1]
    assert amount.inferred_code == "2299999"
    assert amount.inference.endswith("the only line of 70000000 yuan in the document")
    assert amount.inference_zh == "按相等金额推定：本文件中金额为70000000元的只有2299999一行"


def test_an_amount_that_is_no_project_s_implies_no_code() -> None:
    figures = inferred(TABLE.format(first="4,200.00", second="7,000.00"))
    assert {f.inferred_code for f in figures} == {""}


def test_an_amount_of_two_lines_implies_no_code() -> None:
    figures = inferred(TABLE.format(first="7,000.00", second="7,000.00"), label="查验服务工作")
    assert {f.inferred_code for f in figures} == {""}


def test_an_amount_of_no_line_implies_no_code() -> None:
    figures = inferred(TABLE.format(first="4,200.00", second="6,999.00"), label="查验服务工作")
    assert {f.inferred_code for f in figures} == {""}


def test_a_small_amount_may_be_equal_by_chance() -> None:
    text = TABLE.replace("7,000万元", "0.50万元").format(first="4,200.00", second="0.50")
    assert {f.inferred_code for f in inferred(text, label="查验服务工作")} == {""}


def test_a_printed_code_is_never_inferred_upon() -> None:
    figures = inferred(TABLE.format(first="4,200.00", second="7,000.00"), label="查验服务工作")
    assert all(not f.inferred_code for f in figures if f.subject_code)
