"""The lines of a recording that tell what happened besides the DOM: what the viewer's panels are made of.

They stand in the same segments as the DOM's events. The viewer wants them all, and soon, but no segment whole; the HTML
export takes them out of the segments, so that nothing stands in it twice.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.storage import RecordingReader
from harness.storage.events import read_batch

OWN_KINDS = frozenset(
    b"step step-target step-end source test "
    b"request response request-end websocket websocket-message websocket-close server-sent-event resource-timing "
    b"console page-error custom-error page-crash dialog dialog-end download download-end upload "
    b"icon vital long-task long-animation-frame memory action frustration user context mark check "
    b"thinned gap pause resume status stop".split()
)
"""Kinds that only panels read."""

SHARED_KINDS = frozenset(b"page-open page-close navigation url title visibility".split())
"""Kinds that the replay of the DOM reads too."""

SIGNAL_KINDS = OWN_KINDS | SHARED_KINDS


def iter_signal_lines(reader: RecordingReader) -> Iterator[bytes]:
    """Yield the signals as NDJSON, a piece for each segment that has some, in the order of the file.

    Raises CorruptRecordingError at a segment that is damaged.
    """
    if not any(kind.encode() in SIGNAL_KINDS for kind in reader.index.kinds):
        return
    for number in range(len(reader.index.segments)):
        if found := split_signals(reader.segment_text(number).encode("utf-8", "replace"))[0]:
            yield found


def split_signals(content: bytes) -> tuple[bytes, bytes]:
    """Return (the signals among these event lines, the lines that a replay of the DOM needs); shared kinds are in both.

    A line that is no event is left out, if there are signals at all.
    """
    batch = read_batch(content)
    if not SIGNAL_KINDS & batch.kinds.keys():
        return b"", content
    signals: list[bytes] = []
    rest: list[bytes] = []
    for row, line in zip(batch.rows, batch.data.split(b"\n"), strict=False):
        if row[3] in SIGNAL_KINDS:
            signals.append(line + b"\n")
        if row[3] not in OWN_KINDS:
            rest.append(line + b"\n")
    return b"".join(signals), b"".join(rest)
