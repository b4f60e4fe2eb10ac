"""The counts of the sheet: posts, people, cars, divisions, units, duties, projects.

人数 is 编制 and 实有 of the office: a number of trainees, of pupils or of units is none, nor is one that a sentence says
of a unit below, and of people divided into those in post and the retired the first are its staff. A stated total wins
over what is named one by one; a stated number of divisions that are not named is no count of divisions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from loaders.documents import Passage, Span
from loaders.facts import Facts
from loaders.quantities.cells import Entry, Grid, make_grids
from loaders.quantities.statements import Statement
from loaders.words.naming import OFFICE, strip_seat
from loaders.words.normalise import normalise_passage, plain
from loaders.words.numerals import TEN, read_numeral

_HALF = Decimal(0)
_NUMBER = r"(?P<number>\d{1,6})"
_COUNT = rf"(?P<number>\d{{1,3}}|[{TEN}百]{{1,4}})"
_BODIES = r"(?:职能)?(?:内设(?:机构|处室|科室|职能处室)|(?:职能)?(?:处|科)室|(?:行政)?机构)"
#: A number of divisions that is followed or preceded by their names; without names it counts nothing that can be shown.
_DIVISIONS = (
    re.compile(
        rf"(?:内设|下设|设有?|共有?|(?<=[，,。；;]))(?:职能)?{_COUNT}个{_BODIES}[^。；;]{{0,40}}?(?:[:：]|包括|分别|依次|即)"
    ),
    re.compile(rf"内设(?:机构|处室|科室)(?:共|共有|为)?{_COUNT}个[^。；;]{{0,20}}?(?:[:：]|包括|分别|依次|即)"),
    re.compile(rf"[室处科][、，和](?:[^。；;]{{2,20}}[室处科会][)）]?)[，,]共{_COUNT}个{_BODIES}"),
)
#: Number of budget units, and the list behind it, in which the office itself may be named.
_UNITS = (
    (re.compile(rf"预算编制范围的[^，,。；;\d]{{0,12}}单位(?:共计|共有|共|包括|为)?{_COUNT}[家个](?P<list>[^。；;]{{0,1500}})"), 1),
    (re.compile(rf"(?:下属|下设|所属|下辖)(?:的)?(?:二级)?(?:预算|事业|基层)*单位(?:共计|共有|共|包括|为)?{_COUNT}[家个](?P<list>[^。；;]{{0,1500}})"), 2),
    (re.compile(rf"(?<![\d]){_COUNT}[家个](?:直属|下属|所属)(?:二级)?(?:预算|事业)?单位(?P<list>(?:[:：]|具体包括|分别|包括)[^。；;]{{0,1500}})"), 3),
    (re.compile(rf"等{_COUNT}[家个](?:二级|下属|直属|所属)*(?:预算|事业)*单位(?P<list>)"), 3),
)  # fmt: skip
_NO_UNITS = re.compile(r"(?:无|没有|0[个家])(?:下属|所属|二级)(?:预算|事业)?单位")
_ITSELF = re.compile(r"本级|局机关|机关(?=[、，])|本部")
#: item, pattern, rank: the total of the office first, then words that say as much
_PATTERNS: tuple[tuple[str, re.Pattern[str], int], ...] = tuple(
    (item, re.compile(words), rank)
    for item, words, rank in (
        ("vehicles", rf"(?<!套)(?:共有|保有|实有|占有|占用)(?:使用)?(?:公务)?(?:机动)?(?:车辆|用车|汽车)(?:实有数|保有量|数)?(?:为|共计|合计|共)?{_NUMBER}[辆台]", 1),
        ("vehicles", rf"(?:公务用车|机动车|车辆)(?:编制数?[^，,。；;]{{0,12}}?)?(?:实有数?|保有量|保有数)(?:为|共|共计)?{_NUMBER}[辆台]", 1),
        ("vehicles", rf"(?<![用业通障他术勤务])(?<!购置)(?<!安排)(?:其中[:：])?车辆(?:共|共计)?{_NUMBER}[辆台]", 2),
        ("posts", rf"(?:人员|核定|总)?编制(?:数|人数|总数|总额)?(?:为|共|共有|合计|共计|总计)?{_NUMBER}[人名个]", 1),
        ("posts", rf"核定(?:的)?(?:人员)?(?:总)?编制[^，,。；;\d]{{0,8}}{_NUMBER}[人名个]", 1),
        # The only kind of posts that an office has is all of them; _OTHER_PEOPLE leaves out what is one kind of several.
        ("posts", rf"(?:行政|事业)编制(?:总数|总额)(?:为|共|共有)?{_NUMBER}[人名个]", 2),
        ("staff", rf"(?:实有|实际)(?:在职|在编|在岗)?(?:人员|人数|职工|在编人员)?(?:数|总数)?(?:为|共|共有|合计|共计)?{_NUMBER}[人名]", 1),
        ("staff", rf"现有(?:在职|在编|在岗)*(?:干部)?(?:职工|人员|人数)(?:人数|数|总数)?(?:为|共|共有|合计|共计)?{_NUMBER}[人名]", 2),
        ("staff", rf"(?:在职|在编)(?:在岗|在编|在职)?(?:人员|人数|职工|实有)(?:人数|数)?(?:为|共|共有|合计|共计)?{_NUMBER}[人名]", 2),
    )
)  # fmt: skip
_PROJECT_FORMS = ("projects", "special-business")
#: Classes of projects, which stand beside their names. Source: 项目类别 of 预算管理一体化规范 (财政部, 2020).
_CLASS = re.compile(r"类$|^(?:一|二)级项目$")
#: What a table by unit says above its first column.
_UNIT_HEADER = re.compile(r"^(?:预算)?(?:单位|部门)(?:[(]单位[)]|单位)?(?:名称)?$")
_OTHER_PEOPLE = re.compile(
    r"离休|退休|遗属|临聘|编外|聘用|劳务|学生|学员|培训|参训|人次|事业编制|行政编制|工勤|单列|参公|专项编制|其中"
    r"|(?:增加|减少)(?:了)?(?=(?:在职|在编))"
)
_PEOPLE = ("posts", "staff")
#: A number of people, not yet told to be in post; it may be divided into those in post and the retired.
_ALL_PEOPLE = re.compile(
    rf"(?:实有|实际|现有|共有|总共|共计|合计)(?:(?!在职|在编|在岗|编制)[^，,。；;:：\d]){{0,10}}{_NUMBER}[人名]"
)
_SERVING = re.compile(
    rf"^[，,:：(]*其中[:：]?(?:[^。；;]{{0,40}}?[，,、和])??(?:在职|在编|在岗)[^，,。；;:：、\d]{{0,8}}{_NUMBER}(?!\d)"
)
_RETIRED = re.compile(rf"(?:离退休|离休|退休)[^，,。；;:：、\d]{{0,8}}{_NUMBER}(?!\d)")
#: Who a sentence counts: the office by words such as 本部门, or a body that it names right before 编制 or 实有.
_WHOSE = re.compile(
    r"(?P<own>(?:本|我|全)(?:部门|单位|级|局|委|办|厅|院|中心|站|所|系统)|局?机关(?=本级|行政|人员|编制|实有|现有))"
    r"|(?:^|[，,；;:：。]|(?<=[底末月日]))(?![本我全](?![^，,；;。]*(?:下属|所属|直属)))"
    r"(?P<name>[\u4e00-\u9fff()]{3,36}(?:中心|站|所|院|馆|台|学校|大队|支队|总队))"
    r"(?:为|是|系|[:：]|(?:现|共|核定|批准|人员|总|事业|行政)*(?:编制|实有|现有|在职|在编))"
)


#: The rank of posts of the only kind that an office has.
_ONLY_KIND = 2
_KIND = r"(?:行政|参公(?:管理)?(?:事业)?|事业|机关工勤|工勤)"
#: item, all its kinds one after the other, words of a sum that would stand before them
_KINDS = (
    (
        "posts",
        re.compile(rf"{_KIND}编制\d{{1,5}}[人名个](?:[,，、和]{_KIND}编制\d{{1,5}}[人名个])+"),
        re.compile(r"编制[^，,。；;\d]{0,8}\d"),
    ),
    (
        "staff",
        re.compile(rf"(?:实有|现有|在职){_KIND}人员\d{{1,5}}[人名](?:[,，、和](?:实有|现有|在职)?{_KIND}人员\d{{1,5}}[人名])+"),
        re.compile(r"(?:实有|现有|在职)[^，,。；;\d]{0,8}\d"),
    ),
)  # fmt: skip
_OTHER_KINDS = re.compile(r"其中|其他|编外|下属|所属|比上年|较上年")
#: The office beside its unit: 局机关和某某中心.
_ITSELF_TOO = re.compile(r"本级|本部(?!门)|机关(?!服务|事务|后勤)")
_DATE = re.compile(r"(?P<year>(?:19|20)\d\d)年(?:(?P<month>1[0-2]|0?[1-9])月|(?P<part>年?[初末底]))")
#: Words that date all that a sentence counts, also behind its semicolons: 截至2024年底.
_AS_OF = re.compile(rf"截[至止]到?{_DATE.pattern}(?:\d{{1,2}}日)?")
_PLANNED = re.compile(r"新增|购置|计划|拟|安排|更新|报废")


def find_counts(facts: Facts) -> Iterator[Statement]:
    """The counted statements of a document, of its own year."""
    read: list[Statement] = []
    for index, block in enumerate(facts.document.blocks):
        if block.kind != "table":
            passage = normalise_passage(block.passage)
            read.extend(_read_passage(facts, passage, index))
            yield from _find_stated(facts, passage, index)
            yield from _add_kinds(facts, passage, index)
    yield from _keep_latest(read)
    yield from _count_named(facts)


def _read_passage(facts: Facts, passage: Passage, index: int) -> Iterator[Statement]:
    divided = list(_find_divided(passage.text))
    told = {span for whole, serving in divided for span in (whole, serving.span("number"))}
    for _, serving in divided:
        yield from _make_count(facts, "staff", serving, passage, index, 1)
    for item, pattern, rank in _PATTERNS:
        for match in pattern.finditer(passage.text):
            clause = re.split(r"[，,。；;:：]", passage.text[: match.start()])[-1] + match.group()
            counted = item == "staff" and match.span("number") in told
            if not counted and not _is_of_others(item, rank, clause, passage.text):
                yield from _make_count(facts, item, match, passage, index, rank)


def _make_count(
    facts: Facts, item: str, match: re.Match[str], passage: Passage, index: int, rank: int
) -> Iterator[Statement]:
    """What a match counts, unless it is of a unit below or of a year past."""
    start, end = match.span("number")
    sentence = passage.text[:start].split("。")[-1]
    if item in _PEOPLE and _is_of_unit(facts, sentence):
        return
    part = re.split("[；;]", sentence)[-1]
    date = _read_date(part) or (_read_date_of_all(sentence) if item in _PEOPLE else None)
    years = {int(y) for y in re.findall(r"((?:19|20)\d\d)年", part)} | ({date[0]} if date else set())
    if facts.fiscal_year is not None and years - {facts.fiscal_year, facts.fiscal_year - 1}:
        return  # the history of an office
    year = date[0] if date else facts.fiscal_year
    spans = (passage.locate(start, end),)
    yield Statement(item, Decimal(match.group("number")), _HALF, spans, "prose", index, rank, "", year, date=date)


def _find_divided(text: str) -> Iterator[tuple[tuple[int, int], re.Match[str]]]:
    """Numbers of people of whom a part has retired, each with those in post: 实有 9 人，其中在职 6 人、退休 3 人."""
    for whole in _ALL_PEOPLE.finditer(text):
        end = re.compile("[。；;]|$").search(text, whole.end())
        rest = text[whole.end() : end.start() if end else len(text)]
        found, retired = _SERVING.search(rest), _RETIRED.search(rest)
        if found is None or retired is None:
            continue
        # Retired people beside those counted (实有 9 人，其中在职 9 人，另有退休 3 人) are no part of them.
        if int(found.group("number")) + int(retired.group("number")) <= int(whole.group("number")):
            serving = re.compile(_NUMBER).search(text, whole.end() + found.start("number"))
            if serving is not None:
                yield whole.span("number"), serving


def _is_of_unit(facts: Facts, sentence: str) -> bool:
    """Whether the last that a sentence names as having posts or people is a unit, and not the office itself."""
    named = list(_WHOSE.finditer(_AS_OF.sub("", sentence)))
    if not named or named[-1].group("own") or facts.agency is None:
        return False
    name = plain(named[-1].group("name"))
    if _ITSELF_TOO.search(name):
        return False
    own = strip_seat(facts.agency.label)
    return not (own.endswith(name) or name.endswith(own) or name in map(plain, facts.agency.aliases))


def _read_date(words: str) -> tuple[int, int] | None:
    """Year and month as of which something is counted, as the sentence before the number says last: 截至2025年10月."""
    dates = list(_DATE.finditer(words))
    if not dates:
        return None
    month = dates[-1].group("month")
    first = dates[-1].group("part") in ("初", "年初")
    return int(dates[-1].group("year")), int(month) if month else 0 if first else 12


def _read_date_of_all(sentence: str) -> tuple[int, int] | None:
    """The year and month that a sentence begins with for all that it counts: 截至2024年底，编制40人；实有38人."""
    dates = list(_AS_OF.finditer(sentence))
    return _read_date(dates[-1].group()) if dates else None


def _keep_latest(statements: Iterable[Statement]) -> Iterator[Statement]:
    """Of counts of one thing as of several days only the last one's: the number at the beginning of the year is another."""
    found = list(statements)
    last: dict[str, tuple[int, int]] = {}
    for statement in found:
        if statement.date is not None:
            last[statement.item] = max(last.get(statement.item, statement.date), statement.date)
    yield from (s for s in found if s.date in (None, last.get(s.item)))


