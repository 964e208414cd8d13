"""Recordings that mean harm end in a clear error: soon, in little memory, and never in a traceback."""

from __future__ import annotations

import contextlib
import json
import struct
import subprocess
import sys
from pathlib import Path

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.errors import CorruptRecordingError, HarnessError
from harness.export.har import write_har
from harness.privacy.rewrite import Mask, redact
from harness.replay.replay import open_replay
from harness.storage import RecordingReader, frames, stored_texts
from harness.storage.assets import content_hash
from harness.storage.verify import verify
from tests.hostile_files import look_through
from tests.storage_files import GOLDEN

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)
HEAD_END = 8 + struct.unpack("<I", (GOLDEN / "simple.replay").read_bytes()[4:8])[0]


def test_mutated_recordings_end_in_a_clear_error(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    count = request.config.getoption("--mutations")
    command = [sys.executable, "-m", "tests.hostile_files", "0", str(count), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    assert (done.stdout, done.returncode) == ("", 0), done.stderr[-2000:]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(head=st.binary(max_size=200), body=st.binary(max_size=2000), events=st.lists(JSON, max_size=5))
def test_anything_behind_the_right_first_bytes_is_looked_through(
    tmp_path: Path, head: bytes, body: bytes, events: list[object]
) -> None:
    lines = b"".join(json.dumps(event).encode("utf-8", "surrogatepass") + b"\n" for event in events)
    segment = zstandard.ZstdCompressor(write_checksum=True).compress(lines)
    start = (GOLDEN / "simple.replay").read_bytes()[:HEAD_END]
    for content in (start + body, frames.pack(frames.HEAD, head) + body, start + segment + body, start + segment):
        path = tmp_path / "hostile.replay"
        path.write_bytes(content)
        look_through(path, tmp_path / "recovered.replay")


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        (b"\0" * (1 << 20), "unpacks to more than"),
        (b'{"t":1,"kind":"mark","data":{}}\n' * (1 << 15), "unpacks to more than|more than 500000 events"),
    ],
)
def test_what_unpacks_to_too_much_is_refused(tmp_path: Path, lines: bytes, what: str) -> None:
    packer = zstandard.ZstdCompressor(level=3, write_checksum=True).compressobj()
    packed = b"".join(packer.compress(lines) for _ in range(400)) + packer.flush()
    path = tmp_path / "bomb.replay"
    path.write_bytes((GOLDEN / "simple.replay").read_bytes()[:HEAD_END] + packed)
    assert path.stat().st_size < 200_000
    with pytest.raises(CorruptRecordingError, match=what):
        RecordingReader(path)
    fault = verify(path).fault
    assert fault is not None


def test_deep_nesting_is_no_recursion(tmp_path: Path) -> None:
    line = b'{"t":1,"kind":"mark","data":' + b'{"a":' * 500 + b"1" + b"}" * 500 + b"}\n"
    path = tmp_path / "deep.replay"
    start = (GOLDEN / "simple.replay").read_bytes()[:HEAD_END]
    path.write_bytes(start + zstandard.ZstdCompressor(write_checksum=True).compress(line))
    with contextlib.suppress(HarnessError), RecordingReader(path) as reader:
        list(reader.events())


MARK = b'{"t":1,"kind":"mark","data":{"x":'
SOME = b'{"t":0,"kind":"recording","data":{}}\n{"page":1,"t":1,"kind":"page-open","data":{"url":"http://a/"}}\n'
# Each is small, and holds what takes a reader much time or memory.
CONSTRUCTED = {
    "a line of empty lists": [MARK + b"[" + b"[]," * 5_000_000 + b"1]}}\n"],
    "a line of objects": [MARK + b"[" + b'{"a":{}},' * 1_700_000 + b"1]}}\n"],
    "segments that are small and many": [b'{"t":1,"kind":"mark","data":{}}\n' * 60_000] * 30,
    "a page for each event": [b"".join(b'{"page":%d,"t":1,"kind":"key","data":{}}\n' % n for n in range(140_000))],
    "events of two pages in turn": [
        b"".join(b'{"page":%d,"t":%d,"kind":"key","data":{}}\n' % (n % 2 + 1, n * 5000) for n in range(490_000))
    ],
    "segments of one event": [b'{"t":1,"kind":"mark","data":{}}\n'] * 60_000,
}


