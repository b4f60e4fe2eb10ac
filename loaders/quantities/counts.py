"""The counts of the sheet: posts, people, cars, divisions, units, duties, projects.

人数 is 编制 and 实有 of the office: a number of trainees, of pupils or of units is none. A stated total wins over what
is named one by one; a stated number of divisions that are not named is no count of divisions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from loaders.documents import Passage, Span
from loaders.facts import Facts
from loaders.quantities.statements import Statement
from loaders.words.normalise import normalise_passage, plain

_HALF = Decimal(0)
_NUMBER = r"(?P<number>\d{1,6})"
_ZH = {c: i for i, c in enumerate("零一二三四五六七八九十")}
#: item, pattern, rank: the total of the office first, then words that say as much
_PATTERNS: tuple[tuple[str, re.Pattern[str], int], ...] = tuple(
    (item, re.compile(words), rank)
    for item, words, rank in (
        ("vehicles", rf"(?<!套)(?:共有|保有|实有|占有|占用)(?:使用)?(?:公务)?(?:机动)?(?:车辆|用车|汽车)(?:实有数|保有量|数)?(?:为|共计|合计|共)?{_NUMBER}[辆台]", 1),
        ("vehicles", rf"(?:公务用车|机动车|车辆)(?:编制数?[^，。；]{{0,12}}?)?(?:实有数?|保有量|保有数)(?:为|共|共计)?{_NUMBER}[辆台]", 1),
        ("vehicles", rf"(?<![用业通障他术勤务])(?<!购置)(?<!安排)(?:其中[:：])?车辆(?:共|共计)?{_NUMBER}[辆台]", 2),
        ("posts", rf"(?:人员|核定|总)?编制(?:数|人数|总数|总额)?(?:为|共|共有|合计|共计|总计)?{_NUMBER}[人名个]", 1),
        ("posts", rf"核定(?:的)?(?:人员)?(?:总)?编制[^，。；\d]{{0,8}}{_NUMBER}[人名个]", 1),
        ("staff", rf"(?:实有|实际)(?:在职|在编|在岗)?(?:人员|人数|职工|在编人员)?(?:数|总数)?(?:为|共|共有|合计|共计)?{_NUMBER}[人名]", 1),
        ("staff", rf"(?:在职|在编)(?:在岗|在编|在职)?(?:人员|人数|职工|实有)(?:人数|数)?(?:为|共|共有|合计|共计)?{_NUMBER}[人名]", 2),
    )
)  # fmt: skip
_OTHER_PEOPLE = re.compile(r"离休|退休|遗属|临聘|编外|聘用|劳务|学生|学员|培训|参训|人次|事业编制|行政编制|工勤|单列|参公|专项编制|其中")


def find_counts(facts: Facts) -> Iterator[Statement]:
    """The counted statements of a document, of its own year."""
    for index, block in enumerate(facts.document.blocks):
        if block.kind != "table":
            yield from _read_passage(facts, normalise_passage(block.passage), index)
    yield from _count_named(facts)


def _read_passage(facts: Facts, passage: Passage, index: int) -> Iterator[Statement]:
    for item, pattern, rank in _PATTERNS:
        for match in pattern.finditer(passage.text):
            clause = re.split(r"[，。；;:：]", passage.text[: match.start()])[-1] + match.group()
            if item in ("posts", "staff") and _OTHER_PEOPLE.search(clause):
                continue
            start, end = match.span("number")
            value = Decimal(match.group("number"))
            yield Statement(
                item, value, _HALF, (passage.locate(start, end),), "prose", index, rank, "", facts.fiscal_year
            )


def _count_named(facts: Facts) -> Iterator[Statement]:
    named = (
        ("divisions", tuple(d.span for d in facts.divisions)),
        ("duties", tuple(d.span for d in facts.duties if not d.owner)),
        ("projects", _spans_of_projects(facts)),
    )
    for item, spans in named:
        if spans:
            yield _count(facts, item, spans)
    if facts.agency is not None and facts.agency.subordinates:
        yield _count(facts, "units", tuple(span for _, span in facts.agency.subordinates))


def _count(facts: Facts, item: str, spans: tuple[Span, ...]) -> Statement:
    return Statement(item, Decimal(len(spans)), _HALF, spans, "prose", -1, 3, "", facts.fiscal_year)


def _spans_of_projects(facts: Facts) -> tuple[Span, ...]:
    """The first mention of each project of a name of its own, those only that are not made of others."""
    parents = {plain(p.parent) for p in facts.projects if p.parent}
    seen: dict[str, Span] = {}
    for project in facts.projects:
        name = plain(project.label)
        if name not in parents:
            seen.setdefault(name, project.span)
    return tuple(seen.values())
