"""The viewer's server: what it answers, to whom, and how little of a file it reads for it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import uvicorn
import zstandard

from harness.errors import HarnessError, UsageError
from harness.storage import RecordingReader, RecordingWriter
from harness.viewer import connection
from harness.viewer import server as server_module
from harness.viewer.policy import safe_type
from harness.viewer.server import create_app, listen

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PAGE = b"<script>alert(1)</script>" * 20


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        return json.loads(self.content)


@dataclass
class Client:
    """Asks a server on a loopback port; paths and headers go out as they are written."""

    port: int
    state: Any = None  # of the server

    @property
    def own(self) -> str:
        return f"127.0.0.1:{self.port}"

    def get(self, path: str, headers: dict[str, str] | None = None, method: str = "GET") -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in {"Host": self.own, **(headers or {})}.items():
                connection.putheader(name, value)
            connection.endheaders()
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()


@contextmanager
def serving(path: Path, static: Path) -> Iterator[Client]:
    app = create_app(path, static=static)
    with listen("127.0.0.1", 0) as listener:
        config = uvicorn.Config(app, log_level="error", lifespan="off", ws="none", http=connection.ImpatientConnection)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield Client(listener.getsockname()[1], server.server_state)
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def static(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stand-in for the player's files."""
    folder = tmp_path_factory.mktemp("static") / "viewer"
    (folder / "panels").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>player</title>")
    (folder / "main.js").write_text('import { a } from "./panels/a.js";')
    (folder / "panels" / "a.js").write_text("export const a = 1;")
    (folder / "viewer.css").write_text("body { margin: 0 }")
    (folder / "notes.txt").write_text("not for the browser")
    (folder.parent / "secret.js").write_text("secret")
    return folder


def write(path: Path, *, close: bool = True, **header: Any) -> Path:
    """Write a recording of two segments and three assets; one that is not closed is cut off in its second segment."""
    path.parent.mkdir(exist_ok=True)
    writer = RecordingWriter(path, {"started_at": 1000, "title": "a <b>run</b>", **header})
    opened = {"page": 1, "t": 0, "kind": "page-open", "data": {"url": "http://a/"}}
    writer.write_events(json.dumps(opened) + "\n", count=1, first_ms=0, last_ms=0)
    for mime, content in (("image/svg+xml", SVG), ("text/html", PAGE), ("text/css; charset=latin1", b"a{}")):
        writer.write_asset(content, mime)
    writer.flush()
    title = {"page": 1, "t": 5, "kind": "title", "data": {"title": "ü", "noise": os.urandom(200_000).hex()}}
    writer.write_events(json.dumps(title) + "\n", count=1, first_ms=5, last_ms=5)
    writer.flush()
    writer.close(status="passed")
    if not close:
        with RecordingReader(path) as reader:
            end = reader.index.segments[1].offset + reader.index.segments[1].size
        path.write_bytes(path.read_bytes()[: end - 5])
    return path


@pytest.fixture
def client_of(static: Path) -> Iterator[Callable[[Path], Client]]:
    with ExitStack() as servers:
        yield lambda path: servers.enter_context(serving(path, static))


