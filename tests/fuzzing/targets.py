"""What strangers' bytes meet first: each a target that takes any bytes, and fails only by a defect of ours.

An error that a part declares is its answer, not a finding. What a target asserts beside that stands in its docstring.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from urllib.parse import parse_qs

import pyoxigraph as ox

from loaders.errors import DocumentError
from loaders.readers import find_reader
from loaders.settings import DEFAULT_BASE
from scripts import fuzz_readers
from service.engine.statistics import is_iri
from service.errors import BadParameter
from service.http.negotiation import GRAPHS, HTML, RESULTS, choose, find_graph, parse_weights, prefers_page
from service.http.problems import Problem
from service.linked import matching, properties
from service.queries.answers import Answers
from service.queries.catalogue import QueryCatalogue
from service.sparql.guard import Refusal, inspect, list_prefixes
from service.sparql.lookups import Lookup, find_lookup

CORPUS = Path(__file__).with_name("corpus")
_BATCH = 500
#: Libraries whose branches a fuzzer that sees coverage should see too.
LIBRARIES = ("docx", "openpyxl", "pdfminer", "pdfplumber", "xlrd")


@dataclass(frozen=True)
class Target:
    """A part that takes strangers' bytes. ``run`` raises only where it is defective; ``ours`` are the modules it tries.

    ``make_seeds`` gives inputs to begin with, beside those of the corpus.
    """

    name: str
    run: Callable[[bytes], None]
    ours: tuple[str, ...]
    make_seeds: Callable[[], list[bytes]] = list

    @property
    def folder(self) -> Path:
        """Where its part of the corpus lies."""
        return CORPUS / self.name

    def list_seeds(self) -> Iterator[tuple[str, bytes]]:
        """The names and the bytes of its corpus, and of what is made for it."""
        for path in sorted(self.folder.glob("*")):
            yield path.name, path.read_bytes()
        for number, seed in enumerate(self.make_seeds()):
            yield f"made-{number}", seed


_EMPTY = ox.Store()


def _hold(*truths: object) -> None:
    """Fails unless all hold."""
    assert all(truths), truths


def try_guard(data: bytes) -> None:
    """A query is refused by a rule, with a place and a remedy in both languages, or passes."""
    try:
        inspect(data.decode("utf-8", "surrogateescape"))
    except Refusal as refusal:
        _hold(refusal.rule, refusal.problem, refusal.remedy, *refusal.zh)


def try_lookup(data: bytes) -> None:
    """What is answered past guard and engine is what both would take, with the engine's columns."""
    query = data.decode("utf-8", "replace")
    found = find_lookup(query)
    if found is None:
        return
    places = found.pattern if isinstance(found, Lookup) else (found.of,)
    if not all(is_iri(place) for place in places if place and place[0] != "?"):
        return  # where statements are read or counts are looked up, it is left to the engine
    _hold(not inspect(query).has_service)
    answer = _EMPTY.query(query, base_iri="http://localhost/", use_default_graph_as_union=True)
    if isinstance(answer, ox.QuerySolutions):
        columns = found.names if isinstance(found, Lookup) else [name for name in (found.key, found.name) if name]
        _hold([variable.value for variable in answer.variables] == [name.removeprefix("?") for name in columns])


def try_accept(data: bytes) -> None:
    """A header chooses one of the forms offered or none, with weights between 0 and 1."""
    header = data.decode("latin-1")
    assert all(0.0 <= weight <= 1.0 for weight in parse_weights(header).values())
    for offered in (RESULTS, (HTML, *GRAPHS)):
        chosen = choose(header, offered)
        assert chosen is None or chosen in offered
    assert prefers_page(header) in (True, False)
    assert find_graph(header) in (None, *GRAPHS)


def _read_field(data: bytes, name: str) -> str:
    """The first value of a field of a form, as the service reads it; the text itself if it is no form of it."""
    text = data.decode("utf-8", "replace")
    try:
        return parse_qs(text, max_num_fields=100).get(name, [text])[0]
    except ValueError:
        return text


