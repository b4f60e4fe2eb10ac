"""Accounts of one office without the usual title, and texts of a whole place; none of them exists."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from loaders.errors import UnknownKind
from loaders.facts import Facts
from loaders.pipeline import read_facts


def facts_of(folder: Path, text: str) -> Facts:
    path = folder / "made.txt"
    path.write_text(text, encoding="utf-8")
    return read_facts(path, strict=False)


@pytest.mark.parametrize(
    ("title", "office"),
    [
        ("青柳县水文站2021年度一般公共预算财政拨款“三公”经费支出决算情况说明", "青柳县水文站"),
        ("青柳县水文站2021年度一般公共预算财政拨款“三公”经费支出决算", "青柳县水文站"),
        ("白沙镇2021年“三公”经费支出说明", "白沙镇"),
        ("青柳县水文站\n2021年“三公”经费决算汇总情况", "青柳县水文站"),
        ("青柳县残疾人联合会\n关于财政拨款“三公”经费2021年决算的\n情 况 说 明", "青柳县残疾人联合会"),
        ("青柳县科协2021年度“三公”经费决算公开", "青柳县科协"),
        ("按照县里要求,现将白沙镇2021年度“三公”经费决算情况公布如下:", "白沙镇"),
    ],
)
def test_a_title_of_three_public_accounts_names_kind_year_and_office(tmp_path: Path, title: str, office: str) -> None:
    facts = facts_of(
        tmp_path,
        f"{title}\n{office}2021年度一般公共预算财政拨款“三公”经费支出预算为8万元,支出决算为6万元,完成预算的75%。\n"
        "1.公务接待费支出2万元,与2020年度决算相比,减少1万元。\n",
    )
    assert (facts.kind, facts.fiscal_year, facts.agency and facts.agency.label) == ("accounts", 2021, office)
    assert [(f.stated, f.phase, f.fiscal_year, f.subject_label) for f in facts.figures] == [
        ("8", "budget", 2021, "“三公”经费"),
        ("6", "final", 2021, "“三公”经费"),
        ("75", "result", 2021, "“三公”经费"),
        ("2", "final", 2021, "公务接待费"),
        ("1", "final", 2021, "公务接待费"),
    ]
    sheet = {s.item: s.value for s in facts.sheet if s.phase == "final"}
    assert (sheet["three-public"], sheet["reception"]) == (Decimal(60_000), Decimal(20_000))


def test_a_sentence_that_states_the_sum_of_a_town_is_of_the_town(tmp_path: Path) -> None:
    text = "白沙镇2021年“三公”经费决算数共计8.5万元,比上年决算数下降4%;其中公务接待费3万元,比上年决算数下降2%。\n"
    facts = facts_of(tmp_path, text)
    assert (facts.kind, facts.fiscal_year, facts.agency and facts.agency.label) == ("accounts", 2021, "白沙镇")
    assert facts.figures[0].value == Decimal(85_000)


@pytest.mark.parametrize(
    "text",
    [
        "2021年美丽渠道项目专项资金绩效自评报告\n一、资金使用情况\n2021年预算20万元。\n青柳县水利局\n2022年8月1日\n",
        "青柳县水利局2021年中央水利发展资金绩效自评报告\n一、资金使用情况\n下达资金20万元。\n",
        "青柳县水利局2021年财政支出项目绩效自评报告（东渠北岸道路照明及配套设施建设项目）\n一、概况\n预算20万元。\n",
        "7.青柳县水利局2021年度项目支出绩效自评报告.pdf\n一、概况 （一）项目。项目预算20万元，年内全部执行，效果好。\n",
    ],
    ids=["signed", "of a fund", "project in brackets", "name of a file"],
)
def test_reports_of_evaluation_name_their_office(tmp_path: Path, text: str) -> None:
    facts = facts_of(tmp_path, text)
    assert (facts.kind, facts.fiscal_year) == ("evaluation", 2021)
    assert facts.agency is not None
    assert facts.agency.label == "青柳县水利局"


def test_an_office_whose_name_begins_like_another_is_named_whole(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, "青柳县市场监督管理局2021年项目支出绩效自评报告\n一、概况\n预算安排20万元。\n")
    assert facts.agency is not None
    assert facts.agency.label == "青柳县市场监督管理局"


def test_the_base_data_of_an_evaluation_are_an_evaluation(tmp_path: Path) -> None:
    text = (
        "附件3: 部门整体支出绩效评价基础数据表\n填报单位:青柳县水文站 单位:万元\n"
        "经费控制情况 2020年决算数 2021年预算数 2021年决算数\n三公经费 3.00 5.00 4.00\n"
    )
    facts = facts_of(tmp_path, text)
    assert (facts.kind, facts.agency and facts.agency.label) == ("evaluation", "青柳县水文站")
    assert [(f.value, f.fiscal_year, f.phase) for f in facts.figures] == [
        (Decimal(30_000), 2020, "final"), (Decimal(50_000), 2021, "budget"), (Decimal(40_000), 2021, "final"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "2020年本年收入合计36万元,其中:事业收入4万元。\n三、\n支出决算情况说明\n2020年本年支出合计40万元。\n"
        "四、财政拨款收入支出决算总体情况说明\n2020年财政拨款收入总计16万元。\n",
        "2020年度本单位“三公”经费支出决算为3万元,比预算减少1万元。\n(一)因公出国(境)费支出0万元。\n"
        "(二)公务用车运行维护费支出2万元。\n(三)公务接待费支出1万元。\n",
        "2020 年度一般公共预算财政拨款安排的“三公”经费支出决算总额为 3 万元。\n"
        "因公出国(境)费支出 0 万元;公务接待费支出 3 万元。\n",
        "2020年度本部门“三公”经费支出3万元,年初预算为4万元,差值为1万元。其中:公务用车运行维护费支出2万元;公务接待费支出1万元。\n",
    ],
    ids=["headings", "settled", "total", "beside the budget"],
)
def test_a_page_of_accounts_is_told_by_what_it_says(tmp_path: Path, text: str) -> None:
    facts = facts_of(tmp_path, text)
    assert (facts.kind, facts.fiscal_year, facts.agency) == ("accounts", 2020, None)
    assert {f.phase for f in facts.figures if f.unit == "CNY"} <= {"final", "budget"}


@pytest.mark.parametrize(
    "text",
    [
        "2024年“三公”经费预算3万元,比上年决算数减少1万元。其中:公务用车运行维护费2万元,公务接待费1万元。\n",
        "全市召开会议,听取本年支出情况。\n去年公务接待费决算为3万元。\n",
        "三、支出决算情况说明\n2020年支出40万元。\n",
    ],
    ids=["budget", "news", "one heading"],
)
def test_less_than_that_makes_no_accounts(tmp_path: Path, text: str) -> None:
    facts = facts_of(tmp_path, text)
    assert (facts.kind, facts.declined) == ("unknown", "")


@pytest.mark.parametrize(
    "text",
    [
        "2019年全县“三公”经费决算总额90万元,比上年下降4%。分项情况是:公务接待费决算30万元,比上年下降2%。\n",
        "经青柳县财政局汇总,2019年各单位安排的“三公”经费决算总额90万元,比上年下降4%。公务接待费决算30万元,比上年下降2%。\n",
        "青柳县人民政府关于2019年财政决算的报告\n2019年支出决算90万元,比上年下降4%。教育支出决算30万元,比上年下降2%。\n",
    ],
    ids=["whole county", "summed up", "report"],
)
def test_a_text_of_a_whole_place_is_refused_with_its_reason_and_read_of_no_office(tmp_path: Path, text: str) -> None:
    facts = facts_of(tmp_path, text)
    assert (facts.kind, facts.agency) == ("unknown", None)
    assert [(f.stated, f.fiscal_year) for f in facts.figures] == [(n, 2019) for n in ("90", "4", "30", "2")]
    assert [f.phase for f in facts.figures if f.unit == "CNY"] == ["final", "final"]
    with pytest.raises(UnknownKind, match="whole place"):
        read_facts(tmp_path / "made.txt")


# -- what a title over several lines, and a sentence without a heading, say ----------------------------------------


def test_an_office_whose_title_takes_three_lines_has_its_place(tmp_path: Path) -> None:
    body = "支出决算表\n单位：万元\n项目 决算数\n青石路街道办事处维修 5.00\n青石路街道办事处绿化 4.00\n"
    facts = facts_of(tmp_path, "云岭市白水区人民政府\n青石路街道办事处 2025\n年度部门决算\n" + body)
    assert facts.agency is not None
    assert facts.agency.label == "云岭市白水区人民政府青石路街道办事处"
    assert [row.stated for row in facts.ledger if row.kind == "unaccounted"] == []


def test_cars_are_vehicles_where_the_paragraph_speaks_of_official_cars(tmp_path: Path) -> None:
    facts = facts_of(
        tmp_path,
        "白沙镇2015年“三公”经费支出说明\n一、公务用车购置及运行维护费\n"
        "2015年公务用车购置及运行维护费共计13.5万元。更新购置公务用车0辆,车辆购置支出1.5万元,车辆运行维护费支出12万元。\n",
    )
    sheet = {s.item: s.value for s in facts.sheet}
    assert (sheet["vehicles-bought"], sheet["vehicles-run"]) == (Decimal(15_000), Decimal(120_000))


def test_divisions_that_a_sentence_names_are_not_said_to_be_missing(tmp_path: Path) -> None:
    text = "青柳县卫生院2021年度部门决算\n一、单位基本情况\n{}\n二、收入情况\n本年收入合计5万元。\n"
    stated = facts_of(tmp_path, text.format("卫生院设内科、外科、儿科3个临床科室。"))
    silent = facts_of(tmp_path, text.format("卫生院位于县城东面的人民路上。"))
    assert "divisions" not in {a.label for a in stated.absences}
    assert "divisions" in {a.label for a in silent.absences}
