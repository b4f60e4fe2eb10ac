"""What numbers of sentences are of, in the manners in which offices put it; all wordings and values made up."""

from __future__ import annotations

from decimal import Decimal

import pytest

from loaders.documents import Passage
from loaders.facts import DocumentKind, Figure
from loaders.prose.amounts import Setting, read_amounts
from loaders.prose.labels import name_heading, name_item


def read(
    text: str, kind: DocumentKind = "budget", year: int = 2031, section: str = "", label: str = ""
) -> list[Figure]:
    setting = Setting(kind, year, "海宁山市渔业局", section, label=label)
    return read_amounts(Passage.cut(text, 0, len(text)), setting)[0]


def labels(text: str, kind: DocumentKind = "budget", section: str = "", label: str = "") -> list[tuple[str, str]]:
    return [(f.stated, f.subject_label) for f in read(text, kind, section=section, label=label)]


# -- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clause", "item"),
    [
        ("2031年安排公务接待费预算数为", "公务接待费"),
        ("海宁山市渔业局2031年收支总预算", "收支总预算"),
        ("渔港维护经费2031年预算数", "渔港维护经费"),
        ("编报绩效目标的2031年度项目", "编报绩效目标的项目"),
        ("其中：主要负责人用车", "主要负责人用车"),
        ("上年结转结余", "上年结转结余"),
        ("本年收入合计", "本年收入合计"),
        ("（三）因公出国（境）费用支出", "因公出国（境）费用"),
        ("机关事业单位职业年金缴费支出", "机关事业单位职业年金缴费支出"),
        ("公务用车运行费支出决算为", "公务用车运行费"),
        ("机关运行经费财政拨款预算", "机关运行经费"),
        ("一般公共预算财政拨款安排的三公经费预算共", "“三公”经费"),
        ("财政拨款“三公经费”支出决算", "“三公”经费"),
        ("一般公共预算财政拨款支出决算为", "一般公共预算财政拨款支出"),
        ("农林水支出（类）渔业（款）渔政管理（项）支出", "渔政管理"),
        ("农林水（类）支出", "农林水支出"),
        ("“农林水支出”（类）“渔业”（款）2031年预算", "渔业"),
        ("2130125-渔业发展", "渔业发展"),
        ("2296003-用于体育事业的彩票公益金支出", "用于体育事业的彩票公益金支出"),
        ("1.国家赔偿费用支出（2019901）", "国家赔偿费用支出"),
        ("2031年拟新增配置公务用车", "公务用车"),
        ("主要是渔船检验费比上年增加", "渔船检验费"),
        ("渔船检验费较2030年渔政经费年初预算减少", "渔船检验费"),
        ("单价80万元（含）以上设备", "单价80万元（含）以上设备"),
        ("通过举办渔民技能培训", "渔民技能培训"),
        ("等4家行政单位以及2家事业单位的机关运行经费", "机关运行经费"),
        ("政府采购预算总额", "政府采购"),
        ("鱼苗放流数量的指标值为", "鱼苗放流数量"),
        ("收入预算情况说明（详见表2）2031年政府性基金预算收入", "政府性基金预算收入"),
        ("（以下简称“市渔业中心”）实施项目共", "实施项目"),
        ("经比较2031年度镇本级“三公”经费", "“三公”经费"),
        ("（1）土地、房屋及构筑物", "土地、房屋及构筑物"),
        ("纳入编制的在职人员应为", "纳入编制的在职人员"),
        ("上年实户资金余额", "上年实户资金余额"),
    ],
)
def test_the_item_of_a_clause(clause: str, item: str) -> None:
    assert name_item(clause).label == item


@pytest.mark.parametrize(
    "clause",
    [
        "年初预算数为", "预算数", "支出决算数比年初预算数增加", "比上年执行数减少", "较2030年年初预算增加",
        "全年预算数", "执行数", "完成年初预算的", "其中", "，", "合计", "涉及预算金额", "与上年相比，减少",
        "同比增长", "增幅为", "海宁山市渔业局2031年预算", "得分",
    ],
)  # fmt: skip
def test_words_of_phase_and_measure_are_no_item(clause: str) -> None:
    name = name_item(clause, share=clause.startswith("完成"))
    assert not name or name.weak


