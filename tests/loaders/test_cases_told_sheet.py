"""What the office sheet takes from the sentences of final accounts; all made up, values worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from loaders.pipeline import read_facts

ACCOUNTS = """云岭市渔政站2031年度单位决算
一、单位概况
云岭市渔政站共有行政编制5个,参公事业编制3个。实有行政人员4人,参公事业人员3人。
二、收入支出决算总体情况说明
2031年度收、支总计各是30.5,31.5万元。与2030年相比,收、支总计各减少1.5,2.5万元。
三、财政拨款收入支出决算总体情况说明
2031年度财政拨款收入总计24万元,支出总计24万元。
四、“三公”经费情况说明
公务用车费用支出3万元,其中:车辆购置支出0万元,车辆运行维护费支出3万元。
五、政府采购情况说明
2031年度政府采购金额（以合同签订为准）为 8.25 万元。
"""


def test_the_sheet_of_accounts_told_in_sentences(tmp_path: Path) -> None:
    path = tmp_path / "accounts.txt"
    path.write_text(ACCOUNTS, encoding="utf-8")
    facts = read_facts(path)
    assert facts.kind == "accounts"
    sheet = {entry.item: (entry.value, entry.degree) for entry in facts.sheet}
    assert sheet["income-total"] == (Decimal(305000), "stated")
    assert sheet["expenditure-total"] == (Decimal(315000), "stated")
    assert sheet["vehicles-bought"] == (Decimal(0), "stated")
    assert sheet["vehicles-run"] == (Decimal(30000), "stated")
    assert sheet["procurement"] == (Decimal(82500), "stated")
    assert sheet["posts"][0] == Decimal(8)
    assert sheet["staff"][0] == Decimal(7)


def test_kinds_below_a_sum_are_not_added_to_another(tmp_path: Path) -> None:
    path = tmp_path / "sum.txt"
    told = "人员编制9人，其中行政编制5个，事业编制4个；现有在职职工7人。"
    path.write_text(
        ACCOUNTS.replace("云岭市渔政站共有行政编制5个,参公事业编制3个。实有行政人员4人,参公事业人员3人。", told),
        "utf-8",
    )
    sheet = {entry.item: entry.value for entry in read_facts(path).sheet}
    assert (sheet["posts"], sheet["staff"]) == (Decimal(9), Decimal(7))


COUNTED = """平安市水务局2031年部门预算
一、国有资产占用情况
2030年年初共有车辆9辆。截至2030年10月，共有车辆5辆，其中机要通信用车1辆。
二、政府采购情况
2031年政府采购预算20万元，其中委托业务费5万元。
三、委托业务费情况
2031年委托业务费预算12万元。
"""


def test_cars_are_as_of_the_last_day_and_what_is_procured_is_no_total_of_services(tmp_path: Path) -> None:
    path = tmp_path / "counted.txt"
    path.write_text(COUNTED, encoding="utf-8")
    sheet = {e.item: (e.value, e.year, e.degree) for e in read_facts(path).sheet}
    assert sheet["vehicles"] == (Decimal(5), 2030, "stated")
    assert sheet["entrusted-services"] == (Decimal(120000), 2031, "stated")


UNITS = """平安市水务局2031年部门预算
第一部分 部门预算收支总体情况
2031年部门预算支出90万元，其中：基本支出60万元，项目支出30万元。
第二部分 分单位情况
一、市水务局本级
市水务局本级预算50万元，包括基本支出40万元、项目支出10万元。
二、市水务局排水中心
市水务局排水中心预算40万元，包括基本支出20万元、项目支出20万元。
第三部分 其他情况
2031年会议费预算2万元。
"""


def test_what_is_told_below_the_heading_of_a_unit_is_the_unit_s(tmp_path: Path) -> None:
    path = tmp_path / "units.txt"
    path.write_text(UNITS, encoding="utf-8")
    facts = read_facts(path)
    units = {f.stated: f.budget_unit for f in facts.figures}
    seat, centre = "市水务局本级", "市水务局排水中心"
    told = {s: units[s] for s in ("90", "60", "30", "50", "10", "2")}
    assert told == {"90": "", "60": "", "30": "", "50": seat, "10": seat, "2": ""}
    assert [f.budget_unit for f in facts.figures if f.stated == "40"] == [seat, centre]
    assert [f.budget_unit for f in facts.figures if f.stated == "20"] == [centre, centre]
    sheet = {entry.item: (entry.value, entry.degree) for entry in facts.sheet}
    # The units' parts are the statements of no whole, and contradict none.
    assert sheet["basic-expenditure"] == (Decimal(600000), "proved")
    assert sheet["project-expenditure"] == (Decimal(300000), "proved")


def test_the_row_of_the_office_is_of_all_where_its_seat_has_a_row_of_its_own(tmp_path: Path) -> None:
    rows = [
        ("单位名称", "合计", "基本支出", "项目支出"),
        ("平安市水务局", "90.00", "60.00", "30.00"),
        ("平安市水务局（本级）", "50.00", "40.00", "10.00"),
        ("平安市水务局排水中心", "40.00", "20.00", "20.00"),
    ]
    cells = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>" for row in rows)
    path = tmp_path / "units.html"
    path.write_text(
        "<meta charset=utf-8><h1>平安市水务局2031年部门预算</h1><h2>支出总表</h2><p>单位：万元</p>"
        f"<table>{cells}</table>",
        encoding="utf-8",
    )
    units = {f.stated: f.budget_unit for f in read_facts(path).figures}
    assert (units["90.00"], units["50.00"]) == ("", "平安市水务局（本级）")
