"""From lines to blocks: tables with their captions and units, paragraphs joined over line and page breaks, headings.

The text readers and, by way of their text, the readers of other formats share this. Every character of a block keeps
its offset; joining never copies a character that is not in the text.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from loaders.documents import Block, Cell, Layout, Passage, Span, Table
from loaders.readers.formed import flatten, form_rows
from loaders.readers.framed import unframe
from loaders.readers.paragraphs import TERMINALS, add_sections, join_paragraphs, usual_width
from loaders.readers.piped import align_rows, find_piped, find_rows, make_rows, split_cells, split_padded, split_rows
from loaders.words import lines as forms
from loaders.words.lines import Line, compact, split_title
from loaders.words.numbers import tokenise
from loaders.words.numerals import TEN
from loaders.words.sentences import squeeze
from loaders.words.units import is_lone_unit, unit_after

#: How many non-blank lines above a table may belong to its caption.
CAPTION_REACH = 6
#: How many non-blank lines below a caption may hold its unit or header.
UNIT_REACH = 7
#: How many non-blank lines of a text cell may stand between two rows of numbers of one table.
TEXT_REACH = 24
#: The layout of rows whose cells know their columns.
_COLUMNS: Layout = "tabs"
#: How many cells of a form saved one a line may stand above its title.
_TITLE_REACH = 8
#: How many short lines above a row of numbers may be its label.
LABEL_REACH = 4
#: Tables whose cells hold long text: sentences do not end them.
_WORDY = re.compile(r"绩效|目标|指标|项目|申报|自评|采购|专项|任务|评价|职能|内设机构|政府购买|重点")
_TEXT_COLUMN = re.compile(r"^(?:项目)?(?:绩效目标|主要内容|支出内容|项目概况|立项依据|工作内容|绩效目标内容)$")
_PROSE_HEADING = re.compile(r"说明|解释|概况|职责|职能|情况$|目录|工作任务|释义|机构设置|附件$|附表$")
_NOTE = re.compile(r"^(?:注|备注|说明|附注)\s*\d?\s*[:：、.]")


#: Headers of a form within one line, where a page was saved with blanks between its cells.
_FLAT = re.compile(r"二级指标\s+三级指标\s+\S|预算数\S*\s+(?:全年|调整后?)预算数\S*\s+(?:全年|预算)执行数\S*\s+\S.{80}")


#: With what a form of a project begins below its title.
_FORM_OPENS = re.compile(r"^(?:项目名称|一级指标|部门（单位）名称)|(?:^|\s)(?:年度)?资金总额(?:\s|[:：])")


@dataclass
class _Region:
    """Lines of one table while they are gathered."""

    title: Passage
    unit: Passage
    caption: tuple[Passage, ...]
    tabbed: bool
    rows: list[Line] = field(default_factory=list)
    notes: list[Line] = field(default_factory=list)

    @property
    def wordy(self) -> bool:
        """Whether the header names a column of text, whose cells may read as prose."""
        return any(_TEXT_COLUMN.search(word) for row in self.rows[:12] for word in row.words.split())


def make_blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a text in reading order: headings, paragraphs, tables."""
    return make_layout(text)[0]


def make_layout(text: str, known: Iterable[Span] = ()) -> tuple[tuple[Block, ...], tuple[Span, ...]]:
    """The blocks of a text, and the lines that are page furniture; ``known`` are lines that are known to be such."""
    lines = unframe(forms.split_lines(text))
    furniture = forms.find_furniture(lines)
    starts = {span.start for span in known}
    furniture |= {line.number for line in lines if line.start in starts}
    walker = _Walker([line for line in lines if line.words and line.number not in furniture])
    spans = tuple(Span(line.start, line.end) for line in lines if line.number in furniture)
    return tuple(add_sections(walker.walk())), spans


