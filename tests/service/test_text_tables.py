"""A document's text in prose and tables: no character is lost, every anchor stays, marks stay whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from service.pages.document_page import Mark, mark_text
from service.pages.text_tables import Stretch, find_stretches

TEXT = "收入预算表\n项目\t金额\t备注\n合计\t1,234.50\t\n\t\t无\n说明：共 3 项。\n\fA\tB\n第二页"


def write(stretches: list[Stretch]) -> str:
    """The text of stretches with the signs that their tables and pages stand for."""
    parts = []
    for stretch in stretches:
        if stretch.page:
            parts.append("\f")
        for row in stretch.rows:
            parts.append("\t".join("".join(piece.text for piece in cell.pieces) for cell in row) + "\n")
        parts.append("".join(piece.text for piece in stretch.pieces))
    return "".join(parts)


def list_anchors(stretches: list[Stretch]) -> list[str]:
    pieces = [p for s in stretches for p in (*s.pieces, *(p for row in s.rows for cell in row for p in cell.pieces))]
    return [anchor for piece in pieces for anchor in piece.anchors]


def test_rows_of_tabbed_lines_are_a_table_with_all_their_cells() -> None:
    stretches = find_stretches(mark_text(TEXT, []), paged=True)
    assert [(len(s.rows), s.columns, s.page) for s in stretches] == [
        (0, 0, 0),
        (3, 3, 0),
        (0, 0, 0),
        (0, 0, 2),
        (0, 0, 0),
    ]
    table = stretches[1]
    assert [["".join(p.text for p in cell.pieces) for cell in row] for row in table.rows] == [
        ["项目", "金额", "备注"], ["合计", "1,234.50", ""], ["", "", "无"],
    ]  # fmt: skip
    assert [cell.numeric for cell in table.rows[1]] == [False, True, False]


def test_a_form_feed_is_a_page_only_where_pages_are_known() -> None:
    assert [s.page for s in find_stretches(mark_text(TEXT, []))] == [0, 0, 0]


def test_a_mark_stays_in_its_cell_with_its_anchor_and_quote() -> None:
    start = TEXT.index("1,234.50")
    stretches = find_stretches(
        mark_text(TEXT, [Mark(start, start + 8, "id", "合计")], [(start - 1, start + 8)], (start, start + 8))
    )
    cell = stretches[1].rows[1][1]
    assert [(p.text, p.quoted, p.mark is not None) for p in cell.pieces] == [
        ("", False, False),
        ("1,234.50", True, True),
    ]
    # That on the tab before the number is in the cell behind the tab or before it, but once.
    assert sorted(list_anchors(stretches)) == [f"char={start - 1},{start + 8}", f"char={start},{start + 8}"]


@given(
    st.text(st.sampled_from("数1.,\t\t\n\n\f无 "), max_size=120),
    st.lists(st.tuples(st.integers(0, 119), st.integers(1, 20)), max_size=12),
    st.booleans(),
)
def test_no_character_and_no_anchor_is_lost(text: str, places: list[tuple[int, int]], paged: bool) -> None:
    spans = [(start, start + length) for start, length in places if start + length <= len(text)]
    marks = [Mark(start, end, "id", "", "figure" if at % 2 else "finding") for at, (start, end) in enumerate(spans)]
    pieces = mark_text(
        text, [m for m in marks if m.kind == "figure"], spans, (0, 0), [m for m in marks if m.kind != "figure"]
    )
    stretches = find_stretches(pieces, paged=paged)
    # A table's last line may have no end in the text, and has one when it is written.
    assert write(stretches).rstrip("\n") == text.rstrip("\n")
    assert sorted(list_anchors(stretches)) == sorted(anchor for piece in pieces for anchor in piece.anchors)