@pytest.mark.parametrize("what", list(CONSTRUCTED))
def test_what_is_small_and_holds_much_is_refused(tmp_path: Path, what: str) -> None:
    path = tmp_path / "much.replay"
    pack = zstandard.ZstdCompressor(write_checksum=True).compress
    parts = CONSTRUCTED[what]
    packed = pack(parts[0]) * len(parts)
    path.write_bytes((GOLDEN / "simple.replay").read_bytes()[:HEAD_END] + packed)
    assert path.stat().st_size < 3_000_000
    with pytest.raises(CorruptRecordingError, match=r"more|too many"):
        RecordingReader(path)


def test_empty_frames_without_end_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "frames.replay"
    start = (GOLDEN / "simple.replay").read_bytes()[:HEAD_END]
    path.write_bytes(start + struct.pack("<II", 0x184D2A55, 0) * 200_000)
    with pytest.raises(CorruptRecordingError, match="more frames"):
        RecordingReader(path)


@pytest.mark.parametrize("key", ["segments", "assets"])
def test_an_index_that_names_one_place_often_is_not_believed(tmp_path: Path, key: str) -> None:
    whole = (GOLDEN / "simple.replay").read_bytes()
    with RecordingReader(GOLDEN / "simple.replay") as reader:
        raw = dict(reader.index.raw)
    if key == "segments":
        raw[key] = raw[key] * 1000
    else:
        place = {"offset": raw["segments"][0]["offset"], "size": 1, "stored": 1, "mime": "", "encoding": "identity"}
        raw[key] = {f"{n:064x}": place for n in range(1000)}
    footer = frames.unpack_foot(whole[-frames.FOOT_BYTES :])
    assert footer is not None
    index = frames.pack(frames.INDEX, zstandard.ZstdCompressor().compress(json.dumps(raw).encode()))
    path = tmp_path / "index.replay"
    path.write_bytes(whole[: footer[0]] + index + frames.pack_foot(footer[0], len(index)))
    with RecordingReader(path) as reader:
        assert not reader.indexed
        assert len(reader.index.segments) < 1000


def test_numbers_that_no_float_holds_are_left_out(tmp_path: Path) -> None:
    huge = "9" * 4000
    lines = (
        SOME
        + (
            '{"page":1,"t":3,"kind":"request","data":{"id":"r","url":"http://a/x","method":"GET","headers":[]}}\n'
            f'{{"page":1,"t":5,"kind":"request-end","data":{{"id":"r","timing":{{"start":{huge},"request_start":1}}}}}}\n'
        ).encode()
    )
    path = tmp_path / "huge.replay"
    start = (GOLDEN / "simple.replay").read_bytes()[:HEAD_END]
    path.write_bytes(start + zstandard.ZstdCompressor(write_checksum=True).compress(lines))
    with open_replay(path) as replay:
        assert replay.network[0].timing == {"request_start": 1.0}
    with RecordingReader(path) as reader, (tmp_path / "x.har").open("wb") as file:
        write_har(reader, file)


def test_texts_that_come_back_from_assets_are_bounded(tmp_path: Path) -> None:
    content = b"a" * (20 << 20)
    digest = content_hash(content)
    meta = {"hash": digest, "mime": stored_texts.MIME, "size": len(content), "encoding": "zstd"}
    described = json.dumps(meta).encode()
    pack = zstandard.ZstdCompressor(write_checksum=True).compress
    asset = frames.pack(frames.ASSET, struct.pack("<I", len(described)) + described + pack(content))
    place = b'{"at":[0,0,%d]}' % len(content)
    line = b'{"page":1,"doc":"d","t":1,"kind":"sheet","data":{"texts_in":["%s"],"text":%s}}\n' % (
        digest.encode(),
        place,
    )
    path = tmp_path / "texts.replay"
    path.write_bytes((GOLDEN / "simple.replay").read_bytes()[:HEAD_END] + asset + pack(SOME + line * 50))
    with RecordingReader(path) as reader, pytest.raises(CorruptRecordingError, match="come to more than"):
        list(reader.events())
    with pytest.raises(CorruptRecordingError, match="come to more than"):
        redact(path, tmp_path / "redacted.replay", Mask(frozenset()))
