"""What a name may mean: keys under which things are indexed, and under which a messy name looks for them.

A thing has a key for each way of writing its name that says the same by rule: an office by its place and what it is
for, in full and for short, in English and in pinyin; a place by its code; a code with its digits. A name that someone
gives is read into the same keys, each with how much it says. Nothing here knows an office; the rules stand in
``loaders/words/office_words.py``, the places in ``place_names.py``.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from loaders.words import naming, places
from loaders.words.office_kinds import SHORTS, loosen, root, shorten_duty
from loaders.words.office_words import ABOVE, DUTIES, ENGLISH_BODIES
from service.search import place_names
from service.search.folding import compact, flatten
from service.search.pinyin import join_letters, strip_marks, write_pinyin
from service.search.terms import stem as singular

#: What a key says, from 0 to 100: the name itself, code and name, place and duty as they are, without what an office
#: does with it, in pinyin, in English, by the duty alone; a place in full, for short.
EXACT, CODED, SAME, LOOSE, PINYIN, ENGLISH, ALIKE = 100.0, 99.0, 96.0, 95.0, 95.0, 95.0, 90.0
_PLACE_IN_FULL, _PLACE_FOR_SHORT = 99.0, 97.0
#: From here on a key says which thing is meant.
FITTING = 95.0
#: What the same keys say without a place, and where the place is named with a wrong character.
_PLACELESS, _MISSPELT = 0.88, 0.87
#: A name of several places means the highest of them rather than the others.
_LESS_LIKELY = 2.0
_KINDS_WITH_PLACE = frozenset({"Agency"})
_LONGEST = 80

_SELF = re.compile(
    r"(?:[本我该各贵](?:部门|单位|机构|机关|中心|街道|[局办委厅处校院部站会市省区县级镇乡])(?:机关|本级)?"
    r"|[省市区县](?:局|办|厅|院|中心|直机关|本级)"
    r"|(?:局|委|厅|办|部|院|处|中心|单位|部门)?(?:机关|本级|本部|机关本级|本级机关)"
    r"|单位|部门|全[省市区县]|上级(?:部门|单位)?|主管部门|下属单位|有关部门|相关部门)"
)
_LEVEL = re.compile(r"(?:[全本我该])?(?P<level>省|市|区|县|旗|州)(?=..)")
_TITLE = re.compile(
    r"(?:(?:19|20)\d\d(?:年度?)?)?(?:部门|单位)?(?:整体)?(?:预算|决算|绩效评价)(?:公开|报告|说明|情况|表)*$"
)
_YEAR = re.compile(r"^(?:19|20)\d\d年度?(?=\D)")
_YEAR_BEHIND = re.compile(r"(?<=\D)(?:19|20)\d\d年?度?$")
_BRACKETS = re.compile(r"[(（\[［【〔](?P<inside>[^()（）\[\]［］【】〔〕]{1,40})[)）\]］】〕]")
_REMARK = re.compile(r"(?:本级|行政|机关|汇总|盖章|公章|签章|事业|本部|单位|部门|参公|局本级|部本级)")
#: A code before or behind a name; its parts may stand apart.
_CODE = re.compile(r"(?P<code>\d(?:[\s.-]?\d){2,8})")
_LATIN = re.compile(r"[a-z]+")
_BRANCH = re.compile(r"^公安局?(?P<place>.{2,8}?)(?:公安)?分局$")


@dataclass(frozen=True, slots=True)
class Key:
    """What a key says of a name: ``score`` from 0 to 100; ``placed`` where it settles the place as well."""

    score: float
    placed: bool = True

    @property
    def fits(self) -> bool:
        """Whether it would be the thing's name, were the place known."""
        return self.score >= FITTING or (not self.placed and self.score >= FITTING * _PLACELESS)


