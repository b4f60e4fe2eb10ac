"""The graph of the five documents, asked as the service asks it; shared by the tests of canned queries."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from service.engine.store import open_store
from service.queries.answers import Answers, Row, Table, read_table
from service.queries.catalogue import Choice, QueryCatalogue
from service.queries.emptiness import Explanation, explain_empty
from service.queries.query import CannedQuery
from service.settings import ServiceSettings
from tests.waiting import wait_until

CATALOGUE = QueryCatalogue.load()
QUERIES = CATALOGUE.list_all()
SHENZHEN, YUEYANG = "深圳市人民政府口岸办公室", "岳阳市人民政府口岸管理办公室"
SHANGHAI, BAOJI = "上海市口岸服务办公室", "宝鸡市人民政府口岸办公室"

Found = list[dict[str, Any]]


_TEXTS = "PREFIX gk: <https://w3id.org/gongkai/ontology#> SELECT ?document ?text WHERE { ?document gk:text ?text }"


class Graph:
    """The graph of the five documents, or another, asked as the service asks it; ``settings`` as the service's."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.loop = asyncio.new_event_loop()
        self.settings = ServiceSettings(store=folder, workers=1, **({"max_lookup_quads": 0} | settings))
        self.answers = Answers(open_store(self.settings), self.settings, CATALOGUE)
        self.loop.run_until_complete(self.answers.store.start())
        self.known: dict[str, Table] = {}
        self.texts = {r["document"].text: r["text"].text for r in self.ask(_TEXTS)}

    def close(self) -> None:
        self.loop.run_until_complete(self.answers.store.close())
        self.loop.close()

    @property
    def mode(self) -> str:
        """Where its workers look things up now: memory or disk."""
        return str(self.answers.store.describe()["mode"])

    def wait_for_memory(self) -> None:
        """Waits until its workers hold the graph in memory: they begin on disk."""

        def is_held() -> bool:
            self.loop.run_until_complete(asyncio.sleep(0.1))
            return self.mode == "memory"

        wait_until(is_held, "the graph to be read into memory")

    def ask(self, sparql: str) -> list[Row]:
        return self.loop.run_until_complete(self.answers.ask(sparql)).rows

    def ask_internal(self, name: str) -> list[Row]:
        return self.loop.run_until_complete(self.answers.ask_internal(name)).rows

    def choices(self, query: CannedQuery) -> dict[str, list[Choice]]:
        return self.loop.run_until_complete(self.answers.choices(query))

    def run(self, name: str, /, language: str = "zh", **given: str | list[str]) -> list[Row]:
        return self.table(name, language, **given).rows

    def table(self, name: str, /, language: str = "zh", **given: str | list[str]) -> Table:
        values = {k: [v] if isinstance(v, str) else v for k, v in given.items()}
        key = f"{name} {language} {values}"
        if key not in self.known:
            answer = self.loop.run_until_complete(self.answers.run(CATALOGUE.find(name), values, "json", language))
            self.known[key] = read_table(answer.body)
        return self.known[key]

    def rows(self, name: str, /, **given: str | list[str]) -> Found:
        return [{k: v.plain for k, v in row.items()} for row in self.run(name, **given)]

    def explain(self, name: str, /, **given: str) -> Explanation:
        values = {k: [v] for k, v in given.items()}
        return self.loop.run_until_complete(explain_empty(self.answers, CATALOGUE.find(name), values))


def pick(rows: Found, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row.get(name) for name in names) for row in rows]


def one(rows: Found, **wanted: Any) -> dict[str, Any]:
    """The only row with these values."""
    found = [row for row in rows if all(row.get(k) == v for k, v in wanted.items())]
    assert len(found) == 1, (wanted, found)
    return found[0]
