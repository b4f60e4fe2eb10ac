"""What kind of office a name says: the name without its place, in the one form that full and short names share.

Offices of all places with the same duty are of one kind, so that they can stand beside one another: 统计局, 卫健委 (a 卫生健康局
as well), 口岸办. The words are those of :mod:`loaders.words.office_words`; no office is known here.
"""

from __future__ import annotations

import functools
import re

from loaders.words import places
from loaders.words.normalise import plain
from loaders.words.office_words import ABOVE, BODIES, BODY_OF, DOING, DUTIES, ENDS, JOINTS, USUAL_BODY

_GOVERNMENT = re.compile(r"^政府(?=.{2,})")
_JOINTS = str.maketrans("", "", JOINTS)
_END_OF = dict(ENDS)
_SHORT_OF = {full: d.short for d in DUTIES for full in d.full}
_ENDS_IN_FULL, _IN_FULL = (re.compile("|".join(sorted(d, key=len, reverse=True))) for d in (_END_OF, _SHORT_OF))
_DOING = re.compile("|".join(DOING))
_BODY = re.compile(rf"(?<=.)(?:{'|'.join(BODIES)})$")
#: The duties in their short form.
SHORTS = frozenset(d.short for d in DUTIES)
#: Governments below the county, whose place is no division of GB/T 2260.
_TOWN = re.compile(r"^.{1,12}(?P<level>镇|乡|街道)(?:人民政府|政府|办事处|政府办事处)?$")
_TOWN_KINDS = {"镇": "镇政府", "乡": "乡政府", "街道": "街道办"}


@functools.lru_cache(maxsize=32768)
def shorten_duty(core: str) -> str:
    """An office's name without its place, in the one form that full and short names share.

    >>> shorten_duty("人民政府办公厅"), shorten_duty("发展和改革委员会"), shorten_duty("人民政府口岸管理办公室")
    ('政府办', '发改委', '口岸管理办')
    """
    short = _ENDS_IN_FULL.sub(lambda m: _END_OF[m.group()], core.translate(_JOINTS))
    short = _IN_FULL.sub(lambda m: _SHORT_OF[m.group()], short)
    short = re.sub(r"^市?府办$", "政府办", short)
    return _GOVERNMENT.sub("", short) or short


def loosen(core: str) -> str:
    """A short form without what an office does with its duty: 口岸管理办 as 口岸办."""
    return _DOING.sub("", re.sub(r"^委(?=.{2,})", "", core)) or core


def root(core: str) -> str:
    """A short form without the kind of its body: 口岸办 as 口岸, 中院 as it is."""
    return core if core in SHORTS else _BODY.sub("", loosen(core))


@functools.lru_cache(maxsize=32768)
def name_kind(label: str, place: str = "") -> str:
    """The kind of the office with this name in the place of this code ("" if not known).

    "" if the place is not known, for then nothing tells what of the name is its place; and if only a place is left.
    Offices of the state (国家信访局) are of the kind of those below them.

    >>> name_kind("深圳市统计局", "440300"), name_kind("岳阳市人民政府口岸管理办公室", "430600")
    ('统计局', '口岸办')
    >>> name_kind("浙江省卫生健康委员会", "330000"), name_kind("吉首市卫生健康局", "433101")
    ('卫健委', '卫健委')
    """
    core = _strip_place(plain(label).strip(), place)
    if not core:
        return ""
    town = _TOWN.match(core)
    if town:
        return _TOWN_KINDS[town["level"]]
    short = re.sub(r"^委(?=.{2,}[部办委会]$)", "", shorten_duty(core))
    for form in (short, loosen(short)):
        body = _BODY.search(form)
        duty = form[: body.start()] if body else form
        if duty in SHORTS and duty != "政府":  # a government is another kind of office than its 办公室
            return duty + BODY_OF.get(duty, USUAL_BODY if body else "")
    return short


def _strip_place(name: str, place: str) -> str:
    """A name without the bodies above it and the names of its place, in full or for short, from the province down."""
    core, before = name, ""
    for above, short in ABOVE:
        if core.startswith(above):
            core, before = core[len(above) :], short
            break
    known = places.load()
    place = place or known.find(core)
    if not place:
        return before + core.removeprefix("国家") if before or core.startswith("国家") else ""
    for code in (*reversed(places.above(place)), place):
        full = known.name(code)
        for form in (full, places.ENDING.sub("", full)):
            if len(form) >= 2 and core.startswith(form):
                core = core[len(form) :]
                break
    return before + core if core else ""
