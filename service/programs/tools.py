"""The tools of the Model Context Protocol server: each asks the service, and each answer says where it stands.

Nothing is cut silently: an answer that is shown in part says how much there is and how to get the rest.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from loaders import __version__
from service.programs.reach import Parameters, Reach, Refused, escape, reach_service
from service.settings import ServiceSettings

_INSTRUCTIONS = """\
Gongkai (公开) is a knowledge graph of what Chinese government offices are charged with, what they spend and what they
achieved, made from their budgets (部门预算), final accounts (部门决算) and evaluations (绩效评价). Amounts are in yuan.
Begin with `search` or `list_queries`; prefer `run_query` over SPARQL of your own. Every row names its evidence
(`…/id/document/ID#char=start,end`): cite it, with the quote. `degree` tells proved from stated and contradicted.
问题可以用中文或英文；每个数字都要注明出处。"""
_READ_ONLY = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
_MOST_ROWS = 500
_OF_EACH = 8
_SPARQL_JSON = "application/sparql-results+json"

Rows = Annotated[int, Field(ge=1, le=_MOST_ROWS, description="how many rows to show; how many there are is told")]
Choices = dict[str, str | int | list[str | int]]
Kind = Literal["Agency", "Service", "Port", "Place", "FunctionCode"]


class Tools:
    """The tools over a service. ``base`` is that of its IRIs."""

    def __init__(self, base: str, reach: Reach) -> None:
        self.base = base
        self.reach = reach

    async def _ask(self, path: str, parameters: Parameters | None = None, *, accept: str = "application/json") -> Any:
        try:
            return await self.reach.ask(path, parameters, accept=accept)
        except Refused as error:
            raise ToolError(str(error)) from error

    async def _send(self, path: str, form: dict[str, str], accept: str) -> Any:
        try:
            return await self.reach.send(path, form, accept=accept)
        except Refused as error:
            raise ToolError(str(error)) from error

    async def search(
        self, question: Annotated[str, Field(min_length=1, max_length=500, description="in Chinese or English")]
    ) -> dict[str, Any]:
        """Search: the answer, what the question names, the canned queries and passages about it. 提问或搜索。

        `answer` is null where there is none; else its `rows` have value, unit, year, the degree of proof and the quote,
        `not_loaded` says which office or year the data lack, and `status` is value, ranking, comparison, share, list,
        absent (not loaded) or unstated (loaded, and does not say).
        `queries` can be run with run_query and the parameters given; `sheets` have the headline amounts of a document.
        """
        found = await self._ask("/search.json", {"q": question})
        shown = {name: found[name][:_OF_EACH] for name in ("read", "sheets", "queries", "things", "passages")}
        return {
            "snapshot": found["snapshot"], "answer": found["answer"], **shown,
            "left_out": {name: max(0, len(found[name]) - _OF_EACH) for name in shown},
        }  # fmt: skip

    async def list_queries(self) -> list[dict[str, Any]]:
        """The canned queries: name, title, what a row is, parameters with their meaning. 预设查询一览。"""
        paths = (await self._ask("/openapi.json"))["paths"]
        listed = []
        for path, methods in paths.items():
            if path.startswith("/queries/") and path.endswith(".json"):
                described = methods["get"]
                listed.append({
                    "name": path.removeprefix("/queries/").removesuffix(".json"),
                    "title": described["summary"],
                    "description": described["description"],
                    "parameters": {p["name"]: p["description"] for p in described.get("parameters", ())},
                })  # fmt: skip
        return listed

    async def run_query(
        self,
        name: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,80}$", description="as list_queries names it")],
        parameters: Annotated[Choices | None, Field(description="by name; a list for several values")] = None,
        rows: Rows = 100,
        offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0,
    ) -> dict[str, Any]:
        """Run a canned query: rows with units, and the evidence of each. 运行预设查询。"""
        asked: dict[str, list[str]] = {}
        for parameter, value in (parameters or {}).items():
            asked[parameter] = [str(v) for v in (value if isinstance(value, list) else [value])]
        found = await self._ask(f"/queries/{escape(name)}.json", asked)
        columns = {c["name"]: c["title"] for c in found["columns"]}
        return {
            "query": found["query"], "title": found["title"], "parameters": found["parameters"],
            "snapshot": found["snapshot"], "columns": columns, "evidence_columns": found.get("evidence", []),
            "cite": f"{self.base}queries/{name}", **_cut(found["rows"], offset, rows),
        }  # fmt: skip

    async def office_sheet(
        self, document: Annotated[str, Field(pattern=r"^[^/\s]{1,200}$", description="id, as list_documents gives it")]
    ) -> dict[str, Any]:
        """The sheet of a budget or final account: income, expenditure, “三公” and the like in yuan, each with the
        degree of its proof and the place that states it. 部门一览表。"""
        sheet: dict[str, Any] = await self._ask(f"/documents/{escape(document)}/sheet.json")
        place = f"{self.base}id/document/{document}"
        for line in sheet["lines"]:
            if line.get("start") is not None:
                line["evidence"] = f"{place}#char={line['start']},{line['end']}"
        return sheet

    async def list_documents(
        self, office: Annotated[str, Field(max_length=100, description="a part of its name; all if empty")] = "",
        year: Annotated[int, Field(ge=0, le=2100, description="0 for all")] = 0, rows: Rows = 100,
        offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0,
    ) -> dict[str, Any]:  # fmt: skip
        """The documents loaded: id, title, office, year, kind. What is not here cannot be answered. 已载入的文件。"""
        found = await self._ask("/queries/documents-loaded.json")
        chosen = [
            row for row in found["rows"]
            if (not year or row.get("year") == year) and office in str(row.get("agencyLabel") or "")
        ]  # fmt: skip
        return {"snapshot": found["snapshot"], **_cut(chosen, offset, rows)}

    async def look_up(
        self,
        name: Annotated[str, Field(min_length=1, max_length=200, description="a name as it may be written")],
        kind: Kind = "Agency",
        limit: Annotated[int, Field(ge=1, le=20)] = 5,
    ) -> list[dict[str, Any]]:
        """The office, place, port, service or code that a name means, scored; `match` where certain. 名称对照。"""
        asked = {"q0": {"query": name, "type": kind, "limit": limit}}
        answer = await self._send("/reconcile", {"queries": json.dumps(asked, ensure_ascii=False)}, "application/json")
        found: list[dict[str, Any]] = answer["q0"]["result"]
        return [{**row, "iri": f"{self.base}id/{row['id']}"} for row in found]

    async def describe(
        self, iri: Annotated[str, Field(max_length=2000, description="an IRI of this graph")]
    ) -> str:  # fmt: skip
        """All statements about one thing, as Turtle. 一个事物的全部陈述。"""
        stem = iri.removeprefix(f"{self.base}id/")
        if stem == iri or not stem:
            raise ToolError(f"{iri[:200]!r} is no thing of this graph: they begin with {self.base}id/")
        text: str = await self._ask(f"/data/{escape(stem)}.ttl", accept="text/turtle")
        return text

    async def sparql(
        self,
        query: Annotated[str, Field(min_length=1, description="SPARQL 1.1, reading only; SELECT or ASK")],
        rows: Rows = 100,
        offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0,
    ) -> dict[str, Any]:
        """Ask by SPARQL, with the limits of the endpoint. Read the resource gongkai://ontology first. 自写 SPARQL。"""
        answer = await self._send("/sparql", {"query": query}, _SPARQL_JSON)
        if "boolean" in answer:
            return {"boolean": answer["boolean"]}
        found = [{n: term["value"] for n, term in row.items()} for row in answer["results"]["bindings"]]
        return {"columns": answer["head"]["vars"], **_cut(found, offset, rows)}

    async def ontology(self) -> str:
        """The ontology as Turtle: classes, properties, units, examples."""
        return str(await self._ask("/ontology.ttl", accept="text/turtle"))

    async def vocabulary(self) -> str:
        """Prefixes, and the classes and properties that the data use, with how often."""
        return json.dumps(await self._ask("/sparql/completions.json"), ensure_ascii=False, indent=1)


