"""Conclusions across documents, drawn when a store is built: what changed between the years of one agency.

Nothing here is stated by a document. Every conclusion is in a graph of its own, says that it is inferred, from which
documents, and how strong the likeness is on which it rests.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import pairwise
from typing import cast

from pyoxigraph import Literal, NamedNode, Store

from loaders.graph.iris import ORG, OWL, PROV, RDF, RDFS, XSD, Iris, digest
from loaders.words.normalise import normalise

#: from this likeness on two names are one division renamed, two wordings one duty; below the third nothing is like
RENAMED, SAME_DUTY, RESEMBLES = 0.6, 0.75, 0.3
#: a document that names fewer divisions may not list all
FEWEST = 3
_ENDING = re.compile(r"(?:办公室|处|科|室|部|组|中心|局|股)$")
_BRACKETS = re.compile(r"[（(].*?[）)]")
_NUMBER_BRACKETS = re.compile(r"[〔\[【(（〕\]】)）]")


@dataclass
class _Unit:
    """A division or a duty as the documents of an agency attest it."""

    node: NamedNode
    label: str
    functions: str = ""
    documents: set[NamedNode] = field(default_factory=set)


Statement = tuple[NamedNode, NamedNode, NamedNode | Literal]


def group_units(store: Store, iris: Iris) -> dict[NamedNode, list[NamedNode]]:
    """The divisions and duties in ``store`` by the agency that they are of, sorted."""
    found: dict[NamedNode, list[NamedNode]] = defaultdict(list)
    for name in ("Division", "Duty"):
        for quad in store.quads_for_pattern(None, RDF("type"), iris.gk(name), None):
            owner = _find_owner(store, iris, cast(NamedNode, quad.subject))
            if owner is not None:
                found[owner].append(cast(NamedNode, quad.subject))
    return dict(sorted(found.items(), key=lambda item: item[0].value))


def compare_agency(store: Store, iris: Iris, agency: NamedNode, units: Iterable[NamedNode]) -> Iterator[Statement]:
    """The conclusions about one agency. ``units`` are nodes among which all its divisions and duties are."""
    years: dict[NamedNode, int] = {}
    nodes = sorted(set(units), key=lambda n: n.value)
    divisions = _read_units(store, iris, "Division", agency, nodes)
    for (before, early), (after, late) in pairwise(_by_year(store, iris, divisions, years, FEWEST)):
        yield from _compare_divisions(iris, agency, before, early, after, late)
    duties = _read_units(store, iris, "Duty", agency, nodes)
    for (before, early), (after, late) in pairwise(_by_year(store, iris, duties, years, 1)):
        yield from _compare_duties(iris, agency, before, early, after, late)


def _find_owner(store: Store, iris: Iris, node: NamedNode) -> NamedNode | None:
    owners = (q.object for q in store.quads_for_pattern(node, iris.gk("agency"), None, None))
    return min((o for o in owners if isinstance(o, NamedNode)), key=lambda o: o.value, default=None)


def _read_units(store: Store, iris: Iris, cls: str, agency: NamedNode, nodes: Iterable[NamedNode]) -> list[_Unit]:
    kind = iris.gk(cls)
    units = []
    for node in nodes:
        is_one = any(True for _ in store.quads_for_pattern(node, RDF("type"), kind, None))
        labels = _list_words(store, node, RDFS("label")) if is_one else []
        if labels and _find_owner(store, iris, node) == agency:
            unit = _Unit(node, labels[0], "".join(_list_words(store, node, iris.gk("functionText"))))
            attested = store.quads_for_pattern(node, iris.gk("attestedIn"), None, None)
            unit.documents |= {cast(NamedNode, q.object) for q in attested}
            units.append(unit)
    return units


def _list_words(store: Store, node: NamedNode, predicate: NamedNode) -> list[str]:
    return sorted({cast(Literal, q.object).value for q in store.quads_for_pattern(node, predicate, None, None)})


def _by_year(
    store: Store, iris: Iris, units: list[_Unit], years: dict[NamedNode, int], fewest: int
) -> list[tuple[int, dict[str, _Unit]]]:
    """The units attested for each year that has enough of them, by their normalised label; ``years`` are remembered."""
    found: dict[int, dict[str, _Unit]] = defaultdict(dict)
    for unit in units:
        for document in unit.documents:
            if document not in years:
                stated = _list_words(store, document, iris.gk("year"))
                years[document] = int(stated[0]) if stated else 0
            if years[document]:
                found[years[document]][normalise(unit.label)] = unit
    return [(year, named) for year, named in sorted(found.items()) if len(named) >= fewest]


def _compare_divisions(
    iris: Iris, agency: NamedNode, before: int, early: dict[str, _Unit], after: int, late: dict[str, _Unit]
) -> Iterator[Statement]:
    gone = [u for name, u in early.items() if name not in late]
    come = [u for name, u in late.items() if name not in early]
    likeness = {(a.node, b.node): _liken_divisions(a, b) for a in gone for b in come}
    pairs = _pair(gone, come, likeness, RENAMED)
    for a, b, how_like in pairs:
        yield from _event(iris, agency, "renamed", before, after, a, b, how_like, None)
    taken = {a.node for a, _, _ in pairs} | {b.node for _, b, _ in pairs}
    for a in gone:
        if a.node not in taken:
            yield from _event(iris, agency, "closed", before, after, a, None, *_nearest(a, come, likeness, False))
    for b in come:
        if b.node not in taken:
            yield from _event(iris, agency, "created", before, after, None, b, *_nearest(b, gone, likeness, True))


def _pair(
    left: list[_Unit], right: list[_Unit], likeness: dict[tuple[NamedNode, NamedNode], float], least: float
) -> list[tuple[_Unit, _Unit, float]]:
    """The pairs that are each other's best, from the likeliest on."""
    pairs: list[tuple[_Unit, _Unit, float]] = []
    taken: set[NamedNode] = set()
    ranked = sorted(
        ((likeness[a.node, b.node], a, b) for a in left for b in right),
        key=lambda row: (-row[0], row[1].node.value, row[2].node.value),
    )
    for how_like, a, b in ranked:
        if how_like >= least and a.node not in taken and b.node not in taken:
            taken |= {a.node, b.node}
            pairs.append((a, b, how_like))
    return pairs


