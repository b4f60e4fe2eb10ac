"""Canned queries over made-up documents of two years, for what the five do not hold; rows worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from loaders.build.building import build
from loaders.settings import Settings
from tests.service.five_documents import Graph

_BUDGET = """云岭市渔政局{year}年部门预算

项目支出表
部门：云岭市渔政局\t\t单位：万元
项目名称\t合计\t一般公共预算
合计\t{total}.00\t{total}.00
{rows}
"""
_ACCOUNTS = """云岭市渔政局2030年度部门决算

“三公”经费支出决算表
部门：云岭市渔政局\t\t单位：万元
项目\t预算数\t决算数
“三公”经费合计\t10.00\t12.50
1.因公出国（境）费\t0.00\t0.00
2.公务接待费\t4.00\t2.50
3.公务用车购置费\t0.00\t0.00
4.公务用车运行维护费\t6.00\t10.00

项目支出绩效自评表
项目名称\t渔港维护
一级指标\t二级指标\t三级指标\t年度指标值\t实际完成值\t分值\t得分
产出指标\t数量指标\t维护渔港\t≥5个\t4个\t20\t16
产出指标\t质量指标\t验收合格率\t≥95%\t98%\t20\t20
"""


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graph]:
    folder = tmp_path_factory.mktemp("made-up")
    goes_on = "渔港维护\t{0}.00\t{0}.00\n"
    files = {
        "budget-2030.txt": _BUDGET.format(year=2030, total=90, rows=goes_on.format(60) + "休渔宣传\t30.00\t30.00"),
        "budget-2031.txt": _BUDGET.format(year=2031, total=100, rows=goes_on.format(70) + "渔船信息化\t30.00\t30.00"),
        "accounts-2030.txt": _ACCOUNTS,
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    build([folder / name for name in files], folder / "store", Settings(jobs=1))
    graph = Graph(folder / "store")
    yield graph
    graph.close()


def test_projects_are_new_continue_and_end(graph: Graph) -> None:
    rows = graph.run("new-and-continuing-projects", "en")
    assert sorted((str(r["projectName"]), str(r["stateLabel"]), str(r["year"])) for r in rows) == [
        ("休渔宣传", "ended", "2031"), ("渔港维护", "continuing", "2031"), ("渔船信息化", "new", "2031"),
    ]  # fmt: skip
    new = graph.run("new-and-continuing-projects", state="new")
    assert [str(r["howLabel"]) for r in new] == ["与上年文件比较"]
    document, _, place = str(new[0]["evidence"]).partition("#char=")
    start, end = map(int, place.split(","))
    assert "渔船信息化" in graph.texts[document][start:end]


def test_targets_that_were_missed(graph: Graph) -> None:
    missed = graph.run("indicators", outcome="missed")
    assert [(str(r["indicatorLabel"]), str(r["targetText"]), str(r["result"])) for r in missed] == [
        ("维护渔港", "≥5个", "4个")
    ]
    assert [str(r["indicatorLabel"]) for r in graph.run("indicators", outcome="met")] == ["验收合格率"]


def test_what_was_spent_above_a_bound(graph: Graph) -> None:
    rows = graph.run("execution-rates", "en", least="120")
    found = [(str(r["quantityLabel"]), Decimal(str(r["rate"]))) for r in rows]
    # 10 of 6 and 12.5 of 10; receptions, 2.5 of 4, stay below.
    assert found == [("official cars run", Decimal("166.67")), ("the three public expenses", Decimal(125))]
