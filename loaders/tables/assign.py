"""Which column each value of an entry stands in, and what label and codes the entry has."""

from __future__ import annotations

import itertools
import re

from loaders.documents import Cell, Span
from loaders.tables.axes import Axis, names_office, rank, type_head, type_words
from loaders.tables.cells import OFFICE
from loaders.tables.columns import Column
from loaders.tables.entries import Entry, Section, Value
from loaders.words.comparators import read_comparator
from loaders.words.lines import is_number_word
from loaders.words.normalise import plain
from loaders.words.numbers import parse_number, tokenise
from loaders.words.units import unit_after


def label_of(texts: list[Cell]) -> Cell | None:
    """The cell that names the row: the last one that is not merely a year or a mark."""
    for cell in reversed(texts):
        if not re.fullmatch(r"(?:19|20)\d{2}\s*年?(?:度)?|--?|—+|/", cell.text.strip()):
            return cell
    return texts[-1] if texts else None


def name_row(entry: Entry, texts: list[Cell], value: Cell) -> tuple[str, Span | None]:
    """The words that name the row of a value, and where they stand.

    Behind a classification code its name follows, in a layout without columns perhaps over several lines; in other rows
    the last words before the value name it.
    """
    subject = [c for c, kind in entry.codes if kind == "subject"]
    if subject and entry.texts:
        start = subject[0].passage.end
        bounds = [c.passage.start for c, _ in entry.codes if c.passage.start > start and len(c.text.strip()) != 2]
        bounds.extend(v.cell.passage.start for v in entry.values if v.cell.passage.start > start)
        name = [c for c in texts if start <= c.passage.start < min(bounds, default=start)]
        if name:
            cells = name if name[0].column is None else name[:1]
            return "".join(c.text for c in cells), Span(cells[0].passage.start, cells[-1].passage.end)
    before = [c for c in texts if c.passage.start < value.passage.start] or texts
    cell = label_of(_most_specific(entry, before))
    return (cell.text, cell.passage.span) if cell is not None else ("", None)


#: What stands in place of words.
_MARK = re.compile(r"^[\s\-—–/*]*$")


def _most_specific(entry: Entry, texts: list[Cell]) -> list[Cell]:
    """Of the cells of words of a row those whose columns name what it is of best: its project, not the kind of it."""
    texts = [c for c in texts if not _MARK.match(c.text)] or texts
    if not all(c.passage.start in entry.heads for c in texts):
        texts = [c for c in texts if type_words(c.text) != "category"] or texts
        things = [c for c in texts if c.column is not None or not names_office(c.text)]
        pieces = things and any(re.search(OFFICE, c.text) for c in things)  # of an office's name broken over lines
        return texts if pieces or not things else things
    ranks = [rank(axis_of(entry, cell)) for cell in texts]
    return [c for c, r in zip(texts, ranks, strict=True) if r == min(ranks)]


def axis_of(entry: Entry, cell: Cell) -> Axis:
    """What a cell of words of a row names, by its words where they tell, else by its column's header."""
    head = entry.heads.get(cell.passage.start)
    said = type_words(cell.text)
    if said in ("measure", "fund", "category") or head is None:
        return said
    typed = type_head(head.label)
    return typed if typed != "unit" or head.role != "text" else ""


def codes_of(entry: Entry) -> tuple[str, Cell | None, list[tuple[str, str]]]:
    """The subject code of an entry, its cell, and further codes as dimensions; 类, 款, 项 in columns are joined."""
    subject = [c for c, kind in entry.codes if kind == "subject"]
    extra: list[tuple[str, str]] = [("unit-code", c.text.strip()) for c, kind in entry.codes if kind == "unit"]
    if not subject:
        return "", None, extra
    groups: list[str] = []
    for cell in subject:
        text = cell.text.strip()
        if groups and len(text) == 2 and len(groups[-1]) in (2, 3, 4, 5):
            groups[-1] += text
        else:
            groups.append(text)
    for code in groups[1:]:
        name = {"5": "government-economic", "2": "function", "3": "economic"}.get(code[:1], "code")
        extra.append((name, code))
    return entry.code or groups[0], subject[0], extra


