"""Signs of change at numbers (▲ ▼ ↑ ↓): what they say; what nothing tells stays open. No such office exists."""

from __future__ import annotations

from pathlib import Path

import pytest

from loaders.facts import Facts
from loaders.pipeline import read_facts
from loaders.words.signs import agree, read_sign, read_triangle

TITLE = "安平市青原区水务局2024年度部门决算"
HEADER = ["项目", "上年决算数", "本年决算数", "增减额", "增减%"]


def read(tmp_path: Path, prose: str = "", rows: list[list[str]] | None = None) -> Facts:
    body = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in rows or [])
    table = f"<p>收入支出决算总表</p><p>单位：万元</p><table>{body}</table>" if rows else ""
    path = tmp_path / "page.html"
    path.write_text(f"<html><body><h1>{TITLE}</h1><p>{prose}</p>{table}</body></html>", encoding="utf-8")
    return read_facts(path)


def told(facts: Facts) -> list[tuple[str, str, str, str, str]]:
    return [(f.subject_label, f.stated, str(f.value.normalize()), f.aspect, f.direction) for f in facts.figures]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("支出▲5.2%，收入▼3.1%", "up"),
        ("支出△5.2%，收入3.1%▽", "up"),
        ("注：“▲”表示减少。支出▲5.2%", "down"),
        ("增减额（▲为负）", "down"),
        ("增加（+）减少（▲）", "down"),
        ("注：▲表示增长，▼表示下降", "up"),
        ("以“△”表示负数", "down"),
        ("支出▲5.2%", ""),
        ("注：▲表示增加；▲表示减少", ""),
        ("▲为本年新增项目", ""),
    ],
)
def test_what_a_triangle_says(text: str, said: str) -> None:
    assert read_triangle(text) == said


def test_whose_a_sign_is() -> None:
    text = "甲5.2%↑，乙↓3.1%"
    assert read_sign(text, 1, 4, "")[0] == "up"
    assert read_sign(text, 9, 12, "")[0] == "down"
    assert read_sign("5.2%▲3.1%", 0, 3, "") == ("", -1)  # the next number's


def test_word_and_sign_must_agree() -> None:
    assert agree("up", "down") == ""
    assert agree("down", "either") == "down"
    assert agree("up", "either") == ""
    assert agree("", "up") == "up"


def test_prose_with_both_signs(tmp_path: Path) -> None:
    prose = (
        "2024年收入总计1,250.40万元，较上年▲5.2%。支出总计1,200.00万元，同比▼3.1%。会议费3.00万元，比上年↑0.50万元。"
        "培训费4.00万元，比上年增长▲8.0%。公务接待费1.00万元（↓20%）。"
    )
    assert told(read(tmp_path, prose)) == [
        ("收入总计", "1,250.40", "1.2504E+7", "level", ""),
        ("收入总计", "5.2", "5.2", "growth", "up"),
        ("支出总计", "1,200.00", "1.2E+7", "level", ""),
        ("支出总计", "3.1", "3.1", "growth", "down"),
        ("会议费", "3.00", "3E+4", "level", ""),
        ("会议费", "0.50", "5E+3", "change", "up"),
        ("培训费", "4.00", "4E+4", "level", ""),
        ("培训费", "8.0", "8", "growth", "up"),
        ("公务接待费", "1.00", "1E+4", "level", ""),
        ("公务接待费", "20", "2E+1", "growth", "down"),
    ]


def test_prose_with_a_triangle_alone_is_open(tmp_path: Path) -> None:
    figures = told(read(tmp_path, "2024年收入总计1,250.40万元，比上年增长▲5.2%。支出总计1,200.00万元，较上年▲3.1%。"))
    assert [f[3:] for f in figures] == [("level", ""), ("growth", ""), ("level", ""), ("growth", "")]


def test_a_triangle_at_the_beginning_of_a_line_marks_it(tmp_path: Path) -> None:
    facts = read(tmp_path, "▲12个项目已经开工。")
    assert [(f.stated, f.aspect, f.direction) for f in facts.figures] == [("12", "level", "")]


def test_a_mark_behind_a_level_is_no_change(tmp_path: Path) -> None:
    facts = read(tmp_path, "预算执行率为98.5%↑。")
    assert [(f.stated, f.aspect, f.direction, f.phase) for f in facts.figures] == [("98.5", "level", "", "result")]


def test_columns_of_changes(tmp_path: Path) -> None:
    facts = read(
        tmp_path,
        rows=[
            HEADER,
            ["基本支出", "100.00", "120.00", "▲20.00", "▲20.0%"],
            ["项目支出", "200.00", "150.00", "▼50.00", "↓25.0"],
            ["合计", "300.00", "270.00", "▼ 30.00", "10.0%↓"],
        ],
    )
    assert [f for f in told(facts) if f[3] != "level"] == [
        ("基本支出", "20.00", "2E+5", "change", "up"),
        ("基本支出", "20.0", "2E+1", "growth", "up"),
        ("项目支出", "50.00", "-5E+5", "change", "down"),
        ("项目支出", "25.0", "-25", "growth", "down"),
        ("合计", "30.00", "-3E+5", "change", "down"),
        ("合计", "10.0", "-1E+1", "growth", "down"),
    ]
    assert len(facts.figures) == 12
    assert {f.verdict for f in facts.findings if f.rule.startswith("row-")} == {"holds"}


def test_a_triangle_that_a_note_explains(tmp_path: Path) -> None:
    facts = read(
        tmp_path,
        "注：▲表示减少。",
        [HEADER[:4], ["基本支出", "100.00", "80.00", "▲20.00"], ["合计", "100.00", "80.00", "▲20.00"]],
    )
    assert [f[2:] for f in told(facts) if f[1] == "20.00"] == [("-2E+5", "change", "down")] * 2


def test_a_triangle_alone_accuses_nobody(tmp_path: Path) -> None:
    """基本支出 fell by 20; nothing in the document tells what ▲ stands for."""
    facts = read(
        tmp_path,
        rows=[
            HEADER,
            ["基本支出", "100.00", "80.00", "▲20.00", "▲20.0"],
            ["项目支出", "200.00", "250.00", "50.00", "25.0"],
            ["合计", "300.00", "330.00", "30.00", "10.0"],
        ],
    )
    assert [f[3:] for f in told(facts) if f[1] in ("20.00", "20.0")] == [("change", ""), ("growth", "")]
    assert not [f for f in facts.findings if f.verdict == "contradicted"]


def test_a_sign_at_an_amount_that_is_no_change(tmp_path: Path) -> None:
    facts = read(tmp_path, rows=[["项目", "决算数"], ["年末结转和结余", "△12.50"], ["收入合计", "112.50"]])
    assert [f[:2] for f in told(facts)] == [("收入合计", "112.50")]
    assert [(t.stated, t.kind) for t in facts.ledger if t.stated == "12.50"] == [("12.50", "unaccounted")]
