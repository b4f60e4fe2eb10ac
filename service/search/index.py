"""The search index of one snapshot: a tantivy index beside a small list of what questions can name."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import tantivy

from service.search.entries import PASSAGE, ChangedEntries, SearchEntry
from service.search.folding import compact
from service.search.terms import SearchTerm, find_terms, list_terms, select_terms

#: Changes whenever an index made before would be read wrongly.
EDITION = 5
_WRITER_BYTES = 60_000_000
#: From this share of replaced entries on the whole index is made anew, so that they weigh little.
_MOST_REPLACED = 0.25
_NAMED = "named.json"
#: Kinds whose members a question may name as a whole; they are few, and kept in memory.
NAMED = frozenset({"Agency", "Service", "Topic", "Port", "Place", "FunctionCode", "EconomicCode",
                   "GovernmentEconomicCode", "Document"})  # fmt: skip
#: How many of the best by frequency are judged by what they cover.
_JUDGED = 60
#: A name counts more than other text.
_NAME_BOOST = 3.0
#: What naming a service counts, as a share of the question, however it is worded; and before that, in the search.
_OF_LINKED, _LINK_BOOST = 0.7, 20.0
#: How far what is of an office or a year that is asked for goes before other things: in the search, and in the score.
_FAVOUR = 12.0
_OFFICE, _YEAR = 0.25, 0.15
#: What a term counts that stands in the heading above a passage only.
_IN_HEADING = 0.4
#: Least share of a question, or of a name, that has to be found.
_LEAST_OF_QUESTION = 0.5
_LEAST_OF_NAME = 0.6
_LEAST_BESIDE_NAME = 0.2


#: Values of the fields ``agency`` (IRIs), ``year`` and ``place`` (codes of GB/T 2260).
Favoured = Mapping[str, Collection[str]]


@dataclass(frozen=True, slots=True)
class Hit:
    """What was found: the entry, how well it fits (0 to 1), which terms of the question it holds."""

    entry: SearchEntry
    score: float
    terms: tuple[str, ...]


_FIELDS = tuple(field.name for field in fields(SearchEntry))


def _make_schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("name", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("text", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("kind", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("service", tokenizer_name="raw", index_option="basic")
    for name in ("agency", "year"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    # What things are found by when someone gives their name, beside the words in it.
    for name in ("key", "place", "iri"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    # Of passages only: with it they are found to be replaced.
    builder.add_text_field("document", tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("data", stored=True, indexed=False)
    return builder.build()


def make_index(entries: Iterable[SearchEntry], folder: Path) -> int:
    """Writes the index of some entries into an empty folder; returns how many there are."""
    place = folder / "index"
    place.mkdir(parents=True)
    index = _open(place)
    writer = index.writer(heap_size=_WRITER_BYTES, num_threads=1)
    named: list[dict[str, object]] = []
    count = 0
    for entry in entries:
        _add(writer, entry)
        count += 1
        if entry.kind in NAMED:
            named.append(_as_row(entry))
    writer.commit()
    writer.wait_merging_threads()
    _write_named(folder, named)
    return count


def grow_index(last: Path, changed: ChangedEntries, folder: Path) -> bool:
    """Writes an index into an empty folder that is ``last`` but for what changed; False if too much has.

    Its files are those of ``last`` (hard links): tantivy never changes a file, and replaces the list of them. What was
    replaced goes on counting in how frequent a word is, until tantivy rewrites the file that holds it; scores may
    differ by that from those of an index of the same entries made at once.
    """
    place = folder / "index"
    place.mkdir(parents=True)
    for path in (last / "index").iterdir():
        if not path.name.endswith(".lock"):
            _link(path, place / path.name)
    index = _open(place)
    before = index.searcher().num_docs
    writer = index.writer(heap_size=_WRITER_BYTES, num_threads=1)
    for field, values in (("iri", changed.things), ("document", changed.documents)):
        for value in values:
            writer.delete_documents_by_term(field, value)
    rows = json.loads((last / _NAMED).read_text(encoding="utf-8"))
    named = {row["iri"]: row for row in rows if row["iri"] not in changed.things}
    for entry in changed.list_new():
        _add(writer, entry)
        if entry.kind in NAMED:
            named[entry.iri] = _as_row(entry)
    writer.commit()
    writer.wait_merging_threads()
    order = {kind: number for number, kind in enumerate(changed.kinds)}
    _write_named(folder, sorted(named.values(), key=lambda row: (order[str(row["kind"])], str(row["iri"]))))
    index.reload()
    return _count_replaced(place, index) <= _MOST_REPLACED * max(before, 1)


def _link(path: Path, other: Path) -> None:
    try:
        other.hardlink_to(path)
    except OSError:
        # Not every disk has links.
        shutil.copyfile(path, other)


def _count_replaced(place: Path, index: tantivy.Index) -> int:
    """How many entries the files hold that are no longer any."""
    segments = json.loads((place / "meta.json").read_text(encoding="utf-8"))["segments"]
    return int(sum(segment["max_doc"] for segment in segments)) - index.searcher().num_docs


def _add(writer: tantivy.IndexWriter, entry: SearchEntry) -> None:
    data = json.dumps(_as_row(entry), ensure_ascii=False, separators=(",", ":"))
    document = tantivy.Document()
    document.add_text("name", " ".join(t for name in entry.names for t in list_terms(name)))
    document.add_text("text", " ".join(list_terms(f"{entry.label}\n{entry.text}")))
    document.add_text("kind", entry.kind)
    document.add_text("agency", entry.agency)
    for year in entry.years:
        document.add_text("year", str(year))
    for service in {link[0] for link in entry.links}:
        document.add_text("service", service)
    for key in entry.keys:
        document.add_text("key", key)
    if entry.place:
        document.add_text("place", entry.place)
    document.add_text("iri", entry.iri)
    if entry.kind == PASSAGE:
        document.add_text("document", entry.document)
    document.add_bytes("data", data.encode("utf-8"))
    writer.add_document(document)


def _as_row(entry: SearchEntry) -> dict[str, object]:
    """An entry by its fields' names. (``asdict`` copies what is in them too: two thirds of the time of an index.)"""
    return {name: getattr(entry, name) for name in _FIELDS}


