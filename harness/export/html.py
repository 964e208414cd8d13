"""A recording as one HTML file: the viewer with everything in it, opened from `file://` without a network.

The page is the viewer's own, with its stylesheet, its modules linked into one script, and the zstd decoder put in. The
recording is in inert `<script>` elements: the manifest as JSON, segments and assets in base64, packed as they are in
the file, but for what the panels show, which is taken out of the segments and stands by itself. A policy in the page
allows exactly these two scripts, by their hashes, and nothing from anywhere else.
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import BinaryIO

import zstandard

from harness import published
from harness.errors import HarnessError
from harness.javascript import blank, js_dir, link, without_comments
from harness.replay.signal_lines import split_signals
from harness.storage import RecordingReader, stored_texts
from harness.viewer.policy import single_file
from harness.viewer.recordings import manifest_of

DECODER = "fzstd.js"
ASSET_LEVEL = 6  # what the recorder packs with
_SIGNAL_BYTES = 1 << 20  # unpacked by the page between two frames
_CHUNK_BYTES = 3 << 18  # a multiple of 3: base64 of the parts is then base64 of the whole
_STYLESHEET = re.compile(r'<link\b[^>]*\bhref="/static/(?P<name>[\w./-]+\.css)"[^>]*>')
_MODULE = re.compile(r'<script\b[^>]*\bsrc="/static/(?P<name>[\w./-]+\.js)"[^>]*></script>')
_HEAD = re.compile(r"<head>\s*(?:<meta charset=[^>]*>)?", re.IGNORECASE)
_TITLE = re.compile(r"<title>[^<]*</title>", re.IGNORECASE)
_ENDS_SCRIPT = re.compile(r"<(?=!--|/?script)", re.IGNORECASE)


def write_html(
    reader: RecordingReader,
    file: BinaryIO,
    *,
    static: Path | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Write the recording as HTML, piece by piece: no more than one segment or asset is in memory.

    `static` is where the player's files are; `progress` gets bytes of content done and in all. Raises HarnessError if
    the player's files are not there or not as expected, CorruptRecordingError where the recording cannot be read.
    """
    before, after = _page(js_dir() / "viewer" if static is None else static, str(reader.header.get("title") or ""))
    segments = reader.index.segments
    assets = {digest: asset for digest, asset in reader.index.assets.items() if asset.mime != stored_texts.MIME}
    total = sum(segment.size for segment in segments) + sum(asset.size for asset in assets.values())
    done = 0
    file.write(before.encode())
    manifest = json.dumps(manifest_of(reader), separators=(",", ":")).replace("<", "\\u003c")
    file.write(f'<script type="application/json" id="harness-manifest">{manifest}</script>\n'.encode())
    signals = bytearray()
    for number, segment in enumerate(segments):
        content = reader.segment_text(number).encode("utf-8", "replace")
        own, rest = split_signals(content)
        # The panels' events go together, so that they need not wait for all segments; nothing large stands here twice.
        signals += own
        while len(signals) >= _SIGNAL_BYTES:
            _write_signals(file, bytes(signals[:_SIGNAL_BYTES]))
            del signals[:_SIGNAL_BYTES]
        same = len(rest) == len(content)
        frame = reader.segment_bytes(number) if same else zstandard.ZstdCompressor(level=ASSET_LEVEL).compress(rest)
        _write_data(file, f'data-segment="{number}"', frame)
        done += segment.size
        progress(done, total)
    if signals:
        _write_signals(file, bytes(signals))
    for digest, asset in assets.items():
        content, _ = reader.asset(digest)
        attributes = f'data-asset="{escape(digest)}" data-mime="{escape(asset.mime)}"'
        if asset.encoding == "zstd":
            content = zstandard.ZstdCompressor(level=ASSET_LEVEL).compress(content)
            attributes += ' data-encoding="zstd"'
        _write_data(file, attributes, content)
        done += asset.size
        progress(done, total)
    file.write(after.encode())


def _write_signals(file: BinaryIO, content: bytes) -> None:
    _write_data(file, "data-signals", zstandard.ZstdCompressor(level=ASSET_LEVEL).compress(content))


def _write_data(file: BinaryIO, attributes: str, content: bytes) -> None:
    file.write(f'<script type="application/octet-stream" {attributes}>'.encode())
    for start in range(0, len(content), _CHUNK_BYTES):
        file.write(b64encode(content[start : start + _CHUNK_BYTES]))
    file.write(b"</script>\n")


def _page(static: Path, title: str) -> tuple[str, str]:
    """Return the player's page with everything put in, cut in two where the recording goes."""
    page = _read(static / "index.html")
    page = _STYLESHEET.sub(lambda match: f"<style>{_inert_css(_read(static / match['name']))}</style>", page)
    found = _MODULE.search(page)
    head, end, tail = page.rpartition("</body>")
    if found is None or not end or not _HEAD.search(page):
        raise HarnessError(f"{static / 'index.html'}: has no <head>, module script and </body> to put the recording in")
    module = inline_script(without_comments(link(static / found["name"])) + ";")
    decoder = inline_script(_read(published.path(DECODER)))
    scripts = f'<script>{decoder}</script>\n<script type="module">{module}</script>'
    policy = single_file([_hash(decoder), _hash(module)])
    start = f'<head>\n<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">'
    head = _HEAD.sub(lambda _: start, head, count=1)
    head = _MODULE.sub(lambda _: scripts, head, count=1)
    if title:
        head = _TITLE.sub(lambda _: f"<title>{escape(title)}</title>", head, count=1)
    return head, f"{end}{tail}"


def inline_script(source: str) -> str:
    """Return the same JavaScript in a form that can stand in a `<script>`: nothing in it ends the element."""
    source = source.replace("\r\n", "\n").replace("\r", "\n")  # as the parser does, so that the hash is of what it sees
    code = blank(source)

    def harmless(match: re.Match[str]) -> str:
        return "< " if code[match.start()] == "<" else r"\x3c"

    return _ENDS_SCRIPT.sub(harmless, source)


def _inert_css(text: str) -> str:
    return re.sub(r"<(?=/style|!--)", r"\\3c ", text.replace("\r\n", "\n"), flags=re.IGNORECASE)


def _hash(script: str) -> str:
    return "sha256-" + b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise HarnessError(f"{path}: the player's file is not there; install harness again", path=path) from error
