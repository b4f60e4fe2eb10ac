"""History, bodies, goals, terms, project forms, holdings, links to duties, absences: of offices that do not exist."""

from __future__ import annotations

from decimal import Decimal

import pytest

from loaders.documents import Document, Passage, Span
from loaders.facts import Figure
from loaders.meaning.absences import find_absences
from loaders.meaning.assessments import find_assessments
from loaders.meaning.bodies import find_subordinates
from loaders.meaning.citations import find_citations
from loaders.meaning.details import read_details
from loaders.meaning.duties import find_duties
from loaders.meaning.forms import form_project
from loaders.meaning.glossary import find_definitions
from loaders.meaning.goals import find_goals
from loaders.meaning.history import find_events
from loaders.meaning.holdings import describe_holdings
from loaders.meaning.identity import identify
from loaders.meaning.language import mark, spans, without
from loaders.meaning.ports import find_ports
from loaders.meaning.projects import find_projects
from loaders.meaning.statements import read_meaning
from loaders.readers.blocks import make_blocks


def make(text: str) -> Document:
    """A document of this text, cut into blocks as a text file is."""
    return Document("x", text, "", "text", make_blocks(text), (Span(0, len(text)),))


# ---------------------------------------------------------------- the office

HISTORY = (
    "一、单位概况\n1998年3月根据某编发〔1998〕7号文件，成立甲市档案服务中心，正科级建制，隶属市委办公室管理。\n"
    "2011年，经市编委批准，甲市档案服务中心更名为甲市数据档案馆，副处级建制，全额拨款事业单位。\n"
    "截至2022年12月31日，在职人员核定编制数为12人。自2001年成立以来，成绩显著。\n"
)


def test_history_of_an_office() -> None:
    found = [
        (e.kind, e.year, e.month, e.subject, e.former, e.decree, e.rank, e.superior) for e in find_events(make(HISTORY))
    ]
    assert found == [
        ("founded", 1998, 3, "甲市档案服务中心", "", "某编发〔1998〕7号", "正科级", "市委办公室"),
        ("renamed", 2011, None, "甲市数据档案馆", "甲市档案服务中心", "", "副处级", ""),
    ]


@pytest.mark.parametrize(
    ("sentence", "event"),
    [
        ("根据机构改革方案，将原甲市旅游局、甲市文化局的职责整合，组建甲市文化和旅游局，作为市政府工作部门。",
         ("merged", "甲市文化和旅游局", ("甲市旅游局", "甲市文化局"))),
        ("甲市市场监督管理局由原甲市工商行政管理局、甲市文化和旅游局和甲市食品药品监督管理局合并组建。",
         ("merged", "甲市市场监督管理局", ("甲市工商行政管理局", "甲市文化和旅游局", "甲市食品药品监督管理局"))),
        ("甲市信息中心更名为甲市大数据中心。", ("renamed", "甲市大数据中心", ("甲市信息中心",))),
        ("甲市大数据中心由甲市信息中心更名而来，为事业单位。", ("renamed", "甲市大数据中心", ("甲市信息中心",))),
        ("甲市口岸办公室整体并入甲市商务局。", ("merged", "甲市商务局", ("甲市口岸办公室",))),
        # a duty that moves is no merger; what an office decides about others is not its history
        ("将市民政局的养老服务职责划入市卫生健康委员会。", None),
        ("承担各类学校的设立、撤并、更名和调整的审核。", None),
        ("负责企业更名为有限公司的审核。", None),
        ("推动甲乙两家企业合并为集团公司。", None),
        ("项目由一期更名为二期工程。", None),
    ],
)  # fmt: skip
def test_what_became_of_an_office_is_told_without_a_date(
    sentence: str, event: tuple[str, str, tuple[str, ...]] | None
) -> None:
    found = [(e.kind, e.subject, (e.former, *e.others)) for e in find_events(make(f"一、部门概况\n{sentence}\n"))]
    assert found == ([event] if event else [])