def assign_columns(entry: Entry, section: Section, indicators: bool) -> list[tuple[Column | None, tuple[Column, ...]]]:
    """For each value of an entry its column, or None and the columns that remain possible."""
    if not entry.values or all(v.column is not None for v in entry.values):
        return [(v.column, ()) for v in entry.values]
    if entry.placement is not None:
        every = tuple(section.leaves)
        return [(column, () if column is not None else every) for column, _ in entry.placement]
    if section.columns:
        return _decide_rest(entry.values, section.leaves)
    leaves = [c for c in section.leaves if c.role in ("value", "target", "result", "maximum", "score")]
    if section.panels:
        leaves = [c for c in leaves if not _GROUP_WORD.match(plain(c.label))]
    count = len(entry.values)
    told = _assign_funds(entry, section) or _assign_sides(entry, section)
    if told:
        return told
    distinct = list({c.label: c for c in leaves}.values())
    again = [c for c in distinct if sum(c.label == leaf.label for leaf in leaves) > 1]
    if count == len(again) == 1 and len(_CODED_PANEL.findall(section.words)) > 1:
        distinct = again  # panels side by side, each of codes, names and the same one column
    if len(distinct) == 1:
        return [(distinct[0], ())] * count
    if indicators and section.inherited is not None and section.most != section.inherited.most:
        return [_decide(v, leaves) for v in entry.values]  # the page has other columns than the one with the header
    if len(leaves) == count and indicators:
        return [(c, ()) for c in leaves]
    if indicators:
        return _assign_indicator(entry, leaves)
    thirds = _assign_years(entry, section)
    if thirds:
        return [(c, ()) for c in thirds]
    out: list[tuple[Column | None, tuple[Column, ...]]] = []
    for i, value in enumerate(entry.values):
        possible = _of_kind(value, _reachable(leaves, i, count, section.sure))
        if value.column is not None:
            out.append((value.column, ()))
        elif section.sure and len(possible) == 1:
            out.append((possible[0], ()))
        else:
            out.append((None, possible))
    return out


_FIGURES = ("value", "maximum", "score")
_CODED_PANEL = re.compile(r"(?:^|\|)[^|]{0,6}(?:编码|代码)\|[^|]{0,6}名称")
_DASH = re.compile(r"^[-—–－]+$")


def _assign_funds(entry: Entry, section: Section) -> list[tuple[Column | None, tuple[Column, ...]]]:
    """Columns of a row of funds under a line of its own: 年初预算数 全年预算数 全年执行数 分值 执行率 得分; [] if unsure.

    A row with a value for each column has them in order; one with as many as there are columns of money, and dashes
    behind them, has those of money. Fewer values before dashes are money of columns that nothing tells.
    """
    last = section.levels[-1] if section.levels else []
    money = [c for c in last if c.role == "value" and c.phase in ("budget", "adjusted", "final")]
    points = any(c.role in ("maximum", "score") for c in last)
    if not money or not points or any(c.role not in _FIGURES for c in last):
        return []
    if len(entry.values) == len(last):
        return [(c, ()) for c in last]
    end = entry.values[-1].cell.passage.end
    dashed = any(c.passage.start >= end and _DASH.match(c.text.strip()) for c in entry.texts)
    if not dashed or len(entry.values) > len(money) or last.index(money[-1]) + 1 != len(money):
        return []
    whole = len(entry.values) == len(money)
    return [(c, ()) for c in money] if whole else [(None, tuple(money))] * len(entry.values)


#: Lines of the side of income: what comes in, and what is left from the year before.
_INCOME = re.compile(r"收入|拨款(?!支出)|年初|上年|使用非财政")
_SPENDING = re.compile(r"支出|年末|结转下年|结余分配")


def _assign_sides(entry: Entry, section: Section) -> list[tuple[Column | None, tuple[Column, ...]]]:
    """Columns of a line of a balance whose side of income has one column and that of expenditure several; [] if unsure.

    A line with a value for each column of expenditure has them in order; one value of a line of income is its amount.
    """
    sides = _list_sides(section)
    if len(sides) != _SIDES or len(sides[0]) != 1 or len(sides[1]) < _SIDES:
        return []
    name = plain(entry.label.text) if entry.label is not None else ""  # an empty line's name may stand before it
    if len(entry.values) == len(sides[1]) and not (_INCOME.search(name) and not _SPENDING.search(name)):
        return [(c, ()) for c in sides[1]]
    income = _INCOME.search(name) or name in ("总计", "合计")
    return [(sides[0][0], ())] if len(entry.values) == 1 and income and not _SPENDING.search(name) else []


_SIDES = 2


def _list_sides(section: Section) -> list[list[Column]]:
    """The columns of values behind each column of names, where the last line of a header has several such."""
    if not section.levels:
        return []
    sides: list[list[Column]] = []
    opens = True
    alone = all(len(level) == 1 for level in section.levels)  # one cell a line
    last = [c for level in section.levels for c in level] if alone else section.levels[-1]
    for column in last:
        if _GROUP_WORD.match(plain(column.label)):
            continue
        if column.role not in _FIGURES:
            opens = True
            continue
        if opens:
            sides.append([])
            opens = False
        sides[-1].append(column)
    return sides


def _decide_rest(values: list[Value], leaves: list[Column]) -> list[tuple[Column | None, tuple[Column, ...]]]:
    """The columns of values of which some stand under none: those stand between the others, in the order of the header."""
    places = [leaves.index(v.column) if v.column in leaves else None for v in values]
    out: list[tuple[Column | None, tuple[Column, ...]]] = []
    for position, value in enumerate(values):
        if value.column is not None:
            out.append((value.column, ()))
            continue
        low = max((p + 1 for p in places[:position] if p is not None), default=0)
        high = min((p for p in places[position:] if p is not None), default=len(leaves))
        column, candidates = _decide(value, leaves[low:high] or leaves)
        if column is not None:
            places[position] = leaves.index(column)
        out.append((column, candidates))
    return out


