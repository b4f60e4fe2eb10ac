"""What the sentences of final accounts tell: lists, reasons, differences, pairs, counts; all made up."""

from __future__ import annotations

from decimal import Decimal

import pytest

from loaders.documents import Passage
from loaders.facts import DocumentKind, Figure
from loaders.prose.amounts import Setting, read_amounts
from loaders.prose.pairs import find_pairs
from loaders.words.sentences import widen_marks


def read(text: str, kind: DocumentKind = "accounts", year: int | None = 2031) -> list[Figure]:
    return read_amounts(Passage.cut(text, 0, len(text)), Setting(kind, year, "云岭市渔政站"))[0]


def labels(text: str, kind: DocumentKind = "accounts") -> list[tuple[str, str]]:
    return [(f.stated, f.subject_label) for f in read(text, kind)]


def changes(text: str) -> list[tuple[str, str, str, int | None, str]]:
    return [(f.stated, f.aspect, f.direction, f.fiscal_year, f.subject_label) for f in read(text)]


def test_half_width_marks_end_clauses_and_group_digits() -> None:
    assert widen_marks("合计1,234.5,其中12,345元;见:14:30,其余7.5,8.5万元") == (
        "合计1,234.5，其中12,345元；见：14:30，其余7.5，8.5万元"
    )


# -- words before an item --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clause", "item"),
    [
        ("购买茶水费、住宿费等公务接待费决算支出", "公务接待费"),
        ("下乡巡塘,用于执法检查的公务用车购置及运行费决算支出", "公务用车购置及运行费"),
        ("因公出国(境)经费、公务接待费,公车运行费(“三公”经费)决算总额", "“三公”经费"),
        ("州本级一般公共预算财政拨款开支“三公”经费", "“三公”经费"),
        ("开支财政拨款的公务用车保有量", "公务用车保有量"),
        ("加上上级补助收入", "上级补助收入"),
        ("相应结转下年", "结转下年"),
        ("渔港维护支出包括疏浚经费", "疏浚经费"),
        ("根据《关于下达渔港资金的通知》（云财农〔2031〕9号）下达我市渔港维修资金", "渔港维修资金"),
    ],
)
def test_words_before_an_item_are_not_of_it(clause: str, item: str) -> None:
    assert labels(f"{clause}6万元。")[-1] == ("6", item)


def test_a_sum_behind_its_parts_is_none_of_them() -> None:
    text = "2031年全乡支出合计40万元,加上上解支出3万元,总计43万元,按同口径同比增长5%。"
    assert labels(text) == [("40", "全乡支出合计"), ("3", "上解支出"), ("43", "总计"), ("5", "总计")]


# -- reasons ---------------------------------------------------------------------------------------------------------


def test_a_change_is_of_what_stands_before_its_reason() -> None:
    text = (
        "一般公共预算支出300万元,较上年增长2%。其中:教育因学生减少,支出减少12万元,下降8%;"
        "农林水因2029年、2030年补付2029年工程款,支出减少7万元,下降5%;住房保障受人员退休影响,支出减少3万元。"
    )
    assert changes(text)[2:] == [
        ("12", "change", "down", 2031, "教育"),
        ("8", "growth", "down", 2031, "教育"),
        ("7", "change", "down", 2031, "农林水"),
        ("5", "growth", "down", 2031, "农林水"),
        ("3", "change", "down", 2031, "住房保障"),
    ]


def test_a_year_inside_a_brief_reason_governs_that_reason_only() -> None:
    text = "渔业因2029年补付工程款9万元，支出增加4万元。"
    assert [(f.stated, f.fiscal_year) for f in read(text)] == [("9", 2029), ("4", 2031)]


# -- phases ----------------------------------------------------------------------------------------------------------


def phases(text: str, kind: DocumentKind = "accounts") -> list[tuple[str, str]]:
    return [(f.stated, f.phase) for f in read(text, kind)]


def test_names_of_funds_say_nothing_of_a_phase() -> None:
    text = (
        "收入合计8万元(其中,一般公共预算 5 万元,政府性基金预算 2 万元),另有事业收入1万元。动用预算稳定调节基金6万元。"
    )
    assert phases(text) == [("8", "final"), ("5", "final"), ("2", "final"), ("1", "final"), ("6", "final")]


