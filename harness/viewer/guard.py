"""Who gets an answer from the viewer's server: its own pages, and nobody who has led a browser there.

On a loopback address the server knows its names: a page elsewhere can make a browser send requests here, also under a
name of its own that it lets point to 127.0.0.1 (DNS rebinding); `Host` and `Origin` tell these from the viewer's own.
On any other address the network can reach it, and its names are not known: there a token is asked for, which stands in
the address that is printed, and then in a cookie that no script can read.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from harness.viewer import policy

HOST_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
COOKIE = "harness-token"
MAX_QUERY_BYTES = 4096
MAX_ADDRESS_BYTES, MAX_HEADER_BYTES = 8 << 10, 32 << 10
_NOT_HERE = "harness: the viewer answers to its own address on this machine only"
_NO_TOKEN = "harness: open the address that `harness view` printed; it holds a token"


class Guard:
    """Middleware around everything; puts the headers on every response that keep other sites out."""

    def __init__(self, app: ASGIApp, token: str | None = None) -> None:
        """Without a token the server is on a loopback address."""
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        answer = self._refusal(scope)
        if answer is not None:
            await answer(scope, receive, _with_headers(send))
            return
        begun = False

        async def send_on(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        # Nothing here is served in ranges, and parsing them is work for whoever sends thousands.
        kept = [(name, value) for name, value in scope["headers"] if name.lower() not in (b"range", b"if-range")]
        try:
            await self._app({**scope, "headers": kept}, receive, _with_headers(send_on))
        except Exception as error:
            # A fault of ours: who asked gets its kind, and the terminal one line instead of a traceback. What has
            # begun ends before its end, which the server tells the browser.
            print(f"harness: {scope['path'][:200]!a}: {type(error).__name__}; please report it", file=sys.stderr)
            if not begun:
                answer = PlainTextResponse(f"harness: {type(error).__name__}", 500)
                await answer(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope) -> PlainTextResponse | RedirectResponse | None:
        if len(scope.get("raw_path") or b"") + len(scope.get("query_string", b"")) > MAX_ADDRESS_BYTES:
            return PlainTextResponse("harness: the address is too long", 414)
        if sum(len(name) + len(value) for name, value in scope["headers"]) > MAX_HEADER_BYTES:
            return PlainTextResponse("harness: the headers are too large", 431)
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if any(origin != f"http://{host}" for origin in headers.getlist("origin")):
            return PlainTextResponse(_NOT_HERE, 403)
        if self._token is None:
            return None if _own_host(host, scope) else PlainTextResponse(_NOT_HERE, 403)
        if _is(self._token, _cookie(headers.get("cookie", ""))):
            return None
        query = parse_qs(scope.get("query_string", b"")[:MAX_QUERY_BYTES].decode("latin-1"))
        if not _is(self._token, (query.pop("token", None) or [""])[0]):
            return PlainTextResponse(_NO_TOKEN, 403)
        rest = urlencode(query, doseq=True)
        answer = RedirectResponse("/" + scope["path"].lstrip("/") + (f"?{rest}" if rest else ""))
        answer.set_cookie(COOKIE, self._token, httponly=True, samesite="strict", path="/")
        return answer


def new_token() -> str:
    return secrets.token_urlsafe(24)


def _is(token: str, given: str) -> bool:
    return secrets.compare_digest(token.encode(), given.encode("utf-8", "replace"))


def _cookie(header: str) -> str:
    try:
        found = SimpleCookie(header[:MAX_QUERY_BYTES]).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found is not None else ""


def _own_host(host: str, scope: Scope) -> bool:
    name, colon, port = host.rpartition(":")
    if not colon or host.endswith("]"):
        name, port = host, "80"
    server = scope.get("server")
    return name.lower() in HOST_NAMES and server is not None and port == str(server[1])


def _with_headers(send: Send) -> Callable[[Message], Awaitable[None]]:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("Content-Security-Policy", policy.API)
            headers.setdefault("Cache-Control", "no-store")
            headers["X-Content-Type-Options"] = "nosniff"
            headers["Referrer-Policy"] = "no-referrer"
            headers["Cross-Origin-Resource-Policy"] = "same-origin"
            headers["Cross-Origin-Opener-Policy"] = "same-origin"
        await send(message)

    return send_with_headers
