"""The shop on a free loopback port, in a thread of this process."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from harness.demo.shop import create_shop
from harness.errors import HarnessError

_START_SECONDS = 20.0
_STOP_SECONDS = 10.0


@contextmanager
def serve_shop(port: int = 0) -> Iterator[str]:
    """Serve a fresh shop on 127.0.0.1 and give its base URL, without a slash at the end; it is gone on leaving.

    The same port answers as `localhost`, which to a browser is another site: the payment frame comes from there.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        # Waiting for a page's open connections would delay the end of a test; the shop has nothing to finish.
        config = uvicorn.Config(
            create_shop(), log_level="critical", lifespan="off", ws="none", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="demo-shop", daemon=True)
        thread.start()
        _wait_until_started(server, thread)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(_STOP_SECONDS)
    finally:
        listener.close()


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise HarnessError("demo shop: the server did not start; is loopback usable here?")
        time.sleep(0.01)
