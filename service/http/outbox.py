"""Answers on their way: how much of the memory that they take each client may hold, and who loses it for others."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

from service.http.problems import Problem

#: Where the scope of a request has its :class:`Reader`, among the extensions.
READER = "gongkai.reader"
_RETRY = {"Retry-After": "5"}


class Reader(Protocol):
    """The other end of a connection."""

    #: The setting for whose sake it was broken off; "" as long as it was not.
    dropped: str

    def count_taken(self) -> int:
        """The bytes that have arrived there since the connection was made."""
        ...

    def drop(self, setting: str) -> None:
        """Breaks it off at once, so that nobody takes what was sent for a whole answer."""
        ...


@dataclass(eq=False)
class Delivery:
    """An answer of ``size`` bytes on its way to a client; ``before`` is what its reader had taken when it began."""

    client: str
    size: int
    reader: Reader | None
    began: float
    before: int

    def measure(self, now: float) -> float:
        """How quickly it is taken, in bytes per second."""
        taken = self.reader.count_taken() - self.before if self.reader else 0
        return taken / max(now - self.began, 0.001)


class Outbox:
    """The answers on their way. ``most`` bounds their bytes, ``most_of_client`` those of one client.

    What is refused is told as a 503 :class:`Problem` that names the setting. No client loses an answer for another's
    sake while it holds no more than an equal part of ``most`` among those that hold something; and a client whose new
    answer keeps within that part is never refused for others' sake.
    """

    def __init__(self, most: int, most_of_client: int) -> None:
        self.most = most
        self.most_of_client = most_of_client
        self.bytes = 0
        self._held: defaultdict[str, int] = defaultdict(int)
        self._deliveries: set[Delivery] = set()

    def count_held(self, client: str) -> int:
        """The bytes on their way to a client."""
        return self._held.get(client, 0)

    def check(self, client: str) -> None:
        """Raises a :class:`Problem` if a client holds so much that a query of it is not even begun."""
        if self.count_held(client) >= self.most_of_client:
            raise self._refuse_client()

    def enter(self, client: str, size: int, reader: Reader | None) -> Delivery:
        """Takes up an answer, for which others may be dropped. Raises a :class:`Problem` if there is no room."""
        held = self.count_held(client)
        if held and held + size > self.most_of_client:
            raise self._refuse_client()
        if self.bytes and self.bytes + size > self.most:
            self._make_room(client, size)
        delivery = Delivery(client, size, reader, monotonic(), reader.count_taken() if reader else 0)
        self._deliveries.add(delivery)
        self._held[client] += size
        self.bytes += size
        return delivery

    def leave(self, delivery: Delivery) -> None:
        """An answer has been sent, or its reader has gone."""
        if delivery not in self._deliveries:
            return
        self._deliveries.remove(delivery)
        self.bytes -= delivery.size
        self._held[delivery.client] -= delivery.size
        if not self._held[delivery.client]:
            del self._held[delivery.client]

    def _make_room(self, client: str, size: int) -> None:
        """Drops what has to go for an answer: nothing, if that would not be enough."""
        part = self.most / len(self._held.keys() | {client})
        held, need, going = dict(self._held), self.bytes + size - self.most, []
        now = monotonic()
        for delivery in sorted(self._deliveries, key=lambda d: d.measure(now)):
            if need <= 0:
                break
            if delivery.client != client and delivery.reader is not None and held[delivery.client] > part:
                going.append(delivery)
                held[delivery.client] -= delivery.size
                need -= delivery.size
        if need > 0:
            raise Problem(
                503, "max_unsent_bytes", "request",
                f"{self.most:,} bytes of answers wait for their readers (GONGKAI_MAX_UNSENT_BYTES)",
                "Ask for less, or try again in a few seconds", _RETRY,
                zh=(f"已有 {self.most:,} 字节的结果等待读取（GONGKAI_MAX_UNSENT_BYTES）", "请缩小范围，或过几秒再试"),
            )  # fmt: skip
        for delivery in going:
            self.leave(delivery)
            if delivery.reader is not None:
                delivery.reader.drop("max_unsent_bytes")

    def _refuse_client(self) -> Problem:
        most = f"{self.most_of_client:,}"
        return Problem(
            503, "max_client_unsent_bytes", "request",
            f"answers of {most} bytes wait to be read by this client (GONGKAI_MAX_CLIENT_UNSENT_BYTES)",
            "Read those answers first, or ask for less", _RETRY,
            zh=(f"该客户端尚有 {most} 字节的结果未读取（GONGKAI_MAX_CLIENT_UNSENT_BYTES）", "请先读完，或缩小范围"),
        )  # fmt: skip
