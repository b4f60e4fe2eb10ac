"""What can be found: every thing of a snapshot that has a name, and every passage of its documents.

Read from the graph, so that what was masked there (persons, telephone numbers) is nowhere else either.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import pyoxigraph as ox

from loaders.documents import Block, Passage
from loaders.graph.iris import DCTERMS, ORG, PROV, RDF, RDFS, SKOS, Iris, Namespace
from loaders.graph.mentioned import list_mentioned
from loaders.readers.blocks import make_blocks
from loaders.words.sentences import sentences, tidy
from service.search.names import list_keys

PASSAGE = "Passage"
#: Kinds of things in the order in which answers list them; a class of the ontology that is not here comes behind.
KINDS = ("Agency", "Service", "Topic", "Project", "Document", "Duty", "Division", "Indicator", "Goal", "Assessment",
         "Port", "Citation", "Term", "FunctionCode", "EconomicCode", "GovernmentEconomicCode", "Place")  # fmt: skip
#: Classes whose members are parts of statements, not things that someone looks for by name.
_PARTS = frozenset({"Figure", "Fragment", "Finding", "LedgerEntry", "ServiceLink", "Change", "Table", "TableState",
                    "WordingPattern", "WordGroup", "Aspect", "Unit", "Phase", "DocumentKind", "Code", "RollUp",
                    "MandateLink", "DutyMatch", "Reason", "Absence", "Check", "CodeName"})  # fmt: skip
_CLASS = "http://www.w3.org/2002/07/owl#Class"
_FRAGMENT = "#char="
_PINYIN = "-pinyin"
_STRETCH = re.compile(r"(?P<document>.+)#char=(?P<start>\d+),(?P<end>\d+)")
#: A passage ends with the sentence that makes it longer than this, in characters.
_PASSAGE = 90
#: No passage is longer: a table's rows have no sentences.
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """Something that can be found. ``kind`` is the local name of its class, or ``Passage``.

    ``names`` are all it is called, ``text`` what else it is found by. ``agency`` and ``document`` are IRIs, ``place``
    a GB/T 2260 code, ``start`` and ``end`` the stretch of ``document`` that states it (0, 0 if none does). ``runs``
    says where the characters of a passage stand: from each index in ``text`` on, at which offset of the document.
    ``links`` are the services that a passage names, in whatever words, with the stretches that name them. ``keys`` are
    what its names say by rule (``names.py``).
    """

    kind: str
    iri: str
    label: str
    english: str = ""
    names: tuple[str, ...] = ()
    text: str = ""
    agency: str = ""
    document: str = ""
    place: str = ""
    years: tuple[int, ...] = ()
    start: int = 0
    end: int = 0
    runs: tuple[tuple[int, int], ...] = ()
    links: tuple[tuple[str, int, int], ...] = ()
    keys: tuple[str, ...] = ()

    def locate(self, start: int, end: int) -> tuple[int, int]:
        """The document's stretch of characters ``start`` to ``end`` of a passage's text."""
        return self._offset(start), self._offset(end - 1) + 1

    def _offset(self, index: int) -> int:
        at, offset = self.runs[bisect.bisect_right(self.runs, index, key=lambda run: run[0]) - 1]
        return offset + index - at


class _EntryReader:
    """Looks up statements of a store by predicates of ours."""

    def __init__(self, store: ox.Store, base: str) -> None:
        self.store = store
        self.gk = Namespace(f"{base}ontology#")

    def members(self, of_class: ox.NamedNode) -> list[ox.NamedNode]:
        found = self.store.quads_for_pattern(None, RDF("type"), of_class)
        nodes = {q.subject for q in found if isinstance(q.subject, ox.NamedNode)}
        return sorted((n for n in nodes if self.is_thing(n)), key=lambda n: n.value)

    def is_thing(self, node: ox.NamedNode) -> bool:
        # What lies in the ontology itself is a word of a list (a role, a level), not a thing.
        return not node.value.startswith(self.gk.base)

    def facts(self, thing: ox.NamedNode) -> dict[str, list[ox.NamedNode | ox.Literal]]:
        facts: dict[str, list[ox.NamedNode | ox.Literal]] = {}
        for quad in self.store.quads_for_pattern(thing, None, None):
            if isinstance(quad.object, ox.NamedNode | ox.Literal):
                known = facts.setdefault(quad.predicate.value, [])
                if quad.object not in known:
                    known.append(quad.object)
        # A store gives statements in an order of its own: what comes first is not to depend on that.
        return {name: sorted(known, key=str) if len(known) > 1 else known for name, known in facts.items()}

    def kinds(self) -> list[str]:
        declared = self.store.quads_for_pattern(None, RDF("type"), ox.NamedNode(_CLASS))
        classes = sorted({q.subject.value for q in declared if isinstance(q.subject, ox.NamedNode)})
        ours = [c.removeprefix(self.gk.base) for c in classes if c.startswith(self.gk.base)]
        return [*KINDS, *(k for k in ours if k not in KINDS and k not in _PARTS)]


def list_entries(store: ox.Store, base: str) -> Iterator[SearchEntry]:
    """Every entry of a store: things by kind, then the passages of each document."""
    reader = _EntryReader(store, base)
    seen: set[str] = set()
    for kind in reader.kinds():
        for thing in reader.members(reader.gk(kind)):
            # What has two of these classes is what the first one says.
            if thing.value not in seen and (entry := _read_thing(reader, kind, thing)) is not None:
                seen.add(thing.value)
                yield entry
    links = _read_links(reader, reader.members(reader.gk("ServiceLink")))
    for document in reader.members(reader.gk("Document")):
        yield from _read_passages(reader, document, links.get(document.value, []))


def list_changed(store: ox.Store, base: str, documents: Iterable[str], things: Iterable[str]) -> ChangedEntries:
    """What is found now of some documents (ids) and things (IRIs), of which something else is said than was."""
    reader, graphs = _EntryReader(store, base), [Iris(base).document(identity) for identity in documents]
    nodes = {ox.NamedNode(iri) for iri in things}
    for graph in graphs:
        nodes |= set(list_mentioned(store, graph, base))
    # Fragments are many, and no entry is of one. Figures are: superseded ones.
    nodes = {n for n in nodes if _FRAGMENT not in n.value}
    kinds = reader.kinds()
    order = {reader.gk(kind): number for number, kind in enumerate(kinds)}

    def list_new() -> Iterator[SearchEntry]:
        for node in sorted(filter(reader.is_thing, nodes), key=lambda n: n.value):
            classes = {q.object for q in store.quads_for_pattern(node, RDF("type"), None)}
            known = sorted(order[cast(ox.NamedNode, c)] for c in classes if c in order)
            # As in the list of all: the first of its classes that makes an entry of it.
            entry = next((e for n in known if (e := _read_thing(reader, kinds[n], node)) is not None), None)
            if entry is not None:
                yield entry
        for graph in graphs:
            if any(True for _ in store.quads_for_pattern(graph, RDF("type"), reader.gk("Document"))):
                links = {q.subject for q in store.quads_for_pattern(None, RDF("type"), reader.gk("ServiceLink"), graph)}
                of_document = _read_links(reader, cast("set[ox.NamedNode]", links)).get(graph.value, [])
                yield from _read_passages(reader, graph, of_document)

    return ChangedEntries(frozenset(n.value for n in nodes), frozenset(g.value for g in graphs), kinds, list_new)


@dataclass(frozen=True, slots=True)
class ChangedEntries:
    """Which entries an index has to replace, and by what. ``things`` and ``documents`` are IRIs.

    ``kinds`` are all kinds of things in the order of :func:`list_entries`; ``list_new`` gives the entries.
    """

    things: frozenset[str]
    documents: frozenset[str]
    kinds: Sequence[str]
    list_new: Callable[[], Iterator[SearchEntry]]


def _read_thing(reader: _EntryReader, kind: str, thing: ox.NamedNode) -> SearchEntry | None:
    facts, gk = reader.facts(thing), reader.gk
    if gk("abolishedIn").value in facts:
        # Its name is often a word of every kind (郊区, 新区), and no office of today lies in it.
        return None
    naming = [RDFS("label"), DCTERMS("title"), SKOS("prefLabel"), SKOS("altLabel"), SKOS("hiddenLabel"),
              SKOS("notation"), gk("number"), gk("divisionCode")]  # fmt: skip
    said = [v for p in naming for v in facts.get(p.value, []) if isinstance(v, ox.Literal) and v.value.strip()]
    # A name in pinyin with its tones is found like a text, and is none that a question is searched for.
    literals = [v for v in said if not (v.language or "").endswith(_PINYIN)]
    if not literals:
        return None
    chinese = next((v.value for v in literals if v.language == "zh"), literals[0].value)
    english = next((v.value for v in literals if v.language == "en"), "")
    describing = [gk("functionText"), gk("purpose"), SKOS("definition"), SKOS("scopeNote"), gk("criteria"),
                  gk("level1"), gk("level2"), gk("target"), gk("issuer")]  # fmt: skip
    agency = _first_iri(facts, gk("agency"), ORG("unitOf"))
    document, start, end = _find_stretch(facts)
    names = tuple(dict.fromkeys(v.value for v in literals))
    place = _first_iri(facts, gk("place")).rpartition("/")[2]
    return SearchEntry(
        kind=kind,
        iri=thing.value,
        label=chinese,
        english=english,
        names=names,
        # Where each document defines a term is no word that someone looks for: texts only.
        text="\n".join(
            dict.fromkeys(
                [v.value for v in said if v not in literals]
                + [v.value for p in describing for v in facts.get(p.value, []) if isinstance(v, ox.Literal)]
            )
        ),
        agency=agency,
        document=document or _first_iri(facts, gk("inDocument"), gk("attestedIn")),
        place=place,
        years=tuple(sorted({int(v.value) for v in facts.get(gk("year").value, []) if v.value.isdigit()})),
        start=start,
        end=end,
        keys=list_keys(kind, names, place, thing.value.rpartition("/")[2]),
    )


def _first_iri(facts: dict[str, list[ox.NamedNode | ox.Literal]], *predicates: ox.NamedNode) -> str:
    values = (v for p in predicates for v in facts.get(p.value, []))
    return next((v.value for v in values if isinstance(v, ox.NamedNode)), "")


def _find_stretch(facts: dict[str, list[ox.NamedNode | ox.Literal]]) -> tuple[str, int, int]:
    """The earliest stretch that states a thing, in the document whose IRI is first."""
    found = [_STRETCH.fullmatch(v.value) for v in facts.get(PROV("wasDerivedFrom").value, [])]
    places = sorted((m["document"], int(m["start"]), int(m["end"])) for m in found if m)
    return places[0] if places else ("", 0, 0)


def _read_links(reader: _EntryReader, nodes: Iterable[ox.NamedNode]) -> dict[str, list[tuple[str, int, int]]]:
    """For each document the services that it names, with the stretch of the wording: the shortest of the link's."""
    links: dict[str, list[tuple[str, int, int]]] = {}
    for link in sorted(nodes, key=lambda n: n.value):
        facts = reader.facts(link)
        service = _first_iri(facts, reader.gk("service"))
        found = [_STRETCH.fullmatch(v.value) for v in facts.get(PROV("wasDerivedFrom").value, [])]
        places = [(int(m["end"]) - int(m["start"]), int(m["start"]), m["document"]) for m in found if m]
        if service and places:
            length, start, document = min(places)
            links.setdefault(document, []).append((service, start, start + length))
    return links


