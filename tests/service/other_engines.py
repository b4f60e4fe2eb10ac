"""Servers for tests of other engines: Oxigraph over the Graph Store Protocol and SPARQL, and one that can misbehave."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox

from tests.standing_in import Handler, standing_in

#: Changes an answer on its way out; gets the query and the body.
Twist = Callable[[str, bytes], bytes]


@dataclass
class Engine:
    """A SPARQL endpoint and graph store over a store in memory. ``twist`` falsifies answers.

    ``status`` other than 200 is what every request gets; ``seconds`` is how long each takes; ``refuse`` names graphs
    whose PUT fails with 500, each as often as it says; one that ``forgets`` keeps nothing; ``secret`` is the
    Authorization that is asked for.
    """

    store: ox.Store = field(default_factory=ox.Store)
    twist: Twist = lambda _query, body: body
    status: int = 200
    seconds: float = 0.0
    secret: str = ""
    refuse: dict[str, int] = field(default_factory=dict)
    forgets: bool = False
    requests: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""


class _Handler(Handler):
    engine: Engine
    protocol_version = "HTTP/1.1"

    def _send(self, status: int, body: bytes = b"", media: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _read(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", "0")))

    def _is_refused(self, graph: str) -> bool:
        time.sleep(self.engine.seconds)
        if self.engine.secret and self.headers.get("Authorization") != self.engine.secret:
            self._send(401)
        elif self.engine.status != 200:
            self._send(self.engine.status, b"no")
        elif self.engine.refuse.get(graph, 0) > 0:
            self.engine.refuse[graph] -= 1
            self._send(500, b"disk full")
        else:
            return False
        return True

    def _graph(self) -> ox.NamedNode | ox.DefaultGraph:
        asked = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        return ox.NamedNode(asked["graph"][0]) if "graph" in asked else ox.DefaultGraph()

    def do_POST(self) -> None:
        body = self._read()
        if self._is_refused(""):
            return
        fields = parse_qs(body.decode("utf-8"))
        query = fields["query"][0]
        graphs = [ox.NamedNode(g) for g in fields.get("default-graph-uri", [])]
        try:
            found = self.engine.store.query(query, default_graph=graphs or None, use_default_graph_as_union=not graphs)
        except SyntaxError as error:
            self._send(400, str(error).encode("utf-8"))
            return
        graph = isinstance(found, ox.QueryTriples)
        form = ox.RdfFormat.N_TRIPLES if graph else ox.QueryResultsFormat.JSON
        media = "application/n-triples" if graph else "application/sparql-results+json"
        self._send(200, self.engine.twist(query, found.serialize(format=form)), media)  # type: ignore[arg-type]

    def do_PUT(self) -> None:
        body, graph = self._read(), self._graph()
        self.engine.requests.append(("PUT", getattr(graph, "value", "")))
        if self._is_refused(getattr(graph, "value", "")):
            return
        quads = [ox.Quad(q.subject, q.predicate, q.object, graph) for q in ox.parse(body, ox.RdfFormat.N_TRIPLES)]
        if not self.engine.forgets:
            self.engine.store.clear_graph(graph)
            self.engine.store.extend(quads)
        self._send(204)

    def do_DELETE(self) -> None:
        graph = self._graph()
        self.engine.requests.append(("DELETE", getattr(graph, "value", "")))
        if self._is_refused(getattr(graph, "value", "")):
            return
        self.engine.store.remove_graph(graph)
        self._send(204)

    def do_GET(self) -> None:
        graph = self._graph()
        if self._is_refused(getattr(graph, "value", "")):
            return
        triples = [q.triple for q in self.engine.store.quads_for_pattern(None, None, None, graph)]
        body = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
        self._send(200 if triples else 404, body or b"", "application/n-triples")


@contextmanager
def serve_engine(engine: Engine) -> Iterator[Engine]:
    """Serves it on a free port, at ``/``, until the block is left."""
    with standing_in(type("Serving", (_Handler,), {"engine": engine})) as address:
        engine.url = f"{address}/"
        yield engine