def _nearest(
    unit: _Unit, others: list[_Unit], likeness: dict[tuple[NamedNode, NamedNode], float], reverse: bool
) -> tuple[float | None, _Unit | None]:
    ranked = [(likeness[(o.node, unit.node) if reverse else (unit.node, o.node)], o) for o in others]
    best = max(ranked, key=lambda row: (row[0], row[1].node.value), default=None)
    return (best[0], best[1]) if best is not None and best[0] >= RESEMBLES else (None, None)


def _liken_divisions(a: _Unit, b: _Unit) -> float:
    """How alike two divisions are, 0 to 1: by their names, and by their functions where both are published."""
    names = SequenceMatcher(None, _core(a.label), _core(b.label), autojunk=False).ratio()
    if not a.functions or not b.functions:
        return names
    return 0.5 * names + 0.5 * _liken_texts(a.functions, b.functions)


def _core(label: str) -> str:
    return _ENDING.sub("", _BRACKETS.sub("", normalise(label)))


def _liken_texts(a: str, b: str) -> float:
    """The share of adjacent pairs of characters that two texts have in common."""
    left, right = ({t[i : i + 2] for i in range(len(t) - 1)} for t in (normalise(a), normalise(b)))
    return 2 * len(left & right) / (len(left) + len(right)) if left and right else 0.0


def _event(
    iris: Iris,
    agency: NamedNode,
    kind: str,
    before: int,
    after: int,
    gone: _Unit | None,
    come: _Unit | None,
    how_like: float | None,
    candidate: _Unit | None,
) -> Iterator[Statement]:
    gk = iris.gk
    names = (gone.label if gone else "", come.label if come else "")
    node = iris.thing(f"change-event/{digest(agency.value, kind, str(before), str(after), *names)}")
    words = {
        "renamed": (f"{names[0]} → {names[1]}", f"名称相近，{before} 年有“{names[0]}”而无“{names[1]}”，{after} 年相反"),
        "closed": (names[0], f"{before} 年的文件列有“{names[0]}”，{after} 年的没有"),
        "created": (names[1], f"{after} 年的文件列有“{names[1]}”，{before} 年的没有"),
    }
    english = {
        "renamed": f"by likeness of names and functions: listed as the first in {before}, as the second in {after}",
        "closed": f"listed in {before} and not in {after}",
        "created": f"listed in {after} and not in {before}",
    }
    yield node, RDF("type"), gk("DivisionChange")
    yield node, RDF("type"), ORG("ChangeEvent")
    yield node, RDFS("label"), Literal(words[kind][0], language="zh")
    yield node, gk("eventKind"), Literal(kind)
    yield node, gk("agency"), agency
    yield node, gk("yearBefore"), _integer(before)
    yield node, gk("year"), _integer(after)
    for unit, role in ((gone, "originalOrganization"), (come, "resultingOrganization")):
        if unit is not None:
            yield node, ORG(role), unit.node
            for document in sorted(unit.documents, key=lambda d: d.value):
                yield node, PROV("wasDerivedFrom"), document
    if how_like is not None:
        yield node, gk("similarity"), _decimal(how_like)
    if candidate is not None:
        yield node, gk("candidate"), candidate.node
    yield from _mark(node, iris, words[kind][1], english[kind])


