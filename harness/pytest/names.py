"""File names from node ids: readable, the same in every run, and good on every system."""

from __future__ import annotations

import hashlib
import re
import unicodedata

SUFFIX = ".replay"
MAX_CHARS = 120  # file systems take 255 bytes; the rest is for what stands around it: attempt, context, suffix
HASH_CHARS = 8

_UNSAFE = re.compile(r"[^A-Za-z0-9_]+")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


def base_name(nodeid: str) -> str:
    """Return the name without suffix: `tests-test_shop--TestCart--test_buy-chromium`.

    A hash of the node id is added where the name is cut, or where another id could look the same.
    """
    place, _, parameters = nodeid.partition("[")
    path, *names = place.split("::")
    path = path.removesuffix(".py")
    parts = [path.replace("\\", "/").replace("/", "-"), *names]
    plain = "--".join(parts) + (f"-{parameters.removesuffix(']')}" if parameters else "")
    safe = _UNSAFE.sub(lambda match: "--" if match[0] == "--" else "-", _ascii(plain)).strip("-") or "test"
    exact = safe == plain and "-" not in path and "--" not in parameters
    if len(safe) <= MAX_CHARS and exact and not _RESERVED.fullmatch(safe):
        return safe
    digest = hashlib.sha256(nodeid.encode("utf-8", "surrogatepass")).hexdigest()[:HASH_CHARS]
    return f"{safe[: MAX_CHARS - HASH_CHARS - 1].rstrip('-')}-{digest}"


def file_name(nodeid: str, *, attempt: int = 1, context: int = 1, copy: int = 1) -> str:
    """Return the file's name; later attempts, further contexts of one test and copies beside a file that stays are
    numbered."""
    return _numbered(base_name(nodeid), attempt=attempt, context=context, copy=copy) + SUFFIX


def shared_file_name(scope: str, place: str, fixture: str, *, copy: int = 1) -> str:
    """Return the name of the file into which a context that several tests share is recorded while they run.

    `place` is the node id of the class, module or package; empty for the session.
    """
    name = base_name(f"{place}::{fixture}" if place else fixture)
    return _numbered(f"{name}--{scope}-fixture", copy=copy) + SUFFIX


def _numbered(name: str, **numbers: int) -> str:
    return name + "".join(f"--{word}-{number}" for word, number in numbers.items() if number > 1)


def belongs_to(name: str, base: str) -> bool:
    """Whether a file is one of the recordings (or exports) of the test with this base name."""
    stem = name.partition(".")[0]
    return stem == base or re.fullmatch(re.escape(base) + r"(--(attempt|context|copy)-\d+)+", stem) is not None


def _ascii(text: str) -> str:
    """Return the text with accents taken off; what has no ASCII form stays, to be replaced."""
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
