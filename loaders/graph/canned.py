"""The files of canned queries as they lie in a folder: plain SPARQL, with a header in Turtle; and both as RDF.

A file ``<name>.rq`` begins with comment lines ``#: …``. Without the ``#:`` they are Turtle about ``<>``, the query
``<base>queries/<name>``. ``themes.ttl`` names the themes; ``choices/<name>.rq`` list the values that a parameter takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple

from loaders.errors import QueryError
from loaders.graph.iris import RDF, RDFS, SH
from loaders.resources import queries_folder
from loaders.settings import DEFAULT_BASE

MARK = "#:"
THEMES = "themes.ttl"
CHOICES = "choices"

PREFIXES = {
    "csvw": "http://www.w3.org/ns/csvw#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "rdf": RDF.base,
    "rdfs": RDFS.base,
    "schema": "https://schema.org/",
    "sh": SH.base,
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spex": "https://purl.expasy.org/sparql-examples/ontology#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@dataclass(frozen=True)
class QueryFile:
    """One file: the query's IRI, its whole text, the SPARQL without the header, the header as Turtle."""

    name: str
    iri: str
    text: str
    sparql: str
    header: str

    def triples(self) -> list[Triple]:
        """The header's statements and the SPARQL itself; nodes without a name get one below the query's.

        Raises :class:`loaders.errors.QueryError` if the header is no Turtle.
        """
        try:
            found = list(name_nodes(pyoxigraph.parse(self.header, RdfFormat.TURTLE, base_iri=self.iri), self.iri))
        except SyntaxError as error:
            raise QueryError(
                f"{self.name}.rq", f"its header cannot be read ({error})", f"Mend the lines that begin with {MARK}"
            ) from error
        return [*found, Triple(NamedNode(self.iri), SH("select"), Literal(self.sparql))]


def read_file(path: Path, base: str = DEFAULT_BASE, part: str = "") -> QueryFile:
    """Reads one file, its IRIs moved to ``base``. ``part`` is the folder below queries/ that it lies in.

    Raises :class:`loaders.errors.QueryError` if it is no text in UTF-8.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise QueryError(str(path), f"it cannot be read ({error})", "Mend the file; it is UTF-8 text") from error
    text = text.replace(f"<{DEFAULT_BASE}", f"<{base}")
    lines = text.splitlines(keepends=True)
    sparql = "".join(line for line in lines if not line.startswith(MARK)).lstrip("\n")
    said = "\n".join(line.rstrip("\n").removeprefix(MARK) for line in lines if line.startswith(MARK))
    prefixes = {**PREFIXES, "gk": f"{base}ontology#"}
    header = "".join(f"@prefix {p}: <{iri}> .\n" for p, iri in prefixes.items()) + said
    name = f"{part}/{path.stem}" if part else path.stem
    return QueryFile(path.stem, f"{base}queries/{name}", text, sparql, header)


def list_files(folder: Path | None = None) -> list[Path]:
    """The queries' files in a folder (default: those that come with Gongkai), sorted by name."""
    return sorted((folder or queries_folder()).glob("*.rq"))


def list_choice_files(folder: Path | None = None) -> list[Path]:
    """The files of the lists of choices, sorted by name."""
    return sorted(((folder or queries_folder()) / CHOICES).glob("*.rq"))


def list_all_files(folder: Path | None = None) -> list[Path]:
    """All files that say something of queries."""
    themes = (folder or queries_folder()) / THEMES
    return [*list_files(folder), *list_choice_files(folder), *([themes] if themes.exists() else [])]


def describe_queries(base: str = DEFAULT_BASE, folder: Path | None = None) -> Iterator[Triple]:
    """All statements about the canned queries: their headers, their SPARQL, their themes, the lists of choices.

    Raises :class:`loaders.errors.QueryError` for a file that cannot be read.
    """
    yield from read_themes(base, folder)
    for path in list_choice_files(folder):
        file = read_file(path, base, CHOICES)
        yield Triple(NamedNode(file.iri), RDF("type"), NamedNode(f"{base}ontology#ChoiceList"))
        yield from file.triples()
    for path in list_files(folder):
        yield from read_file(path, base).triples()


def read_themes(base: str = DEFAULT_BASE, folder: Path | None = None) -> list[Triple]:
    """The statements of themes.ttl. Raises :class:`loaders.errors.QueryError` if it is no Turtle."""
    path = (folder or queries_folder()) / THEMES
    if not path.exists():
        return []
    try:
        text = path.read_text(encoding="utf-8").replace(f"<{DEFAULT_BASE}", f"<{base}")
        return [q.triple for q in pyoxigraph.parse(text, RdfFormat.TURTLE, base_iri=f"{base}queries/themes")]
    except (OSError, UnicodeDecodeError, SyntaxError) as error:
        raise QueryError(str(path), f"it cannot be read ({error})", "Mend the file; it is Turtle") from error


def name_nodes(triples: Iterable[Triple], iri: str) -> Iterator[Triple]:
    """The statements with an IRI ``<iri>#node-N`` for each blank node, so that the same file gives the same graph."""
    names: dict[BlankNode, NamedNode] = {}

    def name(term: object) -> NamedNode | Literal:
        if isinstance(term, BlankNode):
            return names.setdefault(term, NamedNode(f"{iri}#node-{len(names) + 1}"))
        assert isinstance(term, NamedNode | Literal)
        return term

    for each in triples:
        subject, value = name(each.subject), name(each.object)
        assert isinstance(subject, NamedNode)
        yield Triple(subject, each.predicate, value)
