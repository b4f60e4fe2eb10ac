"""Where a document names a service or topic, how it matched, and which stated amount the clause governs.

What the wordings are stands in ``ontology/services.ttl``. What an amount is spent on is decided by grammar alone: the
amount behind a project's name is that project's; an amount before 用于… is for what follows, unless that is one of
several things; a reason explains the whole of a result only where nothing was budgeted for it.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from loaders.documents import Block, Cell, Document, Passage, Span, Table
from loaders.facts import Change, Division, Duty, Figure, Goal, Indicator, Match, Project, ServiceLink
from loaders.kept import keep_answers
from loaders.meaning import wordings
from loaders.meaning.forms import NUMBER, flat, flat_row
from loaders.meaning.money import Amount, find_amounts
from loaders.meaning.vocabulary import goes_across
from loaders.meaning.wordings import Hit, Topic
from loaders.words.normalise import normalise_passage
from loaders.words.numbering import tidied
from loaders.words.sentences import sentences, split, tidy

#: a line of the classification of expenditure, in a table or in prose
CODE = re.compile(r"^\d{2,7}$")
#: the words are part of an office's name, or of a name of the budget's own
BODY = re.compile(
    r"^[\u4e00-\u9fff]{0,10}?(?:局|委员会|[政厅]府|厅|办公室|中心|学院|学校|中学|大学|支队|总队|大队|研究所|研究院|院|站|馆|署|公司|医院|协会)"
)
OFFICIAL = re.compile(
    r"^[\u4e00-\u9fff]{0,8}(?:支出|收入|基金|预算|决算|拨款|补贴|补助|缴费)|^(?:支出)?(?:（|\()[类款项]|^(?:情况|预算情况|支出表|预算表|经费)"
)
CODED = re.compile(r"[（(][类款项][）)]|[（(]?\d{5,7}[）)]?[^万元]")
REASON = re.compile(r"原因|主要是因?为?|是因为")
GOAL = re.compile(r"目标|任务|要点|主要内容")
DEFINITION = re.compile(r"名词解释|名词说明|术语")
#: several things joined: none of them has the whole amount
JOINED = re.compile(r"、|和|及|与|以及|等")
PURPOSE = re.compile(r"(?:主要)?(?:用于|是用于)\s*(?:支付|开展|安排|保障)?\s*$")
CHANGED = re.compile(r"增加|减少|增长|下降|上升|降低|较|比|超过|持平")
#: what a result's reason says when nothing had been budgeted for it
UNBUDGETED = re.compile(r"未(?:列入|纳入|安排|编入|编制)[^，。；]{0,6}(?:预算)?|年中(?:追加|新增|下达)|追加|无年初预算")
INITIAL = re.compile(r"(?:年初)?预算数?\s*(?:为|是)?\s*$")
RESULT = re.compile(r"^\s*[，,、]?\s*(?:支出决算|决算|执行|实际支出|实际使用|支出)数?\s*(?:为|是)?\s*$")
FINAL = re.compile(r"(?:支出)?决算数?\s*(?:为|是)?\s*$|实际支出\s*(?:为|是)?\s*$")


@dataclass(frozen=True, slots=True)
class Sources:
    """What has been found before: the links point to it."""

    figures: tuple[Figure, ...]
    projects: tuple[Project, ...]  # with the tasks of 年度主要任务
    indicators: tuple[Indicator, ...]
    duties: tuple[Duty, ...]
    changes: tuple[Change, ...]
    divisions: tuple[Division, ...] = ()
    goals: tuple[Goal, ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    """A hit in the document: its span, the passage it stands in and its clause there."""

    hit: Hit
    span: Span
    passage: Passage
    clause: Passage
    context: str


def find_services(document: Document, agency: str, facts: Sources) -> tuple[ServiceLink, ...]:
    """Every clause that names a service or topic, once for each service, in order.

    A project whose purpose repeats what its name says gives one link, that of the name.
    """
    topics = wordings.load()
    links: list[ServiceLink] = []
    for block in document.blocks:
        for place in _places(block, topics, agency):
            link = _link(place, block, facts)
            if _is_told(link, place, block):
                links.append(link)
    kept: dict[tuple[str, int, int], ServiceLink] = {}
    named = {(k.service, k.project) for k in links if k.match == "project name" and k.project}
    for link in links:
        if link.match in ("narrative", "purpose") and link.project and (link.service, link.project) in named:
            continue
        quote = link.quote_span or link.span
        key = (link.service, quote.start, quote.end)
        known = kept.get(key)
        if known is None or (link.strength, link.role == "service") > (known.strength, known.role == "service"):
            kept[key] = link
    return tuple(sorted(kept.values(), key=lambda k: (k.span.start, k.service)))


def _is_told(link: ServiceLink, place: _Place, block: Block) -> bool:
    """Whether the words are about the topic here.

    Not so in glossaries and lists of codes, and for a word of two characters outside a stated duty, division, project,
    indicator, goal or reason.
    """
    if link.role != "mention":
        return True
    if link.match == "definition" or (link.match == "narrative" and len(link.label) <= wordings.SHORT_LENGTH):
        return False
    if link.match not in ("line text", "narrative"):
        return True
    start, end = place.clause.find_offset(link.span.start), place.clause.find_offset(link.span.end - 1)
    if start is not None and end is not None:
        before, behind = place.clause.text[:start], place.clause.text[end + 1 :]
        if BODY.match(behind) or OFFICIAL.match(behind) or (not before and not behind) or "...." in behind:
            return False
    if block.table is None:
        return not CODED.search(place.clause.text)
    return not any(
        CODE.match(flat(c.passage))
        for row in block.table.rows
        if any(c.passage.start <= link.span.start < c.passage.end for c in row)
        for c in row
    )


def _places(block: Block, topics: tuple[Topic, ...], agency: str) -> Iterator[_Place]:
    headings = "".join(block.section) + agency
    if block.table is None:
        passage = tidied(block)
        yield from _in_passage(passage, topics, headings + passage.text)
        return
    title = block.table.title.text
    for words, passage in _cells(block.table):
        yield from _in_passage(passage, topics, headings + title + words)


def _cells(table: Table) -> Iterator[tuple[str, Passage]]:
    """The cells of a table, each with the words of its row; one that a page break has cut is joined again."""
    open_cells: dict[int | None, tuple[str, Passage]] = {}
    for row in table.rows:
        cut = row[0] if len(row) == 1 and row[0].column else None
        known = open_cells.get(cut.column) if cut is not None else None
        if cut is not None and known is not None and not known[1].text.endswith("。") and len(known[1].text) > 20:
            open_cells[cut.column] = (known[0], Passage.join([known[1], tidy(cut.passage)]))
            continue
        yield from open_cells.values()
        words = "".join(c.text for c in row)
        open_cells = {}
        for i, cell in enumerate(row):
            open_cells[cell.column if cell.column is not None else -1 - i] = (words, tidy(cell.passage))
    yield from open_cells.values()


def _in_passage(passage: Passage, topics: tuple[Topic, ...], context: str) -> Iterator[_Place]:
    if not passage or NUMBER.match(passage.text):
        return
    text = normalise_passage(passage)
    clauses: list[Passage] | None = None
    for hit in wordings.find_hits(topics, text.text, _flatten(context)):
        # 实施工作 says nothing of 施工
        if hit.end - hit.start <= wordings.SHORT_LENGTH and goes_across(text.text, hit.start, hit.end):
            continue
        span = text.locate(hit.start, hit.end)
        at = passage.find_offset(span.start)
        if clauses is None:
            clauses = [part for sentence in sentences(passage) for part in split(sentence, "；;。")]
        clause = next((c for c in reversed(clauses) if c.start <= span.start < c.end), passage)
        if at is not None:
            yield _Place(hit, span, passage, clause, context)


@functools.lru_cache(maxsize=64)
def _flatten(context: str) -> str:
    """The words around a passage normalised; those of a row are asked for with each of its cells."""
    return normalise_passage(Passage(context, (0,) * len(context))).text


@dataclass(frozen=True, slots=True)
class _How:
    """How a hit matched, what pays for it, whose it is, and the statement that it stands in."""

    match: Match
    amount: Span | None = None
    project: str = ""
    source: Span | None = None


def _link(place: _Place, block: Block, facts: Sources) -> ServiceLink:
    how = next(found for rule in _RULES if (found := rule(place, block, facts)) is not None)
    how = _find_source(how, place, facts)
    quote = place.clause if how.amount is None else _stretch(place.passage, place.clause, how.amount)
    marks = re.match(r"(?:</?\w+>\s*)*", quote.text)
    quote = quote.part(marks.end() if marks else 0, len(quote.text))
    return ServiceLink(
        service=place.hit.service,
        label=_text(place.passage, place.span),
        span=place.span,
        match=how.match,
        role=place.hit.role,
        strength=place.hit.strength,
        amount_span=how.amount,
        project=how.project,
        quote=quote.text,
        quote_span=quote.span,
        source_span=how.source,
    )


def _by_project(place: _Place, _: Block, facts: Sources) -> _How | None:
    """In the name of a project or a task: its money is the service's."""
    span = place.span
    named = next((p for p in facts.projects if p.span.start <= span.start and span.end <= p.span.end), None)
    if named is None:
        return None
    return _How("goal" if named.is_task else "project name", named.amount_span, _label(named), named.span)


