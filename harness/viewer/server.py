"""The viewer's server: the player's files, and recordings piece by piece, on a loopback address.

A whole recording is never read: the manifest is its index, a segment goes out as the zstd frame that it is in the file,
for the browser to unpack, and an asset by its hash. In a directory each recording has the same under `/r/NAME/`.
"""

from __future__ import annotations

import ipaddress
import json
import re
import signal
import socket
import threading
import webbrowser
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from os import PathLike
from pathlib import Path

import click
import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import BaseRoute, Route

from harness import published
from harness.errors import HarnessError, UsageError
from harness.replay.signal_lines import iter_signal_lines
from harness.storage import RecordingReader
from harness.viewer import policy
from harness.viewer.connection import ImpatientConnection
from harness.viewer.directory_page import directory_page
from harness.viewer.guard import Guard, new_token
from harness.viewer.recordings import Recordings, is_running, manifest_of
from harness.viewer.script import LinkedScript

LOOPBACK = {"127.0.0.1": socket.AF_INET, "localhost": socket.AF_INET, "::1": socket.AF_INET6}
FIRST_PORT = 8377  # tried first, so that a reload finds the viewer where it was; nothing else is known to use it
ENTRIES = ("main.js", "directory.js")  # modules that pages begin with
MAX_HEAD_BYTES = 32 << 10
MAX_CONNECTIONS = 200
_NUMBER = re.compile(r"[0-9]{1,9}")
STATIC_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}


def serve(
    path: str | PathLike[str], *, host: str = "127.0.0.1", port: int | None = None, open_browser: bool = True
) -> None:
    """Serve a recording, or a directory of them, until Ctrl-C or SIGTERM; print the address, open it in the browser.

    Without `port` the usual one is taken, or any that is free. On another address than a loopback one a token is asked
    for, which stands in the address that is printed. Raises UsageError if `port` is in use or `host` is no address of
    this machine, and what RecordingReader raises for a file that is no recording.
    """
    token = None if host in LOOPBACK else new_token()
    app = create_app(path, token=token)
    listener = listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    url = f"http://{shown}:{listener.getsockname()[1]}/{f'?token={token}' if token else ''}"
    click.echo(f"{path}: {url}  (Ctrl-C ends)")
    if open_browser:
        threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
    config = uvicorn.Config(
        app, log_level="error", access_log=False, lifespan="off", ws="none", server_header=False,
        http=ImpatientConnection, proxy_headers=False, timeout_graceful_shutdown=1,
        h11_max_incomplete_event_size=MAX_HEAD_BYTES, limit_concurrency=MAX_CONNECTIONS,
    )  # fmt: skip
    with listener, _quiet_end():
        uvicorn.Server(config).run(sockets=[listener])


def listen(host: str, port: int | None) -> socket.socket:
    """Return a listening socket; see `serve` for the choice of port and the errors."""
    family = LOOPBACK.get(host) or _family(host)
    for candidate in (FIRST_PORT, 0) if port is None else (port,):
        listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, candidate))
            listener.listen(64)  # before the address is told: a browser may be faster than the server's start
            return listener
        except (OSError, OverflowError) as error:
            listener.close()
            if candidate != FIRST_PORT or port is not None:
                reason = getattr(error, "strerror", None) or str(error)
                raise UsageError(
                    f"port {candidate} of {host}: {reason.lower()}; choose another with --port, or leave it out"
                ) from error
    raise AssertionError("unreachable")


def _family(host: str) -> socket.AddressFamily:
    try:
        return (ipaddress.ip_address(host).version == 6 and socket.AF_INET6) or socket.AF_INET
    except ValueError:
        raise UsageError(f"{host}: give an address of this machine to listen on, such as 127.0.0.1") from None


@contextmanager
def _quiet_end() -> Iterator[None]:
    """Let the server end by Ctrl-C and SIGTERM without a traceback: uvicorn raises them again after closing."""
    in_main_thread = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, lambda *_: None) if in_main_thread else None
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        if in_main_thread:
            signal.signal(signal.SIGTERM, before)


def create_app(path: str | PathLike[str], *, static: Path | None = None, token: str | None = None) -> Starlette:
    """Return the application for a recording or a directory; `static` is where the player's files are, `token` what
    has to be shown where others can reach the server.

    Raises UsageError if there is nothing at `path`, and what RecordingReader raises for a file that is no recording.
    """
    recordings = Recordings(path)
    player = Player(recordings, published.js_dir() / "viewer" if static is None else static)
    routes: list[BaseRoute] = [Route("/static/{name:path}", player.static)]
    if recordings.is_directory:
        routes += [Route("/", player.listing), Route("/r/{name}", player.add_slash), *player.routes("/r/{name}")]
    else:
        routes += player.routes("")
    app = Starlette(routes=routes, exception_handlers={HarnessError: _explain})
    app.router.redirect_slashes = False
    app.add_middleware(Guard, token=token)
    return app