def test_an_office_has_the_credit_identifier_that_stands_beside_its_name() -> None:
    title = "2023年甲市数据档案馆单位预算\n一、单位概况\n"
    own, firm = "11440300455755370J", "91350100M000100Y43"
    cases = (
        (f"单位名称：甲市数据档案馆　统一社会信用代码：{own}\n", own),
        (f"单位名称：甲市数据档案馆\n统一社会信用代码 {own}\n", own),
        # the wrong check character, another's, two of them
        ("单位名称：甲市数据档案馆　统一社会信用代码：11440300455755370K\n", ""),
        (f"单位名称：甲市数据档案馆\n评价机构：某会计师事务所\n统一社会信用代码：{firm}\n", ""),
        (f"甲市数据档案馆统一社会信用代码：{own}\n甲市数据档案馆开户行统一社会信用代码：{firm}\n", ""),
    )
    for line, expected in cases:
        agency = identify(make(title + line)).agency
        assert agency is not None
        assert agency.credit_code == expected, line


def test_rank_is_the_latest_that_is_told_of_the_office() -> None:
    text = "2023年甲市数据档案馆单位预算\n" + HISTORY.replace("更名为甲市数据档案馆", "成立甲市数据档案馆")
    agency = identify(make(text)).agency
    assert agency is not None
    assert agency.rank == "副处级"


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("从预算单位构成看，预算包括：南京市水务局本级预算（行政单位）、南京市水文站（南京市节水中心）（事业单位）和南京市水利学校预算。",
         ["南京市水文站", "南京市水利学校"]),
        ("下属二级预算单位2个，分别是：南京市水文站、南京市水利学校。", ["南京市水文站", "南京市水利学校"]),
        ("下设二级预算单位4个，分别是：局机关、原城东水文站 、市测流\n*\n台、局机关事务中心。",
         ["原城东水文站", "市测流台", "局机关事务中心"]),
        ("南京市水务局部门预算包括：1.南京市水务局 2.南京市水文站。", ["南京市水文站"]),
        ("下设二级预算单位4个，分别是：局机关、水文站、测流台。", []),
        ("南京市水务局系统包括：南京市水务局本级、南京市河道管理处本级、南京市河道管理处直属分站、南京市水利学校共4家基层单位。",
         ["南京市河道管理处", "南京市河道管理处直属分站", "南京市水利学校"]),
        ("下属单位包括2所学校，分别是南京市水利学校、南京市河道学校；2个船闸管理所，分别是南京市东船闸管理所、南京市西船闸管理所。",
         ["南京市水利学校", "南京市河道学校", "南京市东船闸管理所", "南京市西船闸管理所"]),
        # as many names as the text says prove the list, short ones too; marks of notes and lines that go on are no end
        ("下设二级预算单位5个，分别是：市局机关、市水文站、江宁区水\n*\n务局、局宣教中心、市节水\n*1\n中心。",
         ["市水文站", "江宁区水务局", "局宣教中心", "市节水中心"]),
        ("局所属行政单位2个，包括：南京市水务局本级、南京市水政监察总队本级。", ["南京市水政监察总队"]),
        ("内设3个处室；局属事业单位1个，为南京市水文站，处级建制，经费来源为全额拨款。", ["南京市水文站"]),
        ("部门预算包括：1.南京市水务局 2.南京市水文站。", ["南京市水文站"]),
        ("下属单位包括：我局管理的直属单位南京市水文站、南京市节水中心。", ["南京市水文站", "南京市节水中心"]),
        ("南京市水务局系统包括：南京市水务局本级、南京市水文站、南京市水利项目研究评审中心共3家基层单位。",
         ["南京市水文站", "南京市水利项目研究评审中心"]),
        ("单位共3个，包括：行政单位1个，为局机关；下属预算单位2个，分别为：南京市水文站、南京市水务局机关服务中心。",
         ["南京市水文站", "南京市水务局机关服务中心"]),
        ("下属预算单位共4个：2所学校，分别是南京市水利学校、南京市水务学校；2个水文站，分别是江宁水文站、浦口水文站。",
         ["南京市水利学校", "南京市水务学校", "江宁水文站", "浦口水文站"]),
        ("局内设2个处室，分别是：办公室、水政处。预算单位构成为：", []),
        ("本部门无下属单位，部门预算为局本级预算。", []),
        ("本单位所属预算单位共有车辆2辆，单价20万元以上的设备3台。", []),
        ("基本支出是预算单位为保障其正常运转、完成日常工作任务所发生的支出。", []),
    ],
)  # fmt: skip
def test_bodies_below(sentence: str, names: list[str]) -> None:
    assert [n for n, _ in find_subordinates(make(f"二、机构设置\n{sentence}\n"), "南京市水务局")] == names