@dataclass(frozen=True, slots=True)
class AskedName:
    """A name as someone wrote it. ``places`` are codes that it names for sure; ``code`` is a code written beside it.

    ``generic`` is set where many places may have what it names, ``level`` where it says 市, 县 … in place of one;
    ``rest`` is the name without the code.
    """

    text: str
    keys: dict[str, Key]
    places: frozenset[str]
    code: str
    rest: str
    generic: bool
    level: str


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read a name: the places that it begins with, the one it means by them, what is left."""

    codes: tuple[str, ...]
    chosen: str
    core: str
    spelt: bool = True


def is_self_reference(text: str) -> bool:
    """Whether words say "we" or "the seat" and name no one.

    >>> [is_self_reference(w) for w in ("我局", "局机关", "市局", "本级", "市公安局")]
    [True, True, True, True, False]
    """
    words = compact(text)
    return bool(_SELF.fullmatch(words)) or naming.is_seat(words)


def find_kind(core: str) -> str:
    """What offices with a name like this, without its place, are for, as all names of that duty share it.

    >>> find_kind("公安局"), find_kind("人民政府国有资产监督管理委员会"), find_kind("口岸管理办公室")
    ('公安', '国资', '口岸')
    """
    return root(shorten_duty(core))


def find_core(whole: str, place: str) -> str:
    """An office's name, without blanks and marks, without the place of that code and the bodies above it."""
    readings, _ = _read_office(whole)
    own = [r for r in readings if r.spelt and place in r.codes] or [r for r in readings if r.spelt]
    return min((r.core for r in own), key=len, default=whole)


def _read_places(text: str, within: tuple[str, ...] = ()) -> Iterator[_Reading]:
    """All ways to read places at the beginning of a name; some core of two characters or nothing is left."""
    for length, codes, _ in place_names.load().begin(text, within):
        rest = text[length:]
        if len(rest) != 1:
            yield _Reading(codes, place_names.choose_highest(codes), rest)
        yield from _read_places(rest, codes)


def find_places(text: str) -> tuple[str, ...]:
    """The codes of the places that a text names and nothing else: by code, in full, for short, in Latin letters."""
    whole = compact(text.rpartition("place/")[2])
    if whole in places.load().names:
        return (whole,)
    if whole.isascii():
        codes, left = place_names.find_latin(_LATIN.findall(strip_marks(flatten(text))))
        return () if left else codes
    found = [r.chosen for r in _read_places(whole) if not r.core and r.chosen]
    return tuple(dict.fromkeys(found))


def _read_office(text: str) -> tuple[list[_Reading], str]:
    """The ways to read an office's name, and the level that it says in place of a place, or ""."""
    before = ""
    for name, short in ABOVE:
        if text.startswith(name):
            text, before = text[len(name) :], short
            break
    readings = [_find_branch(r) for r in _read_places(text)]
    level = ""
    if not readings:
        match = _LEVEL.match(text)
        level = match["level"] if match else ""
        readings = [_Reading((), "", text[match.end() :] if match else text)]
        readings += [
            _Reading(c, "", text[n:], False) for n, c in place_names.load().begin_almost(text) if text[n + 1 :]
        ]
    if before:
        readings = [_Reading(r.codes, r.chosen, before + r.core, r.spelt) for r in readings]
    return readings, level


def _find_branch(reading: _Reading) -> _Reading:
    """深圳市公安局南山分局 as the 公安局 of the district."""
    match = _BRANCH.match(reading.core)
    inside = [c for _, c, _ in place_names.load().begin(match["place"], reading.codes)] if match else []
    return _Reading(inside[0], place_names.choose_highest(inside[0]), "公安局") if inside else reading


def list_keys(kind: str, names: Sequence[str], place: str, code: str = "") -> tuple[str, ...]:
    """The keys of a thing: of a class, by its names. ``place`` is the GB/T 2260 code of an office's place.

    ``code`` is that of the thing itself where it is a place.
    """
    keys: dict[str, None] = {}
    for name in names:
        whole = compact(name)
        if whole and not is_self_reference(name):
            keys[_key("n", "", whole)] = None
            if kind in _KINDS_WITH_PLACE:
                keys |= dict.fromkeys(_list_office_keys(whole, place))
            if whole.isdigit():
                keys[_key("k", "", whole)] = None
    if kind == "Place" and code:
        keys[_key("p", code, "")] = None
    return tuple(keys)


