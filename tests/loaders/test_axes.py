"""What each figure of a table is of: its project, item or indicator on whichever axis that stands, and its unit.

All documents are made up; the expected rows were written by hand beside the tables.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from loaders.documents import Document
from loaders.facts import Facts, Figure
from loaders.pipeline import read_document_facts, read_facts
from loaders.readers.blocks import make_blocks
from loaders.tables.axes import item_of_title, names_office, type_head, type_words
from loaders.tables.budget_units import unit_of_title

HEAD = "临江市民政局2023年部门预算\n\n"


def read(text: str) -> Facts:
    text = HEAD + text
    return read_document_facts(Document("made", text, "0" * 64, "text", make_blocks(text)), strict=False)


def table(*rows: str) -> str:
    return "\n".join(row.replace(" | ", "\t").replace("| ", "\t").replace(" |", "\t") for row in rows) + "\n"


def said(facts: Facts) -> list[tuple[str, str, str]]:
    """Stated number, subject and unit of every figure, in their order."""
    return [(f.stated, f.subject_label, f.budget_unit) for f in sorted(facts.figures, key=lambda f: f.span)]


def by_stated(facts: Facts) -> dict[str, Figure]:
    found = {f.stated: f for f in facts.figures}
    assert len(found) == len(facts.figures), "the values of a made-up table are told apart by their digits"
    return found


@pytest.mark.parametrize(
    ("words", "axis"),
    [
        ("合计", "measure"), ("2024年", "measure"), ("本年预算数", "measure"), ("增减变化金额", "measure"),
        ("（二）公务接待费", "item"), ("其中：公务用车购置", "item"), ("特定目标类", "category"),
        ("其他运转类项目", "category"),
        ("政府性基金预算", "fund"), ("财政拨款收入", "fund"), ("预算执行率", ""), ("市数据中心工作经费", ""),
    ],
)  # fmt: skip
def test_words_are_typed(words: str, axis: str) -> None:
    assert type_words(words) == axis


@pytest.mark.parametrize(
    ("head", "axis"),
    [
        ("项目名称", "project"), ("支出项目类别（资金使用单位）", "project"), ("项目类别", "category"),
        ("预算单位", "unit"), ("部门（单位）名称", "unit"), ("绩效指标|三级指标", "indicator"), ("二级指标", "level"),
        ("功能分类科目", "item"),
    ],
)  # fmt: skip
def test_headers_are_typed(head: str, axis: str) -> None:
    assert type_head(head) == axis


@pytest.mark.parametrize(
    ("name", "office"),
    [
        ("临江市救助管理站", True), ("临江市福利院（本级）", True), ("救助管理站运行维护费", False),
        ("综合医院补助", False),
        ("临江市民政局2022年信息化项目", False), ("合计", False),
    ],
)  # fmt: skip
def test_names_of_offices(name: str, office: bool) -> None:
    assert names_office(name) is office


def test_items_in_titles() -> None:
    assert item_of_title("2023年一般公共预算“三公”经费支出表") == "“三公”经费"
    assert item_of_title("部门一般公共预算“三公”经费及会议费、培训费支出预算表") == "“三公”经费及会议费、培训费"
    assert item_of_title("一般公共预算支出表") == ""
    assert unit_of_title("402003_临江市福利院_消防改造项目绩效目标表") == "临江市福利院"
    assert unit_of_title("2023年项目绩效目标表") == ""


def test_three_public_items_in_rows() -> None:
    facts = read(
        "“三公”经费预算表\n单位：万元\n"
        + table(
            "项目 | 2022年预算数 | 2023年预算数",
            "合计 | 61.5 | 60.4",
            "一、因公出国（境）费 | 11 | 12",
            "二、公务接待费 | 8.5 | 7.4",
            "三、公务用车购置及运行维护费 | 42 | 41",
            "（一）公务用车购置费 | 22 | 21",
            "（二）公务用车运行维护费 | 20 | 19",
        )
    )
    found = by_stated(facts)
    assert found["12"].subject_label == "因公出国（境）费"
    assert found["7.4"].subject_label == "公务接待费"
    assert found["21"].subject_label == "公务用车购置费"
    assert found["19"].subject_label == "公务用车运行维护费"
    assert found["60.4"].subject_label == "合计"
    assert (found["11"].fiscal_year, found["11"].column) == (2022, "2022年预算数")
    assert (found["12"].fiscal_year, found["12"].column) == (2023, "2023年预算数")


def test_three_public_beside_office_costs() -> None:
    found = by_stated(
        read(
            "行政经费及“三公”经费预算表\n单位：万元\n"
            + table(
                "项目 | 合计 | 一般公共预算 | 政府性基金预算",
                "行政经费 | 410.00 | 400.00 | 10.00",
                "“三公”经费 | 35.00 | 33.00 | 2.00",
                "（一）公务接待费支出 | 5.00 | 4.00 | 1.00",
            )
        )
    )
    assert {found[s].subject_label for s in ("410.00", "400.00", "10.00")} == {"行政经费"}
    assert {found[s].subject_label for s in ("35.00", "33.00", "2.00")} == {"“三公”经费"}
    assert {found[s].subject_label for s in ("5.00", "4.00", "1.00")} == {"公务接待费支出"}
    assert found["2.00"].column == "政府性基金预算"


def test_three_public_without_rows_of_names() -> None:
    found = by_stated(
        read(
            "“三公”经费支出表\n单位：万元\n"
            + table(
                "2022年预算数 |  |  | 2023年预算数 |  | ",
                "合计 | 因公出国（境）费 | 公务接待费 | 合计 | 因公出国（境）费 | 公务接待费",
                "9.5 | 6.0 | 3.5 | 9.7 | 6.3 | 3.4",
            )
        )
    )
    assert [found[s].subject_label for s in ("9.5", "9.7")] == ["“三公”经费"] * 2
    assert [found[s].subject_label for s in ("6.0", "3.5", "6.3", "3.4")] == ["因公出国（境）费", "公务接待费"] * 2
    assert [found[s].fiscal_year for s in ("9.5", "6.0", "9.7", "6.3")] == [2022, 2022, 2023, 2023]


OFFICES = table(
    "单位名称 | “三公”经费合计 | 因公出国（境）费用 | 公务接待费",
    "合计 | 48.0 | 30.0 | 18.0",
    "临江市民政局 | 27.0 | 20.0 | 7.0",
    "临江市福利院 | 21.0 | 10.0 | 11.0",
)


def test_three_public_with_offices_in_rows() -> None:
    assert said(read("“三公”经费预算表\n单位：万元\n" + OFFICES)) == [
        ("48.0", "“三公”经费", ""), ("30.0", "因公出国（境）费用", ""), ("18.0", "公务接待费", ""),
        ("27.0", "“三公”经费", "临江市民政局"), ("20.0", "因公出国（境）费用", "临江市民政局"),
        ("7.0", "公务接待费", "临江市民政局"),
        ("21.0", "“三公”经费", "临江市福利院"), ("10.0", "因公出国（境）费用", "临江市福利院"),
        ("11.0", "公务接待费", "临江市福利院"),
    ]  # fmt: skip


def test_the_office_alone_in_a_table_of_units_is_the_whole() -> None:
    rows = [line for line in OFFICES.splitlines() if "福利院" not in line and "合计\t48" not in line]
    assert {f.budget_unit for f in read("“三公”经费预算表\n单位：万元\n" + "\n".join(rows) + "\n").figures} == {""}


def test_a_row_of_the_office_that_sums_up_its_units_is_the_whole() -> None:
    found = read(
        "收入总表\n单位：万元\n"
        + table(
            "部门代码 | 部门名称 | 合计 | 一般公共预算",
            "068 | 临江市民政局 | 90.00 | 80.00",
            "068001 | 临江市民政局 | 60.00 | 55.00",
            "068002 | 临江市福利院 | 30.00 | 25.00",
        )
    )
    assert [(f.stated, f.budget_unit) for f in sorted(found.figures, key=lambda f: f.span)] == [
        ("90.00", ""), ("80.00", ""), ("60.00", "临江市民政局"), ("55.00", "临江市民政局"),
        ("30.00", "临江市福利院"), ("25.00", "临江市福利院"),
    ]  # fmt: skip


def test_a_unit_governs_the_projects_below_its_name() -> None:
    found = read(
        "项目支出及其他支出预算表\n单位：万元\n"
        + table(
            "支出项目类别（资金使用单位） | 总计 | 一般公共预算 | 绩效目标",
            "合计 | 105.00 | 104.00 | ",
            "临江市民政局 | 71.00 | 70.50 | ",
            "养老服务专项 | 51.00 | 50.75 | 保障养老",
            "临江市民政局信息化运维项目 | 20.00 | 19.75 | 保障运行",
            "临江市福利院 | 34.00 | 33.50 | ",
            "食堂改造工程 | 33.00 | 32.25 | 改善伙食",
        )
    )
    units = {f.stated: (f.subject_label, f.budget_unit) for f in found.figures}
    assert units["105.00"] == ("合计", "")
    assert units["51.00"] == ("养老服务专项", "临江市民政局")
    assert units["19.75"] == ("临江市民政局信息化运维项目", "临江市民政局")
    assert units["34.00"] == ("临江市福利院", "临江市福利院")
    assert units["32.25"] == ("食堂改造工程", "临江市福利院")


def test_a_column_of_units_governs_the_rows_that_leave_it_blank() -> None:
    found = read(
        "一般公共预算支出表\n单位：万元\n"
        + table(
            "预算单位 | 科目编码 | 科目名称 | 支出总计 | 基本支出",
            "临江市民政局 |  |  | 71.00 | 61.00",
            " | 208 | 社会保障和就业支出 | 70.00 | 60.00",
            "临江市福利院 |  |  | 34.00 | 24.00",
            " | 221 | 住房保障支出 | 33.00 | 23.00",
        )
    )
    units = {f.stated: (f.subject_code, f.budget_unit) for f in found.figures}
    assert units["60.00"] == ("208", "临江市民政局")
    assert units["33.00"] == ("221", "临江市福利院")


def test_a_project_is_named_by_its_name_not_its_category() -> None:
    found = by_stated(
        read(
            "项目支出情况表\n单位：万元\n"
            + table(
                "项目名称 | 项目类别 | 合计 | 其中：财政拨款",
                "合计 |  | 66.00 | 65.00",
                "福彩公益金项目 | 特定目标类 | 40.00 | 39.50",
                "临聘人员经费 | 其他运转类 | 26.00 | 25.50",
            )
        )
    )
    assert found["40.00"].subject_label == found["39.50"].subject_label == "福彩公益金项目"
    assert found["26.00"].subject_label == "临聘人员经费"
    assert ("category", "其他运转类") in found["26.00"].dimensions
    assert found["66.00"].subject_label == "合计"


def test_an_empty_amount_of_a_panel_takes_none_of_the_next() -> None:
    found = by_stated(
        read(
            "一般公共预算基本支出表\n单位：万元\n"
            + table(
                "经济分类科目编码 | 科目名称 | 金额 | 经济分类科目编码 | 科目名称 | 金额",
                "301 | 工资福利支出 | 88.00 | 302 | 商品和服务支出 | 19.00",
                "30108 | 养老保险缴费 |  | 30207 | 邮电费 | 12.50",
                "30113 | 住房公积金 | 86.00 | 30211 | 差旅费 | ",
                "30199 | 其他工资福利支出 |  | 30228 | 工会经费 | 6.50",
            )
        )
    )
    codes = {s: (f.subject_code, f.subject_label) for s, f in found.items()}
    assert codes == {
        "88.00": ("301", "工资福利支出"), "19.00": ("302", "商品和服务支出"), "12.50": ("30207", "邮电费"),
        "86.00": ("30113", "住房公积金"), "6.50": ("30228", "工会经费"),
    }  # fmt: skip


def test_functions_named_like_institutions_are_no_units() -> None:
    found = read(
        "一般公共预算支出表\n单位：万元\n"
        + table(
            "功能分类科目 | 合计 | 基本支出",
            "[207]文化旅游体育与传媒支出 | 58.00 | 28.00",
            "[2070104]图书馆 | 50.00 | 25.00",
            "[2070205]博物馆 | 8.00 | 3.00",
        )
    )
    codes = {f.stated: (f.subject_code, f.budget_unit) for f in found.figures}
    assert codes["50.00"] == ("2070104", "")
    assert codes["3.00"] == ("2070205", "")


@pytest.mark.parametrize("amount", ["1958", "2030", "2023"])
def test_an_amount_that_looks_like_a_year(amount: str) -> None:
    """Behind a field of money a bare number of four digits is an amount; no row above the indicators is a header."""
    facts = read(
        "项目支出绩效目标表\n单位：万元\n"
        + table(
            "项目名称 |  | 养老服务专项资金",
            "主管部门 |  | 临江市民政局",
            f"项目资金（万元） | 年度资金总额 | {amount}",
            f" | 其中：财政拨款 | {amount}.5",
            "绩效指标 | 一级指标 | 二级指标 | 三级指标 | 指标值",
            " | 产出指标 | 数量指标 | 新增床位 | 每年新增≥95张",
            " | 产出指标 | 质量指标 | 验收合格率 | ≥97%",
        )
    )
    found = {f.stated: f for f in facts.figures}
    assert (found[amount].subject_label, found[amount].fiscal_year) == ("年度资金总额", 2023)
    assert found[amount].value == int(amount) * 10000
    assert found[amount].column == "养老服务专项资金"
    assert (found["95"].subject_label, found["95"].phase, found["95"].column.split("|")[-1]) == (
        "新增床位",
        "target",
        "指标值",
    )
    assert (found["97"].subject_label, found["97"].phase) == ("验收合格率", "target")


def test_several_targets_in_one_cell() -> None:
    found = by_stated(
        read(
            "项目支出绩效目标表\n"
            + table(
                "一级指标 | 二级指标 | 三级指标 | 指标值",
                "产出指标 | 数量指标 | 慰问人数；走访次数 | ≥310人；≥24次",
                "产出指标 | 数量指标 | 培训场次 | 线上培训6场；线下培训9场",
                "产出指标 | 质量指标 | 发放准确率 | =98%",
            )
        )
    )
    assert found["310"].subject_label == "慰问人数"
    assert found["24"].subject_label == "走访次数"
    assert found["6"].subject_label == found["9"].subject_label == "培训场次"
    assert found["98"].subject_label == "发放准确率"


def test_weights_under_remarks() -> None:
    found = by_stated(
        read(
            "项目支出绩效目标表\n"
            + table(
                "一级指标 | 二级指标 | 三级指标 | 指标值 | 备注",
                "产出指标 | 数量指标 | 慰问人数 | ≥310人 | 11",
                "产出指标 | 数量指标 | 走访次数 | ≥24次 | 12",
                "产出指标 | 质量指标 | 发放准确率 | =98% | 13",
            )
        )
    )
    assert {found[s].aspect for s in ("11", "12", "13")} == {"maximum"}
    assert {found[s].unit for s in ("11", "12", "13")} == {"SCORE"}
    assert {found[s].phase for s in ("11", "12", "13")} == {""}
    assert found["310"].phase == "target"


def test_a_rate_of_execution_is_a_result() -> None:
    found = by_stated(
        read(
            "项目支出绩效自评表\n（2023年度）\n"
            + table(
                "项目名称 |  | 养老服务项目 |  |  | ",
                "项目资金（万元） |  | 年初预算数 | 全年执行数 | 分值 | 执行率",
                " | 年度资金总额 | 71 | 69 | 10 | 97.18%",
            )
        )
    )
    assert (found["97.18"].phase, found["97.18"].unit) == ("result", "PERCENT")
    assert found["71"].column == "年初预算数"
    assert found["69"].phase == "final"


def test_a_title_with_a_second_line_in_brackets_joins_its_pages() -> None:
    title = "2023年一般公共预算支出明细表\n（按支出经济分类科目）\n单位：元\n"
    head = "部门经济科目编码 | 部门经济科目名称 | 合计 | 人员经费"
    text = title + table(head, "301 | 工资福利支出 | 500.00 | 500.00", "30101 | 基本工资 | 300.00 | 300.00")
    facts = read(text + title + table(head, "30102 | 津贴补贴 | 200.00 | 200.00"))
    assert {f.table for f in facts.figures} == {"2023年一般公共预算支出明细表（按支出经济分类科目）"}
    assert not [f for f in facts.findings if f.verdict == "contradicted"]


def test_a_coded_title_over_two_lines() -> None:
    facts = read(
        "402003_临江市福利院_消防设施更新及安全\n提升改造项目绩效目标表\n"
        + table("专项资金情况（万元） | 资金总额： | 57.00", " | 财政拨款： | 56.00")
    )
    assert {f.table for f in facts.figures} == {"402003_临江市福利院_消防设施更新及安全提升改造项目绩效目标表"}
    assert {f.budget_unit for f in facts.figures} == {"临江市福利院"}


def test_units_of_latin_letters_and_no_unit_that_is_known() -> None:
    found = by_stated(
        read(
            "项目支出绩效目标表\n"
            + table(
                "一级指标 | 二级指标 | 三级指标 | 指标值",
                "产出指标 | 质量指标 | 专线带宽 | ≥25M",
                "产出指标 | 质量指标 | 噪声上限 | ≤55dB",
                "产出指标 | 数量指标 | 绿化面积 | ≥31亩",
            )
        )
    )
    assert {s: (f.subject_label, f.unit, f.comparator) for s, f in found.items()} == {
        "25": ("专线带宽", "OTHER", "≥"), "55": ("噪声上限", "OTHER", "≤"), "31": ("绿化面积", "OTHER", "≥"),
    }  # fmt: skip


def test_a_field_that_names_its_greatest_score() -> None:
    found = by_stated(
        read(
            "项目支出绩效目标表\n单位：万元\n"
            + table(
                "项目名称 | 养老服务项目 | ",
                "项目资金 | 年度资金总额 | 71 | 执行率分值（10分）",
                " | 其中：财政拨款 | 70",
            )
        )
    )
    assert (found["10"].subject_label, found["10"].aspect, found["10"].unit, found["10"].phase) == (
        "执行率分值", "maximum", "SCORE", "",
    )  # fmt: skip
    assert found["71"].column == "养老服务项目"


@pytest.mark.parametrize("header", ["预算单位", "单位", "部门名称"])
def test_codes_of_units_are_no_money(header: str) -> None:
    facts = read(
        "收入总表\n单位：万元\n"
        + table(f"{header} | 合计 | 一般公共预算", "126001 | 90.00 | 80.00", "126002 | 30.00 | 25.00")
    )
    assert sorted((f.stated, f.budget_unit) for f in facts.figures) == [
        ("25.00", "126002"), ("30.00", "126002"), ("80.00", "126001"), ("90.00", "126001"),
    ]  # fmt: skip


def test_indicators_written_behind_each_other_in_one_cell() -> None:
    found = by_stated(
        read(
            "项目支出绩效目标表\n单位：万元\n"
            + table(
                "项目名称（资金使用单位） | 总计 | 绩效目标 | 绩效指标",
                "养老服务专项 | 71.5 | 保障养老 | 1、1－产出指标，11－数量指标，新增床位数；"
                "实施周期指标值：≥90张，年度指标值：≥45张；"
                "2、1－产出指标，12－质量指标，验收合格率；实施周期指标值：99%，年度指标值：98%；",
            )
        )
    )
    said = {s: (f.subject_label, f.column, f.phase) for s, f in found.items()}
    assert said["90"] == ("新增床位数", "实施周期指标值", "target")
    assert said["45"] == ("新增床位数", "年度指标值", "target")
    assert said["99"] == ("验收合格率", "实施周期指标值", "target")
    assert said["98"] == ("验收合格率", "年度指标值", "target")
    assert said["71.5"] == ("养老服务专项", "总计", "budget")


def test_targets_without_a_unit_in_a_cell_of_several_indicators_are_open_or_of_the_unit_of_their_name() -> None:
    facts = read(
        "项目支出绩效目标表\n单位：万元\n"
        + table(
            "项目名称（资金使用单位） | 总计 | 绩效目标 | 绩效指标",
            "养老服务专项 | 71.5 | 保障养老 | 1.1－产出指标，11－数量指标，评估报告数；"
            "实施周期指标值：12，年度指标值：≧4;"
            "2、2－效益指标，22－社会效益，入住老人满意度（%）；实施周期指标值：≧85，年度指标值：≧88.5;",
        )
    )
    found = by_stated(facts)
    said = {s: (f.subject_label, f.column, f.unit, f.comparator, f.phase) for s, f in found.items() if s != "71.5"}
    assert said == {
        "12": ("评估报告数", "实施周期指标值", "", "", "target"),
        "4": ("评估报告数", "年度指标值", "", "≥", "target"),
        "85": ("入住老人满意度（%）", "实施周期指标值", "PERCENT", "≥", "target"),
        "88.5": ("入住老人满意度（%）", "年度指标值", "PERCENT", "≥", "target"),
    }
    assert not [t for t in facts.ledger if t.kind == "unaccounted"]


def test_tables_within_a_form_have_the_columns_of_their_own_header() -> None:
    facts = read(
        "项目支出绩效目标申报表\n"
        + table(
            "项目名称 | 校舍加固",
            "项目概况 | 对三所小学的教学楼进行抗震加固",
            "项目总预算（元） | 860000 | | 项目当年预算（元） | 350000",
            " | 子项目名称 | | 预算金额（元）",
            " | 一号教学楼 | | 200000",
            " | 二号教学楼 | | 150000",
            "分解目标内容 | 绩效指标 | 指标目标值",
            "产出目标 | 加固完成率 | =100.00%",
            "效果目标 | 师生满意度 | >=92.00%",
        )
    )
    said = {f.stated: (f.subject_label, f.column, f.phase) for f in facts.figures}
    assert said["200000"] == ("一号教学楼", "预算金额(元)", "budget")
    assert said["150000"] == ("二号教学楼", "预算金额(元)", "budget")
    assert said["100.00"] == ("加固完成率", "指标目标值", "target")
    assert said["92.00"] == ("师生满意度", "指标目标值", "target")


def test_a_name_that_a_page_cut_off_is_joined(tmp_path: Path) -> None:
    rows = [
        ("单位名称", "合计", "一般公共预算"), ("合计", "90.00", "80.00"), ("临江市养老服务指导", "60.00", "55.00"),
        ("中心", "", ""), ("临江市福利院", "30.00", "25.00"),
    ]  # fmt: skip
    cells = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>" for row in rows)
    path = tmp_path / "a.html"
    path.write_text(
        "<meta charset=utf-8><h1>临江市民政局2023年部门预算</h1><h2>收入总表</h2><p>单位：万元</p>"
        f"<table>{cells}</table>",
        encoding="utf-8",
    )
    units = {f.stated: f.budget_unit for f in read_facts(path).figures}
    assert units["60.00"] == units["55.00"] == "临江市养老服务指导中心"
    assert units["30.00"] == "临江市福利院"


AIMS = (
    "2025年项目支出绩效目标表\n单位：万元\n"
    "单位编码 | 单位（项目）名称 | 资金总额 | 绩效目标 | 绩效指标 |  |  |  |  |  |  | \n"
    " |  |  |  | 一级指标 | 二级指标 | 三级指标 | 指标值 | 评（扣）分标准 | 度量单位 | 指标值类型 | 备注\n"
    "106001 | 渔港修缮 | 40.43 | 保障渔港。 | 产出指标 | 数量指标 | 修缮渔港 | 12 | 少一座扣1分 | 座 | ≥ | 10\n"
    " |  |  |  |  | 质量指标 | 宣传知晓率 | 95 | 高于95%得满分 | {unit} | {sign} | 2\n"
    " |  |  |  |  |  | 环境改善 | 改善 | 否则不得分 |  | 定性 | 5\n"
    "106002 | 灯塔维护 | 3.00 | 保障灯塔。 | 成本指标 | 经济成本指标 | 成本控制率 | 100 | 超出不得分 | % | ≤ | 20\n"
)


@pytest.mark.parametrize(("unit", "sign"), [("%", "≥"), ("≥", "%")])
def test_comparators_of_targets_stand_in_a_column_of_their_own_or_where_the_unit_should(unit: str, sign: str) -> None:
    facts = read(table(*AIMS.format(unit=unit, sign=sign).splitlines()))
    found = {f.stated: (f.subject_label, f.unit, f.comparator) for f in facts.figures if f.phase == "target"}
    assert found == {
        "12": ("修缮渔港", "ITEM", "≥"),
        "95": ("宣传知晓率", "PERCENT", "≥"),
        "100": ("成本控制率", "PERCENT", "≤"),
    }
    assert [(i.label, i.comparator, i.target, i.unit, i.project) for i in facts.indicators] == [
        ("修缮渔港", "≥", "12", "座", "渔港修缮"),
        ("宣传知晓率", "≥", "95", "%", "渔港修缮"),
        ("环境改善", "", "改善", "", "渔港修缮"),
        ("成本控制率", "≤", "100", "%", "灯塔维护"),
    ]


def test_a_mark_before_the_name_of_an_indicator_needs_no_number() -> None:
    facts = read(
        "项目支出绩效目标表\n"
        + table(
            "一级指标 | 二级指标 | 三级指标 | 指标值",
            "产出指标 | 数量指标 | 指标1：修缮渔港 | ≥3座",
            " |  | 指标：巡查航线 | ≥98%",
        )
    )
    assert [f.subject_label for f in facts.figures] == ["修缮渔港", "巡查航线"]
    assert [i.label for i in facts.indicators] == ["修缮渔港", "巡查航线"]