def test_bodies_in_a_table() -> None:
    text = (
        "纳入本部门预算编制范围的二级预算单位共有2个，包括：\n\n序号\t单位名称\t备注\n1\t南京市水务局（本级）\t\n"
        "2\t南京市水文站\t\n"
    )
    assert [n for n, _ in find_subordinates(make(text), "南京市水务局")] == ["南京市水文站"]


def test_a_list_that_a_page_breaks_and_the_heading_before_one_of_divisions() -> None:
    broken = "二、机构设置\n下属预算单位包括南京市水文站、南京市测流台、\n\f南京市水利学校、南京市闸站中心。\n"
    assert [n for n, _ in find_subordinates(make(broken), "南京市水务局")] == [
        "南京市水文站", "南京市测流台", "南京市水利学校", "南京市闸站中心",
    ]  # fmt: skip
    divisions = "二、机构设置及决算单位构成\n南京市水务局内设三个机构，分别是：防汛处、水文监测处、河道管理办公室。\n"
    assert find_subordinates(make(divisions), "南京市水务局") == ()


def test_bodies_without_their_place_are_those_of_the_table_of_units() -> None:
    text = (
        "二、机构设置\n预算包括：局本级预算、局属市水文站、局属市第二水利学校和局属市测流台预算。\n\n"
        "单位名称\t总计\n安平市水务局\t9\n安平市水文站\t5\n河海大学附属学校（安平市第二水利学校）\t3\n"
    )
    document = make(text)
    found = find_subordinates(document, "安平市水务局")
    # 测流台 stands in no table, so that it keeps the name that the sentence gives it
    assert [n for n, _ in found] == ["安平市水文站", "河海大学附属学校（安平市第二水利学校）", "市测流台"]
    assert [document.text[s.start : s.end] for _, s in found] == [n for n, _ in found]


def test_a_short_name_in_a_table_of_units_is_one() -> None:
    text = "二级预算单位共有2个，包括：\n\n序号\t单位名称\n1\t南京市水务局（本级）\n2\t南京12314供水热线中心\n"
    assert [n for n, _ in find_subordinates(make(text), "南京市水务局")] == ["南京12314供水热线中心"]


# ---------------------------------------------------------------- work


def test_goals_in_lists_and_in_a_running_paragraph() -> None:
    text = (
        "三、2026年主要工作任务\n（一）抓好供水。确保3个水厂达标。\n（二）抓好防汛。\n四、人员情况\n有人员5人。\n"
        "南京市水务局2026年主要工作目标包括：1.从严治党；2.建好平台。\n"
    )
    assert [(g.kind, g.number, g.label) for g in find_goals(make(text), 2026)] == [
        ("key task", "（一）", "抓好供水。确保3个水厂达标。"),
        ("key task", "（二）", "抓好防汛。"),
        ("annual goal", "1", "从严治党"),
        ("annual goal", "2", "建好平台。"),
    ]


TASKS = (
    "部门整体支出绩效目标表\n\n部门名称\t乙市水务局\n任务名称\t主要内容\t预算金额（万元）\n供水保障\t水厂改造\t30\n防汛\t堤防加固\t12\n"
    "金额合计\t\t42\n\n正文。\n\n表2 项目支出表\n单位：万元\n项目名称\t预算数\n防汛\t12\n水质监测\t8\n"
)


def test_the_tasks_of_a_form_are_goals_with_their_money_unless_a_table_of_projects_names_them() -> None:
    document = make(TASKS)
    meaning = read_meaning(document, identify(document))
    assert [(p.label, p.amount) for p in meaning.projects] == [
        ("防汛", Decimal(120000)), ("水质监测", Decimal(80000)),
    ]  # fmt: skip
    tasks = [(g.kind, g.label, [document.text[s.start : s.end] for s in g.figures]) for g in meaning.goals if g.figures]
    assert tasks == [("key task", "供水保障", ["30"])]


def test_projects_listed_with_their_scores_alone_are_projects() -> None:
    text = (
        "项目支出绩效自评情况\n\n序号\t项目名称\t自评分数\n1\t堤防加固\t96.5\n2\t水质监测\t100\n"
        "3\t部门整体支出绩效自评\t95\n"
    )
    assert [(p.label, p.amount) for p in find_projects(make(text), (), 2023, "final")] == [
        ("堤防加固", None), ("水质监测", None),
    ]  # fmt: skip


