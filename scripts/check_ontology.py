"""Looks for the pitfalls of ontologies in ontology/gongkai.ttl, and reasons over it once.

    python scripts/check_ontology.py            the pitfalls, one a line; exit code 1 if there is any
    python scripts/check_ontology.py --reason   and what an OWL RL reasoner (owlrl, which comes with pyshacl) finds

The pitfalls are those of the OOPS! catalogue that a program can see: what has no label or definition in one language
(P08), no domain or range (P11), no way to be read backwards (P13), no connection to anything (P04), loops of classes or
properties (P06, P31), terms that are classes and properties or properties of two kinds, names that differ in case only
(P22), and deprecated terms that name no successor or are still relied on.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import owlrl
import rdflib
from rdflib.namespace import DCTERMS, OWL, QB, RDF, RDFS, SKOS
from rdflib.term import Node

FOLDER = Path(__file__).resolve().parent.parent / "ontology"
GK = rdflib.Namespace("https://w3id.org/gongkai/ontology#")
_PROPERTIES = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
#: what owlrl writes an inconsistency with
_ERROR = rdflib.URIRef("http://www.daml.org/2002/03/agents/agent-ont#error")


def read(*names: str) -> rdflib.Graph:
    """The named files of the ontology's folder as one graph."""
    graph = rdflib.Graph()
    for name in names:
        graph.parse(FOLDER / name)
    return graph


def find_pitfalls(graph: rdflib.Graph) -> list[str]:
    """Every pitfall of the terms of ``graph``, as a sentence that names the term."""
    rules = (
        _find_unlabelled, _find_incomplete, _find_one_way, _find_unconnected, _find_loops, _find_two_kinds,
        _find_like_names, _find_deprecated,
    )  # fmt: skip
    return sorted(sentence for rule in rules for sentence in rule(graph))


def _terms(graph: rdflib.Graph, *kinds: Node) -> set[rdflib.URIRef]:
    return {s for kind in kinds for s in graph.subjects(RDF.type, kind) if isinstance(s, rdflib.URIRef) and s in GK}


def _properties(graph: rdflib.Graph) -> set[rdflib.URIRef]:
    return _terms(graph, *_PROPERTIES)


def _find_unlabelled(graph: rdflib.Graph) -> Iterator[str]:
    for term in _terms(graph, OWL.Class, *_PROPERTIES, SKOS.Concept, SKOS.ConceptScheme, QB.DataStructureDefinition):
        for predicate, what in ((RDFS.label, "label"), (SKOS.definition, "definition")):
            found = {
                o.language for o in graph.objects(term, predicate) if isinstance(o, rdflib.Literal) and str(o).strip()
            }
            for language in {"zh", "en"} - found:
                yield f"{_short(term)} has no {what} in {language}"


def _find_incomplete(graph: rdflib.Graph) -> Iterator[str]:
    for term in _properties(graph):
        for predicate in (RDFS.domain, RDFS.range):
            count = len(set(graph.objects(term, predicate)))
            if count != 1:
                # Two domains mean that a thing is of both classes, which is hardly ever meant.
                yield f"{_short(term)} has {count} of rdfs:{predicate.rpartition('#')[2]}, not one"
        if not any(str(o).strip() for o in graph.objects(term, SKOS.example)):
            yield f"{_short(term)} has no example"


def _find_one_way(graph: rdflib.Graph) -> Iterator[str]:
    concepts = {c for c in _terms(graph, OWL.Class) if SKOS.Concept in graph.transitive_objects(c, RDFS.subClassOf)}
    things = _terms(graph, OWL.Class) - concepts
    for term in _terms(graph, OWL.ObjectProperty) - _deprecated(graph):
        ends = {*graph.objects(term, RDFS.domain), *graph.objects(term, RDFS.range)}
        backwards = (*graph.objects(term, OWL.inverseOf), *graph.subjects(OWL.inverseOf, term))
        if ends <= things and not backwards and (term, GK.inverseLabel, None) not in graph:
            yield f"{_short(term)} does not say how it reads backwards (gk:inverseLabel)"


def _find_unconnected(graph: rdflib.Graph) -> Iterator[str]:
    links = (RDFS.subClassOf, RDFS.domain, RDFS.range, OWL.equivalentClass)
    for term in _terms(graph, OWL.Class):
        if not any((term, link, None) in graph or (None, link, term) in graph for link in links):
            yield f"{_short(term)} is connected to no other term"


