"""What an address of the explorer asks for: read, checked against what there is, written again with changes.

All that a chart shows follows from its address. What is no parameter or no value of one is refused with the choices;
so is what fits each by itself and not together, such as areas of amounts per head.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request

from service.errors import BadParameter
from service.pages.explorer.measures import BREAKDOWNS, CHARTS, FIRST, FITTING, MEASURES, OF_OFFICES, PER, Measure

#: The parameters of an address, in the order in which one is written.
NAMES = (
    "measure", "by", "year", "to", "phase", "scope", "place", "kind", "office", "function", "economic", "per", "share",
    "chart",
)  # fmt: skip
PHASES = ("budget", "adjusted", "final", "target", "result")
_YEARS = (1949, 2200)
_WITHOUT = ("去掉这一项", "leave it out")
#: So many offices may be named, and so many parameters given.
MOST_OFFICES, _MOST_FIELDS = 100, 200


class Refused(BadParameter):
    """A wish that cannot be granted, in both languages; ``links`` are words and the changes to it that can."""

    def __init__(
        self, name: str, zh: tuple[str, str], en: tuple[str, str], choices: Sequence[str] = (),
        links: Sequence[tuple[tuple[str, ...], Mapping[str, Any]]] = (),
    ) -> None:  # fmt: skip
        self.zh = zh
        self.links = tuple(links)
        super().__init__(name, *en, choices)


@dataclass(frozen=True)
class Wish:
    """What is to be shown. Empty where the address leaves it open; ``scope`` "" is what the measure means."""

    measure: str = FIRST
    by: str = "office"
    year: int | None = None
    to: int | None = None
    phase: str = ""
    scope: str = ""
    place: str = ""
    kind: str = ""
    office: tuple[str, ...] = ()
    function: str = ""
    economic: str = ""
    per: str = ""
    share: bool = False
    chart: str = ""

    @property
    def about(self) -> Measure:
        """The measure."""
        return MEASURES[self.measure]

    @property
    def drawn(self) -> str:
        """The kind of chart: that which is asked for, else the usual one of the division."""
        return self.chart or FITTING[self.by][0]

    @property
    def code(self) -> str:
        """The code that narrows, and whose classification; "" for none: ``function/201``."""
        return f"function/{self.function}" if self.function else f"economic/{self.economic}" if self.economic else ""

    def write(self, **changes: Any) -> dict[str, list[str]]:
        """The parameters of an address, with changes; what says nothing is left out."""
        wish = replace(self, **changes)
        found: dict[str, list[str]] = {}
        for name in NAMES:
            value = getattr(wish, name)
            if value in ("", None, (), False):
                continue
            values = list(value) if isinstance(value, tuple) else ["1" if value is True else str(value)]
            found[name] = values
        return found


def read_wish(request: Request) -> Wish:
    """The wish of an address, each value of its kind and all of them fitting together; what there is comes later.

    Raises :class:`Refused` with the choices.
    """
    try:
        fields = parse_qs(request.scope["query_string"].decode("utf-8", "replace"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise Refused(
            "address", (f"参数超过 {_MOST_FIELDS} 个", "请减少参数"),
            (f"it has more than {_MOST_FIELDS} parameters", "Give fewer"),
        ) from None  # fmt: skip
    return read_fields({name: values for name, values in fields.items() if name != "lang"})


def read_fields(fields: Mapping[str, Sequence[str]]) -> Wish:
    """The wish that parameters spell. Raises :class:`Refused`."""
    for name in fields:
        if name not in NAMES:
            raise Refused(
                name[:40], ("没有这个参数", f"可用的参数：{'、'.join(NAMES)}"),
                ("there is no such parameter", f"The parameters are: {', '.join(NAMES)}"), NAMES,
            )  # fmt: skip
    one = {name: _read_one(name, values) for name, values in fields.items() if name != "office"}
    offices = tuple(dict.fromkeys(value for value in fields.get("office", ()) if value))
    if len(offices) > MOST_OFFICES:
        raise Refused(
            "office", (f"部门超过 {MOST_OFFICES} 个", "请改用地区或种类筛选"),
            (f"more than {MOST_OFFICES} offices are named", "Filter by place or kind instead"),
        )  # fmt: skip
    wish = Wish(
        measure=_choose("measure", one, tuple(MEASURES), FIRST),
        by=_choose("by", one, tuple(BREAKDOWNS), "office"),
        year=_read_year("year", one),
        to=_read_year("to", one),
        phase=_choose("phase", one, PHASES, ""),
        scope=one.get("scope", ""),
        place=one.get("place", ""),
        kind=one.get("kind", ""),
        office=offices,
        function=one.get("function", ""),
        economic=one.get("economic", ""),
        per=_choose("per", one, tuple(PER), ""),
        share=_choose("share", one, ("0", "1"), "0") == "1",
        chart=_choose("chart", one, tuple(CHARTS), ""),
    )
    for rule in (_refuse_breakdown, _refuse_chart, _refuse_code, _refuse_per, _refuse_share, _refuse_years):
        rule(wish)
    return wish


def _read_one(name: str, values: Sequence[str]) -> str:
    given = {value for value in values if value}
    if len(given) > 1:
        raise Refused(
            name, ("给出了几个不同的值；一图只说一项", "请只留一个"),
            ("several values are given; a chart is of one", "Give one"), sorted(v[:60] for v in given)[:20],
        )  # fmt: skip
    return next(iter(given), "")


def _choose(name: str, fields: Mapping[str, str], choices: Sequence[str], default: str) -> str:
    value = fields.get(name, "") or default
    if value and value not in choices:
        raise refuse_value(name, value, choices)
    return value


def refuse_value(name: str, value: str, choices: Sequence[str], say: Mapping[str, str] | None = None) -> Refused:
    """The error of a value that there is not; ``say`` tells what choices are called."""
    shown, list_of = list(choices)[:50], name == "office"
    called = [(f"{say[c]}（{c}）" if say and c in say else c) for c in shown]
    return Refused(
        name, (f"没有“{value[:60]}”", f"可选：{'、'.join(called)}"),
        (f"{value[:60]!r} is not known", f"Choose one of: {', '.join(called)}"), shown,
        [(((say or {}).get(c, c),) * 2, {name: (c,) if list_of else c}) for c in shown],
    )  # fmt: skip


def _read_year(name: str, fields: Mapping[str, str]) -> int | None:
    text = fields.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) == 4 and _YEARS[0] <= int(text) <= _YEARS[1]):
        raise Refused(
            name, (f"“{text[:20]}”不是年度", "请写四位数的年度，如 2023"),
            (f"{text[:20]!r} is no year", "Write a year of four digits, such as 2023"),
        )  # fmt: skip
    return int(text)


def _refuse_breakdown(wish: Wish) -> None:
    offered = wish.about.breakdowns
    if wish.by not in offered:
        raise Refused(
            "by", (f"“{wish.about.name('zh')}”没有按{BREAKDOWNS[wish.by][0]}划分的数", "请换一种划分或一项指标"),
            (f"{wish.about.name('en')} is not divided by {BREAKDOWNS[wish.by][1]}", "Divide it otherwise"),
            offered, [(BREAKDOWNS[by], {"by": by, "chart": ""}) for by in offered],
        )  # fmt: skip


def _refuse_chart(wish: Wish) -> None:
    fitting = FITTING[wish.by]
    if wish.chart and wish.chart not in fitting:
        raise Refused(
            "chart", (f"{CHARTS[wish.chart][0]}画不了按{BREAKDOWNS[wish.by][0]}的划分", "请换一种图"),
            (f"{CHARTS[wish.chart][1]} cannot show a division by {BREAKDOWNS[wish.by][1]}", "Choose another chart"),
            fitting, [(CHARTS[chart], {"chart": chart}) for chart in fitting],
        )  # fmt: skip
    if wish.drawn == "treemap" and (wish.per or not wish.about.money):
        raise Refused(
            "chart", ("面积须能相加，比值和个数不能", "请换一种图"),
            ("areas add up, and quotients and counts do not", "Choose another chart"),
            tuple(c for c in fitting if c != "treemap"),
            [(CHARTS[c], {"chart": c}) for c in fitting if c != "treemap"],
        )  # fmt: skip


def _refuse_code(wish: Wish) -> None:
    if wish.function and wish.economic:
        raise Refused(
            "function", ("功能科目与经济科目只能选一个", "请去掉一个"),
            ("it cannot be narrowed by function and by economic class at once", "Leave one out"),
            (), [(BREAKDOWNS["function"], {"economic": ""}), (BREAKDOWNS["economic"], {"function": ""})],
        )  # fmt: skip
    if not wish.code:
        return
    name = wish.code.partition("/")[0]
    if not wish.about.extent or wish.by not in ("office", "year", name):
        raise Refused(
            name, ("这一划分或指标不能按科目筛选", "请按部门、年度或科目划分，或去掉科目"),
            ("this division or measure cannot be narrowed by a code", "Divide otherwise, or leave it out"),
            (), [(BREAKDOWNS["office"], {"by": "office", "chart": ""}), (_WITHOUT, {name: ""})],
        )  # fmt: skip


def _refuse_per(wish: Wish) -> None:
    if wish.per and (wish.by not in OF_OFFICES or not wish.about.money or wish.code):
        raise Refused(
            "per", ("人均等比值只用于部门、种类、地区、年度的金额", "请去掉这一选项或换一种划分"),
            ("quotients are of amounts by office, kind, place or year", "Leave it out or divide otherwise"),
            (), [(_WITHOUT, {"per": ""}), (BREAKDOWNS["office"], {"by": "office", "chart": ""})],
        )  # fmt: skip
    if wish.drawn == "scatter" and (not wish.about.money or wish.code):
        raise Refused(
            "chart", ("散点图画金额与人数等的关系，此处没有", "请换一种图"),
            ("a scatter is of amounts over counts, and there are none here", "Choose another chart"),
            ("bar", "table"), [(CHARTS[c], {"chart": c}) for c in ("bar", "table")],
        )  # fmt: skip


def _refuse_share(wish: Wish) -> None:
    if wish.share and (
        wish.per
        or not wish.about.money
        or wish.by in ("year", "project", "topic")
        or wish.drawn in ("slope", "scatter", "grid")
    ):
        raise Refused(
            "share", ("比重只用于能相加成总额的金额", "请去掉这一选项"),
            ("shares are of amounts that add up to a whole", "Leave it out"), ("0",), [(_WITHOUT, {"share": False})],
        )  # fmt: skip


def _refuse_years(wish: Wish) -> None:
    if wish.to is not None and wish.drawn != "slope":
        raise Refused(
            "to", ("第二个年度只用于斜率图", "请选斜率图，或按年度划分"),
            ("a second year is for slopes alone", "Choose slopes, or divide by year"),
            (), [(CHARTS["slope"], {"by": "office", "chart": "slope"}), (_WITHOUT, {"to": None})],
        )  # fmt: skip
    if wish.by == "year" and wish.year is not None:
        raise Refused(
            "year", ("按年度划分时不选年度", "请去掉年度，或按部门划分"),
            ("divided by year, it takes no year", "Leave the year out, or divide by office"),
            (), [(_WITHOUT, {"year": None}), (BREAKDOWNS["office"], {"by": "office", "chart": ""})],
        )  # fmt: skip
    if wish.phase and not wish.about.money:
        raise Refused(
            "phase", ("个数没有阶段", "请去掉阶段"), ("counts have no phase", "Leave it out"), (),
            [(_WITHOUT, {"phase": ""})],
        )  # fmt: skip
