"""Who waits, and whose turn it is: one queue for each client, served in rotation."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field

from service.engine.workers import Answer, Job, Worker

#: Whose request is being answered; what asks without one is the service itself.
CLIENT: ContextVar[str] = ContextVar("CLIENT", default="")


@dataclass(eq=False)
class Ticket:
    """A job that waits or runs for a client; ``outcome`` becomes its answer or its failure."""

    job: Job
    client: str
    outcome: asyncio.Future[Answer]
    timer: asyncio.TimerHandle | None = field(default=None)

    def stop_timer(self) -> None:
        """Whatever was to happen to it later does not."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


@dataclass(frozen=True)
class PoolLimits:
    """Of the pool: processes of both lanes, seconds, length and seconds of the queues, memory of a process in bytes.

    ``memory_quads``: the most quads that a snapshot may have to be held in memory.
    """

    workers: int
    slow_workers: int
    short_seconds: float
    query_seconds: float
    queue_length: int
    queue_seconds: float
    memory: int
    memory_quads: int


@dataclass(eq=False)
class Run:
    """A ticket on a worker. ``yielded``: it has given its place of the quick lane to others; it goes on beside them."""

    ticket: Ticket
    worker: Worker
    began: float
    slow: bool = False
    yielded: bool = False
    stopped: bool = False


class FairQueue:
    """Tickets by client. ``length`` bounds how many wait in all."""

    def __init__(self, length: int) -> None:
        self.length = length
        self._size = 0
        self._clients: OrderedDict[str, deque[Ticket]] = OrderedDict()

    def __len__(self) -> int:
        return self._size

    def put(self, ticket: Ticket) -> Ticket | None:
        """Lets a ticket wait; gives the one that has to leave for it where the queue is full.

        That is the newest of the client that has most waiting, which may be the ticket itself.
        """
        self._append(ticket)
        if self._size <= self.length:
            return None
        most = max(self._clients.values(), key=len)
        mine = self._clients[ticket.client]
        leaving = ticket if len(mine) >= len(most) else most[-1]
        self.remove(leaving)
        return leaving

    def put_back(self, ticket: Ticket) -> None:
        """Lets a ticket be the next of its client's, whatever the length."""
        self._clients.setdefault(ticket.client, deque()).appendleft(ticket)
        self._size += 1

    def _append(self, ticket: Ticket) -> None:
        self._clients.setdefault(ticket.client, deque()).append(ticket)
        self._size += 1

    def take(self, may: Callable[[str], bool] = lambda _: True) -> Ticket | None:
        """The next ticket: of the client whose turn it is among those that ``may`` have one."""
        for client in list(self._clients):
            if not may(client):
                continue
            waiting = self._clients.pop(client)
            ticket = waiting.popleft()
            self._size -= 1
            if waiting:
                self._clients[client] = waiting  # at the end: its next turn comes after everyone's
            return ticket
        return None

    def remove(self, ticket: Ticket) -> bool:
        """Takes a ticket out; says whether it was there."""
        waiting = self._clients.get(ticket.client)
        if waiting is None or ticket not in waiting:
            return False
        waiting.remove(ticket)
        self._size -= 1
        if not waiting:
            del self._clients[ticket.client]
        return True

    def clear(self) -> list[Ticket]:
        """Takes out all, and gives them."""
        tickets = [t for waiting in self._clients.values() for t in waiting]
        self._clients.clear()
        self._size = 0
        return tickets
