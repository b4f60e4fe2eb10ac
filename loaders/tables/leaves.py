"""The value columns of a header whose cells have lost their places, as far as its words tell them.

Two levels of a header arrive as two lines, or as one run of words. A sub-header that begins with 小计 expands one column
of the level above; which one is told by their number (as many 小计 as groups) or by the words they share.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace

from loaders.tables.columns import Column, read_phase
from loaders.words.normalise import plain

#: Header groups of official forms and what stands under them; a group takes the longest run of its members.
GROUPS: tuple[tuple[str, str], ...] = (
    (
        r"财政拨款|本年财政拨款|财政拨款收入|政府预算拨款|预算拨款",
        r"小计|合计|.*一般公共预算.*|.*政府性基金.*|.*国有资本经营.*",
    ),
    (r"财政专户.*", r"小计|合计|教育收费.*|其他专户.*"),
    (
        r"(?:单位|其他)资金(?:收入)?",
        r"小计|合计|事业收入|事业单位?经营收入|上级补助收入|附属单位上缴收入|其他收入|上年(?:结余|结转).*",
    ),
    (
        r"公务用车购置(?:及|和)运行(?:维护)?费?.*",
        r"小计|合计|(?:公务用车)?购置(?:费|费用)?|(?:公务用车)?运行(?:维护)?(?:费|费用)?",
    ),
    (r"“?三公”?经费(?!.*合计).*", r"小计|合计|因公出国.*|公务接待费|公务用车.*"),
    (r"基本支出", r"小计|合计|人员(?:经费|支出).*|(?:日常)?公用(?:经费|支出).*"),
    (r"本年拨款|财政拨款结转(?:结余)?", r"小计|合计|一般公共预算.*|政府性基金.*|国有资本经营.*"),
    (
        r"本年收入|上年(?:结转|结余).*",
        r"小计|合计|财政拨款.*|一般公共预算.*|政府性基金.*|国有资本经营.*|财政专户.*|单位资金|事业.*收入|上级补助收入|附属单位上缴收入"
        r"|其他收入|其他资金",
    ),
    (r".*采购项目.*", r"小计|合计|其中.*"),
    (r"一般公共预算拨款|公共预算拨款", r"小计|合计|其中.*"),
)
VALUE_ROLES = frozenset({"value", "target", "result", "maximum", "score"})
_TOTAL = re.compile(r"^(?:合计|总计|总计|支出总计|收入总计|本年支出合计|本年收入合计|总额|“?三公”?经费合计)$")
_SUBTOTAL = re.compile(r"^(?:小计|合计)$")


@dataclass(frozen=True, slots=True)
class Leaves:
    """Value columns in order. ``sure`` is false where a group was matched to its sub-header by position alone."""

    columns: tuple[Column, ...]
    sure: bool = True


def find_leaves(levels: list[list[Column]], most: int) -> Leaves:
    """The value columns of a header given as lines of columns.

    ``most`` is the largest number of values in a row under it; a header with fewer leaves than that is not understood,
    and no column is returned.
    """
    rows = [[c for c in level if c.role in VALUE_ROLES] for level in levels]
    rows = [row for row in rows if row]
    if not rows:
        return Leaves(())
    if all(len(row) == 1 for row in rows):
        rows = [[row[0] for row in rows]]  # one cell a line: the levels are lost as well
    if len(rows) == 1:
        return _check(_flat(rows[0], most), most)
    if most == 1 and len(rows[-1]) > 1 and len({c.label for c in rows[-1]}) == 1:
        return Leaves((rows[-1][0],))  # panels side by side, each with the same one column: its group is the panel's
    merged: Leaves | None = None
    for upper, lower in itertools.pairwise(rows):
        base = list(merged.columns) if merged is not None else upper
        merged = _expand(base, lower, merged.sure if merged is not None else True, most)
    assert merged is not None
    return _check(merged, most)


def _check(leaves: Leaves, most: int) -> Leaves:
    return leaves if len(leaves.columns) >= most else Leaves(())


def _flat(row: list[Column], most: int) -> Leaves:
    """Leaves of a header that is one run of words: names of groups stand before the first total, or before 小计."""
    names = [plain(c.label) for c in row]
    total = next((i for i, n in enumerate(names) if _TOTAL.match(n)), None)
    subtotals = [
        i for i, n in enumerate(names) if _SUBTOTAL.match(n) and (n == "小计" or (total is not None and i > total))
    ]
    if total is not None and not subtotals:
        for split in range(total + 1, len(row) if len(row) - total > most else 0):
            known = _expand_known(row[total:split], row[split:])
            if known is not None and len(known) == most:
                return Leaves(known)  # groups, and behind them the columns of all groups
        return Leaves(tuple(row[total:])) if len(row) - total >= most else Leaves(tuple(row))
    if subtotals:
        head = row[: subtotals[0]]
        if total is not None and total == len(head) - 1 > 0:
            return Leaves((row[total], *_interleave(head[:total], row[subtotals[0] :])))
        return _expand(head[total:] if total is not None else head, row[subtotals[0] :], True)
    return Leaves(tuple(row))


def _interleave(groups: list[Column], lower: list[Column]) -> list[Column]:
    """Columns in order, each under the group that it is a member of; groups, which stand before all, keep their order."""
    out: list[Column] = []
    waiting = [(g, m) for g in groups for p, m in GROUPS if re.fullmatch(p, plain(g.label))]
    current: tuple[Column, str] | None = None
    for column in lower:
        name = plain(column.label)
        if waiting and re.fullmatch(waiting[0][1], name) and not (current and re.fullmatch(current[1], name)):
            current = waiting.pop(0)
        elif current is not None and not re.fullmatch(current[1], name):
            current = None
        out.append(column if current is None else _under(current[0], column))
    return out


def _assign_monotone(upper: list[Column], lower: list[Column], most: int) -> Leaves:
    """Lower names under upper ones in order, each under the group with which it shares most pairs of characters.

    Sure only if every lower name shares a pair with its group and the leaves are as many as the fullest row has values.
    """
    if not upper or not lower:
        return Leaves((), False)
    scores = {g: (_shared(upper[g].label, [lower[0].label]), [g]) for g in range(len(upper))}
    for column in lower[1:]:
        following: dict[int, tuple[int, list[int]]] = {}
        for g in range(len(upper)):
            reachable = [scores[k] for k in range(g + 1) if k in scores]
            score, path = max(reachable, key=lambda s: s[0])
            following[g] = (score + _shared(upper[g].label, [column.label]), [*path, g])
        scores = following
    _, path = max(scores.values(), key=lambda s: s[0])
    out: list[Column] = []
    for g, column in enumerate(upper):
        members = [lower[i] for i, at in enumerate(path) if at == g]
        out.extend([_under(column, c) for c in members] or [column])
    known = all(_shared(upper[g].label, [lower[i].label]) for i, g in enumerate(path))
    return Leaves(tuple(out), known and len(out) == most)


def _expand(upper: list[Column], lower: list[Column], sure: bool, most: int = 0) -> Leaves:
    """The columns of ``upper``, those that are groups replaced by their part of ``lower``."""
    known = _expand_known(upper, lower)
    if known is not None:
        return Leaves(known, sure)
    cycle = _find_cycle([plain(c.label) for c in lower], len(upper))
    if cycle:
        return Leaves(
            tuple(_under(u, c) for i, u in enumerate(upper) for c in lower[i * cycle : (i + 1) * cycle]), sure
        )
    names = [plain(c.label).split("|")[-1] for c in lower]
    starts = [i for i, n in enumerate(names) if _SUBTOTAL.match(n)]
    if not starts or starts[0] != 0:
        if names and _TOTAL.match(names[0]) and len(lower) >= len(upper):
            return Leaves(tuple(lower), sure)  # the level above only names the whole table
        return _assign_monotone(upper, lower, most)
    parts = [lower[a:b] for a, b in zip(starts, [*starts[1:], len(lower)], strict=True)]
    groups = [i for i, c in enumerate(upper) if not _TOTAL.match(plain(c.label).split("|")[-1])]
    if len(parts) == len(groups):
        chosen = dict(zip(groups, parts, strict=True))
    else:
        chosen = {}
        for part in parts:
            shares = {i: _shared(upper[i].label, [c.label for c in part]) for i in groups if i not in chosen}
            best = max(shares, key=lambda i: shares[i], default=None)
            if best is None:
                return Leaves((), False)
            if not shares[best]:
                sure = False
                best = next(i for i in groups if i not in chosen)
            chosen[best] = part
    out: list[Column] = []
    for i, column in enumerate(upper):
        if i in chosen:
            out.extend(_under(column, c) for c in chosen[i])
        else:
            out.append(column)
    return Leaves(tuple(out), sure)


def _find_cycle(names: list[str], count: int) -> int:
    """How many names make up a run that ``names`` repeats exactly ``count`` times; 0 if they do not."""
    length, rest = divmod(len(names), max(count, 1))
    return length if count >= 2 and length >= 2 and not rest and names == names[:length] * count else 0


def _expand_known(upper: list[Column], lower: list[Column]) -> tuple[Column, ...] | None:
    """``upper`` with its official groups replaced by their members, if these use up ``lower`` exactly."""
    out: list[Column] = []
    rest = list(lower)
    for column in upper:
        name = plain(column.label).split("|")[-1]
        members = next((m for g, m in GROUPS if re.fullmatch(g, name)), None)
        taken: list[Column] = []
        while members and rest and re.fullmatch(members, plain(rest[0].label)):
            first = plain(rest[0].label)
            if taken and (_SUBTOTAL.match(first) or first in [plain(c.label) for c in taken]):
                break  # the next group has the same columns
            taken.append(rest.pop(0))
        if len(taken) == 1 and _SUBTOTAL.match(plain(taken[0].label)):
            rest.insert(0, taken.pop())  # a subtotal alone is that of a later group
        out.extend([_under(column, c) for c in taken] or [column])
    return tuple(out) if not rest else None


def _shared(group: str, parts: list[str]) -> int:
    """How many pairs of characters a group's name shares with the names of its parts."""
    pairs = {group[i : i + 2] for i in range(len(group) - 1)}
    return sum(1 for p in parts for i in range(len(p) - 1) if p[i : i + 2] in pairs)


def _under(group: Column, part: Column) -> Column:
    """A part with its group's name: a phase that words of either say comes before the one that no words say."""
    said = (read_phase(plain(c.label), c.role, "unknown") for c in (part, group))
    return replace(
        part,
        label=f"{group.label}|{part.label}",
        year=part.year if part.year is not None else group.year,
        unit=part.unit if part.unit is not None else group.unit,
        aspect=part.aspect if part.aspect != "level" else group.aspect,
        phase=next((phase for phase in said if phase), part.phase or group.phase),
    )
