"""Of which unit a row is where no word of the row says so: names above it, codes beside it, kinds of units."""

from __future__ import annotations

from pathlib import Path

from loaders.facts import Facts
from loaders.pipeline import read_facts

HEAD = "安平市教育局2026年部门预算\n一、部门职责\n负责教育工作。\n二、部门预算表\n"


def read(tmp_path: Path, text: str) -> Facts:
    path = tmp_path / "made.txt"
    path.write_text(HEAD + text, encoding="utf-8")
    return read_facts(path)


def units(facts: Facts) -> list[tuple[str, str]]:
    return [(f.stated, f.budget_unit) for f in sorted(facts.figures, key=lambda f: f.span)]


def test_a_name_alone_among_the_kinds_of_what_is_bought_is_a_unit_whatever_it_is_called(tmp_path: Path) -> None:
    facts = read(
        tmp_path,
        "政府采购支出表\n单位：万元\n采购品目大类\t专项名称\t采购品目名称\t总计\n"
        "合计\t\t\t16.00\n货物\t\t\t10.00\n安平市教育考试院\t\t\t1.50\n\t考务费\t复印纸\t1.50\n"
        "安平市少年宫\t\t\t2.00\n\t活动经费\t乐器\t2.00\n安平市第二中学\t\t\t3.00\n\t定额\t课桌\t3.00\n"
        "安平河畔天文角\t\t\t3.50\n\t观测经费\t望远镜\t3.50\nC服务\t\t\t6.00\n",
    )
    assert units(facts) == [
        ("16.00", ""),
        ("10.00", ""),
        ("1.50", "安平市教育考试院"),
        ("1.50", "安平市教育考试院"),
        ("2.00", "安平市少年宫"),
        ("2.00", "安平市少年宫"),
        ("3.00", "安平市第二中学"),
        ("3.00", "安平市第二中学"),
        ("3.50", "安平河畔天文角"),
        ("3.50", "安平河畔天文角"),
        ("6.00", ""),
    ]


FUNDED = (
    "部门综合预算专项业务经费支出表\n单位：元\n序号\t单位编码\t单位（项目）名称\t项目金额\n"
    "1\t\t合计\t9000.00\n2\t1\t全额\t6500.00\n3\t301002\t安平市教育考试院\t6500.00\n4\t\t考务费\t6500.00\n"
    "5\t2\t差额\t2500.00\n6\t301005\t安平市教师进修学校\t2500.00\n7\t\t教室维修\t2500.00\n"
)


def test_kinds_of_units_sum_up_those_below_them_and_their_numbers_are_no_amounts(tmp_path: Path) -> None:
    facts = read(tmp_path, FUNDED)
    assert units(facts) == [
        ("9000.00", ""),
        ("6500.00", ""),
        ("6500.00", "安平市教育考试院"),
        ("6500.00", "安平市教育考试院"),
        ("2500.00", ""),
        ("2500.00", "安平市教师进修学校"),
        ("2500.00", "安平市教师进修学校"),
    ]
    assert [t.kind for t in facts.ledger if t.stated in ("1", "2")].count("unaccounted") == 0


def test_a_code_of_a_unit_stands_for_the_name_that_the_document_prints_behind_it(tmp_path: Path) -> None:
    bought = (
        "\n部门综合预算政府采购预算表\n单位：元\n科目编码\t单位编码\t采购项目\t采购目录\t数量\t预算金额\n"
        "合计\t\t\t\t\t5000.00\n2050199\t301002\t阅卷设备\t其他设备\t2\t3000.00\n"
        "2050801\t301005\t课桌\t家具\t4\t1500.00\n2050801\t301009\t书柜\t家具\t1\t500.00\n"
    )
    found = dict(units(read(tmp_path, FUNDED + bought)))
    assert (found["3000.00"], found["2"]) == ("安平市教育考试院", "安平市教育考试院")
    assert found["1500.00"] == "安平市教师进修学校"
    assert found["500.00"] in ("", "301009"), "no name is printed behind this code"
    assert found["5000.00"] == ""
