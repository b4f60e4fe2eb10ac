"""The office sheet of made-up documents: which statement is accepted, in which scope, and how well it is proved.

The values were worked out by hand from the texts below; the offices exist nowhere.
"""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path

import pytest
from rdflib import Graph, Literal
from rdflib.namespace import DCTERMS, RDF, RDFS, SKOS

from loaders.catalogue import Catalogue
from loaders.documents import Span
from loaders.facts import Facts, SheetEntry
from loaders.pipeline import read_facts
from loaders.quantities.deciding import IDENTITIES, decide
from loaders.quantities.items import ITEMS
from loaders.quantities.statements import Statement
from service.linked.exports import SHEET_COLUMNS, write_sheet
from tests.ontology.test_ontology import GK, ONTOLOGY

BUDGET = """2025年某某市水务局部门预算

一、主要职责

（一）负责全市水资源管理。
（二）负责全市防汛工作。
（三）负责全市供水排水管理。

二、机构设置

某某市水务局设3个内设机构，包括：办公室、规划处、水资源处。

纳入本部门2025年部门预算编制范围的二级预算单位共有2个，包括：某某市水务局本级、某某市水文站。

三、人员情况

截至上年底，本部门人员编制40人，其中行政编制30人、事业编制10人；实有人员38人，其中行政29人、事业9人。

四、支出情况

2025年支出预算1,000万元。培训学员人数500人。

五、“三公”经费预算情况

2025年“三公”经费预算12万元，比上年减少3万元。其中：因公出国（境）费用0万元，主要原因是本年没有安排；公务接待费2万元；公务用车购置及运行维护费10万元，其中：公务用车购置费0万元，公务用车运行维护费10万元。

六、其他说明

2025年某某市水务局机关运行经费预算80万元，比上年增加5万元。

2025年政府采购预算50万元，其中：政府采购货物预算20万元、政府采购工程预算0万元、政府采购服务预算30万元。授予中小企业合同金额45万元。

截至2024年底，本部门共有车辆4辆，其中：机要通信用车1辆。2025年计划新增车辆2辆。

本部门没有国有资本经营预算拨款安排的支出。

表1 收支总表

单位：万元

收入		支出
项目	预算数	项目	预算数
一般公共预算拨款收入	900	农林水支出	950
事业收入	50	住房保障支出	50
本年收入合计	950	本年支出合计	1,000
上年结转	50	结转下年
收入总计	1,000	支出总计	1,000

表2 支出总表

单位：万元

科目编码	科目名称	合计	基本支出	项目支出
213	农林水支出	950	350	600
221	住房保障支出	50	50
合计		1,000	400	600

表3 一般公共预算支出表

单位：万元

科目编码	科目名称	合计	基本支出	项目支出
213	农林水支出	850	300	550
221	住房保障支出	50	50
合计		900	350	550

表4 一般公共预算“三公”经费支出表

单位：万元

项目	预算数
合计	12
1、因公出国（境）费用	0
2、公务接待费	2
3、公务用车购置及运行费	10
其中：（1）公务用车购置费	0
（2）公务用车运行费	10
"""

ACCOUNTS = """2023年度某某县档案馆部门决算

一、收入支出决算总体情况说明

2023年度收、支总计500万元。

二、收入决算情况说明

2023年度收入合计480万元，其中：财政拨款收入470万元。

三、支出决算情况说明

2023年度支出合计490万元，其中：基本支出300万元，占61.22%；项目支出190万元，占38.78%。

四、财政拨款“三公”经费支出决算情况说明

“三公”经费财政拨款支出预算为6万元，支出决算为5万元，完成预算的83.33%。

公务接待费支出预算为2万元，支出决算为1万元。

公务用车运行维护费支出预算为4万元，支出决算为4万元。
"""


def read(folder: Path, text: str) -> Facts:
    path = folder / "document.txt"
    path.write_text(text, encoding="utf-8")
    return read_facts(path, Catalogue())


def by_item(facts: Facts) -> dict[str, SheetEntry]:
    """The sheet's own lines; behind them stand those of other phases."""
    return {entry.item: entry for entry in facts.sheet[: len(ITEMS)]}


