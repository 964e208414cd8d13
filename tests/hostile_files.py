"""Files that mean harm, and what reading one comes to: run as a program it reads many in a bounded process.

    python -m tests.hostile_files FIRST COUNT DIRECTORY

Each file is a golden recording with something changed: bytes, lengths, frames, or, with every checksum right, the JSON
in it. Whatever reads recordings is tried on it. A line for each fault is printed: another error than ours, too much
time, too much memory.
"""

from __future__ import annotations

import json
import random
import resource
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import zstandard

from harness.errors import HarnessError
from harness.replay.replay import open_replay
from harness.storage import RecordingReader, frames
from harness.storage.recover import recover
from harness.storage.verify import verify
from harness.viewer.recordings import manifest_of
from tests.storage_files import GOLDEN, GOLDEN_FILES, GOLDEN_V2, GOLDEN_V3

# Of all format versions, as often one as the other.
NEWER = [GOLDEN_V2 / "compact.replay", GOLDEN_V3 / "texts.replay"]
ORIGINALS = NEWER * len(GOLDEN_FILES) + [GOLDEN / f"{name}.replay" for name in GOLDEN_FILES]
MAX_S, MAX_BYTES = 2.0, 300 << 20
ODD: list[Any] = [
    *(None, True, -1, 0, 1e308, -(10**18), 2**63, 0.1, "", "x" * 100_000, "\ud800", "\0", [], {}, "1", [[]], "../../x"),
    {"__proto__": 1}, [None] * 1000, "<script>alert(1)</script>", 1e-320,
]  # fmt: skip


def hostile(seed: int) -> bytes:
    """Return the file of a number, always the same one."""
    dice = random.Random(seed)
    content = dice.choice(ORIGINALS).read_bytes()
    return dice.choice(_WAYS)(content, dice)


def _flip(content: bytes, dice: random.Random) -> bytes:
    data = bytearray(content)
    for _ in range(dice.choice((1, 1, 2, 8, 64))):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return bytes(data)


def _cut(content: bytes, dice: random.Random) -> bytes:
    start = dice.randrange(len(content))
    return content[:start] + content[start + dice.choice((0, 1, 4, 100, len(content))) :]


def _repeat(content: bytes, dice: random.Random) -> bytes:
    start, length = dice.randrange(len(content)), dice.choice((1, 16, 500))
    return content[:start] + content[start : start + length] * dice.choice((2, 50)) + content[start:]


def _lie_of_length(content: bytes, dice: random.Random) -> bytes:
    data = bytearray(content)
    places = [at for at in range(len(data) - 4) if data[at : at + 4] in (frames.OURS, frames.ZSTD)] or [0]
    at = dice.choice(places) + dice.choice((4, 5, 8, 12))
    data[at : at + 4] = struct.pack("<I", dice.choice((0, 1, 7, 8, 0x7FFFFFFF, 0xFFFFFFFF, dice.randrange(1 << 32))))
    return bytes(data)


def _splice(content: bytes, dice: random.Random) -> bytes:
    other = dice.choice(ORIGINALS).read_bytes()
    at = dice.randrange(len(content))
    return content[:at] + other[dice.randrange(len(other)) :]


def _other_json(content: bytes, dice: random.Random) -> bytes:
    """Change a value in the header, the index or an event, and make every checksum right again."""
    parts: list[bytes] = []
    found = list(_frames(content))
    changed = dice.randrange(len(found))
    for number, (tag, raw) in enumerate(found):
        parts.append(_changed(tag, raw, dice) if number == changed else raw)
    joined = b"".join(parts[:-1])
    if found[-1][0] == frames.FOOT and len(parts) > 1:
        return joined + frames.pack_foot(len(joined) - len(parts[-2]), len(parts[-2]))
    return joined + parts[-1]