@pytest.fixture(scope="module")
def client(static: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with serving(write(tmp_path_factory.mktemp("run") / "run.replay"), static) as client:
        yield client


def digest_of(client: Client, mime: str, prefix: str = "") -> str:
    assets = client.get(f"{prefix}/api/manifest").json()["index"]["assets"]
    return str(next(digest for digest, entry in assets.items() if entry["mime"].startswith(mime)))


def test_the_player_page_has_its_policy(client: Client) -> None:
    answer = client.get("/?bare=1")
    assert answer.status == 200
    assert "player" in answer.text
    allowed = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert allowed["default-src"] == "'none'"
    assert allowed["script-src"] == allowed["connect-src"] == "'self'"
    assert allowed["frame-src"] == "'self' blob: data: about:"
    assert allowed["form-action"] == allowed["base-uri"] == allowed["object-src"] == "'none'"


def test_static_files_are_those_of_the_player_and_no_others(client: Client) -> None:
    answer = client.get("/static/panels/a.js")
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.text == "export const a = 1;"
    assert client.get("/static/viewer.css").headers["content-type"] == "text/css; charset=utf-8"
    for name in ("notes.txt", "index.html", "nothing.js", "", "panels", "a%00.js"):
        assert client.get(f"/static/{name}").status == 404, name
    for name in ("../secret.js", "..%2fsecret.js", "%2e%2e/secret.js", "panels/../../secret.js", "/etc/passwd.js"):
        answer = client.get(f"/static/{name}")
        assert answer.status == 404, name
        assert "secret" not in answer.text


def test_a_link_out_of_the_players_files_is_not_followed(client: Client, static: Path) -> None:
    (static / "link.js").symlink_to(static.parent / "secret.js")
    assert client.get("/static/link.js").status == 404


def test_the_manifest_is_index_and_header(client: Client) -> None:
    manifest = client.get("/api/manifest").json()
    assert manifest["manifest_version"] == 1
    assert manifest["header"]["title"] == "a <b>run</b>"
    assert manifest["index"]["complete"] is True
    assert len(manifest["index"]["segments"]) == 2
    assert "header" not in manifest["index"]


def test_segments_go_out_as_they_are_or_unpacked(client: Client, tmp_path: Path) -> None:
    plain = client.get("/api/segments/1", headers={"Accept-Encoding": "gzip, zstd;q=0"})
    assert "content-encoding" not in plain.headers
    assert plain.headers["vary"] == "Accept-Encoding"
    assert json.loads(plain.text)["data"]["title"] == "ü"
    packed = client.get("/api/segments/1", headers={"Accept-Encoding": "gzip, br, zstd"})
    assert packed.headers["content-encoding"] == "zstd"
    assert zstandard.ZstdDecompressor().decompressobj().decompress(packed.content) == plain.content
    for number in ("2", "-1", "x", "1.0", "99999999999999999999"):
        assert client.get(f"/api/segments/{number}").status == 404


def test_the_signals_are_the_lines_that_panels_show(client_of: Callable[[Path], Client], tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    told: list[dict[str, Any]] = [
        {"page": 1, "t": 1, "kind": "console", "data": {"text": "ü\u2028"}},
        {"page": 1, "doc": "d", "t": 2, "kind": "mutation", "type": 3, "data": {"source": 0, "kind": "console"}},
        {"t": 3, "kind": "step", "data": {"id": 1, "title": "Click"}},
        {"kind": "mark", "t": 4, "data": {"label": "another order of keys"}},
    ]
    writer = RecordingWriter(path, {"started_at": 1000})
    for event in told:
        writer.write_events(json.dumps(event) + "\n", count=1, first_ms=event["t"], last_ms=event["t"])
        writer.write_asset(str(event).encode(), "text/plain")
        writer.flush()
    writer.close()
    client = client_of(path)
    answer = client.get("/api/signals")
    assert answer.headers["content-type"] == "application/x-ndjson"
    events = [json.loads(line) for line in answer.content.splitlines()]
    assert events == [event for event in told if event["kind"] != "mutation"]
    assert client.get("/r/run.replay/api/signals").status == 404


def test_a_cut_off_recording_is_shown_as_far_as_it_goes(client_of: Callable[[Path], Client], tmp_path: Path) -> None:
    client = client_of(write(tmp_path / "run.replay", close=False))
    manifest = client.get("/api/manifest").json()
    assert manifest["index"]["complete"] is False
    last = len(manifest["index"]["segments"]) - 1
    plain = client.get(f"/api/segments/{last}", headers={"Accept-Encoding": "identity"})
    packed = client.get(f"/api/segments/{last}", headers={"Accept-Encoding": "zstd"})
    assert zstandard.ZstdDecompressor().decompressobj().decompress(packed.content) == plain.content


def test_only_the_index_and_what_is_asked_for_is_read(
    client_of: Callable[[Path], Client], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "run.replay")
    size = path.stat().st_size
    read: list[int] = []
    original = os.pread

    def counted(fd: int, length: int, offset: int) -> bytes:
        content = original(fd, length, offset)
        read.append(len(content))
        return content

    monkeypatch.setattr(os, "pread", counted)
    client = client_of(path)
    client.get("/api/manifest")
    assert 0 < sum(read) < 8_000 < size / 10
    client.get("/api/segments/0", headers={"Accept-Encoding": "zstd"})
    assert sum(read) < 10_000
    client.get("/api/segments/1", headers={"Accept-Encoding": "zstd"})
    assert sum(read) > size / 2


def test_assets_are_served_so_that_none_can_act(client: Client) -> None:
    picture = client.get(f"/api/assets/{digest_of(client, 'image/svg')}")
    assert picture.content == SVG
    assert picture.headers["content-type"] == "image/svg+xml"
    assert picture.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert "immutable" in picture.headers["cache-control"]
    page = client.get(f"/api/assets/{digest_of(client, 'text/html')}")
    assert page.content == PAGE
    assert page.headers["content-type"] == "text/plain"
    sheet = client.get(f"/api/assets/{digest_of(client, 'text/css')}")
    assert sheet.headers["content-type"] == "text/css; charset=latin1"
    for digest in ("0" * 64, "..", "%2e%2e%2fsecret.js", "x", digest_of(client, "text/css").upper()):
        assert client.get(f"/api/assets/{digest}").status == 404


@pytest.mark.parametrize(
    ("recorded", "served"),
    [
        ("image/png", "image/png"),
        ("IMAGE/SVG+XML; charset=utf-8", "image/svg+xml; charset=utf-8"),
        ("font/woff2", "font/woff2"),
        ("application/x-font-woff", "application/x-font-woff"),
        ("video/mp4; codecs=avc1", "video/mp4"),
        ("text/css", "text/css"),
        ("text/html;charset=ISO-8859-1", "text/plain; charset=ISO-8859-1"),
        ("application/xhtml+xml", "text/plain"),
        ("application/javascript", "text/plain"),
        ("text/xml", "text/plain"),
        ("application/pdf", "application/octet-stream"),
        ("multipart/x-mixed-replace", "application/octet-stream"),
        ("", "application/octet-stream"),
        ("nonsense", "application/octet-stream"),
        ("image/png\r\nX: y", "application/octet-stream"),
        ("image/png; charset=a\r\nX: y", "image/png; charset=a"),
    ],
)
def test_types_of_assets(recorded: str, served: str) -> None:
    assert safe_type(recorded) == served


def test_every_answer_keeps_other_sites_out(client: Client) -> None:
    for path in ("/", "/api/manifest", "/api/segments/0", "/static/main.js", "/nothing", "/api/segments/77"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert not [name for name in headers if name.startswith("access-control-")]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:{port}", 200),
        ("LOCALHOST:{port}", 200),
        ("[::1]:{port}", 200),
        ("127.0.0.1", 403),
        ("127.0.0.1:80", 403),
        ("evil.example:{port}", 403),
        ("127.0.0.1.evil.example:{port}", 403),
        ("127.0.0.1:{port}@evil", 403),
        ("::1:{port}", 403),
        ("", 403),
    ],
)
def test_only_its_own_names_are_answered(client: Client, host: str, status: int) -> None:
    assert client.get("/api/manifest", headers={"Host": host.format(port=client.port)}).status == status


def test_requests_of_other_origins_and_other_methods_are_refused(client: Client) -> None:
    assert client.get("/", headers={"Origin": f"http://{client.own}"}).status == 200
    for origin in ("https://evil.example", "null", "http://127.0.0.1", f"http://localhost:{client.port}"):
        assert client.get("/", headers={"Origin": origin}).status == 403
    assert client.get("/api/manifest", method="POST").status == 405
    assert client.get("/api/manifest", method="HEAD").status == 200


def test_damage_is_explained(client_of: Callable[[Path], Client], tmp_path: Path) -> None:
    path = write(tmp_path / "run.replay")
    with RecordingReader(path) as reader:
        middle = reader.index.segments[1].offset + 5000
    content = bytearray(path.read_bytes())
    content[middle] ^= 255
    path.write_bytes(content)
    client = client_of(path)
    answer = client.get("/api/segments/1", headers={"Accept-Encoding": "identity"})
    assert answer.status == 500
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "harness recover" in answer.text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "runs"
    write(folder / "old.replay", started_at=5)
    write(folder / "new & <odd>.replay", started_at=90_000, title=None)
    write(folder / "cut.replay", started_at=50, close=False)
    (folder / "broken.replay").write_text("no recording")
    (folder / "notes.txt").write_text("x")
    (folder / "inner.replay").mkdir()
    outside = write(tmp_path / "elsewhere" / "outside.replay")
    (folder / "out.replay").symlink_to(outside)
    (folder / "again.replay").symlink_to("old.replay")
    (folder / ".hidden.replay").write_bytes(outside.read_bytes())
    return folder


def test_a_directory_is_listed_newest_first(client_of: Callable[[Path], Client], folder: Path) -> None:
    client = client_of(folder)
    page = client.get("/")
    assert page.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'; style-src")
    text = page.text
    names = ["new%20%26%20%3Codd%3E.replay", "cut.replay", "again.replay", "old.replay"]
    assert [text.index(f"href='r/{name}/'") for name in names] == sorted(text.index(f"href='r/{n}/'") for n in names)
    assert "a &lt;b&gt;run&lt;/b&gt;" in text
    assert "new &amp; &lt;odd&gt;.replay" in text
    assert "running" in text
    assert "broken.replay" in text
    assert "r/broken.replay/" not in text
    for name in ("out.replay", "hidden", "notes", "inner"):
        assert name not in text


def test_the_list_is_sent_again_only_when_it_has_changed(client_of: Callable[[Path], Client], folder: Path) -> None:
    client = client_of(folder)
    tag = client.get("/").headers["etag"]
    assert client.get("/", headers={"If-None-Match": tag}).status == 304
    write(folder / "later.replay", started_at=99_000)
    fresh = client.get("/", headers={"If-None-Match": tag})
    assert fresh.status == 200
    assert fresh.text.index("later.replay") < fresh.text.index("cut.replay")


def test_a_recording_that_is_being_written_says_so_until_it_rests(
    client_of: Callable[[Path], Client], folder: Path
) -> None:
    client = client_of(folder)
    first = client.get("/r/cut.replay/api/manifest")
    assert first.json()["running"] is True
    assert client.get("/r/cut.replay/api/manifest", headers={"If-None-Match": first.headers["etag"]}).status == 304
    assert "data-status='running'" in client.get("/").text
    os.utime(folder / "cut.replay", (1, 1))
    assert client.get("/r/cut.replay/api/manifest").json()["running"] is False
    assert client.get("/r/old.replay/api/manifest").json()["running"] is False
    assert "not complete" in client.get("/").text


def test_each_recording_of_a_directory_is_served_under_its_name(
    client_of: Callable[[Path], Client], folder: Path
) -> None:
    client = client_of(folder)
    name = "/r/new%20%26%20%3Codd%3E.replay"
    assert unquote(client.get(name).headers["location"]) == unquote(f"{name}/")
    assert "player" in client.get(f"{name}/").text
    assert client.get(f"{name}/api/manifest").json()["header"]["started_at"] == 90_000
    assert client.get(f"{name}/api/segments/0", headers={"Accept-Encoding": "identity"}).status == 200
    assert client.get(f"{name}/api/assets/{digest_of(client, 'image/', name)}").content == SVG
    assert client.get("/r/broken.replay/").status == 500
    assert client.get("/api/manifest").status == 404


@pytest.mark.parametrize(
    "name",
    ["out.replay", ".hidden.replay", "notes.txt", "inner.replay", "none.replay", "..", "old.replay%00"]
    + [f"..{slash}elsewhere{slash}outside.replay" for slash in ("/", "%2f", "%5c", "%255c")],
)
def test_no_name_leaves_the_directory(client_of: Callable[[Path], Client], folder: Path, name: str) -> None:
    client = client_of(folder)
    for path in (f"/r/{name}/", f"/r/{name}/api/manifest"):
        assert client.get(path).status == 404


def test_an_empty_directory_says_what_to_do(client_of: Callable[[Path], Client], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "harness run" in client_of(tmp_path / "empty").get("/").text


def test_more_recordings_than_are_kept_open(client_of: Callable[[Path], Client], tmp_path: Path) -> None:
    names = [f"run{number}.replay" for number in range(12)]
    for number, name in enumerate(names):
        write(tmp_path / "many" / name, started_at=number)
    client = client_of(tmp_path / "many")
    for _ in range(2):
        for number, name in enumerate(names):
            assert client.get(f"/r/{name}/api/manifest").json()["header"]["started_at"] == number


def test_a_recording_that_grew_is_read_again_when_its_page_is_loaded(
    client_of: Callable[[Path], Client], tmp_path: Path
) -> None:
    path = write(tmp_path / "run.replay")
    whole = path.read_bytes()
    with RecordingReader(path) as reader:
        cut = reader.index.segments[1].offset
    path.write_bytes(whole[:cut])
    client = client_of(path)
    assert len(client.get("/api/manifest").json()["index"]["segments"]) == 1
    path.write_bytes(whole)
    assert client.get("/api/segments/1").status == 404
    assert len(client.get("/api/manifest").json()["index"]["segments"]) == 2
    assert client.get("/api/segments/1").status == 200


def test_what_cannot_be_served_is_refused_at_once(tmp_path: Path, static: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        create_app(tmp_path / "none.replay", static=static)
    (tmp_path / "text.replay").write_text("hello")
    with pytest.raises(HarnessError):
        create_app(tmp_path / "text.replay", static=static)
    with pytest.raises(HarnessError, match="player's files are not there"):
        create_app(write(tmp_path / "run.replay"), static=tmp_path)


def test_a_port_in_use_and_a_strange_address_are_refused_in_one_line() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=rf"port {port} of 127\.0\.0\.1: address already in use; choose another"):
            listen("127.0.0.1", port)
    for host, what in (("192.0.2.1", "cannot assign requested address"), ("example.com", "give an address")):
        with pytest.raises(UsageError, match=what):
            listen(host, 0)


def test_without_a_port_another_is_taken_when_the_usual_one_is_busy() -> None:
    with listen("127.0.0.1", None) as first, listen("127.0.0.1", None) as second:
        assert first.getsockname()[1] != second.getsockname()[1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_prints_the_address_and_ends_quietly(tmp_path: Path, static: Path, number: signal.Signals) -> None:
    start = (
        "import sys, pathlib, harness.published; harness.published.js_dir = lambda: pathlib.Path(sys.argv[1]);"
        "from harness.cli.main import main; main(sys.argv[2:])"
    )
    path = write(tmp_path / "run.replay")
    command = [sys.executable, "-c", start, str(static.parent), "view", str(path), "--port", "0", "--no-open"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert "http://127.0.0.1:" in line, process.communicate()
        url = next(word for word in line.split() if word.startswith("http"))
        with urllib.request.urlopen(f"{url}api/manifest", timeout=20) as answer:
            assert json.load(answer)["index"]["complete"] is True
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "", "")


def test_the_command_line_imports_no_server_before_it_is_needed() -> None:
    code = "import sys, harness.cli.view; print([m for m in ('uvicorn', 'starlette', 'zstandard') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/static/" + "a" * 5000 + ".js", 404),
        ("/static/" + "a/" * 3000 + "x.js", 404),
        ("/api/segments/" + "9" * 5000, 404),
        ("/api/segments/%D9%A3", 404),
        ("/nothing?" + "a" * 9000, 414),
    ],
    ids=["long name", "long path", "long number", "digit of another script", "long query"],
)
def test_long_addresses_are_no_fault_of_ours(
    client: Client, capfd: pytest.CaptureFixture[str], path: str, status: int
) -> None:
    answer = client.get(path)
    assert (answer.status, answer.headers["x-content-type-options"]) == (status, "nosniff")
    assert capfd.readouterr().err == ""


