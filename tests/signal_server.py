"""A loopback server with what tests of signals need: JSON, a redirect, a stream of events, a WebSocket, a download."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PAGE = Path(__file__).parent / "pages" / "signals" / "index.html"
WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
# `fails.ts`, line 3, is where the second line of this script comes from.
SOURCE_MAP = {"version": 3, "sources": ["fails.ts"], "names": [], "mappings": ";AAEA"}
SCRIPT = """// made from fails.ts
document.getElementById("fails").onclick = () => { throw new TypeError("broken"); };
//# sourceMappingURL=data:application/json;base64,"""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/":
            self._send(PAGE.read_bytes(), "text/html; charset=utf-8")
        elif path == "/script.js":
            encoded = base64.b64encode(json.dumps(SOURCE_MAP).encode()).decode()
            self._send((SCRIPT + encoded + "\n").encode(), "text/javascript")
        elif path == "/redirect":
            self._send(b"", "text/plain", status=302, location="/api/final")
        elif path == "/api/final":
            self._send(json.dumps({"text": "x" * 6000}).encode(), "application/json", cookie="seen=1")
        elif path == "/file":
            self._send(b"12345", "text/csv", disposition='attachment; filename="orders.csv"')
        elif path == "/stream":
            self._stream()
        elif path == "/socket":
            self._socket()
        else:
            self._send(b"nothing here", "text/plain", status=404)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self._send(b'{"accepted":true}', "application/json", status=201)

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _send(
        self, body: bytes, mime: str, *, status: int = 200, location: str = "", cookie: str = "", disposition: str = ""
    ) -> None:
        self.send_response(status)
        given = {"location": location, "set-cookie": cookie, "content-disposition": disposition}
        for name, value in {"content-type": mime, "content-length": str(len(body)), **given}.items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _stream(self) -> None:
        self.close_connection = True
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        try:
            # Until the page has what it waits for: whoever listens may come a moment late.
            for number in range(100):
                self.wfile.write(f"event: price\nid: {number}\ndata: {number} EUR\n\n".encode())
                self.wfile.flush()
                self.server.pause.wait(0.05)  # type: ignore[attr-defined]
        except OSError:
            pass

    def _socket(self) -> None:
        self.close_connection = True
        key = self.headers["sec-websocket-key"] + WEBSOCKET_GUID
        self.send_response(101)
        self.send_header("upgrade", "websocket")
        self.send_header("connection", "Upgrade")
        self.send_header("sec-websocket-accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())
        self.end_headers()
        if self._frame() is not None:
            self.wfile.write(b"\x81\x06answer" + b"\x82\x03\x00\x01\x02")
            while self._frame() is not None:
                pass
            self.wfile.write(b"\x88\x00")

    def _frame(self) -> bytes | None:
        """Return the content of a short masked frame; None at the end."""
        head = self.rfile.read(2)
        if len(head) < 2 or head[0] & 15 == 8:
            return None
        mask = self.rfile.read(4)
        return bytes(byte ^ mask[at % 4] for at, byte in enumerate(self.rfile.read(head[1] & 127)))


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that goes away in the middle of an answer is no fault of the test."""


@contextmanager
def serving_signals() -> Iterator[str]:
    """Give the server's URL, without a slash at the end."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.pause = threading.Event()  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.pause.set()  # type: ignore[attr-defined]
            server.shutdown()
            thread.join()
