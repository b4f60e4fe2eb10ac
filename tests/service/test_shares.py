"""What a client may hold of a server: none can silence the others, whatever it asks and however slowly it reads."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.http.outbox import Outbox
from service.http.problems import Problem
from service.http.uptake import Uptake
from tests.service.slow_reader import SlowReader

GREEDY, HONEST = "127.0.0.2", "127.0.0.3"
_MB = 1_000_000
#: 20,000 rows of 1,000 letters and an end of line, under the name of the column and one more: 20 MB as CSV.
LARGE = f'SELECT ("{"x" * 1000}" AS ?x) WHERE {{ ?a ?b ?c . ?d ?e ?f }} LIMIT 20000'
LARGE_BYTES = 20_000 * 1_002 + 3
#: Uncompressed: letters that are all the same would be a small answer.
_PLAIN = {"Accept": "text/csv", "Accept-Encoding": "identity"}
SMALL = "ASK { ?s ?p ?o }"


@pytest.fixture
def run(store: Path, serve: Callable[..., Any]) -> Iterator[Callable[..., str]]:
    """Starts servers that believe no proxy unless told to, whose patience is not what a test is about."""
    running: list[Any] = []

    def start(**settings: str) -> str:
        usual = {
            "GONGKAI_TRUSTED_PROXIES": "192.0.2.1", "GONGKAI_CLIENT_TIMEOUT_SECONDS": "600", "GONGKAI_WORKERS": "4",
            "GONGKAI_QUERY_TIMEOUT_SECONDS": "120", "GONGKAI_QUEUE_WAIT_SECONDS": "300",
            "GONGKAI_SHORT_QUERY_SECONDS": "120",
        }  # fmt: skip
        running.append(serve(store, **(usual | settings)))
        return str(running[-1].url)

    yield start
    for server in running:
        server.stop()


@contextlib.contextmanager
def holding(url: str, count: int, source: str, **headers: str) -> Iterator[list[SlowReader]]:
    """Some readers who ask for 20 MB each and take no more than the head of the answer."""
    with contextlib.ExitStack() as stack:
        readers = [stack.enter_context(SlowReader(url, LARGE, source, **headers)) for _ in range(count)]
        for reader in readers:
            reader.read_head()
        yield readers


def ask(url: str, query: str, source: str, **headers: str) -> httpx.Response:
    with httpx.Client(transport=httpx.HTTPTransport(local_address=source), timeout=120) as client:
        return client.get(f"{url}/sparql", params={"query": query}, headers=_PLAIN | headers)


def test_a_greedy_client_gets_its_share_and_all_others_their_answers(run: Callable[..., str]) -> None:
    """25 connections of one address that ask for 20 MB each and read next to nothing, as in the report."""
    url = run(GONGKAI_MAX_CLIENT_UNSENT_BYTES=str(45 * _MB))
    with holding(url, 25, GREEDY) as readers:
        statuses = [reader.status for reader in readers]
        assert statuses.count(200) == 2, "two answers of 20 MB are within 45 MB, three are not"
        assert statuses.count(503) == 23
        refused = next(reader for reader in readers if reader.status == 503).read_problem()
        assert refused["code"] == "max_client_unsent_bytes"
        assert "GONGKAI_MAX_CLIENT_UNSENT_BYTES" in refused["detail"]
        for _ in range(3):
            assert ask(url, SMALL, HONEST).status_code == 200
            answer = ask(url, LARGE, HONEST)
            assert answer.status_code == 200
            assert len(answer.content) == LARGE_BYTES
        # What is small waits for nobody's reading: even of the greedy one.
        assert ask(url, SMALL, GREEDY).status_code == 200
    # What it let go of is free again, as soon as the server has seen that.
    for _ in range(100):
        if ask(url, LARGE, GREEDY).status_code == 200:
            return
    raise AssertionError("a client that has read or closed everything is refused still")


def test_where_memory_is_short_the_slowest_of_the_greedy_loses_its_answer(run: Callable[..., str]) -> None:
    url = run(GONGKAI_MAX_UNSENT_BYTES=str(50 * _MB), GONGKAI_MAX_CLIENT_UNSENT_BYTES=str(1000 * _MB))
    with holding(url, 2, GREEDY) as (quick, slow):
        assert (quick.status, slow.status) == (200, 200)
        quick.read(5 * _MB)
        answer = ask(url, LARGE, HONEST)
        assert answer.status_code == 200
        assert len(answer.content) == LARGE_BYTES
        slow.wait_for_reset()
        with pytest.raises((OSError, AssertionError)):
            slow.read(slow.length)
        # The other one keeps its answer, and can read it to its end.
        assert len(quick.read(LARGE_BYTES)) == LARGE_BYTES


def test_whoever_holds_no_more_than_an_equal_part_loses_nothing(run: Callable[..., str]) -> None:
    """One reader of 20 MB, however slow, is not dropped for a client that wants what does not fit beside it."""
    url = run(GONGKAI_MAX_UNSENT_BYTES=str(50 * _MB), GONGKAI_MAX_CLIENT_UNSENT_BYTES=str(1000 * _MB))
    with holding(url, 1, HONEST) as (slow,), holding(url, 3, GREEDY) as greedy:
        assert slow.status == 200
        assert sorted(reader.status for reader in greedy) == [200, 503, 503]
        refused = next(reader for reader in greedy if reader.status == 503).read_problem()
        assert refused["code"] == "max_unsent_bytes"
        assert "GONGKAI_MAX_UNSENT_BYTES" in refused["detail"]
        assert len(slow.read(LARGE_BYTES)) == LARGE_BYTES


def test_pages_and_files_are_counted_as_answers_are(run: Callable[..., str]) -> None:
    """The share is the client's, whatever it reads: a large page is refused while its large answers are unread."""
    url = run(GONGKAI_MAX_CLIENT_UNSENT_BYTES="1024")
    page = f"{url}/openapi.json"
    with holding(url, 1, GREEDY) as (reader,), httpx.Client(transport=httpx.HTTPTransport(local_address=GREEDY)) as web:
        assert reader.status == 200
        refused = web.get(page, headers=_PLAIN)
        assert refused.status_code == 503
        assert refused.json()["code"] == "max_client_unsent_bytes"
        assert web.get(f"{url}/health").status_code == 200
        allowed = httpx.get(page, headers=_PLAIN)
        assert allowed.status_code == 200
        assert len(allowed.content) > 65_536, "too small to count: the test shows nothing"


