"""The guard against queries by chance. The long run is ``python -m tests.service.fuzzing``."""

from __future__ import annotations

import os
import time
from pathlib import Path
from random import Random

import pytest

from loaders.build.building import load_files
from loaders.build.snapshots import find_current
from tests.service.fuzzing import Evaluator, fuzz, hash_store
from tests.service.query_maker import QueryMaker
from tests.service.trap import listening
from tests.waiting import PATIENCE, wait_until

# The same queries in every run that judges a change, others at each run at a desk.
SEED = 20 if os.environ.get("CI") else int(time.time())


@pytest.fixture(scope="module")
def database(store: Path) -> Path:
    snapshot = find_current(store)
    assert snapshot is not None
    return snapshot.database


def test_no_query_that_passes_calls_anyone_or_crashes_the_engine(database: Path) -> None:
    report = fuzz(database, SEED, 3000, PATIENCE)
    assert not report.faults, f"seed {SEED}: {report.faults[:3]}"
    # The queries are worth something: many are answered, and many are refused as what they are.
    assert report.verdicts["answered"] > 100
    assert report.verdicts["refused: service"] > 50
    assert report.verdicts["refused: update"] > 30


def test_without_the_guard_the_listener_hears(database: Path) -> None:
    evaluator = Evaluator(database)
    try:
        with listening() as (address, heard):
            evaluator.ask(f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}")
            wait_until(lambda: heard, "the call")
            assert heard[0].startswith("POST / HTTP/1.1")
    finally:
        evaluator.close()


def test_without_the_guard_the_engine_crashes(database: Path) -> None:
    evaluator = Evaluator(database)
    try:
        assert evaluator.ask("SELECT * " + "{" * 6000 + "}" * 6000).startswith("crash")
        assert evaluator.ask("ASK {}") == "answered"
    finally:
        evaluator.close()


def test_the_same_seed_gives_the_same_queries() -> None:
    one, other = (QueryMaker(7, "http://x/") for _ in range(2))
    assert [one.make() for _ in range(50)] == [other.make() for _ in range(50)]


def test_the_digest_tells_stores_apart(database: Path, tmp_path: Path) -> None:
    other = tmp_path / "x.nq"
    other.write_text("<a:a> <a:b> <a:c> .\n", encoding="utf-8")
    assert hash_store(load_files([other], tmp_path / "s").database) != hash_store(database)


#: Values of several types, between which the engine's order goes round.
_MIXED = ('"{0}"^^xsd:integer', '"{0}.5"^^xsd:decimal', '"2023"^^xsd:gYear', '"w{0}"', "true", '"z{0}"@zh')


def test_the_known_panic_is_still_there(tmp_path: Path) -> None:
    """A newer engine may be without it: then it is taken off the list."""
    mixed, chance = tmp_path / "mixed.ttl", Random(0)
    rows = [
        f"<a:s{i}> <a:p{k}> {_MIXED[chance.randrange(6)].format(chance.randrange(100))} ."
        for k in range(20)
        for i in range(60)
    ]
    text = "\n".join(["@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .", *rows])
    mixed.write_text(text, encoding="utf-8")
    evaluator = Evaluator(load_files([mixed], tmp_path / "store").database)
    try:
        queries = (f"SELECT ?s WHERE {{ ?s <a:p{k}> ?o }} ORDER BY ?o LIMIT 7" for k in range(20))
        assert "panic" in (evaluator.ask(query) for query in queries)
        assert evaluator.ask("ASK {}") == "answered"
    finally:
        evaluator.close()
