"""XML that every parser reads: what XML 1.0 cannot hold is replaced, one character for one, and the file says so.

Texts of documents hold characters that RDF allows and XML 1.0 does not, not even as references: form feeds between the
pages of a PDF, other control characters, U+FFFE and U+FFFF. The engine writes them as they are. Here each becomes
U+FFFD, so that places counted in characters go on being right, and a comment after the root says how many there were.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from typing import Protocol

import pyoxigraph as ox

#: Where each of the characters stands in UTF-8; the byte EF is never a later byte of a character.
_FORBIDDEN = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_FORBIDDEN_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_NOTE = (
    "<!-- {} characters that XML 1.0 cannot hold stand here as U+FFFD; other forms (JSON, Turtle) have them. "
    "XML 1.0 不能容纳的 {} 个字符在此写作 U+FFFD；其他格式（JSON、Turtle）保留原字符。 -->\n"
)
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_TYPE = ox.NamedNode(f"{_RDF}type")
#: What RDF/XML means otherwise when it is written as a property.
_RESERVED = frozenset(
    _RDF + name
    for name in ("RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype", "li", "aboutEach",
                 "aboutEachPrefix", "bagID", "Description")
)  # fmt: skip
_STARTS = (
    "A-Z_a-z\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME_START = re.compile(f"[{_STARTS}]")
_NAME_END = re.compile(f"[{_STARTS}.0-9\xb7\u0300-\u036f\u203f\u2040-]*")


class Output(Protocol):
    """What bytes can be written to."""

    def write(self, part: bytes, /) -> int: ...


class NoXmlName(ValueError):
    """A graph has a property or class that RDF/XML cannot write."""


class XmlFilter:
    """A file in front of another: XML that is written to it comes out well-formed. :meth:`close` writes the rest."""

    def __init__(self, out: Output) -> None:
        self.out = out
        self.replaced = 0
        self._held = b""

    def write(self, part: bytes, /) -> int:
        """Takes UTF-8, cut anywhere."""
        whole = self._held + part
        # A character that may be cut at the end waits for its other bytes.
        end = len(whole) - (2 if whole.endswith(b"\xef\xbf") else 1 if whole.endswith(b"\xef") else 0)
        whole, self._held = whole[:end], whole[end:]
        whole, count = _FORBIDDEN.subn(_REPLACEMENT.encode(), whole)
        self.replaced += count
        # Written as it is, a parser would take it for the end of a line, and \r\n for one character.
        self.out.write(whole.replace(b"\r", b"&#13;"))
        return len(part)

    def flush(self) -> None:
        """Nothing waits but an unfinished character."""

    def close(self) -> None:
        """Writes what was held back, and the note if anything was replaced."""
        self.out.write(self._held)
        self._held = b""
        if self.replaced:
            self.out.write(_NOTE.format(self.replaced, self.replaced).encode("utf-8"))


def replace_forbidden(text: str) -> tuple[str, int]:
    """A text as XML can hold it, and how many characters were replaced."""
    return _FORBIDDEN_TEXT.subn(_REPLACEMENT, text)


def write_graph(
    triples: Iterable[ox.Triple], form: ox.RdfFormat, out: Output, prefixes: dict[str, str] | None = None
) -> None:
    """Writes triples in an RDF format; RDF/XML well-formed.

    Raises :class:`NoXmlName` for a graph that RDF/XML cannot write.
    """
    if form != ox.RdfFormat.RDF_XML:
        ox.serialize(triples, out, form, prefixes=prefixes)  # type: ignore[arg-type]
        return
    written = XmlFilter(out)
    ox.serialize(_check_names(triples), written, form, prefixes=prefixes)  # type: ignore[arg-type]
    written.close()


def serialize_graph(
    triples: Iterable[ox.Triple], form: ox.RdfFormat | None, prefixes: dict[str, str] | None = None
) -> bytes:
    """The bytes that :func:`write_graph` writes; Turtle where no format is named."""
    out = io.BytesIO()
    write_graph(triples, form or ox.RdfFormat.TURTLE, out, prefixes)
    return out.getvalue()


def write_rows(results: ox.QuerySolutions | ox.QueryBoolean, form: ox.QueryResultsFormat, out: Output) -> None:
    """Writes the results of a query; XML well-formed."""
    if form != ox.QueryResultsFormat.XML:
        results.serialize(out, form)  # type: ignore[arg-type]
        return
    written = XmlFilter(out)
    results.serialize(written, form)  # type: ignore[arg-type]
    written.close()


def _check_names(triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
    """The triples as they come, up to one whose property, or class, is no name that XML can write."""
    good: set[str] = set()
    for triple in triples:
        names = [triple.predicate.value]
        if triple.predicate == _TYPE and isinstance(triple.object, ox.NamedNode):
            names.append(triple.object.value)
        for place, iri in enumerate(names):
            if iri in good:
                continue
            if not _has_name(iri) or (place == 0 and iri in _RESERVED):
                raise NoXmlName(f"RDF/XML has no way to write <{iri[:200]}> as the name of an element")
            if iri not in _RESERVED:
                good.add(iri)
        yield triple


def _has_name(iri: str) -> bool:
    """Whether an IRI ends in a name of XML that can be cut off, such as ``…#year``."""
    end = _NAME_END.match(iri[::-1])
    tail = end.end() if end else 0
    start = _NAME_START.search(iri, len(iri) - tail)
    # A namespace that ends within %E4 is no IRI; that of xmlns may not be declared.
    if start is None or iri.startswith("http://www.w3.org/2000/xmlns/"):
        return False
    return "%" not in iri[: start.start()][-2:]