class Player:
    """The endpoints. They are plain functions: Starlette runs each in a thread, so a large segment holds nobody up."""

    def __init__(self, recordings: Recordings, static: Path) -> None:
        self._recordings = recordings
        self._static = static.resolve()
        if not (self._static / "index.html").is_file():
            raise HarnessError(f"{static}: the player's files are not there; install harness again")
        self._scripts = {name: LinkedScript(self._static / name) for name in ENTRIES}
        self._scripts[ENTRIES[recordings.is_directory]].prepare()

    def routes(self, prefix: str) -> list[Route]:
        return [
            Route(f"{prefix}/", self.page),
            Route(f"{prefix}/api/manifest", self.manifest),
            Route(f"{prefix}/api/segments/{{number}}", self.segment),
            Route(f"{prefix}/api/assets/{{digest}}", self.asset),
            Route(f"{prefix}/api/signals", self.signals),
        ]

    def page(self, request: Request) -> Response:
        self._recording(request, refresh=True)
        text = (self._static / "index.html").read_text("utf-8")
        return HTMLResponse(text, headers={"Content-Security-Policy": policy.PLAYER, "Cache-Control": "no-cache"})

    def manifest(self, request: Request) -> Response:
        """The index; 304 where it is what the player has: one that watches a recording asks twice a second."""
        recording = self._recording(request, refresh=True)
        running = is_running(recording.path, recording.complete)
        tag = f'"{recording.size_bytes}-{recording.index.events}-{recording.complete:d}{running:d}"'
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={"ETag": tag})
        # As ASCII: a page's title may hold half a character, which no UTF-8 can say.
        content = json.dumps({**manifest_of(recording), "running": running}, separators=(",", ":"))
        return Response(content, media_type="application/json", headers={"ETag": tag})

    def segment(self, request: Request) -> Response:
        recording = self._recording(request)
        asked = request.path_params["number"]
        number = int(asked) if _NUMBER.fullmatch(asked) else len(recording.index.segments)
        if number >= len(recording.index.segments):
            raise UsageError(f"{recording.path.name}: has no segment {asked[:20]!r}")
        headers = {"Vary": "Accept-Encoding"}
        if _accepts_zstd(request.headers):
            content, headers["Content-Encoding"] = recording.segment_bytes(number), "zstd"
        else:
            content = recording.segment_text(number).encode("utf-8", "replace")
        return Response(content, media_type="application/x-ndjson", headers=headers)

    def signals(self, request: Request) -> Response:
        """All that the panels show, piece by piece; where the file is damaged, what stands before."""
        recording = self._recording(request)
        pieces = iter_signal_lines(recording)
        first = next(pieces, b"")  # a fault here still becomes an answer of its own
        return StreamingResponse(chain((first,), pieces), media_type="application/x-ndjson")

    def asset(self, request: Request) -> Response:
        recording = self._recording(request)
        content, entry = recording.asset(request.path_params["digest"])
        return Response(
            content,
            headers={
                "Content-Type": policy.safe_type(entry.mime),
                "Content-Security-Policy": policy.ASSET,
                "Cache-Control": "private, max-age=31536000, immutable",  # named by its content
            },
        )

    def static(self, request: Request) -> Response:
        name = request.path_params["name"]
        root = self._static
        if name in self._scripts:
            headers = {"Content-Type": STATIC_TYPES[".js"], "Cache-Control": "no-cache"}
            return Response(self._scripts[name].content(), headers=headers)
        if name.startswith("vendor/"):
            root, name = published.js_dir().resolve() / "vendor", name.removeprefix("vendor/")
        try:
            path = (root / name).resolve()
            known = path.suffix in STATIC_TYPES and path.is_relative_to(root) and path.is_file()
        except (OSError, ValueError):  # longer than names can be, or with a zero in it
            known = False
        if not known:
            return PlainTextResponse("no such file", 404)
        return FileResponse(path, headers={"Content-Type": STATIC_TYPES[path.suffix], "Cache-Control": "no-cache"})

    def listing(self, request: Request) -> Response:
        """The list; 304 where it is what the page shows: it asks again while tests run."""
        page = directory_page(str(self._recordings.path), self._recordings.entries())
        tag = f'"{zlib.crc32(page.encode("utf-8", "replace")):08x}-{len(page)}"'
        headers = {"Content-Security-Policy": policy.PLAYER, "ETag": tag, "Cache-Control": "no-cache"}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return HTMLResponse(page, headers=headers)

    def add_slash(self, request: Request) -> Response:
        return RedirectResponse(f"{request.url.path}/")

    def _recording(self, request: Request, *, refresh: bool = False) -> RecordingReader:
        return self._recordings.open(request.path_params.get("name"), refresh=refresh)


def _accepts_zstd(headers: Headers) -> bool:
    for part in headers.get("accept-encoding", "").split(","):
        name, _, parameters = part.partition(";")
        if name.strip().lower() == "zstd":
            return parameters.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _explain(request: Request, error: Exception) -> Response:
    return PlainTextResponse(str(error), 404 if isinstance(error, UsageError) else 500)
