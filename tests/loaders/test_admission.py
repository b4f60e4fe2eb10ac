"""What the shape of a figure refuses is told in the ledger, never published; and rules and shape say the same."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyshacl
import pytest
import rdflib
from pyoxigraph import RdfFormat, Store, serialize
from rdflib.namespace import SH

from loaders.documents import Span
from loaders.facts import Facts, Figure, NumberToken
from loaders.graph import quads
from loaders.graph.admission import admit, find_refusal
from loaders.graph.following import list_following
from loaders.pipeline import read_facts
from loaders.resources import shapes_file

TEXT = """云岭市林业局2024年部门预算

一般公共预算支出表
单位：万元
科目编码\t科目名称\t合计
213\t农林水支出\t2,310.75
"""
#: changes to a figure that make it what no figure may be
FAULTS: dict[str, dict[str, Any]] = {
    "two functional codes": {"subject_kind": "function", "subject_code": "21302",
                             "dimensions": (("function", "2130205"),)},
    "two economic codes": {"subject_kind": "economic", "subject_code": "302", "dimensions": (("economic", "30204"),)},
    "a year of long ago": {"fiscal_year": 1020},
    "a year far off": {"fiscal_year": 2101},
    "no aspect": {"aspect": "", "candidates": ()},
    "an aspect of one's own": {"aspect": "maxscore"},
    "a phase of one's own": {"phase": "initial"},
    "a kind of one's own": {"subject_kind": "measure"},
    "a direction of one's own": {"direction": "sideways"},
    "a comparator of one's own": {"comparator": ">="},
    "a precision below zero": {"precision": Decimal("-0.5")},
}  # fmt: skip
RIGHT: dict[str, dict[str, Any]] = {
    "as it was read": {},
    "one code twice": {"subject_kind": "function", "subject_code": "213", "dimensions": (("function", "213"),)},
    "codes of two classifications": {"subject_kind": "function", "subject_code": "213",
                                     "dimensions": (("economic", "302"), ("government-economic", "502"))},
    "a misprint is no code": {"subject_kind": "function", "subject_code": "21",
                              "dimensions": (("function", "2130205"),)},
    "an open column": {"aspect": "", "column": "", "candidates": ("合计", "基本支出")},
    "an open unit": {"unit": "", "precision": Decimal(0)},
    "the first year": {"fiscal_year": 1949},
    "no year": {"fiscal_year": None},
    "less than": {"comparator": "<", "direction": "down", "phase": "target"},
}  # fmt: skip


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    path = tmp_path_factory.mktemp("admission") / "budget.txt"
    path.write_text(TEXT, encoding="utf-8")
    found = read_facts(path)
    assert [(f.stated, f.value) for f in found.figures] == [("2,310.75", 23_107_500)]
    return found


@pytest.fixture(scope="module")
def figure_shape() -> rdflib.Graph:
    """The shape of figures alone: what it says of other classes is left to the shapes of these."""
    whole = rdflib.Graph().parse(shapes_file(), format="turtle")
    shape = rdflib.URIRef("https://w3id.org/gongkai/shapes#Figure")
    # The prefixes of its queries are declared by the shapes as a whole.
    both = whole.cbd(shape) + whole.cbd(rdflib.URIRef("https://w3id.org/gongkai/shapes"))
    return rdflib.Graph().parse(data=both.serialize(format="nt"), format="nt")


def conforms(facts: Facts, figure: Figure, shape: rdflib.Graph) -> bool:
    store = Store()
    store.bulk_extend(quads(replace(facts, figures=(figure,), findings=(), quantities=(), sheet=())))
    triples = {*(q.triple for q in store), *list_following(store)}
    data = rdflib.Graph().parse(data=serialize(triples, format=RdfFormat.N_TRIPLES), format="nt")
    held, report, _ = pyshacl.validate(data, shacl_graph=shape)
    assert isinstance(report, rdflib.Graph)
    assert held == (not list(report.subjects(rdflib.RDF.type, SH.ValidationResult)))
    return bool(held)


@pytest.mark.parametrize("change", [*FAULTS, *RIGHT])
def test_rules_and_shape_say_the_same(facts: Facts, figure_shape: rdflib.Graph, change: str) -> None:
    figure = replace(facts.figures[0], **{**FAULTS, **RIGHT}[change])
    assert bool(find_refusal(figure, facts.fiscal_year)) is (change in FAULTS)
    assert conforms(facts, figure, figure_shape) is (change in RIGHT)


def test_what_is_refused_is_told_with_its_characters(facts: Facts) -> None:
    good = facts.figures[0]
    bad = replace(good, span=Span(20, 24), stated="7.00", fiscal_year=1020)
    rows = (NumberToken(bad.span, bad.stated, "figure", ""), NumberToken(good.span, good.stated, "figure", ""))
    figures, ledger = admit((bad, good), rows, 2024)
    assert figures == (good,)
    assert ledger[1] == rows[1]
    assert (ledger[0].span, ledger[0].stated, ledger[0].kind) == (bad.span, "7.00", "unaccounted")
    assert ledger[0].reason == "no figure, since it has a year outside 1949 to 2100"


def test_a_row_that_prints_two_codes_of_one_classification_is_no_figure(tmp_path: Path) -> None:
    """Two panels side by side whose first amount is empty: neither code is known to be that of 7.00."""
    path = tmp_path / "panels.txt"
    path.write_text(
        "云岭市林业局2024年部门预算\n\n一般公共预算支出表\n单位：万元\n"
        "科目编码\t科目名称\t科目编码\t科目名称\t合计\n2130201\t行政运行\t2130205\t森林资源培育\t7.00\n",
        encoding="utf-8",
    )
    found = read_facts(path)
    assert found.figures == ()
    row = next(t for t in found.ledger if t.stated == "7.00")
    assert (row.kind, row.reason) == ("unaccounted", "no figure, since it has two codes of one classification")