class _Walker:
    """One pass over the non-blank lines that are no page furniture."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        self.blocks: list[Block] = []
        self.prose: list[Line] = []
        self.region: _Region | None = None
        self.width = usual_width(lines)
        self._ended: int | None = None
        self._unmarked = 0

    def walk(self) -> list[Block]:
        at = 0
        while at < len(self.lines):
            marked = "|" in self.lines[at].words or "|" in self._words_at(at + 1)
            piped = find_piped(self.lines, at) if marked else 0
            rows = self._find_rows(at) if marked and not piped else 0
            if piped:
                at = self._take_piped(at, piped)
            elif _FLAT.search(self.lines[at].words) and self._take_flat(at):
                at += 1
            else:
                at = self._take_rows(at, rows) if rows else self._step(at)
        self._end_region()
        self._end_prose()
        return sorted(self.blocks, key=lambda b: b.span.start)

    def _take_flat(self, at: int) -> bool:
        """Makes a table of a line that is a whole form, its cells parted by blanks; False if it is none."""
        line = self.lines[at]
        whole = line.whole
        cells = [whole.part(*m.span()) for m in re.finditer(r"\S+", whole.text)]
        formed = form_rows(cells)
        if formed is None:
            return False
        region = self._open_marked(at)
        first = formed[0][0].passage.start
        titles = [c for c in cells if c.start <= first and forms.is_caption(c.text)]
        region.title = region.title or (titles[-1] if titles else region.title)
        self._add_marked(region, formed, _COLUMNS)
        return True

    def _find_rows(self, at: int) -> int:
        """How many lines from ``at`` are rows with marks between their cells; lines that were none are not tried again."""
        if at < self._unmarked:
            return 0
        count, looked = find_rows(self.lines, at)
        self._unmarked = at + (count or looked)
        return count

    def _step(self, at: int) -> int:
        line = self.lines[at]
        if line.tabbed:
            if self.region is None or not self.region.tabbed:
                self._open(tabbed=True)
            elif self.region.rows and _lone_caption(line):
                self._end_region()
                self._open(tabbed=True)
            assert self.region is not None
            if _lone_caption(line) and not self.region.title:
                self.region.title = line.passage
            self.region.rows.append(line)
            return at + 1
        if self._starts_table(at):
            self._end_region()
            return self._caption(at)
        if self.region is None:
            if self._resumes_table(at):
                self._resume()
                return at
            self.prose.append(line)
        elif self.region.tabbed:
            if _NOTE.match(line.words):
                self.region.notes.append(line)
            self._end_region()
            self.prose.append(line)
        elif self._ends_table(at):
            self._end_region()
            self._ended = at
            self.prose.append(line)
        elif _NOTE.match(line.words):
            self.region.notes.append(line)
            self.region.rows.append(line)
        else:
            self.region.rows.append(line)
        return at + 1

    def _words_at(self, at: int) -> str:
        return self.lines[at].words if at < len(self.lines) else ""

    def _take_piped(self, at: int, count: int) -> int:
        """Makes a table of lines that are cells with marks behind them; returns the index behind it."""
        region = self._open_marked(at)
        cells = split_cells(self.lines[at : at + count])
        titled = next((i for i, c in enumerate(cells[:_TITLE_REACH]) if forms.is_caption(c.text)), 0)
        if titled and not region.title and not any("：" in c.text or len(c.text) < 2 for c in cells[:titled] if c.text):
            region.caption = (*region.caption, *(c for c in cells[:titled] if c.text))
            cells = cells[titled:]
        while cells and not region.title and (not cells[0].text or forms.is_caption(cells[0].text)):
            region.title = cells.pop(0)
        padded = split_padded([line for line in self.lines[at : at + count] if line.end > cells[0].start])
        formed = form_rows(*flatten(padded), blanks=True) if padded else form_rows(cells, blanks=True)
        rows, layout = make_rows(cells) if formed is None else (formed, _COLUMNS)
        self._add_marked(region, rows, layout)
        return at + count

    def _take_rows(self, at: int, count: int) -> int:
        """Makes a table of lines that are rows with marks between their cells; returns the index behind it."""
        region = self._open_marked(at)
        rows = split_rows(self.lines[at : at + count])
        starts = [0, *(i for i, row in enumerate(rows) if i and len(row) == 1 and forms.is_caption(row[0].text))]
        for start, end in itertools.pairwise([*starts, len(rows)]):
            part = rows[start:end]
            while len(part) > 1 and len(part[0]) == 1:
                alone = part[0][0]
                if forms.is_unit_line(alone.text):
                    region.unit = alone
                elif forms.is_caption(alone.text) and not region.title:
                    region.title = alone
                else:
                    break
                region.caption = (*region.caption, alone)
                part = part[1:]
            formed = form_rows(*flatten(part), blanks=True)
            made, layout = align_rows(part) if formed is None else (formed, _COLUMNS)
            self._add_marked(region, made, layout)
            region = _Region(Passage("", ()), Passage("", ()), (), tabbed=True)
        return at + count

    def _open_marked(self, at: int) -> _Region:
        """The region of a table with marks from ``at`` on, with the caption above it."""
        above = self.lines[at - 1].words if self.region is None and self.prose else ""
        self._open(tabbed=True)
        assert self.region is not None
        region, self.region = self.region, None
        if not region.caption and 4 <= len(above) <= 30 and not re.search(r"[，。；：:,;]", above):
            title = self.prose.pop()  # what stands straight above such a table names it
            region.title, region.caption = title.passage, (title.passage,)
        self._end_prose()
        return region

    def _add_marked(self, region: _Region, rows: list[list[Cell]], layout: Layout) -> None:
        cells = [c.passage for row in rows for c in row]
        span = Span(min(p.start for p in (*cells, *region.caption, region.title) if p), max(c.end for c in cells))
        made = tuple(tuple(row) for row in rows)
        parts = ((0, max(len(row) for row in made)),) if layout == "tabs" else ()
        table = Table(span, made, layout, region.title, region.unit, region.caption, parts=parts)
        self.blocks.append(Block("table", span, Passage.join(cells), table=table))

    def _starts_table(self, at: int) -> bool:
        """Whether a caption, a unit line or a header that opens a table without tabs stands at ``at``."""
        words = self.lines[at].words
        if forms.is_toc_line(words):
            return False
        if forms.is_unit_line(words):
            return not self._tabs_follow(at)
        if forms.is_caption(words):
            ahead = self.lines[at + 1 : at + 1 + UNIT_REACH]
            for line in ahead:
                if line.tabbed:
                    return False
                if forms.is_prose(line.words) and not forms.ends_with_number(line.words):
                    return False
                if forms.is_unit_line(line.words) or forms.is_header_line(line.words):
                    return True
                if compact(line.words) in _FORM_FIELDS or _FORM_OPENS.search(line.words):
                    return True
            return False
        if self.region is not None or self._tabs_follow(at):
            return False
        return forms.is_header_line(words) or self._heads_cells(at)

    def _heads_cells(self, at: int) -> bool:
        """Whether consecutive lines from ``at`` are the header of a table printed one cell a line, with a money column."""
        cells = [line.words for line in self.lines[at : at + 4] if not line.tabbed]
        heads = list(itertools.takewhile(forms.is_column_name, cells))
        return len(heads) >= 3 and any(re.search(r"[（(](?:单位[:：])?[亿万千百]*元[)）]$", w) for w in heads)

    def _tabs_follow(self, at: int) -> bool:
        return any(line.tabbed for line in self.lines[at + 1 : at + 3])

    def _caption(self, at: int) -> int:
        """Opens an untabbed table at a caption; returns the index of its first row."""
        first = at
        while at < len(self.lines) and at - first < UNIT_REACH:
            words = self.lines[at].words
            if forms.is_unit_line(words):
                at = self._skip_captions(at + 1)
                break
            opened = at > first and _continues_caption(self.lines[at - 1].words, words)
            if forms.is_header_line(words) or (at > first and not self._captionlike(words) and not opened):
                break
            at += 1
        above = self._take_caption_lines()
        head = [*above, *self.lines[first:at]]
        self.region = _Region(*_title_and_unit(head), tabbed=False)
        if at == first:
            self.region.rows.append(self.lines[at])
            at += 1
        return at

    def _skip_captions(self, at: int) -> int:
        """The index behind the caption lines that some extractors put below the unit line they stand above."""
        while at < len(self.lines) and not self.lines[at].tabbed:
            words = self.lines[at].words
            if not self._captionlike(words) or forms.is_header_line(words) or forms.is_toc_line(words):
                break
            at += 1
        return at

    @staticmethod
    def _captionlike(words: str) -> bool:
        return forms.is_caption(words) or bool(
            re.search(r"(?:部门|单位)\s*[)）]?(?:名称)?\s*[:：]|^[（(]?\d{4}\s*年(?:度)?[）)]?$|^[（(]续", words)
        )

    def _take_caption_lines(self) -> list[Line]:
        """Caption lines that have already gone to the prose above."""
        taken: list[Line] = []
        while self.prose and len(taken) < CAPTION_REACH:
            words = self.prose[-1].words
            captionlike = self._captionlike(words) or forms.is_unit_line(words) or (not taken and is_lone_unit(words))
            if len(self.prose) > 1 and _continues_caption(self.prose[-2].words, words):
                taken.insert(0, self.prose.pop())
                taken.insert(0, self.prose.pop())
                continue
            if (
                not captionlike
                or len(compact(words)) > 60
                or (forms.is_toc_line(words) and not forms.is_unit_line(words))
            ):
                break
            taken.insert(0, self.prose.pop())
        return taken

    def _is_head(self, rows: list[Line]) -> bool:
        """Whether lines that were taken for rows only say what stands below: titles, the office, the unit."""
        return all(
            self._captionlike(row.words)
            or forms.is_unit_line(row.words)
            or bool(number and _continues_caption(rows[number - 1].words, row.words))
            or (number + 1 < len(rows) and _continues_caption(row.words, rows[number + 1].words))
            for number, row in enumerate(rows)
        )

    def _ends_table(self, at: int) -> bool:
        assert self.region is not None
        words = self.lines[at].words
        flat = compact(words)
        if forms.PART.match(flat):
            return True
        wordy = bool(_WORDY.search(self.region.title.text)) or self.region.wordy
        if forms.ends_with_number(words) and not wordy:
            parts = words.split()
            if len(parts) > 1 and not re.search(r"[。，；]", parts[0]):
                return False
        if forms.HEADING.match(flat):
            follow = self.lines[at + 1].words if at + 1 < len(self.lines) else ""
            if _PROSE_HEADING.search(flat) and not forms.is_number_word(follow):
                return True
            if forms.is_prose(words) and flat.endswith("。"):
                return True
            return forms.is_prose(follow) and not forms.ends_with_number(follow) and len(follow) > 30
        if _NOTE.match(words):
            return False
        if wordy or self._numbers_follow(at + 1):
            return False
        return forms.is_prose(words) and len(words) >= 15 and bool(re.search(r"[。，；]", words))

    def _numbers_follow(self, at: int) -> bool:
        """Whether a row of numbers stands within reach of ``at``, before any title or heading: a text cell ends there."""
        assert self.region is not None
        lone = any(forms.is_amount(row.words) for row in self.region.rows[-2 * TEXT_REACH :])
        for number in range(at, min(at + TEXT_REACH, len(self.lines))):
            words = self.lines[number].words
            if self.lines[number].tabbed or forms.PART.match(compact(words)) or forms.is_caption(words):
                return False
            if self._is_number_row(number, lone):
                return True
        return False

    def _is_number_row(self, at: int, lone: bool) -> bool:
        """Whether amounts stand at ``at`` as in a table: two in one line without sentences, or alone in their lines.

        With ``lone`` one line is enough, unless the next goes on with a unit.
        """
        words = self.lines[at].words.split()
        amounts = sum(forms.is_amount(w) for w in words)
        if amounts >= 2 and (not re.search(r"[，。；]", self.lines[at].words) or _runs_of_amounts(words) >= 3):
            return True
        if amounts != 1 or len(words) != 1 or at + 1 >= len(self.lines):
            return False
        below = self.lines[at + 1].words
        return forms.is_amount(below) or (lone and not re.match(r"[，。；、％%)）]|[万亿千百]?元|个|人|平方", below))

    def _resumes_table(self, at: int) -> bool:
        """Whether numbers at ``at`` go on the last table, which seemed to end with a text cell that reads as prose."""
        last = next((b for b in reversed(self.blocks) if b.table is not None), None)
        if last is None or last.table is None or last.table.layout == "tabs":
            return False
        words = self.lines[at].words.split()
        if len(words) > 1:
            return sum(forms.is_amount(w) for w in words) >= 3 and self._is_number_row(at, lone=False)
        alone = [line.words for line in self.lines[at : at + 3]]
        if len(alone) == 3 and all(forms.is_amount(w) for w in alone):
            return True
        near = self._ended is not None and at - self._ended <= 2 * TEXT_REACH
        lone = near and any(forms.is_amount(row[0].text) for row in last.table.rows if len(row) == 1)
        return lone and self._is_number_row(at, lone=True)

    def _resume(self) -> None:
        """Opens a table without a title, with the short lines above as the label of its first row."""
        label: list[Line] = []
        while self.prose and len(label) < LABEL_REACH:
            words = self.prose[-1].words
            if len(words) > 30 or words[-1] in TERMINALS or forms.HEADING.match(words) or forms.is_toc_line(words):
                break
            label.insert(0, self.prose.pop())
        self._end_prose()
        self.region = _Region(Passage("", ()), Passage("", ()), (), tabbed=False, rows=label)

    def _open(self, *, tabbed: bool) -> None:
        pending = self.region
        if pending is not None and self._is_head(pending.rows):
            pending.tabbed = tabbed  # a caption was read already
            title, unit, caption = _title_and_unit(pending.rows)
            pending.title, pending.unit = title or pending.title, unit or pending.unit
            pending.caption, pending.rows = (*pending.caption, *caption), []
            return
        self._end_region()
        head = self._take_caption_lines()
        self.region = _Region(*_title_and_unit(head), tabbed=tabbed)

    def _end_region(self) -> None:
        region, self.region = self.region, None
        if region is None or not region.rows:
            return
        self._end_prose()
        self.blocks.append(_table_block(region))

    def _end_prose(self) -> None:
        self.blocks.extend(join_paragraphs(self.prose, self.width))
        self.prose = []


def _runs_of_amounts(words: list[str]) -> int:
    """The most amounts that stand beside each other in a line: three never do in running text."""
    return max((len(list(run)) for amount, run in itertools.groupby(words, forms.is_amount) if amount), default=0)


def _lone_caption(line: Line) -> bool:
    """Whether a tabbed line is a table's title spread over its width."""
    return forms.is_caption(line.words) and "\t" not in line.words and len(line.words) > 5


