"""Tables of projects with a column for each project and its fields in rows. The office does not exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from loaders.facts import Facts
from loaders.pipeline import read_document, read_facts
from loaders.tables.transposed import turn_tables

Rows = list[str]


def write(tmp_path: Path, rows: Rows) -> Path:
    cells = ([cell.partition("*")[::2] for cell in row.split("|")] for row in rows)
    body = "".join("<tr>" + "".join(f'<td colspan="{n or 1}">{c}</td>' for c, n in row) + "</tr>" for row in cells)
    path = tmp_path / "page.html"
    path.write_text(
        "<html><body><h1>安平市青原区水务局2024年度部门决算</h1><p>表9 项目支出情况表</p><p>单位：万元</p>"
        f"<table>{body}</table></body></html>",
        encoding="utf-8",
    )
    return path


def told(facts: Facts) -> list[tuple[str, str, str, str, float]]:
    return [(f.subject_label, f.column, f.phase, f.unit, float(f.value)) for f in facts.figures]


TRANSPOSED = [
    "项目名称|河道清淤项目|水质监测项目",
    "实施单位|河道管理所|环境监测站",
    "年初预算数|120.00|35.50",
    "全年预算数|110.00|",
    "执行数|108.20|35.00",
    "执行率|98.36%|98.59%",
    "自评得分|96.5|98",
]


def test_each_number_is_of_its_project(tmp_path: Path) -> None:
    facts = read_facts(write(tmp_path, TRANSPOSED))
    assert told(facts) == [
        ("河道清淤项目", "年初预算数", "budget", "CNY", 1_200_000),
        ("水质监测项目", "年初预算数", "budget", "CNY", 355_000),
        ("河道清淤项目", "全年预算数", "adjusted", "CNY", 1_100_000),
        ("河道清淤项目", "执行数", "final", "CNY", 1_082_000),
        ("水质监测项目", "执行数", "final", "CNY", 350_000),
        ("河道清淤项目", "执行率", "result", "PERCENT", 98.36),
        ("水质监测项目", "执行率", "result", "PERCENT", 98.59),
        ("河道清淤项目", "自评得分", "result", "SCORE", 96.5),
        ("水质监测项目", "自评得分", "result", "SCORE", 98),
    ]
    assert {f.subject_kind for f in facts.figures} == {"project"}
    assert "unaccounted" not in {t.kind for t in facts.ledger}


def test_projects_have_their_first_amount(tmp_path: Path) -> None:
    facts = read_facts(write(tmp_path, TRANSPOSED))
    assert [(p.label, float(p.amount or 0), p.phase) for p in facts.projects] == [
        ("河道清淤项目", 1_200_000, "budget"),
        ("水质监测项目", 355_000, "budget"),
    ]


def test_a_total_beside_the_projects(tmp_path: Path) -> None:
    rows = ["项目名称|合计|河道清淤项目|水质监测项目", "年初预算数|155.50|120.00|35.50", "执行数|143.20|108.20|35.00"]
    facts = read_facts(write(tmp_path, rows))
    assert [(f.subject_label, f.stated) for f in facts.figures] == [
        ("合计", "155.50"),
        ("河道清淤项目", "120.00"),
        ("水质监测项目", "35.50"),
        ("合计", "143.20"),
        ("河道清淤项目", "108.20"),
        ("水质监测项目", "35.00"),
    ]
    assert [p.label for p in facts.projects] == ["河道清淤项目", "水质监测项目"]


def test_text_and_places_are_what_they_were(tmp_path: Path) -> None:
    document = read_document(write(tmp_path, TRANSPOSED))
    turned = turn_tables(document)
    before, after = (next(b.table for b in d.blocks if b.table is not None) for d in (document, turned))
    assert turned.text == document.text
    assert sorted(c.passage.span for c in after.cells()) == sorted(c.passage.span for c in before.cells())
    assert [c.text for c in after.rows[1]] == [
        "河道清淤项目",
        "河道管理所",
        "120.00",
        "110.00",
        "108.20",
        "98.36%",
        "96.5",
    ]


@pytest.mark.parametrize(
    "rows",
    [
        # a list of projects
        ["项目名称|年初预算数|执行数", "河道清淤项目|120.00|108.20", "水质监测项目|35.50|35.00"],
        # a list whose header has a word that is in no list
        ["项目名称|市本级|区县", "河道清淤项目|120.00|108.20", "水质监测项目|35.50|35.00"],
        # a form of one project
        ["项目名称|河道清淤项目", "年初预算数|120.00", "执行数|108.20"],
        # a form with several fields beside each other
        ["项目名称|河道清淤项目|项目类别|运转类", "年初预算数|120.00|全年预算数|110.00", "执行数|108.20|结余|1.80"],
        # expenses of “三公” in columns
        ["项目|因公出国（境）费|公务接待费", "年初预算数|3.00|2.00", "决算数|0.00|1.50"],
        # the same project twice
        ["项目名称|河道清淤项目|河道清淤项目", "年初预算数|120.00|35.50", "执行数|108.20|35.00"],
        # words among the numbers
        ["项目名称|河道清淤项目|水质监测项目", "年初预算数|120.00|详见附件", "执行数|108.20|35.00"],
    ],
)
def test_what_stands_upright_stays(tmp_path: Path, rows: Rows) -> None:
    document = read_document(write(tmp_path, rows))
    assert turn_tables(document) is document
