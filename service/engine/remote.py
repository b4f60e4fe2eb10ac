"""A SPARQL 1.1 endpoint elsewhere in place of the embedded store."""

from __future__ import annotations

import asyncio
import io
import json
import urllib.parse
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

import httpcore
import pyoxigraph as ox

from loaders.errors import StoreError
from loaders.graph.internal import read_internal
from service.engine.evaluation import GRAPH_FORMATS, RESULT_FORMATS, Collector, TooLarge
from service.engine.portable import Portable, drop_open_slots, fill_empty_patterns, mark_words
from service.engine.weaknesses import WEAKNESSES, Weakness, find_met
from service.engine.workers import Answer, Job
from service.engine.xml_output import NoXmlName, write_graph, write_rows
from service.settings import ServiceSettings
from service.sparql.failures import QueryFailure, explain_error

_TABLE, _TRIPLES = "application/sparql-results+json", "application/n-triples"
_FORM = "application/x-www-form-urlencoded"
#: What an answer of Virtuoso says when its own limits have cut it, with status 200 or 206.
_CUT = {b"x-sql-state": "S1TAT"}
_CUT_ROWS = b"x-sparql-maxrows"
_PROBE_BYTES = 100_000
_JOINED, _EMPTY = "engine/joined-words", "engine/empty-patterns"


class RemoteStore:
    """A SPARQL 1.1 endpoint elsewhere. Its answers are read whole and written again in the format asked for."""

    version = "remote"
    edition = "remote"
    fingerprint = ""
    ready = True

    def __init__(self, settings: ServiceSettings) -> None:
        self.endpoint = settings.endpoint
        self.seconds = settings.query_timeout_seconds
        self._access = make_access(settings)
        self._pool = httpcore.ConnectionPool(max_connections=None, max_keepalive_connections=8, keepalive_expiry=30)
        self._learning = asyncio.Lock()
        self.weaknesses: tuple[Weakness, ...] | None = None

    async def start(self) -> None:
        if not self.endpoint.startswith(("http://", "https://")):
            raise StoreError(
                self.endpoint, "this is no address of an endpoint", "Set GONGKAI_ENDPOINT to an http(s) URL"
            )

    async def close(self) -> None:
        await asyncio.to_thread(self._pool.close)

    async def run(self, job: Job) -> Answer:
        weak = await self.learn()
        return Answer(await asyncio.to_thread(self._ask, job, weak), self.version)

    async def learn(self) -> tuple[Weakness, ...]:
        """What the engine there is known to do wrongly; asked once, at the first query.

        Raises :class:`service.sparql.failures.QueryFailure` if it does not answer.
        """
        async with self._learning:
            if self.weaknesses is None:
                self.weaknesses = await asyncio.to_thread(self._probe)
            return self.weaknesses

    def find_met(self, query: str) -> list[Weakness]:
        """What the engine is known to do wrongly of what a query needs."""
        return find_met(query, self.weaknesses or ())

    def describe(self) -> dict[str, Any]:
        known = {} if self.weaknesses is None else {"weaknesses": [w.name for w in self.weaknesses]}
        return {"kind": "remote", "endpoint": self.endpoint, **known}

    def list_sources(self) -> list[tuple[str, str, str]]:
        """None: what was built elsewhere lies elsewhere."""
        return []

    def _probe(self) -> tuple[Weakness, ...]:
        found = []
        for weakness in WEAKNESSES:
            job = Job(read_internal(weakness.question), "json", "", _PROBE_BYTES)
            try:
                rows = json.loads(self._ask(job, ()))["results"]["bindings"]
            except QueryFailure as failure:
                # An engine that refuses a question is weak there; one that is not reached is not known.
                if failure.reason in ("store", "timeout"):
                    raise
                rows = []
            if [row.get("answer", {}).get("value") for row in rows] != [weakness.right]:
                found.append(weakness)
        return tuple(found)

    def _ask(self, job: Job, weak: tuple[Weakness, ...]) -> bytes:
        portable, met = Portable(drop_open_slots(job.query)), {w.question for w in weak}
        if _EMPTY in met:
            portable = Portable(fill_empty_patterns(portable.query))
        if _JOINED in met:
            portable = mark_words(portable.query)
        fields = [("query", portable.query)]
        fields += [("default-graph-uri", g) for g in job.default] + [("named-graph-uri", g) for g in job.named]
        graph = job.format in GRAPH_FORMATS
        body = self._post(urllib.parse.urlencode(fields).encode("ascii"), _TRIPLES if graph else _TABLE, job.limit)
        out = Collector(job.limit)
        try:
            if graph:
                triples = ox.parse(io.BytesIO(body), ox.RdfFormat.N_TRIPLES)
                write_graph((q.triple for q in triples), GRAPH_FORMATS[job.format], out)
            else:
                results = ox.parse_query_results(_mend(body, portable), ox.QueryResultsFormat.JSON)
                write_rows(results, RESULT_FORMATS[job.format], out)
        except TooLarge:
            raise _too_large(job.limit) from None
        except NoXmlName as error:
            raise explain_error({"error": "form", "message": str(error)}) from None
        except (SyntaxError, ValueError, TypeError, LookupError, AttributeError) as error:
            raise QueryFailure(
                "federation", f"{self.endpoint} gave no readable answer ({error})", "Is it a SPARQL 1.1 endpoint?"
            ) from error
        return b"".join(out.parts)

    def _post(self, body: bytes, wanted: str, limit: int) -> bytes:
        """The answer to a form that was sent, which is of ``limit`` bytes at most."""
        headers = [("Accept", wanted), ("Content-Type", _FORM), *self._access.items()]
        patience = dict.fromkeys(("connect", "read", "write", "pool"), self.seconds)
        parts, size = [], 0
        try:
            with self._pool.stream(
                "POST", self.endpoint, headers=headers, content=body, extensions={"timeout": patience}
            ) as response:
                for part in response.iter_stream():
                    parts.append(part)
                    size += len(part)
                    if size > limit:
                        break
        except httpcore.TimeoutException as error:
            raise QueryFailure("timeout", f"no answer within {self.seconds:g} seconds", "Ask for less") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError) as error:
            raise QueryFailure("store", f"{self.endpoint} cannot be reached ({error})", "Try again later") from error
        answer = b"".join(parts)
        self._judge(response.status, {k.lower(): v.decode("latin-1") for k, v in response.headers}, answer)
        if size > limit:
            raise _too_large(limit)
        return answer

    def _judge(self, status: int, headers: Mapping[bytes, str], answer: bytes) -> None:
        """Raises what an answer that is none means."""
        if status in (401, 403):
            raise QueryFailure(
                "store", f"{self.endpoint} refuses us ({status})",
                "Set GONGKAI_ENDPOINT_USER and GONGKAI_ENDPOINT_PASSWORD, or GONGKAI_ENDPOINT_TOKEN",
            )  # fmt: skip
        if status in (404, 405, 410):
            raise QueryFailure(
                "store",
                f"there is no SPARQL endpoint at {self.endpoint} ({status})",
                "Set GONGKAI_ENDPOINT to its address",
            )
        if status >= 400:
            reason = "syntax" if status == 400 else "evaluation"
            detail = answer[:500].decode("utf-8", "replace")
            raise QueryFailure(reason, f"the endpoint answered {status}: {detail}", "Change the query")
        if status >= 300:
            raise QueryFailure(
                "store", f"{self.endpoint} answered {status}", "Set GONGKAI_ENDPOINT to the address that it leads to"
            )
        if status == 206 or _CUT_ROWS in headers or any(headers.get(n) == value for n, value in _CUT.items()):
            raise QueryFailure(
                "federation", f"{self.endpoint} cut its answer by a limit of its own", "Ask for less, or raise it there"
            )


