"""Which offices a question means: by place and kind (深圳、杭州公安局; Shenzhen Audit Bureau), by name, by kind alone.

An office is meant only if it is what the words say: where a place has no such office among those loaded, that is told,
and no other office stands in for it. Kinds of offices are those of ``office_words.py``; nothing here knows an office.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from loaders.words import naming, places
from loaders.words.office_words import BODIES, DOING, DUTIES, JOINTS
from service.search import names, place_names
from service.search.asking_words import Cue, load_words
from service.search.entries import SearchEntry
from service.search.folding import compact
from service.search.pinyin import write_pinyin
from service.search.question import Mention

#: The code that stands for the whole country: 国家信访局.
NATIONAL = "000000"
_NATIONAL_WORDS = re.compile(r"国家|中国(?=.{1,8}局)|\bnational\b", re.IGNORECASE)
_BODY = r"(?:委员会|办公室|办公厅|局|厅|委|办|部|院|署)"
#: What may stand between places, and between a place and the kind of its office.
_JOINER = re.compile(
    r"(?:[\s,，、;；/&·:：’']|的|和|与|及|以及|跟|同|或|还是|对|比|[两二三四五六七八九十]+(?:个)?(?:地|市|城市|省)|市级?|省级?|人民政府|政府|"
    r"\b(?:and|or|the|of|to|with|vs\.?|versus|in|at|for|than|those|that|municipal|municipality|city|province|provincial|people|s|"
    r"bureaus?|bureaux|offices?|departments?|commissions?|both|from)\b)*",
    re.IGNORECASE,
)
_LATIN_WORD = re.compile(r"[a-z]+(?:['’][a-z]+)*", re.IGNORECASE)
#: A place that no list knows, right before a kind of office.
_UNKNOWN_PLACE = re.compile(r"[\u4e00-\u9fff]{1,4}[市省县区]$")
#: What goes on behind the name of an office is a unit of it.
_UNIT = re.compile(
    r"[\u4e00-\u9fff（）()]{0,12}?(?:支队|总队|大队|分局|中心|学校|学院|研究院|研究所|监狱|医院|幼儿园|事务所|分院|监测站|考试院|总站)"
)
#: Words after which the name of a duty is no office: 深圳教育支出.
_NO_OFFICE = re.compile(r"\s*(?:支出|经费|费|事业|收入|项目|预算表|资金|信息化|培训|工作)")
#: What is called an office behind a place though no table knows it.
_OTHER_KIND = re.compile(
    r"(?!全|各|哪|几|有|这|本|的|多)[\u4e00-\u9fff]{2,12}?(?:局|委|办|厅|署|委员会|办公室|办公厅|法院|检察院)(?![门分公用事理务托员会])"
)
#: Words behind a province that mean its own offices and not those of its cities.
_OWN_LEVEL = re.compile(r"\s*(?:省|市|自治区)?(?:级|直|本级)|\s*'?s?\s*\bprovincial\b")
_LEVEL_WORDS = frozenset(("municipal", "city", "s", "people", "government", "the", "provincial", "of"))
#: Characters that join what is beside them.
_BETWEEN = "和与及跟同或比较对"
_MOST_WORDS = 4
_MOST_LATIN, _SHORTEST_LATIN = 3, 4
_LONGEST_NAME, _SHORTEST_NAME = 14, 5


@dataclass(frozen=True, slots=True)
class Office:
    """An office of which documents are loaded: where it sits, what kind it is, the years of its documents."""

    iri: str
    label: str
    place: str
    kind: str
    years: frozenset[int]


@dataclass(frozen=True, slots=True)
class AskedOffice:
    """An office that a question means. ``offices`` is empty where none of that place and kind is loaded.

    ``words`` are those of the question; ``respelt`` says that a character was read as another. ``near`` is the one that
    may be meant where no place is called so: it is offered, and answers nothing.
    """

    words: str
    offices: tuple[Office, ...]
    respelt: str = ""
    near: Office | None = None


@dataclass(frozen=True)
class AskedOffices:
    """All that a question says of offices: single ones, whole ``kinds``, ``places`` without a kind; and where."""

    named: tuple[AskedOffice, ...] = ()
    kinds: tuple[tuple[str, str], ...] = ()
    places: tuple[AskedOffice, ...] = ()
    stretches: tuple[tuple[int, int], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class _Span:
    """A place (``codes``), a kind of office (``kind``) or an office (``offices``) in the question."""

    start: int
    end: int
    codes: tuple[str, ...] = ()
    kind: str = ""
    offices: tuple[Office, ...] | None = None
    respelt: str = ""


class OfficeBook:
    """The offices of a snapshot that have documents, by place and kind."""

    def __init__(self, entries: Iterable[SearchEntry]) -> None:
        listed = list(entries)
        years: dict[str, set[int]] = {}
        for entry in listed:
            if entry.kind == "Document" and entry.agency:
                years.setdefault(entry.agency, set()).update(entry.years)
        self.offices = {e.iri: _read_office(e, years[e.iri]) for e in listed if e.iri in years and e.kind == "Agency"}
        self._by_kind: dict[str, list[Office]] = {}
        for office in self.offices.values():
            self._by_kind.setdefault(office.kind, []).append(office)
        self._cores = {core: office.kind for office in self.offices.values()
                       if len(core := _find_core(office.label, office.place)) >= 3}  # fmt: skip
        self._pattern = _compile_kinds(self._cores)

    def of_kind(self, kind: str) -> list[Office]:
        """The offices of a kind, in the order of their names."""
        return sorted(self._by_kind.get(kind, ()), key=lambda o: o.label)

    def read(self, text: str, cues: Sequence[Cue], mentions: Sequence[Mention]) -> AskedOffices:
        """What a question says of offices; ``cues`` are its words of the tables, ``mentions`` what it names."""
        found = [*self._find_kinds(text), *_find_english_kinds(text, cues)]
        found += _find_places(text, found)
        found += self._find_misspelt(text, tuple(found))
        found += [*self._find_other_kinds(text, tuple(found)), *_find_other_english(text, cues, tuple(found))]
        found += self._find_names(found, mentions)
        spans = _drop_overlaps(found)
        return self._join(text, [self._extend(text, s) for s in spans])

    def _find_kinds(self, text: str) -> Iterable[_Span]:
        for match in self._pattern.finditer(text):
            core = match.group().translate(str.maketrans("", "", JOINTS))
            kind = self._cores.get(match.group()) or names.find_kind(core)
            bare = match["body"] is None and match.group() not in self._cores
            if not (bare and (_NO_OFFICE.match(text, match.end()) or not _ends_in_place(text[: match.start()]))):
                yield _Span(match.start(), match.end(), kind=kind)

    def _find_misspelt(self, text: str, found: Sequence[_Span]) -> Iterable[_Span]:
        """A kind of office right behind a place, but for one character: 深圳市审记局."""
        known = _list_short_kinds()
        for span in found:
            if not span.codes or any(f.kind and f.start == span.end for f in found):
                continue
            for length in (5, 4, 3):
                word = text[span.end : span.end + length]
                near = {k for k in known.get(length, ()) if k[-1] == word[-1:] and len(word) == length
                        and sum(a != b for a, b in zip(k, word, strict=True)) == 1}  # fmt: skip
                near = {
                    k for k in near if any(o.place in span.codes for o in self._by_kind.get(known[length][k], ()))
                } or near
                if len(near) == 1:
                    meant = near.pop()
                    yield _Span(span.end, span.end + length, kind=known[length][meant], respelt=meant)
                    break

    def _find_other_kinds(self, text: str, found: Sequence[_Span]) -> Iterable[_Span]:
        """What no table knows, right behind a place: 工务署, as part of the one name there that holds it, else none."""
        for span in found:
            if not span.codes or any(f.kind and f.start == span.end for f in found):
                continue
            match = _OTHER_KIND.match(text, span.end)
            if match is None or any(f.start < match.end() and span.end < f.end for f in found if f is not span):
                continue
            word = match.group()
            held = [
                o for o in self.offices.values() if o.place in span.codes and _holds(_find_core(o.label, o.place), word)
            ]
            if len(held) == 1:
                yield _Span(span.start, match.end(), offices=(held[0],))
            else:
                yield _Span(span.start, match.end(), kind="?", offices=())

    def _find_names(self, found: Sequence[_Span], mentions: Sequence[Mention]) -> Iterable[_Span]:
        """Offices by their whole names, where these say more than place and kind."""
        for mention in mentions:
            if mention.kind != "Agency" or mention.implied or len(mention.words) < _SHORTEST_NAME:
                continue
            loaded = tuple(self.offices[v] for v in mention.values if v in self.offices)
            touched = [f for f in found if f.start < mention.end and mention.start < f.end]
            kinds = [f for f in touched if f.kind]
            # 宁德市政府办 in 宁德市政府办公室 says less than the kind.
            if not any(f.end >= mention.end for f in kinds) and (loaded or not kinds):
                yield _Span(mention.start, mention.end, offices=loaded)

    def _extend(self, text: str, span: _Span) -> _Span:
        """With what goes on behind it: a unit of the office, which is another one."""
        unit = _UNIT.match(text, span.end) if span.kind else None
        return _Span(span.start, unit.end(), span.codes, span.kind, (), span.respelt) if unit else span

    def _join(self, text: str, spans: Sequence[_Span]) -> AskedOffices:
        named: list[AskedOffice] = []
        kinds: list[_Span] = []
        loose: list[_Span] = []
        waiting: list[_Span] = []
        of_place: list[_Span] = []
        strange: list[tuple[int, int]] = []
        for last, span in zip((None, *spans), spans, strict=False):
            joined = last is not None and _JOINER.fullmatch(text, last.end, span.start) is not None
            if span.codes:
                if waiting and last is waiting[-1] and last.end == span.start and _narrow(last.codes, span.codes):
                    last = waiting.pop()
                    waiting.append(_Span(last.start, span.end, _narrow(last.codes, span.codes)))
                    continue
                if not joined:
                    loose, waiting = [*loose, *waiting], []
                waiting.append(span)
                continue
            places_before, waiting = (waiting, []) if joined else ([], waiting)
            of_place += [span] if places_before and span.kind else []
            if span.offices is not None and not span.kind:
                named.append(AskedOffice(text[span.start : span.end], span.offices))
            elif places_before:
                named += [self._meet(text, place, span) for place in places_before]
            elif span.offices is not None:
                named.append(AskedOffice(text[span.start : span.end], ()))
            elif unknown := _find_unknown_place(text, span):
                named.append(self._guess_place(unknown, text, span))
                strange.append((span.start - len(unknown), span.start))
            else:
                kinds.append(span)
        loose += waiting
        more, loose, kinds = self._join_loose(text, named, loose, kinds, of_place)
        named += more
        settled = tuple(dict.fromkeys(named))
        of_places = () if settled else tuple(self._gather(text, place) for place in loose)
        return AskedOffices(
            settled,
            tuple((k.kind, text[k.start : k.end]) for k in kinds),
            of_places,
            (*((s.start, s.end) for s in spans), *strange),
        )

    def _join_loose(
        self, text: str, named: Sequence[AskedOffice], loose: list[_Span], kinds: list[_Span], of_place: Sequence[_Span]
    ) -> tuple[list[AskedOffice], list[_Span], list[_Span]]:
        """Places apart from a kind: with the one kind that is named; what is left of places and kinds."""
        if loose and kinds and len({k.kind for k in kinds}) == 1:
            return [self._gather_kind(text, place, kinds[0]) for place in loose], [], []
        if loose and len({k.kind for k in of_place}) == 1:
            # … than that of Beijing: the same kind in another place.
            others = [p for p in loose if not any(o.place in p.codes for n in named for o in n.offices)]
            return [self._meet(text, place, of_place[0]) for place in others], loose, kinds
        return [], loose, kinds

    def _meet(self, text: str, place: _Span, kind: _Span) -> AskedOffice:
        """The office of a kind in a place; none where what is named is a unit of it."""
        where, what = text[place.start : place.end], text[kind.start : kind.end]
        words = f"{where} {what}" if where.isascii() else where + what
        if kind.offices is not None:
            return AskedOffice(words, ())
        asked = (kind.kind, *(load_words()["alike"].get(kind.kind, ()) if what.isascii() else ()))
        for each in asked:
            offices = tuple(o for o in self.of_kind(each) if o.place in place.codes)
            if offices:
                return AskedOffice(words, offices, kind.respelt)
        return AskedOffice(words, (), kind.respelt)

    def _gather(self, text: str, place: _Span) -> AskedOffice:
        """All offices of a place that is named without a kind; of a province, those of the places in it too."""
        offices = tuple(o for o in self.offices.values() if _is_of(o, place, text))
        return AskedOffice(text[place.start : place.end], offices)

    def _gather_kind(self, text: str, place: _Span, kind: _Span) -> AskedOffice:
        """The offices of a kind in a place that stands apart from it: 江苏哪个审计局."""
        if kind.offices is None and any(c.endswith("0000") for c in place.codes):
            offices = tuple(o for o in self.of_kind(kind.kind) if _is_of(o, place, text))
            if offices:
                return AskedOffice(text[place.start : place.end] + text[kind.start : kind.end], offices, kind.respelt)
        return self._meet(text, place, kind)

    def _guess_place(self, unknown: str, text: str, span: _Span) -> AskedOffice:
        """An office of a place that no list has: the one loaded whose place sounds so, else one that is near."""
        words = unknown + text[span.start : span.end]
        near = []
        for office in self.of_kind(span.kind):
            name = places.load().name(office.place)
            written = unknown[-len(name) :] if name else ""
            if len(written) == len(name) >= 3 and sum(a != b for a, b in zip(written, name, strict=True)) == 1:
                near.append((office, write_pinyin(written) == write_pinyin(name)))
        if len(near) != 1 or span.offices is not None:
            return AskedOffice(words, ())
        office, sounds = near[0]
        return AskedOffice(words, (office,), office.label) if sounds else AskedOffice(words, (), near=office)


def _is_of(office: Office, place: _Span, text: str) -> bool:
    """Whether an office is of a place, or of one within a province, unless the question says the province's own."""
    if office.place in place.codes:
        return True
    if _OWN_LEVEL.match(text, place.end):
        return False
    return any(c.endswith("0000") and c != NATIONAL and places.is_within(office.place, c) for c in place.codes
               if office.place)  # fmt: skip


