"""What a document is, of whom, and why it is none: kinds of titles, fields and fronts, of offices that do not exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from loaders.documents import Document, Span
from loaders.errors import UnknownKind
from loaders.meaning import refusal
from loaders.meaning.identity import identify
from loaders.pipeline import explain_unknown, read_facts
from loaders.readers.blocks import make_blocks

CONTENTS = "\n目 录\n第一部分 概况\n一、主要职责\n"


def make(text: str) -> Document:
    return Document("x", text, "", "text", make_blocks(text), (Span(0, len(text)),))


@pytest.mark.parametrize(
    ("title", "office"),
    [
        ("云岭市财政局2024年部门预算", "云岭市财政局"),
        ("云岭市白水区财政局2023年度部门决算公开", "云岭市白水区财政局"),
        ("2025年云岭县财政局部门预算信息公开", "云岭县财政局"),
        ("云岭市财政厅2022年度部门整体支出绩效评价报告", "云岭市财政厅"),
        ("云岭市财政评审中心2024年部门预算", "云岭市财政评审中心"),
        ("云岭市项目服务中心2024年单位预算", "云岭市项目服务中心"),
        ("云岭市白水国有林场2024年单位预算", "云岭市白水国有林场"),
        ("云岭市地方志编纂室2024年部门预算", "云岭市地方志编纂室"),
        ("云岭市委宣传部2024年部门预算", "云岭市委宣传部"),
    ],
)
def test_an_office_is_named_whole_whatever_its_name_holds(title: str, office: str) -> None:
    agency = identify(make(title + CONTENTS)).agency
    assert agency is not None
    assert agency.label == office


@pytest.mark.parametrize(
    "field",
    [
        "评价项目单位：云岭市林业局",
        "被评价单位：云岭市林业局",
        "项目实施单位：云岭市林业局",
        "实施单位： 云岭市林业局",
        "项目主管部门：云岭市林业局",
        "主管部门:云岭市林业局",
        "项目名称\t防火瞭望\n主管部门\t\t云岭市林业局\t\n",
        "项目名称\t防火瞭望\t\t实施单位\t云岭市林业局\n",
        "项目名称\t防火瞭望\t\n主管部门及代码\t017-云岭市林业局\t\n",
    ],
)
def test_the_office_of_an_evaluation_stands_in_its_fields(field: str) -> None:
    found = identify(make(f"财政项目支出绩效评价报告\n（2023年度）\n\n{field}\n\n一、评价结论\n"))
    assert found.kind == "evaluation"
    assert found.agency is not None
    assert found.agency.label == "云岭市林业局"


def test_the_office_that_carries_a_project_out_goes_before_the_one_above_it() -> None:
    form = "项目支出绩效自评表\n（2023年度）\n\n"
    form += "主管部门\t云岭市林业局\t实施单位\t云岭市森林防火站\n预算数\t20\t执行数\t19\n"
    agency = identify(make(form)).agency
    assert agency is not None
    assert agency.label == "云岭市森林防火站"


@pytest.mark.parametrize(
    ("text", "kind", "year", "title"),
    [
        (
            "附件：项目支出绩效自评表 （2022年度） 项目名称 防火瞭望 主管部门 云岭市林业局 实施单位 云岭市森林防火站\n"
            "项目资金执行数18万元。\n",
            "evaluation",
            2022,
            "项目支出绩效自评表（2022年度）",
        ),
        (
            "绩效目标自评表（2021年度）\n项目名称\t防火瞭望\n执行数18万元。\n",
            "evaluation",
            2021,
            "绩效目标自评表（2021年度）",
        ),
        ("2024年度部门整体支出绩效评价得分表\n投入\t10\t9\n", "evaluation", 2024, "2024年度部门整体支出绩效评价得分表"),
        (
            "白水镇中学2022年专项资金绩效自评价报告一、基本情况（一）项目概况我校项目为一个\n",
            "evaluation",
            2022,
            "白水镇中学2022年专项资金绩效自评价报告",
        ),
        (
            "部门预算项目绩效目标申报表（2024年度）\n项目名称\t防火瞭望\n预算数\t18\n",
            "budget",
            2024,
            "部门预算项目绩效目标申报表（2024年度）",
        ),
        ("云岭市2024年项目绩效目标和指标\n防火瞭望\t18\n", "budget", 2024, "云岭市2024年项目绩效目标和指标"),
    ],
)
def test_the_forms_of_an_evaluation_are_told_by_their_titles(text: str, kind: str, year: int, title: str) -> None:
    found = identify(make(text))
    assert (found.kind, found.fiscal_year, found.title) == (kind, year, title)


def test_a_letter_with_a_form_of_goals_behind_it_stays_a_letter() -> None:
    letter = "关于下达2022年森林防火资金的通知\n白水区林业局：\n现下达资金18万元。\n"
    found = identify(make(f"{letter}附件：2022年森林防火资金绩效目标表\n"))
    assert (found.kind, found.declined) == ("unknown", refusal.NOTICE)


@pytest.mark.parametrize(
    "form", ["主管部门 云岭市公安局 实施单位 治安大队\n", "主管部门\t云岭市公安局\t实施单位\t治安大队\n"]
)
def test_a_force_inside_an_office_is_not_the_office(form: str) -> None:
    agency = identify(make(f"项目支出绩效自评表\n（2023年度）\n项目名称 巡逻经费\n{form}")).agency
    assert agency is not None
    assert agency.label == "云岭市公安局"


@pytest.mark.parametrize(
    ("field", "year"),
    [
        ("项目名称 2020年防火瞭望经费", 2020),
        ("项目起止时间：2019.1.1~2019.12.31", 2019),
        ("项目起止时间：2019.1.1~2021.12.31", None),
    ],
)
def test_a_form_without_a_year_is_of_the_year_of_its_project(field: str, year: int | None) -> None:
    assert identify(make(f"云岭市财政支出绩效评价报告\n{field}\n")).fiscal_year == year


def test_the_year_in_a_title_holds_for_a_text_of_unknown_kind() -> None:
    found = identify(make("防火瞭望资金使用表（2023年度）\n项目名称 防火瞭望\n执行数18万元。\n"))
    assert (found.kind, found.fiscal_year) == ("unknown", 2023)


@pytest.mark.parametrize(
    ("title", "text", "kind", "year"),
    [
        ("云岭市林业局2023年度“三公”经费决算情况说明", "支出决算为4.10万元。", "accounts", 2023),
        ("云岭市林业局2024年“三公”经费预算公开", "预算3.00万元。", "budget", 2024),
        ("2024年云岭市林业局“三公”经费财政拨款预算情况说明", "预算3.00万元。", "budget", 2024),
        ("云岭市林业局2023年三公经费支出情况公示", "支出决算为4.10万元，预算5万元。", "accounts", 2023),
        ("云岭市林业局2024年“三公”经费情况公告", "2024年预算3.00万元。", "budget", 2024),
    ],
)
def test_a_notice_of_one_offices_expenses_is_a_document(title: str, text: str, kind: str, year: int) -> None:
    found = identify(make(f"{title}\n公务接待费{text}\n"))
    assert (found.kind, found.fiscal_year) == (kind, year)
    assert found.agency is not None
    assert found.agency.label == "云岭市林业局"


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("云岭市林业局2025年项目支出绩效目标表（含转移支付项目）", "budget"),
        ("2025年云岭市林业局一般公共预算支出表", "budget"),
        ("云岭市林业局2023年度财政拨款收入支出决算总表", "accounts"),
    ],
)
def test_a_table_that_is_published_alone_is_a_document(title: str, kind: str) -> None:
    table = "项目名称\t总计\t财政拨款\n合计\t20.50\t20.50\n防火瞭望\t20.50\t20.50\n"
    found = identify(make(f"{title}\n部门名称：云岭市林业局 单位：万元\n{table}"))
    assert (found.kind, found.title) == (kind, title)
    assert found.agency is not None
    assert found.agency.label == "云岭市林业局"


def test_a_title_in_the_index_of_a_site_is_the_title() -> None:
    found = identify(
        make("索引号: | 5200X/2023-011 | 分类: | 决算 |\n名称: | 云岭市林业局2022年度部门决算说明 |\n一、收支\n")
    )
    assert (found.kind, found.fiscal_year, found.title) == ("accounts", 2022, "云岭市林业局2022年度部门决算说明")
    assert found.agency is not None
    assert found.agency.label == "云岭市林业局"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("云岭市XX局2025年度部门预算\n第一部分 XX局概况\n一、职责\n因公出国（境）费0万元。\n", refusal.TEMPLATE),
        ("××单位2025年部门预算\n一、收入预算××万元。\n", refusal.TEMPLATE),
        ("云岭市***局2024年度部门决算公开\n目录\n一、概况\n", refusal.TEMPLATE),
        (
            "部门决算公开模板\n某单位2024年度部门决算\n收入XX万元，支出XX万元，增长XX%，结余XXX万元。\n",
            refusal.TEMPLATE,
        ),
        ("2024年度部门决算公开情况检查表\n部门名称：云岭市林业局\n存在3处错误，金额为20.5万元\n", refusal.INSPECTION),
        ("云岭市预算公开自查表\n单位：云岭市林业局\n2025年部门预算\t是\n", refusal.INSPECTION),
        ("云岭市林业局2024年预算公开检查表\n内容\t是否\n", refusal.INSPECTION),
        ("白水区部门预算公开工作考核评分表\n内容\t分值\n及时\t10\n", refusal.INSPECTION),
        ("云岭市林业局政府信息公开申请表\n姓名\t\n证件号码\t\n", refusal.FORM),
        ("云岭市财政局关于做好2025年部门预算公开工作的通知\n各单位：\n请于3月1日前公开。\n", refusal.NOTICE),
        (
            "云岭市林业局2025年部门预算公开\n索引号：0140/2025-00011\n发布日期：2025-02-11\n附件：云岭市林业局2025年部门预算.pdf\n",
            refusal.WRAPPER,
        ),
        (
            "当前位置：首页 > 公开 > 预算\n云岭市林业局2025年部门预算\n2025年云岭市林业局部门预算表.xlsx\n打印 关闭\n",
            refusal.WRAPPER,
        ),
        (
            "云岭市林业局2025年部门预算公开\n[2025-02-11]\n云岭市水利局2025年部门预算公开 2025-02-12\n"
            "云岭市民政局2025年部门预算公开 2025-02-13\n云岭市司法局2025年部门预算 2025-02-14\n",
            refusal.WRAPPER,
        ),
    ],
)
def test_what_only_speaks_of_budgets_is_declined_with_its_reason(text: str, reason: str, tmp_path: Path) -> None:
    found = identify(make(text))
    assert (found.kind, found.fiscal_year, found.agency) == ("unknown", None, None)
    assert found.declined == reason
    path = tmp_path / "x.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnknownKind, match=reason[:20].replace("(", r"\(")):
        read_facts(path)
    assert read_facts(path, strict=False).declined == reason


@pytest.mark.parametrize(
    "text",
    [
        # one amount was forgotten
        "云岭市林业局2025年部门预算\n一、收支\n收入预算20.5万元，支出预算20.5万元，结转XX万元，增长3.1%。\n",
        # a masked name
        "某某市某局2025年部门预算\n一、收入预算20.5万元。\n",
        # the evaluation's own table of marks
        "云岭市林业局2024年部门整体支出绩效评价报告\n附：绩效评价评分表\n一、概况\n得分90分。\n",
        # a document with its attachments named at its end
        "云岭市林业局2025年部门预算\n一、收入预算\n2025年收入预算20.5万元，支出预算20.5万元。\n附件：预算公开表.xlsx\n",
        # a document on a page with the site's data around it
        "索引号：0140/2025-00011\n发布日期：2025-02-11\n云岭市林业局2025年部门预算\n2025年收入预算20.5万元，"
        "支出预算20.5万元，其中基本支出18万元，项目支出2.5万元，比上年增加1.5万元，主要是人员增加。\n",
        # a form of indicators is asked for, and the document is a budget
        "云岭市林业局2025年部门预算\n目录\n项目申请表\n一、收入预算20.5万元。\n",
    ],
)
def test_documents_with_traces_of_such_texts_are_kept(text: str) -> None:
    found = identify(make(text))
    assert found.declined == ""
    assert found.kind in ("budget", "evaluation")


def test_of_scans_it_is_said_that_their_titles_may_be_garbled() -> None:
    text = "云岭巾林业后2O25年部冂项箅\n"
    scanned = Document("x", text, "", "pdf", make_blocks(text), (Span(0, len(text)),), recognised=(1,))
    assert "scans" in explain_unknown(scanned, identify(scanned).declined)
    assert "scans" not in explain_unknown(make(text), "")
