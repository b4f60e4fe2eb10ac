"""Whether a result meets its target: told where numbers of one unit are compared, open where they are not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from loaders.documents import Document, Span
from loaders.facts import Indicator
from loaders.meaning.indicators import find_indicators
from loaders.readers.blocks import make_blocks

HEAD = "一级指标\t二级指标\t三级指标\t年度指标值\t实际完成值\t分值\t得分\t偏差原因分析及改进措施\n"


def read(text: str) -> list[Indicator]:
    text = f"项目支出绩效自评表\n\n{text}"
    return list(find_indicators(Document("x", text, "", "text", make_blocks(text), (Span(0, len(text)),)), 2031))


def told(target: str, result: str, name: str = "渔港巡查") -> bool | None:
    """What is said of one row of a self-evaluation."""
    (row,) = read(f"{HEAD}产出指标\t数量指标\t{name}\t{target}\t{result}\t10\t10\t无\n")
    return row.met


@pytest.mark.parametrize(
    ("target", "result", "met"),
    [
        ("≥90%", "91.5%", True),
        ("≥90%", "89.99%", False),
        ("≥90%", "90％", True),
        (">90%", "90%", False),
        ("≤12.5万元", "12.50万元", True),
        ("≤12.5万元", "13万元", False),
        ("≤1,200元", "1,150元", True),
        ("=4次", "4次", True),
        ("=4次", "5次", False),
        ("不少于6场", "7场", True),
        ("30天以内", "31天", False),
        ("≥6场", "7", True),
        ("≤12.5万元", "11.9", True),
        ("≥90%", "88", False),
        ("≥90%", "0", False),
        ("≥6", "5场", False),
    ],
)
def test_numbers_of_one_unit_are_compared(target: str, result: str, met: bool) -> None:
    assert told(target, result) is met


@pytest.mark.parametrize(
    ("target", "result"),
    [
        ("≥90%", "0.95"),  # a share or a percentage
        ("≥90%", "1"),
        ("≤12.5万元", "100000"),
        ("≤12.5万元", "100000元"),
        ("≥6场", "7次"),
        ("6场", "7场"),  # not said whether more is good
        ("≥6场", "≥7场"),
        ("≥6场", "基本完成"),
        ("显著提升", "有所提升"),
        ("≥6场", ""),
        ("按时完成", ""),
    ],
)
def test_what_cannot_be_compared_is_open(target: str, result: str) -> None:
    assert told(target, result) is None


@pytest.mark.parametrize(
    ("target", "result"), [("100%", "100%"), ("显著提升", "显著 提升"), ("≥90%", "≥90%"), ("6场", "6 场")]
)
def test_a_result_that_repeats_its_target_meets_it(target: str, result: str) -> None:
    assert told(target, result) is True


@pytest.mark.parametrize(
    ("result", "met"),
    [("3次；1次", True), ("3次；0次", False), ("1次；完成", False), ("3次；完成", None), ("3次", None)],
)
def test_targets_of_several_parts_are_met_part_by_part(result: str, met: bool | None) -> None:
    assert told("≥2次；≥1次", result) is met


def test_a_unit_in_the_name_or_in_a_column_is_of_target_and_result() -> None:
    assert told("≤30", "28.5", "维护成本（万元/年）") is True
    rows = read(
        "一级指标\t二级指标\t三级指标\t指标性质\t指标值\t计量单位\t实际完成值\n"
        "产出指标\t质量指标\t航标完好率\t≥\t98\t%\t97.2\n\t\t灯塔点亮率\t≥\t98\t%\t98.5%\n\t\t浮标更换\t定性\t及时\t\t及时\n"
    )
    assert [(i.comparator, i.target, i.unit, i.met) for i in rows] == [
        ("≥", "98", "%", False),
        ("≥", "98", "%", True),
        ("", "及时", "", True),
    ]


def test_one_indicator_has_levels_target_result_points_and_reason() -> None:
    (row,) = read(f"{HEAD}产出指标\t时效指标\t清淤完工率\t≥95%\t80%\t10\t8\t汛期停工\n")
    assert (row.level1, row.level2, row.label, row.comparator, row.target, row.unit, row.result, row.met) == (
        "产出指标", "时效指标", "清淤完工率", "≥", "95", "%", "80%", False,
    )  # fmt: skip
    assert (row.maximum, row.score, row.loss_reason) == (Decimal(10), Decimal(8), "汛期停工")


@pytest.mark.parametrize(
    "target",
    ["2031年11月30日前", "6月底前完成", "巡查10次/年；清淤2次/年", "为7户渔民提供", "节约9.5万千瓦时", "新建3 座"],
)
def test_a_target_that_counts_or_is_a_date_is_not_vague(target: str) -> None:
    (row,) = read(f"{HEAD}产出指标\t数量指标\t渔港巡查\t{target}\t\t\t\t\n")
    assert (row.target, row.qualitative) == (target, False)


@pytest.mark.parametrize("target", ["落实2031年工作要点", "渔发〔2031〕7号落实", "全年完成"])
def test_numbers_that_count_nothing_leave_a_target_vague(target: str) -> None:
    (row,) = read(f"{HEAD}产出指标\t数量指标\t渔港巡查\t{target}\t\t\t\t\n")
    assert row.qualitative


def test_a_unit_may_name_two_things() -> None:
    (row,) = read(f"{HEAD}产出指标\t数量指标\t受益渔民\t≥25人、户\t\t\t\t\n")
    assert (row.comparator, row.target, row.unit) == ("≥", "25", "人、户")


@pytest.mark.parametrize(
    ("target", "result", "met"),
    [
        ("不低于百分之九十五", "百分之九十八", True),
        ("不低于百分之九十五", "94%", False),
        ("百分之九十以上", "95%", True),
        ("≥95%", "百分之九十", False),
        ("百分之百", "百分之百", True),  # word for word
        ("百分之百", "100%", None),  # as 100% is that does not say how it compares
        ("不低于百分之九十五", "28次", None),
    ],
)
def test_percentages_in_words_are_compared(target: str, result: str, met: bool | None) -> None:
    assert told(target, result) is met
