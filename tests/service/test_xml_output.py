"""XML that every parser reads, whatever a document's text holds: each route that gives XML, through a real server."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pyoxigraph as ox
import pytest
from lxml import etree

from loaders.build.building import load_files
from service.engine.xml_output import XmlFilter
from service.linked import snapshot_parts as derived

GK = "https://w3id.org/gongkai/ontology#"
DOCUMENT = "https://w3id.org/gongkai/id/document/controls"
#: Every character that XML 1.0 has no place for and RDF has: 29 control characters and two non-characters.
FORBIDDEN = "".join(map(chr, (*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20)))) + "\ufffe\uffff"
ALLOWED = "\t\n\r\x7f\x85\u2028\ud7ff\ue000\ufffd\U00010000\U0010ffff"
#: 口岸 and the like about each, so that a cut within a character would be seen; \r\n must not become one character.
TEXT = "".join(f"口{c}岸" for c in FORBIDDEN + ALLOWED) + "a\r\nb ]]> <&>\ufffe"
SAFE = "".join("\ufffd" if c in FORBIDDEN else c for c in TEXT)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory, serve: Callable[..., Any]) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("controls")
    quads = [
        (ox.NamedNode(DOCUMENT), "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", ox.NamedNode(f"{GK}Document")),
        (ox.NamedNode(DOCUMENT), f"{GK}text", ox.Literal(TEXT)),
        (ox.NamedNode(DOCUMENT), "http://www.w3.org/2000/01/rdf-schema#label", ox.Literal(TEXT, language="zh")),
        (ox.NamedNode(DOCUMENT), f"{GK}kind", ox.NamedNode(f"{GK}kindBudget")),
        (
            ox.NamedNode(f"{GK}kindBudget"),
            "http://www.w3.org/2000/01/rdf-schema#label",
            ox.Literal("预算", language="zh"),
        ),
        (ox.NamedNode("https://w3id.org/gongkai/dataset"), "http://purl.org/dc/terms/title", ox.Literal(TEXT)),
    ]
    graph = {True: ox.NamedNode("https://w3id.org/gongkai/graph/dataset"), False: ox.NamedNode(DOCUMENT)}
    store = ox.Store()
    for subject, predicate, value in quads:
        store.add(ox.Quad(subject, ox.NamedNode(predicate), value, graph[subject.value.endswith("dataset")]))
    file = folder / "controls.nq"
    file.write_bytes(store.dump(format=ox.RdfFormat.N_QUADS) or b"")
    derived.make(folder / "store", load_files([file], folder / "store"), "search")
    server = serve(folder / "store", GONGKAI_WORKERS="1")
    yield server.url
    server.stop()


def texts(body: bytes, tag: str) -> list[str]:
    """The texts of the elements of a name, as another parser than ours reads them."""
    return [e.text or "" for e in etree.fromstring(body).iter() if str(e.tag).endswith(f"}}{tag}")]


SELECT = f"SELECT ?text WHERE {{ ?d <{GK}text> ?text }}"
CONSTRUCT = f"CONSTRUCT {{ ?d <{GK}text> ?text }} WHERE {{ ?d <{GK}text> ?text }}"


@pytest.mark.parametrize(
    ("path", "parameters", "tag", "times"),
    [
        ("/sparql", {"query": SELECT, "format": "xml"}, "literal", 1),
        ("/sparql", {"query": CONSTRUCT, "format": "rdf"}, "text", 1),
        ("/sparql", {"query": f"DESCRIBE <{DOCUMENT}>", "format": "rdf"}, "text", 2),
        ("/graphs", {"graph": DOCUMENT, "format": "rdf"}, "text", 2),
        ("/id/document/controls.rdf", {}, "text", 2),
        ("/data/document/controls.rdf", {}, "text", 2),
        ("/dataset.rdf", {}, "title", 4),
    ],
)
def test_a_text_of_all_control_characters_is_well_formed_xml(
    url: str, path: str, parameters: dict[str, str], tag: str, times: int
) -> None:
    """``times`` is how often the text stands in the answer: the document has it as its text and as its label."""
    answer = httpx.get(
        f"{url}{path}", params=parameters, timeout=60, follow_redirects=True, headers={"Accept": "application/rdf+xml"}
    )
    assert answer.status_code == 200, answer.text
    assert "xml" in answer.headers["content-type"]
    # One character for one, so that start and end go on counting the same; \r is not read as \n.
    assert SAFE in texts(answer.content, tag)
    assert len(SAFE) == len(TEXT)
    # The file itself says what was done, after its root: 31 characters between 口 and 岸, and the one at the end.
    tail = answer.content.decode("utf-8").rsplit("<!--", 1)[1]
    assert f"{32 * times} characters" in tail
    assert "U+FFFD" in tail


@pytest.mark.parametrize("path", ["/ontology.rdf", "/sparql?format=rdf"])
def test_xml_without_such_characters_says_nothing_of_them(url: str, path: str) -> None:
    answer = httpx.get(f"{url}{path}", timeout=60)
    etree.fromstring(answer.content)
    assert "<!--" not in answer.text


def test_other_forms_keep_every_character(url: str) -> None:
    found = httpx.get(f"{url}/sparql", params={"query": SELECT, "format": "json"}, timeout=60).json()
    assert [b["text"]["value"] for b in found["results"]["bindings"]] == [TEXT]


def test_what_is_written_as_a_reference_is_not_touched(url: str) -> None:
    query = r'SELECT ("&#12; &#xC; &amp;" AS ?x) {}'
    answer = httpx.get(f"{url}/sparql", params={"query": query, "format": "xml"}, timeout=60)
    assert texts(answer.content, "literal") == ["&#12; &#xC; &amp;"]
    assert "<!--" not in answer.text


@pytest.mark.parametrize(
    "property", ["http://e/1", "http://e/", "x:", "http://e/%E4%B8%AD", "http://www.w3.org/2000/xmlns/a",
                 "http://www.w3.org/1999/02/22-rdf-syntax-ns#li"],
)  # fmt: skip
@pytest.mark.parametrize("pattern", ["?d <{}> 1", "?d a <{}>"])
def test_a_name_that_xml_cannot_write_is_an_error_and_no_broken_file(url: str, property: str, pattern: str) -> None:
    query = f"CONSTRUCT {{ {pattern.format(property)} }} WHERE {{ ?d a <{GK}Document> }}"
    answer = httpx.get(f"{url}/sparql", params={"query": query, "format": "rdf"}, timeout=60)
    if answer.status_code == 200:  # as a class rdf:li is a value like any other
        assert (pattern, property[-3:]) == ("?d a <{}>", "#li")
        etree.fromstring(answer.content)
        return
    assert (answer.status_code, answer.json()["code"]) == (406, "form")
    assert f"<{property}>" in answer.json()["problem"]
    assert httpx.get(f"{url}/sparql", params={"query": query, "format": "ttl"}, timeout=60).status_code == 200


def test_a_workbook_opens_and_keeps_the_places_of_characters(url: str) -> None:
    answer = httpx.get(f"{url}/queries/documents-loaded.xlsx", timeout=60)
    assert answer.status_code == 200
    for name in zipfile.ZipFile(io.BytesIO(answer.content)).namelist():
        if name.endswith(".xml"):
            etree.fromstring(zipfile.ZipFile(io.BytesIO(answer.content)).read(name))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    cells = [c.value for row in book.worksheets[0].iter_rows() for c in row if isinstance(c.value, str)]
    assert any("口\ufffd岸" * 29 in cell for cell in cells), cells
    about = [[c.value for c in row] for row in book.worksheets[1].iter_rows()]
    assert any("U+FFFD" in str(cell) for row in about for cell in row)


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_characters_cut_between_two_writes_are_seen(size: int) -> None:
    out = io.BytesIO()
    written = XmlFilter(out)
    body = f"<x>{''.join(f'口{c}岸' for c in FORBIDDEN)}\uffffb\uffef\ufffd</x>".encode()
    for start in range(0, len(body), size):
        written.write(body[start : start + size])
    written.close()
    expected = "口\ufffd岸" * len(FORBIDDEN) + "\ufffdb\uffef\ufffd"
    assert etree.fromstring(out.getvalue()).text == expected
    assert f"{len(FORBIDDEN) + 1} characters" in out.getvalue().decode()


def test_an_unfinished_character_at_the_end_is_kept(tmp_path: Path) -> None:
    out = io.BytesIO()
    written = XmlFilter(out)
    written.write(b"abc\xef\xbf")
    written.close()
    assert out.getvalue() == b"abc\xef\xbf"