def _find_loops(graph: rdflib.Graph) -> Iterator[str]:
    for predicate in (RDFS.subClassOf, RDFS.subPropertyOf):
        for term in set(graph.subjects(predicate, None)):
            if any(term in graph.transitive_objects(above, predicate) for above in graph.objects(term, predicate)):
                yield f"{_short(term)} is below itself by rdfs:{predicate.rpartition('#')[2]}"
    for one, other in graph.subject_objects(OWL.inverseOf):
        if one == other:
            yield f"{_short(one)} is its own inverse"


def _find_two_kinds(graph: rdflib.Graph) -> Iterator[str]:
    kinds = {kind: _terms(graph, kind) for kind in (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)}
    for kind, terms in kinds.items():
        for other, others in kinds.items():
            if str(kind) < str(other):
                for term in terms & others:
                    yield f"{_short(term)} is a {_short(kind)} and a {_short(other)}"
    literals = {r for r in graph.objects(None, RDFS.range) if str(r).startswith(str(rdflib.XSD))} | {RDF.langString}
    for term in kinds[OWL.ObjectProperty]:
        if literals & set(graph.objects(term, RDFS.range)):
            yield f"{_short(term)} is an object property whose range is of literals"


def _find_like_names(graph: rdflib.Graph) -> Iterator[str]:
    named: dict[str, set[rdflib.URIRef]] = defaultdict(set)
    for term in _terms(graph, OWL.Class):
        named[term.lower()].add(term)
    for terms in named.values():
        if len(terms) > 1:
            yield f"{', '.join(sorted(map(_short, terms)))} differ in case only"


def _deprecated(graph: rdflib.Graph) -> set[Node]:
    return set(graph.subjects(OWL.deprecated, rdflib.Literal(True)))


def _find_deprecated(graph: rdflib.Graph) -> Iterator[str]:
    gone = _deprecated(graph)
    for term in gone:
        successors = set(graph.objects(term, DCTERMS.isReplacedBy))
        if not successors or successors & gone:
            yield f"{_short(term)} is deprecated and names no term in its place (dcterms:isReplacedBy)"
        for user, how in graph.subject_predicates(term):
            if user not in gone and how != DCTERMS.replaces:
                yield f"{_short(user)} relies on {_short(term)}, which is deprecated"


def reason(graph: rdflib.Graph) -> list[str]:
    """What OWL RL makes of ``graph`` (which is added to) that is wrong: inconsistencies, and types that nobody stated.

    A type is one that nobody stated if it is neither stated nor above a stated one: then a domain or a range says of a
    thing what its author did not mean.
    """
    before = {node: set(graph.objects(node, RDF.type)) for node in set(graph.subjects(RDF.type, None))}
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, rdfs_closure=True).expand(graph)
    found = [f"inconsistent: {message}" for message in graph.objects(None, _ERROR)]
    found += [f"{_short(node)} is of no possible class" for node in graph.subjects(RDF.type, OWL.Nothing)]
    found += [
        f"{_short(c)} can have no member" for c in graph.subjects(RDFS.subClassOf, OWL.Nothing) if c != OWL.Nothing
    ]
    for node, stated in before.items():
        above = _above(graph, stated)
        for kind in _ours(graph.objects(node, RDF.type)):
            if kind not in above:
                found.append(f"{_short(node)} is taken for a {_short(kind)}")
    return sorted(found)


def _above(graph: rdflib.Graph, kinds: Iterable[Node]) -> set[Node]:
    return {up for kind in kinds for up in graph.transitive_objects(kind, RDFS.subClassOf)}


def _ours(kinds: Iterable[Node]) -> list[Node]:
    return [kind for kind in kinds if isinstance(kind, rdflib.URIRef) and kind in GK]


def _short(term: Node) -> str:
    return str(term).replace(str(GK), "gk:")


def main() -> int:
    """The command; its exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--reason", action="store_true", help="reason over the ontology too (a minute)")
    arguments = parser.parse_args()
    found = find_pitfalls(read("gongkai.ttl"))
    if arguments.reason:
        found += reason(read("gongkai.ttl", "quantities.ttl", "services.ttl"))
    for sentence in found:
        print(sentence)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
