"""A graph store elsewhere, over the SPARQL 1.1 Graph Store Protocol: whole graphs are read, put and deleted.

What may pass (no connection, no answer, 5xx, 429) is tried again after a pause that doubles; what will not (401, 404, a
server of another kind) is one error at once. A PUT that is repeated does no harm: it replaces the same graph by itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass

import httpx
import pyoxigraph as ox

from loaders.errors import GongkaiError, SettingsError, StoreError
from service.settings import ServiceSettings

_TRIPLES = "application/n-triples"
_PASSING = frozenset((408, 425, 429, 500, 502, 503, 504))
_LONGEST_PAUSE = 30.0
_SHOWN = 200


@dataclass(frozen=True)
class Patience:
    """How long one request may take, in seconds, how often it is tried, and the first pause between two tries."""

    seconds: float = 60.0
    tries: int = 5
    pause: float = 1.0


class GraphClient:
    """The graph store at ``url``; a context manager. ``say`` hears of each try that failed."""

    def __init__(
        self, url: str, settings: ServiceSettings, patience: Patience, say: Callable[[str], None] = lambda _: None
    ) -> None:
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL:
            parsed = httpx.URL()
        if parsed.scheme not in ("http", "https") or not parsed.host:
            raise StoreError(url, "this is no address of a graph store", "Name it as http://… or https://…")
        if parsed.userinfo:
            raise SettingsError(
                str(parsed.copy_with(userinfo=b"")), "its address holds a password, which others could read",
                "Set GONGKAI_ENDPOINT_USER and GONGKAI_ENDPOINT_PASSWORD, or GONGKAI_ENDPOINT_TOKEN",
            )  # fmt: skip
        self.url, self.patience, self.say = url, patience, say
        self._auth = _Access(settings)
        self._client = httpx.Client(auth=self._auth, timeout=patience.seconds, follow_redirects=False)

    def __enter__(self) -> GraphClient:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, graph: str) -> list[ox.Triple]:
        """The triples of a graph; none if the store has no such graph.

        Raises :class:`loaders.errors.StoreError` if it cannot be had, or is no RDF.
        """
        answer = self._send("GET", graph, headers={"Accept": _TRIPLES}, missing=True)
        if answer.status_code == 404:
            return []
        form = ox.RdfFormat.from_media_type(answer.headers.get("content-type", "").partition(";")[0].strip())
        # Some call N-Triples plain text, as it once was.
        form = form or ox.RdfFormat.N_TRIPLES
        try:
            return [quad.triple for quad in ox.parse(answer.content, form)]
        except (SyntaxError, ValueError) as error:
            raise StoreError(
                self.url, f"it gave no graph ({str(error)[:_SHOWN]})", "Is it a SPARQL 1.1 graph store? See its manual"
            ) from None

    def put(self, graph: str, body: bytes) -> None:
        """Replaces a graph by triples in N-Triples, whole. Raises :class:`loaders.errors.StoreError`."""
        self._send("PUT", graph, headers={"Content-Type": _TRIPLES}, content=body)

    def delete(self, graph: str) -> None:
        """Removes a graph, if it is there. Raises :class:`loaders.errors.StoreError`."""
        self._send("DELETE", graph, missing=True)

    def _send(
        self,
        method: str,
        graph: str,
        headers: dict[str, str] | None = None,
        content: bytes = b"",
        missing: bool = False,
    ) -> httpx.Response:
        pause, problem = self.patience.pause, ""
        for number in range(self.patience.tries):
            if number:
                self.say(f"{problem}; try {number + 1} of {self.patience.tries} in {pause:g} s")
                time.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
            try:
                answer = self._client.request(
                    method, self.url, params={"graph": graph}, headers=headers, content=content
                )
            except httpx.TimeoutException:
                problem = f"{method} {graph}: no answer within {self.patience.seconds:g} s"
                continue
            except httpx.HTTPError as error:
                problem = f"{method} {graph}: it cannot be reached ({error})"
                continue
            if answer.status_code not in _PASSING:
                self._judge(answer, method, graph, missing)
                return answer
            problem = f"{method} {graph}: it answered {_show(answer)}"
        raise StoreError(
            self.url, f"{problem}, {self.patience.tries} times", "Publish again later: what is there is not sent again"
        )

    def _judge(self, answer: httpx.Response, method: str, graph: str, missing: bool) -> None:
        """Raises what an answer means that no other try would change."""
        status = answer.status_code
        if status < 300 or (status == 404 and missing):
            return
        raise self._explain(status, answer, method, graph)

    def _explain(self, status: int, answer: httpx.Response, method: str, graph: str) -> GongkaiError:
        if status in (401, 403):
            return StoreError(
                self.url, f"it refuses {self._auth.name} ({status})",
                "Set GONGKAI_ENDPOINT_USER and GONGKAI_ENDPOINT_PASSWORD of a writer, or GONGKAI_ENDPOINT_TOKEN",
            )  # fmt: skip
        if status in (404, 405, 501):
            return StoreError(
                self.url, f"no graph store takes {method} there ({status})",
                "Name its graph store: /store of Oxigraph, /sparql-graph-crud-auth of Virtuoso, /NAME/data of Fuseki",
            )  # fmt: skip
        if status < 400:
            return StoreError(self.url, f"it answered {status}", "Name the address that it leads to")
        return StoreError(self.url, f"{method} {graph}: it answered {_show(answer)}", "Its log may say why")


def _show(answer: httpx.Response) -> str:
    words = " ".join(answer.text.split())[:_SHOWN]
    return f"{answer.status_code}: {words}" if words else str(answer.status_code)


class _Access(httpx.Auth):
    """Who we are: a token; or user and password, as Basic or as Digest, whichever the server asks for.

    They are not sent before it asks: some (Virtuoso) answer the wrong kind with a refusal that names no other.
    """

    def __init__(self, settings: ServiceSettings) -> None:
        self.name = "requests without credentials"
        self._token, self._pair = "", ("", "")
        self._chosen: httpx.Auth | None = None
        if settings.endpoint_token:
            self.name = "the token of GONGKAI_ENDPOINT_TOKEN"
            self._token = settings.endpoint_token.get_secret_value()
        elif settings.endpoint_user:
            self.name = f"the user {settings.endpoint_user} with that password"
            password = settings.endpoint_password.get_secret_value() if settings.endpoint_password else ""
            self._pair = (settings.endpoint_user, password)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """The request as it is, and once more with the credentials where the server asks for them."""
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        if self._chosen is None:
            answer = yield request
            if answer.status_code != 401 or not self._pair[0]:
                return
            asked = answer.headers.get("www-authenticate", "").lower()
            self._chosen = httpx.DigestAuth(*self._pair) if "digest" in asked else httpx.BasicAuth(*self._pair)
        yield from self._chosen.auth_flow(request)
