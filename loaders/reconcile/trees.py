"""Checks down a column: classes, sections and items of a classification, and the total row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from loaders.documents import Document
from loaders.facts import Figure, Finding
from loaders.reconcile.judging import Judge, Term, excuse
from loaders.reconcile.reasons import Value
from loaders.reconcile.sheets import ColumnKey, Row, Sheet, split_column
from loaders.words.codes import load_codes

#: In so many columns a lack tells of a row; in one it may be a wrong number.
_COLUMNS_OF_A_ROW = 2
_TREE_FORMS_WITHOUT = frozenset({"procurement", "projects", "special-business", "three-public"})


@dataclass
class Node:
    """A code of one stretch of a table, with every row that prints it and the nodes right below it."""

    code: str
    rows: list[Row] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)


@dataclass
class Segment:
    """A stretch of a table in which each class stands once, such as the part of one office."""

    nodes: dict[str, Node] = field(default_factory=dict)
    tops: list[Node] = field(default_factory=list)


def check_trees(sheet: Sheet, judge: Judge) -> Iterator[Finding]:
    """Findings of ``code-sum`` and ``column-total`` of one table."""
    if not sheet.is_account:
        return
    segments = list(_segments(sheet))
    _find_shifted(sheet, segments, judge)
    doubled = {k[:4] for k in sheet.columns if k[4] > 0}
    for key in sheet.columns:
        if key[3] not in ("level", "change") or (key[:4] in doubled and not _regular(sheet, key)):
            continue
        for segment in segments:
            yield from _check_segment(sheet, segment, key, judge)
        yield from _check_total(sheet, segments, key, judge)


def _find_shifted(sheet: Sheet, segments: list[Segment], judge: Judge) -> None:
    """Marks total rows whose numbers fit the sums of the columns beside those under which they were read.

    Such a row was printed, or read, a column too far to the right or left. Nothing is checked with it.
    """
    columns = [k for k in sheet.columns if k[3] == "level"]
    if len(segments) == 1:
        bodies = [[row for node in segments[0].tops for row in node.rows]]
    elif not segments:
        others = [row for row in sheet.rows if not row.is_total]
        bodies = [others, others[:1]]
    else:
        return
    for body in bodies:
        _mark_shifted(sheet, body, columns, judge)


def _mark_shifted(sheet: Sheet, body: list[Row], columns: list[ColumnKey], judge: Judge) -> None:
    sums: dict[ColumnKey, tuple[Decimal, Decimal]] = {}
    for key in columns:
        parts = [row.cells[key] for row in body if key in row.cells]
        sums[key] = sum((f.value for f in parts), Decimal(0)), sum((judge.precision(f) for f in parts), Decimal(0))
    for row in sheet.rows:
        if not row.is_total or not row.cells:
            continue
        misfits = [
            k for k, f in row.cells.items() if k in sums and abs(f.value - sums[k][0]) > sums[k][1] + judge.precision(f)
        ]
        fits_beside = [
            k
            for k in misfits
            if any(
                o != k
                and sums[o][0]
                and abs(row.cells[k].value - sums[o][0]) <= sums[o][1] + judge.precision(row.cells[k])
                for o in sums
            )
        ]
        row.shifted |= bool(misfits) and len(fits_beside) * 2 > len(misfits)


def _regular(sheet: Sheet, key: ColumnKey) -> bool:
    """Whether columns of one header always come in the same number, so that their order tells them apart."""
    counts = {
        sum(1 for k in row.cells if k[:4] == key[:4]) for row in sheet.rows if any(k[:4] == key[:4] for k in row.cells)
    }
    return len(counts) == 1


def _segments(sheet: Sheet) -> Iterator[Segment]:
    coded = [row for row in sheet.rows if row.code]
    for kind in sorted({row.code[0] for row in coded}):
        rows = [row for row in coded if row.code[0] == kind]
        shortest = min(len(row.code) for row in rows)
        segment = Segment()
        for row in rows:
            again = segment.nodes.get(row.code)
            if again is not None and len(row.code) == shortest and not _repeats(again, row):
                yield _link(segment)
                segment = Segment()
                again = None
            if again is None:
                again = segment.nodes[row.code] = Node(row.code)
            elif _repeats(again, row):
                continue
            again.rows.append(row)
        yield _link(segment)


def _repeats(node: Node, row: Row) -> bool:
    """Whether a row prints again what a row of the node printed: at the head of a page, or a section as its only item.

    Some codes have no items (21999); forms that print three levels all the same then print the section twice.
    """

    def values(r: Row) -> list[tuple[ColumnKey, object]]:
        return sorted(((k, f.value) for k, f in r.cells.items()), key=str)

    if len(row.code) == 3:
        return any(r.block != row.block and values(r) == values(row) for r in node.rows)
    last = node.rows[-1] if node.rows else None
    below = last is not None and (last.block, last.number + 1) == (row.block, row.number)
    return below and last is not None and last.name == row.name and values(last) == values(row)


def _link(segment: Segment) -> Segment:
    for code, node in segment.nodes.items():
        parent = next((segment.nodes[code[:n]] for n in (5, 3) if n < len(code) and code[:n] in segment.nodes), None)
        if parent is None:
            segment.tops.append(node)
        else:
            parent.children.append(node)
    return segment


def _cell(node: Node, key: ColumnKey) -> list[Figure]:
    return [row.cells[key] for row in node.rows if key in row.cells]


def _is_open(node: Node) -> bool:
    return any(row.open for row in node.rows)


def _stands_apart(node: Node, total: Row) -> bool:
    """Whether a class's numbers stand under other columns than the total row's, as on a page of another header.

    Several numbers of a row under one header, where the total row has one, are such a page too.
    """
    columns = {key for row in node.rows for key in row.cells}
    doubled = any(key[4] for key in columns) and not any(key[4] for key in total.cells)
    return doubled or (bool(columns) and not columns & set(total.cells))


def _bears_other_name(node: Node) -> bool:
    """Whether a class bears the name of another class, as where two panels of a table were taken for one."""
    if len(node.code) != 3 or node.code[0] == "2":
        return False
    codes = load_codes("economic-2018" if node.code[0] == "3" else "government-economic-2018")
    name = node.rows[0].name
    return not codes.matches(node.code, name) and any(codes.matches(c, name) for c in codes.names)


def _check_segment(sheet: Sheet, segment: Segment, key: ColumnKey, judge: Judge) -> Iterator[Finding]:
    for node in segment.nodes.values():
        own = _cell(node, key)
        if len(node.rows) != 1 or len(own) != 1 or not node.children:
            continue
        parts = [f for child in node.children for f in _cell(child, key)]
        item = f"{sheet.title} {node.code} {node.rows[0].name} {key[0].split('|')[-1]}".strip()
        if _bears_other_name(node):
            yield judge.statement(
                "code-sum", "name-is-of-other-code", node.code, node.rows[0].name, "not checkable", own, item=item
            )
            continue
        unread = [child.code for child in node.children if _is_open(child)]
        if unread or not parts:
            if own[0].value:
                yield judge.statement(
                    "code-sum",
                    "codes-have-no-column" if unread else "codes-print-no-amount",
                    node.code,
                    "+".join(c.code for c in node.children),
                    "not checkable",
                    own,
                    item=item,
                    values={"codes": ", ".join(unread)} if unread else {},
                )
            continue
        codes = "+".join(child.code for child in node.children)
        below: dict[str, Value] = {"code": node.code, "below": codes}
        sides = [Term(own[0])], [Term(f) for f in parts]
        finding = judge.compare("code-sum", item, *sides, codes=["codes-summed"], values=below)
        doubt = _doubt_branch(sheet, segment, node, key, judge) if finding.verdict == "contradicted" else ""
        yield excuse(finding, doubt) if doubt else finding


def _doubt_branch(sheet: Sheet, segment: Segment, node: Node, key: ColumnKey, judge: Judge) -> str:
    """Why the codes below a code may be more, or others, than those that were read; "" if nothing says so."""
    if _is_code_unread(node, segment, judge):
        return "codes-were-not-read"
    branch = _rows_of(node)
    last = max(sheet.rows.index(row) for row in branch)
    if sheet.goes_on and not any(row.code for row in sheet.rows[last + 1 :]):
        return "table-may-go-on"
    first = sheet.rows.index(node.rows[0])
    nodes = {id(row) for n in segment.nodes.values() for row in n.rows}
    if any(
        id(row) not in nodes and not row.code and not row.is_total and key in row.cells and row.cells[key].value
        for row in sheet.rows[first : last + 1]
    ):
        return "rows-bear-no-code"
    return "items-may-be-left-out" if _leaves_items_out(node, judge) else ""


def _leaves_items_out(node: Node, judge: Judge) -> bool:
    """Whether what the codes below a code lack in several columns is what one more row would print.

    Offices publish no items that are secret; the code above holds them all the same. No column lacks more than the
    total that the row begins with: where a part lacks more than its whole, the numbers themselves are wrong.
    """
    lacks: list[Decimal] = []
    slacks: list[Decimal] = []
    for key, own in node.rows[0].cells.items():
        if key[3] != "level" or own.unit != "CNY":
            continue
        parts = [f for child in node.children for f in _cell(child, key)]
        lacks.append(own.value - sum((f.value for f in parts), Decimal(0)))
        slacks.append(sum((judge.precision(f) for f in (own, *parts)), Decimal(0)))
    if len(lacks) < _COLUMNS_OF_A_ROW or lacks[0] <= slacks[0]:
        return False
    return all(-slack <= lack <= lacks[0] + slack for lack, slack in zip(lacks, slacks, strict=True))


def _rows_of(node: Node) -> list[Row]:
    return [*node.rows, *(row for child in node.children for row in _rows_of(child))]


_PRINTED_CODE = re.compile(r"^[\[（(]?([235]\d{2}(?:\d{2}){0,2})(?![\d.,])")
_PRINTED_NUMBER = re.compile(r"^-?\d[\d,]*(?:\.\d+)?$")


def _is_code_unread(node: Node, segment: Segment, judge: Judge) -> bool:
    """Whether the table prints a number behind a code below a code, and none was read there; or the reverse.

    So it is where panels stand side by side, or where a code was taken for something else.
    """
    below = {n.code: n for n in segment.nodes.values() if n.code.startswith(node.code) and n is not node}
    for block in {row.block for row in _rows_of(node)}:
        for code, is_numbered in _printed_codes(judge.document, block, node.code[0]):
            if not code.startswith(node.code) or code == node.code:
                continue
            read = below.get(code)
            if is_numbered and read is None:
                return True
            if read is not None and not is_numbered and any(f.value for r in read.rows for f in r.cells.values()):
                return True
    return False


def _printed_codes(document: Document, block: int, kind: str) -> Iterator[tuple[str, bool]]:
    """Each code of a kind in the cells of a table, and whether a number stands behind it, before the next one."""
    table = document.blocks[block].table if 0 <= block < len(document.blocks) else None
    for cells in table.rows if table is not None else ():
        code, is_numbered = "", False
        for text in (cell.passage.text.strip() for cell in cells):
            match = _PRINTED_CODE.match(text)
            if match and match.group(1)[0] == kind:
                if code:
                    yield code, is_numbered
                code, is_numbered = match.group(1), False
            elif not match and _PRINTED_NUMBER.match(text):
                is_numbered = True
        if code:
            yield code, is_numbered


def _check_total(sheet: Sheet, segments: list[Segment], key: ColumnKey, judge: Judge) -> Iterator[Finding]:
    totals = [row.cells[key] for row in sheet.rows if row.is_total and key in row.cells and not row.shifted]
    shifted = [f for row in sheet.rows if row.shifted for f in row.cells.values()]
    if shifted and key == sheet.columns[0]:
        yield judge.statement(
            "column-total", "total-fits-beside", "合计", "各类之和", "not checkable", shifted, item=sheet.title
        )
    if not totals or sheet.form in _TREE_FORMS_WITHOUT or not segments:
        return
    item = f"{sheet.title} 合计 {key[0].split('|')[-1]}".strip()
    if len({f.value for f in totals}) > 1:
        return
    kinds = {node.code[0] for s in segments for node in s.tops}
    lengths = {len(node.code) for s in segments for node in s.tops}
    tops = [node for s in segments for node in s.tops]
    parts = [f for node in tops for f in _cell(node, key)]
    if not parts or len(kinds) > 1:
        return
    total_row = next(row for row in sheet.rows if row.cells.get(key) is totals[0])
    if any(_is_open(node) or _stands_apart(node, total_row) for node in tops):
        yield judge.statement(
            "column-total",
            "classes-are-open",
            "合计",
            "各类之和",
            "not checkable",
            totals[:1],
            item=item,
        )
        return
    finding = judge.compare("column-total", item, [Term(totals[0])], [Term(f) for f in parts])
    if finding.verdict == "contradicted" and (len(segments) > 1 or lengths != {3}):
        first = [f for node in segments[0].tops for f in _cell(node, key)]
        other = judge.compare("column-total", item, [Term(totals[0])], [Term(f) for f in first]) if first else finding
        if other.verdict == "contradicted":
            why = "classes-are-repeated" if len(segments) > 1 else "classes-are-missing"
            yield judge.statement("column-total", why, "合计", "各类之和", "not checkable", totals[:1], item=item)
            return
        finding = other
    if finding.verdict == "contradicted" and sheet.goes_on:
        finding = excuse(finding, "table-may-go-on")
    if finding.verdict == "contradicted" and _has_uncoded_parts(sheet, segments, key):
        finding = excuse(finding, "rows-bear-no-code")
    yield finding


def _has_uncoded_parts(sheet: Sheet, segments: list[Segment], key: ColumnKey) -> bool:
    """Whether rows without a code print amounts under the same header: a page that leaves out the column of codes."""
    nodes = {id(row) for s in segments for n in s.nodes.values() for row in n.rows}
    leaf = split_column(key[0])[1]
    return any(
        split_column(k[0])[1] == leaf and k[1:4] == key[1:4] and f.value
        for row in sheet.rows
        if id(row) not in nodes and not row.code and not row.is_total
        for k, f in row.cells.items()
    )
