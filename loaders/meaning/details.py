"""What a project's form states beside name, money and goal: basis, necessity, schedule, type, last year's amounts.

Check-boxes are read only where the form leaves no doubt to which word a mark belongs: every word has one box, and all
boxes stand on the same side. Otherwise the whole row is kept as ``unclear``.
"""

from __future__ import annotations

import itertools
import re

from loaders.documents import Block, Document, Passage, Span, Table
from loaders.meaning.forms import NOTHING, NUMBER, flat
from loaders.words.numbering import STYLES, tidied
from loaders.words.sentences import tidy

#: name of a detail -> how forms label it
LABELS = {
    "basis": r"(?:项目)?立项(?:的)?(?:政策)?依据(?:及必要性)?|政策依据|设立依据|项目依据",
    "necessity": r"项目设立的?必要性|(?:立项|项目)?必要性(?:及可行性)?|立项必要性",
    "measures": r"保证项目实施的制度、?措施|项目实施制度|保障措施",
    "schedule": (
        r"项目实施计划|实施计划|实施进度(?:安排|计划)?|进度安排|实施周期|项目周期|实施期限|项目期限|"
        r"项目起止(?:时间|年限)|起止时间|项目实施(?:周期|期限)"
    ),
    "start": r"(?:项目)?开始(?:时间|日期)|项目起始(?:时间|日期)|开工时间",
    "end": r"(?:项目)?(?:结束|完成|终止)(?:时间|日期)|完工时间",
    "type": r"项目类型|项目类别|项目属性|项目性质|项目分类|项目级别",
    "use": r"资金用途|项目用途|经费用途|用途",
    "body": r"(?:项目)?实施(?:单位|主体|部门)|项目单位|用款单位|执行单位",
    "overview": r"项目概况|项目概述|项目简介|项目内容|主要内容|项目基本情况",
    "total": r"项目总预算(?:[（(].*[）)])?|项目总投资(?:[（(].*[）)])?",
    "last budget": r"同名项目上年预算额(?:[（(].*[）)])?|上年(?:度)?预算(?:数|额|安排)?(?:[（(].*[）)])?",
    "last spent": r"同名项目上年预算执行数(?:[（(].*[）)])?|上年(?:度)?(?:预算)?执行数(?:[（(].*[）)])?",
}
PATTERNS = {name: re.compile(rf"^(?:{pattern})[:：]?$") for name, pattern in LABELS.items()}
MONEY = ("total", "last budget", "last spent")
CHOICE = ("type", "use")
#: a box as text files, forms and HTML have it; a mark says that it is chosen
BOX = re.compile(
    r"<input(?P<html>[^>]*)/?>|(?P<on>[☑√✓✔☒■●])|(?P<off>[□☐○◯])|[\[【（(]\s*(?P<hand>[√✓xX ])\s*[\]】）)]"
)

Detail = tuple[str, str, Span]


def read_details(table: Table) -> tuple[Detail, ...]:
    """The details of a form with one project, in the order of the form; each once. Labels without a value are left out.

    A value that a row without a label carries on is joined to it.
    """
    found: dict[str, Passage] = {}
    open_name = ""
    for row in table.rows:
        cells = [tidy(c.passage) for c in row]
        names = {i: _name(flat(c)) for i, c in enumerate(cells)}
        if not any(names.values()):
            first = next((i for i, c in enumerate(cells) if c), None)
            if open_name and first is not None and (row[first].column or 0) > 0 and len(cells) - first <= 1:
                found[open_name] = Passage.join([found[open_name], cells[first]])
            elif first is not None:
                open_name = ""
            continue
        open_name = ""
        for i, name in names.items():
            value = next((c for c in cells[i + 1 :] if c), None) if name else None
            if value is None or name in found or _name(flat(value)):
                continue
            found[name] = value
            open_name = name
    return tuple(d for name, value in found.items() for d in _details(name, value))


def read_sections(document: Document, names: tuple[str, ...]) -> dict[str, tuple[Detail, ...]]:
    """Details that prose gives under headings such as （2）立项依据, by the project whose name the headings hold."""
    found: dict[str, list[Detail]] = {}
    blocks = list(document.blocks)
    current = ""
    for block, following in itertools.pairwise(blocks):
        if block.table is not None:
            continue
        text = _bare(block)
        named = next((n for n in names if len(n) > 3 and len(text) <= len(n) + 24 and n in text), "")
        if named:
            current = named
        name = _name(text)
        if not current or not name or following.table is not None or following.kind == "heading":
            continue
        found.setdefault(current, []).extend(_details(name, tidied(following)))
    return {project: tuple(details) for project, details in found.items()}


def _bare(block: Block) -> str:
    text = flat(tidied(block))
    for pattern in STYLES.values():
        m = pattern.match(text)
        if m:
            return text[m.end() :].rstrip("。：:")
    return text.rstrip("。：:")


def _name(label: str) -> str:
    return next((name for name, pattern in PATTERNS.items() if pattern.match(label)), "") if len(label) <= 20 else ""


def _details(name: str, value: Passage) -> list[Detail]:
    value = value.strip()
    text = flat(value)
    if not text or NOTHING.match(text) or text == "无":
        return []
    if name in MONEY:
        return [(name, text, value.span)] if NUMBER.match(value.text) else []
    if name in CHOICE and BOX.search(value.text):
        return _choices(name, value)
    tags = re.match(r"(?:</?p>\s*|[“”\"]\s*(?=[《①<]))*", value.text)
    value = value.part(tags.end() if tags else 0, len(value.text))
    return [(name, re.sub(r"\s*</?p>\s*", "", value.text), value.span)]


def _choices(name: str, value: Passage) -> list[Detail]:
    """The marked words of a row of check-boxes, or the whole row as unclear."""
    boxes = list(BOX.finditer(value.text))
    edges = [0, *(e for m in boxes for e in m.span()), len(value.text)]
    words = [value.part(edges[k], edges[k + 1]).strip() for k in range(0, len(edges), 2)]
    before, between, behind = words[0], words[1:-1], words[-1]
    side = 0
    if not before and behind and all(between):
        side = 1  # every box stands before its word
    elif before and not behind and all(between):
        side = -1
    if side == 0:
        return [("unclear", value.text, value.span)] if any(_is_on(m) for m in boxes) else []
    chosen = []
    for k, m in enumerate(boxes):
        word = words[k + 1] if side == 1 else words[k]
        if _is_on(m):
            chosen.append((name, word.text, word.span))
    return chosen


def _is_on(box: re.Match[str]) -> bool:
    if box.group("html") is not None:
        return "checked" in box.group("html")
    return bool(box.group("on")) or (box.group("hand") or " ").strip() != ""
