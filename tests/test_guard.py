"""The viewer's server where others can reach it: nothing without the token, and the token not for other sites."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from harness.errors import UsageError
from harness.viewer.guard import COOKIE, new_token
from harness.viewer.server import create_app, listen
from tests.storage_files import GOLDEN

TOKEN = new_token()


class Client:
    """Asks the application as it stands, under a name that the network gave it."""

    def __init__(self, static: Path, run: Callable[..., Any]) -> None:
        self._run = run
        self._app = create_app(GOLDEN / "simple.replay", static=static, token=TOKEN)
        self.cookies: dict[str, str] = {}

    def get(self, url: str, headers: dict[str, str] | None = None) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app)
            base = "http://ci.example:8377"
            async with httpx.AsyncClient(transport=transport, base_url=base, cookies=self.cookies) as client:
                return await client.get(url, headers=headers)

        answer: httpx.Response = self._run(ask())
        return answer


@pytest.fixture
def client(tmp_path: Path, run_async: Callable[..., Any]) -> Client:
    (tmp_path / "index.html").write_text("<!doctype html><p>player")
    return Client(tmp_path, run_async)


@pytest.mark.parametrize("path", ["/", "/api/manifest", "/api/segments/0", "/static/main.js", "/nothing"])
@pytest.mark.parametrize(
    "query",
    ["", "?token=", "?token=wrong", f"?token={TOKEN[:-1]}", "?token=%ff"],
    ids=["none", "empty", "wrong", "cut", "no-text"],
)
def test_nothing_is_answered_without_the_token(client: Client, path: str, query: str) -> None:
    answer = client.get(path + query)
    assert answer.status_code == 403
    assert "token" in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers


def test_the_token_becomes_a_cookie_that_scripts_cannot_read(client: Client) -> None:
    answer = client.get(f"/?token={TOKEN}&bare=1")
    assert (answer.status_code, answer.headers["location"]) == (307, "/?bare=1")
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "samesite=strict" in answer.headers["set-cookie"].lower()
    assert TOKEN not in answer.headers["location"]
    client.cookies[COOKIE] = TOKEN
    assert client.get("/api/manifest").status_code == 200


def test_other_sites_get_nothing_even_with_the_cookie(client: Client) -> None:
    client.cookies[COOKIE] = TOKEN
    answer = client.get("/api/manifest", headers={"Origin": "http://elsewhere.example"})
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


def test_the_redirect_leads_nowhere_else(client: Client) -> None:
    for path in ("//elsewhere.example/", "/\\elsewhere.example/", "//elsewhere.example//"):
        location = client.get(f"http://ci.example:8377{path}?token={TOKEN}").headers.get("location", "/")
        assert location.startswith("/")
        assert not location.startswith(("//", "/\\"))


def test_ranges_are_not_parsed(client: Client) -> None:
    client.cookies[COOKIE] = TOKEN
    ranges = "bytes=" + ",".join(f"{n}-{n}" for n in range(1000))
    assert client.get("/api/segments/0", headers={"Range": ranges}).status_code == 200


def test_a_name_is_no_address_to_listen_on() -> None:
    with pytest.raises(UsageError, match="give an address"):
        listen("example.com", 0)