def _write_named(folder: Path, rows: list[dict[str, object]]) -> None:
    (folder / _NAMED).write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")


def _open(place: Path) -> tantivy.Index:
    index = tantivy.Index(_make_schema(), path=str(place))
    tokenizer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer("whitespace", tokenizer)
    return index


class Index:
    """A finished index, open for reading. ``named`` are the entries of the kinds that questions name."""

    def __init__(self, folder: Path) -> None:
        self._index = _open(folder / "index")
        self._schema = self._index.schema
        self._searcher = self._index.searcher()
        rows = json.loads((folder / _NAMED).read_text(encoding="utf-8"))
        self.named = tuple(_read_entry(row) for row in rows)
        self.size = self._searcher.num_docs

    def find(
        self,
        words: str,
        kinds: Sequence[str],
        limit: int,
        services: Sequence[str] = (),
        agencies: Collection[str] = (),
        years: Collection[int] = (),
    ) -> list[Hit]:
        """The best entries of some kinds for some words, best first; none if the words hold nothing to look for.

        ``services`` are IRIs of services: passages that name one of them are found in whatever words they do. What is
        of one of the ``agencies`` or ``years`` is looked for first, and gains in score.
        """
        asked = find_terms(words)
        weights = {t.text: self._weigh(t.text) for t in asked}
        if not weights:
            return []
        any_term = [
            (tantivy.Occur.Should, query)
            for text, weight in weights.items()
            for query in (self._term("name", text, weight * _NAME_BOOST), self._term("text", text, weight))
        ]
        for service in services:
            any_term.append((tantivy.Occur.Should, self._term("service", service, _LINK_BOOST)))
        parts = [(tantivy.Occur.Must, tantivy.Query.boolean_query(any_term)), (tantivy.Occur.Must, self._of(kinds))]
        parts += [(tantivy.Occur.Should, self._term("agency", agency, _FAVOUR)) for agency in agencies]
        parts += [(tantivy.Occur.Should, self._term("year", str(year), _FAVOUR / 2)) for year in years]
        query = tantivy.Query.boolean_query(parts)
        found = self._searcher.search(query, limit=max(_JUDGED, limit)).hits
        entries = [
            (score, _read_entry(json.loads(bytes(self._searcher.doc(place)["data"][0])))) for score, place in found
        ]
        best = max((score for score, _ in entries), default=1.0) or 1.0
        whole = compact(words)
        judged = (_judge(entry, weights, whole, score / best, services) for score, entry in entries)
        hits = [
            replace(hit, score=round(hit.score + _OFFICE * (hit.entry.agency in agencies)
                                     + _YEAR * bool(set(years) & set(hit.entry.years)), 4))
            for hit in judged
            if hit is not None
        ]  # fmt: skip
        hits.sort(key=lambda h: (-h.score, len(h.entry.label), h.entry.iri))
        return hits[:limit]

    def find_by_key(
        self, keys: Sequence[str], kinds: Sequence[str], limit: int, favoured: Favoured | None = None
    ) -> list[SearchEntry]:
        """Things of some kinds that have one of the keys, those that have rarer ones first.

        What has one of the ``favoured`` values goes before other things.
        """
        any_key = [(tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "key", key)) for key in keys]
        return self._list_any(any_key, kinds, limit, favoured or {})

    def find_alike(
        self, name: str, kinds: Sequence[str], limit: int, favoured: Favoured | None = None
    ) -> list[SearchEntry]:
        """Things of some kinds whose names have most characters and words in common with a name; as above."""
        any_term = [(tantivy.Occur.Should, self._term("name", t, 1.0)) for t in dict.fromkeys(list_terms(name))]
        return self._list_any(any_term, kinds, limit, favoured or {})

    def _list_any(
        self, any_of: list[tuple[tantivy.Occur, tantivy.Query]], kinds: Sequence[str], limit: int, favoured: Favoured
    ) -> list[SearchEntry]:
        if not any_of or not kinds:
            return []
        parts = [(tantivy.Occur.Must, tantivy.Query.boolean_query(any_of)), (tantivy.Occur.Must, self._of(kinds))]
        parts += [(tantivy.Occur.Should, self._term(field, value, _FAVOUR))
                  for field, values in favoured.items() for value in values]  # fmt: skip
        found = self._searcher.search(tantivy.Query.boolean_query(parts), limit=limit).hits
        return [_read_entry(json.loads(bytes(self._searcher.doc(place)["data"][0]))) for _, place in found]

    def look_up(self, iri: str) -> SearchEntry | None:
        """The entry of an IRI, or None."""
        query = tantivy.Query.term_query(self._schema, "iri", iri)
        found = self._searcher.search(query, limit=1).hits
        return _read_entry(json.loads(bytes(self._searcher.doc(found[0][1])["data"][0]))) if found else None

    def _term(self, field: str, text: str, boost: float) -> tantivy.Query:
        return tantivy.Query.boost_query(tantivy.Query.term_query(self._schema, field, text), boost)

    def _of(self, kinds: Sequence[str]) -> tantivy.Query:
        wanted = [tantivy.Query.term_query(self._schema, "kind", kind) for kind in kinds]
        return tantivy.Query.boost_query(tantivy.Query.boolean_query([(tantivy.Occur.Should, q) for q in wanted]), 0.0)

    def _weigh(self, term: str) -> float:
        """How much a term tells: the rarer, the more. A term that nothing holds still counts as asked for."""
        seen = max(self._searcher.doc_freq(field, term) for field in ("name", "text"))
        return 1.0 + math.log((self.size + 1) / (seen + 1))