def test_goals_of_a_form_belong_to_its_project() -> None:
    text = (
        "项目支出绩效目标表\n\n项目名称\t水厂改造\n年度目标\t目标1：完成3座水厂改造；目标2：水质合格率达标。\n"
        "一级指标\t二级指标\t三级指标\t指标值\n产出指标\t数量指标\t水厂数量\t≥3座\n"
    )
    goals = find_goals(make(text), 2026)
    assert [(g.number, g.label, g.project) for g in goals] == [
        ("1", "完成3座水厂改造", "水厂改造"),
        ("2", "水质合格率达标。", "水厂改造"),
    ]


def test_terms_are_defined_and_a_line_that_ends_in_a_comma_hides_none() -> None:
    text = (
        "第四部分 名词解释\n一、“三公”经费：指因公出国费、公务用车费\n和公务接待费。\n2.基本支出，指人员和公用支出，\n"
        "机关运行经费：指为保障单位运行的资金。\n第五部分 附件\n附表：指标表\n"
    )
    found = [(d.label, d.text) for d in find_definitions(make(text))]
    assert found == [
        ("“三公”经费", "指因公出国费、公务用车费和公务接待费。"),
        ("基本支出", "指人员和公用支出，"),
        ("机关运行经费", "指为保障单位运行的资金。"),
    ]


def test_a_definition_that_a_page_breaks_and_one_that_tells_what_its_term_mostly_is() -> None:
    text = (
        "第四部分 名词解释\n一、“三公”经费：纳入预算管理的“三公”\n\n经费，是指因公出国费和公务接待费。\n"
        "二、培训费主要是讲课费、教材费等支出。\n其中讲课费主要是专家的报酬。\n"
    )
    found = [(d.label, d.text) for d in find_definitions(make(text))]
    assert found == [
        ("“三公”经费", "纳入预算管理的“三公”经费，是指因公出国费和公务接待费。"),
        ("培训费", "主要是讲课费、教材费等支出。其中讲课费主要是专家的报酬。"),
    ]


# ---------------------------------------------------------------- project forms


def details(rows: str) -> list[tuple[str, str]]:
    document = make("项目绩效目标申报表\n\n" + rows)
    table = next(b.table for b in document.blocks if b.table is not None)
    return [(name, text) for name, text, _ in read_details(table)]


def test_boxes_before_and_behind_their_words() -> None:
    assert details("项目名称\t甲\n项目类型\t☑新增项目 ☐延续项目\n") == [("type", "新增项目")]
    assert details("项目名称\t甲\n资金用途\t基本建设□ 信息化√ 补贴□\n") == [("use", "信息化")]


def test_boxes_that_may_belong_to_either_word_are_left_open() -> None:
    row = "☐ 新增项目 ☐ 延续项目 ☑"
    assert details(f"项目名称\t甲\n项目类型\t{row}\n") == [("unclear", row)]


def test_basis_schedule_and_last_year() -> None:
    rows = (
        "项目名称\t水厂改造\n立项依据\t《南京市供水条例》\n开始时间\t2026-01-01\t结束时间\t2026-12-31\n"
        "同名项目上年预算额（元）\t120000\t同名项目上年预算执行数（元）\t无\n"
    )
    assert details(rows) == [
        ("basis", "《南京市供水条例》"),
        ("start", "2026-01-01"),
        ("end", "2026-12-31"),
        ("last budget", "120000"),
    ]


def test_a_form_is_named_by_its_title_where_it_has_no_name() -> None:
    text = (
        "安保服务项目绩效目标表\n\n资金情况（万元）\t资金总额：\t12.5\n一级指标\t二级指标\t三级指标\t目标值\n"
        "产出指标\t数量指标\t岗位数量\t≥3个\n"
    )
    document = make(text)
    assert [(p.label, p.amount) for p in find_projects(document, (), 2026, "budget")] == [
        ("安保服务", Decimal("125000.0"))
    ]


# ---------------------------------------------------------------- staff and assets