def make_access(settings: ServiceSettings) -> dict[str, str]:
    """The header that says who we are, by the settings; none where they say nothing."""
    if settings.endpoint_token:
        return {"Authorization": f"Bearer {settings.endpoint_token.get_secret_value()}"}
    if settings.endpoint_user:
        password = settings.endpoint_password.get_secret_value() if settings.endpoint_password else ""
        pair = f"{settings.endpoint_user}:{password}"
        return {"Authorization": f"Basic {b64encode(pair.encode('utf-8')).decode('ascii')}"}
    return {}


def _too_large(limit: int) -> QueryFailure:
    return QueryFailure("too large", f"the answer is larger than {limit:,} bytes", "Ask for less")


def _mend(body: bytes, portable: Portable) -> bytes:
    """The JSON of an answer with words in place of marks, and an ASK answered as SPARQL has it."""
    # Virtuoso answers ASK with a table of one number.
    asked = b"__ASK_RETVAL" in body[:200]
    if not asked and not portable.marks:
        return body
    data = json.loads(body)
    rows = data["results"]["bindings"]
    if asked:
        return json.dumps({"head": {}, "boolean": rows[0]["__ASK_RETVAL"]["value"] in ("1", "true")}).encode("utf-8")
    for row in rows:
        for term in row.values():
            if term["type"] != "uri":
                term["value"] = portable.restore(term["value"])
    return json.dumps(data).encode("utf-8")
