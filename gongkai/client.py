"""The client: canned queries, office sheets, SPARQL, search, reconciliation, changes."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import TracebackType
from typing import Any
from urllib.parse import quote

import httpx

from gongkai.errors import NotReached, Refused, find_class
from gongkai.results import Change, Column, QueryDescription, Table, Value

#: Of the shape of the server's own JSON; a server that speaks another is told apart at once.
SHAPE = 1
_XSD = "http://www.w3.org/2001/XMLSchema#"
_READERS: dict[str, Callable[[str], Value]] = {
    **{_XSD + name: int for name in ("integer", "int", "long", "nonNegativeInteger", "gYear")},
    f"{_XSD}decimal": Decimal, f"{_XSD}double": float, f"{_XSD}float": float,
    f"{_XSD}boolean": lambda text: text in ("true", "1"),
}  # fmt: skip
_ORDERED = re.compile(r"\bORDER\s+BY\b", re.IGNORECASE)
_BOUNDED = re.compile(r"\b(?:LIMIT|OFFSET)\s+\d+\s*", re.IGNORECASE)
_JSON, _RESULTS = "application/json", "application/sparql-results+json"
#: How many names one request of reconciliation has.
_BATCH = 50


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a name may mean: its id below ``…/id/``, its own name, how alike they are (0 to 100).

    ``match`` is true for one candidate at most: where the server is certain.
    """

    id: str
    name: str
    score: float
    match: bool
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """What a search found: how the question was read, and by kind what answers it, as the server describes it."""

    read: tuple[Mapping[str, Any], ...]
    sheets: tuple[Mapping[str, Any], ...]
    queries: tuple[Mapping[str, Any], ...]
    things: tuple[Mapping[str, Any], ...]
    passages: tuple[Mapping[str, Any], ...]
    snapshot: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)

    @property
    def answer(self) -> Mapping[str, Any] | None:
        """The answer itself with ``status``, ``title``, ``rows`` and ``not_loaded``; None where there is none."""
        told: Mapping[str, Any] | None = self.told.get("answer")
        return told


