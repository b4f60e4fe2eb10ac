"""Settings of the service: those of the loaders, and every limit that a stranger's query can meet."""

from __future__ import annotations

from pydantic import Field

from loaders.settings import Settings
from service.guard import Limits


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
    workers: int = Field(
        default=0, ge=0, le=256, description="How many processes evaluate queries; 0 means one for each core, plus one."
    )
    worker_memory_bytes: int = Field(
        default=4_000_000_000,
        ge=0,
        description="The memory (address space) that a query process may use, in bytes; 0 for no limit.",
    )
    query_timeout_seconds: float = Field(
        default=30.0,
        gt=0,
        description="How long a query may run, its answer's transfer included, before it is stopped.",
    )
    queue_length: int = Field(
        default=64, ge=0, description="How many queries may wait for a free process; one more gets 503."
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
        default=200, ge=1, le=10_000, description="The most names, or identifiers, in one batch sent to /reconcile."
    )
    index_wait_seconds: float = Field(
        default=20.0,
        ge=0,
        description="How long a request waits for a search index or a dump that is being made, before it gets 503.",
    )
    service_allow: tuple[str, ...] = Field(
        default=(),
        description="The endpoints that SERVICE may call, as a JSON list of IRIs; if any is named, query processes "
        "have a network.",
    )

    @property
    def limits(self) -> Limits:
        """The limits as :mod:`service.guard` takes them."""
        return Limits(
            self.max_query_bytes,
            self.max_nesting,
            self.max_operators,
            self.max_path_steps,
            self.max_clauses,
            frozenset(self.service_allow),
        )