def _compare_duties(
    iris: Iris, agency: NamedNode, before: int, early: dict[str, _Unit], after: int, late: dict[str, _Unit]
) -> Iterator[Statement]:
    gk = iris.gk
    gone = [u for name, u in early.items() if name not in late]
    come = [u for name, u in late.items() if name not in early]
    likeness = {
        (a.node, b.node): SequenceMatcher(None, normalise(a.label), normalise(b.label), autojunk=False).ratio()
        for a in gone
        for b in come
    }
    for a, b, how_like in _pair(gone, come, likeness, SAME_DUTY):
        node = iris.thing(f"duty-match/{digest(a.node.value, b.node.value)}")
        yield node, RDF("type"), gk("DutyMatch")
        yield node, RDFS("label"), Literal(b.label, language="zh")
        yield node, gk("agency"), agency
        yield node, gk("earlier"), a.node
        yield node, gk("later"), b.node
        yield node, gk("yearBefore"), _integer(before)
        yield node, gk("year"), _integer(after)
        yield node, gk("similarity"), _decimal(how_like)
        yield node, gk("textDifference"), Literal(tell_difference(a.label, b.label))
        yield b.node, gk("continues"), a.node
        for document in sorted(a.documents | b.documents, key=lambda d: d.value):
            yield node, PROV("wasDerivedFrom"), document
        yield from _mark(
            node, iris, f"{before} 年与 {after} 年的文字相近", f"by likeness of wording in {before} and {after}"
        )


def tell_difference(before: str, after: str) -> str:
    """Two wordings as one, with what went as ``[-…-]`` and what came as ``{+…+}``; white space does not count.

    >>> tell_difference("法规和政策。起草", "法规和政策；起草")
    '法规和政策[-。-]{+;+}起草'
    """
    a, b = normalise(before), normalise(after)
    parts = []
    for tag, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal":
            parts.append(a[i:j])
            continue
        parts.append((f"[-{a[i:j]}-]" if j > i else "") + (f"{{+{b[k:m]}+}}" if m > k else ""))
    return "".join(parts)


def group_instruments(store: Store, iris: Iris) -> dict[str, set[NamedNode]]:
    """The instruments cited in ``store`` by their numbers as :func:`plain_number` gives them."""
    numbered: dict[str, set[NamedNode]] = defaultdict(set)
    for quad in store.quads_for_pattern(None, RDF("type"), iris.gk("Citation"), None):
        node = cast(NamedNode, quad.subject)
        for words in _list_words(store, node, iris.gk("number")):
            numbered[plain_number(words)].add(node)
    return numbered


def plain_number(words: str) -> str:
    """The number of an instrument without the brackets around its year, of which there are many kinds."""
    return _NUMBER_BRACKETS.sub("", normalise(words))


def unite_instruments(same: Iterable[NamedNode]) -> Iterator[Statement]:
    """One document cites an instrument by title and number, another by its number alone: they are the same."""
    ordered = sorted(same, key=lambda n: n.value)
    for other in ordered[1:]:
        yield ordered[0], OWL("sameAs"), other


def _mark(node: NamedNode, iris: Iris, zh: str, en: str) -> Iterator[Statement]:
    yield node, iris.gk("inferred"), Literal("true", datatype=XSD("boolean"))
    yield node, iris.gk("inference"), Literal(zh, language="zh")
    yield node, iris.gk("inference"), Literal(en, language="en")


def _integer(value: int) -> Literal:
    return Literal(str(value), datatype=XSD("integer"))


def _decimal(value: float) -> Literal:
    return Literal(f"{value:.2f}", datatype=XSD("decimal"))
