"""Long texts of style sheets, and pictures of canvases, as assets of a closed recording."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import zstandard

from harness.errors import CorruptRecordingError
from harness.export.html import write_html
from harness.privacy.rewrite import Mask, redact
from harness.storage import RecordingReader, RecordingWriter, frames, stored_texts
from harness.storage.pack import pack
from harness.storage.recover import recover
from harness.storage.slice import write_slice
from harness.storage.source import Source
from harness.storage.verify import verify
from tests.storage_files import GOLDEN_V3

TEXTS = GOLDEN_V3 / "texts.replay"


def told(path: Path) -> list[dict[str, Any]]:
    with RecordingReader(path) as reader:
        return list(reader.events())[1:]


def lines_in(path: Path) -> bytes:
    """The lines as `zstd -dc` prints them."""
    with RecordingReader(path) as reader:
        packed = [path.read_bytes()[s.offset : s.offset + s.size] for s in reader.index.segments]
    return b"".join(zstandard.ZstdDecompressor().decompressobj().decompress(each) for each in packed)


def without_asset(path: Path, at: int) -> int:
    """Damage the text asset that stands at this place among the assets; return how many texts named it."""
    content = bytearray(path.read_bytes())
    with RecordingReader(path) as reader:
        digest = sorted(reader.index.assets, key=lambda found: reader.index.assets[found].offset)[at]
        content[reader.index.assets[digest].offset + 200] ^= 1
    path.write_bytes(content)
    return lines_in(path).count(digest.encode())


def test_each_text_stands_once_and_reads_as_if_it_stood_in_its_events(tmp_path: Path) -> None:
    large, events = "p { color: red }\n" * 6000, []
    for number in range(3):
        style = {"type": 2, "tagName": "style", "attributes": {}, "id": 2}
        style["childNodes"] = [{"type": 3, "textContent": large, "id": 3}]
        data = {"node": {"type": 0, "childNodes": [style], "id": 1}}
        events.append({"page": 1, "doc": f"d{number}", "t": number, "kind": "snapshot", "type": 2, "data": data})
    odd = {"texts_in": ["0" * 64], "sheet": 1, "text": {"at": [0, 0, 5]}}
    events.append({"page": 1, "doc": "d0", "t": 4, "kind": "sheet", "data": odd})
    quoting = {"sheet": 2, "text": '{"at":[0,0,9]} ' * 400}
    events.append({"page": 1, "doc": "d0", "t": 5, "kind": "sheet", "data": quoting})
    path = tmp_path / "run.replay"
    with RecordingWriter(path, {}, compacts=True) as writer:
        writer.write_events("\n".join(map(json.dumps, events)), count=len(events), first_ms=0, last_ms=5)
    assert told(path) == events
    lines = lines_in(path)
    assert b"color: red" not in lines
    assert len(lines) < 3000
    with RecordingReader(path) as reader:
        assert [asset.mime for asset in reader.index.assets.values()] == [stored_texts.MIME] * 2
        frame = zstandard.ZstdDecompressor().decompressobj().decompress(reader.segment_bytes(0))
        assert frame.decode() == reader.segment_text(0)


def test_what_is_short_stays_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    sheet = {"page": 1, "doc": "d", "t": 1, "kind": "sheet", "data": {"sheet": 1, "text": "p {}" * 200}}
    with RecordingWriter(path, {}, compacts=True) as writer:
        writer.write_events(json.dumps(sheet), count=1, first_ms=1, last_ms=1)
    with RecordingReader(path) as reader:
        assert not reader.index.assets


def test_a_lost_asset_costs_its_texts_and_no_others(tmp_path: Path) -> None:
    path, saved = tmp_path / "run.replay", tmp_path / "saved.replay"
    shutil.copy(TEXTS, path)
    assert without_asset(path, 1) == 4, "a mutation, a sheet, a canvas and the checkpoint"
    assert verify(path).fault is not None
    with pytest.raises(CorruptRecordingError):
        told(path)
    assert recover(path, saved).lost_assets == 1
    assert verify(saved).fault is None
    before, after = ({event["t"]: event for event in told(file)} for file in (TEXTS, saved))
    assert after[21] == before[21]
    assert after[50]["data"] == {**before[50]["data"], "text": ""}
    assert after[60]["data"]["image"] == ""
    assert after[70]["data"]["node"] == before[70]["data"]["node"]
    assert after[70]["data"]["state"][0]["data"]["text"] == ""


def test_copies_of_a_recording_have_its_texts(tmp_path: Path) -> None:
    cut, masked, page = tmp_path / "cut.replay", tmp_path / "masked.replay", tmp_path / "page.html"
    write_slice(TEXTS, cut, start_ms=0)
    assert [event for event in told(cut) if event["t"] < 80] == [event for event in told(TEXTS) if event["t"] < 80]
    redact(TEXTS, masked, Mask(frozenset({"large-7::before"}), shapes=False))
    assert verify(masked).fault is None
    with_mask, before = json.dumps(told(masked)), json.dumps(told(TEXTS))
    assert "large-7::before" not in with_mask
    assert with_mask.count("Gr\\u00fc\\u00dfe") == before.count("Gr\\u00fc\\u00dfe") > 3000
    with RecordingReader(TEXTS) as reader, page.open("wb") as file:
        write_html(reader, file)
        assert b'data-asset="' + next(iter(reader.index.assets)).encode() not in page.read_bytes()
    directory = tmp_path / "shared"
    directory.mkdir()
    for name in ("a", "b"):
        shutil.copy(TEXTS, directory / f"{name}.replay")
    pack(directory)
    assert told(directory / "a.replay") == told(TEXTS)


def test_a_file_cannot_make_more_of_texts_than_readers_take() -> None:
    line = b'{"t":1,"kind":"sheet","data":{"texts_in":["%s"],"text":[%s]}}\n'
    lines = line % (b"0" * 64, b",".join([b'{"at":[0,0,1000]}'] * 1000))
    assert len(stored_texts.put_back(lines, lambda _: b"x" * 1000)) > 1_000_000
    with pytest.raises(ValueError, match="more than 500000 bytes"):
        stored_texts.put_back(lines, lambda _: b"x" * 1000, most_bytes=500_000)
    beyond = line % (b"0" * 64, b'{"at":[7,0,9]},{"at":[0,900,900]}')
    assert json.loads(stored_texts.put_back(beyond, lambda _: b"abc"))["data"] == {"text": ["", ""]}


def test_the_golden_file_has_its_texts_in_assets() -> None:
    source = Source(TEXTS)
    try:
        _, offset = source.head()
        tags = []
        while (frame := source.frame(offset)) is not None:
            tags.append(frame.tag)
            offset = frame.end
    finally:
        source.close()
    assert tags == [frames.ASSET, frames.ASSET, None, frames.INDEX, frames.FOOT]
