"""Where a figure of a PDF stands on paper, in the graph: page, box, the selector that viewers understand."""

from __future__ import annotations

import re
from dataclasses import replace

import pypdfium2
import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from loaders.documents import Box, Document, Span
from loaders.facts import Facts
from loaders.graph import quads
from loaders.graph.internal import read_internal
from loaders.graph.validation import validate
from loaders.pipeline import read_facts
from loaders.settings import DEFAULT_BASE
from service.queries.binding import bind
from tests.loaders.filemaker import make_pdf

GK = f"{DEFAULT_BASE}ontology#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
OA = "http://www.w3.org/ns/oa#"


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Facts:

    return read_facts(make_pdf(tmp_path_factory.mktemp("pdf") / "a.pdf", breaks=True))


def values(graph: list[Quad], predicate: str) -> dict[str, str]:
    return {q.subject.value: q.object.value for q in graph if q.predicate.value == predicate}  # type: ignore[union-attr]


def place(on_page: str) -> tuple[float, ...]:
    """Page, left, top, width and height of what stands on a page."""
    found = re.fullmatch(r"page=([1-9]\d*)&viewrect=(-?[\d.]+),(-?[\d.]+),([\d.]+),([\d.]+)", on_page)
    assert found, on_page
    return tuple(float(n) for n in found.groups())


def test_each_figure_names_the_page_and_the_box_that_show_it(facts: Facts) -> None:
    """The box is cut out of the page by another library, PDFium, and holds the characters."""
    graph = list(quads(facts))
    stated = values(graph, f"{GK}statedAs")
    places = {f: place(v) for f, v in values(graph, f"{GK}onPage").items() if "/id/figure/" in f}
    assert len(stated) == len(facts.figures) > 40
    assert set(places) == set(stated)
    assert len({page for page, *_ in places.values()}) > 2
    pdf = pypdfium2.PdfDocument(facts.document.path)
    try:
        for figure, words in stated.items():
            number, left, top, width, depth = places[figure]
            page = pdf[int(number) - 1]
            right, bottom = left + width, top + depth
            height = page.get_height()
            found = page.get_textpage().get_text_bounded(left - 1, height - bottom - 1, right + 1, height - top + 1)
            assert words in found
    finally:
        pdf.close()


def test_places_are_annotated_with_page_and_rectangle(facts: Facts) -> None:
    graph = list(quads(facts))
    assert validate(iter(graph)) == []
    store = Store()
    store.bulk_extend(graph)
    places = values(graph, f"{GK}onPage")
    figure = NamedNode(next(f for f in sorted(places) if "/id/figure/" in f))
    placed = {q.subject for q in graph if q.predicate.value == f"{GK}onPage"}
    fragment = next(q.object for q in graph if q.subject == figure and q.predicate.value.endswith("wasDerivedFrom"))
    other = next(
        q.subject for q in graph if q.subject.value.startswith(f"{DEFAULT_BASE}id/table/") and q.object in placed
    )
    for thing in (figure, other):
        query = bind(read_internal("linked/thing-statements"), {"thing": [thing]})
        told = list(store.query(query, use_default_graph_as_union=True))
        rectangles = [t.object.value for t in told if t.predicate.value == f"{RDF}value"]
        assert rectangles
        assert all(place(rectangle) for rectangle in rectangles)
        if thing == figure:
            assert rectangles == [places[figure.value]]
            assert {t.subject for t in told if t.predicate.value == f"{OA}hasSource"} == {fragment}


def test_a_text_has_no_pages() -> None:
    document = Document("a", "0123456789", "", "text")
    assert document.place_of(Span(2, 4)) is None


def test_a_span_over_several_runs_and_pages_is_placed_where_it_begins() -> None:
    boxes = (
        Box(Span(0, 3), 1, 10, 10, 20, 20),
        Box(Span(3, 6), 1, 20, 8, 30, 21),
        Box(Span(7, 9), 2, 1, 1, 2, 2),
    )
    document = Document("a", "abcdef\fgh", "", "pdf", boxes=boxes)
    assert document.place_of(Span(1, 9)) == Box(Span(1, 9), 1, 10, 8, 30, 21)
    assert document.place_of(Span(6, 7)) is None


def test_what_was_recognised_in_a_picture_is_marked(facts: Facts) -> None:
    seen = replace(facts, document=replace(facts.document, recognised=(2,)))
    graph = list(quads(seen))
    pages = {thing: place(value)[0] for thing, value in values(graph, f"{GK}onPage").items()}
    marked = values(graph, f"{GK}recognised")
    assert set(marked) == {figure for figure, page in pages.items() if page == 2}
    assert any(q.predicate.value == f"{GK}recognisedPage" and q.object == Literal(2) for q in graph)
