"""The Model Context Protocol server, asked by the SDK's own client over standard input and over HTTP."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from tests import commands
from tests.commands import environment
from tests.service.conftest import free_port
from tests.waiting import CALM, PATIENCE, wait_until

TOOLS = {
    "search", "list_queries", "run_query", "office_sheet", "list_documents", "look_up", "describe", "sparql",
}  # fmt: skip
GK = "https://w3id.org/gongkai/"


@pytest.fixture(scope="module")
def address(store: Path) -> Iterator[str]:
    """A server of its own that speaks the protocol over HTTP."""
    port = free_port()
    process = commands.start(
        "mcp", "--http", "--store", str(store), "--port", str(port),
        env=environment(**CALM, GONGKAI_WORKERS="1"), cwd=store, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}/mcp"

    def listens() -> bool:
        assert process.poll() is None, process.stderr.read() if process.stderr else ""
        # A GET would wait for news of the server.
        try:
            return httpx.post(url, timeout=PATIENCE).status_code > 0
        except httpx.TransportError:
            return False

    wait_until(listens, "the server to listen")
    yield url
    process.terminate()
    assert process.wait(PATIENCE) in (0, -15)


def converse(server: Any, talk: Callable[[Client], Awaitable[Any]]) -> Any:
    async def speak() -> Any:
        async with Client(server) as client:
            return await talk(client)

    return asyncio.run(speak())


def call(address: str, tool: str, **arguments: Any) -> Any:
    """What a tool gives: JSON, or its text; an error as an AssertionError with its text."""
    result = converse(address, lambda client: client.call_tool(tool, arguments))
    texts = [part.text for part in result.content]
    assert not result.is_error, texts
    try:
        found = [json.loads(text) for text in texts]
    except json.JSONDecodeError:
        return texts[0]
    return found[0] if len(found) == 1 else found


def refuse(address: str, tool: str, **arguments: Any) -> str:
    """The text of the error that a call ends with."""
    result = converse(address, lambda client: client.call_tool(tool, arguments))
    assert result.is_error
    return str(result.content[0].text)


def test_standard_input(store: Path) -> None:
    parameters = StdioServerParameters(
        command=sys.executable, args=["-m", "service.command.cli", "mcp", "--store", str(store)],
        env=environment(**CALM, GONGKAI_WORKERS="1"), cwd=str(store),
    )  # fmt: skip

    async def talk(client: Client) -> tuple[set[str], Any, str]:
        tools = {tool.name for tool in (await client.list_tools()).tools}
        answer = await client.call_tool("list_documents", {})
        ontology = await client.read_resource("gongkai://ontology")
        return tools, json.loads(answer.content[0].text), str(ontology.contents[0].text)

    tools, documents, ontology = converse(stdio_client(parameters), talk)
    assert tools == TOOLS
    assert documents["total"] == len(documents["rows"]) == 3
    assert "gk:Figure a owl:Class" in ontology


def test_every_tool_only_reads_and_says_what_it_takes(address: str) -> None:
    tools = converse(address, lambda client: client.list_tools()).tools
    assert {tool.name for tool in tools} == TOOLS
    for tool in tools:
        assert tool.annotations.read_only_hint
        assert tool.description
        assert tool.input_schema["type"] == "object"


def test_a_canned_query_with_its_evidence(address: str) -> None:
    listed = {query["name"]: query for query in call(address, "list_queries")}
    assert set(listed["offices-funding-service"]["parameters"]) >= {"service", "agency", "year"}
    answer = call(address, "run_query", name="offices-funding-service", parameters={"service": "free-inspection"})
    # As it stands in the hand-made graph.
    [row] = [row for row in answer["rows"] if row["amount"] == 70000000]
    assert (row["year"], row["document"]) == (2023, "shenzhen-2023-budget")
    assert row[answer["evidence_columns"][0]].startswith(f"{GK}id/document/shenzhen-2023-budget#char=")
    assert answer["cite"] == f"{GK}queries/offices-funding-service"


def test_rows_are_never_left_out_silently(address: str) -> None:
    query = "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o"
    whole = call(address, "sparql", query=query, rows=500)
    assert whole["total"] == len(whole["rows"])
    seen, offset = [], 0
    while True:
        part = call(address, "sparql", query=query, rows=150, offset=offset)
        assert part["total"] == whole["total"]
        assert part["rows_left_out"] == whole["total"] - len(part["rows"])
        seen += part["rows"]
        if "next_offset" not in part:
            break
        offset = part["next_offset"]
    assert seen == whole["rows"]


def test_search_sheet_look_up_and_description(address: str) -> None:
    found = call(address, "search", question="深圳口岸办 2023")
    assert set(found["left_out"]) == {"read", "sheets", "queries", "things", "passages"}
    # One office bears this name, and nothing else comes near it.
    first = call(address, "look_up", name="深圳市人民政府口岸办公室")
    assert first["match"]
    assert first["iri"] == f"{GK}id/agency/440300-1f3c9a20"
    assert "440300-1f3c9a20" in call(address, "describe", iri=first["iri"])
    documents = call(address, "list_documents", office="深圳", year=2023)
    assert [row["document"] for row in documents["rows"]]
    sheet = call(address, "office_sheet", document="shenzhen-2023-budget")
    assert sheet["document"] == "shenzhen-2023-budget"


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        ("sparql", {"query": "DROP ALL"}, "403 update"),
        ("sparql", {"query": "SELECT * { ?s ?p }"}, "400"),
        ("sparql", {"query": "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }"}, "403 service"),
        ("sparql", {"query": ""}, "query"),
        ("sparql", {"query": "ASK {}", "rows": 0}, "rows"),
        ("sparql", {"query": 7}, "query"),
        ("run_query", {"name": "none"}, "404 unknown_query"),
        ("run_query", {"name": "../sparql"}, "name"),
        ("run_query", {"name": "procurement", "parameters": {"nonsense": "x"}}, "422"),
        ("office_sheet", {"document": "none"}, "404"),
        ("office_sheet", {"document": "../../etc/passwd"}, "document"),
        ("describe", {"iri": "http://example.org/"}, "no thing of this graph"),
        ("describe", {"iri": f"{GK}id/agency/none"}, "404"),
        ("look_up", {"name": "x", "kind": "Nonsense"}, "kind"),
        ("nothing", {}, "nothing"),
    ],
)  # fmt: skip
def test_wrong_calls_are_told_in_a_line(address: str, tool: str, arguments: dict[str, Any], told: str) -> None:
    try:
        text = refuse(address, tool, **arguments)
    except Exception as error:  # an unknown tool is an error of the protocol
        text = str(error)
    assert told in text
    assert "Traceback" not in text


def test_what_is_no_protocol_is_refused(address: str) -> None:
    for body in (b"", b"{", b"[]", b'{"jsonrpc":"2.0"}', b"\xff" * 10, b"x" * 2_000_000):
        answer = httpx.post(address, content=body, headers={"Content-Type": "application/json"}, timeout=PATIENCE)
        assert 400 <= answer.status_code < 500
    foreign = httpx.post(address, json={}, headers={"Host": "evil.example"}, timeout=PATIENCE)
    assert 400 <= foreign.status_code < 500
    assert call(address, "sparql", query="ASK {}") == {"boolean": True}
