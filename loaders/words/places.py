"""Places of the People's Republic: the GB/T 2260 code of the place that an office's name or a text points to.

The names come from ``ontology/places.ttl``, those of divisions that ended from ``places-former.ttl``. The levels are in
the code itself: ``440000`` a province, ``440300`` a prefecture, ``440305`` a county.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pyoxigraph

from loaders.errors import StoreError
from loaders.resources import find_ontology_folder

LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
#: administrative endings that short names leave out
ENDING = re.compile(r"(?:(?:[\u4e00-\u9fff]{1,3}族)*自治[区州县旗]|特别行政区|省|市|地区|盟|州|林区|新区|区|县|旗)$")
ABOLISHED = "https://w3id.org/gongkai/ontology#abolishedIn"
#: rows that hold no place of their own
CONTAINERS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
#: no budget of an earlier year is published, so a division that ended before is none that a document can be of
EARLIEST = 2008


@dataclass(frozen=True, slots=True)
class Places:
    """Names and codes of places. ``by_name`` holds full names; a county's name may belong to several codes."""

    names: dict[str, str]
    by_name: dict[str, tuple[str, ...]]
    by_short: dict[str, str]

    def find(self, label: str, text: str = "") -> str:
        """The code of the place that ``label`` begins with, or "".

        The longest name wins, and a county is looked for behind its city: 深圳市南山区… is 440305. A county's name that
        several cities share is decided by which of those cities ``text`` names most, or left open.
        """
        rest = re.sub(r"^(?:中国共产党|中共|共青团)", "", label)
        found = ""
        while True:
            code, length = self._begin(rest, found, text)
            if not code or code == found:
                return found
            found, rest = code, rest[length:]

    def _begin(self, label: str, within: str, text: str) -> tuple[str, int]:
        for length in range(min(len(label) - 1, 14), 1, -1):
            codes = [c for c in self.by_name.get(label[:length], ()) if is_within(c, within)]
            if len(codes) == 1:
                return codes[0], length
            if codes:
                counts = {c: sum(text.count(self.names[p]) for p in above(c) if p in self.names) for c in codes}
                best = max(counts, key=lambda c: counts[c])
                if counts[best] and list(counts.values()).count(counts[best]) == 1:
                    return best, length
                return "", 0
        if not within:
            for length in range(min(len(label) - 1, 6), 1, -1):
                code = self.by_short.get(label[:length], "")
                if code:
                    return code, length
        return "", 0

    def name(self, code: str) -> str:
        """The full name of the place with this code, or ""."""
        return self.names.get(code, "")


def above(code: str) -> list[str]:
    """The codes of the prefecture and the province that a code lies in."""
    return [c for c in (code[:4] + "00", code[:2] + "0000") if c != code]


def is_within(code: str, place: str) -> bool:
    """Whether ``code`` lies strictly inside ``place``; every place lies inside ""."""
    stem = re.sub(r"(?:00)+$", "", place)
    return not place or (code != place and code.startswith(stem))


@functools.cache
def load() -> Places:
    """The places of the ontology, read once.

    Raises :class:`loaders.errors.StoreError` if ``places.ttl`` or ``places-former.ttl`` is missing or is not Turtle.
    """
    names, _ = _read("places.ttl")
    former, ended = _read("places-former.ttl")
    return index(names, {code: name for code, name in former.items() if ended[code] >= EARLIEST})


def _read(file: str) -> tuple[dict[str, str], dict[str, int]]:
    """The names of the places in a file, and the years in which they ended, by code."""
    path = find_ontology_folder() / file
    names: dict[str, str] = {}
    ended: dict[str, int] = {}
    try:
        for triple in pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.TURTLE):
            subject, predicate, value = triple.subject, triple.predicate, triple.object
            if not isinstance(value, pyoxigraph.Literal) or predicate.value not in (LABEL, ABOLISHED):
                continue
            found = re.search(r"/place/(\d{6})$", str(getattr(subject, "value", "")))
            if found and predicate.value == ABOLISHED:
                ended[found.group(1)] = int(value.value)
            elif found and value.language == "zh":
                names[found.group(1)] = value.value
    except (OSError, SyntaxError) as error:
        raise StoreError(str(path), f"the list of places cannot be read: {error}", "Reinstall Gongkai.") from error
    return names, ended


def index(names: dict[str, str], former: Mapping[str, str] = MappingProxyType({})) -> Places:
    """The places with these codes and full names.

    ``former`` are divisions that ended. One is found by its name only where that is long enough to be nothing else and
    no division of today, nor another that ended, bears it.
    """
    by_name: dict[str, list[str]] = {}
    by_short: dict[str, str] = {}
    for code, name in sorted(names.items()):
        if name in CONTAINERS:
            continue
        by_name.setdefault(name, []).append(code)
        short = ENDING.sub("", name)
        if code.endswith("00") and len(short) >= 2 and short != name:
            by_short.setdefault(short, code)
    # of a municipality's own row and a prefecture row of the same name, the province stands for the place
    kept = {n: tuple(c for c in cs if not set(above(c)) & set(cs)) for n, cs in by_name.items()}
    borne = Counter(former.values())
    kept |= {n: (c,) for c, n in former.items() if n not in kept and borne[n] == 1 and len(n) > 2}
    return Places({**former, **names}, kept, by_short)