def _by_indicator(place: _Place, _: Block, facts: Sources) -> _How | None:
    found = next((i for i in facts.indicators if i.span.overlaps(place.span)), None)
    return _How("indicator", None, found.project, found.span) if found is not None else None


def _by_duty(place: _Place, _: Block, facts: Sources) -> _How | None:
    found = next((d for d in facts.duties if d.span.contains(place.span)), None)
    return _How("duty", source=found.span) if found is not None else None


def _by_division(place: _Place, _: Block, facts: Sources) -> _How | None:
    stated = (f for d in facts.divisions for f in (d.span, *(s for _, s in d.functions)))
    found = next((f for f in stated if f.contains(place.span)), None)
    return _How("division", source=found) if found is not None else None


def _by_definition(_: _Place, block: Block, __: Sources) -> _How | None:
    defines = block.kind != "table" and any(DEFINITION.search(s) for s in block.section)
    return _How("definition") if defines else None


def _by_reason(place: _Place, _: Block, facts: Sources) -> _How | None:
    reason = _reason(place, facts)
    if reason is None:
        return None
    governed = reason if isinstance(reason, Amount) else _following(place, facts)
    source = next((r for c in facts.changes for _, r in c.reasons if r.contains(place.span)), None)
    return _How("reason", governed.span if governed else None, source=source)


