"""The alignments name only terms that exist: each is in a stored list of its vocabulary's terms, or in rdflib's."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import SDO

ROOT = Path(__file__).resolve().parents[2]
LISTS = sorted((Path(__file__).parent / "vocabularies").glob("*.txt"))
OURS = "https://w3id.org/gongkai/"
#: Vocabularies that ours is built on and that no list is needed of: rdflib or the tests of the ontology know them.
KNOWN = (
    "http://www.w3.org/2002/07/owl#", "http://www.w3.org/2000/01/rdf-schema#", "http://www.w3.org/ns/prov#",
    "http://www.w3.org/2004/02/skos/core#", "http://purl.org/linked-data/", "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
)  # fmt: skip
#: Whose terms are listed under ``vocabularies/``.
LISTED = (
    "http://www.w3.org/ns/org#", "http://data.europa.eu/m8g/", "http://data.europa.eu/a4g/",
    "http://purl.org/vocab/cpsv#", "http://data.openbudgets.eu/", "https://w3id.org/italia/", "https://iatistandard.org/",
)  # fmt: skip


def read_terms() -> set[str]:
    """All terms of the stored lists."""
    lines = [line for path in LISTS for line in path.read_text(encoding="utf-8").splitlines()]
    return {line for line in lines if line and not line.startswith("#")}


def exists(term: str, terms: set[str]) -> bool:
    """Whether a vocabulary has this term."""
    if term.startswith("http://schema.org/"):
        # rdflib's list is of the https form of the same names.
        return URIRef(term.replace("http:", "https:")) in SDO
    return term in terms


def foreign(path: Path) -> set[str]:
    """The IRIs of others in a file of the ontology, apart from the vocabularies that it is written in."""
    graph = Graph().parse(path)
    every = {str(t) for triple in graph for t in triple if isinstance(t, URIRef)}
    return {t for t in every if not t.startswith((OURS, *KNOWN))}


def test_every_alignment_is_to_a_term_that_exists() -> None:
    terms = read_terms()
    named = foreign(ROOT / "ontology" / "alignments.ttl") - {"http://www.wikidata.org/entity/P442"}
    assert named
    assert [t for t in sorted(named) if not exists(t, terms)] == []


def test_what_the_ontology_is_built_on_exists() -> None:
    terms = read_terms()
    named = {t for t in foreign(ROOT / "ontology" / "gongkai.ttl") if t.startswith(LISTED)}
    assert len(named) > 8
    assert [t for t in sorted(named) if not exists(t, terms)] == []


@pytest.mark.parametrize(
    "term",
    ["http://www.w3.org/ns/org#orginalOrganization", "http://data.europa.eu/m8g/PublicOrganization", "http://schema.org/GovernmentOrganisation"],
)  # fmt: skip
def test_a_misspelt_term_is_found(term: str) -> None:
    assert not exists(term, read_terms())


def test_every_aligned_term_of_ours_is_defined() -> None:
    ours = {
        s
        for s in Graph().parse(ROOT / "ontology" / "alignments.ttl").subjects()
        if str(s).startswith(f"{OURS}ontology#")
    }
    defined = set(Graph().parse(ROOT / "ontology" / "gongkai.ttl").subjects())
    assert ours
    assert ours <= defined
