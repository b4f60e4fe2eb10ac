"""Settings of the service: those of the loaders, and every limit that a stranger's query can meet."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr, field_validator

from loaders.settings import Settings
from service.clients import Proxies, is_loopback, read_networks, read_prefix
from service.sparql.guard import Limits


class ServiceSettings(Settings):
    """What the service needs to know. Values come from the arguments, then from ``GONGKAI_…`` in the environment.

    Raises :class:`loaders.errors.SettingsError` if a value is impossible.
    """

    host: str = Field(default="127.0.0.1", description="The address that `gongkai serve` listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="The port that `gongkai serve` listens on; 0: any.")
    endpoint: str = Field(
        default="",
        description="A SPARQL 1.1 endpoint to query in place of the embedded store; empty for the embedded store.",
    )
    endpoint_user: str = Field(default="", description="Who asks that endpoint, and who publishes to a store there.")
    endpoint_password: SecretStr | None = Field(default=None, description="The password of that user.")
    endpoint_token: SecretStr | None = Field(
        default=None, description="A token (Bearer) for that endpoint or store, in place of user and password."
    )
    workers: int = Field(
        default=0,
        ge=0,
        le=256,
        description="How many processes are kept for quick queries; 0 means one for each core, plus one. As many again "
        "go on beside them, at lower priority, with queries that have held a place for more than a moment.",
    )
    slow_workers: int = Field(
        default=0,
        ge=0,
        le=256,
        description="How many slow queries run beside them at lower priority, of one client all but one of these; "
        "0 means one for each core, at least two.",
    )
    short_query_seconds: float = Field(
        default=0.3, gt=0, description="After how long a query counts as slow, and leaves its place to the next."
    )
    worker_memory_bytes: int = Field(
        default=2_000_000_000,
        ge=0,
        description="The memory (address space) that a query process may use beside the graph that it shares, in "
        "bytes; 0 for no limit.",
    )
    max_memory_quads: int = Field(
        default=5_000_000,
        ge=0,
        description="The largest graph that is held in memory, in quads; a larger one, or one that the free memory "
        "does not hold, is queried on disk.",
    )
    max_lookup_quads: int = Field(
        default=20_000_000,
        ge=0,
        description="The largest graph whose statements are written, thing by thing, beside the snapshot (some 130 "
        "bytes a quad on disk), from where the web process answers look-ups by itself; 0 for none.",
    )
    query_timeout_seconds: float = Field(
        default=30.0,
        gt=0,
        description="How long a query may run, its answer's transfer included, before it is stopped.",
    )
    queue_length: int = Field(
        default=128,
        ge=0,
        description="How many quick queries, and how many slow ones, may wait for a process; then whoever has most "
        "waiting gets 503.",
    )
    queue_wait_seconds: float = Field(
        default=15.0, gt=0, description="How long a query may wait for a free process before it gets 503."
    )
    max_query_bytes: int = Field(default=65_536, ge=64, description="The longest query, in bytes of UTF-8.")
    max_request_bytes: int = Field(
        default=262_144, ge=1024, description="The largest body of a request (a query and its encoding), in bytes."
    )
    max_result_bytes: int = Field(
        default=50_000_000, ge=1024, description="The largest answer, in bytes; a larger one is an error, never cut."
    )
    max_unsent_bytes: int = Field(
        default=500_000_000,
        ge=1024,
        description="How many bytes of answers may be on their way to readers at once. Where more is needed, clients "
        "that hold more than an equal part lose answers, the slowest read first; if that is not enough, 503.",
    )
    max_client_unsent_bytes: int = Field(
        default=100_000_000,
        ge=1024,
        description="How many of these bytes one client may hold; then its further large answers get 503. One answer "
        "alone is sent whatever its size.",
    )
    min_read_bytes_per_second: int = Field(
        default=1_000,
        ge=0,
        description="How quickly a client has to take an answer that waits for it, on average over each "
        "GONGKAI_CLIENT_TIMEOUT_SECONDS of waiting; else the connection is broken off. 0: one byte is enough.",
    )
    client_timeout_seconds: float = Field(
        default=30.0,
        gt=0,
        description="How long a client may take to send its request, or to take the next part of its answer.",
    )
    max_connections: int = Field(
        default=1000, ge=1, description="How many connections may be open at once; one more gets 503."
    )
    max_client_connections: int = Field(
        default=100,
        ge=1,
        description="How many of them one client may have, and how many requests at once behind a trusted proxy, whose "
        "own connections are not counted.",
    )
    trusted_proxies: str = Field(
        default="127.0.0.1,::1",
        description="The addresses and networks, separated by commas, of the proxies that are believed when they name "
        "the client, the scheme, the host and the path in X-Forwarded-Proto, -Host and -Prefix.",
    )
    proxy_header: Literal["X-Forwarded-For", "Forwarded"] = Field(
        default="X-Forwarded-For",
        description="The header in which these proxies name the client, X-Forwarded-For or Forwarded; the other one is "
        "not read, since anybody may have sent it through them.",
    )
    root_path: str = Field(
        default="",
        description="The path under which a proxy shows this site, such as /gongkai: every link gets it. Empty: what a "
        "trusted proxy tells in X-Forwarded-Prefix, else none.",
    )
    cache_bytes: int = Field(
        default=64_000_000, ge=0, description="How many bytes of answers are kept in memory; 0 for none."
    )
    page_cache_bytes: int = Field(
        default=32_000_000, ge=0, description="How many bytes of pages are kept in memory; 0 for none."
    )
    keep_answers_quads: int = Field(
        default=500_000,
        ge=0,
        description="From how many quads on answers to what is asked of the graph as a whole (the start page, the "
        "catalogue, canned queries as they first show) are made beforehand and kept beside the snapshot: by a whole "
        "build, or by a server once a snapshot that grew from another has stood for half a minute.",
    )
    cache_max_age_seconds: int = Field(
        default=60, ge=0, description="How long others may keep an answer before they ask whether it still holds."
    )
    page_pictures: Literal["auto", "off"] = Field(
        default="auto",
        description="auto: pages of a PDF are shown as pictures where the file that the store was built of is still "
        "there, unchanged; off: as text only.",
    )
    picture_seconds: float = Field(
        default=10.0, gt=0, description="How long the drawing of one page may take before it is stopped."
    )
    picture_memory_bytes: int = Field(
        default=1_500_000_000,
        ge=0,
        description="The memory (address space) that a process which draws a page may use, in bytes; 0 for no limit.",
    )
    max_picture_bytes: int = Field(
        default=120_000,
        ge=10_000,
        description="The largest picture of a page, in bytes: it is made coarser, then smaller, until it fits.",
    )
    picture_cache_bytes: int = Field(
        default=24_000_000, ge=0, description="How many bytes of pictures are kept in memory; 0 for none."
    )
    try_documents: Literal["auto", "on", "off"] = Field(
        default="auto",
        description="Whether readers may bring a document of their own to /try. auto: those on the server's own "
        "machine, where it listens on that alone; on: everybody; off: nobody.",
    )
    max_try_bytes: int = Field(default=20_000_000, ge=1, description="The largest document brought to /try, in bytes.")
    max_try_seconds: float = Field(
        default=60.0,
        gt=0,
        description="How long a document brought to /try may take to arrive, and again to be converted.",
    )
    try_jobs: int = Field(
        default=1,
        ge=1,
        le=16,
        description="How many documents brought to /try are converted at once; twice as many may wait, others get 503.",
    )
    try_keep_seconds: float = Field(
        default=600.0,
        gt=0,
        description="How long what was read of a document brought to /try is kept, in memory alone, for its reader.",
    )
    try_keep_bytes: int = Field(
        default=64_000_000,
        ge=1_000_000,
        description="How many bytes of what was read of such documents are kept; those brought first go first.",
    )
    failure_memory_seconds: float = Field(
        default=60.0,
        ge=0,
        description="How long a query that was stopped or crashed gets the same error at once; 0: it is run again.",
    )
    log_file: str = Field(
        default="",
        description="Where each request is logged as a line of JSON: a file, - for standard error, empty for nowhere.",
    )
    log_clients: bool = Field(default=False, description="Whether those lines hold the addresses of clients.")
    slow_log_seconds: float = Field(
        default=5.0,
        ge=0,
        description="How long a query takes to be logged with its text, on standard error if there is no log file; "
        "0 for none.",
    )
    max_nesting: int = Field(default=100, ge=1, le=500, description="How deep brackets may be nested in a query.")
    max_operators: int = Field(default=400, ge=1, le=900, description="How many operators may follow one another.")
    max_path_steps: int = Field(default=100, ge=1, le=200, description="How many steps a property path may have.")
    max_clauses: int = Field(
        default=400, ge=1, le=1000, description="How many clauses such as OPTIONAL, UNION or FILTER a query may have."
    )
    max_facts_shown: int = Field(
        default=300, ge=10, description="How many facts in each direction the page of a thing shows; it says if more."
    )
    max_question_characters: int = Field(
        default=300, ge=10, le=10_000, description="The longest question that the search box takes, in characters."
    )
    max_reconcile_queries: int = Field(
        default=1000, ge=1, le=10_000, description="The most names, or identifiers, in one batch sent to /reconcile."
    )
    drain_seconds: float = Field(
        default=0.0,
        ge=0,
        le=3600,
        description="How long the server goes on answering once it is told to stop (SIGTERM), with /ready at 503, so "
        "that a load balancer leaves it before it closes; a second signal ends it at once.",
    )
    index_wait_seconds: float = Field(
        default=20.0,
        ge=0,
        description="How long a request waits for a search index or a dump that is being made, before it gets 503.",
    )
    service_allow: tuple[str, ...] = Field(
        default=(),
        description="The endpoints that SERVICE may call, as a JSON list of IRIs; the service calls them, query "
        "processes never have a network.",
    )
    service_timeout_seconds: float = Field(
        default=10.0, gt=0, description="How long one call of SERVICE may take, its answer's transfer included."
    )
    max_service_bytes: int = Field(
        default=2_000_000, ge=1024, description="The largest answer that one call of SERVICE may bring, in bytes."
    )
    max_service_calls: int = Field(default=4, ge=1, le=64, description="How many SERVICE clauses a query may have.")
    service_allow_private: bool = Field(
        default=False,
        description="Whether endpoints that SERVICE may call may have addresses of a private network or this machine.",
    )

    @field_validator("trusted_proxies")
    @classmethod
    def _check_proxies(cls, value: str) -> str:
        read_networks(value)
        return value

    @field_validator("root_path")
    @classmethod
    def _check_root_path(cls, value: str) -> str:
        return read_prefix(value)

    @property
    def tries_documents(self) -> bool:
        """Whether /try may be open to anybody, as far as the settings tell."""
        local = is_loopback(self.host) and not self.root_path
        return self.try_documents == "on" or (self.try_documents == "auto" and local)

    @property
    def proxies(self) -> Proxies:
        """The proxies that are believed."""
        return Proxies(read_networks(self.trusted_proxies), self.proxy_header)

    @property
    def limits(self) -> Limits:
        """The limits as :mod:`service.sparql.guard` takes them."""
        return Limits(
            self.max_query_bytes,
            self.max_nesting,
            self.max_operators,
            self.max_path_steps,
            self.max_clauses,
            frozenset(self.service_allow),
            self.base,
        )
