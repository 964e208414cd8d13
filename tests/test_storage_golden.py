"""Golden files of each format version: read whole, cut off at every byte, and with flipped bits."""

from __future__ import annotations

import json
import random
import resource
from pathlib import Path

import pytest
import zstandard

from harness.errors import CorruptRecordingError, RecordingError, UnsupportedVersionError
from harness.storage import RecordingReader, frames
from harness.storage.recover import Recovery, recover
from harness.storage.verify import verify
from tests.storage_files import GOLDEN, GOLDEN_FILES, GOLDEN_V2, GOLDEN_V3, Event, read_all, read_or_corrupt

FLIPS = 300  # of each file; a fixed choice, so that a failure is found again


def golden(name: str) -> Path:
    return {"compact": GOLDEN_V2, "texts": GOLDEN_V3}.get(name, GOLDEN) / f"{name}.replay"


def lines_of(name: str) -> list[Event]:
    text = golden(name).with_suffix(".ndjson").read_text("utf-8")
    return [json.loads(line) for line in text.split("\n") if line]


def read_or_refusal(path: Path) -> tuple[list[Event], list[bytes], bool] | None:
    """Like `read_all`, or None where the file is refused in one line that names it."""
    try:
        return read_all(path)
    except RecordingError as refused:
        error = refused
    assert str(path) in str(error)
    assert "\n" not in str(error)
    return None


def recover_or_refusal(damaged: Path, saved: Path) -> Recovery | None:
    try:
        return recover(damaged, saved, force=True)
    except RecordingError as refused:
        error = refused
    assert str(damaged) in str(error)
    assert "\n" not in str(error)
    return None


@pytest.mark.parametrize("name", [*GOLDEN_FILES, "compact", "texts"])
def test_golden_file_holds_what_stands_beside_it(name: str) -> None:
    found, assets, complete = read_all(golden(name))
    assert found == lines_of(name)
    assert complete == (name != "cut-off")
    assert len(assets) == {"assets": 2, "simple": 0, "compact": 0, "texts": 2}.get(name, 1)


@pytest.mark.parametrize("name", [*GOLDEN_FILES, "compact", "texts"])
def test_golden_file_is_good(name: str) -> None:
    verdict = verify(golden(name))
    if name == "cut-off":
        assert verdict.fault is not None
        assert verdict.fault.offset == golden(name).stat().st_size
        assert "cut off" in verdict.fault.what
    else:
        assert verdict.fault is None
    assert verdict.events == len(lines_of(name))


@pytest.mark.parametrize("name", GOLDEN_FILES)
def test_cut_off_at_every_byte_a_file_still_gives_its_beginning(name: str, tmp_path: Path) -> None:
    content, expected = golden(name).read_bytes(), lines_of(name)
    path = tmp_path / "cut.replay"
    most = 0
    for size in range(len(content)):
        path.write_bytes(content[:size])
        result = read_or_corrupt(path)
        if result is None:
            assert most == 0, f"readable before, and not at {size} bytes"
            continue
        found, _, complete = result
        assert found == expected[: len(found)], f"cut at {size}"
        assert len(found) >= most, f"cut at {size}: fewer events than from a shorter file"
        assert not complete
        most = len(found)
    assert most == len(expected)


@pytest.mark.parametrize("name", [*GOLDEN_FILES, "compact", "texts"])
def test_a_flipped_bit_is_noticed_or_changes_nothing(name: str, tmp_path: Path) -> None:
    content, expected = bytearray(golden(name).read_bytes()), read_all(golden(name))
    path = tmp_path / "flipped.replay"
    chosen = random.Random(name)
    for _ in range(FLIPS):
        bit = chosen.randrange(len(content) * 8)
        content[bit // 8] ^= 1 << bit % 8
        path.write_bytes(content)
        result = read_or_refusal(path)
        if result is not None:
            # The end of a file that is cut off has no checksum: what decodes there can only be shorter or the same.
            # Without its index or footer a file is one that was not closed.
            if name != "cut-off":
                assert result[0] == expected[0], f"bit {bit} changed an event unnoticed"
            assert verify(path).fault is not None or result == expected
        content[bit // 8] ^= 1 << bit % 8


@pytest.mark.parametrize("name", [*GOLDEN_FILES, "compact", "texts"])
def test_what_recover_saves_from_a_flipped_bit_is_good(name: str, tmp_path: Path) -> None:
    content, expected = bytearray(golden(name).read_bytes()), lines_of(name)
    damaged, saved = tmp_path / "damaged.replay", tmp_path / "saved.replay"
    chosen = random.Random(f"{name} recover")
    for _ in range(40):
        at = chosen.randrange(len(content))
        old, content[at] = content[at], content[at] ^ (1 << chosen.randrange(8))
        damaged.write_bytes(content)
        recovery = recover_or_refusal(damaged, saved)
        if recovery is not None:
            assert recovery.events <= len(expected)
            with RecordingReader(saved) as reader:
                kinds = [event["kind"] for event in reader.events()]
            assert kinds[0] == "recording"
            fault = verify(saved).fault
            assert fault is None, f"byte {at}: {fault}"
        content[at] = old


def test_a_newer_format_names_the_version_it_needs(tmp_path: Path) -> None:
    content = golden("simple").read_bytes()
    size = 8 + int.from_bytes(content[4:8], "little")
    header = json.loads(content[16:size])
    header |= {"format_version": 7, "harness_version": "9.1"}
    path = tmp_path / "newer.replay"
    path.write_bytes(frames.pack(frames.HEAD, json.dumps(header).encode()) + content[size:])
    for read in (read_all, verify):
        with pytest.raises(UnsupportedVersionError, match=r"newer\.replay.*version 7.*9\.1") as caught:
            read(path)
        assert caught.value.found == 7
        assert "\n" not in str(caught.value)


def test_a_frame_that_unpacks_to_gigabytes_is_refused_unpacked_to_its_bound_only(tmp_path: Path) -> None:
    content = golden("simple").read_bytes()
    head = content[: 8 + int.from_bytes(content[4:8], "little")]
    compressor = zstandard.ZstdCompressor(level=1, write_checksum=True).compressobj()
    bomb = b"".join(compressor.compress(bytes(1 << 24)) for _ in range(128)) + compressor.flush()  # 2 GiB of zeros
    assert len(bomb) < 1 << 20
    path = tmp_path / "bomb.replay"
    path.write_bytes(head + bomb)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(CorruptRecordingError, match=r"bomb\.replay"):
        read_all(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 700_000  # kB: 256 MiB and its copies


def test_other_files_are_refused_in_one_line(tmp_path: Path) -> None:
    for name, content in (
        ("empty", b""),
        ("text", b"hello\n" * 100),
        ("zstd", b"\x28\xb5\x2f\xfd"),
        ("zip", b"PK\3\4" * 9),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(CorruptRecordingError, match=str(path)) as caught:
            read_all(path)
        assert "\n" not in str(caught.value)