def try_reconcile(data: bytes) -> None:
    """A batch is refused as a whole, or each of its queries can be asked and told as JSON of UTF-8."""
    try:
        asked = matching.read_batch(_read_field(data, "queries"), _BATCH, DEFAULT_BASE)
    except Problem as problem:
        _hold(problem.status in (400, 413), str(problem).encode("utf-8"))
        return
    for key, each in asked.items():
        assert each.limit >= 1
        json.dumps({key: asdict(each)}, ensure_ascii=False, allow_nan=False).encode("utf-8")


_NAMED = properties.Properties(cast(Answers, SimpleNamespace(prefixes=partial(list_prefixes, DEFAULT_BASE))), "")


def try_extend(data: bytes) -> None:
    """A request for values is refused, or names things and properties that can be told as JSON of UTF-8."""
    try:
        found = properties._read_request(_read_field(data, "extend"), _BATCH)
    except Problem as problem:
        _hold(problem.status in (400, 413))
        return
    assert min(found[1].values(), default=0) >= 0
    for name in found[1]:
        with suppress(Problem):
            _NAMED.resolve(name)
    json.dumps(found, ensure_ascii=False, allow_nan=False).encode("utf-8")


@lru_cache(maxsize=1)
def _catalogue() -> QueryCatalogue:
    return QueryCatalogue.load()


def try_parameters(data: bytes) -> None:
    """Values for a canned query (its name, then a form) are refused, or make a query that the engine reads and that
    calls nobody, however they are quoted."""
    name, _, form = data.decode("utf-8", "replace").partition("\n")
    queries = _catalogue().list_all()
    query = next((q for q in queries if q.name == name), queries[len(name) % len(queries)])
    try:
        given = parse_qs(form, keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return
    try:
        filled = query.fill(given, {})
    except BadParameter as error:
        str(error).encode("utf-8")
        return
    _EMPTY.query(filled, base_iri=DEFAULT_BASE, use_default_graph_as_union=True)
    assert not inspect(filled).has_service


def _make_reader(form: str) -> Callable[[bytes], None]:
    place = Path(tempfile.gettempdir(), f"gongkai-fuzz-{os.getpid()}.{form}")

    def read(data: bytes) -> None:
        """A file becomes a document of text that UTF-8 can write, with spans inside it, or one of our errors."""
        place.write_bytes(data)
        try:
            document = find_reader(place)(place, fuzz_readers.SETTINGS)
        except DocumentError as error:
            _hold(error.problem, error.remedy)
            return
        finally:
            place.unlink(missing_ok=True)
        document.text.encode("utf-8")
        assert all(0 <= block.span.start <= block.span.end <= len(document.text) for block in document.blocks)

    return read


def _make_archives() -> list[bytes]:
    """Files whose ending tells nothing of what is packed in them."""
    return [base for form in ("docx", "xlsx") for base in _make_bases(form)()]


def _make_bases(form: str) -> Callable[[], list[bytes]]:
    def make() -> list[bytes]:
        with tempfile.TemporaryDirectory() as folder:
            return fuzz_readers.make_bases(Path(folder))[form]

    return make


_READERS = ("loaders.readers", "loaders.words", "loaders.characters")
TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        Target("guard", try_guard, ("service.sparql",)),
        Target("lookup", try_lookup, ("service.sparql",)),
        Target("accept", try_accept, ("service.http.negotiation",)),
        Target("reconcile", try_reconcile, ("service.linked",)),
        Target("extend", try_extend, ("service.linked",)),
        Target("parameters", try_parameters, ("service.queries", "service.sparql")),
        *(Target(form, _make_reader(form), _READERS, _make_bases(form)) for form in fuzz_readers.FORMATS),
        Target("zip", _make_reader("zip"), _READERS, _make_archives),
    )
}
