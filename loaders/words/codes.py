"""The shipped code lists as plain look-ups: names of codes, and the code that names of 类, 款 and 项 mean."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

import pyoxigraph

from loaders.resources import find_ontology_folder
from loaders.words.normalise import normalise

_NOTATION = "http://www.w3.org/2004/02/skos/core#notation"
_LABELS = frozenset(
    {
        "http://www.w3.org/2004/02/skos/core#prefLabel",
        "http://www.w3.org/2004/02/skos/core#altLabel",
        "http://www.w3.org/2004/02/skos/core#hiddenLabel",
    }
)


@dataclass(frozen=True, slots=True)
class CodeList:
    """One classification. ``names`` gives each code its names, the preferred one first."""

    names: dict[str, tuple[str, ...]]

    def matches(self, code: str, name: str) -> bool:
        """Whether ``name`` is one of the names of ``code``, apart from blanks, width and a final 支出."""
        return any(fold(name) == fold(n) for n in self.names.get(code, ()))

    def find(self, levels: tuple[str, ...]) -> str:
        """The one code whose last name is the last of ``levels`` and whose ancestors bear the others; "" if not one.

        A name above that no ancestor bears rules a code out, unless the list lacks that ancestor.
        """
        found = []
        for code, names in self.names.items():
            if len(code) != 1 + 2 * len(levels) or not any(fold(levels[-1]) == fold(n) for n in names):
                continue
            above = [code[: 1 + 2 * (i + 1)] for i in range(len(levels) - 1)]
            if all(a not in self.names or self.matches(a, name) for a, name in zip(above, levels, strict=False)):
                found.append(code)
        return found[0] if len(found) == 1 else ""


@functools.lru_cache(maxsize=16384)
def fold(name: str) -> str:
    """A name of a code without what printing varies: white space, width, quotation marks, a final 支出 or 费用."""
    flat = re.sub(r"[“”\"'（）()]", "", normalise(name))
    return re.sub(r"(?<=.{2})(?:支出|费用|费)$", "", flat)


@functools.cache
def load_codes(classification: str) -> CodeList:
    """The list ``function``, ``economic-2018``, …, as its file is named; empty if it is not shipped."""
    path = find_ontology_folder() / "codes" / f"{classification}.ttl"
    if not path.exists():
        return CodeList({})
    notations: dict[str, str] = {}
    labels: dict[str, list[str]] = {}
    for triple in pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.TURTLE):
        subject, predicate, value = str(triple.subject), triple.predicate.value, triple.object
        if not isinstance(value, pyoxigraph.Literal):
            continue
        if predicate == _NOTATION:
            notations[subject] = value.value
        elif predicate in _LABELS and value.language in ("zh", None):
            at = 0 if predicate.endswith("prefLabel") else len(labels.get(subject, []))
            labels.setdefault(subject, []).insert(at, value.value)
    return CodeList({code: tuple(labels.get(subject, ())) for subject, code in notations.items()})
