"""Exports: the single HTML file's parts, JSON, rrweb's own form, and the command that writes them."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
from base64 import b64decode, b64encode
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import zstandard
from click.testing import CliRunner, Result

from harness import published
from harness.cli.export import command
from harness.errors import HarnessError
from harness.export.html import inline_script, write_html
from harness.export.json_lines import write_json
from harness.export.rrweb import ID_RANGE, rrweb_events, write_rrweb
from harness.replay.signal_lines import OWN_KINDS, SIGNAL_KINDS, split_signals
from harness.storage import RecordingReader, RecordingWriter

Event = dict[str, Any]
CSS = b"a { color: red }\n" * 100
PICTURE = bytes(range(256)) * 8


def event(t: float, kind: str, data: Any = None, *, page: int | None = 1, doc: str | None = None, **more: Any) -> Event:
    envelope = {"page": page, "doc": doc, "t": t, "kind": kind}
    return {**{k: v for k, v in envelope.items() if v is not None}, **more, "data": {} if data is None else data}


def el(id_: int, tag: str, *children: Event) -> Event:
    return {"type": 2, "tagName": tag, "attributes": {}, "childNodes": list(children), "id": id_}


def snapshot(t: float, doc: str, *body: Event, page: int = 1) -> Event:
    root = {"type": 0, "childNodes": [el(2, "html", el(3, "body", *body))], "id": 1}
    return event(t, "snapshot", {"node": root, "initialOffset": {"left": 0, "top": 0}}, page=page, doc=doc, type=2)


def rrweb(t: float, doc: str, kind: str, page: int = 1, **data: Any) -> Event:
    return event(t, kind, data, page=page, doc=doc, type=3)


def document(t: float, doc: str, page: int = 1, **data: Any) -> Event:
    return event(t, "document", {"url": f"http://{doc}/", "top": True, **data}, page=page, doc=doc)


def record(path: Path, *segments: list[Event], **header: Any) -> Path:
    writer = RecordingWriter(path, {"started_at": 5000, "title": "</script><b>&", **header})
    for group in segments:
        lines = "".join(json.dumps(e, separators=(",", ":"), ensure_ascii=False) + "\n" for e in group)
        times = [e["t"] for e in group]
        writer.write_events(lines, count=len(group), first_ms=min(times), last_ms=max(times))
        writer.flush()
        writer.write_asset(CSS, "text/css")
        writer.write_asset(PICTURE, 'image/png; a="<"')
        writer.write_asset(f"{len(group)}".encode(), "text/plain")
        writer.flush()
    writer.close(status="passed")
    return path


@pytest.fixture
def simple(tmp_path: Path) -> Path:
    return record(
        tmp_path / "run.replay",
        [
            event(0, "page-open", {"url": "http://a/"}),
            document(1, "d", url="http://a/</script>"),
            snapshot(2, "d", el(4, "p")),
        ],
        [event(9, "title", {"title": "<!-- ü \u2028 -->"}), event(10, "stop", page=None)],
    )


@pytest.fixture
def static(tmp_path: Path) -> Path:
    """A stand-in for the player's files."""
    folder = tmp_path / "viewer"
    folder.mkdir()
    (folder / "index.html").write_text(
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>harness</title>\n'
        '<link rel="stylesheet" href="/static/viewer.css">\n'
        '<script type="module" src="/static/main.js"></script></head>\n<body><main></main></body></html>\n'
    )
    (folder / "viewer.css").write_text('main::after { content: "</style>" }')
    (folder / "main.js").write_text('import { end } from "./end.js";\nif (1<script && end) start(end);\n')
    (folder / "end.js").write_text("export const end = '</script><!--';\nconst script = 2;\n")
    return folder