def _decide(value: Value, leaves: list[Column]) -> tuple[Column | None, tuple[Column, ...]]:
    """The column of a value that stands under none, by what the value is; None and those that remain if several do."""
    text = value.cell.text
    possible = _of_kind(value, tuple({c.label: c for c in leaves}.values()))
    if read_comparator(re.split(r"\d", text)[0]):
        possible = tuple(c for c in possible if c.role == "target") or possible
    elif unit_after(text, tokenise(text)[0].span.end) is not None:
        possible = tuple(c for c in possible if c.role not in ("maximum", "score") or may_score(c, text)) or possible
    return (possible[0], ()) if len(possible) == 1 else (None, possible)


def _of_kind(value: Value, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Of several columns those that fit how a number is printed: decimals and separators never count things."""
    if not re.search(r"\d[.,，]\d", value.cell.text):
        return columns
    money = tuple(c for c in columns if c.unit is None or c.unit.unit in ("CNY", "PERCENT"))
    return money or columns


def _reachable(leaves: list[Column], position: int, count: int, sure: bool) -> tuple[Column, ...]:
    """The columns in which the value at ``position`` of ``count`` can stand; values keep the order of the header."""
    ordered = sure and len(leaves) >= count
    within = leaves[position : len(leaves) - count + position + 1] if ordered else leaves
    return tuple({c.label: c for c in within}.values())


#: Words above the columns of a panel that name the panel, not a column.
_GROUP_WORD = re.compile(r"^(?:本年)?(?:收入|支出|财政拨款收入|财政拨款支出|收入预算|支出预算)$")


def _assign_years(entry: Entry, section: Section) -> list[Column]:
    """Columns of a row that states last year, this year and the change for the same items, by arithmetic.

    The header names two years (or 上年 and 当年) and a change; the values divide into three equal parts, and the third
    is the second minus the first, item by item. The columns so found are named after their group only.
    """
    groups = [c for c in section.groups if c.year is not None or c.aspect == "change"]
    count = len(entry.values)
    if len(groups) != 3 or count % 3 or groups[2].aspect != "change" or groups[0].year == groups[1].year:
        return []
    numbers = [parse_number(tokenise(v.cell.text)[0].stated) for v in entry.values]
    part = count // 3
    for i in range(part):
        if numbers[2 * part + i] != numbers[part + i] - numbers[i]:
            return []
    return [groups[i // part] for i in range(count)]


def _assign_indicator(entry: Entry, leaves: list[Column]) -> list[tuple[Column | None, tuple[Column, ...]]]:
    """Scores stand at the right end of an indicator row, the target at the left.

    Where what stands at the right end can be no score, what could be one is open.
    """
    roles = [c.role for c in leaves]
    scored = [c for c in leaves if c.role in ("maximum", "score")]
    out: list[tuple[Column | None, tuple[Column, ...]]] = []
    count = len(entry.values)
    anchored = bool(scored) and count >= len(scored) and _are_scores(entry.values[count - len(scored) :], scored)
    for position, value in enumerate(entry.values):
        from_right = count - position
        if anchored and from_right <= len(scored):
            out.append((scored[len(scored) - from_right], ()))
        elif read_comparator(re.split(r"\d", value.cell.text)[0]) and "target" in roles:
            out.append((leaves[roles.index("target")], ()))
        elif count >= len(scored) and any(may_score(c, value.cell.text) for c in scored) and not anchored:
            out.append(_decide(value, leaves))
        elif "result" in roles and position > 0:
            out.append((leaves[roles.index("result")], ()))
        elif "target" in roles and (
            unit_after(value.cell.text, tokenise(value.cell.text)[0].span.end) or (position == 0 and len(leaves) <= 2)
        ):
            out.append((leaves[roles.index("target")], ()))
        else:
            out.append((None, tuple(leaves)))
    return out


def may_score(column: Column, text: str) -> bool:
    """Whether a cell may hold the points of a column: a bare number, or 分; per cent only as a weight."""
    words = text.strip().removesuffix("分")
    weight = "权重" in column.label
    return is_number_word(words) and (weight or not words.endswith(("%", "％")))


def _are_scores(values: list[Value], scored: list[Column]) -> bool:
    """Whether values may be the points of columns, none more than the maximum that stands before it."""
    if not all(may_score(c, v.cell.text) for c, v in zip(scored, values, strict=True)):
        return False
    numbers = [parse_number(tokenise(v.cell.text)[0].stated) for v in values]
    pairs = itertools.pairwise(zip(scored, numbers, strict=True))
    return not any(a.role == "maximum" and b.role == "score" and n > m for (a, m), (b, n) in pairs)