def test_what_was_spent_beside_what_was_planned() -> None:
    text = (
        "“三公”经费支出7万元,年初预算为9万元,差值为2万元。其中:因公出国(境)支出0万元,年初预算为1万元,差值为1万元,"
        "原因为未出国;公务接待费支出7万元,年初预算为8万元,差值为1万元。"
    )
    assert [(f.stated, f.phase, f.aspect, f.subject_label) for f in read(text)][-3:] == [
        ("7", "final", "level", "公务接待费"),
        ("8", "budget", "level", "公务接待费"),
        ("1", "final", "change", "公务接待费"),
    ]


def test_parts_of_a_budget_in_accounts_stay_budget() -> None:
    text = "2031年部门预算支出10万元，其中：基本支出6万元，项目支出4万元。"
    assert phases(text) == [("10", "budget"), ("6", "budget"), ("4", "budget")]


def test_money_taken_back_in_the_year_is_a_change() -> None:
    assert changes("根据清淤进展情况年中调减疏浚经费 5 万元。") == [("5", "change", "down", 2031, "疏浚经费")]


# -- last year's level, units left out -------------------------------------------------------------------------------


def test_the_level_of_last_year_beside_its_change() -> None:
    text = "2031年会议费支出13万元,比上年累计支出15万元减少2万元。培训费支出3万元,较上年3.4减少0.4万元。"
    found = [(f.value, f.fiscal_year, f.aspect, f.subject_label) for f in read(text)]
    assert found[1] == (Decimal(150000), 2030, "level", "会议费")
    assert found[-2:] == [(Decimal(34000), 2030, "level", "培训费"), (Decimal(4000), 2031, "change", "培训费")]


def test_units_that_are_left_out() -> None:
    text = "国内公务接待支出 0.60 万（含外宾接待支出 0 万元）。渔业支出20万元，占 40%；港口支出30万元，占 60。"
    found = [(f.value, f.unit, f.subject_label) for f in read(text)]
    assert found[0] == (Decimal(6000), "CNY", "国内公务接待支出")
    assert found[-1] == (Decimal(60), "PERCENT", "港口支出")


# -- counts ----------------------------------------------------------------------------------------------------------


def test_people_are_of_the_batches_and_groups_before_them() -> None:
    text = (
        "国内公务接待批次30个,接待人次280人;国(境)外公务接待批次2个,接待人次14人。因公出国团组1个,人数4人。"
        "外事接待费支出0万元,国内公务接待11批次,50人,共计支出1.2万元。"
    )
    assert labels(text) == [
        ("30", "国内公务接待批次"), ("280", "国内公务接待人次"),
        ("2", "国(境)外公务接待批次"), ("14", "国(境)外公务接待人次"),
        ("1", "因公出国团组"), ("4", "因公出国人数"),
        ("0", "外事接待费"), ("11", "国内公务接待"), ("50", "国内公务接待"), ("1.2", "国内公务接待"),
    ]  # fmt: skip


def test_bought_from_whom() -> None:
    text = "由中型企业供应商中标的，采购金额 9 万元；由微型企业供应商中标的，采购金额 2 万元。"
    assert labels(text) == [("9", "中型企业供应商采购金额"), ("2", "微型企业供应商采购金额")]


# -- pairs -----------------------------------------------------------------------------------------------------------


def test_income_and_expenditure_told_together() -> None:
    text = "2031年度收、支总计各是30.5,31.5万元。与2030年相比,各减少1.5,2.5万元,各下降4.69%、7.35%。"
    assert [(f.value, f.unit, f.phase, f.aspect, f.direction, f.subject_label) for f in read(text)] == [
        (Decimal(305000), "CNY", "final", "level", "", "收入总计"),
        (Decimal(315000), "CNY", "final", "level", "", "支出总计"),
        (Decimal(15000), "CNY", "final", "change", "down", "收入总计"),
        (Decimal(25000), "CNY", "final", "change", "down", "支出总计"),
        (Decimal("4.69"), "PERCENT", "", "growth", "down", "收入总计"),
        (Decimal("7.35"), "PERCENT", "", "growth", "down", "支出总计"),
    ]