def test_a_reader_who_takes_a_byte_now_and_then_is_let_go_of(run: Callable[..., str]) -> None:
    """And is told so by a reset, since a connection that ends well would make half an answer look whole."""
    url = run(GONGKAI_CLIENT_TIMEOUT_SECONDS="1", GONGKAI_MIN_READ_BYTES_PER_SECOND="20000")
    with holding(url, 1, GREEDY) as (reader,):
        assert reader.status == 200
        reader.nibble_until_reset()
        assert len(reader.found) < reader.length


def test_a_slow_reader_is_judged_by_its_average_while_something_waits() -> None:
    """1,000 bytes a second over 30 seconds of waiting are 30,000 bytes, whenever in these they are taken."""
    uptake = Uptake(30.0, 1_000)
    assert uptake.begin(100.0, 500_000) == 30.0
    assert uptake.close(530_000)
    # The next window: 10 seconds of waiting, a minute of nothing to read, then the 20 seconds that are left of it.
    assert uptake.begin(130.0, 530_000) == 30.0
    uptake.pause(140.0)
    assert uptake.begin(200.0, 545_000) == 20.0
    assert not uptake.close(559_999), "29,999 bytes are too few"
    assert uptake.begin(300.0, 600_000) == 30.0
    assert uptake.close(630_000)
    # Without a least rate, a reader who takes nothing at all is let go of still.
    patient = Uptake(30.0, 0)
    patient.begin(0.0, 7)
    assert not patient.close(7)
    patient.begin(30.0, 7)
    assert patient.close(8)


def test_connections_are_counted_by_client(run: Callable[..., str]) -> None:
    url = run(GONGKAI_MAX_CLIENT_CONNECTIONS="2")
    with holding(url, 2, GREEDY) as readers, SlowReader(url, SMALL, GREEDY) as third:
        assert [reader.status for reader in readers] == [200, 200]
        assert third.read_head() == 503
        refused = third.read_problem()
        assert refused["code"] == "max_client_connections"
        assert "GONGKAI_MAX_CLIENT_CONNECTIONS" in refused["detail"]
        assert {"type", "title", "status", "remedy"} <= refused.keys()
        assert ask(url, SMALL, HONEST).status_code == 200


