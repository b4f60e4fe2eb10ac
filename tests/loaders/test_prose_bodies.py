"""Sentences that tell of units below the office, and of what was evaluated; all made up."""

from __future__ import annotations

import pytest

from loaders.documents import Passage
from loaders.facts import DocumentKind, Figure
from loaders.prose.amounts import Setting, read_amounts


def read(text: str, kind: DocumentKind = "budget") -> list[Figure]:
    return read_amounts(Passage.cut(text, 0, len(text)), Setting(kind, 2031, "安平市水利局", ""))[0]


SEAT, POST, UNIT = "市水利局本级", "水文站", "市水政监察支队"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "市水利局本级2031年支出预算900.5万元，其中基本支出600万元、项目支出300.5万元；市水政监察支队2031年支出预算430万元，"
            "其中基本支出300万元。全市共有水库12座。",
            [
                ("900.5", "支出", SEAT), ("600", "基本支出", SEAT), ("300.5", "项目支出", SEAT),
                ("430", "支出", UNIT), ("300", "基本支出", UNIT), ("12", "水库", ""),
            ],
        ),
        (
            "市水政监察支队“三公”经费4万元，比上年减少1万元，下降20%。安平市水利局“三公”经费9万元。",
            [("4", "“三公”经费", UNIT), ("1", "“三公”经费", UNIT), ("20", "“三公”经费", UNIT), ("9", "“三公”经费", "")],
        ),
        (
            "2031年部门支出预算1,330万元，其中：局本级900万元、安平市水文站430万元。",
            [("1,330", "部门支出", ""), ("900", "部门支出", "局本级"), ("430", "部门支出", f"安平市{POST}")],
        ),
        # Of the office alone, and of who gives the money, nothing is said to be a unit's.
        ("安平市水利局（本级）2031年支出预算900万元。", [("900", "支出", "")]),
        ("市水利局2031年收入预算900万元。", [("900", "收入", "")]),
        ("其中：省水利厅100万元、市财政局50万元。", [("100", "", ""), ("50", "", "")]),
    ],
)  # fmt: skip
def test_whose_an_amount_is(text: str, told: list[tuple[str, str, str]]) -> None:
    assert [(f.stated, f.subject_label, f.budget_unit) for f in read(text)] == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "河道清淤项目自评综述：根据年初设定的绩效目标，项目自评得分为95.5分。项目全年预算数为120万元，执行数为118.5万元。",
            [("95.5", "河道清淤项目自评得分"), ("120", "河道清淤项目"), ("118.5", "河道清淤项目")],
        ),
        (
            "3.水质监测经费绩效自评情况：年初预算30万元，自评得分99.9分。",
            [("30", "水质监测经费"), ("99.9", "水质监测经费自评得分")],
        ),
        (
            "本部门2031年度部门整体支出绩效自评得分96.2分，全年预算数1,250万元，执行数1,200万元。",
            [("96.2", "部门整体支出绩效自评得分"), ("1,250", "部门整体支出"), ("1,200", "部门整体支出")],
        ),
        ("一、评价结论：综合评价得分为86.5分。", [("86.5", "综合评价得分")]),
    ],
)
def test_what_was_evaluated(text: str, told: list[tuple[str, str]]) -> None:
    assert [(f.stated, f.subject_label) for f in read(text, "accounts")] == told


def test_what_was_spent_behind_what_was_planned() -> None:
    text = "调整后全年预算1,330.5万元；全年支出1,286.3万元，结转44.2万元。编制120人，年末实有112人。"
    assert [(f.stated, f.subject_label, f.phase) for f in read(text, "evaluation")] == [
        ("1,330.5", "", "adjusted"), ("1,286.3", "支出", "final"), ("44.2", "结转", "final"),
        ("120", "编制", ""), ("112", "实有人员", ""),
    ]  # fmt: skip


def test_a_second_comparison_behind_the_reasons_of_the_first() -> None:
    text = (
        "2031年“三公”经费支出决算12.5万元，较上年减少1.7万元，主要原因：一是公务接待费减少0.6万元，二是公务用车运行费减少1.1万元；"
        "较预算减少2.5万元。"
    )
    found = [(f.stated, f.subject_label) for f in read(text, "accounts")]
    whole = "“三公”经费"
    assert found == [
        ("12.5", whole), ("1.7", whole), ("0.6", "公务接待费"), ("1.1", "公务用车运行费"), ("2.5", whole),
    ]  # fmt: skip


def test_what_a_year_came_from_and_what_a_share_is_of() -> None:
    text = "培训费支出0.8万元，占年初预算1万元的80%，同比增加0.1万元；会议费支出由上年的1.5万元降至1.2万元。"
    assert [(f.stated, f.fiscal_year, f.phase) for f in read(text, "accounts") if f.unit == "CNY"] == [
        ("0.8", 2031, "final"), ("1", 2031, "budget"), ("0.1", 2031, "final"),
        ("1.5", 2030, "final"), ("1.2", 2031, "final"),
    ]  # fmt: skip