def _cut(found: list[Any], offset: int, most: int) -> dict[str, Any]:
    """A part of some rows, which says that it is one."""
    shown = found[offset : offset + most]
    rest = max(0, len(found) - offset - len(shown))
    more = {"next_offset": offset + len(shown)} if rest else {}
    return {"total": len(found), "offset": offset, "rows": shown, "rows_left_out": len(found) - len(shown), **more}


def make_server(tools: Tools) -> MCPServer[Any]:
    """The server with its tools and resources."""
    server: MCPServer[Any] = MCPServer(
        "gongkai", title="公开 Gongkai", instructions=_INSTRUCTIONS, version=__version__, website_url=tools.base,
        log_level="ERROR",
    )  # fmt: skip
    for tool in (
        tools.search, tools.list_queries, tools.run_query, tools.office_sheet, tools.list_documents, tools.look_up,
        tools.describe, tools.sparql,
    ):  # fmt: skip
        server.tool(annotations=_READ_ONLY, structured_output=False)(tool)
    server.resource("gongkai://ontology", mime_type="text/turtle")(tools.ontology)
    server.resource("gongkai://vocabulary", mime_type="application/json")(tools.vocabulary)
    return server


async def serve_stdio(settings: ServiceSettings) -> None:
    """Speaks the protocol on standard input and output until the input ends."""
    async with reach_service(settings) as reach:
        await make_server(Tools(settings.base, reach)).run_stdio_async()


async def serve_http(settings: ServiceSettings) -> None:
    """Speaks it as streamable HTTP at ``/mcp`` of the host and port that are set; no session is kept."""
    async with reach_service(settings) as reach:
        await make_server(Tools(settings.base, reach)).run_streamable_http_async(
            host=settings.host, port=settings.port, stateless_http=True, json_response=True,
            max_request_body_size=settings.max_request_bytes,
        )  # fmt: skip