def _holds(name: str, short: str) -> bool:
    """Whether a short name is made of characters of a name, in their order, with its end: 工务署 of 建筑工务署."""
    rest = iter(name)
    return name[-1:] == short[-1:] and all(character in rest for character in short)


def _find_other_english(text: str, cues: Sequence[Cue], found: Sequence[_Span]) -> Iterable[_Span]:
    """A place, words that no table knows, and a word such as bureau: an office that is none of those loaded."""
    for place in found:
        body = next((c for c in cues if c.table == "bodies" and c.start > place.end), None) if place.codes else None
        if body is None or any(f.kind and place.end <= f.start <= body.end for f in found):
            continue
        between = text[place.end : body.start]
        words = _LATIN_WORD.findall(between)
        plain = (
            re.fullmatch(r"[\sa-z'’&-]*", between) and len(words) <= _MOST_WORDS and not _LEVEL_WORDS.issuperset(words)
        )
        said = any(c.start >= place.end and c.end <= body.start and c.table in ("items", "most") for c in cues)
        if plain and not said:
            yield _Span(place.start, body.end, kind="?", offices=())


def _read_office(entry: SearchEntry, years: set[int]) -> Office:
    place = NATIONAL if entry.label.startswith("国家") else entry.place
    kind = names.find_kind(_find_core(entry.label, place))
    return Office(entry.iri, entry.label, place, kind, frozenset(years))