#: A second line of a title: （按支出经济分类科目-不含上年结转）; no unit, year or mark that the table goes on.
_TITLE_BRACKET = re.compile(
    r"^[（(](?=[^（()）]*(?:分类|科目|结转|含|口径|按|级次|类))(?![^（()）]*(?:单位|续))[^（()）。；]{2,45}[）)]$"
)


def _continues_caption(above: str, words: str) -> bool:
    """Whether ``words`` closes a bracket that the caption line above left open, or says in brackets how it is divided."""
    if _TITLE_BRACKET.match(words):
        return forms.is_caption(above) and not forms.TABLE_NUMBER.match(compact(above)) and "表" in above
    if split_title(above)[0] and not forms.is_caption(above):
        return forms.is_caption(words) and not split_title(words)[0]
    opened = above.count("（") + above.count("(") - above.count("）") - above.count(")")
    return opened > 0 and len(words) <= 30 and bool(re.match(r"^[^（(]{0,25}[）)]", words)) and "表" in above


_FORM_FIELDS = frozenset(
    {
        "项目名称",
        "专项名称",
        "部门名称",
        "单位名称",
        "一级指标",
        "部门（单位）名称",
        "项目支出名称",
        "主管部门",
        "项目",
        "收入",
        "支出",
    }
)


