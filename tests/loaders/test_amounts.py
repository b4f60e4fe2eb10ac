"""Figures in running text, in the phrasing of official documents: value, unit, year, phase, aspect, code, item."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.documents import Passage
from loaders.facts import DocumentKind, Figure, NumberToken
from loaders.prose.amounts import Setting, read_amounts
from loaders.words.numbers import tokenise
from loaders.words.units import WORDS


def read(
    text: str, kind: DocumentKind = "budget", year: int | None = 2023, section: str = ""
) -> tuple[list[Figure], list[NumberToken]]:
    """Figures and ledger rows of one passage; both cut their characters out of it, and the rows hold every token."""
    figures, rows = read_amounts(Passage.cut(text, 0, len(text)), Setting(kind, year, "某市口岸办", section))
    assert all(text[f.span.start : f.span.end] == f.stated for f in figures)
    assert [r.span for r in rows] == [t.span for t in tokenise(text)]
    assert {f.span for f in figures} == {r.span for r in rows if r.kind == "figure"}
    return figures, rows


def one(text: str, kind: DocumentKind = "budget", year: int | None = 2023, section: str = "") -> Figure:
    figures, _ = read(text, kind, year, section)
    assert len(figures) == 1, [f.stated for f in figures]
    return figures[0]


def values(text: str, kind: DocumentKind = "budget", year: int | None = 2023) -> list[tuple[str, str]]:
    return [(f"{f.value:f}", f.unit) for f in read(text, kind, year)[0]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023年部门预算收入58,227万元。", [("582270000", "CNY")]),
        ("安排41, 338元。", [("41338", "CNY")]),
        ("总额194829,473元", [("194829473", "CNY")]),
        ("投资1.5亿元", [("150000000", "CNY")]),
        ("支出０.５万元", [("5000", "CNY")]),
        pytest.param(
            "约1.2e4万元",
            [("120000000", "CNY")],
        ),
        ("支出0万元，占0%", [("0", "CNY"), ("0", "PERCENT")]),
        ("预算为0万；", [("0", "CNY")]),
        ("税率调整为5‰", [("0.5", "PERCENT")]),
        ("比上年提高2.5个百分点", [("2.5", "PERCENT")]),
        ("编制人数25人，实有在职人员25人，退休人员7人。", [("25", "PERSON"), ("25", "PERSON"), ("7", "PERSON")]),
        ("实有车辆 2 辆", [("2", "VEHICLE")]),
        ("吞吐量达到120.16万标箱", [("1201600", "TEU")]),
        ("接待3批次、42人次", [("3", "TIMES"), ("42", "PERSON")]),
        ("办理时限不超过5个工作日", [("5", "DAY")]),
        ("全年加班114天", [("114", "DAY")]),
        ("新增办公面积1,200平方米", [("1200", "OTHER")]),
        ("出国团组2个、6人", [("2", "ITEM"), ("6", "PERSON")]),
        ("会议3-5次", [("3", "TIMES"), ("5", "TIMES")]),
        ("涉及3、5个项目", [("3", "ITEM"), ("5", "ITEM")]),
        pytest.param(
            "涉及3、4、5个项目",
            [("3", "ITEM"), ("4", "ITEM"), ("5", "ITEM")],
        ),
        pytest.param(
            "公用经费预算5千元",
            [("5000", "CNY")],
        ),
        ("采购金额为12345.67。", [("12345.67", "")]),  # no unit stands anywhere: it is open
        ("预算1000万元，采购金额为12345.67。", [("10000000", "CNY"), ("123456700", "CNY")]),
        ("收入总计1亿2000万元", [("120000000", "CNY")]),
        ("支出总计1亿1,950万元", [("119500000", "CNY")]),
        ("项目支出3亿2千万元", [("320000000", "CNY")]),
        ("公务接待费3万5千元", [("35000", "CNY")]),
        ("会议费2万3500元", [("23500", "CNY")]),
        ("债券2亿零300万元", [("203000000", "CNY")]),
        ("债券1.2万亿元", [("1200000000000", "CNY")]),
        ("经费3百万元", [("3000000", "CNY")]),
        ("全年投资40亿用于建设，其中资金1.2亿。", [("4000000000", "CNY"), ("120000000", "CNY")]),
        ("投资30亿-40亿元", [("3000000000", "CNY"), ("4000000000", "CNY")]),
        ("服务群众12万。", [("120000", "OTHER")]),  # no word speaks of money
        ("服务群众1万2千人次", [("12000", "PERSON")]),
        ("預算收入14,770.62萬元", [("147706200", "CNY")]),
        ("预算数 14,770.62 万 元，其中", [("147706200", "CNY")]),
    ],
)
def test_values_and_units(text: str, expected: list[tuple[str, str]]) -> None:
    found = [(Decimal(v), u) for v, u in values(text)]
    assert found == [(Decimal(v), u) for v, u in expected]


def test_a_bare_amount_takes_the_unit_of_its_table() -> None:
    text = "预算数为58,227。"
    setting = Setting("budget", 2023, money=WORDS["万元"])
    figures, _ = read_amounts(Passage.cut(text, 0, len(text)), setting)
    assert [f.value for f in figures] == [Decimal(582_270_000)]


def test_what_is_stated_and_how_precisely() -> None:
    figure = one("2023年收入886.82万元")
    assert (figure.stated, figure.stated_unit) == ("886.82", "万元")
    assert figure.value == Decimal("8868200")
    assert figure.precision == Decimal(50)  # half of 0.01 万元


def test_level_change_growth_and_share_are_told_apart() -> None:
    text = "2023年收入合计886.82万元，比2022年增加7,027万元，增长13.72%，其中财政拨款收入791.59万元，占89.26%。"
    figures, rows = read(text)
    assert [(f.aspect, f.direction, f.fiscal_year) for f in figures] == [
        ("level", "", 2023), ("change", "up", 2023), ("growth", "up", 2023), ("level", "", 2023), ("share", "", 2023),
    ]  # fmt: skip
    assert [r.kind for r in rows] == ["date", "figure", "date", "figure", "figure", "figure", "figure"]


@pytest.mark.parametrize(
    ("text", "aspect", "direction"),
    [
        ("比上年减少367.99万元", "change", "down"),
        ("与上年相比，下降27.93%", "growth", "down"),
        ("较去年增长3.08%", "growth", "up"),
        ("同比增长3.08%", "growth", "up"),
        ("压减一般性支出20万元", "level", ""),
        ("经费压减20万元", "change", "down"),
        ("增加到300万元", "level", ""),
        ("由200万元调整为300万元", "level", ""),
        ("增幅为5.5%", "growth", "up"),
        ("占总支出的51.55%", "share", ""),
        ("占比48.45%", "share", ""),
    ],
)
def test_aspects(text: str, aspect: str, direction: str) -> None:
    figures, _ = read(text)
    assert (figures[-1].aspect, figures[-1].direction) == (aspect, direction)


def test_a_negative_growth_is_no_growth() -> None:
    figure = one("收入比上年增长-5.3%")
    assert (figure.stated, figure.direction) == ("-5.3", "down")


def test_a_printed_minus_stays() -> None:
    figure = one("结余为 -42.07万元")
    assert figure.value == Decimal(-420_700)


@pytest.mark.parametrize(
    ("text", "kind", "phase"),
    [
        ("收入预算58,227万元", "budget", "budget"),
        ("年初预算为100万元", "accounts", "budget"),
        ("支出决算为90万元", "accounts", "final"),
        ("年初预算100万元", "evaluation", "budget"),
        ("调整预算为120万元", "accounts", "adjusted"),
        ("全年预算数64,689.48万元", "evaluation", "adjusted"),
        ("实际支出60,000万元", "evaluation", "final"),
        ("支出合计921.87万元", "accounts", "final"),
        ("支出合计921.87万元", "budget", "budget"),
        ("完成年初预算的94.29%", "accounts", "result"),
        ("预算执行率达到95%", "budget", "target"),
        ("旅客满意度≥90%", "budget", "target"),
        ("行政编制49人", "budget", ""),
    ],
)
def test_phases(text: str, kind: DocumentKind, phase: str) -> None:
    assert one(text, kind).phase == phase


def test_budget_and_account_in_one_sentence() -> None:
    text = "年初预算为7.05万元，支出决算为6.43万元，完成年初预算的91.21%，决算数小于年初预算数的主要原因是厉行节约。"
    figures, _ = read(text, "accounts")
    assert [(f.phase, f.unit) for f in figures] == [("budget", "CNY"), ("final", "CNY"), ("result", "PERCENT")]


@pytest.mark.parametrize(
    ("text", "comparator"),
    [
        ("满意度≥90%", "≥"),
        ("执行率≤100%", "≤"),
        ("办结率＞98%", ">"),
        ("不低于95%", "≥"),
        ("不超过3天", "≤"),
        ("控制在5%", "≤"),
        ("办结率大于98%", ">"),
        ("达到98%", ""),
    ],
)
def test_comparators(text: str, comparator: str) -> None:
    assert one(text).comparator == comparator


@pytest.mark.parametrize(
    ("text", "code", "kind"),
    [
        ("1.行政运行（2010301）1,327.07万元", "2010301", "function"),
        ("一般公共服务支出（201）20.5万元", "201", "function"),
        ("[2080505]机关事业单位基本养老保险缴费支出116.01万元", "2080505", "function"),
        ("2010301-行政运行1,327.07万元", "2010301", "function"),
        ("20103政府办公厅（室）及相关机构事务100万元", "20103", "function"),
        ("30201办公费12万元", "30201", "economic"),
        ("201（类）03（款）01（项）1,327.07万元", "2010301", "function"),
        ("一般公共服务支出（类）行政运行（项）100万元", "", "item"),
    ],
)
def test_printed_codes(text: str, code: str, kind: str) -> None:
    figure = one(text)
    assert (figure.subject_code, figure.subject_kind) == (code, kind)


def test_a_code_governs_its_sentence_only() -> None:
    figures, _ = read("行政运行（2010301）100万元，比上年增加5万元。公用经费20万元。")
    assert [f.subject_code for f in figures] == ["2010301", "2010301", ""]


@pytest.mark.parametrize(
    ("text", "label", "kind"),
    [
        ("其中：财政拨款收入791.59万元", "财政拨款收入", "item"),
        ("1.人员经费320万元", "人员经费", "item"),
        ("（2）公务接待费预算为3万元", "公务接待费", "item"),
        ("实有在编人数46人", "实有在编人数", "staff"),
        ("公务用车2辆", "公务用车", "asset"),
        pytest.param(
            "实有车辆2辆",
            "实有车辆",
            "asset",
        ),
    ],
)
def test_items(text: str, label: str, kind: str) -> None:
    figure = one(text)
    assert (figure.subject_label, figure.subject_kind) == (label, kind)


def test_a_change_has_the_item_of_its_sentence() -> None:
    figures, _ = read("公务接待费3万元，比上年减少0.5万元，下降14.29%。")
    assert {f.subject_label for f in figures} == {"公务接待费"}


@pytest.mark.parametrize(
    ("text", "aspect"), [("评价得分92.5分", "score"), ("该项满分10分", "maximum"), ("总分为100分", "maximum")]
)
def test_scores(text: str, aspect: str) -> None:
    figure = one(text, "evaluation")
    assert (figure.unit, figure.aspect) == ("SCORE", aspect)


@pytest.mark.parametrize(
    "text",
    [
        "达到95%以上的，得2分；未达到的不得分。",
        "每低1个百分点扣0.5分，扣完为止。",
        "预算执行率=100%的，得满分。",
    ],
)
def test_numbers_of_scoring_rules_are_criteria(text: str) -> None:
    figures, rows = read(text, "evaluation")
    assert figures == []
    assert {r.kind for r in rows} == {"criterion"}


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("单价50万元以上通用设备0台（套）", ["criterion", "figure"]),
        ("实施“5+2”工作制，安排100万元", ["name", "name", "figure"]),
        ("根据深财绩〔2021〕1号文件", ["reference", "reference"]),
        ("联系电话：0755-83758561", ["contact", "contact"]),
        ("一串17无单位的数字", ["unaccounted"]),
    ],
)
def test_the_ledger_of_a_passage(text: str, kinds: list[str]) -> None:
    assert [r.kind for r in read(text)[1]] == kinds


def test_a_year_behind_its_list_number_is_a_date() -> None:
    figures, rows = read("1.2023年部门预算收入5万元。")
    assert [(r.stated, r.kind) for r in rows] == [("1", "ordinal"), ("2023", "date"), ("5", "figure")]
    assert [f.stated for f in figures] == ["5"]


def test_offsets_are_those_of_the_document_where_a_line_breaks_a_sentence() -> None:
    text = "……\n收入58,2\n27万元"
    passage = Passage.join([Passage.cut(text, 3, 9), Passage.cut(text, 10, len(text))])
    figures, _ = read_amounts(passage, Setting("budget", 2023))
    assert [(f.span.start, f.span.end, f.value) for f in figures] == [(5, 12, Decimal(582_270_000))]


def test_without_kind_and_year_the_figure_says_so() -> None:
    figure = one("收入58,227万元", "unknown", None)
    assert (figure.fiscal_year, figure.phase) == (None, "")


@given(
    st.text(alphabet="0123456789年月日号第（）〔〕[]%万元人、，。-+“”表小时增加减少占预算决算为其中：≥\n", max_size=80)
)
def test_any_passage_has_a_row_for_every_token(text: str) -> None:
    read(text)


@given(st.integers(0, 10**9), st.sampled_from(["元", "万元", "亿元", "千元"]), st.integers(0, 2), st.booleans())
def test_any_amount_is_read_back(digits: int, unit: str, places: int, separated: bool) -> None:
    value = Decimal(digits).scaleb(-places)
    stated = f"{value:,.{places}f}" if separated else f"{value:.{places}f}"
    figure = one(f"公用经费{stated}{unit}。")
    assert figure.stated == stated
    assert figure.value == value * WORDS[unit].factor
    assert figure.unit == "CNY"


def test_an_amount_without_its_unit_takes_that_of_the_amounts_before_it() -> None:
    text = "国有资本经营预算收入495,836.20万元比2025年初预算数56,831.85增加较多，主要原因是批复率提高。"
    found, rows = read_amounts(Passage.cut(text, 0, len(text)), Setting(kind="budget", fiscal_year=2026))
    assert [(f.stated, f.value, f.unit) for f in found] == [
        ("495,836.20", Decimal("4958362000"), "CNY"),
        ("56,831.85", Decimal("568318500"), "CNY"),
    ]
    assert "unaccounted" not in {row.kind for row in rows}


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("公务接待费较2022年预算增加40000.00元。", "公务接待费"),
        ("由于上年未安排，所以公务接待费较2022年预算增加3万元。", "公务接待费"),
        ("差旅费比2022年预算增加20%。", "差旅费"),
    ],
)
def test_words_of_comparison_are_no_part_of_the_item(text: str, label: str) -> None:
    assert one(text).subject_label == label


@pytest.mark.parametrize(
    ("text", "kind", "phase"),
    [
        # 收支总预算 heads every budget; only a 总预算 by itself is that of the whole year, adjusted
        ("某局2026年收支总预算404,415.23万元。", "budget", "budget"),
        ("2026年财政拨款收支总预算100万元。", "budget", "budget"),
        ("2026年支出总预算100万元。", "budget", "budget"),
        ("全年总预算为100万元。", "accounts", "adjusted"),
    ],
)
def test_the_total_budget(text: str, kind: DocumentKind, phase: str) -> None:
    assert one(text, kind, 2026).phase == phase


LETTERSPACED = "2026 年 年 初 预 算 数 14 , 770. 62 万 元 , 其 中 : 社会保障和就业支出120.17万元。"


def test_a_letter_spaced_number_is_one_number_with_its_blanks() -> None:
    figures, rows = read_amounts(Passage.cut(LETTERSPACED, 0, len(LETTERSPACED)), Setting("budget", 2026))
    assert [(f.stated, f.value, f.unit, f.subject_label) for f in figures] == [
        ("14 , 770. 62", Decimal(147_706_200), "CNY", ""),
        ("120.17", Decimal(1_201_700), "CNY", "社会保障和就业支出"),
    ]
    assert all(LETTERSPACED[f.span.start : f.span.end] == f.stated for f in figures)
    assert [r.stated for r in rows] == ["2026", "14 , 770. 62", "120.17"]


def test_numbers_side_by_side_in_a_letter_spaced_line_stay_apart() -> None:
    text = "表 1 2023 年 部 门 预 算 收 入 4 5 万 元"
    figures, rows = read_amounts(Passage.cut(text, 0, len(text)), Setting("budget", 2023))
    assert [r.stated for r in rows] == ["1", "2023", "4", "5"]
    assert Decimal(450_000) not in {f.value for f in figures}


def test_an_amount_is_no_code_of_the_items_behind_it() -> None:
    figures, _ = read("其中:公共安全支出20976万元,教育支出25.82万元；20501教育管理事务300元。")
    assert [(f.stated, f.subject_code) for f in figures] == [("20976", ""), ("25.82", ""), ("300", "20501")]


def test_an_item_that_begins_like_a_count_keeps_its_code() -> None:
    figures, rows = read("20101人大事务支出300元；30101个人补助200元")
    assert [(f.stated, f.subject_code) for f in figures] == [("300", "20101"), ("200", "30101")]
    assert [r.kind for r in rows] == ["code", "figure", "code", "figure"]


def test_an_open_unit_is_told_in_the_ledger() -> None:
    figures, rows = read("采购金额为12345.67。")
    assert (figures[0].unit, figures[0].stated_unit) == ("", "")
    assert rows[0].kind == "figure"
    assert "unit is open" in rows[0].reason


@pytest.mark.parametrize(
    ("text", "value", "unit", "label"),
    [
        ("实施农村供水项目，惠及500万农村居民。", "5000000", "PERSON", "农村居民"),
        ("活动惠及30万群众。", "300000", "PERSON", "群众"),
        ("全年完成48.60万科次公务员考试。", "486000.00", "TIMES", "公务员考试"),
        ("350兆警用集群机房租赁费617.00万元。", "6170000.00", "CNY", "350兆警用集群机房租赁费"),
    ],
)
def test_people_and_things_behind_a_scale(text: str, value: str, unit: str, label: str) -> None:
    figure = one(text)
    assert (figure.value, figure.unit, figure.subject_label) == (Decimal(value), unit, label)


def test_money_for_people_counts_nobody() -> None:
    assert "PERSON" not in {f.unit for f in read("安排500万居民补助资金。")[0]}


def test_the_parts_of_a_whole_are_not_those_of_what_it_is_compared_with() -> None:
    text = (
        "2019年度财政拨款支出合计1668.14万元。其中：一般公共预算财政拨款支出1650.14万元，比年初预算数增加1650.14万元，"
        "主要是因为我局去年预算数为0；政府性基金预算财政拨款支出18万元，比年初预算数增加17万元。"
    )
    phases = {f.stated: f.phase for f in read(text, "accounts", 2019)[0]}
    assert phases == {"1668.14": "final", "1650.14": "final", "0": "budget", "18": "final", "17": "final"}


def test_what_explains_a_word_is_no_plan_of_the_office() -> None:
    text = "住房补贴：指按照规定发放的补贴，缴存比例不低于5%，不高于12%，人均月补贴90元。"
    phases = {f.stated: f.phase for f in read(text, section="第四部分 名词解释")[0]}
    assert phases == {"5": "", "12": "", "90": ""}
    assert {f.phase for f in read(text, section="三、情况说明")[0]} == {"target", "budget"}
    # goals of forms that follow that part without a heading of their own
    (goal,) = read("目标1：完成3座渔港修缮。", section="第四部分 名词解释")[0]
    assert goal.phase == "target"


def test_a_name_behind_a_code_names_the_number_of_the_next_clause() -> None:
    text = "其他方面的支出规模较大，主要是2014099其他信访事务支出，2026年预算数为36.98万元，占部门支出总额的22.00%。"
    assert [(f.subject_code, f.subject_label) for f in read(text, "budget", 2026)[0]] == [
        ("2014099", "其他信访事务支出"),
        ("2014099", "其他信访事务支出"),
    ]


def test_what_is_counted_stands_behind_the_clause_that_describes_it() -> None:
    text = "打造1-2套展现渔港变化的视频资料，举办3场反映渔港历史的摄影展，培训20-30名从事渔业的船员，修缮4座渔港。"
    assert [(f.stated, f.subject_label) for f in read(text)[0]] == [
        ("1", "视频资料"),
        ("2", "视频资料"),
        ("3", "摄影展"),
        ("20", "船员"),
        ("30", "船员"),
        ("4", "渔港"),
    ]


@pytest.mark.parametrize("blank", ["", " "])
def test_blanks_around_numbers_change_nothing(blank: str) -> None:
    text = "财政拨款300万元，比_2022_年执行数减少_20万元；预算数为_0，因此增长_0%。".replace("_", blank)
    figures, rows = read(text)
    assert [(f.stated, f.fiscal_year, f.phase, f.aspect, f.direction) for f in figures] == [
        ("300", 2023, "budget", "level", ""),
        ("20", 2023, "budget", "change", "down"),
        ("0", 2023, "budget", "level", ""),
        ("0", 2023, "", "growth", "unchanged"),
    ]
    assert [r.kind for r in rows if r.stated == "0"] == ["figure", "figure"]


def test_a_number_of_a_list_is_still_none() -> None:
    assert [r.kind for r in read("要求： 1，按时完成； 2，公开透明。")[1]] == ["ordinal", "ordinal"]


def test_a_budget_told_in_a_reason_that_ended_is_not_what_follows() -> None:
    text = (
        "全年支出合计80万元。其中：一般公共预算财政拨款支出80万元，比年初预算数增加80万元，主要是因为去年预算数为0，"
        "无增长率；政府性基金预算财政拨款支出5万元，比年初预算数增加5万元。"
    )
    assert [(f.stated, f.phase, f.aspect) for f in read(text, "accounts")[0]] == [
        ("80", "final", "level"),
        ("80", "final", "level"),
        ("80", "final", "change"),
        ("0", "budget", "level"),
        ("5", "final", "level"),
        ("5", "final", "change"),
    ]
