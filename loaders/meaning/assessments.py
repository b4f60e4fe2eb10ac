"""Assessments: the items of an evaluation with their maximum and their score, from scoring tables and from prose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from loaders.documents import Block, Cell, Document, Passage, Table
from loaders.facts import Assessment
from loaders.meaning.forms import cell_at, flat, flat_row, names_project
from loaders.meaning.money import read_number
from loaders.words.indicator_levels import AT_LEVEL1, AT_LEVEL2
from loaders.words.numbering import opening_marker, tidied
from loaders.words.points import find_points, heads_pairs, split_pair
from loaders.words.sentences import sentences, tidy

SCORE = re.compile(r"^(?:自评|实际|评价)?(?:得分|评分)(?:[（(].*[）)])?$")
#: how a list of projects heads their names and scores, without points to be had
PROJECTS = re.compile(r"^(?:被?评价)?(?:一级|二级)?项目(?:名称)?$")
SCORES = re.compile(r"^(?:绩效)?(?:自评|评价|考核)(?:综合)?(?:分数|得分|评分|总分)(?:[（(]分[）)])?$")
MAXIMUM = re.compile(r"^(?:参考|指标|标准)?分值(?:[（(].*[）)])?$|^(?:满分|权重)(?:[（(].*[）)])?$")
NAMES = re.compile(r"^(?:名称|[一二三]级指标|评价指标|指标名称|评价内容|考核内容)$")
CRITERIA = re.compile(r"^(?:参考)?(?:评分标准|评价标准|评分细则|评分依据)$")
FULL = re.compile(
    r"(?P<name>[\u4e00-\u9fff]{2,16})满分\s*(?P<max>\d+(?:\.\d+)?)\s*分[，,]\s*(?:自评)?得分(?:为)?\s*(?P<score>\d+(?:\.\d+)?)\s*分"
)
PLAIN = re.compile(
    r"(?P<name>[\u4e00-\u9fff]{0,24}(?:自评|评价|满意度|项目(?=综合))(?:综合)?)(?:评分|得分)\s*(?:为|是)?\s*(?P<score>\d+(?:\.\d+)?)\s*分"
)
#: the grade of a whole: 评价级次为优, and the line 评价等级 | 优（S≧90） of a form
GRADES = "优秀|良好|中等|合格|不合格|优|良|中|差"
GRADE = re.compile(
    rf"(?:评价|自评|考核|绩效)?(?:等级|级次|等次|级别|结果|结论)(?:评定)?(?:为|是|[:：])\s*[“\"]?(?P<grade>{GRADES})(?:[”\"等级]|(?![\u4e00-\u9fff]))"
)
GRADE_LABEL = re.compile(r"^(?:评价|自评|考核|绩效评价|绩效自评)?(?:等级|级次|等次)$")
GRADE_CELL = re.compile(rf"^(?P<grade>{GRADES})(?:[（(].*[）)])?$")
TOTAL_ITEM = re.compile(r"^(?:总分|合计|总计|总得分)")
DIGITS = re.compile(r"^\d+(?:\.\d+)?$")
#: where prose says which items lost points, and how a table heads its column of reasons
LOST = re.compile(r"(?:扣分|失分|未得满分)的?(?:指标|项目|事项)?(?:为|是|包括|有|：)")
WHY = re.compile(
    r"^(?:扣分|失分|偏差|未完成|差异|未达标)?(?:原因|说明)(?:分析)?(?:及|和)?(?:改进|整改|拟采取)?(?:措施|的措施)?$|^扣分(?:情况|依据|原因).*$"
)


def find_assessments(document: Document) -> tuple[Assessment, ...]:
    """The items that were scored, in order. A total of a table is the item 总分."""
    found: list[Assessment] = []
    for block in document.blocks:
        if block.table is None:
            found.extend(_prose(block))
        elif block.table.layout in ("tabs", "ruled"):
            found.extend(_columns(block.table))
            found.extend(_listed(block.table))
        else:
            found.extend(_lines(block.table))
    why = _losses(list(document.blocks))
    found = _graded(found, document)
    found = [
        replace(a, loss_reason=why[k].text, loss_span=why[k].span)
        if not a.loss_reason and (k := re.sub(r"\s", "", a.label)) in why and a.maximum is not None
        else a
        for a in found
    ]
    return tuple(sorted(found, key=lambda a: a.span.start))


def _graded(found: list[Assessment], document: Document) -> list[Assessment]:
    """The scored items with the grades that the sentence or the form of their total states."""
    for block in document.blocks:
        for grade, within in _grades(block):
            # the last total before the grade in the same sentence or form, or none
            at = [i for i, a in enumerate(found) if within.start <= a.span.start < grade.start and a.maximum is None]
            if at:
                found[at[-1]] = replace(found[at[-1]], grade=grade.text, grade_span=grade.span)
    return found


def _grades(block: Block) -> Iterator[tuple[Passage, Passage]]:
    """Each grade that a block states, with the passage within which its score stands."""
    if block.table is None:
        for sentence in sentences(tidied(block)):
            for m in GRADE.finditer(sentence.text):
                yield sentence.part(*m.span("grade")), sentence
        return
    for row in block.table.rows:
        cells = [tidy(c.passage) for c in row if c.text.strip()]
        stated = GRADE_CELL.match(cells[1].text) if len(cells) >= 2 and GRADE_LABEL.match(flat(cells[0])) else None
        if stated is not None:
            yield cells[1].part(*stated.span("grade")), block.passage


def _losses(blocks: list[Block]) -> dict[str, Passage]:
    """Why points were lost, by the item: what follows 该问题主要涉及扣分指标为“…” up to the next heading."""
    found: dict[str, Passage] = {}
    for i, block in enumerate(blocks):
        if block.table is not None:
            continue
        passage = tidied(block)
        for sentence in sentences(passage):
            m = LOST.search(sentence.text)
            if m is None:
                continue
            rest = passage.part((passage.find_offset(sentence.end - 1) or 0) + 1, len(passage.text)).strip()
            parts = [rest] if rest else []
            for following in blocks[i + 1 : i + 4]:
                if following.table is not None or following.kind == "heading" or opening_marker(tidied(following).text):
                    break
                parts.append(tidied(following))
            if parts:
                for name in re.findall(r"“([^”]{2,40})”", sentence.text[m.start() :]):
                    found.setdefault(re.sub(r"\s", "", name), Passage.join(parts))
    return found


def _value(passage: Passage | None) -> tuple[Decimal | None, Passage | None]:
    if passage is None:
        return None, None
    passage = passage.strip()
    return (read_number(passage.text), passage) if DIGITS.match(passage.text) else (None, None)


def _make(
    name: Passage, maximum: Passage | None, score: Passage | None, levels: tuple[str, str], criteria: str
) -> Assessment:
    top, top_at = _value(maximum)
    got, got_at = _value(score)
    return Assessment(
        label=flat(name),
        span=name.span,
        maximum=top,
        score=got,
        maximum_span=top_at.span if top_at else None,
        score_span=got_at.span if got_at else None,
        level1=levels[0],
        level2=levels[1],
        criteria=criteria,
    )


def _find(row: tuple[Cell, ...], pattern: re.Pattern[str]) -> list[int]:
    texts = zip(row, flat_row(row), strict=True)
    return [c.column for c, text in texts if c.column is not None and pattern.match(text)]


def _listed(table: Table) -> Iterator[Assessment]:
    """A list of projects with the score, and the grade, that each was given: 项目名称 | 自评分数 | 评价等级."""
    name = score = grade = -1
    for row in table.rows:
        names, scores = _find(row, PROJECTS), _find(row, SCORES)
        if names and scores:
            name, score, grade = names[0], scores[0], next(iter(_find(row, GRADE_LABEL)), -1)
            if _find(row, MAXIMUM):
                return
            continue
        label, got = (cell_at(row, name), cell_at(row, score)) if name >= 0 else (None, None)
        if label is None or got is None or not DIGITS.match(got.text) or TOTAL_ITEM.match(flat(label)):
            continue
        item, stated = _make(label, None, got, ("", ""), ""), cell_at(row, grade)
        if stated is not None and (given := GRADE_CELL.match(stated.text)) is not None:
            at = stated.part(*given.span("grade"))
            item = replace(item, grade=at.text, grade_span=at.span)
        yield item


def _find_pairs(row: tuple[Cell, ...]) -> list[tuple[int, str]]:
    """The columns that a row heads with both kinds of points, with its words."""
    texts = zip(row, flat_row(row), strict=True)
    return [(c.column, text) for c, text in texts if c.column is not None and heads_pairs(text)]


def _points_at(row: tuple[Cell, ...], maximum: int, score: int, both: str) -> tuple[Passage | None, Passage | None]:
    """The points that may be had and those that were, from two cells, or from one under a header over both."""
    if not both:
        return cell_at(row, maximum), cell_at(row, score)
    cell = cell_at(row, maximum)
    pair = split_pair(cell.text, both) if cell is not None else None
    if cell is None or pair is None:
        return None, None
    return cell.part(*pair[0]), cell.part(*pair[1])


def _columns(table: Table) -> Iterator[Assessment]:
    """A table with a column of scores. The item is in the deepest level that has a maximum of its own."""
    score = criteria = why = -1
    names: list[int] = []
    maxima: list[int] = []
    levels = ["", ""]
    both = ""  # the header over one column of both kinds of points
    for row in table.rows:
        if names_project(row) is not None:  # another form begins
            score = criteria = why = -1
            names, maxima, levels = [], [], ["", ""]
        scores, tops, headed = _find(row, SCORE), _find(row, MAXIMUM), _find(row, NAMES)
        pairs = _find_pairs(row)
        if scores or tops or pairs or len(headed) >= 2:
            both = pairs[-1][1] if pairs else "" if scores or tops else both
            if pairs:
                scores = tops = [pairs[-1][0]]
            score = scores[-1] if scores else score
            criteria = next(iter(_find(row, CRITERIA)), criteria)
            why = next(iter(_find(row, WHY)), why)
            if tops:
                maxima = tops
            if headed and (tops or not maxima or len(headed) >= len(names)):
                names = headed
            continue
        if score < 0 or not maxima or not names:
            continue
        top, got = _points_at(row, maxima[-1], score, both)
        deepest = [n for n in names if n < maxima[-1]] or names
        texts = [cell_at(row, n) for n in deepest]
        for depth, text in enumerate(texts[:-1][:2]):
            if text is not None:
                levels[depth:] = [flat(text), *[""] * (1 - depth)]
        first = next((t for t in texts if t is not None), None) or (tidy(row[0].passage) if row else None)
        if first is not None and TOTAL_ITEM.match(flat(first)):
            top = top or (cell_at(row, maxima[0]) if not both else None)
            # one cell over the columns of points and scores has the score
            yield _make(first, top if got is not None else None, got if got is not None else top, ("", ""), "")
        elif texts[-1] is not None and (got is not None or top is not None):
            rule = cell_at(row, criteria) if criteria >= 0 else None
            item = _make(texts[-1], top, got, (levels[0], levels[1]), rule.text if rule else "")
            reason = cell_at(row, why) if why >= 0 else None
            if reason is not None and len(reason.text) > 3 and flat(reason) != "无偏差":
                item = replace(item, loss_reason=reason.text, loss_span=reason.span)
            yield item


def _lines(table: Table) -> Iterator[Assessment]:
    """A table in lines with 分值 and 得分 at the end of its header: the last two numbers of a row are they."""
    begun = False
    for row in table.rows:
        cells = [tidy(c.passage) for c in row if c.text.strip()]
        texts = [flat(c) for c in cells]
        if (
            any(MAXIMUM.match(t) for t in texts)
            and any(SCORE.match(t) for t in texts)
            and re.search(r"指标|内容", "".join(texts))
        ):
            begun = True
            continue
        begun = begun and names_project(row) is None
        if not begun or not cells:
            continue
        if re.match(r"^总分|^合计|^总得分", texts[0]) and DIGITS.match(texts[-1]):
            yield _make(cells[0], None, cells[-1], ("", ""), "")
            begun = False
            continue
        numbers = [i for i, t in enumerate(texts) if DIGITS.match(t)]
        if len(numbers) < 3 or numbers[-1] != numbers[-2] + 1:
            continue
        name = cells[0]
        for _ in range(2):
            m = AT_LEVEL2.match(name.text) or AT_LEVEL1.match(name.text)
            if m and (m.group("word") or m.end() == len(name.text)):
                rest = name.part(m.end(), len(name.text)).strip()
                name = rest if rest else cells[min(cells.index(name) + 1, len(cells) - 1)] if name in cells else name
        yield _make(name, cells[numbers[-2]], cells[numbers[-1]], ("", ""), "")


def _prose(block: Block) -> Iterator[Assessment]:
    for sentence in sentences(tidied(block)):
        taken: list[tuple[int, int]] = []
        for points in find_points(sentence.text):
            if points.score is not None:
                taken.append((points.name[0], points.score[1]))
                name, score = sentence.part(*points.name), sentence.part(*points.score)
                yield _make(name, sentence.part(*points.maximum), score, ("", ""), "")
        for m in FULL.finditer(sentence.text):
            name = sentence.part(*m.span("name"))
            lead = re.match(r"(?:其中|此次)", name.text)
            name = name.part(lead.end() if lead else 0, len(name.text))
            taken.append(m.span())
            yield _make(name, sentence.part(*m.span("max")), sentence.part(*m.span("score")), ("", ""), "")
        for m in PLAIN.finditer(sentence.text):
            if any(a <= m.start() < b for a, b in taken):
                continue
            name = sentence.part(*m.span("name"))
            lead = re.match(r"^(?:本单位|本部门|我办|此次|从评价情况来看|年度)*", name.text)
            name = name.part(lead.end() if lead else 0, len(name.text))
            yield _make(name, None, sentence.part(*m.span("score")), ("", ""), "")