def _title_and_unit(head: list[Line]) -> tuple[Passage, Passage, tuple[Passage, ...]]:
    """Title, unit and all caption lines; the title is the last caption-formed line that is no bare table number."""
    title = unit = Passage("", ())
    for number, line in enumerate(head):
        words = line.words
        if number and _continues_caption(head[number - 1].words, words):
            title = Passage.join([head[number - 1].passage, line.passage])
            continue
        if forms.is_unit_line(words) or (number == len(head) - 1 and is_lone_unit(words)):
            unit = line.passage
        if forms.is_caption(words) and not forms.TABLE_NUMBER.match(compact(words)):
            title = line.passage
            at = re.search(
                r"\s*(?:编制|填报)?(?:部门|单位)(?:[（(](?:部门|单位)[)）])?(?:名称)?\s*[:：]|\s*金额单位", title.text
            )
            if at and at.start() > 3:
                title = title.part(0, at.start())
    return title, unit, tuple(line.passage for line in head)


def _table_block(region: _Region) -> Block:
    make = _tab_cells if region.tabbed else _word_cells
    rows = tuple(tuple(make(line, i)) for i, line in enumerate(region.rows))
    layout: Layout = "tabs"
    if not region.tabbed:
        single = sum(1 for row in rows if len(row) <= 1)
        layout = "lines" if single * 3 >= len(rows) * 2 else "spaces"
    formed = form_rows([line.passage for line in region.rows]) if layout == "lines" else None
    if formed is not None:
        rows, layout = tuple(map(tuple, formed)), "tabs"
    start = min([region.rows[0].start, *(p.start for p in region.caption if p)])
    span = Span(start, region.rows[-1].end)
    notes = tuple(n.passage for n in region.notes)
    parts = tuple(_find_parts(region.rows)) if region.tabbed else ()
    if formed is not None:
        parts = ((0, max(len(row) for row in rows)),)
    table = Table(span, rows, layout, region.title, region.unit, region.caption, notes, parts)
    passage = Passage.join(c.passage for row in rows for c in row)
    return Block("table", span, passage, table=table)