def test_behind_a_trusted_proxy_clients_are_those_that_it_names(run: Callable[..., str]) -> None:
    """The right-most address that is no proxy's counts; what a client says of itself stands left of that."""
    url = run(GONGKAI_TRUSTED_PROXIES="127.0.0.0/29, 10.0.0.0/8", GONGKAI_MAX_CLIENT_UNSENT_BYTES=str(25 * _MB))
    with holding(url, 1, GREEDY, X_Forwarded_For="203.0.113.9, 198.51.100.7") as (reader,):
        assert reader.status == 200
        named = {"X-Forwarded-For": "203.0.113.1, 198.51.100.7, 10.1.2.3"}
        assert ask(url, LARGE, HONEST, **named).json()["code"] == "max_client_unsent_bytes"
        assert ask(url, LARGE, HONEST, **{"X-Forwarded-For": "198.51.100.7, 203.0.113.1"}).status_code == 200
        # The other header is not read unless the setting says so: a client may have sent it through the proxy.
        both = {"Forwarded": "for=203.0.113.77", "X-Forwarded-For": "198.51.100.7"}
        assert ask(url, LARGE, HONEST, **both).status_code == 503


def test_nobody_else_is_believed_to_be_a_proxy(run: Callable[..., str]) -> None:
    url = run(GONGKAI_TRUSTED_PROXIES=HONEST, GONGKAI_MAX_CLIENT_UNSENT_BYTES=str(25 * _MB))
    with holding(url, 1, GREEDY, X_Forwarded_For="198.51.100.1") as (reader,):
        assert reader.status == 200
        assert ask(url, LARGE, GREEDY, **{"X-Forwarded-For": "198.51.100.2"}).status_code == 503
        # Nor does it take up the share of the client that it pretends to be.
        assert ask(url, LARGE, HONEST, **{"X-Forwarded-For": "198.51.100.1"}).status_code == 200


def test_requests_behind_a_proxy_are_counted_by_client(run: Callable[..., str]) -> None:
    url = run(
        GONGKAI_TRUSTED_PROXIES="127.0.0.0/8", GONGKAI_PROXY_HEADER="Forwarded", GONGKAI_MAX_CLIENT_CONNECTIONS="2"
    )
    one = 'for="[2001:db8:1:2::7]:4711";proto=https'
    with holding(url, 2, GREEDY, Forwarded=one) as readers:
        assert [reader.status for reader in readers] == [200, 200]
        # Another address of the same /64 is the same client; one of the next is not.
        refused = ask(url, SMALL, GREEDY, Forwarded='for="[2001:db8:1:2:ffff::1]"')
        assert refused.status_code == 503
        assert refused.json()["code"] == "max_client_connections"
        assert ask(url, SMALL, GREEDY, Forwarded='for="[2001:db8:1:3::7]"').status_code == 200


def test_room_is_made_only_where_that_suffices() -> None:
    """60 of 100 are held by a, 40 by b; c wants 34 of what is a third each: a loses the slower of its two."""

    class Told:
        dropped = ""

        def __init__(self, taken: int) -> None:
            self.taken = taken

        def count_taken(self) -> int:
            taken, self.taken = self.taken, self.taken + self.taken
            return taken

        def drop(self, setting: str) -> None:
            self.dropped = setting

    outbox = Outbox(100, 1000)
    quick, slow, other = Told(50_000_000), Told(10), Told(1)
    outbox.enter("a", 30, quick)
    outbox.enter("a", 30, slow)
    outbox.enter("b", 40, other)
    with pytest.raises(Problem) as refused:
        outbox.enter("c", 101, Told(0))
    assert refused.value.code == "max_unsent_bytes"
    assert (quick.dropped, slow.dropped, other.dropped, outbox.bytes) == ("", "", "", 100)
    delivery = outbox.enter("c", 30, Told(0))
    assert (quick.dropped, slow.dropped, other.dropped) == ("", "", "max_unsent_bytes")
    assert outbox.bytes == 90
    outbox.leave(delivery)
    outbox.leave(delivery)
    assert outbox.bytes == 60