@pytest.mark.parametrize(
    ("heading", "item"),
    [
        ("四、财政拨款“三公”经费预算情况说明", "“三公”经费"),
        ("（二）公务接待费。", "公务接待费"),
        ("3.渔港疏浚项目绩效自评综述：", "渔港疏浚项目"),
        ("六、一般公共预算财政拨款支出决算情况说明", "一般公共预算财政拨款支出"),
        ("第二部分 2031年部门预算情况说明", ""),
        ("五、其他重要事项的情况说明", ""),
        ("（一）绩效管理工作开展情况", ""),
    ],
)
def test_the_item_of_a_heading(heading: str, item: str) -> None:
    assert name_heading(heading).label == item


# -- governors -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["。", "，", "：", "", "。主要用于：海上巡查的燃油与维修。", "。\n", "\n"])
@pytest.mark.parametrize("opening", ["1.", "（1）", "12、", ""])
def test_an_item_of_the_classification_governs_what_follows(opening: str, mark: str) -> None:
    item = f"{opening}农林水支出（类）渔业（款）渔政管理（项）{mark}"
    text = f"{item}年初预算为71.2万元，支出决算为68.3万元，完成年初预算的95.93%。"
    assert [f.subject_label for f in read(text, "accounts")] == ["渔政管理"] * 3
    assert [f.phase for f in read(text, "accounts")] == ["budget", "final", "result"]


def test_an_item_governs_sentences_behind_its_purposes() -> None:
    text = "渔业（款）渔政管理（项）支出50万元，主要用于巡查。比上年执行数增加4万元，增长8.70%，主要是油价上涨。"
    figures = read(text)
    assert [f.subject_label for f in figures] == ["渔政管理"] * 3
    assert [(f.phase, f.aspect, f.direction) for f in figures] == [
        ("budget", "level", ""), ("budget", "change", "up"), ("", "growth", "up"),
    ]  # fmt: skip


@pytest.mark.parametrize("mark", ["。", "：", "。\n"])
def test_a_heading_in_a_paragraph_governs_it(mark: str) -> None:
    text = f"（二）公务接待费{mark}2031年预算数6.4万元，比2030年预算数增加1.4万元。"
    assert {label for _, label in labels(text)} == {"公务接待费"}


def test_the_heading_above_names_what_nothing_nearer_names() -> None:
    section = "三、“三公”经费支出情况/（一）因公出国（境）经费"
    assert labels("2031年预算安排9.5万元，比上年减少0.5万元。", section=section) == [
        ("9.5", "因公出国（境）经费"), ("0.5", "因公出国（境）经费"),
    ]  # fmt: skip


def test_what_governs_from_outside_is_asked_before_the_heading() -> None:
    assert labels("年初预算为3万元。", "accounts", "一、支出决算情况", "渔政管理") == [("3", "渔政管理")]


def test_figures_of_a_project_are_of_it() -> None:
    text = "2.渔港疏浚项目绩效自评综述：全年预算数90万元，执行数81万元，预算执行率90%。渔民满意度为97.2%。"
    assert [(f.stated, f.subject_label, f.phase) for f in read(text, "accounts")] == [
        ("90", "渔港疏浚项目", "adjusted"), ("81", "渔港疏浚项目", "final"), ("90", "渔港疏浚项目", "result"),
        ("97.2", "渔港疏浚项目渔民满意度", "result"),
    ]  # fmt: skip


def test_parts_of_a_fund_are_of_that_fund() -> None:
    text = "2031年度财政拨款收入0万元；支出0万元，其中：基本支出0万元。"
    found = [label for _, label in labels(text, "accounts", "九、政府性基金预算财政拨款支出决算情况")]
    assert found[1:] == ["政府性基金预算财政拨款支出", "政府性基金预算基本支出"]


# -- sentences -------------------------------------------------------------------------------------------------------


def test_a_bracket_is_a_scope() -> None:
    inside = "公务用车购置费20万元，比上年增加20万元；公务用车运行费13万元，比上年减少2万元。"
    text = f"公务用车购置及运行费33万元（{inside}）比上年增加18万元，增长120%。"
    assert [label for _, label in labels(text)] == [
        "公务用车购置及运行费", "公务用车购置费", "公务用车购置费", "公务用车运行费", "公务用车运行费",
        "公务用车购置及运行费", "公务用车购置及运行费",
    ]  # fmt: skip