def _find_core(label: str, place: str) -> str:
    """What an office is called without its place and what is said of its seat: 公安局 of 深圳市公安局（本级）."""
    whole = compact(naming.strip_seat(label))
    return whole.removeprefix("国家") if place == NATIONAL else names.find_core(whole, place)


def _compile_kinds(cores: Mapping[str, str]) -> re.Pattern[str]:
    forms = {form for duty in DUTIES for form in (duty.short, *duty.full) if len(form) >= 2}
    single = {duty.short for duty in DUTIES if len(duty.short) == 1}
    joint = f"[{JOINTS}]?"
    written = [joint.join(map(re.escape, form)) for form in sorted(forms, key=len, reverse=True)]
    doing = f"(?:{'|'.join(DOING)})*"
    whole = "|".join(re.escape(core) for core in sorted(cores, key=len, reverse=True)) or "(?!)"
    alone = "|".join(map(re.escape, sorted(single))) or "(?!)"
    return re.compile(
        rf"(?:{whole})|(?:人民)?(?:政府)?(?:(?:{'|'.join(written)}){doing}(?P<body>{_BODY})?|(?:{alone}){doing}(?:委员会|办公室))"
    )


@functools.cache
def _list_short_kinds() -> dict[int, dict[str, str]]:
    """What kinds of offices are called for short and in full, with the kind, by length."""
    found: dict[int, dict[str, str]] = {}
    for duty in DUTIES:
        for form in (duty.short, *duty.full):
            for body in BODIES:
                if len(form) >= 2:
                    found.setdefault(len(form) + 1, {}).setdefault(form + body, names.find_kind(form + body))
    return found


