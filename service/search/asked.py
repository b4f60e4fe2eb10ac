"""What a question asks for: which items of which offices and years, and in what form (a value, the most, a share …).

The words stand in ``asking.toml``. Words that nothing explains are kept as ``rest``: no answer leaves them out
silently.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from service.search.asking_words import Cue, find_cues, load_words
from service.search.bounds_asked import Bound, find_bound
from service.search.english_classes import find_english_codes, is_narrowed
from service.search.folding import QUOTES, simplify
from service.search.offices_asked import AskedOffices, OfficeBook
from service.search.question import ASKING, Mention, Recogniser
from service.search.spelling import Respelling, respell

_CHINESE_NUMBERS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_TOP = re.compile(
    r"(?:排名)?前\s*(?P<zh>[一二两三四五六七八九十]|\d{1,2})(?:名|位|个|的)?|(?:top|bottom|first)\s+(?P<en>\d{1,2})",
    re.IGNORECASE,
)
_DEFAULT_TOP, _MOST_TOP = 5, 20
#: Words between those of the tables that ask for nothing.
_FILLERS = re.compile(
    r"哪个|哪家|哪些|究竟|到底|大概|大约|具体|实际|目前|现在|最新|当前|预计|总的|整个|财政拨款|列支|支付|年初|公开|披露|公布|本部门|所有的|哪几|哪|谁|各个|各|所有|全部|全国|每个|其他|部门|单位|机关|机构|预算|决算|金额|数额|总额|总数|总量|数量|经费|费用|资金|"
    r"一共|总共|共有|共|合计|一年|年度|年|个|家|的|了|是|有|在|为|对|和|与|跟|及|之|里|中|花|用|要|来|都|设|大|高|多少?|少|几|人|辆|元|钱|请问|"
    r"[两二三四五六七八九]地|情况|方面|这|那|它|他|给|看|我|想|知道|一下|安排|数|项|条|本级|市|上|下|间|或|还是|计划|没有|有没有|地方|是否|会|不|呢|吗|文件|报告|"
    r"\b(?:total|overall|entire|whole|annual|annually|yearly|put|puts|aside|set|allocate|allocates|allocated|earmark|earmarked|"
    r"roughly|approximately|exactly|currently|year|years|amount|amounts|budget|budgets|accounts|spend|spends|spending|spent|cost|costs|expense|expenses|much|many|will|would|"
    r"can|could|should|be|been|come|came|comes|did|get|gets|got|pay|pays|paid|use|uses|used|own|owns|plan|plans|planned|number|money|all|any|"
    r"every|each|some|only|office|offices|bureau|bureaus|bureaux|department|departments|commission|authority|authorities|agency|agencies|"
    r"administration|municipal|city|cities|government|public|among|between|than|more|less|fewer|higher|lower|bigger|larger|smaller|"
    r"it|they|we|i|you|this|that|these|those|per|document|documents|say|says|stated|give|gives|given|if|at|as|s|before|one|fiscal|yuan|rmb|work|"
    r"works|working|kind|under|over|into|out|up|come|so|not|no|yes|also|own|data|figures?|value|values|name|like|need|want|know|"
    r"please|compared|against|together|during|within|charge|charged|responsible)\b",
    re.IGNORECASE,
)  # fmt: skip
_CODES = ("FunctionCode", "EconomicCode", "GovernmentEconomicCode")
_ALONE = re.compile(r"(?![各哪每全本我该这那其此某问查在对])[\u4e00-\u9fff]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
#: Characters between a name and the rest of a question.
_BEFORE, _BEHIND = "的在用花年为对是有于上", "的是多有花要占一共总安费额金科支预项吗呢最前由从排超高低大不比"
_PUNCTUATION = re.compile(r"[\s\W_]+")


@dataclass(frozen=True)
class Asked:
    """A question, read. ``form`` is value, ranking, share, head, car, rate, change, list or "" where nothing is asked.

    ``items`` are standard quantities in the order asked for, ``listed`` is what a list is of, ``rest``
    are words that nothing explains, in pieces; ``narrower`` says that one stands right before an item: 警犬培训费.
    ``codes`` and ``services`` have IRI, label and English label; ``bound`` is what the number has to be.
    """

    text: str
    form: str
    items: tuple[str, ...]
    offices: AskedOffices
    years: tuple[int, ...] = ()
    last_year: bool = False
    phase: str = ""
    least: bool = False
    top: int = _DEFAULT_TOP
    listed: str = ""
    compared: bool = False
    guessed: bool = False
    rest: tuple[str, ...] = ()
    narrower: bool = False
    like: tuple[str, ...] = ()
    named: str = ""
    codes: tuple[tuple[str, str, str], ...] = ()
    services: tuple[tuple[str, str, str], ...] = ()
    bound: Bound | None = None
    respelt: tuple[Respelling, ...] = ()


def read_question(question: str, recogniser: Recogniser, book: OfficeBook) -> Asked:
    """What a question asks for; ``form`` is empty where it asks for nothing that sheets hold."""
    plain = simplify(unicodedata.normalize("NFKC", question)).lower()
    text, respelt = respell(plain)
    mentions = recogniser.read(text)
    offices = book.read(text, find_cues(text), mentions)
    respelt = (*respelt, *_list_respelt(offices))
    years = tuple(dict.fromkeys(int(v) for m in mentions if m.kind == "year" for v in m.values))
    stretches = [*offices.stretches, *((m.start, m.end) for m in mentions if m.kind == "year")]
    top = _TOP.search(text)
    if top:
        stretches.append(top.span())
    bound, at = find_bound(text) or (None, (0, 0))
    if bound is not None:
        stretches.append(at)
    cues = find_cues(text, stretches)
    services, places = _find_services(mentions, cues, stretches, recogniser)
    if services:
        stretches += places
        cues = find_cues(text, stretches)
    codes = find_english_codes(text, cues, stretches, recogniser.codes)
    said = [c for c in cues if c.table == "codes" and not any(_covers(m, c) for m in mentions if m.kind in _CODES)]
    codes += [m for cue in said for m in _read_code(cue, recogniser)]
    codes += _find_codes(text, mentions, cues, [*stretches, *((m.start, m.end) for m in codes)])
    if codes:
        stretches += [(m.start, m.end) for m in codes]
        cues = find_cues(text, stretches)
    listed = [recogniser.entries[v] for m in codes for v in m.values]
    named = tuple((e.iri, e.label, e.english or e.label) for e in listed)
    return _Reader(text, cues, offices, stretches, named, services, bound).read(years, top, respelt)


def _find_services(
    mentions: Sequence[Mention], cues: Sequence[Cue], taken: Sequence[tuple[int, int]], recogniser: Recogniser
) -> tuple[tuple[tuple[str, str, str], ...], list[tuple[int, int]]]:
    """The services that a question names, by their names or in everyday words; and where it does."""
    found = {m.values[0]: (m.start, m.end) for m in mentions if m.kind == "Service" and m.sure}
    for cue in cues:
        entry = recogniser.find_service(cue.meaning) if cue.table == "services" else None
        if entry is not None:
            found.setdefault(entry.iri, (cue.start, cue.end))
    found = {iri: at for iri, at in found.items() if not any(a < at[1] and at[0] < b for a, b in taken)}
    entries = [recogniser.entries[iri] for iri in found]
    return tuple((e.iri, e.label, e.english or e.label) for e in entries), list(found.values())


def _covers(mention: Mention, cue: Cue) -> bool:
    return mention.start <= cue.start and cue.end <= mention.end


def _read_code(cue: Cue, recogniser: Recogniser) -> list[Mention]:
    """The codes that everyday words stand for."""
    return [replace(m, start=cue.start, end=cue.end) for m in recogniser.read(cue.meaning) if m.kind in _CODES]


def _find_codes(
    text: str, mentions: Sequence[Mention], cues: Sequence[Cue], stretches: Sequence[tuple[int, int]]
) -> list[Mention]:
    """The codes that a question names: where an item of the sheet is said by the same words, the item is meant."""
    said = [c for c in cues if c.table == "items"]
    return [
        m for m in mentions
        if m.kind in _CODES
        and not any(a < m.end and m.start < b for a, b in stretches)
        and _is_bounded(text, m, stretches)
        and all(c.end - c.start < m.end - m.start for c in said if c.start < m.end and m.start < c.end)
    ]  # fmt: skip


@dataclass(frozen=True)
class _Reader:
    text: str
    cues: Sequence[Cue]
    offices: AskedOffices
    stretches: Sequence[tuple[int, int]]
    codes: tuple[tuple[str, str, str], ...] = ()
    services: tuple[tuple[str, str, str], ...] = ()
    bound: Bound | None = None

    def read(self, years: tuple[int, ...], top: re.Match[str] | None, respelt: tuple[Respelling, ...]) -> Asked:
        items = self._list_items()
        last = "last" in self._meanings("years")
        if last and "three-public" in items:
            # Each document prints the year before beside its own.
            items = tuple("three-public-last-year" if i == "three-public" else i for i in items)
            last = False
        most = self._meanings("most")
        listed = next(iter(self._meanings("lists")), "")
        form, listed = self._choose_form(items, listed, bool(most or top or (self.bound and not self.offices.named)))
        several = len(self.offices.named) + len(self.offices.kinds) > 1 or bool(self.offices.kinds)
        compared = bool(self._meanings("comparing")) or several
        if self.codes and set(items) <= {"expenditure-total"}:
            items = ()  # 住房公积金支出: the word goes with the code
        nothing = not (items or self.codes or self.services)
        guessed = form in ("value", "ranking", "change", "head", "car") and nothing
        if guessed and listed != "projects":
            whole = ("expenditure-total",) if most or top or form == "change" else ()
            items = self._meanings("fallback") or whole
        return Asked(
            text=self.text,
            form=form if items or listed or self.codes or self.services or form in ("rate", "list")
            or self._find_rest() else "",
            items=items,
            offices=self.offices,
            years=years,
            last_year=last,
            phase=next(iter(self._meanings("phase")), ""),
            least="least" in most,
            top=_read_top(top) if top else _DEFAULT_TOP,
            listed=listed,
            compared=compared,
            guessed=guessed,
            rest=self._find_rest(),
            narrower=self._is_narrower(),
            like=self._meanings("like"),
            named=self._find_named(),
            codes=self.codes,
            services=self.services,
            bound=self.bound,
            respelt=respelt,
        )  # fmt: skip

    def _meanings(self, table: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(c.meaning for c in self.cues if c.table == table))

    def _list_items(self) -> tuple[str, ...]:
        """The items asked for: what is said more than once first, then as they are said."""
        several = load_words()["several"]
        meant = [c.meaning for c in self.cues if c.table == "items"]
        if self._is_about_money():
            meant = [load_words()["paid"].get(item, item) for item in meant]
        said = [each for item in meant for each in several.get(item, (item,))]
        items = tuple(sorted(dict.fromkeys(said), key=lambda item: -said.count(item)))
        return self._narrow(items)

    def _is_about_money(self) -> bool:
        """Whether money is asked for, and not how many there are."""
        return re.search(load_words()["paying"]["words"], self.text) is not None

    def _narrow(self, items: tuple[str, ...]) -> tuple[str, ...]:
        """采购中服务: a part of an item that is said by a word beside it; the part comes first."""
        for item, parts in load_words()["parts"].items():
            if item in items and not any(i in parts for i in items):
                said = " ".join(self._leave([*self.stretches, *((c.start, c.end) for c in self.cues)]))
                meant = [
                    p for p, words in parts.items() if any(re.search(rf"(?<![a-z]){w}(?![a-z])", said) for w in words)
                ]
                rest = tuple(i for i in items if i != item)
                return (*meant, *rest, *((item,) if self._meanings("share") else ())) if meant else items
        return items

    def _choose_form(self, items: tuple[str, ...], listed: str, most: bool) -> tuple[str, str]:
        """The form of the answer, and what a list is of."""
        if listed == "contradictions" or (listed == "targets" and self.offices.named):
            return "list", listed
        measures = [m for m in self._meanings("share") if m != "change" or not most]
        per_unit = measures and measures[0] in ("head", "car") and self._meanings("fallback")
        if measures and (items or per_unit or measures[0] in ("rate", "change")):
            return measures[0], ""
        if most:
            return "ranking", listed if listed == "projects" and not items else ""
        if listed and not items:
            return "list", listed
        return "value", ""

    def _find_rest(self) -> tuple[str, ...]:
        """Pieces of two characters or a word and more that nothing explains."""
        # A kind of office that names none here is a word like any other: education expenditure.
        taken = [*self.stretches, *((c.start, c.end) for c in self.cues if c.table not in ("like", "kinds"))]
        parts = load_words()["parts"].values()
        # A word beside an item that made a part of it was used: 采购中服务.
        used = "|".join(
            w for part in parts for item, words in part.items() if item in self._list_items() for w in words
        )
        left = (p for p in self._leave(taken) if not used or re.fullmatch(used, p) is None)
        return (*self._find_lone_character(), *left)

    def _find_lone_character(self) -> tuple[str, ...]:
        """The character that a question begins with right before an office: a place that no table has for short."""
        before_office = any(self.text.startswith(words, 1) for _, words in self.offices.kinds)
        return (self.text[0],) if before_office and _ALONE.match(self.text) else ()

    def _is_narrower(self) -> bool:
        rest = self._find_rest()
        items = [c for c in self.cues if c.table == "items"]
        chinese = any(self.text[: c.start].endswith(p) for c in items for p in rest if _HAN.match(p))
        return chinese or any(is_narrowed(self.text, c, p) for c in items for p in rest if p.isascii())

    def _find_named(self) -> str:
        """What is left of the question without offices, years and words that ask: the name of a target or project."""
        drop = [
            c for c in self.cues if c.table in ("lists", "most", "comparing", "fallback", "years", "phase", "bodies")
        ]
        return "".join(self._leave([*self.stretches, *((c.start, c.end) for c in drop)], fillers=False))

    def _leave(self, taken: Iterable[tuple[int, int]], fillers: bool = True) -> tuple[str, ...]:
        marks = [False] * len(self.text)
        for start, end in taken:
            marks[start:end] = [True] * (end - start)
        left = "".join(" " if marked else c for c, marked in zip(self.text, marks, strict=True))
        left = ASKING.sub(" ", left.translate({ord(q): " " for q in QUOTES}))
        if fillers:
            left = _FILLERS.sub(" ", left)
        return tuple(piece for piece in _PUNCTUATION.split(left) if len(piece) >= 2)


def _is_bounded(text: str, mention: Mention, stretches: Sequence[tuple[int, int]]) -> bool:
    """Whether a name is not a part of a longer word: 执法办案 in 公安执法办案 is no code."""
    start, end = mention.start, mention.end
    before = start == 0 or not _HAN.match(text[start - 1]) or text[start - 1] in _BEFORE
    after = end == len(text) or not _HAN.match(text[end]) or text[end] in _BEHIND
    return (before or any(b == start for _, b in stretches)) and (after or any(a == end for a, _ in stretches))


def _list_respelt(offices: AskedOffices) -> tuple[Respelling, ...]:
    return tuple(Respelling(o.words, o.respelt) for o in offices.named if o.respelt)


def _read_top(match: re.Match[str]) -> int:
    said = match["zh"] or match["en"]
    number = int(said) if said.isdigit() else _CHINESE_NUMBERS[said]
    return max(1, min(number, _MOST_TOP))