@pytest.mark.parametrize(("opening", "closing"), ["（）", "()"])
def test_counts_of_receptions(opening: str, closing: str) -> None:
    text = f"全年国内公务接待共22批次{opening}其中外事接待1批次{closing},176人次{opening}其中外事接待4人次{closing}。"
    assert labels(text, "accounts") == [
        ("22", "国内公务接待"), ("1", "外事接待"), ("176", "国内公务接待"), ("4", "外事接待"),
    ]  # fmt: skip


def test_a_change_is_of_the_item_never_of_its_base() -> None:
    text = "2031年本单位机关运行经费财政拨款预算88万元，较2030年年初预算减少7.5万元，下降7.85%。"
    figures = read(text)
    assert {f.subject_label for f in figures} == {"机关运行经费"}
    assert [(f.aspect, f.direction) for f in figures[1:]] == [("change", "down"), ("growth", "down")]


def test_a_change_has_the_phase_of_its_sentence() -> None:
    text = "支出预算较上年增加60万元，主要是专项资金较上年增加55万元。"
    assert [(f.subject_label, f.phase, f.direction) for f in read(text, "accounts")] == [
        ("支出", "budget", "up"), ("专项资金", "budget", "up"),
    ]  # fmt: skip


@pytest.mark.parametrize(("words", "direction"), [("大于", "up"), ("小于", "down"), ("超过年初", "up")])
def test_what_was_spent_beyond_what_was_planned_is_a_change(words: str, direction: str) -> None:
    text = f"渔政管理支出80万元，完成年初预算的90%，决算数{words}预算数7万元，主要原因：新增渔船。"
    last = read(text, "accounts")[-1]
    assert (last.subject_label, last.phase, last.aspect, last.direction) == (
        "渔政管理支出",
        "final",
        "change",
        direction,
    )
    assert last.value == 70_000


def test_an_adjusted_budget_is_neither_the_first_nor_what_was_spent() -> None:
    told = read("2031年预算数30万元，调整数45万元，决算数44万元。", "accounts")
    assert [f.phase for f in told] == ["budget", "adjusted", "final"]
    told = read("年初批复预算3个项目90万元，调整预算后项目预算80万元，实际支出70万元。", "evaluation")
    assert [f.phase for f in told if f.unit == "CNY"] == ["budget", "adjusted", "final"]


@pytest.mark.parametrize(
    ("text", "label", "phase"),
    [
        ("2031年渔港路网项目预算经费为30万元，2031年支付28万元。", "渔港路网项目", "final"),
        ("渔港路网项目按照合同进度已支付资金28万元。", "渔港路网项目", "final"),
        (
            "省渔业厅《关于下达渔业资金预算的通知》（某财〔2030〕7号）下达我县渔业发展资金50万元。",
            "渔业发展资金",
            "budget",
        ),
    ],
)
def test_payments_and_documents_by_which_money_came_are_no_part_of_a_name(text: str, label: str, phase: str) -> None:
    last = read(text, "evaluation")[-1]
    assert (last.subject_label, last.phase) == (label, phase)


def test_points_of_all_levels_told_at_once_are_the_greatest() -> None:
    told = read("注：分值统一设置为：产出指标50分、效益指标30分、预算资金执行率20分。", "evaluation")
    assert [(f.subject_label, f.value, f.aspect, f.phase) for f in told] == [
        ("产出指标", 50, "maximum", ""), ("效益指标", 30, "maximum", ""), ("预算资金执行率", 20, "maximum", ""),
    ]  # fmt: skip


def test_a_minus_behind_a_rate_stays() -> None:
    assert [(f.stated, f.value) for f in read("支出决算为2万元，完成预算的-60.5%。", "accounts")][1:] == [
        ("-60.5", Decimal("-60.5"))
    ]


def test_what_was_completed_is_named_without_the_verb() -> None:
    assert labels("本项目完成了南堤全长6.5公里的加固，厚度不低于20厘米。", "evaluation") == [
        ("6.5", "南堤全长"), ("20", "厚度"),
    ]  # fmt: skip


def test_people_are_counted_without_what_concerns_them() -> None:
    assert labels("主要原因是30名职工工资调标。", "accounts") == [("30", "职工")]
    assert labels("由于5名新招聘教师手续未办齐，实际纳入预算40人，退休人员9人。") == [
        ("5", "新招聘教师"), ("40", "纳入预算人员"), ("9", "退休人员"),
    ]  # fmt: skip