class Client:
    """A Gongkai server at ``url``, perhaps below a path; a context manager.

    ``language`` is that of labels and errors, zh or en. A server that is busy is asked again up to ``retries`` times,
    after as long as it says; ``timeout`` is that of one request, in seconds. ``http`` is a client of httpx to use
    instead of one of our own. Every method raises :class:`gongkai.errors.ClientError`, see there.
    """

    def __init__(
        self, url: str = "http://127.0.0.1:8000", *, language: str = "zh", timeout: float = 60.0, retries: int = 3,
        http: httpx.Client | None = None,
    ) -> None:  # fmt: skip
        self.url = url.rstrip("/")
        self.language, self.retries = language, retries
        self._http = http or httpx.Client(timeout=timeout, follow_redirects=True)
        self._owned = http is None
        self._base = ""

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        if self._owned:
            self._http.close()

    def queries(self) -> list[QueryDescription]:
        """The canned queries with their parameters and columns."""
        api = self._read("/openapi.json")
        found = []
        for path, methods in api["paths"].items():
            name = path.removeprefix("/queries/").removesuffix(".json")
            if path == f"/queries/{name}.json":
                described = methods["get"]
                parameters = {p["name"]: p.get("description", "") for p in described["parameters"]}
                row = api["components"]["schemas"].get(f"{name}.row", {})
                columns = tuple(row.get("properties", ()))
                found.append(
                    QueryDescription(name, described["summary"], described["description"], parameters, columns)
                )
        return found

    def query(self, name: str, /, **parameters: str | float | Sequence[str | float]) -> Table:
        """A canned query. A parameter may have several values: ``agency=["A", "B"]``."""
        asked = {key: _spell(value) for key, value in parameters.items()}
        told = self._read(f"/queries/{quote(name, safe='')}.json", asked)
        columns = tuple(Column(c["name"], c["title"], c["unit"]) for c in told["columns"])
        return Table(columns, tuple(told["rows"]), told["query"], told["snapshot"], tuple(told["evidence"]))

    def documents(self) -> Table:
        """The documents that are loaded: id, title, office, year, kind."""
        return self.query("documents-loaded")

    def sheet(self, document: str) -> Table:
        """The office sheet of a budget or final account, by the document's id: a line a row, with its evidence."""
        told = self._read(f"/documents/{quote(document, safe='')}/sheet.json")
        place = f"{self.base()}id/document/{document}"
        rows = [
            {**line, "evidence": f"{place}#char={line['start']},{line['end']}" if line.get("end") else None}
            for line in told["lines"]
        ]
        names = list(dict.fromkeys(name for row in rows for name in row))
        return Table(tuple(Column(name) for name in names), tuple(rows), document, "", ("evidence",))

    def sparql(self, query: str) -> Table:
        """A SELECT or ASK by SPARQL 1.1; an ASK gives one row with the column ``boolean``."""
        told = self._send("/sparql", {"query": query}, _RESULTS)
        if "boolean" in told:
            return Table((Column("boolean"),), ({"boolean": bool(told["boolean"])},))
        names = told["head"]["vars"]
        rows = tuple({name: _read_term(row.get(name)) for name in names} for row in told["results"]["bindings"])
        return Table(tuple(Column(name) for name in names), rows)

    def sparql_pages(self, query: str, rows: int = 10_000) -> Iterator[Table]:
        """A SELECT in parts of so many rows, for what is larger than one answer may be.

        The query needs an ORDER BY that tells all rows apart, or the parts might not fit together, and no LIMIT or
        OFFSET at its end. Raises ValueError if it is otherwise.
        """
        end = query.rpartition("}")[2]
        if not _ORDERED.search(end) or _BOUNDED.search(end) or rows < 1:
            raise ValueError("a query in parts ends with ORDER BY, without LIMIT and OFFSET")
        offset = 0
        while True:
            part = self.sparql(f"{query}\nLIMIT {rows} OFFSET {offset}")
            if len(part) or not offset:
                yield part
            if len(part) < rows:
                return
            offset += rows

    def search(self, question: str, kind: str = "") -> Found:
        """What a question or some words find; ``kind`` such as Agency lists things of one kind only."""
        told = self._read("/search.json", {"q": [question], **({"kind": [kind]} if kind else {})})
        parts = {name: tuple(told.get(name, ())) for name in ("read", "sheets", "queries", "things", "passages")}
        return Found(**parts, snapshot=told.get("snapshot", ""), told=told)

    def reconcile(
        self, names: Sequence[str], kind: str = "Agency", limit: int = 5, properties: Mapping[str, str] | None = None
    ) -> list[list[Candidate]]:
        """What each name may mean, the likeliest first; ``properties`` such as ``place`` tell namesakes apart."""
        extra = [{"pid": name, "v": value} for name, value in (properties or {}).items()]
        found: list[list[Candidate]] = []
        for start in range(0, len(names), _BATCH):
            part = names[start : start + _BATCH]
            asked = {
                f"q{n}": {"query": name, "type": kind, "limit": limit, **({"properties": extra} if extra else {})}
                for n, name in enumerate(part)
            }
            told = self._send("/reconcile", {"queries": json.dumps(asked, ensure_ascii=False)}, _JSON)
            found += [[_read_candidate(row) for row in told[f"q{n}"]["result"]] for n in range(len(part))]
        return found

    def describe(self, iri: str) -> str:
        """All statements about a thing of the graph, as Turtle."""
        stem = iri.removeprefix(f"{self.base()}id/")
        return self._ask("GET", f"/data/{quote(stem, safe='/')}.ttl", accept="text/turtle").text

    def changes(self, pages: int = 1_000) -> Iterator[Change]:
        """What changed from publication to publication, the newest first; at most so many pages of the feed."""
        address = "/changes.json"
        for _ in range(pages):
            feed = self._read(address)
            for item in feed["items"]:
                about = item["_gongkai"]
                yield Change(
                    about["snapshot"], item["date_published"], next(iter(item["tags"]), ""), item["title"],
                    item["url"], about.get("document", ""), tuple(about.get("figures", ())), about.get("unlisted", 0),
                )  # fmt: skip
            if "next_url" not in feed:
                return
            # The page may be told under another name of the same server.
            address = "/changes.json?" + feed["next_url"].partition("?")[2]

    def base(self) -> str:
        """The base of the IRIs of the server's graph."""
        if not self._base:
            self._base = str(self._read("/reconcile")["identifierSpace"]).removesuffix("id/")
        return self._base

    def _read(self, path: str, asked: Mapping[str, Sequence[str]] | None = None) -> Any:
        return self._decode(self._ask("GET", path, asked))

    def _send(self, path: str, form: Mapping[str, str], accept: str) -> Any:
        return self._decode(self._ask("POST", path, form=form, accept=accept))

    def _ask(
        self, method: str, path: str, asked: Mapping[str, Sequence[str]] | None = None, *,
        form: Mapping[str, str] | None = None, accept: str = _JSON,
    ) -> httpx.Response:  # fmt: skip
        path, _, query = path.partition("?")
        pairs: list[tuple[str, str | int | float | bool | None]] = [
            (name, value) for name, values in (asked or {}).items() for value in values
        ]
        pairs += [(n, v) for n, v in httpx.QueryParams(query).multi_items()]
        headers = {"Accept": accept, "Accept-Language": self.language}
        for attempt in range(self.retries + 1):
            try:
                answer = self._http.request(method, self.url + path, params=pairs, data=form, headers=headers)
            except httpx.HTTPError as error:
                problem = str(error) or "no answer"
                raise NotReached(f"{self.url}{path}: {problem}. Is the server running?") from error
            if answer.status_code != 503 or attempt == self.retries:
                break
            time.sleep(_read_pause(answer))
        if answer.is_error:
            raise _explain(answer)
        return answer

    def _decode(self, answer: httpx.Response) -> Any:
        try:
            told = answer.json()
        except ValueError:
            raise NotReached(f"{answer.url}: its answer is no JSON. Is this a Gongkai server?") from None
        shape = told.get("version", SHAPE) if isinstance(told, dict) else SHAPE
        if isinstance(shape, int) and shape != SHAPE:
            raise NotReached(f"{answer.url}: its JSON has shape {shape}, and this client reads {SHAPE}: update it")
        return told