def _find_english_kinds(text: str, cues: Sequence[Cue]) -> Iterable[_Span]:
    """Kinds of offices by the words of the tables: beside a word such as bureau, or right behind a place."""
    bodies = [c for c in cues if c.table == "bodies"]
    for cue in cues:
        if cue.table != "kinds":
            continue
        if not cue.words.isascii():
            yield _Span(cue.start, cue.end, kind=cue.meaning)
            continue
        behind = next(
            (
                b
                for b in bodies
                if b.start >= cue.end and re.fullmatch(r"\W*(?:municipal\W+)?", text[cue.end : b.start])
            ),
            None,
        )
        before = next(
            (
                b
                for b in bodies
                if b.end <= cue.start and re.fullmatch(r"\W+(?:of|for)\W+(?:the\W+)?", text[b.end : cue.start])
            ),
            None,
        )
        if behind or before:
            yield _Span(min(cue.start, before.start if before and not behind else cue.start),
                        behind.end if behind else cue.end, kind=cue.meaning)  # fmt: skip
        elif cue.words in load_words()["alone"]["english"] or _ends_in_latin_place(text[: cue.start]):
            yield _Span(cue.start, cue.end, kind=cue.meaning)


def _find_places(text: str, found: Sequence[_Span]) -> Iterable[_Span]:
    known = place_names.load()
    at = 0
    while at < len(text):
        if any(f.start <= at < f.end for f in found) or not "\u4e00" <= text[at] <= "\u9fff":
            at += 1
            continue
        national = re.match("国家", text[at:])
        if national and any(f.kind and f.start == at + 2 for f in found):
            yield _Span(at, at + 2, (NATIONAL,))
            at += 2
            continue
        short = _find_abbreviation(text, at, found)
        if short:
            yield _Span(at, at + 1, (short,))
            at += 1
            continue
        for length, codes, whole in known.begin(text[at:]):
            likely = codes if whole else tuple(c for c in codes if c.endswith("00"))
            if likely:
                yield _Span(at, at + length, likely)
                at += length
                break
        else:
            at += 1
    yield from _find_latin_places(text, found)