def _by_cell(place: _Place, block: Block, facts: Sources) -> _How | None:
    if block.table is None:
        return None
    match, amount = _cell(place, block)
    served = _find_served(place, facts)
    return _How(match, amount, _label(served))


def _by_clause(place: _Place, block: Block, facts: Sources) -> _How:
    governed = _governed(place, facts)
    amount = governed.span if governed else None
    served = _find_served(place, facts)
    if served is not None and amount is None and _alone(place, served):
        amount = served.amount_span
    aims = amount is None and any(GOAL.search(s) for s in block.section[-1:])
    return _How("goal" if aims else "narrative", amount, _label(served))


#: How a hit may have matched, the surest first; the last always says something.
_RULES: tuple[Callable[[_Place, Block, Sources], _How | None], ...] = (
    _by_project, _by_indicator, _by_duty, _by_division, _by_definition, _by_reason, _by_cell, _by_clause,
)  # fmt: skip


def _label(project: Project | None) -> str:
    """A project's label; a task is none."""
    return project.label if project is not None and not project.is_task else ""


def _find_served(place: _Place, facts: Sources) -> Project | None:
    """The project whose purpose the words stand in."""
    return next((p for p in facts.projects if p.purpose_span and p.purpose_span.contains(place.span)), None)


def _find_source(how: _How, place: _Place, facts: Sources) -> _How:
    """The goal or purpose that the words stand in, where nothing surer is known; it says how they matched."""
    if how.source is not None:
        return how
    goal = next((g for g in facts.goals if g.span.contains(place.span)), None)
    if goal is not None:
        return replace(how, source=goal.span, match="goal" if how.match == "narrative" else how.match)
    served = _find_served(place, facts)
    if served is not None:
        return replace(how, source=served.purpose_span, match="purpose" if how.match == "narrative" else how.match)
    return how


def _text(passage: Passage, span: Span) -> str:
    start, end = passage.find_offset(span.start), passage.find_offset(span.end - 1)
    return passage.text[start : end + 1] if start is not None and end is not None else ""


def _stretch(passage: Passage, clause: Passage, amount: Span) -> Passage:
    """The clause, made longer so that it shows the amount as well, if both stand in one passage."""
    first, last = passage.find_offset(clause.start), passage.find_offset(clause.end - 1)
    at, to = passage.find_offset(amount.start), passage.find_offset(amount.end - 1)
    if first is None or last is None or at is None or to is None:
        return clause
    return passage.part(min(first, at), max(last, to) + 1)


