"""Which official quantity a figure states: total expenditure, basic expenditure of one fund, official receptions …

The same recognition as the checks use, so that what is compared here is what queries may put side by side. A figure
whose quantity the text leaves open has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from loaders.documents import Document
from loaders.facts import Figure, FigureQuantity
from loaders.reconcile.mentions import Mention
from loaders.reconcile.same import quantities_of_cells
from loaders.reconcile.scopes import Scope, fund_of
from loaders.reconcile.sheets import Sheet
from loaders.reconcile.view import View, make_view
from loaders.words.normalise import plain

_YEAR = re.compile(r"(?:19|20)\d{2}年度?")
#: Rows of a balance sheet that state a whole: words, flow, part. ``year`` leaves out what was carried over.
_BALANCES = (
    (re.compile(r"^本年收入合计$"), "income", "year"),
    (re.compile(r"^本年支出合计$"), "expenditure", "year"),
    (re.compile(r"^收入总计$"), "income", "total"),
    (re.compile(r"^支出总计$"), "expenditure", "total"),
)
#: Items that need no fund, by the words of a row or clause alone: words, flow, part.
_ITEMS = tuple(
    (re.compile(f"^(?:{words})$"), flow, part)
    for words, flow, part in (
        (r"(?:一般公共预算|财政拨款)?[“\"]?三公[”\"]?经费(?:财政拨款|预算|实际)*(?:支出)?", "three-public", "total"),
        (r"(?:公务)?因公出国(?:\(境\))?(?:费用?|经费)(?:支出|预算数?)?", "three-public", "travel"),
        (r"公务接待费用?(?:支出|预算数?)?", "three-public", "reception"),
        (r"公务用车购置费?(?:及|和|与|、)运行(?:维护)?费(?:支出)?", "three-public", "car"),
        (r"公务用车购置费(?:支出)?", "three-public", "purchase"),
        (r"公务用车运行(?:维护)?费(?:支出)?", "three-public", "run"),
        (r"机关运行经费(?:财政拨款)?(?:支出|预算数?|决算数?)?", "running", "total"),
        (r"政府采购(?:支出|预算)?(?:总额|金额)?|(?:申报的)?采购计划金额|实际采购金额", "procurement", "total"),
        (r"(?:部门预算的)?政府采购项目(?:纳入部门预算)?(?:共计|合计)?", "procurement", "total"),
        (r"政府采购货物(?:类)?(?:支出|预算)?|货物(?:类)?采购(?:支出|预算)?", "procurement", "goods"),
        (r"政府采购工程(?:类)?(?:支出|预算)?|工程(?:类)?采购(?:支出|预算)?", "procurement", "works"),
        (r"政府采购服务(?:类)?(?:支出|预算)?|服务(?:类)?采购(?:支出|预算)?", "procurement", "services"),
        (r"(?:面向|授予)中小企业(?:预留政府采购项目(?:预算)?|合同)?(?:金额)?", "procurement", "medium"),
        (r"(?:面向|授予)小微企业(?:预留政府采购项目(?:预算)?|合同)?(?:金额)?", "procurement", "small"),
        (r"会议费(?:支出|预算)?", "meetings", "total"),
        (r"培训费(?:支出|预算)?", "training", "total"),
        (r"财政拨款支出", "expenditure", "total"),
        (r"基本支出", "expenditure", "basic"),
        (r"项目支出", "expenditure", "project"),
        (r"人员(?:经费|支出)", "expenditure", "personnel"),
        (r"(?:日常)?公用(?:经费|支出)", "expenditure", "public"),
    )
)
_SHEETS = {"balance": "all", "appropriation-balance": "fiscal"}


def list_quantities(
    document: Document, figures: Sequence[Figure], office: str = "", view: View | None = None
) -> tuple[FigureQuantity, ...]:
    """The quantities that figures state, at most one a figure, by place. ``office`` is the name of the office.

    ``view`` is that of the same document and figures, where it is made already.
    """
    view = view or make_view(document, figures)
    found: dict[int, FigureQuantity] = {}
    for sheet in view.sheets:
        for quantity, figure in quantities_of_cells(sheet, office):
            item = quantity.item or "total"
            found[id(figure)] = FigureQuantity(figure.span, quantity.flow, quantity.fund, quantity.part, item)
        for stated in _list_balances(sheet):
            found.setdefault(id(stated[0]), stated[1])
    narrowed = _find_narrowed(view.scopes)
    for mention, scope in view.scopes.items():
        if id(mention.figure) in narrowed:
            continue
        stated_here = FigureQuantity(mention.figure.span, scope.flow, scope.fund, scope.part, "total")
        found.setdefault(id(mention.figure), stated_here)
    for figure in figures:
        named = None if id(figure) in found or id(figure) in narrowed else _name_item(figure)
        if named is not None:
            found[id(figure)] = named
    return tuple(sorted(found.values(), key=lambda q: q.span))


def _find_narrowed(scopes: Mapping[Mention, Scope]) -> set[int]:
    """What the words narrow to one fund of what is told of all funds too: 其中一般公共预算拨款政府采购."""
    whole = {s.flow for s in scopes.values() if s.flow == "procurement" and s.part == "total" and not s.inside}
    return {id(m.figure) for m, s in scopes.items() if s.inside and s.flow in whole}


def _list_balances(sheet: Sheet) -> Iterator[tuple[Figure, FigureQuantity]]:
    fund = _SHEETS.get(sheet.form)
    if fund is None:
        return
    for row in sheet.rows:
        for figure in row.cells.values():
            for words, flow, part in _BALANCES:
                if figure.unit == "CNY" and figure.aspect == "level" and words.match(plain(figure.subject_label)):
                    inside = fund_of(figure.column.rpartition("|")[2])
                    yield figure, FigureQuantity(figure.span, flow, fund if inside == "all" else inside, part, "total")


def _name_item(figure: Figure) -> FigureQuantity | None:
    """The item that a figure's words name by themselves, outside tables of codes. The fund stays unstated."""
    if figure.aspect != "level" or figure.unit != "CNY" or figure.subject_code or figure.candidates:
        return None
    if figure.form not in ("", "three-public", "running-costs"):
        return None
    label = _YEAR.sub("", plain(figure.subject_label))
    for words, flow, part in _ITEMS:
        if words.match(label):
            stated = "fiscal" if part == "total" else "unstated"
            return FigureQuantity(figure.span, flow, stated if flow == "expenditure" else "", part, "total")
    return None
