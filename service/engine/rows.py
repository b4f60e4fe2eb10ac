"""Rows that were found without the engine, written as the engine's results are: JSON and CSV of SPARQL 1.1."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from functools import lru_cache
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
    if form == "csv":
        return _write_csv(names, [[spell(term) for term in row] for row in rows])
    return _write_json(names, [[write_json_term(term) for term in row] for row in rows])


def write_written(names: Sequence[str], rows: Sequence[Sequence[str]], form: str) -> bytes:
    """The same for rows whose terms :func:`write_json_term` has written."""
    if form == "csv":
        return _write_csv(names, [[_spell_written(term) for term in row] for row in rows])
    return _write_json(names, rows)


def _write_json(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    keys = [f"{write_text(name)}:" for name in names]
    if len(keys) == 2:
        first, second = keys
        lines = [f"{first}{one},{second}{other}" for one, other in rows]
    else:
        lines = [",".join([key + term for key, term in zip(keys, row, strict=True)]) for row in rows]
    body = "{" + "},{".join(lines) + "}" if lines else ""
    vars_ = ",".join([key[:-1] for key in keys])
    return f'{{"head":{{"vars":[{vars_}]}},"results":{{"bindings":[{body}]}}}}'.encode()


def write_json_term(term: Term) -> str:
    """A term as SPARQL's JSON has it, on one line. Raises :class:`Unwritten` for a triple."""
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


def read_json_term(written: str) -> ox.NamedNode | ox.Literal | ox.BlankNode:
    """What :func:`write_json_term` has written."""
    if "\\" in written or written.startswith(_BLANK):
        return _read_escaped(json.loads(written))
    # Without escapes no string holds a quotation mark: its parts are where they were put. In a fifth of the time.
    if written.startswith(_URI):
        return _make_node(written[len(_URI) : -2])
    text = written[len(_LITERAL) : -2]
    value, told, language = text.rpartition('","xml:lang":"')
    if told:
        return ox.Literal(value, language=language)
    value, told, datatype = text.rpartition('","datatype":"')
    return ox.Literal(value, datatype=_make_node(datatype)) if told else ox.Literal(text)


_URI, _LITERAL, _BLANK = '{"type":"uri","value":"', '{"type":"literal","value":"', '{"type":"bnode"'
_make_node = lru_cache(maxsize=4_096)(ox.NamedNode)


def _read_escaped(told: dict[str, str]) -> ox.NamedNode | ox.Literal | ox.BlankNode:
    value = told["value"]
    if told["type"] == "uri":
        return ox.NamedNode(value)
    if told["type"] == "bnode":
        return ox.BlankNode(value)
    if "xml:lang" in told:
        return ox.Literal(value, language=told["xml:lang"])
    return ox.Literal(value, datatype=ox.NamedNode(told["datatype"])) if "datatype" in told else ox.Literal(value)


def _write_csv(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8")


def _spell_written(term: str) -> str:
    told = json.loads(term)
    value: str = told["value"]
    return f"_:{value}" if told["type"] == "bnode" else value


def spell(term: object) -> str:
    """A term as a cell of CSV."""
    if isinstance(term, ox.NamedNode | ox.Literal):
        return term.value
    return "" if term is None else str(term)
