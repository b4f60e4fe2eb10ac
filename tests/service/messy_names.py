"""The list of messy names (``names/names.csv``) and how well a service answers it; its answers were written by hand."""

from __future__ import annotations

import csv
import hashlib
import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from loaders.words import places
from tests.service.invented_offices import NAMES

#: Sends one batch of queries and returns the answer's JSON.
Send = Callable[[dict[str, dict[str, Any]]], Mapping[str, Any]]


@dataclass(frozen=True)
class MessyName:
    """A name, the type asked for ("" for none), the identifier that it means ("" where nobody is certain)."""

    name: str
    kind: str
    answer: str
    why: str


@dataclass(frozen=True)
class Judged:
    """What a service said of a name: the identifier that it put first, and whether it was certain of it."""

    name: MessyName
    first: str
    certain: bool

    @property
    def right(self) -> bool:
        return self.first == self.name.answer if self.name.answer else not self.certain

    @property
    def falsely_certain(self) -> bool:
        return self.certain and self.first != self.name.answer


def read_names() -> list[MessyName]:
    """The list."""
    with (NAMES / "names.csv").open(encoding="utf-8", newline="") as file:
        return [MessyName(r["name"], r["type"], _identify(r["answer"]), r["why"]) for r in csv.DictReader(file)]


def _identify(answer: str) -> str:
    """An office's full name as its identifier (DESIGN, section 5); what is an identifier stays."""
    if not answer or "/" in answer:
        return answer
    digest = hashlib.sha256(unicodedata.normalize("NFKC", answer).encode("utf-8")).hexdigest()
    return f"agency/{places.load().find(answer)}-{digest[:8]}"


def ask_names(send: Send, batch: int = 500) -> Iterator[Judged]:
    """All names of the list, in batches, as OpenRefine asks for them."""
    names = read_names()
    for begin in range(0, len(names), batch):
        part = names[begin : begin + batch]
        queries: dict[str, dict[str, Any]] = {}
        for number, name in enumerate(part):
            queries[f"q{number}"] = {"query": name.name, "limit": 3}
            if name.kind:
                queries[f"q{number}"] |= {"type": name.kind, "type_strict": "should"}
        found = json.loads(json.dumps(send(queries)))
        for number, name in enumerate(part):
            rows = found[f"q{number}"]["result"]
            yield Judged(name, rows[0]["id"] if rows else "", any(row["match"] for row in rows))