def _read_passages(
    reader: _EntryReader, document: ox.NamedNode, links: Sequence[tuple[str, int, int]]
) -> Iterator[SearchEntry]:
    facts, gk = reader.facts(document), reader.gk
    texts = [v.value for v in facts.get(gk("text").value, []) if isinstance(v, ox.Literal)]
    years = tuple(sorted({int(v.value) for v in facts.get(gk("year").value, []) if v.value.isdigit()}))
    for text in texts[:1]:
        for passage, section in cut_passages(text):
            yield SearchEntry(
                kind=PASSAGE,
                iri=f"{document.value}#char={passage.start},{passage.end}",
                label=section,
                text=passage.text,
                agency=_first_iri(facts, gk("agency")),
                document=document.value,
                years=years,
                start=passage.start,
                end=passage.end,
                runs=tuple(_list_runs(passage.offsets)),
                links=tuple(k for k in links if k[1] < passage.end and passage.start < k[2]),
            )


def _list_runs(offsets: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    for index, offset in enumerate(offsets):
        if index == 0 or offset != offsets[index - 1] + 1:
            yield index, offset


def cut_passages(text: str) -> Iterator[tuple[Passage, str]]:
    """A document's text in passages of a few sentences or rows, each with the heading or title above it."""
    for block in make_blocks(text):
        if block.table is None:
            yield from ((p, " › ".join(block.section[-2:])) for p in _gather(sentences(tidy(block.passage))))
        else:
            yield from _cut_table(block)


def _cut_table(block: Block) -> Iterator[tuple[Passage, str]]:
    table = block.table
    assert table is not None
    title = table.title.text.strip() or " › ".join(block.section[-1:])
    if table.title:
        yield table.title, title
    gap = Passage(" ", (-1,))
    rows: list[Passage] = []
    for row in table.rows:
        cells = [tidy(cell.passage) for cell in row if cell.text.strip()]
        if cells:
            rows.append(_join(cells, gap))
    yield from ((p, title) for p in _gather(rows, gap))


def _join(parts: list[Passage], gap: Passage) -> Passage:
    """Parts with a blank between them, which takes the place of the character before it."""
    joined: list[Passage] = []
    for part in parts:
        if joined and gap:
            joined.append(Passage(gap.text, (joined[-1].offsets[-1],)))
        joined.append(part)
    return Passage.join(joined)


def _gather(pieces: list[Passage], gap: Passage | None = None) -> Iterator[Passage]:
    """Pieces joined until they are long enough; a piece that is too long is cut."""
    gathered: list[Passage] = []
    for piece in (part for p in pieces for part in _shorten(p)):
        gathered.append(piece)
        if sum(len(p.text) for p in gathered) > _PASSAGE:
            yield _join(gathered, gap or Passage("", ()))
            gathered = []
    if gathered:
        yield _join(gathered, gap or Passage("", ()))


def _shorten(passage: Passage) -> Iterator[Passage]:
    for start in range(0, len(passage.text), _LONGEST):
        yield passage.part(start, start + _LONGEST)
