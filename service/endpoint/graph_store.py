"""The SPARQL 1.1 Graph Store HTTP Protocol, read half, at ``/graphs``: ``?graph=IRI`` and ``?default``."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import Response

from loaders.graph.internal import read_internal
from service.endpoint.protocol import Endpoint, answer_options
from service.endpoint.question import Question, check_graph, read_fields
from service.http.negotiation import GRAPHS, choose, find_named
from service.http.problems import Problem

METHODS = ("GET", "HEAD", "OPTIONS")


class GraphStore(Endpoint):
    """Answers ``/graphs``. The default graph is, as at ``/sparql``, the union of the named ones."""

    async def handle(self, request: Request, signature: tuple[bytes, ...] = ()) -> Response | None:
        """One graph; None if the client has gone. Raises :class:`service.http.problems.Problem`."""
        if request.method == "OPTIONS":
            return answer_options(METHODS)
        if request.method not in METHODS:
            raise Problem(
                405, "method", f"{request.method[:20]} /graphs", "the graphs cannot be changed here",
                "Read with GET or HEAD; to change data, build a store of your own", {"Allow": ", ".join(METHODS)},
                zh=("此处不能修改图", "请用 GET 或 HEAD 读取；要修改数据，请自建数据库"),
            )  # fmt: skip
        graph, wish = self._read(request)
        accept = request.headers.get("accept")
        form = find_named(wish, GRAPHS) if wish else choose(accept, GRAPHS)
        if form is None and not wish and "html" in (accept or ""):
            form = GRAPHS[0]  # a browser, which shows text
        if form is None:
            names = ", ".join(f"{f.key} ({f.media_type})" for f in GRAPHS)
            raise Problem(
                406, "not_acceptable", f"Accept: {(accept or '')[:120]}" if not wish else f"format={wish[:60]}",
                "a graph has no such form", f"Ask for one of: {names}", zh=("图没有这种格式", f"可选：{names}"),
            )  # fmt: skip
        default = (graph,) if graph else ()
        if graph:
            query = read_internal("endpoint/graph-exists")
            there = await self.store.run(self.site.answers.job(query, "json", union=False, default=default))
            if not json.loads(there.body)["boolean"]:
                raise Problem(
                    404, "unknown_graph", f"graph <{graph[:120]}>", "there is no such graph",
                    "The service description at /sparql lists the graphs",
                    zh=("没有这个图", "/sparql 的服务描述列出了所有图"),
                )  # fmt: skip
        question = Question(read_internal("endpoint/graph-statements"), default, (), form.key)
        return await self._answer(request, question, False, signature)

    def _read(self, request: Request) -> tuple[str, str]:
        """The graph that is asked for, "" for the default one; and the format that is named."""
        raw = request.scope["query_string"]
        if len(raw) > self.settings.max_request_bytes:
            raise Problem(414, "max_request_bytes", "request", "its address is too long", "Name one graph")
        fields = read_fields(raw, "the address")
        graphs = [value for name, value in fields if name == "graph"]
        default = any(name == "default" for name, _ in fields)
        if len(graphs) + default != 1:
            raise Problem(
                400, "graph", "/graphs", "it needs ?graph=IRI or ?default, and one of them only",
                "The service description at /sparql lists the graphs",
                zh=("需要 ?graph=IRI 或 ?default，二者取一", "/sparql 的服务描述列出了所有图"),
            )  # fmt: skip
        if graphs:
            check_graph(graphs[0], "graph")
        return (graphs[0] if graphs else ""), next((value for name, value in fields if name == "format"), "")
