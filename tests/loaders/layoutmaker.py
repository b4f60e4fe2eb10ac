"""PDFs whose tables have no lines, or only level ones, as word processors and spreadsheets print them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from tests.loaders.filemaker import FONT, Item, Row

WIDTH, HEIGHT = landscape(A4)


@dataclass(frozen=True)
class Layout:
    """How tables are printed: where headers stand, type size, characters to the line of a cell, widths of columns.

    Amounts always stand at the right, other cells at the left, names of groups in the middle of their columns.
    """

    header: Literal["left", "centre", "right"] = "centre"
    size: float = 10
    wrap: int = 0
    widths: Callable[[int], list[float]] | None = None
    furniture: bool = False
    rules: bool = False


class _Page:
    """A canvas that begins a new page when one is full, with header and footer if they are wanted."""

    def __init__(self, path: Path, layout: Layout) -> None:
        self.canvas = Canvas(str(path), pagesize=(WIDTH, HEIGHT))
        self.layout = layout
        self.number = 1
        self._begin()

    def _begin(self) -> None:
        self.y = HEIGHT - 60.0
        if self.layout.furniture:
            self.canvas.setFont(FONT, 9)
            self.canvas.drawString(50, HEIGHT - 30, "江宁市交通运输局2023年部门预算公开")
            self.canvas.drawCentredString(WIDTH / 2, 25, f"- {self.number} -")
        self.canvas.setFont(FONT, self.layout.size)

    def need(self, high: float) -> None:
        if self.y - high < 50:
            self.canvas.showPage()
            self.number += 1
            self._begin()


def make_unruled(path: Path, items: Sequence[Item], layout: Layout) -> Path:
    """A PDF of ``items``, its tables laid out by columns alone."""
    page = _Page(path, layout)
    for item in items:
        if isinstance(item, str):
            page.need(10)
            if item.startswith("单位"):
                page.canvas.drawRightString(WIDTH - 60, page.y, item)
            elif item.endswith("表"):
                page.canvas.drawCentredString(WIDTH / 2, page.y, item)
            else:
                page.canvas.drawString(50, page.y, item)
            page.y -= 18
            continue
        _draw_table(page, item, layout)
        page.y -= 10
    page.canvas.save()
    return path


def _is_amount(cell: str | None) -> bool:
    return bool(cell) and str(cell).isascii() and ("." in str(cell)[-3:] or "," in str(cell))


def _draw_table(page: _Page, rows: Sequence[Row], layout: Layout) -> None:
    number = len(rows[0])
    widths = layout.widths(number) if layout.widths else [(WIDTH - 100) / number] * number
    xs = [50.0]
    for width in widths:
        xs.append(xs[-1] + width)
    amounts = [sum(_is_amount(row[c]) for row in rows) >= 2 for c in range(number)]
    head = 2 if None in rows[0] else 1
    pitch = layout.size + 3
    for r, row in enumerate(rows):
        cells = [_wrap(cell or "", layout.wrap) for cell in row]
        lines = max(len(cell) for cell in cells)
        page.need(lines * pitch + 5)
        if layout.rules:
            page.canvas.line(50, page.y + layout.size + 2, xs[-1], page.y + layout.size + 2)
        for c, cell in enumerate(cells):
            last = c
            while last + 1 < number and row[last + 1] is None:
                last += 1
            top = page.y - (lines - len(cell)) / 2 * pitch
            for i, text in enumerate(cell):
                _draw_line(page.canvas, text, (xs[c], xs[last + 1]), top - i * pitch,
                           _place(r < head, last > c, amounts[c], layout))  # fmt: skip
        page.y -= lines * pitch + 5


def _wrap(text: str, wrap: int) -> list[str]:
    if not wrap or len(text) <= wrap or text.isascii():
        return [text]
    return [text[i : i + wrap] for i in range(0, len(text), wrap)]


def _place(header: bool, group: bool, amount: bool, layout: Layout) -> str:
    if group:
        return "centre"
    if header and layout.header != "right":
        return layout.header
    return "right" if amount else "left"


def _draw_line(canvas: Canvas, text: str, sides: tuple[float, float], y: float, place: str) -> None:
    if place == "centre":
        canvas.drawCentredString(sum(sides) / 2, y, text)
    elif place == "right":
        canvas.drawRightString(sides[1] - 4, y, text)
    else:
        canvas.drawString(sides[0] + 2, y, text)
