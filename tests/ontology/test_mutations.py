"""A sound graph conforms, and of thirty-odd ways to spoil it at least all but one are told.

Each mutation is made on a copy of one small document's graph, whose IRIs are told apart; all copies are validated at
once, since most of the time of a validation goes to the ontology around them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pyoxigraph as ox
import pytest

from loaders.facts import SheetEntry
from loaders.graph import quads
from loaders.graph.validation import Violation, validate
from tests.loaders.test_graph import make_facts

GK = "https://w3id.org/gongkai/ontology#"
ID = "https://w3id.org/gongkai/id/"
QB = "http://purl.org/linked-data/cube#"
PROV = "http://www.w3.org/ns/prov#"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"

#: A mutation takes a line of N-Triples and gives what stands in its place; None leaves it out.
Mutation = Callable[[str], str | None]


def drop(subject: str, predicate: str) -> Mutation:
    """Leaves out all values of a property."""
    return lambda line: None if _is(line, subject, predicate) else line


def put(subject: str, predicate: str, value: str) -> Mutation:
    """Puts another value in place of each."""
    return lambda line: f"{_head(line)} {value} ." if _is(line, subject, predicate) else line


def add(subject: str, predicate: str, value: str, beside: str = LABEL) -> Mutation:
    """Says one thing more, beside what is said by another property."""
    full = predicate if predicate.startswith("http") else GK + predicate
    return lambda line: f"{line}\n{line.split(' ')[0]} <{full}> {value} ." if _is(line, subject, beside) else line


def _head(line: str) -> str:
    return " ".join(line.split(" ")[:2])


def _is(line: str, subject: str, predicate: str) -> bool:
    full = predicate if predicate.startswith("http") else GK + predicate
    parts = line.split(" ")
    return bool(re.search(subject, parts[0])) and parts[1] == f"<{full}>"


FIGURE, DUTY, PROJECT = r"/figure/", r"/duty/[0-9a-f]+>", r"/project/[0-9a-f]+>"
MUTATIONS: dict[str, Mutation] = {
    "empty target": put("/indicator/", "target", '""'),
    "empty label": put("/indicator/", LABEL, '""@zh'),
    "dangling agency": put(FIGURE, "agency", f"<{ID}agency/440300-0badcafe>"),
    "agency that is no IRI of ours": put(FIGURE, "agency", "<https://example.org/office>"),
    "dangling project": put(FIGURE, "project", f"<{ID}agency/440300-0badcafe/project/0badcafe>"),
    "dangling code": put(FIGURE, "function", f"<{ID}code/function/2999999>"),
    "dangling service": put("/link/", "service", f"<{ID}service/no-such-service>"),
    "dangling place": add("/agency/[0-9-a-f]+>", "place", f"<{ID}place/999999>"),
    "value without its quantity": drop("/sheet/", "quantity"),
    "value of a quantity that there is not": put("/sheet/", "quantity", f"<{ID}quantity/no-such-thing>"),
    "value without office": drop("/sheet/", "agency"),
    "value without unit": drop("/sheet/", "unit"),
    "value that sums would count": add("/sheet/", "amount", '"1"^^<http://www.w3.org/2001/XMLSchema#decimal>'),
    "division without office": drop("/division/", "agency"),
    "figure without number": drop(FIGURE, "amount"),
    "figure in a table that is not there": add(FIGURE, f"{QB}dataSet", f"<{ID}table/small/0-9>", "start"),
    "figure of two documents": add(FIGURE, "inDocument", f"<{ID}document/other>", "start"),
    "figure with other characters than its place": put(FIGURE, "statedAs", '"2.5"'),
    "figure whose years differ": add(
        FIGURE, "fiscalYear", '"2022"^^<http://www.w3.org/2001/XMLSchema#gYear>', "start"
    ),
    "figure of an unknown phase": put(FIGURE, "phase", f"<{GK}phaseLater>"),
    "figure that comes from nowhere": drop(FIGURE, f"{PROV}wasDerivedFrom"),
    "duty that no document attests": drop(DUTY, "attestedIn"),
    "duty of no office": drop(DUTY, "agency"),
    "project of no office": drop(PROJECT, "agency"),
    "change of negative amount": put(
        "/change/", "changeAmount", '"-15000"^^<http://www.w3.org/2001/XMLSchema#decimal>'
    ),
    "empty reason of a change": put("/change/", "reason", '""'),
    "reason of no change": drop("/reason/", "ofChange"),
    "score above its maximum": put("/assessment/", "score", '"11"^^<http://www.w3.org/2001/XMLSchema#decimal>'),
    "link without strength": drop("/mandate/", "strength"),
    "finding without verdict": drop("/check/", "verdict"),
    "instrument without name": drop("/citation/", LABEL),
    "misspelt property": add(FIGURE, "ammount", '"1"', "start"),
    "deprecated property": add(DUTY, "ofAgency", f"<{ID}agency/000000-fc75a963>"),
    "data set of two structures": add("/prose/", f"{QB}structure", f"<{GK}countStructure>"),
    "fragment behind the end of the text": add(
        r"#char=34,37>", "end", '"99999"^^<http://www.w3.org/2001/XMLSchema#integer>', "start"
    ),
    "fragment that quotes other characters": put(r"#char=34,37>", "quote", '"检查费"'),
    "figure that states other characters": put(FIGURE, "statedAs", '"1.6"'),
    "document without its digest": drop("/document/small>", "sha256"),
}  # fmt: skip


@pytest.fixture(scope="module")
def lines() -> list[str]:
    """The graph of one small document, with a value of the office sheet, as lines."""
    facts = make_facts()
    amount = facts.figures[0]
    value = SheetEntry(
        "training", amount.value, "", "CNY", 2023, "budget", "general", "stated", amount.span, (amount.span,)
    )
    graph = quads(replace(facts, sheet=(value,)))
    content = ox.serialize((quad.triple for quad in graph), format=ox.RdfFormat.N_TRIPLES)
    assert content is not None
    return content.decode("utf-8").splitlines()


def copy(lines: list[str], number: int, mutate: Mutation) -> list[str]:
    """The graph under other IRIs, spoiled."""
    spoiled = [mutate(line) for line in lines]
    text = "\n".join(line for line in spoiled if line is not None)
    text = re.sub(r"(id/[a-z-]+/)small\b", rf"\g<1>small{number:03d}", text)
    text = re.sub(r"(id/agency/\d{6})-([0-9a-f]{5})[0-9a-f]{3}", rf"\g<1>-\g<2>{number:03d}", text)
    return re.sub(r"(id/(?:citation|port|term)/[0-9a-f]{5})[0-9a-f]{3}", rf"\g<1>{number:03d}", text).splitlines()


def find(lines: list[str]) -> list[Violation]:
    """What does not fit in a graph of lines."""
    triples = ox.parse("\n".join(lines).encode(), format=ox.RdfFormat.N_TRIPLES)
    return validate(ox.Quad(*triple.triple) for triple in triples)


def number_of(violation: Violation) -> int:
    """Of which copy a violation tells."""
    found = re.search(r"small(\d{3})|agency/\d{6}-[0-9a-f]{5}(\d{3})|/[0-9a-f]{5}(\d{3})$", violation.focus)
    assert found, violation
    return int(next(group for group in found.groups() if group))


def test_mutations_are_told(lines: list[str]) -> None:
    names = ["sound", *MUTATIONS]
    assert len(MUTATIONS) > 30
    copies = [copy(lines, n, MUTATIONS.get(name, lambda line: line)) for n, name in enumerate(names)]
    sound = set(copies[0])
    spoiled = [
        n for n, name in enumerate(names) if set(copy(lines, 0, MUTATIONS.get(name, lambda line: line))) != sound
    ]
    assert [names[n] for n in range(1, len(names)) if n not in spoiled] == []  # each really changes something
    told = {number_of(v) for v in find([line for each in copies for line in each])}
    assert 0 not in told
    missed = [name for n, name in enumerate(names) if n and n not in told]
    assert len(missed) <= 1, missed