def _spell(value: str | float | Sequence[str | float]) -> list[str]:
    return [value] if isinstance(value, str) else [str(v) for v in (value if isinstance(value, Sequence) else [value])]


def _read_term(term: Mapping[str, str] | None) -> Value:
    if term is None:
        return None
    reader = _READERS.get(term.get("datatype", ""))
    try:
        return reader(term["value"]) if reader else term["value"]
    except (ValueError, ArithmeticError):
        # A literal that is not of its own type says what it says.
        return term["value"]


def _read_candidate(row: Mapping[str, Any]) -> Candidate:
    kinds = tuple(kind["id"] for kind in row.get("type", ()))
    return Candidate(row["id"], row["name"], float(row["score"]), bool(row["match"]), kinds)


def _read_pause(answer: httpx.Response) -> float:
    told = answer.headers.get("retry-after", "1")
    return min(float(told), 30.0) if told.isdigit() else 1.0


def _explain(answer: httpx.Response) -> Refused:
    try:
        told = answer.json()
        code, place, problem, remedy = (str(told[name]) for name in ("code", "place", "problem", "remedy"))
        choices = [str(choice) for choice in told.get("choices", ())]
    except (ValueError, KeyError, TypeError):
        code, place, problem, remedy, choices = "http", str(answer.url), answer.text[:200], "", []
    return find_class(answer.status_code)(answer.status_code, code, place, problem, remedy, choices)