def _list_office_keys(whole: str, place: str) -> Iterator[str]:
    readings, _ = _read_office(whole)
    own = [r for r in readings if r.spelt and place in r.codes] or [r for r in readings if r.spelt]
    reading = min(own, key=lambda r: len(r.core))
    place = place or reading.chosen
    core = shorten_duty(reading.core)
    if len(core) < 2:
        return
    for spot in dict.fromkeys((place, "")):
        yield _key("o", spot, core)
        yield _key("l", spot, loosen(core))
        if len(root(core)) >= 2 or root(core) in SHORTS:
            yield _key("s", spot, root(core))
    for before in _write_place(place):
        for after in sorted({reading.core, core, re.sub(r"^人民政府(?=.{4,})", "", reading.core)}):
            yield _key("y", "" if before else "-", before + write_pinyin(after))


def list_forms(name: str, place: str) -> tuple[str, ...]:
    """What an office of a place is also called by rule: its place in full or for short before its duty in either form.

    >>> list_forms("深圳市人民政府口岸办公室", "440300")
    ('深圳市口岸办', '深圳口岸办', '深圳市口岸办公室', '深圳口岸办公室')
    """
    whole = compact(name)
    full = places.load().name(place)
    own = [r for r in _read_office(whole)[0] if r.spelt and place in r.codes]
    if not full or not own:
        return ()
    core = min((r.core for r in own), key=len)
    befores = dict.fromkeys((full, place_names.shorten(full)))
    afters = dict.fromkeys((shorten_duty(core), re.sub(r"^人民政府(?=.{4,})", "", core)))
    forms = (before + after for after in afters if len(after) >= 2 for before in befores)
    return tuple(form for form in dict.fromkeys(forms) if form != whole)


@functools.lru_cache(maxsize=4096)
def _write_place(code: str) -> tuple[str, ...]:
    """A place in pinyin: not at all, in full, for short, behind its province and city."""
    known = places.load()
    name = known.name(code)
    if not name:
        return ("",)
    chain = [write_pinyin(n) for c in (*reversed(places.above(code)), code)
             if (n := known.name(c)) and n not in places.CONTAINERS]  # fmt: skip
    return ("", *sorted({write_pinyin(name), write_pinyin(name, len(place_names.shorten(name))), "".join(chain)}))


def _key(sort: str, place: str, words: str) -> str:
    return f"{sort}:{place}:{words}"[:200]


def read_name(text: str, hints: Iterable[str] = ()) -> AskedName:
    """A name as keys. ``hints`` are codes of places that are told beside it."""
    text = text[: _LONGEST * 4]
    keys: dict[str, Key] = {}

    def add(key: str, score: float, placed: bool = True) -> None:
        if key not in keys or keys[key].score < score:
            keys[key] = Key(score, placed)

    code, rest = _split_code(text)
    if code:
        add(_key("k", "", code), CODED if not compact(rest) else EXACT)
        add(_key("n", "", code), CODED)
        add(_key("p", code, ""), CODED)
    add(_key("n", "", compact(text)), EXACT)
    named: set[str] = set()
    generic, level = False, ""
    for variant in _list_variants(rest):
        add(_key("n", "", variant), EXACT)
        if is_self_reference(variant):
            continue
        if strip_marks(variant).isascii():
            named |= _add_latin(rest, add)
        elif len(variant) <= _LONGEST:
            spots, vague, said = _add_office(variant, tuple(hints), add)
            named |= spots
            generic, level = generic or vague, level or said
    return AskedName(text, keys, frozenset(named), code, compact(rest), generic, level)


def _split_code(text: str) -> tuple[str, str]:
    """A code of three to nine digits that stands at either end of a name, and the name; "" where there is none."""
    flat = flatten(text).strip(" \t\n\u3000[](){}【】〔〕-—_:：·、,，.")
    for match in (_CODE.match(flat), *list(_CODE.finditer(flat))[-1:]):
        if match and (match.start() == 0 or match.end() == len(flat)):
            before, after = flat[: match.start()], flat[match.end() :]
            rest = before + after
            # 2023年… is a year, 1月 a date; a name that has letters on both sides of digits has no code.
            if not re.match(r"\s*[年月日.%]", after) and not (match.end() == len(flat) and _YEAR_BEHIND.search(flat)):
                return re.sub(r"\D", "", match["code"]), rest
    return "", text