@pytest.fixture(scope="module")
def budget(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    return read(tmp_path_factory.mktemp("budget"), BUDGET)


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    return read(tmp_path_factory.mktemp("accounts"), ACCOUNTS)


# item, yuan, scope, degree
MONEY = [
    ("income-current", 9500000, "all", "stated"),
    ("income-total", 10000000, "all", "proved"),
    ("expenditure-current", 10000000, "all", "proved"),
    ("expenditure-total", 10000000, "all", "proved"),
    ("general-budget-expenditure", 9000000, "general", "stated"),
    ("capital-budget-expenditure", 0, "state", "stated"),
    ("basic-expenditure", 4000000, "all", "proved"),
    ("project-expenditure", 6000000, "all", "proved"),
    ("three-public", 120000, "", "proved"),
    ("travel-abroad", 0, "", "proved"),
    ("reception", 20000, "", "proved"),
    ("vehicles-bought", 0, "", "proved"),
    ("vehicles-run", 100000, "", "proved"),
    ("procurement", 500000, "", "proved"),
    ("procurement-goods", 200000, "", "proved"),
    ("procurement-works", 0, "", "proved"),
    ("procurement-services", 300000, "", "proved"),
    ("office-running-costs", 800000, "", "stated"),
]


@pytest.mark.parametrize(("item", "value", "scope", "degree"), MONEY)
def test_money_of_a_budget(budget: Facts, item: str, value: int, scope: str, degree: str) -> None:
    entry = by_item(budget)[item]
    assert (entry.value, entry.scope, entry.degree) == (Decimal(value), scope, degree)
    assert (entry.unit, entry.year, entry.phase) == ("CNY", 2025, "budget")


@pytest.mark.parametrize(
    ("item", "value"),
    [("posts", 40), ("staff", 38), ("vehicles", 4), ("divisions", 3), ("units", 1), ("duties", 3)],
)
def test_counts_are_of_the_office(budget: Facts, item: str, value: int) -> None:
    """编制 is the whole and no part of it, 实有 no trainees, cars those owned, units without the office itself."""
    assert by_item(budget)[item].value == value


def test_no_units_are_none_although_the_office_names_itself(tmp_path: Path) -> None:
    said = "二级预算单位共有2个，包括：某某市水务局本级、某某市水文站。"
    none = "二级预算单位共有0个，包括：\n序号\t单位名称\t拟变动情况\n1\t某某市水务局本级（机关）\t无"
    assert said in BUDGET
    assert by_item(read(tmp_path, BUDGET.replace(said, none)))["units"].value == 0


#: What is said of people; posts and people in post with their years, worked out by hand.
PEOPLE = [
    ("实有人员72人，其中：在职人员46人，离退休人员26人。", None, (46, 2025)),
    ("共有人员72人，其中在职在编46人、离休2人、退休24人。", None, (46, 2025)),
    ("现有职工72人（其中：退休人员26人，在职46人）。", None, (46, 2025)),
    # Contract staff among them: 60 and 25 are more than 67, so the retired stand beside them.
    ("实有人员67人，其中在职60人、聘用7人，另有离退休25人。", None, (67, 2025)),
    ("实有人员38人，其中行政29人、事业9人。单位管理的离退休人员12人。", None, (38, 2025)),
    ("截止2024年底，本部门在职人员共有45人。截止2024年底，某某市水文站编制人数8人，实有人员7人。", None, (45, 2024)),
    ("本部门人员编制40人，实有人员38人；下属某某市水文站编制8人，实有人员7人。", (40, 2025), (38, 2025)),
    ("某某市水文站行政编制4人，事业编制2人。", None, None),
    ("局机关和某某市水文站编制48人，实有人员45人。", (48, 2025), (45, 2025)),
    ("人员支出增加，主要是减少在职人员1名。", None, None),
    ("截止2024年底，本部门人员编制45人，其中行政编制45人；实有人员67人。", (45, 2024), (67, 2024)),
    ("截至2024年12月31日，行政编制4人，事业编制2人；实有人员5人。", (6, 2024), (5, 2024)),
    ("2024年10月迁入新址；实有人员5人。", None, (5, 2025)),
]  # fmt: skip


@pytest.mark.parametrize(("said", "posts", "staff"), PEOPLE, ids=[said[:14] for said, _, _ in PEOPLE])
def test_people_are_those_in_post_of_the_office_at_the_day_said(
    tmp_path: Path, said: str, posts: tuple[int, int] | None, staff: tuple[int, int] | None
) -> None:
    """The retired are no part of 实有, a unit's people are its own, and a sentence's date is that of all it counts."""
    sheet = by_item(read(tmp_path, f"2025年某某市水务局部门预算\n\n一、人员情况\n\n{said}\n"))
    for entry, expected in ((sheet["posts"], posts), (sheet["staff"], staff)):
        assert (entry.value, entry.year if expected else None) == (expected or (None, None))
    assert "contradicted" not in (sheet["posts"].degree, sheet["staff"].degree)


def test_a_unit_counts_its_own_people(tmp_path: Path) -> None:
    sheet = by_item(read(tmp_path, "2025年某某市水文站单位预算\n\n一、人员情况\n\n某某市水文站编制8人，实有7人。\n"))
    assert [sheet[item].value for item in ("posts", "staff")] == [8, 7]


@pytest.mark.parametrize("what", ["", "主管全市水资源和防汛工作的", "负责全市水资源管理的"])
def test_the_office_above_is_named_without_what_it_is_for(tmp_path: Path, what: str) -> None:
    text = f"2025年宝鸡市水务局部门预算\n\n一、主要职责\n\n宝鸡市水务局是{what}市政府组成部门。\n"
    text += "\n".join(f"（{n}）拟订供水、排水、节水和防汛的计划，并组织实施。" for n in "一二三四五")
    agency = read(tmp_path, text).agency
    assert agency is not None
    assert agency.parent == "宝鸡市人民政府"


@pytest.mark.parametrize("item", ["fund-budget-expenditure", "personnel", "running", "meetings", "training"])
def test_what_is_not_said_has_no_value(budget: Facts, item: str) -> None:
    entry = by_item(budget)[item]
    assert (entry.value, entry.degree, entry.span) == (None, "absent", None)


def test_every_entry_with_a_value_has_its_place(budget: Facts) -> None:
    assert all(entry.span is not None for entry in budget.sheet if entry.value is not None or entry.text)


def test_the_sheet_says_what_the_document_is(budget: Facts) -> None:
    said = {item: entry.text for item, entry in by_item(budget).items() if entry.unit == "TEXT"}
    assert said == {
        "agency": "某某市水务局", "place": "", "year": "2025", "kind": "budget", "level": "department",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("item", "value"),
    [
        ("income-total", 5000000),
        ("expenditure-total", 5000000),
        ("income-current", 4800000),
        ("expenditure-current", 4900000),
        ("basic-expenditure", 3000000),
        ("project-expenditure", 1900000),
        ("three-public", 50000),
        ("reception", 10000),
        ("vehicles-run", 40000),
    ],
)
def test_accounts_take_what_was_spent(accounts: Facts, item: str, value: int) -> None:
    entry = by_item(accounts)[item]
    assert (entry.value, entry.phase) == (Decimal(value), "final")


def test_the_budget_in_accounts_stands_behind_the_sheet(accounts: Facts) -> None:
    behind = {(e.item, e.phase): e.value for e in accounts.sheet[len(ITEMS) :]}
    assert behind == {
        ("three-public", "budget"): 60000, ("reception", "budget"): 20000, ("vehicles-run", "budget"): 40000,
    }  # fmt: skip


def test_money_under_evaluation_states_no_total(tmp_path: Path) -> None:
    text = """2023年度某某县档案馆部门决算

一、预算绩效情况说明

组织开展整体支出绩效评价，涉及一般公共预算财政拨款支出47万元，政府性基金预算支出3万元。

二、委托业务费情况说明

2023年度委托业务费涉及财政拨款资金8万元。
"""
    said = by_item(read(tmp_path, text))
    assert said["general-budget-expenditure"].value is None
    assert said["fund-budget-expenditure"].value is None
    assert said["entrusted-services"].value == 80_000


def test_one_sentence_of_two_items_proves_neither(accounts: Facts) -> None:
    assert by_item(accounts)["income-total"].degree == "stated"


def test_table_and_prose_that_differ_are_both_kept(tmp_path: Path) -> None:
    text = BUDGET.replace("公务接待费2万元", "公务接待费5万元")
    entry = by_item(read(tmp_path, text))["reception"]
    assert (entry.value, entry.degree, len(entry.against)) == (Decimal(20000), "contradicted", 1)


def test_a_table_of_units_alone_states_no_whole(tmp_path: Path) -> None:
    text = """2025年某某市水务局部门预算

表4 一般公共预算“三公”经费支出表

单位：万元

单位名称	“三公”经费合计	因公出国（境）费	公务接待费
某某市水文站	3	1	2
某某市水库管理处	5	1	4
"""
    assert by_item(read(tmp_path, text))["three-public"].value is None


def state(item: str, value: int, place: int, *, rank: int = 1, scope: str = "") -> Statement:
    start = 1000 * place + 10 * [each.id for each in ITEMS].index(item)
    span = Span(start, start + 3)
    return Statement(item, Decimal(value), Decimal("0.5"), (span,), "table", place, rank, scope)  # type: ignore[arg-type]


def test_of_two_readings_the_one_with_which_the_sum_closes_wins() -> None:
    """行政经费 or 三公? 12 = 2 + 10."""
    found = [
        state("three-public", 80, 1), state("three-public", 12, 2), state("travel-abroad", 0, 1),
        state("reception", 2, 1), state("vehicles-bought", 0, 1), state("vehicles-run", 10, 1),
    ]  # fmt: skip
    decision = decide(found, [item.id for item in ITEMS])["three-public"]
    assert decision.statement is not None
    assert decision.statement.value == 12


def test_of_two_readings_of_which_none_closes_neither_is_taken() -> None:
    decision = decide([state("procurement", 80, 1), state("procurement", 12, 2)], ["procurement"])["procurement"]
    assert (decision.statement, decision.degree) == (None, "contradicted")


def test_scopes_are_never_mixed() -> None:
    """All funds and the general budget differ; that is no contradiction."""
    found = [state("basic-expenditure", 40, 1, scope="all"), state("basic-expenditure", 35, 2, scope="general")]
    decision = decide(found, ["basic-expenditure"])["basic-expenditure"]
    assert decision.statement is not None
    assert (decision.statement.value, decision.degree) == (Decimal(40), "stated")


def test_csv_has_the_columns_that_others_rely_on(budget: Facts) -> None:
    output = io.StringIO()
    write_sheet([budget], "csv", output)
    rows = list(csv.DictReader(io.StringIO(output.getvalue())))
    assert tuple(rows[0]) == SHEET_COLUMNS
    assert [row["item"] for row in rows] == [item.id for item in ITEMS]
    row = next(row for row in rows if row["item"] == "reception")
    assert (row["value"], row["unit"], row["year"], row["degree"]) == ("20000", "CNY", "2025", "proved")
    assert budget.document.text[int(row["start"]) : int(row["end"])] == "2"
    assert "公务接待费" in row["quote"]


def test_ontology_and_loader_have_the_same_items_and_identities() -> None:
    graph = Graph().parse(ONTOLOGY / "quantities.ttl")
    nodes = {str(graph.value(n, DCTERMS.identifier)): n for n in graph.subjects(RDF.type, GK.StandardQuantity)}
    ordered = sorted(nodes, key=lambda item: int(str(graph.value(nodes[item], GK.sheetOrder))))
    assert ordered == [item.id for item in ITEMS]
    for item in ITEMS:
        node = nodes[item.id]
        assert set(graph.objects(node, RDFS.label)) == {Literal(item.zh, lang="zh"), Literal(item.en, lang="en")}
        assert {d.language for d in graph.objects(node, SKOS.definition) if isinstance(d, Literal)} == {"zh", "en"}
    for whole, parts in IDENTITIES:
        predicate = GK.sumOfQuantities if len(parts) > 1 else GK.equalsQuantity
        assert {nodes[part] for part in parts} <= set(graph.objects(nodes[whole], predicate))
