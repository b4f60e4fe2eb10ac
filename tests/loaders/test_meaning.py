"""Meaning read from short texts of offices that do not exist: the general rules, and what must not mislead them."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loaders.documents import Document, Passage, Span
from loaders.facts import Statements
from loaders.meaning.assessments import find_assessments
from loaders.meaning.changes import find_changes
from loaders.meaning.citations import find_citations
from loaders.meaning.divisions import find_divisions
from loaders.meaning.duties import find_duties
from loaders.meaning.identity import Identity, identify
from loaders.meaning.indicators import find_indicators
from loaders.meaning.ports import find_ports
from loaders.meaning.projects import find_projects
from loaders.meaning.statements import read_meaning
from loaders.meaning.targets import read_target
from loaders.readers.blocks import make_blocks
from loaders.words.numerals import read_numeral
from loaders.words.places import index
from loaders.words.sentences import clauses, sentences, split, tidy
from tests.volume import size


def make(text: str) -> Document:
    """A document of this text, cut into blocks as a text file is."""
    return Document("x", text, "", "text", make_blocks(text), (Span(0, len(text)),))


def read(text: str) -> tuple[Document, Statements]:
    """The document and its meaning, with the identity found in the text."""
    document = make(text)
    return document, read_meaning(document, identify(document))


def passage(text: str) -> Passage:
    """A passage that is the whole of a text."""
    return Passage.cut(text, 0, len(text))


# ---------------------------------------------------------------- text


def test_tidy_joins_lines_and_keeps_latin_apart() -> None:
    text = "承担口岸\n  通关 工作，建设 smart port 平\n台 2023 年"
    joined = tidy(passage(text))
    assert joined.text == "承担口岸通关工作，建设 smart port 平台 2023 年"
    assert all(text[o] == c for c, o in zip(joined.text, joined.offsets, strict=True))


def test_split_respects_brackets_of_both_widths_and_unbalanced_ones() -> None:
    parts = split(passage("甲处（含乙、丙）、丁处(戊、己)、“庚、辛”处"), "、")
    assert [p.text for p in parts] == ["甲处（含乙、丙）", "丁处(戊、己)", "“庚、辛”处"]
    assert [p.text for p in split(passage("甲（乙、丙"), "、")] == ["甲（乙", "丙"]
    assert [p.text for p in split(passage("“甲、（乙”、丙"), "、")] == ["“甲、（乙”", "丙"]


def test_sentences_and_clauses() -> None:
    assert [s.text for s in sentences(passage("一句。“两句。”三句"))] == ["一句。", "“两句。”", "三句"]
    assert [c.text for c in clauses(passage("甲；乙。丙"))] == ["甲", "乙", "丙"]


@pytest.mark.parametrize(
    ("text", "value"), [("一", 1), ("十", 10), ("十二", 12), ("二十一", 21), ("③", 3), ("7", 7), ("甲", 0)]
)
def test_numerals(text: str, value: int) -> None:
    assert read_numeral(text) == value


# ---------------------------------------------------------------- identity


def test_title_broken_over_lines_and_blanks_in_the_year() -> None:
    found = identify(make("2024 年度\n南京市水务局\n部门预算\n\n目 录\n第一部分 部门概况\n"))
    assert (found.kind, found.fiscal_year, found.level) == ("budget", 2024, "department")
    assert found.agency is not None
    assert (found.agency.label, found.agency.place) == ("南京市水务局", "320100")


def test_first_year_of_a_history_is_not_the_fiscal_year() -> None:
    text = (
        "第一部分 单位概况\n1995年3月成立无锡市水文站，2010年更名。\n2022年工作要点：\n1.抓好测报。\n"
        "2022年单位综合预算公开报表\n单位名称：无锡市水文站\n收支总表\n单位：万元\n"
    )
    found = identify(make(text))
    assert (found.kind, found.fiscal_year, found.level) == ("budget", 2022, "unit")
    assert found.agency is not None
    assert found.agency.label == "无锡市水文站"


def test_accounts_with_the_title_after_a_budget_comparison() -> None:
    text = (
        "第一部分\n合肥市档案馆单位概况\n第三部分\n2021年度单位决算情况说明\n一、收入支出决算总体情况说明\n"
        "与2020年相比，收入决算增加3万元。比2022年预算少。\n"
    )
    found = identify(make(text))
    assert (found.kind, found.fiscal_year) == ("accounts", 2021)


@pytest.mark.parametrize(
    "text",
    [
        "某市人民政府公报\n2026年第3期\n某市某局关于印发《医疗保障实施细则》的通知\n各县（区）：\n为落实政策，制定本细则。\n",
        "某市财政局2025年度法治政府建设报告\n一、主要举措\n推进部门预算公开，做好预算绩效工作。\n",
        "hello world\n\n1234\n",
    ],
)
def test_what_is_no_budget_is_unknown_and_claims_no_year(text: str) -> None:
    found = identify(make(text))
    assert (found.kind, found.fiscal_year) == ("unknown", None)


@pytest.mark.parametrize(
    ("text", "expected", "agency", "title"),
    [
        # what a government site prints around a document is no part of its title, and its dates are not its year
        (
            "索引号: abc/2025-00002\n- 发布机构: 秦淮区交通运输局\n- 发布日期: 2023-10-16\n"
            "南京市秦淮区交通运输局局本级2022年度部门(单位)决算\n目 录\n一、概况\n",
            ("accounts", 2022, "unit"), "南京市秦淮区交通运输局", "南京市秦淮区交通运输局局本级2022年度部门(单位)决算",
        ),
        # 部门 left out
        (
            "秦淮区河道管理处 2021 年度决算公开说明\n(目录)\n第一部分:基本情况\n第二部分:2021 年度部门决算情况说明\n",
            ("accounts", 2021, ""), "秦淮区河道管理处", "秦淮区河道管理处2021年度决算公开说明",
        ),
        (
            "[ 索引号 ] | 115/2024-00019 | [ 发文字号 ] |\n[ 成文日期 ] | 2024-09-12 | [ 发布日期 ] | 2024-09-12 |\n"
            "南京市秦淮区商务委员会 2023年度决算公开说明\n一、部门基本情况\n",
            ("accounts", 2023, ""), "南京市秦淮区商务委员会", "南京市秦淮区商务委员会2023年度决算公开说明",
        ),
        # other words for the explanation, and what is published with the budget
        (
            "溧水区教育体育局(机关)2021年部门预算公开编报说明\n来源:政府办   日期: 2021-05-18\n目 录\n"
            "第一部分 2021年部门预算说明\n",
            ("budget", 2021, "unit"), "溧水区教育体育局", "溧水区教育体育局(机关)2021年部门预算公开编报说明",
        ),
        (
            "目 录\n第一部分:部门概况\n第二部分:秦淮区教育局(本级)2021年部门预算及“三公”经费预算报表(报表详见附件)\n"
            "第三部分:秦淮区教育局(本级)2021年部门预算及“三公”经费预算说明\n一、2021年收支总体情况\n",
            ("budget", 2021, "unit"), "秦淮区教育局", None,
        ),
        # no title at all: the office stands in numbered headings
        (
            "一、南京市秦淮区人民政府红花街道办事处(汇总)概况\n(一)部门职责\n1、加强党的建设。\n"
            "二、南京市秦淮区人民政府红花街道办事处(汇总)2019年度部门决算公开表\n详见附表。\n",
            ("accounts", 2019, "department"), "南京市秦淮区人民政府红花街道办事处", None,
        ),
        (
            "南京市数据中心2024年度项目支出绩效单位自评报告\n一、基本情况\n2024年，实施项目共15个。\n",
            ("evaluation", 2024, "unit"), "南京市数据中心", "南京市数据中心2024年度项目支出绩效单位自评报告",
        ),
        # the title is lost; what every office has to tell with its budget tells it from a text that names one
        (
            "南京市秦淮区交通运输局\n一、单位基本情况\n（一）职能职责。\n（二）单位构成。\n二、部门预算情况说明\n"
            "2018年一般公共预算财政拨款收入324970.32万元。\n三、“三公”经费情况说明\n2018年“三公”经费预算3万元。\n",
            ("budget", 2018, "department"), "南京市秦淮区交通运输局", None,
        ),
    ],
)  # fmt: skip
def test_titles_as_sites_and_counties_write_them(
    text: str, expected: tuple[str, int, str], agency: str, title: str | None
) -> None:
    found = identify(make(text))
    assert (found.kind, found.fiscal_year, found.level) == expected
    assert found.agency is not None
    assert found.agency.label == agency
    assert title is None or found.title == title


def test_divisions_before_their_number_and_duties_with_wide_digits() -> None:
    document = make(
        "一、主要职责\n１、负责推进综合交通运输体系建设。\n２、承担道路运输市场监管责任。\n３、指导安全生产工作。\n"
        "二、单位构成\n区交通运输局机关(包括办公室、法规处、财务处、机关党委、纪检组5个内设处室)和区公路处。\n"
    )
    assert [d.label for d in find_divisions(document)] == ["办公室", "法规处", "财务处", "机关党委", "纪检组"]
    assert [d.number for d in find_duties(document)] == ["１", "２", "３"]


def test_divisions_that_are_told_by_what_they_do() -> None:
    document = make(
        "(一)职能职责\n商务委员会主要工作职责\n办公室:负责综合协调和处理机关日常政务。\n"
        "综合管理科(行政许可服务科)：负责再生资源回收。牵头信访工作。\n下属单位：负责其他工作。\n"
    )
    found = find_divisions(document)
    assert [d.label for d in found] == ["办公室", "综合管理科(行政许可服务科)"]
    assert [text for text, _ in found[1].functions] == ["负责再生资源回收。", "牵头信访工作。"]
    # one alone may be anything
    assert find_divisions(make("一、职责\n办公室:负责综合协调。\n二、其他\n")) == ()


def test_county_names_need_their_city() -> None:
    places = index(
        {
            "440000": "广东省",
            "440300": "深圳市",
            "440305": "南山区",
            "230000": "黑龙江省",
            "230400": "鹤岗市",
            "230404": "南山区",
        }
    )
    assert places.find("深圳市南山区教育局") == "440305"
    assert places.find("南山区教育局", "深圳市委、深圳市政府") == "440305"
    assert places.find("南山区教育局", "鹤岗市人民政府") == "230404"
    assert places.find("南山区教育局") == ""
    assert places.find("中共深圳市委宣传部") == "440300"
    assert places.find("国家信访局") == ""


# ---------------------------------------------------------------- duties and divisions


def test_numbering_that_restarts_inside_an_item_stays_in_the_item() -> None:
    text = (
        "一、主要职责\n（一）直接审计下列事项：\n1.预算执行情况。\n2.决算草案。\n（二）承办其他事项。\n二、机构设置\n"
        "（一）内设机构。办公室、财务科。\n"
    )
    duties = find_duties(make(text))
    assert [d.number for d in duties] == ["（一）", "（二）"]
    assert "2.决算草案" in duties[0].label
    assert duties[1].label == "承办其他事项。"


def test_a_list_in_the_style_of_its_heading_behind_its_first_words() -> None:
    text = (
        "第一部分 概况\n（一）部门主要职责\n市灯塔管理局落实上级关于航标工作的部署。主要职责是：\n"
        "（一）承担全市灯塔的维护工作。\n（二）编制航标年度计划，并监督实施。\n（三）完成交办的其他任务。\n"
        "（二）部门决算单位构成\n我部门没有下属单位。\n"
    )
    found = find_duties(make(text))
    assert [(d.number, d.label) for d in found] == [
        ("（一）", "承担全市灯塔的维护工作。"),
        ("（二）", "编制航标年度计划，并监督实施。"),
        ("（三）", "完成交办的其他任务。"),
    ]


def test_duties_in_one_running_paragraph() -> None:
    duties = find_duties(
        make("某市水务局的主要职能是：1. 管水；2. 管河1.5公里；3. 承办其他事项。\n\n二、机构设置情况\n")
    )
    assert [(d.number, d.label) for d in duties] == [("1", "管水"), ("2", "管河1.5公里"), ("3", "承办其他事项。")]


def test_half_width_brackets_and_a_heading_broken_over_lines() -> None:
    text = "(一) 部门主要\n职责\n(1) 贯彻执行国家政策，\n落实规划。\n(2) 管理 GIS 平台。\n(3) 完成其他任务。\n"
    duties = find_duties(make(text))
    assert [d.label for d in duties][:1] == ["贯彻执行国家政策，落实规划。"]
    assert len(duties) == 3


def test_table_of_contents_is_no_list_of_duties() -> None:
    text = "目录\n第一部分 部门概况\n一、主要职责\n二、机构设置\n第二部分 预算表\n一、收支总表\n二、收入总表\n"
    assert find_duties(make(text)) == ()


def test_a_duty_that_mentions_duties_opens_no_list() -> None:
    assert find_duties(make("督促各单位按各自职责是否落实：甲；乙；丙；丁。\n")) == ()


@pytest.mark.parametrize(
    ("sentence", "labels"),
    [
        ("下设秘书处（机关党委）、法规处等二个处室。", ["秘书处（机关党委）", "法规处"]),
        ("我局本级内设3个机构，分别是办公室、综合处、人事处。", ["办公室", "综合处", "人事处"]),
        ("内设综合科、业务科 2 个科室，核定科长职数2名。", ["综合科", "业务科"]),
        ("下设二级预算单位2个，分别是：某市水文中心、某市水利中心。", []),
        ("根据需要，本局另设浦东办事处、机场办事处。", ["浦东办事处", "机场办事处"]),
        ("负责内设机构和人员编制管理工作。", []),
        ("内设机构 2 个，各机构规范简称依次为：办公室、财审处。", ["办公室", "财审处"]),
        (
            "内设机构包括：办公室(与人事处(监督处)合署)、规划处（科技处）。",
            ["办公室(与人事处(监督处)合署)", "规划处（科技处）"],
        ),
    ],
)
def test_divisions_in_prose(sentence: str, labels: list[str]) -> None:
    assert [d.label for d in find_divisions(make(f"一、机构情况说明\n{sentence}\n"))] == labels


def test_divisions_in_a_numbered_list_with_functions_and_bare() -> None:
    text = (
        "二、机构设置\n市水务局设下列 2 个内设机构：\n（一）办公室。负责机关运转工作；承担督办。\n"
        "（二）财务处。负责财务管理工作。\n三、其他\n"
    )
    assert [(d.label, [f for f, _ in d.functions]) for d in find_divisions(make(text))] == [
        ("办公室", ["负责机关运转工作；承担督办。"]),
        ("财务处", ["负责财务管理工作。"]),
    ]
    assert [d.label for d in find_divisions(make("（二）机构设置\n综合部、治理部、后勤部。\n"))] == [
        "综合部",
        "治理部",
        "后勤部",
    ]


def test_divisions_of_a_unit_below_are_not_the_offices() -> None:
    text = (
        "二、机构设置\n1.安平市灯塔局（本级）下设办公室、航标处，共2个部门。\n2.安平市航标站下设综合科、设备科、巡检科，共3个部门。\n"
        "3.市灯塔学校本级下设教务科、学工科，共2个部门。\n"
    )
    found = find_divisions(make(text), ("安平市航标站", "安平市灯塔学校"))
    assert [d.label for d in found] == ["办公室", "航标处"]


def test_divisions_behind_what_their_number_leaves_out() -> None:
    text = "一、机构\n局本级内设3个处室及机关党委，分别是办公室、市政设施处、用途处、机关党委。\n"
    assert [d.label for d in find_divisions(make(text))] == ["机关党委", "办公室", "市政设施处", "用途处"]
    only = "一、机构\n本部门共设置24个内设机构和机关党办、离退休处。\n"
    assert [d.label for d in find_divisions(make(only))] == ["机关党办", "离退休处"]


def test_duties_without_numbers_are_the_clauses() -> None:
    text = (
        "（一）主要职责\n市政府办公厅的职能职责为负责会议筹备工作；起草公文；"
        "督促检查落实情况；办理其他事项。\n（二）机构设置\n"
    )
    assert [d.label for d in find_duties(make(text))] == [
        "负责会议筹备工作",
        "起草公文",
        "督促检查落实情况",
        "办理其他事项。",
    ]


def test_scores_in_a_table_of_lines() -> None:
    text = (
        "部门整体绩效自评表\n（2024年度）\n一级指标 二级指标 三级指标 年度指标值 实际完成值 指标分值 自评得分\n"
        "成本指标 经济成本指标 项目经费投入成本 ≤5365.88万元 4611.78 4 3.5\n"
        "产出指标 数量指标 电梯维保次数 ≥24次 24 3 3\n"
        "总分值、评价总分 92.33\n"
    )
    document = make(text)
    found = [(a.label, a.maximum, a.score) for a in find_assessments(document)]
    assert ("项目经费投入成本", Decimal(4), Decimal("3.5")) in found
    assert ("电梯维保次数", Decimal(3), Decimal(3)) in found
    indicators = find_indicators(document, 2024)
    assert [(i.level1, i.level2, i.label, i.comparator, i.target, i.unit, i.result) for i in indicators] == [
        ("成本指标", "经济成本指标", "项目经费投入成本", "≤", "5365.88", "万元", "4611.78"),
        ("产出指标", "数量指标", "电梯维保次数", "≥", "24", "次", "24"),
    ]


def test_divisions_with_functions_in_a_table_cut_by_a_page_break() -> None:
    text = (
        "表 1 内设机构及主要职能\n\n内设机构\t机构职能\n办公室\t负责文电。负\n\n"
        "内设机构\t机构职能\n\t责党务。\n法规处\t起草法规。\n"
    )
    divisions = find_divisions(make(text))
    assert [d.label for d in divisions] == ["办公室", "法规处"]
    assert [f for f, _ in divisions[0].functions] == ["负责文电。", "负责党务。"]


# ---------------------------------------------------------------- projects, indicators


PROSE = (
    "第三部分 部门预算支出具体情况\n\n（四）项目支出 900 万元，具体包括：\n\n"
    "1. 综合管理预算 300 万元，主要包括：宣传工作 45.5 万元，用于日常宣传工作；信息系统 200 万元，用于运维等；"
    "以及上年结转 54.5 万元。较 2022 年预算减少 32 万元，下降 10%，主要原因是项目完成。\n\n"
    "2. 预算准备金预算 600 万元，主要用于临时工作，与上年持平。\n"
)


def test_projects_and_parts_in_prose() -> None:
    document = make(PROSE)
    projects = find_projects(document, (), 2023, "budget")
    assert [(p.label, p.amount, p.parent, p.purpose) for p in projects] == [
        ("综合管理", Decimal(3_000_000), "", ""),
        ("宣传工作", Decimal("455000.0"), "综合管理", "日常宣传工作"),
        ("信息系统", Decimal(2_000_000), "综合管理", "运维等"),
        ("预算准备金", Decimal(6_000_000), "", "临时工作"),
    ]
    for project in projects:
        assert project.amount_span is not None
        stated = document.text[project.amount_span.start : project.amount_span.end]
        assert Decimal(stated) * 10000 == project.amount


def test_income_table_gives_no_projects() -> None:
    text = (
        "收支总表\n单位：万元\n\n项目\t预算数\t项目\t预算数\n"
        "一、财政拨款收入\t5\t一、支出\t5\n收入总计\t5\t支出总计\t5\n"
    )
    assert find_projects(make(text), (), 2023, "budget") == ()


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("≥95%", ("≥", "95", "%", False)), ("大于98%", (">", "98", "%", False)),
        ("≤24 小时", ("≤", "24", "小时", False)),
        ("=100.00%", ("=", "100.00", "%", False)), ("90%以上", ("≥", "90", "%", False)), ("12", ("", "12", "", False)),
        ("有效提升", ("", "有效提升", "", True)), ("≥1,200.5万元", ("≥", "1,200.5", "万元", False)),
        ("不低于上年", ("≥", "上年", "", False)), ("11月底前", ("", "11月底前", "", False)),
        ("2031年3月15日前完成", ("", "2031年3月15日前完成", "", False)), ("3年", ("", "3", "年", False)),
        ("8个月", ("", "8", "个月", False)), ("=改善无", ("=", "改善", "", True)), ("＝有无", ("=", "有无", "", True)),
    ],
)  # fmt: skip
def test_targets(printed: str, expected: tuple[str, str, str, bool]) -> None:
    target = read_target(passage(printed))
    assert (target.comparator, target.text, target.unit, target.qualitative) == expected


def test_blank_indicators_are_left_out() -> None:
    text = (
        "绩效目标表\n\n一级指标\t二级指标\t三级指标\t目标值\n产出\t数量\t检查次数\t≥3次\n\t\t不适用\t不适用\n"
        "\t质量\t合格率\t100%\n效益\t社会效益\t\t\n"
    )
    found = find_indicators(make(text), 2023)
    assert [(i.level1, i.level2, i.label, i.target) for i in found] == [
        ("产出", "数量", "检查次数", "3"),
        ("产出", "质量", "合格率", "100"),
    ]


def test_a_date_takes_no_unit_from_its_row() -> None:
    text = (
        "绩效目标表\n\n一级指标\t二级指标\t三级指标\t指标值\t度量单位\n产出指标\t时效指标\t完成时间\t2031年度内\t年\n"
        "产出指标\t数量指标\t灯塔数\t4\t座\n"
    )
    assert [(i.target, i.unit) for i in find_indicators(make(text), 2031)] == [("2031年度内", ""), ("4", "座")]


def test_weights_whose_header_says_of_how_many_points() -> None:
    text = (
        "灯塔修缮绩效目标表\n\n绩效指标\t一级指标\t二级指标\t三级指标\t指标值\t分值权重（90分）\n"
        "\t产出指标\t数量指标\t修缮灯塔数\t≥4座\t30\n\t效益指标\t社会效益指标\t通航环境\t改善\t60\n"
    )
    found = [(i.label, i.target, i.maximum) for i in find_indicators(make(text), 2026)]
    assert found == [("修缮灯塔数", "4", Decimal(30)), ("通航环境", "改善", Decimal(60))]


def test_the_frame_of_a_form_is_no_name_beside_a_column_of_contents() -> None:
    text = (
        "专项资金绩效目标表\n\n绩效指标\t一级指标\t二级指标\t指标内容\t指标值\n\t产出指标\t数量指标\t扶持渔港数\t≥3个\n"
        "绩效指标\t效益指标\t社会效益指标\t带动就业\t增加\n"
    )
    found = [(i.level1, i.label, i.target) for i in find_indicators(make(text), 2026)]
    assert found == [("产出指标", "扶持渔港数", "3"), ("效益指标", "带动就业", "增加")]


def test_indicators_that_one_cell_tells_in_a_row() -> None:
    text = (
        "2026年项目支出绩效目标表\n\n项目名称（资金使用单位）\t总计\t绩效目标\t绩效指标\n合计\t12\t\t\n"
        "航标巡检\t7\t保障通航。\t1.1－产出指标，11－数量指标，巡检次数；实施周期指标值：≥24次，年度指标值：≥12次；"
        "2、1-产出指标，12-质量指标，巡检员配备；实施周期指标值：按考核，足额得满分。年度指标值：≦核定人数；"
        "1、2－效益指标，22－社会效益，通航环境；实施周期指标值：改善，年度指标值：改善;\n"
        "灯塔修缮\t5\t修缮灯塔。\t1、1－产出指标，11－数量指标，修缮座数；实施周期指标值：4座；\n"
    )
    document = make(text)
    found = find_indicators(document, 2026)
    assert [(i.project, i.level1, i.level2, i.label, i.comparator, i.target, i.unit, i.year) for i in found] == [
        ("航标巡检", "产出指标", "数量指标", "巡检次数", "≥", "12", "次", 2026),
        ("航标巡检", "产出指标", "质量指标", "巡检员配备", "≤", "核定人数", "", 2026),
        ("航标巡检", "效益指标", "社会效益", "通航环境", "", "改善", "", 2026),
        # what it is to reach in the year is not said
        ("灯塔修缮", "产出指标", "数量指标", "修缮座数", "", "4", "座", None),
    ]
    assert [i.qualitative for i in found] == [False, False, True, False]
    spans = [i.target_span for i in found if i.target_span is not None]
    assert [document.text[s.start : s.end] for s in spans] == ["12", "核定人数", "改善", "4"]


# ---------------------------------------------------------------- citations, ports, changes


def test_citations_with_numbers_nested_titles_and_forms() -> None:
    text = (
        "根据《关于印发〈某市预算办法〉的通知》（某财〔2021〕12 号）和《中华人民共和国预算法》，"
        "见《绩效目标申报表》及《某信息系统》。"
        "按照某办发[2019]3号文件，《关于印发〈某市预算办法〉的通知》继续有效。\n"
    )
    found = find_citations(make(text))
    assert [(c.label, c.number, c.year) for c in found] == [
        ("关于印发〈某市预算办法〉的通知", "某财〔2021〕12号", 2021),
        ("中华人民共和国预算法", "", None),
        ("某办发[2019]3号", "某办发[2019]3号", 2019),
    ]


def test_ports_are_names_and_not_descriptions() -> None:
    text = (
        "加快推进东兴口岸重建，协调陆路口岸、海港口岸工作，与友谊关口岸、南宁综合保税区对接。打造“平安口岸”。"
        "市口岸办负责电子口岸、国际一流口岸管理。\n"
    )
    assert [(p.label, p.kind) for p in find_ports(make(text))] == [
        ("东兴口岸", "port"),
        ("友谊关口岸", "port"),
        ("南宁综合保税区", "bonded zone"),
    ]


def port_names(text: str, place: str = "") -> list[str]:
    return [p.label for p in find_ports(make(text), place)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("推进东兴、友谊关口岸改造。", ["东兴口岸", "友谊关口岸"]),
        ("推进东兴、水口和友谊关口岸改造。", ["东兴口岸", "水口口岸", "友谊关口岸"]),
        # what stands before may be something else in a list
        ("协调海关、友谊关口岸通关。", ["友谊关口岸"]),
        ("安排办公经费、友谊关口岸修缮。", ["友谊关口岸"]),
        ("紧盯航空、水运、陆路口岸。", []),
    ],
)
def test_names_that_share_their_last_word(text: str, names: list[str]) -> None:
    assert port_names(text) == names


def test_an_airport_without_a_name_is_that_of_the_offices_city() -> None:
    (port,) = find_ports(make("推动机场口岸全天开放。"), "450100")
    assert (port.label, port.variant_of) == ("机场口岸", "南宁机场口岸")
    assert port_names("推动吴圩机场口岸全天开放。", "450100") == ["吴圩机场口岸"]
    assert port_names("推动机场口岸全天开放。") == []  # of a place that is not known


def test_a_harbour_is_named_by_its_place() -> None:
    assert port_names("处置防城港积压货物，协调湛江港拥堵。") == ["湛江港"]
    assert port_names("与香港联系，建设信息港，支持湛江港口发展。") == []


def test_change_with_its_level_in_the_sentence_before_and_reasons_apart() -> None:
    changes = find_changes(make(PROSE.replace("项目完成", "：一是项目完成；二是压减")), (), 2023)
    assert [(c.label, c.direction, c.amount, [r for r, _ in c.reasons]) for c in changes] == [
        ("综合管理", "down", Decimal(320_000), ["项目完成", "压减"]),
        ("预算准备金", "unchanged", None, []),
    ]


def test_no_meaning_in_an_empty_document() -> None:
    assert read_meaning(make(" \n"), Identity("unknown")) == Statements()


PIECES = st.sampled_from(
    re.split(
        r"\|",
        "一、主要职责|（一）|1.|①|\n|\n\n|\t|。|；|，|：|（|）|《|》|“|”|〔2021〕3号|内设|办公室、|财务科|5个|"
        "项目名称|预算数（万元）|子项目名称|目标值|三级指标|一级指标|得分|分值|7,000 万元|0|--|口岸|检查站|较上年增加|"
        "主要原因是|一是|免除查验没有问题|用于|2023年|部门预算|年初预算为0万元|决算数大于年初预算数|任务1|合计|指标1：|大于98%|项目支出|"
        "“甲”项目|由 3 万元调整为 4 万元",
    )
)


@settings(max_examples=size(60, 150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES, max_size=60))
def test_any_text_is_read_and_every_span_lies_in_it(pieces: list[str]) -> None:
    document, meaning = read("2023年海口市水务局部门预算\n" + "".join(pieces))
    for name in Statements.__dataclass_fields__:
        for item in getattr(meaning, name):
            assert item.label
            if name == "absences" and item.span is None:
                continue  # nothing in the text says why
            assert 0 <= item.span.start < item.span.end <= len(document.text)


def test_the_reason_of_the_next_item_of_a_list_is_not_that_of_the_change_before() -> None:
    _, meaning = read(
        "某市海务局2026年部门预算\n一、收入预算\n2026年收入预算500万元，其中：一般公共预算收入90万元比2025年预算数99万元"
        "减少9万元；国有资本经营预算收入410万元比2025年预算数56万元增加较多，主要原因是批复率提高，"
        "比2025年执行数400万元增加10万元。\n"
    )
    first = meaning.changes[0]
    assert (first.label, first.amount, first.reasons) == ("一般公共预算收入", Decimal(90_000), ())


def test_what_is_as_it_was_in_a_year_that_is_named_by_its_digits_alone() -> None:
    _, meaning = read(
        "某市海务局2026年部门预算\n一、“三公”经费\n公务接待费10万元，与2025持平；公务用车购置费0万元，与2025年持平。\n"
    )
    assert [(c.label, c.direction) for c in meaning.changes] == [
        ("公务接待费", "unchanged"),
        ("公务用车购置费", "unchanged"),
    ]
