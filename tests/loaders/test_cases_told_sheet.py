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
