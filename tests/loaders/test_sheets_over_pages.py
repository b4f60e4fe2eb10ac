"""Sheets of targets over several pages: pages without a header, and levels in cells that a page break divides."""

from __future__ import annotations

from dataclasses import dataclass

from loaders.documents import Box, Document, Span
from loaders.facts import Indicator
from loaders.pipeline import read_document_facts
from loaders.readers.blocks import make_blocks

TITLE = "安平市商贸局2023年部门预算"
SHEET = "2023年部门整体支出绩效目标表"
HEADER = ("一级指标", "二级指标", "指标内容", "指标值")
#: left and right of the four columns, height of a row and of a line, in points
LEFT, RIGHT = (50.0, 150.0, 250.0, 450.0), (100.0, 240.0, 440.0, 520.0)
ROW, LINE = 20.0, 10.0


@dataclass(frozen=True)
class Printed:
    """A page: its rows of four cells, and the labels that stand beside them, each with its column and its row."""

    rows: list[tuple[str, str, str, str]]
    beside: list[tuple[str, int, float]]
    before: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()


def lay(pages: list[Printed], boxed: bool = True) -> Document:
    """The pages as a document; with boxes a label beside the rows stands where it is printed."""
    text = ""
    boxes: list[Box] = []
    spans: list[Span] = []
    for number, page in enumerate(pages, 1):
        text += "\n\f" if text else ""
        start = len(text)
        text += "".join(line + "\n" for line in page.before)
        for at, row in enumerate(page.rows):
            for column, cell in enumerate(row):
                text += "\t" if column else ""
                # a label stands in the middle of its cell, which the page's own labels tell
                label = next((r for t, c, r in page.beside if (t, c) == (cell, column)), float(at))
                if cell:
                    boxes.append(_box(Span(len(text), len(text) + len(cell)), number, column, label))
                text += cell
            text += "\n"
        inside = {(cell, column) for row in page.rows for column, cell in enumerate(row)}
        for label, column, at_row in page.beside:
            if (label, column) not in inside:
                boxes.append(_box(Span(len(text), len(text) + len(label)), number, column, at_row))
                text += label + "\n"
        text += "".join(line + "\n" for line in page.behind)
        spans.append(Span(start, len(text)))
    found = tuple(boxes) if boxed else ()
    return Document("made", text, "0" * 64, "pdf", make_blocks(text), pages=tuple(spans), boxes=found)


def _box(span: Span, page: int, column: int, row: float) -> Box:
    top = 100 + row * ROW
    return Box(span, page, LEFT[column], top, RIGHT[column], top + LINE)


def read(pages: list[Printed], boxed: bool = True) -> list[Indicator]:
    return list(read_document_facts(lay(pages, boxed), strict=False).indicators)


def levels(found: list[Indicator]) -> list[tuple[str, str, str]]:
    return [(i.label, i.level1, i.level2) for i in found]


def rows(first: str, count: int, label: str = "", level1: str = "") -> list[tuple[str, str, str, str]]:
    """Rows of one level: the first with its labels, where the reader puts that of a merged cell."""
    return [(level1 if n == 0 else "", label if n == 0 else "", f"{first}{n + 1}项", "≥5个") for n in range(count)]


BEFORE = (TITLE, "", SHEET)
#: 数量 has six rows, 质量 five of which three are on the second page, 社会效益 four
FIRST = Printed(
    [HEADER, *rows("举办展会", 6, "数量指标"), *rows("合格率", 2)], [("数量指标", 1, 3.5), ("产出指标", 0, 6.0)], BEFORE
)
SECOND = Printed(
    [*rows("完成率", 3, "质量指标"), *rows("带动就业", 4, "社会效益指标", "效益指标")],
    [("质量指标", 1, 0.5), ("社会效益指标", 1, 4.5), ("效益指标", 0, 4.5)],
)


def test_a_page_without_a_header_goes_on_with_the_sheet() -> None:
    found = read([FIRST, SECOND])
    assert len(found) == 15
    assert found[-1].label == "带动就业4项"
    assert (found[-1].comparator, found[-1].target, found[-1].unit) == ("≥", "5", "个")


def test_a_label_in_the_middle_of_its_cell_is_of_the_rows_on_both_pages() -> None:
    expected = ["数量指标"] * 6 + ["质量指标"] * 5 + ["社会效益指标"] * 4
    assert [i.level2 for i in read([FIRST, SECOND])] == expected
    assert [i.level1 for i in read([FIRST, SECOND])] == ["产出指标"] * 11 + ["效益指标"] * 4


def test_a_cell_without_a_label_has_no_level_instead_of_the_one_above() -> None:
    """The label of the cost indicators stands on neither page."""
    first = Printed(
        [HEADER, *rows("举办展会", 4, "数量指标"), *rows("合格率", 4, "质量指标"), *rows("成本", 2)],
        [("数量指标", 1, 2.5), ("质量指标", 1, 6.5)],
        BEFORE,
    )
    second = Printed(
        [*rows("总额", 1), *rows("带动就业", 3, "社会效益指标"), *rows("环境", 3, "生态效益指标")],
        [("社会效益指标", 1, 2.0), ("生态效益指标", 1, 5.0)],
    )
    found = [i.level2 for i in read([first, second])]
    assert found[8:11] == ["", "", ""]
    assert found[:8] + found[11:] == ["数量指标"] * 4 + ["质量指标"] * 4 + ["社会效益指标"] * 3 + ["生态效益指标"] * 3


def test_labels_at_the_top_of_their_cells_are_inherited_as_before() -> None:
    first = Printed([HEADER, *rows("举办展会", 6, "数量指标"), *rows("合格率", 2, "质量指标")], [], BEFORE)
    found = read([first, Printed(rows("完成率", 3) + rows("带动就业", 4, "社会效益指标", "效益指标"), [])])
    assert [i.level2 for i in found] == ["数量指标"] * 6 + ["质量指标"] * 5 + ["社会效益指标"] * 4


def test_without_places_a_page_goes_on_with_the_level_above() -> None:
    found = read([FIRST, SECOND], boxed=False)
    assert len(found) == 15
    assert found[8].level2 == "质量指标"


def test_a_table_behind_the_end_of_a_sheet_goes_on_nothing() -> None:
    ended = Printed(FIRST.rows, FIRST.beside, BEFORE, ("备注：1、年度绩效指标可选择填写。",))
    assert len(read([ended, SECOND])) == 8


def test_a_table_of_other_things_on_the_next_page_is_no_part_of_the_sheet() -> None:
    other = Printed([("办公室", "一科", "公务用车", "5辆"), ("办公室", "二科", "公务用车", "3辆")], [])
    assert len(read([FIRST, other])) == 8
