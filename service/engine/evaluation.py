"""What evaluates one query on one store: always whole answers in bytes, or the reason why there is none.

Runs inside the processes that :mod:`service.engine.nursery` forks, and nowhere near the web process: a query can
neither be interrupted nor trusted not to crash.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pyoxigraph as ox

from service.engine.rows import spell
from service.engine.xml_output import NoXmlName, write_graph, write_rows

RESULT_FORMATS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
GRAPH_FORMATS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}

# How many characters of CSV are gathered before they count against the limit of an answer.
_BATCH = 1 << 16

_PLACE = re.compile(r"error at (\d+):(\d+): ?", re.ASCII)


class TooLarge(Exception):
    """The answer outgrew its limit."""


class Collector:
    """A file in memory that refuses to grow beyond a limit."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self.parts: list[bytes] = []

    def write(self, part: bytes) -> int:
        self.size += len(part)
        if self.size > self.limit:
            raise TooLarge
        self.parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        """Nothing to do: the parts are in memory."""


def evaluate(store: ox.Store, job: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    """Runs one job; gives the answer's head (``size`` and ``rows``, or ``error``) and the parts of its body.

    ``rows`` are solutions or triples; an ASK has one.
    """
    out = Collector(job["limit"])
    try:
        options: dict[str, Any] = {"base_iri": job["base"]}
        if job["default"] or job["named"]:
            options["default_graph"] = [ox.NamedNode(g) for g in job["default"]]
            options["named_graphs"] = [ox.NamedNode(g) for g in job["named"]]
        elif job["union"]:
            options["use_default_graph_as_union"] = True
        rows = write_results(store.query(job["query"], **options), job["format"], job["prefixes"], out)
    except TooLarge:
        return {"error": "too large", "message": f"the answer is larger than {job['limit']:,} bytes"}, []
    except MemoryError:
        return {"error": "memory", "message": "the query needs more memory than it may use"}, []
    except NoXmlName as error:
        return {"error": "form", "message": str(error)}, []
    except SyntaxError as error:
        return _explain_syntax(str(error)), []
    except (RuntimeError, ValueError, OSError) as error:
        return {"error": "evaluation", "message": str(error)[:500]}, []
    return {"size": out.size, "rows": rows}, out.parts


def write_results(results: Any, key: str, prefixes: dict[str, str], out: Collector) -> int:
    """Writes what the engine gave in the format ``key``; gives the number of rows. Raises TooLarge."""
    if isinstance(results, ox.QueryTriples):
        form = GRAPH_FORMATS.get(key, ox.RdfFormat.TURTLE)
        readable = form in (ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG)
        counter = _Counter(results)
        write_graph(counter, form, out, prefixes if readable else None)
        return counter.count
    if isinstance(results, ox.QuerySolutions) and key == "csv":
        return write_csv(results, out)
    result_form = RESULT_FORMATS.get(key, ox.QueryResultsFormat.JSON)
    write_rows(results, result_form, out)
    return 1 if isinstance(results, ox.QueryBoolean) else _count_rows(out.parts, result_form)


class _Counter:
    """Counts the triples that pass."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self.triples = triples
        self.count = 0

    def __iter__(self) -> Iterator[ox.Triple]:
        for triple in self.triples:
            self.count += 1
            yield triple


def _count_rows(parts: list[bytes], form: ox.QueryResultsFormat) -> int:
    """The rows of results as they are written. Each mark is one that text inside a value cannot hold: it is escaped."""
    text = b"".join(parts)
    if form == ox.QueryResultsFormat.TSV:
        return max(0, text.count(b"\n") - 1)
    if form == ox.QueryResultsFormat.XML:
        return text.count(b"<result>") + text.count(b"<result/>")
    # A row without any value is {}, which stands beside commas and brackets only.
    rows = text.count(b'}},{"')
    return rows + (b'"bindings":[{"' in text) if b"{}" not in text else _count_json(text)


def _count_json(text: bytes) -> int:
    return len(json.loads(text)["results"]["bindings"])


def write_csv(results: ox.QuerySolutions, out: Collector) -> int:
    """SPARQL 1.1 results as CSV. Oxigraph's own puts no quotes about an IRI with a comma, such as ``…#char=1,2``."""
    rows = io.StringIO()
    writer = csv.writer(rows, lineterminator="\r\n")
    writer.writerow([variable.value for variable in results.variables])
    count = 0
    for solution in results:
        writer.writerow([spell(term) for term in solution])
        count += 1
        if rows.tell() > _BATCH:
            out.write(rows.getvalue().encode("utf-8"))
            rows.seek(0)
            rows.truncate()
    out.write(rows.getvalue().encode("utf-8"))
    return count


def _explain_syntax(message: str) -> dict[str, Any]:
    found = _PLACE.search(message)
    if found is None:
        return {"error": "syntax", "message": message[:500]}
    expected = message[found.end() :].split("['")[0].strip().rstrip(",").strip()
    return {"error": "syntax", "message": expected[:300], "line": int(found[1]), "column": int(found[2])}