def _add_kinds(facts: Facts, passage: Passage, index: int) -> Iterator[Statement]:
    """Posts and people told by kind alone, without a sum: 行政编制 4 个，参公事业编制 2 个."""
    for item, kinds, total in _KINDS:
        for match in kinds.finditer(passage.text):
            whole = passage.text[: match.end()].split("。")[-1]
            sentence = re.split("[；;]", whole)[-1]
            if total.search(sentence[: len(sentence) - len(match.group())]) or _OTHER_KINDS.search(sentence):
                continue
            if _is_of_unit(facts, whole):
                continue
            numbers = [(int(m.group()), m.span()) for m in re.finditer(r"\d+", match.group())]
            spans = tuple(passage.locate(match.start() + a, match.start() + b) for _, (a, b) in numbers)
            value = Decimal(sum(number for number, _ in numbers))
            date = _read_date(sentence) or _read_date_of_all(whole)
            recent = date is not None and facts.fiscal_year in (date[0], date[0] + 1)
            year = date[0] if date and recent else facts.fiscal_year
            yield Statement(item, value, _HALF, spans, "prose", index, 3, "", year)


def _is_of_others(item: str, rank: int, clause: str, text: str) -> bool:
    """Whether a clause counts cars to be bought, or people or posts of one kind of several."""
    if item == "vehicles":
        return _PLANNED.search(clause) is not None
    if item == "posts" and rank == _ONLY_KIND:
        return "行政编制" in text and "事业编制" in text
    return _OTHER_PEOPLE.search(clause) is not None


