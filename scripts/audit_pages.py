"""Random pages of PDFs beside what was read from them, to be judged by eye.

    python scripts/audit_pages.py FOLDER OUT [--pages 30] [--seed 7] [--only TEXT]

``OUT`` gets ``index.html`` (the page's picture left, its figures and the other numbers of the ledger right) and
``sheet.csv``, a row for every figure with empty columns for the judgement: y, p (partly) or n for value, unit, year,
phase, code, label, column and aspect, and a remark with what is right. Pages without a number are not drawn.
"""

from __future__ import annotations

import argparse
import bisect
import csv
import html
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pypdfium2

from loaders.errors import GongkaiError
from loaders.facts import Facts, Figure, NumberToken
from loaders.pipeline import read_facts
from loaders.words.numbers import trim_zeros

JUDGED = ("value_right", "unit", "year", "phase", "code", "label", "column", "aspect", "remark")
SAID = ("said_value", "said_unit", "said_year", "said_phase", "said_code", "said_label", "said_column", "said_aspect")
#: Pixels to a point of the page.
SCALE = 1.6
STYLE = (
    "body{font:14px sans-serif;margin:0}section{display:flex;gap:12px;border-bottom:3px solid #888;padding:8px}"
    "img{max-width:58vw;align-self:start;position:sticky;top:0}table{border-collapse:collapse;font-size:12px}"
    "td,th{border:1px solid #ccc;padding:2px 5px;text-align:left}.n{text-align:right}.open{background:#fdd}"
)


@dataclass(frozen=True)
class Page:
    """One page (``number`` from 1) with what was read from it."""

    path: Path
    number: int
    figures: tuple[Figure, ...]
    others: tuple[NumberToken, ...]

    @property
    def picture(self) -> str:
        """The name of its picture's file."""
        return f"{self.path.stem}-{self.number}.png"


def main(arguments: Sequence[str] | None = None) -> int:
    """Draws the pages and writes both files; says on standard error which PDFs could not be read."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="PDFs, also in its folders")
    parser.add_argument("out", type=Path, help="a folder for index.html, pictures and sheet.csv")
    parser.add_argument("--pages", type=int, default=30, help="how many pages")
    parser.add_argument("--seed", type=int, default=0, help="the same seed draws the same pages")
    parser.add_argument("--only", default="", help="only PDFs whose path has this text")
    wish = parser.parse_args(arguments)
    files = sorted(p for p in wish.folder.rglob("*.pdf") if wish.only in str(p))
    if not files:
        parser.error(f"{wish.folder} holds no PDF{f' with {wish.only!r} in its path' if wish.only else ''}")
    wish.out.mkdir(parents=True, exist_ok=True)
    pages = list(draw(files, wish.pages, random.Random(wish.seed)))
    for page in pages:
        picture(page, wish.out)
    (wish.out / "index.html").write_text(show(pages), encoding="utf-8")
    write_sheet(pages, wish.out / "sheet.csv")
    print(f"{len(pages)} pages, {sum(len(p.figures) for p in pages)} figures: {wish.out / 'index.html'}")
    return 0


def draw(files: Sequence[Path], count: int, chance: random.Random) -> Iterator[Page]:
    """Pages with numbers at random: first a document, each at most once in a round, then a page of it."""
    left = count
    while left > 0:
        drawn = 0
        for path in chance.sample(list(files), min(left, len(files))):
            try:
                found = list_pages(path, read_facts(path, strict=False))
            except GongkaiError as error:
                print(f"left out: {error}", file=sys.stderr)
                continue
            if found:
                yield chance.choice(found)
                drawn += 1
        if not drawn:
            return
        left -= drawn


def list_pages(path: Path, facts: Facts) -> list[Page]:
    """The pages of a document that have numbers."""
    starts = [span.start for span in facts.document.pages]
    figures: dict[int, list[Figure]] = {}
    others: dict[int, list[NumberToken]] = {}
    for figure in sorted(facts.figures, key=lambda f: f.span):
        figures.setdefault(bisect.bisect_right(starts, figure.span.start), []).append(figure)
    for token in sorted(facts.ledger, key=lambda t: t.span):
        if token.kind != "figure":
            others.setdefault(bisect.bisect_right(starts, token.span.start), []).append(token)
    return [
        Page(path, number, tuple(figures.get(number, ())), tuple(others.get(number, ())))
        for number in sorted(figures.keys() | others.keys())
    ]


def picture(page: Page, out: Path) -> None:
    """Writes the picture of a page into a folder."""
    with pypdfium2.PdfDocument(page.path) as pdf:
        pdf[page.number - 1].render(scale=SCALE).to_pil().save(out / page.picture)


def show(pages: Sequence[Page]) -> str:
    """The pages as one HTML page."""
    body = "".join(
        f"<section><img src='{html.escape(p.picture)}' alt=''><div><h3>{html.escape(p.path.name)} p. {p.number}</h3>"
        f"{_figures(p.figures)}{_others(p.others)}</div></section>"
        for p in pages
    )
    return f"<!doctype html><meta charset=utf-8><title>Pages to judge</title><style>{STYLE}</style>{body}"


def _figures(figures: Sequence[Figure]) -> str:
    heads = ("stated", "value", "unit", "year", "phase", "aspect", "code", "label", "column", "budget unit", "table")
    rows = "".join(
        f"<tr class='{'open' if f.has_open_column or f.has_open_unit else ''}'>"
        + "".join(f"<td>{html.escape(str(v))}</td>" for v in (f.stated, *_said(f)[:4], *_rest(f)))
        + "</tr>"
        for f in figures
    )
    return f"<table><tr>{''.join(f'<th>{h}</th>' for h in heads)}</tr>{rows}</table>"


def _rest(figure: Figure) -> tuple[str, ...]:
    column = figure.column or " ∣ ".join(figure.candidates)
    return (figure.aspect, figure.subject_code, figure.subject_label, column, figure.budget_unit, figure.table)


def _others(tokens: Sequence[NumberToken]) -> str:
    rows = "".join(
        f"<tr><td>{html.escape(t.stated)}</td><td>{t.kind}</td><td>{html.escape(t.reason)}</td></tr>" for t in tokens
    )
    return f"<h4>no figures</h4><table>{rows}</table>" if rows else ""


def _said(figure: Figure) -> tuple[str, ...]:
    value = "" if figure.has_open_unit else trim_zeros(format(figure.value, "f"))
    year = "" if figure.fiscal_year is None else str(figure.fiscal_year)
    label, column = figure.subject_label, figure.column
    return (value, figure.unit, year, figure.phase, figure.subject_code, label, column, figure.aspect)


def write_sheet(pages: Sequence[Page], path: Path) -> None:
    """The sheet to fill in: a row for every figure."""
    with path.open("w", encoding="utf-8", newline="") as output:
        writer = csv.writer(output)
        writer.writerow(("file", "page", "stated", *JUDGED, *SAID, "budget_unit"))
        for page in pages:
            for figure in page.figures:
                judged = [""] * len(JUDGED)
                writer.writerow(
                    (page.path.name, page.number, figure.stated, *judged, *_said(figure), figure.budget_unit)
                )


if __name__ == "__main__":
    sys.exit(main())
