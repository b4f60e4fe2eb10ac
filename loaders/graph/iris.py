"""The IRIs of things: ASCII, deterministic from what they name, never reassigned."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from pyoxigraph import Literal, NamedNode

from loaders import __version__
from loaders.documents import Span
from loaders.settings import DEFAULT_BASE
from loaders.words.normalise import normalise

# The year in which the reformed economic classification came into force.
_REFORM = 2018
_UNKNOWN_PLACE = "000000"


class Namespace:
    """A vocabulary: ``Namespace("http://…#")("term")`` is the IRI of a term."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._terms: dict[str, NamedNode] = {}

    def __call__(self, name: str) -> NamedNode:
        found = self._terms.get(name)
        if found is None:
            found = self._terms[name] = NamedNode(self.base + name)
        return found


CUBE = Namespace("https://cube.link/")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCTERMS = Namespace("http://purl.org/dc/terms/")
DQV = Namespace("http://www.w3.org/ns/dqv#")
ELI = Namespace("http://data.europa.eu/eli/ontology#")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
ORG = Namespace("http://www.w3.org/ns/org#")
OWL = Namespace("http://www.w3.org/2002/07/owl#")
PROV = Namespace("http://www.w3.org/ns/prov#")
QB = Namespace("http://purl.org/linked-data/cube#")
RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
SDMX_MEASURE = Namespace("http://purl.org/linked-data/sdmx/2009/measure#")
SH = Namespace("http://www.w3.org/ns/shacl#")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
VOID = Namespace("http://rdfs.org/ns/void#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")


def move(iri: str, base: str) -> str:
    """An IRI of the files that come with Gongkai, which all have the default base, below another base."""
    return base + iri.removeprefix(DEFAULT_BASE) if iri.startswith(DEFAULT_BASE) else iri


def move_term(term: Any, base: str) -> Any:
    """A term with its IRIs below another base: a name, a literal that holds one, a literal's datatype."""
    if isinstance(term, NamedNode):
        return NamedNode(move(term.value, base))
    if isinstance(term, Literal) and not term.language:
        return Literal(move(term.value, base), datatype=NamedNode(move(term.datatype.value, base)))
    return term


def digest(*parts: str) -> str:
    """The first 8 hex digits of the SHA-256 of the normalised parts."""
    return sha256("\n".join(normalise(p) for p in parts).encode("utf-8")).hexdigest()[:8]


class Iris:
    """Every IRI that Gongkai mints, below one base."""

    def __init__(self, base: str = DEFAULT_BASE) -> None:
        self.base = base
        self.gk = Namespace(base + "ontology#")

    def thing(self, path: str) -> NamedNode:
        """``<base>id/<path>``."""
        return NamedNode(f"{self.base}id/{path}")

    def graph(self, name: str) -> NamedNode:
        """A named graph that is no document's: "ontology", "things", "derived" or "dataset"."""
        return NamedNode(f"{self.base}graph/{name}")

    def dataset(self) -> NamedNode:
        """The dataset as a whole, as VoID and DCAT describe it."""
        return NamedNode(f"{self.base}dataset")

    def build(self, time: datetime) -> NamedNode:
        """The build that was made at a time (UTC)."""
        return self.thing(f"activity/build-{time.strftime('%Y%m%dT%H%M%SZ')}")

    def derivation(self) -> NamedNode:
        """The activity that derives what all documents give together: the same for the same loaders, whenever it runs.

        A new build of the same documents so states the same of each sum, and a store that grows keeps them.
        """
        return self.thing(f"activity/derivation-{__version__}")

    def place(self, code: str) -> NamedNode:
        """A place by its GB/T 2260 code."""
        return self.thing(f"place/{code}")

    def agency(self, label: str, place: str = "") -> NamedNode:
        """An agency by its place's code ("" if unknown) and its full name."""
        return self.thing(f"agency/{place or _UNKNOWN_PLACE}-{digest(label)}")

    def document(self, docid: str) -> NamedNode:
        """A document, which is also the name of its graph."""
        return self.thing(f"document/{docid}")

    def fragment(self, docid: str, span: Span) -> NamedNode:
        """A stretch of a document's text (RFC 5147)."""
        return self.thing(f"document/{docid}#char={span.start},{span.end}")

    def stated(self, kind: str, docid: str, span: Span) -> NamedNode:
        """What one stretch of a document states: a figure, an indicator, a table …"""
        return self.thing(f"{kind}/{docid}/{span.start}-{span.end}")

    def part(self, whole: NamedNode, kind: str, *names: str) -> NamedNode:
        """A division, project or duty below its agency."""
        return NamedNode(f"{whole.value}/{kind}/{digest(*names)}")

    def service(self, slug: str) -> NamedNode:
        """A service or topic of the vocabulary."""
        return self.thing(f"service/{slug}")

    def scheme(self, classification: str) -> NamedNode:
        """The scheme of a classification as :func:`find_classification` names it."""
        return self.thing(f"scheme/{classification}")

    def code(self, classification: str, code: str) -> NamedNode:
        """A code of a classification."""
        return self.thing(f"code/{classification}/{code}")


def find_classification(subject_kind: str, code: str, year: int | None) -> str:
    """The classification and edition that a code belongs to: "function", "economic-2018", …; "" if to none.

    An inferred code stands beside a subject of any kind; its first digit then tells the classification.
    """
    kind = subject_kind
    if kind not in ("function", "economic", "government-economic"):
        kind = {"2": "function", "3": "economic", "5": "government-economic"}.get(code[:1], "")
    if kind == "economic":
        return "economic-2018" if year is None or year >= _REFORM else "economic-2007"
    return "government-economic-2018" if kind == "government-economic" else kind


@lru_cache(maxsize=1 << 12)
def clean_code(code: str) -> str:
    """A printed code as its digits ("" if it has none)."""
    return re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", code))