def _count_named(facts: Facts) -> Iterator[Statement]:
    named = (
        ("divisions", tuple(d.span for d in facts.divisions)),
        ("duties", tuple(d.span for d in facts.duties if not d.owner and d.number)),
        ("projects", _spans_of_projects(facts)),
        ("units", tuple(span for _, span in facts.agency.subordinates) if facts.agency else ()),
    )
    for item, spans in named:
        # One of something that forms list is a list that was not read.
        if len(spans) > 1 or (spans and item == "units"):
            yield _count(facts, item, spans, 5)
    rows = _rows_of_units(facts)
    if rows:
        yield _count(facts, "units", rows, 4)


def _rows_of_units(facts: Facts) -> tuple[Span, ...]:
    """The units that a table of income lists beside the office itself; such a table lists all of them."""
    if facts.agency is None or facts.level == "unit":
        return ()
    own = strip_seat(facts.agency.label)
    for grid in make_grids(facts.document, facts.figures, own):
        if grid.form != "income":
            continue
        named: dict[str, Span] = {}
        by_unit = _is_by_unit(facts, grid)
        for entries in grid.rows.values():
            for label in entries[0].labels[:1]:
                if (by_unit or OFFICE.match(label)) and not entries[0].is_total and not entries[0].figure.subject_code:
                    named.setdefault(strip_seat(label), entries[0].figure.span)
        if own in named and len(named) > 1:
            return tuple(span for name, span in named.items() if name != own)
    return ()