def _list_variants(text: str) -> list[str]:
    """A name as it is, without what stands in brackets, with a place in brackets before it, without a year or title."""
    found = {compact(text): None}
    inside = [compact(m["inside"]) for m in _BRACKETS.finditer(text)]
    outside = compact(_BRACKETS.sub(" ", text))
    if inside and outside:
        if any(r.core == "" for w in inside for r in _read_places(w)):
            found["".join(inside) + outside] = None
        elif all(_REMARK.fullmatch(w) or naming.is_seat(w) for w in inside):
            found[outside] = None
    for name in list(found):
        # 公安局局机关 says 局 twice.
        seatless = re.sub(r"(?<=([局委厅部署院办会]))\1$", "", compact(naming.strip_seat(name)))
        bare = _YEAR_BEHIND.sub("", _YEAR.sub("", _TITLE.sub("", seatless)))
        for each in (seatless, bare):
            if len(each) >= 3:
                found[each] = None
    return [name for name in found if name]


def _add_office(whole: str, hints: tuple[str, ...], add: Callable[..., None]) -> tuple[set[str], bool, str]:
    """Adds the keys of an office's or a place's name.

    Returns the places that it names, whether it names none though many have such an office, and the level it says.
    """
    readings, level = _read_office(whole)
    named: set[str] = set()
    for reading in readings:
        for spot in reading.codes:
            sure = spot == reading.chosen and reading.spelt
            if not reading.core:
                full = places.load().name(spot) == whole or whole not in place_names.load().short
                add(_key("p", spot, ""), _PLACE_IN_FULL if full else _PLACE_FOR_SHORT)
                continue
            if sure:
                named.add(spot)
            factor = 1.0 if reading.spelt else _MISSPELT
            _add_duty(reading.core, spot, factor, 0.0 if sure else _LESS_LIKELY, add, sure)
    placeless = [r for r in readings if not r.codes]
    for reading in placeless:
        for hint in hints:
            _add_duty(reading.core, hint, _PLACELESS, 0.0, add, False)
        _add_duty(reading.core, "", _PLACELESS, 0.0, add, False)
    core = shorten_duty(placeless[0].core) if placeless else ""
    return named, bool(placeless) and (bool(level) or root(core) in SHORTS or len(core) < 6), level


def _add_duty(core: str, spot: str, factor: float, less: float, add: Callable[..., None], placed: bool) -> None:
    short = shorten_duty(core)
    if len(short) < 2:
        return
    add(_key("o", spot, short), SAME * factor - less, placed)
    add(_key("l", spot, loosen(short)), LOOSE * factor - less, placed)
    if len(root(short)) >= 2 or root(short) in SHORTS:
        add(_key("s", spot, root(short)), ALIKE * factor - less, placed)


def _add_latin(text: str, add: Callable[..., None]) -> set[str]:
    """Adds the keys of a name in Latin letters: in pinyin, and in English by duty and place."""
    letters = join_letters(text)
    if len(letters) < 3:
        return set()
    add(_key("y", "", letters), PINYIN)
    add(_key("y", "-", letters), PINYIN * _PLACELESS, False)
    words = _LATIN.findall(strip_marks(flatten(text)))
    codes, left = place_names.find_latin(words)
    chosen = place_names.choose_highest(codes)
    if codes and not left:
        for spot in codes:
            add(_key("p", spot, ""), _PLACE_FOR_SHORT)
    for duty in _find_duties(left):
        for spot in codes or ("",):
            sure = bool(spot) and spot == chosen
            factor = 1.0 if spot else _PLACELESS
            add(_key("s", spot, duty), ENGLISH * factor - (0.0 if sure or not spot else _LESS_LIKELY), sure)
    return {chosen} - {""}


def _find_duties(words: Sequence[str]) -> tuple[str, ...]:
    own = frozenset(singular(w) for w in words if w not in ENGLISH_BODIES and singular(w) not in ENGLISH_BODIES)
    if not own:
        return ("政府",) if "government" in words else ()
    return _duties_by_words().get(own, ())


@functools.cache
def _duties_by_words() -> dict[frozenset[str], tuple[str, ...]]:
    found: dict[frozenset[str], tuple[str, ...]] = {}
    for duty in DUTIES:
        for phrase in duty.english:
            own = frozenset(singular(w) for w in phrase.split() if singular(w) not in ENGLISH_BODIES)
            if own:
                found[own] = tuple(dict.fromkeys((*found.get(own, ()), root(duty.short))))
    return found