def test_ages_bound_a_group_and_count_nothing() -> None:
    assert labels("开展对3-6岁儿童的教育，有60岁以上老人80人。", "accounts") == [("80", "60岁以上老人")]


def test_a_heading_that_states_its_amount_governs_without_it() -> None:
    text = "1.教育支出30.5万元：主要用于学校。较2030年度决算数减少2万元，下降6.2%。"
    assert labels(text, "accounts") == [("30.5", "教育支出"), ("2", "教育支出"), ("6.2", "教育支出")]


def test_a_verb_with_its_object_is_a_change_of_the_object() -> None:
    figure = read("一是比上年增加了渔船更新补助资金300万元。")[0]
    assert (figure.subject_label, figure.aspect, figure.direction) == ("渔船更新补助资金", "change", "up")


@pytest.mark.parametrize(
    ("change", "direction"), [("变化0万元", "unchanged"), ("增加0.00万元", "unchanged"), ("变化1万元", "")]
)
def test_a_change_of_nothing_is_none(change: str, direction: str) -> None:
    figure = read(f"培训费2万元，与上年相比{change}。", "accounts")[1]
    assert (figure.subject_label, figure.aspect, figure.direction) == ("培训费", "change", direction)


def test_the_whole_after_its_parts() -> None:
    parts = "一般公共预算拨款650万元，其他收入50万元"
    text = f"（一）收入预算：2031年年初预算数700万元，其中：{parts}；收入比2030年减少40万元。"
    assert [label for _, label in labels(text)] == ["收入", "一般公共预算拨款", "其他收入", "收入"]


def test_a_change_behind_a_joined_list_is_of_the_whole() -> None:
    text = "本部门当年财政拨款收入90万元，其中：一般公共预算拨款收入70万元、上年结转20万元，较上年减少10万元，下降10%。"
    assert [label for _, label in labels(text)] == [
        "财政拨款收入", "一般公共预算拨款收入", "上年结转", "财政拨款收入", "财政拨款收入",
    ]  # fmt: skip


def test_income_and_expenditure_in_one_sentence() -> None:
    text = "2031年收入预算900万元，比上年增加30万元；支出预算900万元，比上年增加30万元。"
    assert [label for _, label in labels(text)] == ["收入", "收入", "支出", "支出"]


def test_income_and_expenditure_are_one_item() -> None:
    assert labels("2031年度财政拨款收、支总计为512.6万元。") == [("512.6", "财政拨款收、支总计")]


def test_a_share_is_of_what_stands_before_it() -> None:
    text = "（一）基本支出。基本支出预算300万元，占本年支出预算60%。"
    assert labels(text) == [("300", "基本支出"), ("60", "基本支出")]


def test_money_spent_on_cars_is_no_car() -> None:
    figures = read("公务用车运行费12万元，主要用于4辆公务用车。")
    assert [(f.unit, f.subject_kind, f.subject_label) for f in figures] == [
        ("CNY", "item", "公务用车运行费"), ("VEHICLE", "asset", "公务用车"),
    ]  # fmt: skip


# -- phases ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "phase"),
    [
        ("编报绩效目标的项目5个，涉及预算金额210万元。", "accounts", "budget"),
        ("年初结转和结余35万元。", "accounts", "final"),
        ("渔政管理全年预算数42万元。", "accounts", "adjusted"),
        ("渔政管理年初部门预算42万元。", "accounts", "budget"),
        ("一般公共预算财政拨款支出42万元。", "accounts", "final"),
        ("2030年预算执行数42万元。", "budget", "final"),
        ("渔政管理实际支出42万元。", "accounts", "final"),
        ("固定资产总额42万元。", "budget", ""),
        ("力争渔业增加值达到42亿元。", "budget", "target"),
        ("争取渔港年度投资额增加3亿元。", "budget", "target"),
        ("负债率超过68%的船厂投资项目，须报市政府审批。", "budget", ""),
    ],
)
def test_the_nearest_words_say_the_phase(text: str, kind: DocumentKind, phase: str) -> None:
    assert next(f for f in read(text, kind) if f.unit in ("CNY", "PERCENT")).phase == phase


def test_cars_that_are_there_and_cars_to_be_bought() -> None:
    there = "截至2030年底，本部门共有车辆8辆，其中：执法执勤用车7辆、其他用车1辆。"
    text = f"{there}2031年部门预算安排购置车辆2辆，其中：执法执勤用车2辆。"
    assert [(f.subject_label, f.phase, f.fiscal_year, int(f.value)) for f in read(text)] == [
        ("车辆", "", 2030, 8), ("执法执勤用车", "", 2030, 7), ("其他用车", "", 2030, 1),
        ("部门预算安排购置车辆", "budget", 2031, 2), ("购置执法执勤用车", "budget", 2031, 2),
    ]  # fmt: skip