def _is_by_unit(facts: Facts, grid: Grid) -> bool:
    """Whether the first column of a table lists units."""
    block = min(block for block, _ in grid.rows)
    table = facts.document.blocks[block].table
    return table is not None and any(_UNIT_HEADER.match(plain(c.text)) for row in table.rows[:3] for c in row[:2])


def _find_stated(facts: Facts, passage: Passage, index: int) -> Iterator[Statement]:
    """Stated numbers of divisions and of units below the office."""
    text = passage.text
    for pattern in _DIVISIONS:
        for match in pattern.finditer(text):
            yield _read_number(facts, "divisions", match, passage, index, 1)
    for pattern, rank in _UNITS:
        for match in pattern.finditer(text):
            names = match.group("list")
            if re.fullmatch("[，,:：]?(?:具体)?(?:包括|如下|见下表|分别为|分别是)?[:：]?", names):
                names += _table_behind(facts, index)
            own = _names_itself(facts, names)
            number = read_numeral(match.group("number"))
            # A single unit that is not named here is the office itself in the table behind.
            less = 1 if number and (own or (number == 1 and rank == 1)) else 0
            yield _read_number(facts, "units", match, passage, index, rank, less)
    for match in _NO_UNITS.finditer(text):
        span = passage.locate(*match.span())
        yield Statement("units", _HALF, _HALF, (span,), "prose", index, 2, "", facts.fiscal_year)