def _changed(tag: bytes | None, raw: bytes, dice: random.Random) -> bytes:
    try:
        if tag is None:
            lines = zstandard.ZstdDecompressor().decompressobj().decompress(raw).split(b"\n")
            at = dice.randrange(len(lines))
            lines[at] = _json(_odd(json.loads(lines[at]), dice)) if lines[at] else b"[]"
            return zstandard.ZstdCompressor(write_checksum=True).compress(b"\n".join(lines))
        body = raw[frames.PREFIX.size :]
        if tag == frames.HEAD:
            return frames.pack(tag, _json(_odd(json.loads(body), dice)))
        if tag == frames.INDEX:
            index = json.loads(zstandard.ZstdDecompressor().decompressobj().decompress(body))
            return frames.pack(tag, zstandard.ZstdCompressor(write_checksum=True).compress(_json(_odd(index, dice))))
        if tag == frames.ASSET:
            (length,) = struct.unpack_from("<I", body)
            meta = _json(_odd(json.loads(body[4 : 4 + length]), dice))
            return frames.pack(tag, struct.pack("<I", len(meta)) + meta + body[4 + length :])
    except (ValueError, zstandard.ZstdError):
        pass
    return _flip(raw, dice)


def _frames(content: bytes) -> list[tuple[bytes | None, bytes]]:
    found, offset = [], 0
    while (frame := frames.frame_at(lambda at, size: content[at : at + size], offset, len(content))) is not None:
        found.append((frame.tag, content[offset : frame.end]))
        offset = frame.end
    return found


def _odd(value: Any, dice: random.Random) -> Any:
    """Return the value with one thing in it, anywhere, put in place of another."""
    if isinstance(value, dict) and value and dice.random() < 0.9:
        key = dice.choice(list(value))
        if dice.random() < 0.1:
            return {name: part for name, part in value.items() if name != key}
        return {**value, key: _odd(value[key], dice)}
    if isinstance(value, list) and value and dice.random() < 0.9:
        at = dice.randrange(len(value))
        return [*value[:at], _odd(value[at], dice), *value[at + 1 :]]
    return _nested(dice) if dice.random() < 0.1 else dice.choice(ODD)


def _nested(dice: random.Random) -> Any:
    value: Any = "in the middle"
    for _ in range(dice.choice((50, 400))):
        value = {"childNodes": [value], "type": 2, "tagName": "div", "attributes": {}, "id": 1}
    return value


def _json(value: Any) -> bytes:
    return json.dumps(value).encode("utf-8", "surrogatepass")


_WAYS: list[Callable[[bytes, random.Random], bytes]] = [
    *(_flip, _cut, _repeat, _lie_of_length, _splice),
    *[_other_json] * 5,
]


def look_through(path: Path, target: Path) -> None:
    """Do with a recording all that commands and viewers do; only errors of ours may come out."""
    for look in (_read, _replay, lambda file: verify(file), lambda file: recover(file, target, force=True)):
        words = "none"
        try:
            look(path)
        except HarnessError as error:
            words = str(error)
        assert words, "an error without words"
        assert "\n" not in words, f"more than a line: {words}"


def _read(path: Path) -> None:
    with RecordingReader(path) as reader:
        json.dumps(manifest_of(reader))
        for _ in reader.events():
            pass
        for digest in reader.index.assets:
            reader.asset(digest)


def _replay(path: Path) -> None:
    with open_replay(path) as replay:
        _ = replay.info, replay.pages, replay.marks
        for page in replay.pages[:2]:
            replay.at(replay.info["duration_ms"], page=page.id)


def main(first: int, count: int, directory: Path) -> int:
    limit = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 + MAX_BYTES
    faults = 0
    for seed in range(first, first + count):
        path = directory / f"hostile-{seed}.replay"
        path.write_bytes(hostile(seed))
        began = time.process_time()
        try:
            look_through(path, directory / "recovered.replay")
            if time.process_time() - began > MAX_S:
                raise AssertionError(f"took {time.process_time() - began:.1f} s")
            if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 > limit:
                raise AssertionError(f"took {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
        except BaseException as error:
            faults += 1
            where = error.__traceback__
            while where is not None and where.tb_next is not None:
                where = where.tb_next
            place = f"{where.tb_frame.f_code.co_filename}:{where.tb_lineno}" if where is not None else ""
            print(f"{seed}: {type(error).__name__}: {str(error)[:200]} ({place})", flush=True)
        path.unlink()
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