def counted(text: str, numbers: list[tuple[str, str]]) -> list[dict[str, str]]:
    """The dimensions of the numbers (stated, unit) in a text of one paragraph."""
    document = make(text)
    figures = []
    at = 0
    for stated, unit in numbers:
        at = text.index(stated, at)
        span = Span(at, at + len(stated))
        figures.append(
            Figure(span, stated, Decimal(stated), unit, 2026, "", "level", "staff", "x", block=0)  # type: ignore[arg-type]
        )
        at += len(stated)
    return [dict(f.dimensions) for f in describe_holdings(document, tuple(figures))]


def test_posts_people_and_the_retired() -> None:
    text = "本单位人员编制10人，其中行政编制4人、事业编制6人；实有9人，其中事业5人；离休1人，退休3人；编外人员2人。\n"
    kinds = [(p, "PERSON") for p in ("10", "4", "6", "9", "5", "1", "3", "2")]
    assert [(d.get("staff status"), d.get("staff type")) for d in counted(text, kinds)] == [
        ("编制", None), ("编制", "行政"), ("编制", "事业"), ("实有", None), ("实有", "事业"), ("离休", None),
        ("退休", None),
        ("编外", None),
    ]  # fmt: skip


def test_cars_and_machines_with_their_threshold() -> None:
    text = "共有车辆7辆，其中应急保障用车5辆；单价50万元以上通用设备3台。2026年计划购置车辆1辆。\n"
    found = counted(text, [("7", "VEHICLE"), ("5", "VEHICLE"), ("3", "ITEM"), ("1", "VEHICLE")])
    assert found[0] == {"asset": "车辆", "holding": "owned"}
    assert found[1]["asset kind"] == "应急保障用车"
    assert found[2] == {"asset": "设备", "asset kind": "通用设备", "threshold": "500000", "holding": "owned"}
    assert found[3]["holding"] == "planned"


def test_cars_that_were_bought_already_are_not_planned() -> None:
    (found,) = counted("公务用车购置费减少30万元，主要是2025年已完成4辆公务用车更新购置。\n", [("4", "VEHICLE")])
    assert found == {"asset": "车辆"}


# ---------------------------------------------------------------- duties answered to

WORK = (
    "2026年南京市水务局部门预算\n一、主要职能\n（一）负责水旱灾害防御，组织编制防汛预案。\n（二）负责教育培训和水利科普工作。\n"
    "（三）承办市委、市政府交办的其他任务。\n二、机构设置\n本局内设办公室、防汛处2个处室。\n"
    "三、项目支出情况\n（一）项目支出5万元，包括：\n1.防汛预案编制预算3万元，用于编制防汛预案。\n2.食堂燃气预算2万元，用于食堂。\n"
)


def test_projects_answer_to_the_duty_whose_words_they_share() -> None:
    document = make(WORK)
    meaning = read_meaning(document, identify(document))
    links = {(m.kind, m.label): document.text[m.duty.start : m.duty.start + 8] for m in meaning.mandates}
    assert links[("project", "防汛预案编制")] == "负责水旱灾害防御"
    assert ("project", "食堂燃气") not in links
    assert all(Decimal("0.3") <= m.strength <= 1 and (m.topics or m.words) for m in meaning.mandates)


# ---------------------------------------------------------------- what is absent


def absences(text: str) -> dict[str, tuple[str, bool]]:
    document = make(text)
    found = find_absences(document, "budget", (), (), (), ())
    return {a.label: (a.explanation, a.span is not None) for a in found}


def test_a_part_that_is_withheld_is_explained_by_its_words() -> None:
    text = "一、主要职责\n本部门按照保密审查机制确定此项内容为涉密内容，按规定不予公开。\n二、收支情况\n"
    assert absences(text)["duties"] == ("the source withholds this part", True)


def test_a_heading_that_names_two_parts_is_one_of_each() -> None:
    text = "一、部门主要职责及机构设置\n本部门按照保密审查机制确定此项内容为涉密内容，按规定不予公开。\n"
    assert absences(text)["duties"] == ("the source withholds this part", True)


def test_a_part_that_is_nowhere_is_said_to_be_nowhere() -> None:
    assert absences("2026年部门预算\n一、收支情况\n")["duties"] == ("the published file has no such part", False)


def test_a_part_that_is_there_and_was_not_read_is_not_explained_away() -> None:
    text = "一、主要职责\n贯彻国家方针政策，办好各项事务，管理全市水务，使人民满意并且高兴\n二、收支\n"
    assert "duties" not in absences(text)


