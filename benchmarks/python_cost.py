"""What recording costs Python: processor time from the strings that a page sends to the file on the disk.

The events are the synthetic session's (benchmarks/synthetic.py), in the batches in which the recorder in the page sends
them. Measured is what `harness/capture` does with a batch and all that the writer's thread does, up to the moment at
which everything is in the file; what closing the file takes (it is written again, smaller) is a figure of its own.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from benchmarks.figures import Figure, Part, Run, Spread
from benchmarks.synthetic import Event, Session
from harness.capture.batch import Batch, parse_batch
from harness.importing.rrweb import KIND_OF_SOURCE, KIND_OF_TYPE
from harness.replay.checkpoints import Checkpointer
from harness.storage.writer import RecordingWriter

EVENTS = 100_000
BATCH = 50  # as js/recorder/transport.js sends them while a page is busy
MUST_S = 0.5


async def run(run: Run) -> Part:
    return await asyncio.to_thread(measure, run.directory, rounds=3 if run.quick else 11)


def measure(directory: Path, *, rounds: int, events: int = EVENTS) -> Part:
    """Return the part; with and without checkpoints take turns."""
    sent = list(batches(events))
    times: dict[str, list[float]] = {"without": [], "with": [], "close": []}
    for number in range(-1, rounds):  # the first round warms up
        for way in ("without", "with"):
            written, closed = _once(directory / f"{way}.replay", sent, checkpoints=way == "with")
            if number >= 0:
                times[way].append(written)
                if way == "with":
                    times["close"].append(closed)
    scale = 100_000 / events
    spreads = {way: Spread.of([value * scale for value in values]) for way, values in times.items()}
    met = spreads["with"].middle <= MUST_S
    figures = [
        Figure("capture to disk", spreads["with"], " s", 2, f"≤ {MUST_S} s", met),
        Figure("of it without checkpoints", spreads["without"], " s", 2),
        Figure("closing the file besides", spreads["close"], " s", 2),
    ]
    return Part("Python's processor time for 100,000 events", figures, samples=dict(times))


def _once(path: Path, sent: list[str], *, checkpoints: bool) -> tuple[float, float]:
    """Return the seconds until all is written, and until the file is closed from then on."""
    writer = RecordingWriter(
        path, {}, force=True, checkpoints=Checkpointer() if checkpoints else None, compacts=True, queue_bytes=1 << 40
    )
    began = time.process_time()
    write(writer, sent)
    writer.flush()
    written = time.process_time()
    writer.close()
    return written - began, time.process_time() - written


def write(writer: RecordingWriter, sent: list[str]) -> None:
    """Hand over what a page sent, as harness/capture does."""
    for text in sent:
        batch = parse_batch(text)
        assert isinstance(batch, Batch)
        lines = batch.addressed(1)
        writer.write_events(
            lines, count=batch.count, first_ms=batch.first_ms, last_ms=batch.last_ms, has_snapshot=batch.has_snapshot
        )


def batches(count: int) -> Iterator[str]:
    """Yield the session as the page's recorder would send it: a header in a line of its own, then the events."""
    session = Session(hours=count / 200_000, started_at=0)
    lines = map(_line, session.events())
    sent = 0
    while part := list(islice(lines, BATCH)):
        first, last = (json.loads(line)["t"] for line in (part[0], part[-1]))
        header = {"doc": "session", "total": sent, "count": len(part), "first": first, "last": last, "now": last}
        yield json.dumps({**header, "snapshot": sent == 0, "faults": 0}) + "\n" + "\n".join(part) + "\n"
        sent += len(part)


def _line(event: Event) -> str:
    type_, data = event["type"], event["data"]
    kind = KIND_OF_TYPE.get(type_) or KIND_OF_SOURCE[data["source"]]
    return json.dumps({"t": event["timestamp"], "kind": kind, "type": type_, "data": data}, separators=(",", ":"))
