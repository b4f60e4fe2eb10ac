"""Glyphs of ruled tables in their cells, where text is too long for its cell."""

from __future__ import annotations

from loaders.readers.pdf.cells import fill_lattice, make_cell
from loaders.readers.pdf.glyphs import Glyph
from loaders.readers.pdf.grid import Lattice

SIZE = 10.0


def make_lattice(xs: list[float], ys: list[float]) -> Lattice:
    slots = [(r, c) for r in range(len(ys) - 1) for c in range(len(xs) - 1)]
    return Lattice(xs, ys, {slot: slot for slot in slots}, {slot: slot for slot in slots})


def draw(text: str, x: float, y: float) -> list[Glyph]:
    glyphs = []
    for c in text:
        width = SIZE * (0.6 if c.isascii() else 1)
        glyphs.append(Glyph(c, x, x + width, y, SIZE))
        x += width
    return glyphs


def read(lattice: Lattice, *runs: list[Glyph]) -> dict[tuple[int, int], str]:
    cells = fill_lattice(lattice, [g for run in runs for g in run])
    assert cells is not None
    return {region: "".join(f.text for f in make_cell(glyphs)) for region, glyphs in cells.items()}


#: Three columns, the one in the middle 90 wide; the walls stand between two glyphs of what is drawn over them.
LATTICE = make_lattice([0, 40, 130, 170], [0, 60, 80])
NUMBERS = (draw("1.00", 5, 75), draw("2.00", 60, 75), draw("3.00", 135, 75))


def test_a_header_that_is_too_long_at_both_ends_stays_whole() -> None:
    """The first and the last of eleven glyphs lie in the cells beside, which have names of their own."""
    found = read(
        LATTICE,
        draw("公务", 10, 20),
        draw("接待", 10, 35),
        draw("公务用车购置及运行维护", 30, 50),
        draw("会议", 140, 20),
        draw("费", 145, 35),
        *NUMBERS,
    )
    assert found[0, 0] == "公务接待"
    assert found[0, 1] == "公务用车购置及运行维护"
    assert found[0, 2] == "会议费"


def test_three_full_cells_are_three() -> None:
    """Drawn in one breath, with lines between two glyphs, and nothing else in the cells beside."""
    found = read(LATTICE, draw("合计数额基本支出项目支出和结转结余", 0, 50), *NUMBERS)
    assert (found[0, 0], found[0, 1], found[0, 2]) == ("合计数额", "基本支出项目支出和", "结转结余")


def test_what_reaches_over_one_side_only_is_parted() -> None:
    found = read(LATTICE, draw("名称", 10, 20), draw("甲乙丙丁戊", 10, 50), draw("费", 140, 20), *NUMBERS)
    assert (found[0, 0], found[0, 1]) == ("名称甲乙丙", "丁戊")


#: A name's column and that of its amount; the wall between them at 80.
PAIR = make_lattice([0, 80, 170], [0, 30, 60, 90])


def test_an_amount_that_touches_its_name_stands_in_its_own_column() -> None:
    found = read(
        PAIR,
        draw("甲项支出", 10, 20),
        draw("3.00", 125, 20),
        draw("自然资源气象支出18.32", 4, 50),
        draw("乙项支出", 10, 80),
        draw("4.00", 125, 80),
    )
    assert (found[1, 0], found[1, 1]) == ("自然资源气象支出", "18.32")


def test_the_end_of_a_name_that_lies_beside_its_amount_goes_back_to_it() -> None:
    found = read(
        PAIR,
        draw("甲项支出", 10, 20),
        draw("3.00", 125, 20),
        draw("人员经费和公用经费", 0, 50),
        draw("22.39", 115, 50),
        draw("乙项支出", 10, 80),
        draw("4.00", 125, 80),
    )
    assert (found[1, 0], found[1, 1]) == ("人员经费和公用经费", "22.39")


def test_words_in_the_column_of_amounts_stay_there() -> None:
    """无 and 详见附件 say something of their own; no amount stands beside them."""
    found = read(
        PAIR,
        draw("甲项基本支出费用无", 0, 20),
        draw("乙项支出", 10, 50),
        draw("3.00", 125, 50),
        draw("丙项支出", 10, 80),
        draw("4.00", 125, 80),
    )
    assert (found[0, 0], found[0, 1]) == ("甲项基本支出费用", "无")