def test_a_count_of_projects_with_goals_is_no_goal() -> None:
    figures = read("2031年度，本单位编报绩效目标的项目共3个，涉及项目预算资金640万元。", section="四、绩效目标设置情况")
    assert [(f.phase, f.subject_label) for f in figures] == [
        ("", "编报绩效目标的项目"), ("budget", "编报绩效目标的项目"),
    ]  # fmt: skip


def test_a_fact_below_a_heading_of_goals_is_no_goal() -> None:
    section = "第四部分/（二）年度绩效目标"
    assert read("已建成渔港7座。", section=section)[0].phase == ""
    assert read("新建渔港2座。", section=section)[0].phase == "target"


def test_a_comparator_behind_a_number() -> None:
    figure = read("渔民满意度达到92%以上。", section="年度目标")[0]
    assert (figure.phase, figure.comparator, figure.subject_label) == ("target", "≥", "渔民满意度")


# -- variants --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("blank", ["", " ", "\u3000"])
def test_breaks_and_blanks_change_no_label(blank: str) -> None:
    text = f"2031年渔港{blank}维护费预算{blank}15.5{blank}万元，比上年{blank}减少2{blank}万元。"
    assert [f.subject_label for f in read(text)] == ["渔港维护费"] * 2


@pytest.mark.parametrize("comma", ["，", ",", "；", "。"])
def test_marks_between_item_and_change_do_not_matter(comma: str) -> None:
    text = f"会议费预算4万元{comma}比上年增加1万元{comma}增长33.33%。"
    assert [f.subject_label for f in read(text)] == ["会议费"] * 3


def test_money_beside_a_count_is_of_what_is_counted() -> None:
    assert labels("2031年计划购置车辆3辆、66.5万元。") == [("3", "计划购置车辆"), ("66.5", "计划购置车辆")]


def test_a_number_in_a_bracket_is_of_what_stands_before_it() -> None:
    assert labels("决定将渔港前的空地（约600平方米）划为停车场。") == [("600", "渔港前的空地")]


def test_machines_in_a_paragraph_of_their_own_are_counted_when_the_cars_are() -> None:
    text = "单价80万元以上设备2台（套）。"
    setting = Setting("budget", 2031, stock_year=2030)
    assert [f.fiscal_year for f in read_amounts(Passage.cut(text, 0, len(text)), setting)[0]] == [2030]


def test_a_long_list_in_one_sentence_takes_no_long_time() -> None:
    assert len(read("其中渔政费3万元、" * 400)) == 400


@pytest.mark.parametrize("word", ["总额", "预算数", "比上年", "占支出", "（类）", "情况说明", "三公经费", "增加了"])
def test_words_said_over_and_over_take_no_long_time(word: str) -> None:
    read(word * 300 + "3万元。")


def test_cars_counted_in_tai_are_cars() -> None:
    found = {f.stated: f for f in read("截至2022年底，共有车辆17台，单价50万元以上通用设备3台。")}
    assert (found["17"].unit, found["17"].subject_label) == ("VEHICLE", "车辆")
    assert found["3"].unit == "ITEM"


def test_amounts_below_an_evaluation_of_the_whole_office_are_of_its_expenditure() -> None:
    text = (
        "部门整体支出绩效自评综述：根据年初设定的绩效目标，自评得分为91分。"
        "全年预算数107万元，执行数99万元，完成预算的92.5%。"
    )
    assert labels(text, "accounts")[1:] == [("107", "部门整体支出"), ("99", "部门整体支出"), ("92.5", "部门整体支出")]


def test_a_budget_of_last_year_says_nothing_of_the_phase_of_what_follows() -> None:
    text = (
        "一般公共预算财政拨款支出66.8万元，比年初预算数增加66.8万元；主要是因为去年预算数为0，无增长率；"
        "政府性基金预算财政拨款支出5万元，比年初预算数增加4万元。"
    )
    phases = {f.stated: f.phase for f in read(text, "accounts") if f.aspect == "level"}
    assert (phases["66.8"], phases["5"]) == ("final", "final")