def _find_parts(rows: list[Line]) -> Iterator[tuple[int, int]]:
    """The pieces of a table between which a blank line or a page break stands: first row, number of columns."""
    starts = [0, *(i for i, (a, b) in enumerate(itertools.pairwise(rows), 1) if b.number - a.number > 1)]
    for first, last in itertools.pairwise([*starts, len(rows)]):
        yield first, max(row.text.count("\t") + 1 for row in rows[first:last])


def _tab_cells(line: Line, row: int) -> list[Cell]:
    cells = []
    start = 0
    whole = line.whole
    for column, text in enumerate(whole.text.split("\t")):
        passage = whole.part(start, start + len(text)).strip()
        start += len(text) + 1
        if passage:
            cells.append(Cell(passage, row, column))
    return cells


#: The name of a row whose characters stand apart, before its amount: 收 入 总 计 12.00. In a header 收 入 are columns.
#: No such name is long, and none begins within another: else a line of many would be looked at from each of them on.
_SPACED_LABEL = re.compile(
    r"(?<!\S)(?<![\u4e00-\u9fff][ \u3000])(?<![\u4e00-\u9fff][ \u3000]{2})"
    r"[\u4e00-\u9fff](?:[ \u3000]+[\u4e00-\u9fff]){2,15}+(?=\s+[-−]?\d[\d,]*\.\d)"
)
_RAN_INTO = re.compile(rf"(-?\d[\d,]*(?:\.\d+)?)((?:[{TEN}]{{1,3}}、|[（(][{TEN}]{{1,3}}[）)])[\u4e00-\u9fff].*)")
_WORD = re.compile(r"\d{1,3}, \d{3}(?![\d.])(?=\s|$)|\S+")


