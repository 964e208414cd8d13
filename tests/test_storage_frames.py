"""Frames: their bytes, and finding where each ends without decompressing it."""

from __future__ import annotations

import struct
import zlib

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import CorruptRecordingError
from harness.storage import frames


def frame_of(content: bytes, offset: int = 0) -> frames.Frame | None:
    return frames.frame_at(lambda at, size: content[at : at + size], offset, len(content))


def compressed(content: bytes, level: int = 3, *, write_checksum: bool = True) -> bytes:
    return zstandard.ZstdCompressor(level=level, write_checksum=write_checksum).compress(content)


def test_frame_of_ours_is_tag_crc_and_body() -> None:
    packed = frames.pack(b"ASET", b"body")
    assert packed == struct.pack("<II4sI", 0x184D2A50, 12, b"ASET", zlib.crc32(b"ASETbody")) + b"body"
    assert zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True).read() == b""


def test_frame_of_ours_is_found_with_its_tag() -> None:
    frame = frame_of(frames.pack(b"ASET", b"body") + b"more")
    assert frame is not None
    assert (frame.tag, frame.offset, frame.size, frame.whole) == (b"ASET", 0, 20, True)
    assert (frame.body_offset, frame.body_bytes, frame.end) == (16, 4, 20)


@given(content=st.binary(max_size=3000), level=st.integers(1, 9), checksum=st.booleans(), tail=st.binary(max_size=9))
@settings(deadline=None)
def test_length_of_a_zstd_frame_is_found_without_decompressing(
    content: bytes, level: int, checksum: bool, tail: bytes
) -> None:
    packed = compressed(content, level, write_checksum=checksum)
    frame = frame_of(packed + tail)
    assert frame is not None
    assert (frame.tag, frame.size, frame.whole, frame.checksummed) == (None, len(packed), True, checksum)


@pytest.mark.parametrize("content", [bytes(1 << 20), b"ab" * 300_000, b"".join(i.to_bytes(4) for i in range(200_000))])
def test_frame_of_many_blocks_is_walked(content: bytes) -> None:
    packed = compressed(content)
    frame = frame_of(b"12345" + packed + b"67", 5)
    assert frame is not None
    assert frame.size == len(packed)


def test_cut_off_frame_is_usable_up_to_its_last_whole_block() -> None:
    compressor = zstandard.ZstdCompressor(write_checksum=True).compressobj()
    first = compressor.compress(b"one\n") + compressor.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    second = compressor.compress(b"two\n") + compressor.flush()
    for cut in range(1, len(second)):
        frame = frame_of(first + second[:cut])
        assert frame is not None
        assert not frame.whole
        # The last block is there, and only the checksum is cut off: then it can be used as well.
        assert frame.usable in ((len(first),) if cut < len(second) - 4 else (len(first + second) - 4,))
    whole = frame_of(first + second)
    assert whole is not None
    assert whole.whole


@pytest.mark.parametrize("cut", range(1, 20))
def test_frame_of_ours_may_be_cut_off_anywhere(cut: int) -> None:
    frame = frame_of(frames.pack(b"ASET", b"body")[:cut])
    assert frame is not None
    assert not frame.whole
    assert frame.size == cut


def test_end_of_file_is_no_frame() -> None:
    assert frame_of(b"") is None


@pytest.mark.parametrize("start", [b"x", b"{}", b"PK\x03\x04rest of it", bytes(40)])
def test_other_bytes_are_no_frame(start: bytes) -> None:
    with pytest.raises(CorruptRecordingError) as raised:
        frame_of(start)
    assert raised.value.offset == 0


def test_skippable_frames_of_others_are_passed_over() -> None:
    for low in range(16):
        packed = struct.pack("<II", 0x184D2A50 + low, 3) + b"abc"
        frame = frame_of(packed)
        assert frame is not None
        assert (frame.tag, frame.size, frame.whole) == (b"", 11, True)


def test_window_that_a_browser_would_refuse_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters.from_level(3, window_log=24)
    packed = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    content = packed.compress(b"x" * 100) + packed.flush()
    with pytest.raises(CorruptRecordingError, match="window"):
        frame_of(content)


def test_reserved_block_type_is_refused() -> None:
    header = struct.pack("<IBB", frames.ZSTD_MAGIC, 0, 0x58)
    with pytest.raises(CorruptRecordingError, match="block"):
        frame_of(header + (3 << 1 | 1).to_bytes(3, "little"))


def test_footer_says_where_the_index_is() -> None:
    foot = frames.pack_foot(1234, 567)
    assert len(foot) == 32
    assert frames.unpack_foot(foot) == (1234, 567)


def test_damaged_footer_is_none() -> None:
    foot = frames.pack_foot(1234, 567)
    for at in range(len(foot)):
        assert frames.unpack_foot(foot[:at] + bytes([foot[at] ^ 1]) + foot[at + 1 :]) is None
        assert frames.unpack_foot(foot[:at]) is None
