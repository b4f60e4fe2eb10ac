"""Rows that were found without the engine, written as the engine's results are: JSON and CSV of SPARQL 1.1."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from json.encoder import encode_basestring as write_text

import pyoxigraph as ox

Term = ox.NamedNode | ox.Literal | ox.BlankNode | ox.Triple
#: The formats that are written here, by their keys.
FORMATS = ("json", "csv")
_STRING = "http://www.w3.org/2001/XMLSchema#string"


class Unwritten(Exception):
    """A term that is not written here."""


def write_rows(names: Sequence[str], rows: Sequence[Sequence[Term]], form: str) -> bytes:
    """The rows in one of ``FORMATS``. Raises :class:`Unwritten` for a triple as a value."""
    return (_write_json if form == "json" else _write_csv)(names, rows)


def _write_json(names: Sequence[str], rows: Sequence[Sequence[Term]]) -> bytes:
    keys = [f"{write_text(name)}:" for name in names]
    lines = [",".join([key + _write_term(term) for key, term in zip(keys, row, strict=True)]) for row in rows]
    body = "{" + "},{".join(lines) + "}" if lines else ""
    vars_ = ",".join([key[:-1] for key in keys])
    return f'{{"head":{{"vars":[{vars_}]}},"results":{{"bindings":[{body}]}}}}'.encode()


def _write_term(term: Term) -> str:
    if isinstance(term, ox.NamedNode):
        return f'{{"type":"uri","value":{write_text(term.value)}}}'
    if isinstance(term, ox.Literal):
        text = f'{{"type":"literal","value":{write_text(term.value)}'
        if (language := term.language) is not None:
            return f'{text},"xml:lang":"{language}"}}'
        if (datatype := term.datatype.value) == _STRING:
            return text + "}"
        return f'{text},"datatype":{write_text(datatype)}}}'
    if isinstance(term, ox.BlankNode):
        return f'{{"type":"bnode","value":{write_text(term.value)}}}'
    raise Unwritten


def _write_csv(names: Sequence[str], rows: Sequence[Sequence[Term]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([spell(term) for term in row])
    return out.getvalue().encode("utf-8")


def spell(term: object) -> str:
    """A term as a cell of CSV."""
    if isinstance(term, ox.NamedNode | ox.Literal):
        return term.value
    return "" if term is None else str(term)
