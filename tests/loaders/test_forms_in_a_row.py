"""Forms of self-evaluation that follow each other in one table, without a title between. None of the offices exists."""

from __future__ import annotations

from pathlib import Path

from loaders.facts import Facts
from loaders.pipeline import read_facts

HEAD = "一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分"
FUNDS = "项目资金（万元）||年初预算数|全年预算数|全年执行数|分值|得分"
FIRST = [
    "项目名称|河道清淤项目*6",
    "主管部门|安平市青原区水务局*3|实施单位|青原区河道管理所*2",
    FUNDS,
    "|年度资金总额|120.00|110.00|108.20|10|9.8",
    HEAD,
    "产出指标|数量指标|清淤长度|≥12公里|11.5公里|50|48",
    "效益指标|社会效益指标|内涝减少次数|≥3次|3次|30|30",
]
SECOND = [
    "项目名称|水质监测项目*6",
    "主管部门|安平市青原区水务局*3|实施单位|青原区环境监测站*2",
    FUNDS,
    "|年度资金总额|35.50|35.50|35.00|10|9.9",
    HEAD,
    "产出指标|数量指标|监测断面数|≥20个|21个|80|79",
    "满意度指标|服务对象满意度指标|居民满意度|≥90%|92%|10|10",
    "总分*5|100|98.9",
]


def read(tmp_path: Path, rows: list[str]) -> Facts:
    cells = ([cell.partition("*")[::2] for cell in row.split("|")] for row in rows)
    body = "".join("<tr>" + "".join(f'<td colspan="{n or 1}">{c}</td>' for c, n in row) + "</tr>" for row in cells)
    path = tmp_path / "page.html"
    path.write_text(
        "<html><body><h1>安平市青原区水务局2024年度部门决算</h1><h2>项目支出绩效自评表（2024年度）</h2>"
        f"<table>{body}</table></body></html>",
        encoding="utf-8",
    )
    return read_facts(path)


def test_indicators_are_of_their_form(tmp_path: Path) -> None:
    facts = read(tmp_path, FIRST + SECOND)
    told = [(i.label, i.project, i.level2, float(i.maximum or 0), float(i.score or 0)) for i in facts.indicators]
    assert told == [
        ("清淤长度", "河道清淤项目", "数量指标", 50, 48),
        ("内涝减少次数", "河道清淤项目", "社会效益指标", 30, 30),
        ("监测断面数", "水质监测项目", "数量指标", 80, 79),
        ("居民满意度", "水质监测项目", "服务对象满意度指标", 10, 10),
    ]


def test_projects_have_their_money_and_unit(tmp_path: Path) -> None:
    facts = read(tmp_path, FIRST + SECOND)
    assert [(p.label, int(p.amount or 0), p.unit) for p in facts.projects] == [
        ("河道清淤项目", 1_200_000, "青原区河道管理所"),
        ("水质监测项目", 355_000, "青原区环境监测站"),
    ]


def test_figures_say_of_which_form_they_are(tmp_path: Path) -> None:
    facts = read(tmp_path, FIRST + SECOND)
    told = {
        (f.subject_label, f.stated): (dict(f.dimensions).get("project"), f.budget_unit)
        for f in facts.figures
        if f.subject_label in ("年度资金总额", "清淤长度", "居民满意度")
    }
    assert told[("年度资金总额", "120.00")] == ("河道清淤项目", "青原区河道管理所")
    assert told[("年度资金总额", "35.00")] == ("水质监测项目", "青原区环境监测站")
    assert told[("清淤长度", "48")] == ("河道清淤项目", "青原区河道管理所")
    assert told[("居民满意度", "92")] == ("水质监测项目", "青原区环境监测站")
    assert len(facts.figures) == 5 + 8 + 5 + 8 + 2


def test_scores_add_up_within_a_form(tmp_path: Path) -> None:
    """The first form prints no total: its scores are not added to those of the second."""
    facts = read(tmp_path, FIRST + SECOND)
    sums = [f for f in facts.findings if f.rule in ("score-sum", "maximum-sum")]
    assert [(f.rule, f.verdict, f.right) for f in sums] == [
        ("maximum-sum", "holds", "10 + 80 + 10 = 100"),
        ("score-sum", "holds", "9.9 + 79 + 10 = 98.9"),
    ]


def test_assessments_are_of_indicators_and_not_of_fields(tmp_path: Path) -> None:
    labels = [a.label for a in read(tmp_path, FIRST + SECOND).assessments]
    assert labels == ["清淤长度", "内涝减少次数", "监测断面数", "居民满意度", "总分"]


def test_what_follows_a_form_without_a_name_is_not_of_the_first(tmp_path: Path) -> None:
    facts = read(tmp_path, [*FIRST, "项目名称|*6", *SECOND[1:]])
    assert [i.project for i in facts.indicators] == ["河道清淤项目", "河道清淤项目", "", ""]
    assert [p.label for p in facts.projects] == ["河道清淤项目"]
    last = [f for f in facts.figures if f.subject_label == "居民满意度"]
    assert [(dict(f.dimensions).get("project"), f.budget_unit) for f in last] == [(None, "青原区环境监测站")] * 4


def test_one_form_is_as_before(tmp_path: Path) -> None:
    facts = read(tmp_path, SECOND)
    assert all(not f.dimensions and f.budget_unit == "青原区环境监测站" for f in facts.figures)
