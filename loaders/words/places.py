"""Places of the People's Republic: the GB/T 2260 code of the place that an office's name or a text points to.

The names come from ``ontology/places.ttl``. The levels are in the code itself: ``440000`` a province, ``440300`` a
prefecture, ``440305`` a county.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

import pyoxigraph

from loaders.errors import StoreError
from loaders.resources import find_ontology_folder

LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
#: administrative endings that short names leave out
ENDING = re.compile(r"(?:(?:[\u4e00-\u9fff]{1,3}族)*自治[区州县旗]|特别行政区|省|市|地区|盟|州|林区|新区|区|县|旗)$")
#: rows that hold no place of their own
CONTAINERS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})


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

    Raises :class:`loaders.errors.StoreError` if ``places.ttl`` is missing or is not Turtle.
    """
    path = find_ontology_folder() / "places.ttl"
    names: dict[str, str] = {}
    try:
        for triple in pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.TURTLE):
            subject, predicate, value = triple.subject, triple.predicate, triple.object
            if predicate.value != LABEL or not isinstance(value, pyoxigraph.Literal) or value.language != "zh":
                continue
            found = re.search(r"/place/(\d{6})$", str(getattr(subject, "value", "")))
            if found:
                names[found.group(1)] = value.value
    except (OSError, SyntaxError) as error:
        raise StoreError(str(path), f"the list of places cannot be read: {error}", "Reinstall Gongkai.") from error
    return index(names)


def index(names: dict[str, str]) -> Places:
    """The places with these codes and full names."""
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
    return Places(names, kept, by_short)
