"""The server of the feature pages: their files, and a few addresses that behave as servers do.

    /font.woff            the demo shop's typeface; it has capitals, figures and some signs
    /redirect?to=URL      302
    /late?ms=N&to=URL     302, N ms later
    /turn/NAME.svg        a square in another colour each time it is asked for, `no-store`
    /big.png?bytes=N      a small picture in so many bytes
    /ranged/PATH          PATH, in ranges where they are asked for
    /pieces/PATH          PATH, in ranges of at most 4,000 bytes
    /cors/PATH            PATH, readable by every origin
    /missing/…            404

The same server answers as `localhost`, which is another origin and another site than 127.0.0.1.
"""

from __future__ import annotations

import contextlib
import itertools
import struct
import threading
import time
import zlib
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from harness.demo import font

PAGES = Path(__file__).parent.parent / "pages" / "features"
COLOURS = ("tomato", "seagreen", "royalblue", "gold", "orchid", "teal")
TYPES = {".webm": "video/webm", ".avif": "image/avif", ".vtt": "text/vtt", ".webp": "image/webp"}


class Site:
    """`is_down` makes it break off every connection, and count them."""

    def __init__(self) -> None:
        self.is_down = False
        self.asked_while_down: list[str] = []
        self.url = ""
        self.turns = itertools.count()


@contextlib.contextmanager
def serving() -> Iterator[Site]:
    site = Site()
    with _Server(("127.0.0.1", 0), partial(_Handler, site)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        site.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away in the middle of an answer is no fault of the test."""


class _Handler(SimpleHTTPRequestHandler):
    extensions_map = SimpleHTTPRequestHandler.extensions_map | TYPES
    protocol_version = "HTTP/1.1"

    def __init__(self, site: Site, *arguments: Any) -> None:
        self._site = site
        self._shared = False
        super().__init__(*arguments, directory=str(PAGES))

    def do_GET(self) -> None:
        if self._site.is_down:
            self._site.asked_while_down.append(self.path)
            self.close_connection = True
            return
        if self.path.startswith("/cors/"):
            self._shared = True
            self.path = self.path.removeprefix("/cors")
        address = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(address.query).items()}
        if address.path == "/font.woff":
            self._answer(font.woff(), font.MIME)
        elif address.path in ("/redirect", "/late"):
            time.sleep(int(query.get("ms", "0")) / 1000)
            self.send_response(302)
            self.send_header("Location", unquote(query["to"]))
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif address.path.startswith("/turn/"):
            colour = COLOURS[next(self._site.turns) % len(COLOURS)]
            square = f'<rect width="60" height="60" fill="{colour}"/>'
            square = f'<svg xmlns="http://www.w3.org/2000/svg" width="60" height="60">{square}</svg>'
            self._answer(square.encode(), "image/svg+xml", cache="no-store")
        elif address.path.startswith("/ranged/"):
            self._answer_range((PAGES / address.path.removeprefix("/ranged/")).read_bytes())
        elif address.path.startswith("/pieces/"):
            self._answer_range((PAGES / address.path.removeprefix("/pieces/")).read_bytes(), most=4000)
        elif address.path == "/big.png":
            self._answer(_png(int(query["bytes"])), "image/png")
        else:
            super().do_GET()

    def _answer(self, body: bytes, mime: str, *, cache: str = "max-age=60") -> None:
        self.send_response(200)
        self.send_header("Content-Type", mime)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", cache)
        self.end_headers()
        self.wfile.write(body)

    def _answer_range(self, body: bytes, *, most: int | None = None) -> None:
        asked = self.headers.get("Range", "bytes=0-").removeprefix("bytes=")
        first, _, last = asked.partition("-")
        start, end = int(first), int(last) if last else len(body) - 1
        if most is not None:
            end = min(end, start + most - 1)
        self.send_response(206)
        self.send_header("Content-Type", self.guess_type(self.path))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Range", f"bytes {start}-{end}/{len(body)}")
        self.send_header("Content-Length", str(end - start + 1))
        self.end_headers()
        self.wfile.write(body[start : end + 1])

    def end_headers(self) -> None:
        if self._shared:
            self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


def _png(size_bytes: int) -> bytes:
    """Return a blue square of 40 px, filled up with a comment to about `size_bytes`."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 40, 40, 8, 2, 0, 0, 0)
    rows = (b"\0" + b"\x20\x40\xc0" * 40) * 40
    comment = chunk(b"tEXt", b"Comment\0" + b"x" * max(0, size_bytes - 300))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + comment
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