# ---------------------------------------------------------------- points lost, citations, ports


def test_scores_and_grades_of_a_list_of_projects() -> None:
    text = "项目自评情况如下\n\n项目名称\t自评分数\t评价等级\n航标巡检\t96.5\t优\n灯塔修缮\t100\t\n合计\t98.25\t\n"
    found = [(a.label, a.maximum, a.score, a.grade) for a in find_assessments(make(text))]
    assert found == [("航标巡检", None, Decimal("96.5"), "优"), ("灯塔修缮", None, Decimal(100), "")]


def test_reason_of_lost_points() -> None:
    text = (
        "1. 人员超编\n该问题主要涉及扣分指标为“编外人员控制率”。\n实际编外人员16人，未达到要求。\n\n评分表\n\n"
        "一级指标\t二级指标\t三级指标\t分值\t得分\n管理\t人员\t编外人员控制率\t2\t0\n管理\t人员\t编制控制率\t2\t2\n"
    )
    found = {a.label: (a.maximum, a.score, a.loss_reason) for a in find_assessments(make(text))}
    assert found["编外人员控制率"] == (Decimal(2), Decimal(0), "实际编外人员16人，未达到要求。")
    assert found["编制控制率"] == (Decimal(2), Decimal(2), "")


def test_an_instrument_has_one_key_however_it_is_written_and_an_own_rule_its_office() -> None:
    one = find_citations(make("依据《中华人民共和国预算法》和《财务管理制度》。\n"), "甲局")
    other = find_citations(make("按照《预算法》及《财务管理制度（试行）》办理，《预算法》优先。\n"), "乙局")
    assert one[0].key == other[0].key
    assert len(other[0].mentions) == 2
    assert one[1].key != other[1].key


def test_names_of_one_port_are_told_as_variants() -> None:
    text = "广深港高铁西九龙站口岸开放。西九龙站口岸通关。建好皇岗口岸，新皇岗口岸重建，推广单一窗口。\n"
    found = {p.label: (p.kind, p.variant_of) for p in find_ports(make(text))}
    assert found["单一窗口"] == ("platform", "")
    assert {found["西九龙站口岸"][1], found["广深港高铁西九龙站口岸"][1]} - {""} != set()


# ---------------------------------------------------------------- bad input


def test_numbering_that_leaves_one_out() -> None:
    text = "一、主要职责\n1.管水。\n2.管河。\n4.管湖。\n5.承办其他事项。\n二、机构设置\n"
    assert [(d.number, d.label) for d in find_duties(make(text))] == [
        ("1", "管水。"), ("2", "管河。"), ("4", "管湖。"), ("5", "承办其他事项。"),
    ]  # fmt: skip


def test_latin_words_dropped_in_do_not_break_a_duty() -> None:
    text = "一、主要职责\n（一）贯彻全会精神 and “1+10+10”全年工作部署。\n（二）管理 GIS to 平台。\n二、其他\n"
    assert [d.label for d in find_duties(make(text))] == [
        "贯彻全会精神 and “1+10+10”全年工作部署。", "管理 GIS to 平台。",
    ]  # fmt: skip


def test_half_width_brackets_for_full_width_ones() -> None:
    found = find_citations(make("根据《某办法》(某财[2021]12号)和某办发(2020)3号文件。\n"))
    assert [(c.label, c.number) for c in found] == [
        ("某办法", "某财[2021]12号"),
        ("某办发(2020)3号", "某办发(2020)3号"),
    ]


def test_one_sentence_is_a_duty_where_it_is_all_that_is_said() -> None:
    text = "一、主要职能\n市数据局负责贯彻落实关于数据和政务服务管理工作的方针政策。\n二、机构设置\n"
    assert [d.label for d in find_duties(make(text))] == ["市数据局负责贯彻落实关于数据和政务服务管理工作的方针政策。"]


# ---------------------------------------------------------------- the pipeline


def test_components_mark_spans_and_can_be_switched_off() -> None:
    text = "依据某财〔2021〕12号推进教育培训"
    assert [e.text for e in mark(text, "entity_ruler").ents] == ["〔2021〕12号"]
    assert {label for label, _, _ in spans(text, "gongkai_topics")} >= {"training"}
    with without("entity_ruler"):
        assert not mark(text, "entity_ruler").ents
    assert mark(text, "entity_ruler").ents


