"""What can go wrong between a program and a server::

ClientError
├── NotReached     nobody answers there, or what answers is no Gongkai
└── Refused        the server said no, as an RFC 9457 problem
    ├── BadRequest     400, 422: the question is wrong; ``choices`` are what may be asked instead
    ├── NotFound       404: there is no such query, document or thing
    └── Limited        408, 413, 503, 504: a limit was hit, or the server is busy
"""

from __future__ import annotations

from collections.abc import Sequence


class ClientError(Exception):
    """Anything that this client raises."""


class NotReached(ClientError):
    """Nobody answers at the address, or what answers speaks otherwise."""


class Refused(ClientError):
    """The server's own words: its ``status``, the ``code`` of the error, where it is, what it is, what to do.

    ``choices`` are the values that would do, where the server names them.
    """

    def __init__(
        self, status: int, code: str, place: str, problem: str, remedy: str, choices: Sequence[str] = ()
    ) -> None:
        self.status, self.code, self.place, self.problem, self.remedy = status, code, place, problem, remedy
        self.choices = tuple(choices)
        told = f"{status} {code}: {place}: {problem}. {remedy}"
        super().__init__(told + (f" ({', '.join(self.choices[:10])})" if choices else ""))


class BadRequest(Refused):
    """The question is wrong."""


class NotFound(Refused):
    """There is no such thing."""


class Limited(Refused):
    """A limit was hit, which ``code`` names, or the server is busy."""


def find_class(status: int) -> type[Refused]:
    """The class of the error of a status."""
    if status == 404:
        return NotFound
    if status in (400, 422):
        return BadRequest
    return Limited if status in (408, 413, 414, 429, 503, 504) else Refused
