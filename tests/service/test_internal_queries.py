"""The internal queries, ``queries/internal``: each parses, is asked by the source, and finds what is there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from loaders.errors import QueryError, StoreError
from loaders.graph import internal
from loaders.graph.canned import list_all_files
from loaders.graph.internal import list_internal_files, read_internal
from loaders.resources import queries_folder
from loaders.settings import DEFAULT_BASE
from service.checks.sample_terms import TERMS
from service.queries.binding import Term, bind, bind_window, find_slots
from service.queries.catalogue import QueryCatalogue
from service.sparql.guard import inspect
from tests.service.five_documents import Graph

ROOT = Path(__file__).resolve().parent.parent.parent
FILES = {f"{path.parent.name}/{path.stem}": path for path in list_internal_files()}
SOURCES = sorted(path for room in ("loaders", "service") for path in (ROOT / room).rglob("*.py"))

#: The query that another one includes.
INCLUSION = re.compile(r"^ *#\+ (?:[A-Z]+ )*(\S+/\S+)", re.MULTILINE)
#: A query, as far as a string can be seen to hold one.
COMPLETE = re.compile(r"\b(?:SELECT|ASK|CONSTRUCT|DESCRIBE)\b[^{]*\{")
#: Queries that stand in strings, and why.
STAY = {
    "service/endpoint/federation.py": "the pattern of a SERVICE, as the client wrote it, on its way elsewhere",
    "service/engine/nursery.py": "warms a process up that loads nothing of the loaders; its rows are thrown away",
    "service/engine/portable.py": "the words that stand for GRAPH ?g {} in a query on its way elsewhere",
    "service/linked/openapi_endpoint.py": "an example for readers of the OpenAPI document",
}

GK = f"{DEFAULT_BASE}ontology#"
#: What each slot of each query is bound to: a term, or the name of a kind in queries/internal/checks/samples.rq.
BINDINGS: dict[str, dict[str, Term | str]] = {
    **TERMS,
    "derived/figures": {"document": "document"},
    # No document of the five has another version: see graph_of below.
    "pages/document-versions": {"document": ox.NamedNode("http://example.org/new")},
    # Nor has any of them pages.
    "pages/document-page": {"document": ox.NamedNode("http://example.org/new"), "page": ox.Literal("page=2&")},
}


@pytest.fixture(scope="module")
def data(graph_of_five: Graph) -> ox.Store:
    version = graph_of_five.answers.store.version
    return ox.Store.read_only(str(graph_of_five.settings.store / "snapshots" / version / "database"))


@pytest.fixture(scope="module")
def things(data: ox.Store) -> dict[str, ox.NamedNode]:
    found = data.query(read_internal("checks/samples"), use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    things = {row["kind"].value: ox.NamedNode(row["iri"].value) for row in found}  # type: ignore[union-attr]
    assert set(things) >= {term for terms in BINDINGS.values() for term in terms.values() if isinstance(term, str)}
    return things


def graph_of(name: str, data: ox.Store) -> ox.Store:
    """What a query is tried on: the five documents, or a graph of its own where they have nothing for it."""
    new, old = ox.NamedNode("http://example.org/new"), ox.NamedNode("http://example.org/old")
    store = ox.Store()
    if name == "pages/document-versions":
        store.add(ox.Quad(new, ox.NamedNode("http://purl.org/dc/terms/replaces"), old, new))
    elif name == "pages/place-page":
        place = TERMS[name]["place"]
        assert isinstance(place, ox.NamedNode)
        store.add(ox.Quad(place, ox.NamedNode(f"{GK}onPage"), ox.Literal("page=2&viewrect=1,2,3,4"), new))
    elif name == "pages/document-page":
        figure = ox.NamedNode("http://example.org/new/figure/5-9")
        for term, value in (
            (ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), ox.NamedNode(f"{GK}Figure")),
            (ox.NamedNode(f"{GK}statedAs"), ox.Literal("12.5")),
            (ox.NamedNode(f"{GK}onPage"), ox.Literal("page=2&viewrect=1,2,3,4")),
        ):
            store.add(ox.Quad(figure, term, value, new))
    else:
        return data
    return store


@pytest.mark.parametrize("name", FILES)
def test_a_file_says_what_it_asks_and_parses(name: str) -> None:
    text = FILES[name].read_text(encoding="utf-8")
    head = re.match(r"# ([A-Z](?:.|\n# )*?)\.\n(?!#)", text)
    assert head is not None, "it begins with a sentence in comment lines"
    assert max(map(len, text.splitlines())) <= 120
    for query in (text, read_internal(name)):
        inspect(query)
        ox.Store().query(query)
    assert not read_internal(name).startswith("#")
    if not INCLUSION.search(text):
        assert text.endswith(read_internal(name) + "\n")


def test_what_is_included_stands_in_the_query_under_the_names_that_it_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(internal, "queries_folder", lambda: tmp_path)
    for room, name, text in (
        ("a", "part", "# A part.\nPREFIX p: <http://p#>\nSELECT ?s ?n WHERE {\n  ?s p:name ?n .\n}\n"),
        ("b", "whole", "# The whole.\nPREFIX q: <http://q#>\nSELECT * WHERE {\n  { ?x q:name ?nn }\n"
                       "  #+ UNION a/part ?s=?x ?n=?nn\n}\n"),
    ):  # fmt: skip
        (tmp_path / "internal" / room).mkdir(parents=True)
        (tmp_path / "internal" / room / f"{name}.rq").write_text(text, encoding="utf-8")
    internal.read_internal.cache_clear()
    try:
        query = internal.read_internal("b/whole")
    finally:
        internal.read_internal.cache_clear()
    assert " ".join(query.split()) == (
        "PREFIX q: <http://q#> PREFIX p: <http://p#> SELECT * WHERE { { ?x q:name ?nn } UNION { ?x p:name ?nn . } }"
    )


@pytest.mark.parametrize("name", FILES)
def test_a_query_declares_the_prefixes_that_it_uses_and_no_other(name: str) -> None:
    query = read_internal(name)
    for prefix in inspect(query).prefixes:
        assert len(re.findall(rf"(?<![\w?]){prefix}:", query)) > 1, prefix


@pytest.mark.parametrize("name", FILES)
def test_a_query_finds_what_is_there(name: str, data: ox.Store, things: Mapping[str, ox.NamedNode]) -> None:
    bound = {slot: things[term] if isinstance(term, str) else term for slot, term in BINDINGS.get(name, {}).items()}
    query, substitutions = read_internal(name), None
    if name == "graph/label-that-follows":
        # Queries that name things ask it of some; of all there are it takes long.
        substitutions = {ox.Variable("thing"): things["document"]}
    elif name == "derived/figures":
        substitutions = {ox.Variable(slot): term for slot, term in bound.items()}
    else:
        assert set(bound) == set(find_slots(query)), "the table of bindings is not of its slots"
        query = bind(query, {slot: [term] for slot, term in bound.items()})
    found = graph_of(name, data).query(query, use_default_graph_as_union=True, substitutions=substitutions)
    if isinstance(found, ox.QueryBoolean):
        assert bool(found)
    elif isinstance(found, ox.QuerySolutions):
        # An aggregate over nothing gives a row that is empty, or a nought.
        assert any(v is not None and getattr(v, "value", "") != "0" for row in found for v in row)
    else:
        assert any(True for _ in found)


def test_the_table_of_bindings_names_files() -> None:
    assert set(BINDINGS) <= set(FILES)


@cache
def parse(code: str) -> ast.Module:
    """The tree of a module: three tests walk those of all modules."""
    return ast.parse(code)


def list_strings(path: Path) -> Iterator[str]:
    """The strings of a module that are no docstrings; what is filled into one counts as a space."""
    tree = parse(path.read_text(encoding="utf-8"))
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(v.value if isinstance(v, ast.Constant) else " " for v in node.values)  # type: ignore[misc]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


def test_every_file_is_asked_and_every_name_has_its_file() -> None:
    rooms = {name.partition("/")[0] for name in FILES}
    named: dict[str, set[str]] = {}
    # The table of what each is tried with names all of them, and asks none.
    for path in (path for path in SOURCES if path.name != "sample_terms.py"):
        for text in list_strings(path):
            if re.fullmatch(r"[a-z]+/[a-z]+(?:-[a-z]+)*", text) and text.partition("/")[0] in rooms:
                named.setdefault(text, set()).add(path.relative_to(ROOT).parts[1])
    # What stands in other queries need not be asked by itself.
    included = {name for path in FILES.values() for name in INCLUSION.findall(path.read_text(encoding="utf-8"))}
    assert included <= set(FILES)
    named.update({name: {name.partition("/")[0]} for name in included - set(named)})
    # The room of the file is the room of who asks.
    assert {name: where for name, where in named.items() if name in FILES and where != {name.partition("/")[0]}} == {}
    assert set(FILES) - set(named) == set(), "nobody asks it"
    calls = re.compile(r"""(?:read_internal|ask_internal)\(\s*["']([^"']+)["']""")
    called = {name for path in SOURCES for name in calls.findall(path.read_text(encoding="utf-8"))}
    assert len(called) > 20
    assert called - set(FILES) == set(), "there is no such file"


def test_no_query_stands_in_a_string() -> None:
    found = {
        str(path.relative_to(ROOT)) for path in SOURCES if any(COMPLETE.search(text) for text in list_strings(path))
    }
    assert found - set(STAY) == set(), "move it to queries/internal"
    assert set(STAY) - found == set(), "it no longer needs its leave"


def test_a_query_in_a_string_is_seen(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    for code, seen in (
        ('A = f"{B}\\nSELECT ?s WHERE {{ ?s ?p {C} }}"', True),
        ('A = ("ASK " "{ ?s ?p ?o }",)', True),
        ('"""Asks SELECT * { } in words."""', False),
        ('A = "Write SELECT or ASK"', False),
    ):
        module.write_text(f"{code}\n", encoding="utf-8")
        assert any(COMPLETE.search(text) for text in list_strings(module)) == seen, code


def is_text(node: ast.AST | None, held: set[str]) -> bool:
    """Whether it is an internal query as text: read, bound, or held by a variable."""
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        wraps = name in ("bind", "bind_window", "rebase", "str")
        return name == "read_internal" or (wraps and any(is_text(argument, held) for argument in node.args))
    return isinstance(node, ast.Name) and node.id in held


def walk_scope(scope: ast.AST) -> Iterator[ast.AST]:
    """What stands in a module or function, without the functions inside it, in the order of the text."""
    for node in ast.iter_child_nodes(scope):
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from walk_scope(node)


def list_parts(node: ast.AST) -> list[ast.AST]:
    """What an expression or a statement makes a text of, if it makes one."""
    if isinstance(node, ast.BinOp):
        return [node.left, node.right]
    if isinstance(node, ast.AugAssign):
        return [node.target, node.value]
    if isinstance(node, ast.FormattedValue):
        return [node.value]
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("format", "format_map", "join", "replace"):
        given = [each for a in node.args for each in (a.elts if isinstance(a, ast.List | ast.Tuple) else [a])]
        return [node.func.value, *given, *(keyword.value for keyword in node.keywords)]  # type: ignore[attr-defined]
    return []


def list_pastings(tree: ast.AST) -> Iterator[int]:
    """Lines where an internal query, or a variable that holds one, is formatted, joined or put into another string."""
    for scope in ast.walk(tree):
        if not isinstance(scope, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        held: set[str] = set()
        for node in walk_scope(scope):
            if isinstance(node, ast.Assign) and is_text(node.value, held):
                held |= {target.id for target in node.targets if isinstance(target, ast.Name)}
            if any(is_text(part, held) for part in list_parts(node)):
                yield node.lineno  # type: ignore[attr-defined]


def test_nothing_is_pasted_into_an_internal_query() -> None:
    found = set()
    for path in SOURCES:
        if path != Path(internal.__file__):
            for line in list_pastings(parse(path.read_text(encoding="utf-8"))):
                found.add(f"{path.relative_to(ROOT)}:{line}")
    assert found == set(), "bind terms into its slots"


@pytest.mark.parametrize(
    ("code", "seen"),
    [
        ("read_internal('a/b').format(x)", True),
        ("read_internal('a/b') % x", True),
        ("'PREFIX' + internal.read_internal('a/b')", True),
        ("f'{read_internal(name)} LIMIT 1'", True),
        ("def ask():\n    query = read_internal(name)\n    query += x", True),
        ("query = bind(read_internal(name), values)\n'\\n'.join([query, x])", True),
        ("query = bind(read_internal(name), {'a': [f'{x}' + y]})", False),
        ("def a():\n    query = read_internal(name)\ndef b(query):\n    return query + x", False),
    ],
)
def test_what_is_pasted_into_a_query_is_seen(code: str, seen: bool) -> None:
    assert bool(list(list_pastings(ast.parse(code)))) == seen


def test_internal_queries_are_no_canned_ones() -> None:
    assert {path for path in list_all_files() if internal.INTERNAL in path.relative_to(queries_folder()).parts} == set()
    catalogue = QueryCatalogue.load()
    assert len(catalogue.list_all()) == len(list(queries_folder().glob("*.rq")))
    assert len(catalogue.lists) == len(list((queries_folder() / "choices").glob("*.rq")))


def test_a_missing_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(internal, "queries_folder", lambda: tmp_path)
    with pytest.raises(StoreError, match="no-such") as caught:
        read_internal("pages/no-such")
    assert caught.value.place.endswith("internal/pages/no-such.rq")
    (tmp_path / "internal" / "pages").mkdir(parents=True)
    (tmp_path / "internal" / "pages" / "no-text.rq").write_bytes(b"\xff")
    with pytest.raises(StoreError, match="no-text"):
        read_internal("pages/no-text")


def test_iris_move_to_another_base() -> None:
    moved = read_internal("derived/figures", "https://example.org/x/")
    assert "PREFIX gk: <https://example.org/x/ontology#>" in moved
    assert DEFAULT_BASE not in moved
    assert read_internal("derived/figures") is read_internal("derived/figures")


def test_a_window_is_set_and_nothing_else() -> None:
    query = read_internal("pages/thing-users")
    assert bind_window(query, 100, 200) == query.replace("OFFSET 0 LIMIT 8", "OFFSET 200 LIMIT 100")
    query = read_internal("endpoint/named-graphs")
    assert bind_window(query, 7) == re.sub("LIMIT [0-9]+", "LIMIT 7", query)
    for wrong in ("SELECT * { ?s ?p ?o }", "SELECT * { { SELECT * { ?s ?p ?o } LIMIT 1 } } LIMIT 2"):
        with pytest.raises(QueryError):
            bind_window(wrong, 1)
    with pytest.raises(QueryError):
        bind_window("SELECT * { ?s ?p ?o } LIMIT 1 # OFFSET 3", 1, 1)