def test_definitions_carry_places_that_cut_the_term_out() -> None:
    text = "三、名词解释\n（一）基本支出：是指人员支出。\n"
    (definition,) = find_definitions(make(text))
    assert text[definition.span.start : definition.span.end] == "基本支出"
    assert Passage.cut(text, *[definition.text_span.start, definition.text_span.end]).text == "是指人员支出。"


def test_duties_in_the_style_of_their_heading_behind_an_introduction() -> None:
    text = (
        "一、部门概况\n（一）主要职责\n南京市水务局加强党对水务工作的领导。主要职责是：\n（一）负责全市供水管理。\n"
        "（二）负责全市排水管理。\n（三）负责全市节水管理。\n（二）机构设置\n设办公室、水政处。\n"
    )
    assert [d.number for d in find_duties(make(text))] == ["（一）", "（二）", "（三）"]


@pytest.mark.parametrize("rooms", ["32个机关行政科室", "12个机关行政处（科、股）室"])
def test_a_number_of_divisions_is_no_absence(rooms: str) -> None:
    document = make(f"二、预算单位构成\n从预算单位构成看，南京市水务局包括{rooms}及0个下属单位。\n")
    assert "divisions" not in {a.label for a in find_absences(document, "budget", (), (), (), ())}


def test_withheld_divisions_are_not_told_to_be_no_part_of_the_file() -> None:
    document = make("一、部门主要职责及机构设置\n本部门按照保密审查机制确定此项内容为涉密内容，按规定不予公开。\n")
    (absence,) = [a for a in find_absences(document, "budget", (), (), (1,), ()) if a.label == "divisions"]
    assert absence.explanation == "the source withholds this part"


@pytest.mark.parametrize(
    ("sentence", "former"),
    [
        ("将太原市旅游局更名为太原市文化和旅游局。", "太原市旅游局"),
        ("将乐县旅游局更名为将乐县文化和旅游局。", "将乐县旅游局"),
    ],
)
def test_places_whose_names_hold_words_that_lead_to_a_body(sentence: str, former: str) -> None:
    [event] = find_events(make("一、单位概况\n" + sentence + "\n"))
    assert event.former == former


@pytest.mark.parametrize(
    ("label", "outcome", "again"),
    [
        ("预期目标", "目标实际完成情况", ""),
        ("年初设定目标", "年度总体目标完成情况综述", "年度总体目标"),
        ("预期目标", "实际完成情况", "年度总体目标"),
    ],
)
def test_the_goal_of_a_self_evaluation_stands_under_its_head_and_the_outcome_is_none(
    label: str, outcome: str, again: str
) -> None:
    text = (
        f"项目支出绩效自评表\n\n项目名称\t水厂改造\n年度总体目标\t{label}\t{outcome}\n"
        f"{again}\t完成3座水厂改造，水质达标。\t完成2座水厂改造，一座停工。\n一级指标\t二级指标\t三级指标\t年度指标值\n"
    )
    goals = find_goals(make(text), 2024)
    assert [(g.label, g.project) for g in goals] == [("完成3座水厂改造，水质达标。", "水厂改造")]


@pytest.mark.parametrize("title", ["政策和项目预算绩效目标表", "重点项目支出绩效目标表", "转移支付资金绩效目标表"])
def test_a_title_that_speaks_of_projects_as_such_names_none(title: str) -> None:
    text = (
        f"{title}\n\n绩效指标\t效益指标\t可持续影响指标\t保障情况\t100%\n绩效指标\t满意度指标\t满意度\t满意度\t≥95%\n"
    )
    (block,) = (b for b in make_blocks(text) if b.table is not None)
    assert block.table is not None
    assert form_project(block.table) is None


def test_a_form_of_a_special_fund_is_of_what_its_field_names() -> None:
    text = (
        "专项资金绩效目标表\n\n专项资金名称\t渔民补助资金\n主管部门\t乙市水务局\n年度预算资金（万元）\t2149.09\n"
        "一级指标\t二级指标\t三级指标\t指标值\n产出指标\t数量指标\t补助人数\t≥50人\n"
    )
    (project,) = find_projects(make(text), (), 2024, "budget")
    assert (project.label, project.amount) == ("渔民补助资金", Decimal("21490900.00"))