def _word_cells(line: Line, row: int) -> list[Cell]:
    whole = line.whole
    text = whole.text
    if forms.is_prose(line.words) and not forms.ends_with_number(line.words) and not _holds_value(text):
        return [Cell(line.passage, row, None)]
    spaced = [m.span() for m in _SPACED_LABEL.finditer(text)]
    spans = [span for m in _WORD.finditer(text) for span in _part(m.group(), m.start())]
    outside = [(a, b) for a, b in spans if not any(first <= a < last for first, last in spaced)]
    cells = [*(whole.part(a, b) for a, b in outside), *(squeeze(whole.part(a, b)) for a, b in spaced)]
    return [Cell(passage, row, None) for passage in sorted(cells, key=lambda p: p.start)]


def _part(word: str, start: int) -> list[tuple[int, int]]:
    """Where a word stands in its line; the places of its amounts if it is several that extraction ran together.

    An amount may have run into the name of the row of the next panel: 8,300一、教育支出.
    """
    ran = _RAN_INTO.fullmatch(word)
    if ran is not None:
        return [(start, start + ran.end(1)), (start + ran.start(2), start + ran.end(2))]
    tokens = tokenise(word) if word.count(".") > 1 else []
    if len(tokens) < 2 or sum(len(t.stated) for t in tokens) != len(word):
        return [(start, start + len(word))]
    return [(start + t.span.start, start + t.span.end) for t in tokens]


def _holds_value(text: str) -> bool:
    """Whether a line has a word that is a bare number without a unit behind it: a row with a long text cell."""
    for match in _WORD.finditer(text):
        bare = forms.is_number_word(match.group()) and (match.start() == 0 or text[match.start() - 1].isspace())
        follows = re.match(r"\s*[年月日号时%、至\-—]", text[match.end() :])
        if bare and not follows and unit_after(text, match.end()) is None:
            return True
    return False