def test_both_sums_are_changed_by_the_same() -> None:
    text = "收入总计12万元,支出总计12万元,与2030年度相比,各减少3万元,下降20%。"
    assert labels(text)[2:] == [("3", "收入支出总计"), ("20", "收入支出总计")]


def test_the_second_sum_is_of_the_fund_of_the_first() -> None:
    assert labels("财政拨款收入总计 5 万元,支出总计 5 万元。") == [("5", "财政拨款收入总计"), ("5", "财政拨款支出总计")]
    assert labels("收入总计 5 万元,支出总计 5 万元。")[1] == ("5", "支出总计")


def test_items_and_numbers_told_together_share_what_is_left_out() -> None:
    assert labels("公务用车购置数及保有量分别为2辆和9辆。") == [("2", "公务用车购置数"), ("9", "公务用车保有量")]
    assert labels("渔业、港口支出分别为2万元、9万元。") == [("2", "渔业支出"), ("9", "港口支出")]


def test_items_and_numbers_that_are_not_equally_many_are_no_pairs() -> None:
    assert find_pairs("渔业、港口、航道支出分别为2万元、9万元") == {}


# -- names in front of items, years in front of pairs -----------------------------------------------------------------


def test_an_office_before_its_receptions_is_no_part_of_them() -> None:
    assert labels("白溪县档案馆国内公务接待3批次，20人。") == [("3", "国内公务接待"), ("20", "国内公务接待")]
    assert labels("2031年公务用车购置数及保有量分别为1辆和8辆。")[0] == ("1", "公务用车购置数")
    assert labels("因公出国(境)团组共计 ,2 个。") == [("2", "因公出国(境)团组")]


# -- evaluations -----------------------------------------------------------------------------------------------------


def test_money_granted_received_and_paid() -> None:
    text = "项目批复总投资90万元,上级下达资金60万元,县级配套30万元,实际到位资金80万元,实际支出72万元,预算执行率90%。"
    assert [(f.stated, f.phase, f.subject_label) for f in read(text, "evaluation")] == [
        ("90", "budget", "项目批复总投资"),
        ("60", "budget", "上级下达资金"),
        ("30", "budget", "县级配套"),
        ("80", "final", "实际到位资金"),
        ("72", "final", "实际支出"),
        ("90", "result", "预算执行率"),
    ]


def test_what_is_paid_of_money_received() -> None:
    text = "全年收到资金40万元,全部为市级资金,拨付使用36万元,预算执行率90%。"
    assert labels(text, "evaluation") == [("40", "收到资金"), ("36", "拨付使用"), ("90", "预算执行率")]
    spent = "全年收入50万元，全年实际支出45万元。渔港专项30万元，实际支出29万元。"
    assert labels(spent, "evaluation") == [("50", "收入"), ("45", "实际支出"), ("30", "渔港专项"), ("29", "渔港专项")]


def test_points_and_the_points_given_of_them() -> None:
    found = read("二、过程(30分,自评得分26分)\n(一)资金管理(12分,自评得分11.5分)", "evaluation")
    assert [(f.stated, f.aspect, f.subject_label) for f in found] == [
        ("30", "maximum", "过程"),
        ("26", "score", "过程"),
        ("12", "maximum", "资金管理"),
        ("11.5", "score", "资金管理"),
    ]
    assert [(f.value, f.unit) for f in read("最终得分88.5，等级为良。", "evaluation")] == [(Decimal("88.5"), "SCORE")]


def test_measures_in_latin_letters_and_units_in_brackets() -> None:
    text = "疏浚航道4.2km,复绿面积35hm²,增产鱼苗180kg,清除淤泥2.5万t,受益人口3.06(万人),安装G40型路灯。"
    assert [(f.value, f.unit) for f in read(text, "evaluation")] == [
        (Decimal("4.2"), "OTHER"),
        (Decimal(35), "OTHER"),
        (Decimal(180), "OTHER"),
        (Decimal(25000), "OTHER"),
        (Decimal(30600), "PERSON"),
    ]


def test_centres_that_were_built_are_things() -> None:
    text = "建成便民服务中心3个。每年按生均900元安排。"
    assert labels(text, "evaluation") == [("3", "便民服务中心"), ("900", "生均")]
