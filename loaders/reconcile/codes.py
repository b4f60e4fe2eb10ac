"""Checks of printed codes and of names of categories against the official lists."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from difflib import SequenceMatcher

from loaders.documents import Document, Span
from loaders.facts import Figure, Finding, Verdict
from loaders.reconcile.judging import Judge, show
from loaders.reconcile.mentions import Paragraph
from loaders.reconcile.sheets import Sheet
from loaders.words.codes import CodeList, fold, load_codes
from loaders.words.normalise import plain
from loaders.words.numerals import TEN

#: Since 2018 economic classes are two lists; the names of functions have been in their present form since 2019.
_NEW_ECONOMIC = 2018
_NEW_FUNCTIONS = 2019
_ALIKE = 0.74
#: So many names that belong to the code beside theirs did not get there by a slip.
_FEWEST_SLID = 3
_GOVERNMENT = re.compile(r"政府(?:预算)?(?:支出)?经济(?:分类|科目)")
_DEPARTMENT = re.compile(r"部门(?:预算)?(?:支出)?经济(?:分类|科目)")
_NAMED = re.compile(r"(?P<name>[\u4e00-\u9fff（）()“”、]{3,40}?)[（(](?P<code>[235]\d{2}(?:\d{2}){0,2})[）)]")
#: What may stand before a name without being of it: an item of a list before 、, an ordinal.
_LEAD = re.compile(rf".*[、，]|[（(]?[{TEN}\d]*[）)]")
#: Words between the parts of a name; with or without them it is the same name.
_LINKS = re.compile(r"[的和及与、等]")
_CATEGORY = re.compile(
    r"(?:^|[、.．，。；：\s\d]|[)）])(?P<name>[^，。；、.．：\d\s（）()]{2,30}(?:[（(][^（）()]{1,6}[）)][^，。；、：\d\s（）()]{0,20})?)[（(](?P<level>类)[)）]"
)


def check_codes(
    document: Document, sheets: Sequence[Sheet], paragraphs: Sequence[Paragraph], fiscal_year: int | None, judge: Judge
) -> Iterator[Finding]:
    """Findings of ``code-class``, ``code-use``, ``code-name``, ``category-name`` and ``line-name``."""
    text = fold(document.text)
    for paragraph, speech in _speeches(paragraphs):
        yield from _check_class(paragraph, speech, judge)
        yield from _check_printed_names(paragraph, fiscal_year, text, judge)
        yield from _check_categories(paragraph, fiscal_year, text, judge)
    yield from _check_use(sheets, paragraphs, judge)
    yield from _check_table_names(sheets, fiscal_year, text, judge)
    yield from _check_line_names(sheets, judge)


def _check_class(paragraph: Paragraph, speech: str, judge: Judge) -> Iterator[Finding]:
    """A code of the department's economic list where the words speak of the government's, and the reverse."""
    if not speech:
        return
    wanted = "5" if speech == "government" else "3"
    lists = {"5": "政府预算支出经济分类", "3": "部门预算支出经济分类"}
    for mention in paragraph.mentions:
        figure = mention.figure
        if figure.aspect != "level" or figure.subject_code[:1] not in ("3", "5"):
            continue
        code = figure.subject_code
        verdict: Verdict = "holds" if code[0] == wanted else "contradicted"
        found = "code-of-class" if verdict == "holds" else "code-of-other-class"
        item = f"{figure.subject_label}（{code}）"
        yield judge.statement("code-class", found, code, lists[wanted], verdict, [figure], item=item)


def _speeches(paragraphs: Sequence[Paragraph]) -> Iterator[tuple[Paragraph, str]]:
    """Each paragraph with the economic classification of which the last heading or sentence before it speaks.

    A list that begins with 其中： is of the classification named just before it, or of none.
    """
    fresh = 0
    section: tuple[str, ...] = ()
    spoken = ""
    for paragraph in paragraphs:
        if paragraph.section != section:
            section = paragraph.section
            spoken = _kind(" ".join(section[-1:]))
        own = "" if re.search(r"图[:：]?$", paragraph.text) else _kind(paragraph.text)
        fresh += 1
        if own:
            spoken, fresh = own, 0
        elif (
            paragraph.kind == "heading"
            or (re.search(r"其中[:：]$", paragraph.text) and fresh > 2)
            or re.search(r"图[:：]?$", paragraph.text)
        ):
            spoken = ""
        yield paragraph, spoken


def _kind(text: str) -> str:
    government, department = bool(_GOVERNMENT.search(text)), bool(_DEPARTMENT.search(text))
    if government == department:
        return ""
    return "government" if government else "department"


def _lists_for(code: str, fiscal_year: int | None) -> tuple[CodeList, bool]:
    """The list to which a code belongs in a year, and whether its names are those of the year."""
    year = fiscal_year or _NEW_FUNCTIONS
    if code[0] == "2":
        return load_codes("function"), year >= _NEW_FUNCTIONS
    if code[0] == "5":
        return load_codes("government-economic-2018"), True
    return load_codes("economic-2018" if year >= _NEW_ECONOMIC else "economic-2007"), True


def _check_name(code: str, name: str, fiscal_year: int | None, text: str) -> tuple[Verdict | None, str]:
    """The verdict on a name printed with a code, and the code's own name. None where nothing can be said.

    A name much like the list's is a slip only if the document prints the list's name too; otherwise it may be that of
    another edition. A name that the list gives to another code of the class is wrong in any case.
    """
    codes, current = _lists_for(code, fiscal_year)
    names = codes.names.get(code)
    if not names:
        return None, ""
    flat = fold(name)
    if codes.matches(code, name):
        return "holds", names[0]
    if any(flat in fold(n) or fold(n) in flat for n in names) or not current or len(flat) < 3:
        return None, names[0]
    if any(_LINKS.sub("", flat) == _LINKS.sub("", fold(n)) for n in names):
        return None, names[0]
    closest = max(SequenceMatcher(None, flat, fold(n)).ratio() for n in names)
    peers = [
        c
        for c, others in codes.names.items()
        if len(c) == len(code) and c != code and any(fold(n) == flat for n in others)
    ]
    if peers and all(p[:3] == code[:3] for p in peers) and len(code) < 7:
        return "contradicted", names[0]
    if closest >= _ALIKE:
        return ("contradicted" if any(fold(n) in text for n in names) else "not checkable"), names[0]
    return None, names[0]


def _check_printed_names(paragraph: Paragraph, fiscal_year: int | None, text: str, judge: Judge) -> Iterator[Finding]:
    for match in _NAMED.finditer(paragraph.text):
        lead = _LEAD.match(match.group("name"))
        start = match.start("name") + (lead.end() if lead else 0)
        name, code = paragraph.text[start : match.end("name")], match.group("code")
        verdict, official = _check_name(code, name, fiscal_year, text)
        if verdict is None:
            continue
        place = Span(paragraph.offsets[start], paragraph.offsets[match.end() - 1] + 1)
        found = "name-is-of-printed-code" if verdict == "holds" else "name-is-not-of-printed-code"
        figures = [m.figure for m in paragraph.mentions if m.figure.subject_code == code][:1]
        yield judge.statement(
            "code-name", found, name, f"{code} {official}", verdict, figures, [place], values={"code": code}
        )


def _check_table_names(sheets: Sequence[Sheet], fiscal_year: int | None, text: str, judge: Judge) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for sheet in sheets:
        slid = _has_slid(sheet, fiscal_year)
        for row in sheet.rows:
            if not row.code or not row.cells or (row.code, row.name) in seen:
                continue
            figure = next(iter(row.cells.values()))
            seen.add((row.code, row.name))
            verdict, official = _check_name(row.code, row.name, fiscal_year, text)
            both = "government-economic" in dict(figure.dimensions) or _is_of_other_list(row.code, row.name)
            if verdict is None or ((both or slid) and verdict == "contradicted"):
                continue  # in a table of both economic lists the row's label may be that of the other code
            found = "name-is-of-code" if verdict == "holds" else "name-is-not-of-code"
            places = [s for s in (figure.label_span, figure.code_span) if s is not None]
            yield judge.statement(
                "code-name", found, row.name, f"{row.code} {official}", verdict, [figure], places, item=sheet.title
            )


def _has_slid(sheet: Sheet, fiscal_year: int | None) -> bool:
    """Whether names stand beside the code above or below theirs: the column of a text slid when it was taken.

    That is no fault of the office.
    """

    def names(code: str, name: str) -> bool:
        return bool(name) and _lists_for(code, fiscal_year)[0].matches(code, name)

    rows = [row for row in sheet.rows if row.code]
    return any(
        sum(names(beside.code, row.name) and not names(row.code, row.name) for row, beside in pairs) >= _FEWEST_SLID
        for pairs in (itertools.pairwise(rows), itertools.pairwise(rows[::-1]))
    )


def _is_of_other_list(code: str, name: str) -> bool:
    """Whether a name printed with a code of the department's economic list is one of the government's list."""
    names = (n for others in load_codes("government-economic-2018").names.values() for n in others)
    return code[0] == "3" and any(fold(n) == fold(name) for n in names)


def _check_categories(paragraph: Paragraph, fiscal_year: int | None, text: str, judge: Judge) -> Iterator[Finding]:
    """Names before （类） are names of classes."""
    if fiscal_year is not None and fiscal_year < _NEW_FUNCTIONS:
        return
    codes = load_codes("function")
    classes = {fold(n): c for c, names in codes.names.items() if len(c) == 3 for n in names}
    for match in _CATEGORY.finditer(paragraph.text):
        name = match.group("name")
        flat = fold(name)
        place = Span(paragraph.offsets[match.start("name")], paragraph.offsets[match.end("name") - 1] + 1)
        figures = [m.figure for m in paragraph.mentions if m.start > match.end()][:1]
        if flat in classes:
            yield judge.statement("category-name", "name-is-a-class", name, classes[flat], "holds", figures, [place])
            continue
        best = max(classes, key=lambda c: SequenceMatcher(None, flat, c).ratio())
        if (
            SequenceMatcher(None, flat, best).ratio() >= _ALIKE
            and not flat.endswith(best)
            and not best.startswith(flat)
        ):
            official = codes.names[classes[best]][0]
            verdict: Verdict = "contradicted" if fold(official) in text else "not checkable"
            yield judge.statement(
                "category-name", "name-is-no-class", name, f"{classes[best]} {official}", verdict, figures, [place]
            )


def _check_use(sheets: Sequence[Sheet], paragraphs: Sequence[Paragraph], judge: Judge) -> Iterator[Finding]:
    """Classes of the government's economic list in prose against those that the tables print for the same money."""
    sums: dict[str, list[Figure]] = defaultdict(list)
    sheet = next(
        (
            s
            for s in sheets
            if s.form == "general-economic" and any("government-economic" in dict(f.dimensions) for f in s.figures())
        ),
        None,
    )
    if sheet is None:
        return
    for row in sheet.rows:
        figure = next(iter(row.cells.values()), None) or (row.unplaced[0] if row.unplaced else None)
        code = dict(figure.dimensions).get("government-economic", "") if figure is not None else ""
        if figure is not None and len(code) == 5 and figure.unit == "CNY":
            sums[code[:3]].append(figure)
    if not sums:
        return
    stated: set[str] = set()
    for paragraph in paragraphs:
        for mention in paragraph.levels():
            code = mention.figure.subject_code
            if len(code) != 3 or code[0] != "5" or not mention.figure.value or mention.figure.aspect != "level":
                continue
            figures = sums.get(code, [])
            if figures and code in stated:
                continue  # a part of the code's money, such as that for projects
            stated.add(code)
            total = sum((f.value for f in figures), Decimal(0))
            slack = sum((judge.precision(f) for f in figures), judge.precision(mention.figure))
            gap = abs(total - mention.figure.value)
            verdict: Verdict = "holds" if not gap else "holds within rounding" if gap <= slack else "contradicted"
            if figures and verdict == "contradicted":
                verdict = "not checkable"  # rows of the code on other pages may be missing from the sum
            used = "、".join(sorted(sums))
            shown = show(mention.figure)
            yield judge.statement(
                "code-use",
                "rows-of-code-agree" if gap <= slack else "rows-of-code-differ",
                shown,
                code,
                verdict,
                [mention.figure, *figures],
                item=f"{shown}（{code}）",
                values={"table": sheet.title, "total": total.normalize(), "codes": used},
                numbers=(mention.figure.value, total),
            )


