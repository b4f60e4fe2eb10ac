"""Canned queries give what stands in the five documents: the values below were read there by a person."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.service.five_documents import BAOJI, SHANGHAI, SHENZHEN, YUEYANG, Graph, one, pick


@pytest.fixture(scope="module")
def graph(graph_of_five: Graph) -> Graph:
    return graph_of_five


def test_the_service_of_the_first_question(graph: Graph) -> None:
    rows = graph.rows("offices-funding-service", service="free-inspection")
    assert pick(rows, "agencyLabel", "year", "phase", "amount", "role") == [
        (YUEYANG, 2023, "final", 1016400, "service"),
        (SHENZHEN, 2023, "budget", 70000000, "service"),
        (SHENZHEN, 2023, "budget", 800000, "administration"),
    ]
    since = graph.rows("service-funded-since", topic="free-inspection")
    assert sorted(pick(since, "agencyLabel", "since", "amount", "loadedFrom")) == [
        (YUEYANG, 2023, 1016400, 2023), (SHENZHEN, 2023, 70000000, 2021),
    ]  # fmt: skip


def test_budgets_and_accounts(graph: Graph) -> None:
    rows = graph.rows("budgets-and-accounts")
    total = {"quantityLabel": "支出总计", "scopeLabel": "全部资金"}
    assert one(rows, agencyLabel=SHANGHAI, **total)["amount"] == 194829473
    # The prose says 19,483万元: the table is taken, and two statements prove it.
    assert one(rows, agencyLabel=SHANGHAI, **total)["degreeLabel"] == "已印证"
    # 2023年度收、支总计949.54万元; 收入合计 and 支出合计 are those of the year.
    assert one(rows, agencyLabel=YUEYANG, phaseLabel="决算", **total)["amount"] == 9495400
    assert one(rows, agencyLabel=YUEYANG, quantityLabel="本年支出合计")["amount"] == 9218700
    assert one(rows, agencyLabel=YUEYANG, quantityLabel="本年收入合计")["amount"] == 8868200
    carried = one(rows, agencyLabel=SHENZHEN, quantityLabel="本年收入合计", scopeLabel="全部资金")
    assert carried["amount"] == 553590000


def test_expenditure_by_function(graph: Graph) -> None:
    rows = graph.rows("expenditure-by-function", agency=SHENZHEN)
    assert {(r["notation"], r["amount"] // 10000) for r in rows} == {
        ("2010101", 2216), ("2019999", 46742), ("2080501", 593), ("2080505", 235), ("2080506", 92), ("2089999", 2),
        ("2101101", 78), ("2109999", 1061), ("2210201", 209), ("2299999", 7000),
    }  # fmt: skip
    classes = graph.rows("function-tree", agency=SHENZHEN)
    assert {(r["notation"], r["amount"] // 10000) for r in classes} == {
        ("201", 48957), ("208", 921), ("210", 1139), ("221", 209), ("229", 7000),
    }  # fmt: skip
    below = graph.rows("function-tree", agency=SHENZHEN, function="201")
    assert [(r["notation"], r["amount"], r["aboveAmount"]) for r in below] == [
        ("20101", 22160000, 489570000), ("20199", 467420000, 489570000),
    ]  # fmt: skip


@pytest.mark.parametrize(("office", "total"), [(SHANGHAI, 194829473), (BAOJI, 1905700), (SHENZHEN, 582270000)])
@pytest.mark.parametrize("level", ["class", "group", "item"])
def test_no_level_of_codes_counts_anything_twice(graph: Graph, office: str, total: int, level: str) -> None:
    rows = graph.rows("expenditure-by-function", agency=office, level=level)
    slack = sum(row["precision"] for row in rows)
    assert abs(sum(row["amount"] for row in rows) - total) <= slack


def test_expenditure_by_economic_class(graph: Graph) -> None:
    rows = graph.rows("expenditure-by-economic-class", agency=SHENZHEN, extent="total")
    amounts = {r["notation"]: r["amount"] for r in rows}
    assert (amounts["30209"], amounts["30206"], amounts["31002"]) == (284660000, 92000000, 2990000)
    assert abs(sum(amounts.values()) - 582270000) <= sum(r["precision"] for r in rows)
    basic = graph.rows("expenditure-by-economic-class", agency=SHANGHAI)
    assert {r["partLabel"] for r in basic} == {"基本支出"}
    assert one(basic, notation="30311")["economicLabel"] == "住房公积金"
    assert sum(r["amount"] for r in basic) == 15906334
    tree = graph.rows("economic-tree", agency=SHANGHAI)
    assert one(tree, economicLabel="津贴补贴")["share"] == 56.72
    government = graph.rows("government-economic-class")
    assert {(r["partLabel"], r["notation"], r["amount"]) for r in government} == {
        ("支出总计", "50501", 1301500), ("支出总计", "50502", 604000), ("支出总计", "50901", 200),
        ("基本支出", "50501", 1220900), ("基本支出", "50502", 40000), ("基本支出", "50901", 200),
    }  # fmt: skip


def test_projects(graph: Graph) -> None:
    rows = graph.rows("projects", agency=SHENZHEN, year="2023")
    ferry = one(rows, projectLabel="广深港西九龙站内地口岸区物业管理工作")
    assert (ferry["amount"], ferry["parentLabel"]) == (25200000, "上级转移支付项目")
    sums = graph.rows("sub-projects-and-their-sum")
    # 978万元 and 1,867万元 are carried over, 23万元 too: the text says so of each.
    mine = [r for r in sums if r["agencyLabel"] == SHENZHEN]
    assert {r["parentLabel"]: (r["amount"], r["difference"], r["children"]) for r in mine} == {
        "口岸管理业务": (413380000, 9780000, 8),
        "上级转移支付项目": (113870000, 18670000, 2),
        "信息化运维项目": (4500000, 230000, 3),
        "综合管理": (5970000, 0, 7),
    }
    assert one(sums, agencyLabel=SHANGHAI)["childSum"] == 999970


def test_three_public_expenses(graph: Graph) -> None:
    rows = graph.rows("three-public-expenses")
    assert {r["quantityLabel"]: r["amount"] for r in rows if r["agencyLabel"] == SHANGHAI} == {
        "“三公”经费": 1420500, "因公出国（境）费": 841500, "公务接待费": 474000, "公务用车购置费": 0,
        "公务用车运行维护费": 105000,
    }  # fmt: skip
    total = "“三公”经费"
    assert one(rows, agencyLabel=SHENZHEN, year=2021, quantityLabel=total, phaseLabel="决算")["amount"] == 75600
    assert one(rows, agencyLabel=SHENZHEN, year=2022, quantityLabel="上年“三公”经费")["amount"] == 90000
    assert one(rows, agencyLabel=BAOJI, quantityLabel=total)["amount"] == 4000
    heads = graph.rows("three-public-per-head")
    assert one(heads, agencyLabel=YUEYANG, quantityLabel=total, phaseLabel="决算")["perHead"] == 1392
    mine = one(heads, agencyLabel=SHENZHEN, year=2023, quantityLabel=total)
    assert (mine["people"], mine["perHead"]) == (46, 1956.52)


def test_running_costs_procurement_staff(graph: Graph) -> None:
    costs = graph.rows("running-costs")
    running = {(r["agencyLabel"], r["year"]): r["amount"] for r in costs if r["quantityLabel"] == "机关运行经费"}
    assert running == {(SHANGHAI, 2017): 4220800, (SHENZHEN, 2023): 2690000, (YUEYANG, 2023): 720900}
    bought = graph.rows("procurement", year="2023")
    # 备注：本单位不涉及 below the table of 宝鸡 says that there is none.
    assert {(r["agencyLabel"], r["quantityLabel"]): r["amount"] for r in bought} == {
        (BAOJI, "政府采购"): 0,
        (SHENZHEN, "政府采购"): 10640000, (SHENZHEN, "政府采购货物"): 9710000, (SHENZHEN, "政府采购工程"): 0,
        (SHENZHEN, "政府采购服务"): 930000, (YUEYANG, "政府采购"): 2222700, (YUEYANG, "政府采购货物"): 519100,
        (YUEYANG, "政府采购工程"): 220400, (YUEYANG, "政府采购服务"): 1483100,
        (YUEYANG, "面向中小企业的政府采购"): 2222700,
        (YUEYANG, "面向小微企业的政府采购"): 2222700,
    }  # fmt: skip
    staff = graph.rows("staffing", agency=SHENZHEN, year="2023")
    assert pick(staff, "quantityLabel", "number") == [("编制数", 49), ("实有人数", 46)]
    spent = [r for r in graph.rows("meetings-and-training") if r["agencyLabel"] == YUEYANG]
    assert pick(spent, "quantityLabel", "phaseLabel", "amount") == [
        ("会议费", "年初预算", 5000), ("培训费", "年初预算", 5000), ("会议费", "决算", 2500), ("培训费", "决算", 3800),
    ]  # fmt: skip


def test_execution(graph: Graph) -> None:
    rows = graph.rows("initial-adjusted-final")
    mine = one(rows, agencyLabel=SHENZHEN, quantityLabel="支出总计")
    assert (mine["initial"], mine["adjusted"], mine["final"]) == (573730200, 646894800, 609945300)
    # The report says 11.31 % and reckons wrongly; the rate here is that of its own amounts.
    assert (mine["adjustment"], mine["execution"]) == (12.75, 94.29)
    assert one(rows, agencyLabel=YUEYANG)["execution"] == 170.79
    quarters = [r for r in graph.rows("execution-by-quarter") if "执行率" in r["rateLabel"]]
    assert pick(quarters, "quarter", "amount", "rate") == [
        ("第一季度", 137577900, 85.07), ("第二季度", 332614400, 102.83), ("第三季度", 390869600, 80.56),
        ("第四季度", 609945300, 94.29),
    ]  # fmt: skip
    lines = graph.rows("lines-budget-against-accounts")
    first = one(lines, notation="2010301")
    assert (first["initial"], first["final"], first["rate"], first["reason"]) == (
        3660900, 3790300, 103.53, "年中预算追加",
    )  # fmt: skip
    reasons = [r["reason"] for r in graph.rows("changes-and-reasons", agency=SHENZHEN, year="2023", direction="down")]
    assert reasons == ["历年结转项目已完成不再开展"]


def test_organisation_and_duties(graph: Graph) -> None:
    fates: dict[str, set[str]] = {}
    for row in graph.rows("divisions-through-time", agency=SHENZHEN):
        fates.setdefault(row["status"], set()).add(row["divisionLabel"])
    assert fates == {
        "一直在": {"秘书处（机关党委）", "政策法规处", "口岸资产监管处"},
        "不再见": {"陆路口岸处", "海空铁口岸处", "规划建设与信息处"},
        "后见": {"口岸通关管理处", "规划建设处", "数字口岸处"},
    }
    counts = Counter((r["agencyLabel"], r["year"]) for r in graph.rows("duties"))
    assert counts == {
        (SHANGHAI, 2017): 12,
        (BAOJI, 2023): 7,
        (YUEYANG, 2023): 5,
        (SHENZHEN, 2021): 8,
        (SHENZHEN, 2023): 8,
    }
    opening = graph.rows("duties-by-topic", topic="口岸开放")
    assert {SHANGHAI, SHENZHEN} <= {r["agencyLabel"] for r in opening}
    bases = graph.rows("legal-bases", agency=BAOJI)
    assert {r.get("number") for r in bases} >= {
        "宝市编发〔1993〕1号",
        "宝市编发字〔1995〕14号",
        "宝政办发〔2001〕153号",
    }


def test_history_and_changes(graph: Graph) -> None:
    events = graph.rows("office-history", agency=BAOJI)
    assert pick(events, "date", "kind", "decree")[:3] == [
        ("1993-02", "成立", "宝市编发〔1993〕1号"), ("1995-10", "成立", "宝市编发字〔1995〕14号"),
        ("2001", "合并", "宝政办发〔2001〕153号"),
    ]  # fmt: skip
    changes = graph.rows("division-changes", agency=SHENZHEN)
    assert pick([r for r in changes if r["kindLabel"] == "更名"], "before", "after") == [
        ("规划建设与信息处", "规划建设处")
    ]
    assert {r["before"] for r in changes if r["kindLabel"] == "撤销"} == {"陆路口岸处", "海空铁口岸处"}
    reworded = graph.rows("duties-reworded")
    assert "法律、法规和政策。起草" in reworded[0]["before"]
    assert "法律、法规和政策；起草" in reworded[0]["after"]
    served = graph.rows("duties-and-projects", agency=SHENZHEN)
    assert any("物业的监管" in r["dutyLabel"] and r["projectLabel"] == "口岸管养工作" for r in served)
    lone = {r["dutyLabel"] for r in graph.rows("duties-without-projects", agency=SHENZHEN)}
    assert not lone & {r["dutyLabel"] for r in served}


def test_definitions_and_ports(graph: Graph) -> None:
    defined = graph.rows("glossary-differences")
    running = [r for r in defined if r["termLabel"] == "机关运行经费"]
    assert {r["agencyLabel"] for r in running} == {SHENZHEN, YUEYANG, BAOJI}
    assert all("办公用房" in r["definition"] for r in running)
    assert len(graph.rows("glossary-differences", offices="1")) > len(defined)
    money = graph.rows("ports-and-money", port="莲塘口岸")
    assert pick(money, "line", "amount", "year") == [("莲塘口岸一站式专业管理服务", 2800000, 2023)]
    bay = graph.rows("ports-and-money", port="深圳湾口岸")
    assert pick(bay, "line", "amount") == [("口岸视频监控网络扩容工作", 400000)]


def test_performance(graph: Graph) -> None:
    lost = graph.rows("points-lost")
    assert {(r["assessmentLabel"], r["lost"]) for r in lost} == {
        ("公众或服务对象满意度", 4), ("编外人员控制率", 1), ("预算执行率", 0.59), ("项目完成及时性", 0.43),
        ("预算编制合理性", 0.1), ("财务合规性", 0.1),
    }  # fmt: skip
    assert round(sum(r["lost"] for r in lost), 2) == 6.22  # 100 − 93.78
    total = one(graph.rows("evaluation-scores"), assessmentLabel="总分")
    assert (total["maximum"], total["score"]) == (100, 93.78)
    satisfied = graph.rows("satisfaction", agency=SHENZHEN)
    assert {(r["kind"], r["value"]) for r in satisfied} >= {("目标", "≥90%"), ("结果", "85.34%"), ("得分", "2 / 6")}
    vague = graph.rows("vague-targets", agency=SHANGHAI)
    assert one(vague, target="健全")["times"] == 4
    assert one(vague, target="有提升")["times"] == 2


def test_checks_codes_links(graph: Graph) -> None:
    wrong = graph.rows("contradictions")
    assert {r["verdictLabel"] for r in wrong} == {"矛盾"}
    assert len(graph.rows("contradictions", verdict="all")) > 900
    average = one(wrong, agencyLabel=SHENZHEN, rule="average")
    assert (average["leftValue"], average["rightValue"]) == (90.69, 87.255)
    empty = one(graph.rows("sections-published", agency=BAOJI), form="procurement")
    assert (empty["state"], empty["words"]) == ("declared empty", "备注：本单位不涉及")
    assert all(r["count"] == 0 for r in graph.rows("number-ledger") if r["tokenClass"] == "unaccounted")
    used = {(r["agencyLabel"], r["year"]) for r in graph.rows("code-use", code="30217")}
    assert used == {(SHANGHAI, 2017), (SHENZHEN, 2023), (BAOJI, 2023)}
    moved = one(graph.rows("code-editions"), oldNotation="30311")
    assert (moved["newNotation"], moved["moved"]) == ("30113", True)
    cofog = {(r["cofog"], r["amount"]) for r in graph.rows("cofog", agency=SHENZHEN)}
    assert cofog >= {("GF01", 489570000), ("GF07", 11390000), ("GF10", 9210000)}
    assert one(graph.rows("wikidata-and-places", agency=SHANGHAI))["wikidata"].endswith("/Q8686")
