"""The charts of canned queries draw every row once, told apart from all others, or say in words what they leave out."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Sequence

import pytest

from service.pages.charts.svg import HEIGHT
from service.pages.result_charts import MOST_PANELS, Drawing, draw
from service.queries.answers import Row, Value
from service.queries.query import CannedQuery, Chart, Column
from service.queries.results import read_number, show_columns
from tests.service.five_documents import BAOJI, QUERIES, SHANGHAI, SHENZHEN, YUEYANG, Graph

DRAWN = [(q, c) for q in QUERIES for c in q.charts]
_XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.fixture(scope="module")
def graph(graph_of_five: Graph) -> Graph:
    return graph_of_five


def run_chart(graph: Graph, query: CannedQuery, chart: Chart, language: str, **given: str) -> tuple[Drawing, list[Row]]:
    rows = graph.run(query.name, language, **given)
    table = graph.table(query.name, language, **given)
    drawing = draw(chart, rows, show_columns(query, table, language), "t", language)
    assert drawing is not None
    return drawing, rows


def read_marks(drawing: Drawing) -> list[tuple[str, str]]:
    """What each bar, point, tile or band says, with the panel that it stands in."""
    found = []
    for panel in drawing.panels:
        for element in ET.fromstring(panel.svg).iter():
            title = element.find("title")
            # Words are no marks; the node of a flow sums bands up.
            if title is None or element.tag == "text" or (drawing.kind == "sankey" and element.tag == "rect"):
                continue
            found.append((panel.title, title.text or ""))
    return found


def read_value(said: str) -> float:
    return float(said.rpartition(": ")[2].replace(",", ""))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("query", "chart"), DRAWN, ids=[f"{q.name}-{c.kind}-{c.value}" for q, c in DRAWN])
@pytest.mark.parametrize("given", ["defaults", "everything"])
def test_every_row_is_drawn_once_or_accounted_for(
    graph: Graph, query: CannedQuery, chart: Chart, language: str, given: str
) -> None:
    asked = {} if given == "defaults" else {p.name: "all" for p in query.parameters if p.optional}
    drawing, rows = run_chart(graph, query, chart, language, **asked)
    marks = read_marks(drawing)
    assert len(marks) == drawing.drawn
    assert drawing.drawn + drawing.left_out == len(rows)
    # No two marks say the same of themselves: each is told from every other.
    names = Counter((panel, said.rpartition(": ")[0]) for panel, said in marks)
    assert not [name for name, count in names.items() if count > 1]
    # What is drawn are numbers of the rows, none more often than rows have it.
    stated = Counter(float(f"{n:.12g}") for row in rows if (n := read_number(row.get(chart.value))) is not None)
    assert not Counter(read_value(said) for _, said in marks) - stated
    assert sum(
        int(n) for words in drawing.reasons for n in re.findall(r"(?<!前 )(?<!的 )(\d+) (?:行|rows)", words)
    ) == (drawing.left_out)
    assert all(bool(re.search("[\u4e00-\u9fff]", words)) for words in drawing.reasons) or language == "en"


def test_an_item_a_year_and_a_scope_have_a_panel_of_their_own(graph: Graph) -> None:
    """In the documents: Shanghai 2017 spends 194,829,473 in all, 15,906,334 of it as basic expenditure."""
    query = next(q for q in QUERIES if q.name == "budgets-and-accounts")
    drawing, rows = run_chart(graph, query, query.charts[0], "zh", quantity="expenditure-total")
    marks = read_marks(drawing)
    assert (drawing.drawn, drawing.left_out) == (len(rows), 0)
    # Phases are what this chart sets beside one another, in colours that they have everywhere.
    assert drawing.series == {"年初预算": 2, "决算": 1}
    assert ("支出总计 · 2017 · 全部资金", f"{SHANGHAI} · 年初预算: 194,829,473") in marks
    of_2023 = sorted(said.rpartition(": ")[0] for panel, said in marks if panel == "支出总计 · 2023 · 全部资金")
    assert of_2023 == sorted([f"{BAOJI} · 年初预算", f"{YUEYANG} · 决算", f"{SHENZHEN} · 年初预算"])
    # Of all quantities there are more panels than are drawn: the others are named, with what shows them.
    drawing, rows = run_chart(graph, query, query.charts[0], "zh")
    assert len({p.title for p in drawing.panels}) == MOST_PANELS
    assert drawing.drawn + drawing.left_out == len(rows)
    assert sum(count for *_, count in drawing.others) == drawing.left_out
    titles = {title: only for title, only, _ in drawing.others}
    assert not titles.keys() & {p.title for p in drawing.panels}
    assert all(
        {o.partition(":")[0] for o in only} == {"quantityLabel", "year", "scopeLabel"} for only in titles.values()
    )


def test_an_area_adds_one_year_phase_and_extent_only() -> None:
    kinds = {"year", "phaseLabel", "phase", "fundLabel", "partLabel"}
    columns = [
        Column("year", {"zh": "年度"}, datatype="gYear"), Column("phaseLabel", {"zh": "阶段"}),
        Column("partLabel", {"zh": "范围"}),
        Column("name", {"zh": "项目"}), Column("amount", {"zh": "金额"}, numeric=True),
    ]  # fmt: skip
    assert kinds >= {c.name for c in columns[:3]}
    rows = [
        make_row(year=year, phaseLabel=phase, partLabel=part, name="甲", amount=amount)
        for amount, (year, phase, part) in enumerate(
            [("2022", "预算", "全部"), ("2022", "决算", "全部"), ("2023", "预算", "全部"), ("2023", "预算", "基本")], 1
        )
    ]
    drawing = draw(Chart("treemap", "amount", label="name", key="name"), rows, columns, "t", "zh")
    assert drawing is not None
    assert [p.title for p in drawing.panels] == [
        "2022 · 预算 · 全部", "2022 · 决算 · 全部", "2023 · 预算 · 全部", "2023 · 预算 · 基本",
    ]  # fmt: skip
    assert drawing.drawn == 4


def make_row(amount: object = None, **words: str) -> Row:
    row = {name: Value(text) for name, text in words.items()}
    return row | ({} if amount is None else {"amount": Value(str(amount), datatype=f"{_XSD}decimal")})


_COLUMNS = (
    Column("name", {"zh": "项目", "en": "item"}), Column("code", {"zh": "编码", "en": "code"}),
    Column("amount", {"zh": "金额", "en": "amount"}, link="place", numeric=True),
)  # fmt: skip


@pytest.mark.parametrize(("rows", "marks", "reasons"), [
    # Told apart by another column; by a number where none differs.
    ([make_row(1, name="甲", code="1"), make_row(2, name="甲", code="2")], ["甲 · 1: 1", "甲 · 2: 2"], ()),
    ([make_row(1, name="甲"), make_row(2, name="甲"), make_row(1, name="甲")],
     ["甲: 1", "甲 · (2): 2", "甲 · (3): 1"], ()),
    # One number of one place is one bar, and a row without a number or a name is none.
    ([make_row(1, name="甲", place="p"), make_row(1, name="甲", place="p")], ["甲: 1"],
     ("1 行是已画的同一处的同一个数",)),
    ([make_row(1, name="甲", place="p"), make_row(1, name="甲", place="q")], ["甲: 1", "甲 · (2): 1"], ()),
    ([make_row(1, name="甲"), make_row(name="乙"), make_row(3)], ["甲: 1"],
     ("1 行没有“金额”的数", "1 行没有“项目”")),
    ([make_row(name="甲")], [], ("1 行没有“金额”的数",)),
])  # fmt: skip
def test_bars_are_told_apart(rows: Sequence[Row], marks: list[str], reasons: tuple[str, ...]) -> None:
    drawing = draw(Chart("bar", "amount", label="name"), rows, _COLUMNS, "t", "zh")
    assert drawing is not None
    assert [said for _, said in read_marks(drawing)] == marks
    assert drawing.reasons == reasons
    assert draw(Chart("bar", "amount", label="name"), [], _COLUMNS, "t", "zh") is None


def test_what_is_too_much_is_said() -> None:
    many = [make_row(n, name=f"项{n}", code="1") for n in range(1, 101)]
    expected = {
        "bar": (
            "一图一屏，只画最大的几组；78 行只在表中",
            "a panel fits on a screen and has its largest groups; 78 rows are in the table only",
        ),
        "treemap": (
            "每图只画最大的 40 块，60 行未画，请筛选",
            "only the 40 largest tiles of a panel; 60 rows are not drawn: filter",
        ),
    }
    for kind, words in expected.items():
        chart = Chart("bar" if kind == "bar" else "treemap", "amount", label="name", key="name")
        for language, said in zip(("zh", "en"), words, strict=True):
            drawing = draw(chart, many, _COLUMNS, "t", language)
            assert drawing is not None
            assert drawing.reasons == (said,)
            # A panel is no higher than a screen, and what it leaves out is what is smaller than all that it draws.
            assert float(ET.fromstring(drawing.panels[0].svg).get("viewBox", "").split()[3]) <= HEIGHT
            values = [read_value(mark) for _, mark in read_marks(drawing)]
            assert min(values) == 101 - len(values)


def test_a_total_is_not_drawn_beside_its_parts() -> None:
    columns = (*_COLUMNS, Column("parent", {"zh": "上级"}))
    rows = [
        make_row(5, name="总"),
        make_row(3, name="甲", parent="总"),
        make_row(2, name="乙", parent="总"),
        make_row(-1, name="丙"),
    ]
    drawing = draw(Chart("treemap", "amount", label="name", key="name", parent="parent"), rows, columns, "t", "zh")
    assert drawing is not None
    assert sorted(said for _, said in read_marks(drawing)) == ["乙: 2", "甲: 3"]
    assert drawing.reasons == ("1 行是合计，图中画的是其各部分", "1 行为零或负数，没有大小可画")


def test_flows_between_the_same_two_are_bands_of_their_own() -> None:
    columns = (*_COLUMNS, Column("to", {"zh": "去向"}))
    rows = [
        make_row(1, name="甲", to="乙", code="1"),
        make_row(1, name="甲", to="乙", code="2"),
        make_row(1, name="乙", to="甲"),
    ]
    drawing = draw(Chart("sankey", "amount", source="name", target="to"), rows, columns, "t", "zh")
    assert drawing is not None
    assert [said for _, said in read_marks(drawing)] == ["甲 → 乙 · 1: 1", "甲 → 乙 · 2: 1"]
    assert drawing.reasons == ("1 行会使流向成环",)
