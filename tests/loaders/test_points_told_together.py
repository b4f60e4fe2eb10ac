"""The most points that may be had and those that were, in one cell or under one header. The office does not exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from loaders.facts import Facts
from loaders.pipeline import read_facts
from loaders.words.points import split_pair

LEVELS = "一级指标|二级指标|三级指标|年度指标值|实际完成值"


def read(tmp_path: Path, head: str, cells: list[str]) -> Facts:
    rows = [
        f"{LEVELS}|{head}|偏差原因",
        f"产出指标|数量指标|清淤长度|≥12公里|11.5公里|{cells[0]}|雨季停工",
        f"产出指标|质量指标|验收合格率|100%|100%|{cells[1]}|无",
        f"效益指标|社会效益指标|内涝减少次数|≥3次|3次|{cells[2]}|无",
    ]
    body = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row.split("|")) + "</tr>" for row in rows)
    path = tmp_path / "page.html"
    path.write_text(
        "<html><body><h1>安平市青原区水务局2024年度部门决算</h1><h2>项目支出绩效自评表（2024年度）</h2><table>"
        '<tr><td>项目名称</td><td colspan="6">河道清淤项目</td></tr>'
        f"{body}<tr><td colspan='5'>总分</td><td>{cells[3]}</td><td></td></tr></table></body></html>",
        encoding="utf-8",
    )
    facts = read_facts(path)
    assert all(facts.document.text[f.span.start : f.span.end] == f.stated for f in facts.figures)
    return facts


@pytest.mark.parametrize(
    ("head", "cells"),
    [
        ("分值/得分", ["10/9.5", "10分/10分", "30／30", "50/49.5"]),
        ("分值（得分）", ["10（9.5）", "10(10)", "30（30）", "50（49.5）"]),
        ("得分/分值", ["9.5/10", "10/10", "30/30", "49.5/50"]),
        ("评分", ["分值：10 得分：9.5", "分值：10，得分：10", "得分30分，满分30分", "分值50 得分49.5"]),
    ],
)
def test_both_are_read(tmp_path: Path, head: str, cells: list[str]) -> None:
    facts = read(tmp_path, head, cells)
    points = [(f.subject_label, f.aspect, f.stated, f.phase) for f in facts.figures if f.unit == "SCORE"]
    assert sorted(points) == sorted(
        [
            ("清淤长度", "maximum", "10", ""),
            ("清淤长度", "score", "9.5", "result"),
            ("验收合格率", "maximum", "10", ""),
            ("验收合格率", "score", "10", "result"),
            ("内涝减少次数", "maximum", "30", ""),
            ("内涝减少次数", "score", "30", "result"),
            ("总分", "maximum", "50", ""),
            ("总分", "score", "49.5", "result"),
        ]
    )
    assert len(facts.figures) == 8 + 6
    assert "unaccounted" not in {t.kind for t in facts.ledger}


def test_indicators_and_assessments_have_both(tmp_path: Path) -> None:
    facts = read(tmp_path, "分值/得分", ["10/9.5", "10/10", "30/30", "50/49.5"])
    assert [(i.label, str(i.maximum), str(i.score)) for i in facts.indicators] == [
        ("清淤长度", "10", "9.5"),
        ("验收合格率", "10", "10"),
        ("内涝减少次数", "30", "30"),
    ]
    assert [(a.label, str(a.maximum), str(a.score)) for a in facts.assessments] == [
        ("清淤长度", "10", "9.5"),
        ("验收合格率", "10", "10"),
        ("内涝减少次数", "30", "30"),
        ("总分", "50", "49.5"),
    ]


def test_more_than_may_be_had_is_not_believed(tmp_path: Path) -> None:
    facts = read(tmp_path, "分值/得分", ["9.5/10", "10/10", "30/30", "50/49.5"])
    assert not [f for f in facts.figures if f.subject_label == "清淤长度" and f.unit == "SCORE"]
    assert [t.stated for t in facts.ledger if t.kind == "unaccounted"] == ["9.5", "10"]
    assert facts.indicators[0].score is None


@pytest.mark.parametrize(
    "cell", [("10/9.5", "得分"), ("10/9.5", ""), ("2024/10", "分值/得分"), ("10/9.5/3", "分值/得分")]
)
def test_what_is_no_pair(cell: tuple[str, str]) -> None:
    assert split_pair(*cell) is None
