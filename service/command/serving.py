"""The server of the web: uvicorn, which is told to stop in two steps."""

from __future__ import annotations

import signal
from time import monotonic
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from service.http.connections import bound_connections
from service.settings import ServiceSettings

#: How long requests under way may go on once nothing new is taken.
GRACE_SECONDS = 5


class Server(uvicorn.Server):
    """Goes on for ``drain_seconds`` after SIGTERM, says meanwhile that it is not ready, then closes.

    Who stands before several of these, such as a load balancer, sees ``/ready`` fail and sends requests elsewhere,
    before the first of them is refused. Ctrl-C, or a second signal, closes at once.
    """

    def __init__(self, app: Starlette, settings: ServiceSettings) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=bound_connections(settings),
                loop="uvloop",
                log_level="error",  # of what strangers send, nothing
                access_log=False,
                timeout_graceful_shutdown=GRACE_SECONDS,
                ws="none",
                proxy_headers=False,  # service.http.front reads them, and believes fewer
                server_header=False,
            )
        )
        self._app = app
        self._drain = settings.drain_seconds
        self._closes: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """What a signal does."""
        if sig == signal.SIGTERM and self._drain and self._closes is None:
            self._closes = monotonic() + self._drain
            self._app.state.leaving = True
        else:
            super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        """Asked ten times a second: whether to close."""
        if self._closes is not None and monotonic() >= self._closes:
            self.should_exit = True
        return await super().on_tick(counter)
