"""How evaluations tell money of several offices, goals beside results, several years, and distances; all made up."""

from __future__ import annotations

import pytest

from loaders.documents import Passage
from loaders.facts import Figure
from loaders.prose.amounts import Setting, read_amounts


def read(text: str) -> list[Figure]:
    setting = Setting("evaluation", 2031, "海宁山市渔业局", "")
    return read_amounts(Passage.cut(text, 0, len(text)), setting)[0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "2031年到位资金560万元，其中央省资金320万元、市级140万元、县级100万元。",
            [("560", "到位资金"), ("320", "中央省资金"), ("140", "市级资金"), ("100", "县级资金")],
        ),
        (
            "到位资金45万元，其中：中央资金30万元、县级配套15万元。",
            [("45", "到位资金"), ("30", "中央资金"), ("15", "县级配套")],
        ),
        ("项目计划总投资80万元。2031年实际支出资金53万元。", [("80", "项目计划总投资"), ("53", "实际支出资金")]),
        ("截至2031年底，尚有30万元未支付。", [("30", "未支付")]),
        ("所需资金由市财政统筹安排20万元。", [("20", "所需资金")]),
        ("渔民由2030年的29人降为16人。", [("29", "渔民"), ("16", "渔民")]),
        ("培训船员由上年的120人次增加到260人次。", [("120", "培训船员"), ("260", "培训船员")]),
        ("废网比例从8.2%下降到3.1%。", [("8.2", "废网比例"), ("3.1", "废网比例")]),
        ("决策指标18.5分（满分20分）。", [("18.5", "决策指标"), ("20", "决策指标")]),
        ("公务接待费8万元，接待76批次、612人次。", [("8", "公务接待费"), ("76", "公务接待"), ("612", "公务接待")]),
        ("行政编制25人，实有22人。", [("25", "行政编制"), ("22", "行政实有人员")]),
        (
            "人均补助标准94元，下达资金38万元，其中中央20万元、省级18万元。",
            [("94", "人均补助标准"), ("38", ""), ("20", "中央资金"), ("18", "省级资金")],
        ),
        ("药占比28.6%，较上年下降1.3个百分点。", [("28.6", "药占比"), ("1.3", "药占比")]),
        (
            "自评得分96分，其中：预算编制15分、预算执行24分。",
            [("96", "自评得分"), ("15", "预算编制"), ("24", "预算执行")],
        ),
        (
            "渔港扩建项目：总投资4.6亿元，2031年安排1.2亿元。其中优8个、中1个。",
            [("4.6", "总投资"), ("1.2", "渔港扩建项目"), ("8", "优"), ("1", "中")],
        ),
        ("按时完成率100%。", [("100", "按时完成率")]),
        ("项目涉及12个乡镇45所渔校。", [("12", "乡镇"), ("45", "渔校")]),
        ("储备网具16类8200件。", [("16", "储备网具"), ("8200", "储备网具")]),
        ("海宁山市现有渔港8座，所属预算单位23个。", [("8", "渔港"), ("23", "所属预算单位")]),
        ("户均增收1850元。", [("1850", "户均增收")]),
        ("支付进度70%。", [("70", "支付进度")]),
        ("2030年以来累计建成人工鱼礁32座。", [("32", "人工鱼礁")]),
        ("海宁山市财政局批复渔船检验资金68万元。", [("68", "渔船检验资金")]),
        ("渔区氨氮平均浓度34微克/立方米，同比下降5.6%。", [("34", "渔区氨氮平均浓度"), ("5.6", "渔区氨氮平均浓度")]),
        ("改厕7万余户，受益31500口人，投资3亿多元。", [("7", "改厕"), ("31500", "受益"), ("3", "投资")]),
    ],
)
def test_what_numbers_are_of(text: str, told: list[tuple[str, str]]) -> None:
    assert [(f.stated, f.subject_label) for f in read(text)] == told


@pytest.mark.parametrize(
    ("text", "phases"),
    [
        ("编制预算需资金45万元，实际下达38万元。", ["budget", "final"]),
        ("仅支出21万元。", ["final"]),
        ("2032年计划投入12万元，力争建成渔村卫生室8个。", ["budget", "target"]),
        ("放流鱼苗320次（目标300次）。", ["", "target"]),
        ("完成投资105万元，占年度目标98万元的107%。", ["final", "target", ""]),
    ],
)
def test_what_is_planned_and_what_was_reached(text: str, phases: list[str]) -> None:
    assert [f.phase for f in read(text)] == phases


def test_one_item_of_several_years() -> None:
    [_, *each] = read("渔港维护总投入86万元，2029年至2031年分别投入26万元、30万元、30万元。")
    assert [(f.stated, f.fiscal_year) for f in each] == [("26", 2029), ("30", 2030), ("30", 2031)]


def test_a_sum_of_the_year_before_is_of_that_year() -> None:
    before, change = read("年末结转结余与上年结转结余31万元相比减少4万元。")
    assert (before.fiscal_year, change.fiscal_year, change.direction) == (2030, 2031, "down")


def test_changes_told_together_are_of_what_was_told_before() -> None:
    found = read(
        "发生渔船事故11起，死亡3人，同比分别下降15%和25%。查处案件87起，罚款金额56万元，较2030年分别减少12起、8万元。"
    )
    changes = [(f.stated, f.subject_label, f.direction) for f in found if f.direction]
    assert changes == [
        ("15", "渔船事故", "down"), ("25", "死亡", "down"), ("12", "查处案件", "down"), ("8", "罚款金额", "down"),
    ]  # fmt: skip


def test_points_below_a_plan_are_a_distance() -> None:
    [rate, distance] = read("前三季度执行率仅为61.3%，低于序时进度13.7个百分点。")
    assert (rate.aspect, rate.subject_label) == ("level", "前三季度执行率")
    assert (distance.aspect, distance.direction, distance.subject_label) == ("growth", "down", "前三季度执行率")


def test_a_goal_of_falling_is_named_by_its_rate() -> None:
    [goal] = read("事故起数下降率≥5%。")
    assert (goal.subject_label, goal.phase, goal.comparator) == ("事故起数下降率", "target", "≥")


def test_a_percentage_in_the_bracket_behind_a_change_is_its_growth() -> None:
    change, growth = read("会议费支出较2030年增加27.47万元（402.20%）。")
    assert (growth.aspect, growth.direction, growth.subject_label) == ("growth", "up", change.subject_label)


def test_a_code_before_a_name_is_none_of_a_count() -> None:
    """口岸管理 begins with a word that counts (31500口人), and a code may stand behind a comma."""
    found = read("2010907口岸管理支出12万元，2050803培训支出3万元。")
    assert [(f.stated, f.subject_code) for f in found] == [("12", "2010907"), ("3", "2050803")]


def test_digits_in_a_name_are_no_number_before_a_bracket() -> None:
    [found] = read("12345热线（约3万人次）运行良好。")
    assert found.subject_label == "12345热线"
