"""Charts drawn on the server: what they show, that nothing overlaps, that no label becomes markup."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from service.pages.charts import (
    Flow,
    Neighbour,
    Point,
    Tile,
    draw_bars,
    draw_lines,
    draw_network,
    draw_sankey,
    draw_treemap,
    list_leaves,
)  # fmt: skip
from service.pages.charts.svg import fit, measure, shorten, ticks, wrap

EVIL = "<script>alert(1)</script>\"' onload=alert(1) \x00 }"


def read(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def rectangles(svg: str) -> list[tuple[float, float, float, float]]:
    return [
        (float(r.get("x", 0)), float(r.get("y", 0)), float(r.get("width", 0)), float(r.get("height", 0)))
        for r in read(svg).iter("rect")
    ]


def titles(svg: str) -> list[str]:
    return [t.text or "" for t in read(svg).iter("title")]


def test_bars_are_as_long_as_their_numbers() -> None:
    svg = draw_bars([Point("深圳", 70_000_000), Point("岳阳", 1_016_400), Point("宝鸡", 0)], "金额", "zh")
    (_, _, long, _), (_, _, short, _), (_, _, none, _) = rectangles(svg)
    assert long / short == pytest.approx(70_000_000 / 1_016_400, rel=0.1)
    assert none == 1
    assert "深圳: 70,000,000" in titles(svg)
    assert "7,000万" in svg
    assert "101.64万" in svg
    assert read(svg).get("aria-label") == "金额"


def test_bars_of_falling_amounts_lie_left_of_zero() -> None:
    up, down = rectangles(draw_bars([Point("a", 5), Point("b", -5)], "t", "en"))
    assert down[0] + down[2] == pytest.approx(up[0], abs=0.2)


def test_a_line_skips_years_that_nobody_stated() -> None:
    years = [Point(str(y), y - 2000.0, "s") for y in (2017, 2018, 2021, 2022)]
    svg = draw_lines(years, "t", "en")
    lines = [e for e in read(svg).iter("line") if "line" in (e.get("class") or "").split()]
    assert len(lines) == 2, "2017-2018 and 2021-2022; what stood between is not known"
    steps = [t.text for t in read(svg).iter("text") if (t.text or "").startswith("第")]
    assert steps == []
    quarters = draw_lines([Point(f"第{n}季度", i) for i, n in enumerate("一二三四")], "t", "zh")
    assert re.findall("第.季度(?=</text>)", quarters) == ["第一季度", "第二季度", "第三季度", "第四季度"]


def test_a_treemap_shows_the_leaves_by_area_without_overlap() -> None:
    tiles = [
        Tile("201", "一般公共服务", 100), Tile("20103", "政府办公厅", 75, "201"), Tile("20113", "商贸", 25, "201"),
        Tile("229", "其他支出", 50), Tile("208", "社会保障", -3),
    ]  # fmt: skip
    assert [t.key for t in list_leaves(tiles)] == ["20103", "229", "20113"], "a parent is not drawn beside its parts"
    boxes = rectangles(draw_treemap(tiles, "t", "zh"))
    areas = sorted((w + 2) * (h + 2) for _, _, w, h in boxes)
    assert [a / areas[0] for a in areas] == pytest.approx([1, 2, 3], rel=0.02)
    for i, (x, y, w, h) in enumerate(boxes):
        for a, b, c, d in boxes[i + 1 :]:
            assert x + w <= a + 0.2 or a + c <= x + 0.2 or y + h <= b + 0.2 or b + d <= y + 0.2


def test_a_sankey_keeps_amounts_and_breaks_circles() -> None:
    flows = [Flow("收入", "部门", 10), Flow("部门", "项目", 6), Flow("部门", "基本", 4), Flow("项目", "收入", 1)]
    svg = draw_sankey(flows, "t", "zh")
    assert "收入 → 部门: 10" in titles(svg)
    assert "项目 → 收入: 1" not in titles(svg)
    names = dict.fromkeys(t for t in titles(svg) if "→" not in t)
    heights = {name: height for name, (_, _, _, height) in zip(names, rectangles(svg), strict=True)}
    assert heights["部门 10"] == pytest.approx(heights["项目 6"] + heights["基本 4"], rel=0.02)


@pytest.mark.parametrize(
    "svg",
    [
        draw_bars([Point(EVIL, 3, EVIL)], EVIL, "zh"),
        draw_lines([Point(EVIL, 3, EVIL), Point("b", 4, EVIL)], EVIL, "en"),
        draw_treemap([Tile(EVIL, EVIL, 3, EVIL)], EVIL, "zh"),
        draw_sankey([Flow(EVIL, "b", 3)], EVIL, "zh"),
        draw_network(EVIL, [Neighbour(EVIL, EVIL, "/page/x")], EVIL),
    ],
    ids=["bars", "lines", "treemap", "sankey", "network"],
)
def test_labels_stay_text(svg: str) -> None:
    root = read(svg)
    assert {e.tag for e in root.iter()} <= {"svg", "rect", "line", "path", "circle", "text", "title", "a"}
    assert not any(name.startswith("on") or name == "style" for e in root.iter() for name in e.attrib)
    assert "<script>" not in svg


def test_nothing_to_draw_is_no_error() -> None:
    for svg in (draw_bars([], "t", "zh"), draw_treemap([], "t", "zh"), draw_sankey([], "t", "zh")):
        assert read(svg).tag == "svg"


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0, 5.8e8), (-3, 7), (0, 0), (0, 0.0004), (99, 101)])
def test_ticks_are_round_and_hold_the_numbers(low: float, high: float) -> None:
    found = ticks(low, high)
    assert found[0] <= low
    assert found[-1] >= high
    assert 2 <= len(found) <= 12


def test_words_are_cut_to_their_room() -> None:
    assert fit("口岸管理办公室", 200) == "口岸管理办公室"
    assert fit("口岸管理办公室", 50) == "口岸管…"
    assert fit("口岸", 5) == ""
    lines = wrap("免除查验没有问题作业服务工作", 60, 3)
    assert lines == ["免除查验没", "有问题作业", "服务工作"]
    assert all(measure(line) <= 60 for line in lines)
    assert shorten(70_000_000, "zh") == "7,000万"
    assert shorten(582_270_000, "en") == "582.27 m"
    assert shorten(12, "zh") == "12"
