"""The checks of documents as people read them: tables on a terminal, plain aligned text elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import IO, Protocol

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from service.checks.file_checks import FileCheck, UnreadableFile
from service.checks.report import FindingCheck, Quote

#: How many places of one contradiction are quoted; all of them are in the JSON.
_MOST_QUOTES = 6
_WIDEST = 60


class Page(Protocol):
    """What a report is written on."""

    def heading(self, text: str) -> None: ...

    def line(self, text: str, *, alarming: bool = False) -> None: ...

    def quote(self, quote: Quote) -> None: ...

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None: ...


class PlainPage:
    """Text for files and other programs: every line stands alone, columns are two spaces apart."""

    def __init__(self, output: IO[str]) -> None:
        self.output = output

    def heading(self, text: str) -> None:
        self.output.write(f"{_clean(text)}\n")

    def line(self, text: str, *, alarming: bool = False) -> None:  # noqa: ARG002 - paper has no colour
        self.output.write(f"  {_clean(text)}\n")

    def quote(self, quote: Quote) -> None:
        self.output.write(f"    line {quote.line}: {quote.before}«{quote.text}»{quote.after}\n")

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        self.output.write(f"  {title}:\n")
        if not rows:
            self.output.write("    none\n")
            return
        widths = [max(cell_len(row[i]) for row in (columns, *rows)) for i in range(len(columns))]
        for row in (columns, *rows):
            cells = [_pad(_clean(cell), width, i) for i, (cell, width) in enumerate(zip(row, widths, strict=True))]
            self.output.write(f"    {'  '.join(cells).rstrip()}\n")


class TerminalPage:
    """The same with lines and colours. Nothing that a document says can become markup."""

    def __init__(self, output: IO[str]) -> None:
        self.console = Console(file=output, highlight=False)

    def heading(self, text: str) -> None:
        self.console.print(Text(_clean(text), style="bold"))

    def line(self, text: str, *, alarming: bool = False) -> None:
        self.console.print(Text(f"  {_clean(text)}", style="red" if alarming else ""))

    def quote(self, quote: Quote) -> None:
        shown = Text.assemble(
            (f"    line {quote.line}: ", "dim"), quote.before, (quote.text, "bold reverse"), quote.after
        )
        self.console.print(shown)

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
        for i, name in enumerate(columns):
            # A word of a heading a line: the names in the first column get the width that is saved.
            table.add_column(
                Text(name.replace(" ", "\n")), justify="left" if i == 0 else "right", overflow="fold", no_wrap=i > 0
            )
        for row in rows:
            table.add_row(*(Text(_clean(cell)) for cell in row))
        if rows:
            self.console.print(table)
        else:
            self.console.print(Text(f"{title}: none", style="bold"))


def write_text(checks: Iterable[FileCheck | UnreadableFile], output: IO[str]) -> bool:
    """Writes the checks as they come, for a terminal or for a file; whether all succeeded."""
    page: Page = TerminalPage(output) if output.isatty() else PlainPage(output)
    done: list[FileCheck] = []
    unreadable = 0
    for check in checks:
        if isinstance(check, FileCheck):
            _write_check(check, page)
            done.append(check)
        else:
            unreadable += 1
    if len(done) + unreadable > 1:
        _write_summary(done, unreadable, page)
    return not unreadable and all(c.succeeded for c in done)


def write_json(checks: Iterable[FileCheck | UnreadableFile], output: IO[str]) -> bool:
    """Writes the checks as a JSON list of one object per file; whether all succeeded."""
    known = list(checks)
    output.write(json.dumps([c.describe() for c in known], ensure_ascii=False, indent=1) + "\n")
    return all(c.succeeded for c in known)


def _write_check(check: FileCheck, page: Page) -> None:
    """Writes all checks of one document."""
    outcome = ", ".join(f"{number} {verdict}" for verdict, number in check.verdicts.items() if number)
    page.heading(
        f"{check.document}: {outcome or 'no findings'}; {len(check.shapes)} SHACL results; "
        f"{len(check.unaccounted)} unaccounted numbers"
    )
    page.line(f"{check.file}: {check.title} ({check.kind}, {check.fiscal_year or 'no year'})")
    for warning in check.warnings:
        page.line(f"warning: {warning}", alarming=True)
    _write_tables(check, page)
    for each in check.contradictions:
        _write_contradiction(each, page)
    for violation in check.shapes:
        page.line(f"SHACL {violation}", alarming=True)
    for number in check.unaccounted:
        place = f"[{number.quote.start}-{number.quote.end}]"
        page.line(f"unaccounted {number.quote.text!r} {place}: {number.reason}", alarming=True)
        page.quote(number.quote)


def _write_tables(check: FileCheck, page: Page) -> None:
    """Numbers by class, figures by place, identities by verdict."""
    page.table("numbers by class", ("class", "numbers"), [(k, str(n)) for k, n in check.tokens.items() if n])
    page.table(
        "figures by table",
        ("table", "line", "figures", "open column", "open unit", "by arithmetic", "state"),
        [
            (
                _cut(t.title or "(no title)"),
                *(str(n) for n in (t.line, t.figures, t.open, t.open_units, t.derived)),
                t.state or "-",
            )
            for t in check.tables
        ],
    )
    page.table(
        "figures by section of the prose",
        ("section", "line", "figures"),
        [(_cut(" / ".join(s.section) or "(before any heading)"), str(s.line), str(s.figures)) for s in check.sections],
    )
    page.line(
        f"{check.figures} figures, of which {check.open} in an open column, "
        f"{check.open_units} of an open unit (no words state it), {check.derived} placed by arithmetic"
    )
    page.table(
        "identities",
        ("rule", *check.verdicts),
        [(f"{r.rule}: {r.en}", *(str(n) for n in r.verdicts.values())) for r in check.rules],
    )


def _write_contradiction(finding: FindingCheck, page: Page) -> None:
    places = " ".join(f"{q.start}-{q.end}" for q in finding.quotes)
    page.line(f"contradicted {finding.rule}: {finding.message} [{places}]", alarming=True)
    for quote in finding.quotes[:_MOST_QUOTES]:
        page.quote(quote)
    if len(finding.quotes) > _MOST_QUOTES:
        page.line(f"  and {len(finding.quotes) - _MOST_QUOTES} more places")


def _write_summary(checks: Sequence[FileCheck], unreadable: int, page: Page) -> None:
    page.heading(
        f"{_count(len(checks), 'document')}: {sum(c.figures for c in checks)} figures, "
        f"{sum(len(c.contradictions) for c in checks)} contradictions, "
        f"{sum(len(c.shapes) for c in checks)} SHACL results, {sum(len(c.unaccounted) for c in checks)} unaccounted "
        f"numbers; {_count(unreadable, 'file')} could not be read"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _clean(text: str) -> str:
    """What a document says may hold characters that steer a terminal; they become blanks."""
    return "".join(c if c.isprintable() else " " for c in text)


def _pad(cell: str, width: int, column: int) -> str:
    """Chinese characters take two places on a screen."""
    blank = " " * (width - cell_len(cell))
    return cell + blank if column == 0 else blank + cell


def _cut(text: str) -> str:
    """The end of a long name, where it says the most."""
    shown = " ".join(text.split())
    while cell_len(shown) > _WIDEST:
        shown = "…" + shown.removeprefix("…")[max(1, (cell_len(shown) - _WIDEST) // 2) :]
    return shown
