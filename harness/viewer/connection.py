"""A connection that does not wait for ever: many of which nothing is sent, or read, would lock others out."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST_S = 10.0  # for a request to arrive, head and body: nothing here has a body
STALL_S = 60.0  # for a client to take more of an answer than it has


class ImpatientConnection(H11Protocol):
    """uvicorn's own, which by itself ends only those that are idle after an answer."""

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect(REQUEST_S)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is not None and not self.cycle.more_body and not self.cycle.response_complete:
            self._rest()  # a whole request: what takes time now is ours
        elif self._timer is None:
            self._expect(REQUEST_S)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._expect(STALL_S)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._rest()

    def connection_lost(self, exc: Exception | None) -> None:
        self._rest()
        super().connection_lost(exc)

    def _expect(self, seconds: float) -> None:
        self._rest()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._give_up)

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        self._timer = None
        self.transport.abort()