def _reason(place: _Place, facts: Sources) -> Amount | bool | None:
    """Whether the hit is (part of) a stated reason; the amount that it explains as a whole, if it does.

    A result is due to its reason as a whole only where the same sentence says that nothing was budgeted for it.
    """
    sentence = next((s for s in sentences(place.passage) if s.start <= place.span.start < s.end), place.passage)
    start = sentence.find_offset(place.span.start) or 0
    before = sentence.text[:start]
    stated = any(span.contains(place.span) for c in facts.changes for _, span in c.reasons)
    if not stated and not REASON.search(before):
        return None
    because = [m.start() for m in REASON.finditer(before)]
    if "决算" not in before or not UNBUDGETED.search(sentence.text[because[-1] if because else start :]):
        return True
    initial: Amount | None = None
    final: Amount | None = None
    for amount in find_amounts(sentence.part(0, start), facts.figures):
        lead = before[: amount.start]
        if FINAL.search(lead):
            final = amount
        elif INITIAL.search(lead):
            initial = amount
    return final if initial is not None and final is not None and initial.value == 0 else True


def _governed(place: _Place, facts: Sources) -> Amount | None:
    """The amount that the hit's clause states for it: 免除…费 300 万元, or 300 万元，用于免除…."""
    following = _following(place, facts)
    if following is not None:
        return following
    clause = place.clause
    start, end = clause.find_offset(place.span.start), clause.find_offset(place.span.end - 1)
    if start is None or end is None:
        return None
    before, behind = clause.text[:start], clause.text[end + 1 :]
    preceding = [a for a in find_amounts(clause, facts.figures) if a.end <= start]
    if preceding:
        between = clause.text[preceding[-1].end : start]
        rest = re.split(r"[，,。]", behind)[0]
        if PURPOSE.search(between) and not JOINED.search(between + rest) and not CHANGED.search(before[-40:]):
            return preceding[-1]
    return None


def _following(place: _Place, facts: Sources) -> Amount | None:
    """The amount right behind the hit; of a budget and a result stated one after the other, the result."""
    clause = place.clause
    start, end = clause.find_offset(place.span.start), clause.find_offset(place.span.end - 1)
    if start is None or end is None:
        return None
    amounts = find_amounts(clause, facts.figures)
    behind = [a for a in amounts if a.start > end]
    if not behind:
        return None
    # what else is named with the hit stands between it and the amount, or before it since the last amount
    begin = max([a.end for a in amounts if a.end <= start], default=0)
    lead = re.split(r"[，,：:]", clause.text[begin:start])[-1].lstrip("、和及与以 ")
    between = clause.text[end + 1 : behind[0].start]
    joined = JOINED.search(re.sub(r"等?(?=项目|工作|经费)", "", between)) or JOINED.search(lead)
    if len(between) > 16 or re.search(r"[，,：:]", between) or CHANGED.search(between) or joined:
        return None
    for earlier, later in itertools.pairwise(behind):
        if RESULT.search(clause.text[earlier.end : later.start]):
            return later
    return behind[0]


def _alone(place: _Place, project: Project) -> bool:
    """Whether a project's purpose is the service and nothing beside it."""
    text = re.sub(r"\s", "", project.purpose)
    label = re.sub(r"\s", "", _text(place.passage, place.span))
    rest = text.replace(label, "", 1)
    return len(text) <= 60 and not JOINED.search(rest) and not re.search(r"[，；。]", rest)


def _cell(place: _Place, block: Block) -> tuple[Match, Span | None]:
    """How a hit in a table cell matched: as the label of a line with amounts, or as a stated goal."""
    table = block.table
    if table is None:
        return "narrative", None
    at = place.span.start
    row, i = next(((row, i) for start, end, row, i in _list_cells(table) if start <= at < end), ((), 0))
    if not row:
        return "narrative", None
    cell = row[i]
    if GOAL.search(place.passage.text[:8]) or len(cell.text) > 40 or place.passage.text.endswith("。"):
        return "goal", None
    texts = flat_row(row)
    numbers = [c for c, text in zip(row[i + 1 :], texts[i + 1 :], strict=True) if text and NUMBER.match(text)]
    if numbers:
        return "line text", None if JOINED.search(texts[i]) else numbers[0].passage.strip().span
    return "goal" if i and GOAL.search(texts[0]) else "narrative", None


@keep_answers(64)
def _list_cells(table: Table) -> tuple[tuple[int, int, tuple[Cell, ...], int], ...]:
    """Where each cell of a table begins and ends, its row and its number in the row."""
    return tuple((c.passage.start, c.passage.end, row, i) for row in table.rows for i, c in enumerate(row))