def _check_line_names(sheets: Sequence[Sheet], judge: Judge) -> Iterator[Finding]:
    """A numbered line of expenditure that bears a class's name in one balance table and no class's name in another."""
    codes = load_codes("function")
    classes = {fold(n) for c, names in codes.names.items() if len(c) == 3 for n in names}
    lines: dict[tuple[str, Decimal], list[tuple[str, Figure, Sheet]]] = defaultdict(list)
    for sheet in sheets:
        if sheet.form not in ("balance", "appropriation-balance"):
            continue
        named = sum(1 for row in sheet.rows if fold(row.name) in classes)
        for row in sheet.rows:
            match = re.match(rf"^([{TEN}]+)[、.．]", plain(row.label))
            figure = next(iter(row.cells.values()), None)
            if match and figure is not None and figure.value and "支出" in row.name and named >= 2:
                lines[match.group(1), figure.value].append((row.name, figure, sheet))
    for stated in lines.values():
        official = [s for s in stated if fold(s[0]) in classes]
        for name, figure, sheet in stated:
            if fold(name) in classes or not official:
                continue
            other = official[0]
            if other[2] is sheet or SequenceMatcher(None, fold(name), fold(other[0])).ratio() < 0.5:
                continue
            yield judge.statement(
                "line-name",
                "line-has-two-names",
                name,
                other[0],
                "contradicted",
                [figure, other[1]],
                item=sheet.title,
                values={"stated": figure.stated, "table": other[2].title},
            )