def _read_entry(row: dict[str, object]) -> SearchEntry:
    for name in ("names", "years", "keys"):
        row[name] = tuple(row[name])  # type: ignore[arg-type]
    for name in ("runs", "links"):
        row[name] = tuple(tuple(item) for item in row[name])  # type: ignore[attr-defined]
    return SearchEntry(**row)  # type: ignore[arg-type]


def _judge(
    entry: SearchEntry, weights: dict[str, float], whole: str, frequency: float, services: Sequence[str]
) -> Hit | None:
    """How well an entry fits: the share of the question that it holds, and of its best name that is asked for."""
    matched = tuple(select_terms("\n".join((*entry.names, entry.label, entry.text)), weights))
    total = sum(weights.values())
    if entry.kind == PASSAGE:
        own = set(select_terms(entry.text, matched))
        of_question = sum(weights[t] * (1.0 if t in own else _IN_HEADING) for t in matched) / total
    else:
        of_question = sum(weights[t] for t in matched) / total
    if any(link[0] in services for link in entry.links):
        of_question = max(of_question, _OF_LINKED)
    if not of_question:
        return None
    of_name = max((_share(name, weights) for name in entry.names), default=0.0)
    if of_question < _LEAST_OF_QUESTION and not (of_name >= _LEAST_OF_NAME and of_question >= _LEAST_BESIDE_NAME):
        return None
    exact = any(compact(name) == whole for name in entry.names)
    if entry.kind == PASSAGE:
        score = 0.8 * of_question + 0.2 * frequency
    else:
        score = 1.0 if exact else 0.45 * of_question + 0.4 * of_name + 0.14 * frequency
    return Hit(entry, round(score, 4), matched)


def _share(name: str, weights: dict[str, float]) -> float:
    """The share of a name's terms that are asked for."""
    terms = {t.text for t in find_terms(name)}
    return len(terms & weights.keys()) / len(terms) if terms else 0.0


def find_best_stretch(text: str, terms: Sequence[str]) -> tuple[int, int]:
    """The shortest stretch of a text that holds as many of the terms as the whole text does; (0, 0) if none."""
    wanted = set(terms)
    places: list[SearchTerm] = [t for t in find_terms(text) if t.text in wanted]
    needed = len({t.text for t in places})
    if not needed:
        return 0, 0
    best: tuple[int, int] | None = None
    counts: dict[str, int] = {}
    first = 0
    for last in places:
        counts[last.text] = counts.get(last.text, 0) + 1
        while counts[places[first].text] > 1:
            counts[places[first].text] -= 1
            first += 1
        if len(counts) == needed:
            stretch = (places[first].start, last.end)
            if best is None or stretch[1] - stretch[0] < best[1] - best[0]:
                best = stretch
    assert best is not None
    return best
