"""The SHACL shapes: each valid file passes, each invalid one breaks exactly the constraint that it names."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import pyshacl
import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, SH

from loaders.graph.validation import DataGraph

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).parent / "shapes"
VALID = sorted(FOLDER.glob("valid.*.ttl"))
INVALID = sorted(FOLDER.glob("invalid.*.ttl"))
SHAPES = Graph().parse(ROOT / "ontology" / "shapes.ttl")
BASE = Graph().parse(FOLDER / "valid.document.ttl")
NAMED = re.compile(r"^# Violates: (sh:\w+ConstraintComponent) (\S+)$", re.MULTILINE)


@functools.cache
def validate(path: Path) -> Graph:
    """The validation report of the file, read together with the valid document."""
    data = DataGraph().parse(path)
    data += BASE
    _, report, text = pyshacl.validate(data, shacl_graph=SHAPES, inplace=True)
    assert isinstance(report, Graph), text
    return report


def find_violations(path: Path) -> set[tuple[str, str]]:
    """The constraint component and the path ("-" for none) of every result."""
    report = validate(path)
    return {
        (shorten(report.value(r, SH.sourceConstraintComponent)), shorten(report.value(r, SH.resultPath)))
        for r in report.subjects(RDF.type, SH.ValidationResult)
    }


def shorten(term: object) -> str:
    """A prefixed name, or "-" for nothing."""
    return SHAPES.namespace_manager.normalizeUri(term) if isinstance(term, URIRef) else "-"


@pytest.mark.parametrize("path", VALID, ids=lambda p: p.stem)
def test_valid_file_conforms(path: Path) -> None:
    assert find_violations(path) == set()


@pytest.mark.parametrize("path", INVALID, ids=lambda p: p.stem)
def test_invalid_file_breaks_the_constraint_it_names(path: Path) -> None:
    named = NAMED.findall(path.read_text(encoding="utf-8"))
    assert named, f"{path.name} names no constraint"
    assert find_violations(path) == set(named)


def test_every_shape_is_broken_by_some_file() -> None:
    """A shape that no invalid file breaks may be one that holds for nothing."""
    broken = set()
    for path in INVALID:
        for shape in validate(path).objects(None, SH.sourceShape):
            broken |= {shape, *SHAPES.subjects(SH.property, shape)}
    shapes = set(SHAPES.subjects(RDF.type, SH.NodeShape))
    assert {s for s in shapes if s not in broken} == set()


def test_shapes_are_well_formed() -> None:
    conforms, _, text = pyshacl.validate(BASE, shacl_graph=SHAPES, meta_shacl=True, inference="none")
    assert conforms, text