def _find_abbreviation(text: str, at: int, found: Sequence[_Span]) -> str:
    """The place that one character stands for, right before an office and behind no other character: 沪审计局."""
    code: str = load_words()["abbreviations"].get(text[at], "")
    alone = at == 0 or not "\u4e00" <= text[at - 1] <= "\u9fff" or text[at - 1] in _BETWEEN
    return code if alone and any(f.kind and f.start == at + 1 and f.end - f.start >= 3 for f in found) else ""


def _find_latin_places(text: str, found: Sequence[_Span]) -> Iterable[_Span]:
    words = list(_LATIN_WORD.finditer(text))
    at = 0
    while at < len(words):
        for size in range(min(_MOST_LATIN, len(words) - at), 0, -1):
            first, last = words[at], words[at + size - 1]
            letters = re.sub(r"[^a-z]", "", text[first.start() : last.end()].lower())
            possessive = letters[:-1] if letters.endswith("s") and re.search(r"['’]s$", last.group()) else letters
            codes = place_names.find_by_latin(letters) or place_names.find_by_latin(possessive)
            national = letters == "national"
            if (
                (codes or national)
                and len(letters) >= _SHORTEST_LATIN
                and not any(f.start < last.end() and first.start() < f.end for f in found)
            ):
                yield _Span(first.start(), last.end(), codes or (NATIONAL,))
                at += size
                break
        else:
            at += 1


def _ends_in_place(text: str) -> bool:
    """Whether a place is the last that a text says."""
    known = place_names.load()
    return any(text[-n:] in known.full or any(c.endswith("00") for c in known.short.get(text[-n:], ()))
               for n in range(2, min(len(text), _LONGEST_NAME) + 1))  # fmt: skip


def _ends_in_latin_place(text: str) -> bool:
    words = [m.group().lower() for m in _LATIN_WORD.finditer(text)]
    while words and words[-1] in ("municipal", "city", "s", "the", "s'"):
        words.pop()
    joined = [re.sub(r"['’]s$", "", "".join(words[-n:])).replace("'", "").replace("’", "") for n in (1, 2, 3) if words]
    return any(place_names.find_by_latin(word) for word in joined)


def _narrow(outer: Sequence[str], inner: Sequence[str]) -> tuple[str, ...]:
    """Those of some places that lie in others: 南山区 behind 深圳市."""
    return tuple(c for c in inner if any(c != o and places.is_within(c, o) for o in outer))


def _find_unknown_place(text: str, span: _Span) -> str:
    """Words before a kind of office that name a place which no list has; "" where there are none."""
    before = text[: span.start].rstrip()
    match = _UNKNOWN_PLACE.search(before)
    if match and match.group() not in ("各市", "全市", "哪个市", "个市", "本市", "各省", "各区", "各县", "全省"):
        return match.group()
    return ""


def _drop_overlaps(spans: Iterable[_Span]) -> list[_Span]:
    kept: list[_Span] = []
    for span in sorted(spans, key=lambda s: (s.offices is None, s.start - s.end, s.start)):
        if not any(k.start < span.end and span.start < k.end for k in kept):
            kept.append(span)
    return sorted(kept, key=lambda s: s.start)