def test_large_headers_and_a_second_origin_are_refused(client: Client) -> None:
    assert client.get("/", headers={"X-Much": "a" * 40_000}).status == 431
    assert client.get("/", headers={"Origin": f"http://{client.own}", "origin": "http://evil.example"}).status == 403


def test_a_fault_of_ours_is_a_line_and_an_answer_with_all_headers(
    client: Client, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(recording: RecordingReader) -> dict[str, object]:
        raise ZeroDivisionError

    monkeypatch.setattr(server_module, "manifest_of", fails)
    answer = client.get("/api/manifest")
    assert (answer.status, answer.text) == (500, "harness: ZeroDivisionError")
    assert answer.headers["x-content-type-options"] == "nosniff"
    said = capfd.readouterr().err
    assert said.count("\n") == 1
    assert "Traceback" not in said


def test_who_sends_or_reads_nothing_locks_nobody_out(
    tmp_path: Path, static: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "REQUEST_S", 0.3)
    monkeypatch.setattr(connection, "STALL_S", 0.3)
    path = tmp_path / "run.replay"
    writer = RecordingWriter(path, {"started_at": 1000})
    digest = writer.write_asset(os.urandom(8 << 20), "image/png")
    writer.close()
    with ExitStack() as stack:
        client = stack.enter_context(serving(path, static))
        ask = f"GET /api/assets/{digest} HTTP/1.1\r\nHost: {client.own}\r\n"
        slow = [stack.enter_context(socket.create_connection(("127.0.0.1", client.port))) for _ in range(3)]
        slow[0].sendall(ask.encode())  # without the line that ends a request
        slow[2].sendall(f"{ask}\r\n".encode())  # and reads none of the answer
        for each in slow[:2]:
            each.settimeout(20)
            with suppress(ConnectionResetError):
                assert each.recv(1) == b""
        deadline = time.monotonic() + 20
        while client.state.connections:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert client.get(f"/api/assets/{digest}").status == 200  # one that reads takes its time