class Parts(HTMLParser):
    """The scripts, styles, metas and title of a page, as a parser finds them."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.metas: list[dict[str, str | None]] = []
        self.texts: dict[str, str] = {}
        self.tags: list[str] = []
        self._open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._open = tag
        if tag == "script":
            self.scripts.append((dict(attrs), ""))
        elif tag == "meta":
            self.metas.append(dict(attrs))

    def handle_data(self, data: str) -> None:
        if self._open == "script":
            attributes, text = self.scripts.pop()
            self.scripts.append((attributes, text + data))
        elif self._open:
            self.texts[self._open] = self.texts.get(self._open, "") + data

    def handle_endtag(self, tag: str) -> None:
        self._open = ""


def export(path: Path, static: Path) -> str:
    file = io.BytesIO()
    with RecordingReader(path) as reader:
        write_html(reader, file, static=static)
    return file.getvalue().decode()


def unpacked(text: str) -> str:
    return zstandard.ZstdDecompressor().decompressobj().decompress(b64decode(text, validate=True)).decode()


def test_the_html_file_holds_the_whole_recording(simple: Path, static: Path) -> None:
    parts = Parts()
    parts.feed(export(simple, static))
    manifest = json.loads(
        next(text for attributes, text in parts.scripts if attributes.get("id") == "harness-manifest")
    )
    data = {k: (a, t) for a, t in parts.scripts for k in (a.get("data-segment"), a.get("data-asset")) if k is not None}
    signals = "".join(unpacked(text) for attributes, text in parts.scripts if "data-signals" in attributes)
    with RecordingReader(simple) as reader:
        assert manifest["header"] == reader.header
        assert manifest["index"]["pages"][0]["url"] == "http://a/</script>"
        for number in range(len(reader.index.segments)):
            # What panels show stands by itself; the segments keep the rest, line for line.
            kept, taken = unpacked(data[str(number)][1]).split("\n"), signals.split("\n")
            for line in filter(None, reader.segment_text(number).split("\n")):
                kind = json.loads(line)["kind"].encode()
                assert (line in kept) == (kind not in OWN_KINDS)
                assert (line in taken) == (kind in SIGNAL_KINDS)
        for digest, asset in reader.index.assets.items():
            attributes, text = data[digest]
            content = b64decode(text, validate=True)
            if attributes.get("data-encoding") == "zstd":
                content = zstandard.ZstdDecompressor().decompress(content)
            assert hashlib.sha256(content).hexdigest() == digest
            assert attributes["data-mime"] == asset.mime
        assert any("data-encoding" in attributes for attributes, _ in data.values())
        assert len(data) == len(reader.index.segments) + len(reader.index.assets)


def test_the_html_file_allows_its_own_two_scripts_only(simple: Path, static: Path) -> None:
    page = export(simple, static)
    parts = Parts()
    parts.feed(page)
    assert page.index("Content-Security-Policy") < page.index("<script")
    assert page.index("charset") < 1024
    [policy] = [meta["content"] for meta in parts.metas if meta.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    sources = dict(directive.split(" ", 1) for directive in policy.split("; "))
    run = [text for attributes, text in parts.scripts if attributes.get("type") in (None, "module")]
    hashes = {f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in run}
    assert set(sources["script-src"].split()) == hashes
    assert len(run) == 2
    assert sources["default-src"] == sources["form-action"] == sources["base-uri"] == "'none'"
    assert "http" not in policy
    assert "/static/" not in page
    assert parts.texts["title"] == "</script><b>&"
    assert parts.tags.count("main") == 1
    assert "\\3c /style>" in page


def test_scripts_mean_the_same_inside_a_page() -> None:
    source = "const a = '</script>' + `<!--${1<script}`;\r\nif (a<!--b) /<\\/script/.test(a) // <script\n"
    inline = inline_script(source)
    assert not re.search("<(!--|/?script)", inline, re.IGNORECASE)
    assert (
        inline
        == "const a = '\\x3c/script>' + `\\x3c!--${1< script}`;\nif (a< !--b) /<\\/script/.test(a) // \\x3cscript\n"
    )


def test_the_html_file_is_not_much_larger_than_the_recording(tmp_path: Path, static: Path) -> None:
    noise = [event(t, "console", {"text": os.urandom(30_000).hex()}) for t in range(20)]
    path = record(tmp_path / "big.replay", noise[:10], noise[10:])
    decoder = published.path("fzstd.js").stat().st_size
    assert len(export(path, static)) < path.stat().st_size * 1.34 + decoder + 10_000


def test_a_recording_that_is_cut_off_can_be_exported(simple: Path, static: Path) -> None:
    with RecordingReader(simple) as reader:
        last = reader.index.segments[-1]
    simple.write_bytes(simple.read_bytes()[: last.offset + last.size - 4])
    parts = Parts()
    parts.feed(export(simple, static))
    frames = [text for attributes, text in parts.scripts if "data-segment" in attributes]
    with RecordingReader(simple) as reader:
        assert len(frames) == len(reader.index.segments)
        assert unpacked(frames[-1]).encode() == split_signals(reader.segment_text(len(frames) - 1).encode())[1]


def test_missing_player_files_are_named(simple: Path, static: Path) -> None:
    (static / "viewer.css").unlink()
    with pytest.raises(HarnessError, match=r"viewer\.css: the player's file is not there"):
        export(simple, static)
    (static / "index.html").write_text("<html></html>")
    with pytest.raises(HarnessError, match=r"index\.html: has no <head>"):
        export(simple, static)


def test_json_is_an_array_or_lines(simple: Path) -> None:
    array, lines = io.BytesIO(), io.BytesIO()
    with RecordingReader(simple) as reader:
        write_json(reader, array)
        write_json(reader, lines, lines=True)
        events = list(reader.events())
    assert json.loads(array.getvalue()) == events
    assert [json.loads(line) for line in lines.getvalue().decode().split("\n")[:-1]] == events


@pytest.fixture
def journey(tmp_path: Path) -> Path:
    """Two documents of one page, frames that record themselves, a popup."""
    add = {"parentId": 3, "nextId": 4, "node": el(5, "input")}
    return record(
        tmp_path / "journey.replay",
        [
            event(0, "page-open", {"url": "about:blank"}),
            document(1, "a"),
            event(2, "meta", {"href": "http://a/", "width": 9, "height": 9}, doc="a", type=4),
            snapshot(2, "a", el(4, "iframe")),
            document(3, "f", top=False, parent="a"),
            event(3, "document-frame", {"parent": "a", "node": 4}, doc="f"),
            event(4, "meta", {"href": "http://f/", "width": 1, "height": 1}, doc="f", type=4),
            snapshot(4, "f", el(4, "p")),
            document(4, "g", top=False, parent="f"),
            event(4, "document-frame", {"parent": "f", "node": 4}, doc="g"),
            snapshot(5, "g"),
            rrweb(
                6, "f", "mutation", source=0, adds=[add], removes=[{"parentId": 3, "id": 4}], texts=[], attributes=[]
            ),
            rrweb(6, "f", "selection", source=14, ranges=[{"start": 3, "startOffset": 0, "end": 5, "endOffset": 0}]),
            rrweb(7, "f", "adopted-style-sheet", source=15, id=1, styleIds=[1], styles=[{"styleId": 1, "rules": []}]),
            rrweb(7, "f", "mousemove", source=1, positions=[{"x": 1, "y": 1, "id": 5, "timeOffset": 0}]),
            rrweb(8, "f", "input", source=5, id=5, text="x", isChecked=False),
            event(8, "canvas", {"id": 4, "image": "data:"}, doc="a"),
            snapshot(9, "a", el(4, "iframe")),
            event(9, "mark", {"label": "m"}),
        ],
        [
            document(20, "b"),
            snapshot(21, "b", el(4, "p")),
            rrweb(20.5, "a", "scroll", source=3, id=1, x=0, y=1),
            rrweb(22, "a", "scroll", source=3, id=1, x=0, y=2),
            rrweb(22, "f", "scroll", source=3, id=1, x=0, y=3),
            rrweb(23, "b", "scroll", source=3, id=1, x=0, y=4),
            event(30, "page-open", {"url": "http://p/"}, page=2),
            document(30, "p", page=2),
            snapshot(31, "p", page=2),
        ],
    )


def rrweb_of(path: Path, page: int | None = None) -> Any:
    file = io.BytesIO()
    with RecordingReader(path) as reader:
        write_rrweb(reader, file, page=page)
    return json.loads(file.getvalue())


def test_rrweb_events_of_each_page_in_order_of_time(journey: Path) -> None:
    pages = rrweb_of(journey)["pages"]
    assert [(page["id"], page["url"]) for page in pages] == [(1, "http://b/"), (2, "http://p/")]
    events = pages[0]["events"]
    assert rrweb_of(journey, page=1) == events
    assert [e["type"] for e in rrweb_of(journey, page=2)] == [2]
    assert all(e.keys() == {"type", "data", "timestamp"} for e in events)
    times = [e["timestamp"] for e in events]
    assert times == sorted(times)
    assert (times[0], times[-1]) == (5002, 5023)
    assert [e["type"] for e in events if e["type"] != 3] == [4, 2, 2, 2]
    # What the old document still sent before the new one's snapshot is kept, and nothing of it afterwards.
    assert [e["data"]["y"] for e in events if e["data"].get("source") == 3] == [1, 4]


def test_rrweb_gets_frames_as_documents_with_ids_of_their_own(journey: Path) -> None:
    events = rrweb_of(journey, page=1)
    attached = [e for e in events if e["data"].get("isAttachIframe")]
    assert [(e["timestamp"], e["data"]["adds"][0]["parentId"]) for e in attached] == [
        (5004, 4),
        (5005, ID_RANGE + 4),
        (5009, 4),
        (5009, ID_RANGE + 4),
    ]
    node = attached[0]["data"]["adds"][0]["node"]
    assert node["id"] == ID_RANGE + 1
    paragraph = {**el(ID_RANGE + 4, "p"), "rootId": ID_RANGE + 1}
    body = {**el(ID_RANGE + 3, "body", paragraph), "rootId": ID_RANGE + 1}
    assert node["childNodes"] == [{**el(ID_RANGE + 2, "html", body), "rootId": ID_RANGE + 1}]
    # The second time it is what the frame had become by then.
    again = attached[2]["data"]["adds"][0]["node"]["childNodes"][0]["childNodes"][0]["childNodes"]
    assert [(child["id"], child["attributes"]) for child in again] == [(ID_RANGE + 5, {"value": "x"})]
    by_source = {
        e["data"]["source"]: e["data"] for e in events if e["type"] == 3 and not e["data"].get("isAttachIframe")
    }
    change = by_source[0]
    assert change["adds"][0]["parentId"] == ID_RANGE + 3
    assert change["adds"][0]["node"]["id"] == ID_RANGE + 5
    assert change["removes"] == [{"parentId": ID_RANGE + 3, "id": ID_RANGE + 4}]
    assert (by_source[14]["ranges"][0]["start"], by_source[14]["ranges"][0]["end"]) == (ID_RANGE + 3, ID_RANGE + 5)
    assert by_source[15]["id"] == by_source[15]["styleIds"][0] == by_source[15]["styles"][0]["styleId"] == ID_RANGE + 1
    assert by_source[1]["positions"][0]["id"] == by_source[5]["id"] == ID_RANGE + 5


def test_rrweb_attaches_a_document_that_was_recorded_before_the_one_around_it(tmp_path: Path) -> None:
    path = record(
        tmp_path / "run.replay",
        [event(0, "page-open", {"url": "about:blank"}), document(1, "a")],
        [document(2, "f", top=False, parent="a"), event(2, "document-frame", {"parent": "a", "node": 4}, doc="f")],
        [document(2, "g", top=False, parent="f"), event(2, "document-frame", {"parent": "f", "node": 4}, doc="g")],
        [snapshot(3, "g", el(4, "p")), snapshot(4, "a", el(4, "iframe")), snapshot(5, "f", el(4, "iframe"))],
        [rrweb(6, "g", "scroll", source=3, id=1, x=0, y=1)],
    )
    events = rrweb_of(path, page=1)
    assert [e["data"]["adds"][0]["parentId"] for e in events if e["data"].get("isAttachIframe")] == [
        4,
        ID_RANGE + 4,
    ]
    assert events[-1]["data"]["id"] == 2 * ID_RANGE + 1


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def refusal(*arguments: str | Path) -> str:
    """The message of a command that was refused by a HarnessError, which the group prints as one line."""
    result = run(*arguments)
    assert isinstance(result.exception, HarnessError), result.output
    assert "\n" not in str(result.exception)
    return str(result.exception)


def test_the_command_writes_each_form(journey: Path, tmp_path: Path) -> None:
    result = run("json", journey, "-o", tmp_path / "new" / "a.json")
    assert (result.exit_code, result.output.startswith(f"{tmp_path / 'new' / 'a.json'}: ")) == (0, True)
    assert json.loads((tmp_path / "new" / "a.json").read_text())[0]["kind"] == "recording"
    assert run("json", journey, "-o", tmp_path / "a.ndjson").exit_code == 0
    assert json.loads((tmp_path / "a.ndjson").read_text().split("\n")[0])["kind"] == "recording"
    assert run("rrweb", journey, "-o", tmp_path / "r.json", "--page", "2").exit_code == 0
    assert isinstance(json.loads((tmp_path / "r.json").read_text()), list)


def test_a_file_that_is_there_stays_unless_forced(journey: Path, tmp_path: Path) -> None:
    target = tmp_path / "a.json"
    target.write_text("precious")
    assert "exists already" in refusal("json", journey, "-o", target)
    assert target.read_text() == "precious"
    assert run("json", journey, "-o", target, "--force").exit_code == 0
    assert target.read_text() != "precious"
    assert "is the recording itself" in refusal("json", journey, "-o", journey, "--force")
    assert "is a directory" in refusal("json", journey, "-o", tmp_path, "--force")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.json", "journey.replay"]


def test_what_fails_half_way_leaves_nothing(journey: Path, tmp_path: Path) -> None:
    with RecordingReader(journey) as reader:
        middle = reader.index.segments[1].offset + 60
    content = bytearray(journey.read_bytes())
    content[middle] ^= 255
    journey.write_bytes(content)
    target = tmp_path / "a.json"
    target.write_text("precious")
    assert "harness recover" in refusal("json", journey, "-o", target, "--force")
    assert target.read_text() == "precious"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.json", "journey.replay"]


def test_what_cannot_be_exported_is_refused_in_one_line(journey: Path, tmp_path: Path) -> None:
    assert "no steps and no actions" in refusal("script", journey, "-o", tmp_path / "x")
    assert "a video ends in .mp4, .webm, .gif, not in '.avi'" in refusal("video", journey, "-o", tmp_path / "x.avi")
    assert "--at is for png only" in refusal("json", journey, "-o", tmp_path / "x", "--at", "1")
    assert "there is no such form" in refusal("pdf", journey, "-o", tmp_path / "x")
    assert "--page is for png, rrweb, video only" in refusal("json", journey, "-o", tmp_path / "x", "--page", "1")
    assert "has no page 9; its pages: 1, 2" in refusal("rrweb", journey, "-o", tmp_path / "x", "--page", "9")
    assert "no such file" in refusal("json", tmp_path / "none.replay", "-o", tmp_path / "x")
    (tmp_path / "file").write_text("")
    assert "cannot be written" in refusal("json", journey, "-o", tmp_path / "file" / "x")
    assert not (tmp_path / "x").exists()


def test_rrweb_gets_the_nodes_of_an_added_subtree_one_by_one(tmp_path: Path) -> None:
    added = el(7, "p", el(8, "b", el(9, "i")), el(10, "u"))
    mutation = rrweb(20, "a", "mutation", source=0, adds=[{"parentId": 3, "nextId": None, "node": added}])
    path = record(tmp_path / "run.replay", [document(0, "a"), snapshot(10, "a"), mutation])
    with RecordingReader(path) as reader:
        told = list(rrweb_events(reader, 1))[-1]
    places = [(add["parentId"], add["nextId"], add["node"]["id"]) for add in told["data"]["adds"]]
    assert places == [(3, None, 7), (7, None, 8), (8, None, 9), (7, None, 10)]
    assert all(add["node"]["childNodes"] == [] for add in told["data"]["adds"])