def _table_behind(facts: Facts, index: int) -> str:
    """The words of the table that a paragraph announces."""
    for block in facts.document.blocks[index + 1 : index + 3]:
        if block.table is not None:
            return "、".join(plain(cell.text) for cell in block.table.cells())
    return ""


def _names_itself(facts: Facts, names: str) -> bool:
    own = strip_seat(facts.agency.label) if facts.agency else ""
    listed = [strip_seat(name) for name in re.split(r"[、，,:：和及]|分别为?|具体|包括", names)]
    return bool(_ITSELF.search(names)) or (bool(own) and own in listed)


def _read_number(
    facts: Facts, item: str, match: re.Match[str], passage: Passage, index: int, rank: int, less: int = 0
) -> Statement:
    value = Decimal(read_numeral(match.group("number")) - less)
    span = passage.locate(*match.span("number"))
    return Statement(item, value, _HALF, (span,), "prose", index, rank, "", facts.fiscal_year)


def _count(facts: Facts, item: str, spans: tuple[Span, ...], rank: int) -> Statement:
    return Statement(item, Decimal(len(spans)), _HALF, spans, "prose", -1, rank, "", facts.fiscal_year)


def _spans_of_projects(facts: Facts) -> tuple[Span, ...]:
    """The first mention of each project of a name of its own: lines of the tables of projects, then what has an amount.

    A line that adds up the lines below it (a unit, a class, a group of projects) is no project.
    """
    seen: dict[str, Span] = {}
    counted: set[int] = set()
    parents = {plain(p.parent) for p in facts.projects if p.parent}
    projects = {plain(p.label) for p in facts.projects}
    office = facts.agency.label if facts.agency else ""
    for grid in make_grids(facts.document, facts.figures, office):
        if grid.form in _PROJECT_FORMS:
            counted |= {block for block, _ in grid.rows}
            for name, entry in _list_leaves(grid):
                is_unit = plain(entry.figure.budget_unit) == plain(name) and plain(name) not in projects
                if not is_unit:
                    seen.setdefault(name, entry.figure.span)
    in_tables = bool(seen)
    blocks = facts.document.blocks
    for project in facts.projects:
        name = plain(project.label)
        place = next((i for i, b in enumerate(blocks) if b.table is not None and b.span.contains(project.span)), None)
        table = blocks[place].table if place is not None else None
        # What a whole office does (整体绩效) is its task, and a project's mention in prose repeats the table's.
        told = table is None or place in counted or not re.search("项目|专项", table.title.text)
        if project.amount is not None and name not in parents and not (in_tables and told):
            seen.setdefault(name, project.span)
    return tuple(seen.values())


def _list_leaves(grid: Grid) -> Iterator[tuple[str, Entry]]:
    """The lines of a table of projects that are no sums of lines below them, each with its name."""
    lines: list[tuple[str, Entry]] = []
    for entries in grid.rows.values():
        first = next((e for e in entries if e.figure.unit == "CNY" and e.figure.aspect == "level"), None)
        if first is None or first.is_total or strip_seat(first.label) == grid.office:
            continue
        names = [w for w in first.labels if not _CLASS.search(w)]
        if names:
            lines.append((names[0], first))
    ends = _find_sums(lines)
    for position, line in enumerate(lines):
        if ends[position] == position + 1 and not _is_unit_of_one(lines, position):
            yield line


def _is_unit_of_one(lines: list[tuple[str, Entry]], position: int) -> bool:
    """Whether a line is a unit's and the next one, of the same amount, its only project."""
    amounts = [entry.figure.value for _, entry in lines[position : position + 2]]
    return len(amounts) > 1 and amounts[0] == amounts[1] and OFFICE.match(lines[position][0]) is not None


def _find_sums(lines: list[tuple[str, Entry]]) -> list[int]:
    """For each line the position behind the last line that it adds up; of at least two lines, sums counted once."""
    ends = [i + 1 for i in range(len(lines))]
    for position in reversed(range(len(lines))):
        whole = lines[position][1].figure
        total, tolerance, at, parts = Decimal(0), whole.precision, position + 1, 0
        while at < len(lines) and total < whole.value:
            part = lines[at][1].figure
            total, tolerance, parts = total + part.value, tolerance + part.precision, parts + 1
            at = ends[at]
            if parts > 1 and abs(total - whole.value) <= tolerance:
                ends[position] = at
                break
    return ends
