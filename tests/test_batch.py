"""A page's batch, and what of it is kept around a pause."""

from __future__ import annotations

import json
from dataclasses import replace

from harness.capture.batch import Batch, parse_batch


def _batch(*times: int) -> Batch:
    header = {"doc": "d1", "total": 0, "count": len(times), "first": min(times), "last": max(times)}
    header |= {"snapshot": True, "now": max(times), "faults": 0}
    lines = [json.dumps({"t": t, "kind": "snapshot" if t == 90 else "vital"}, separators=(",", ":")) for t in times]
    batch = parse_batch("\n".join([json.dumps(header), *lines, ""]))
    assert isinstance(batch, Batch)
    return batch


def _times(batch: Batch) -> list[int]:
    return [json.loads(line)["t"] for line in batch.lines.splitlines()]


def test_kinds_are_those_of_events_and_not_of_what_they_hold() -> None:
    batch = _batch(10, 90)
    batch = replace(batch, lines=f'{batch.lines}{{"t":95,"kind":"user","data":{{"kind":"hides","text":"\u2028"}}}}\n')
    assert batch.kinds == {"vital", "snapshot", "user"}
    assert batch.heads == [(10, "vital"), (90, "snapshot"), (95, "user")]
    assert batch.taken("hides") == (batch, [])
    rest, taken = batch.taken("user")
    assert [json.loads(line)["data"]["kind"] for line in taken] == ["hides"]
    assert (_times(rest), rest.count) == ([10, 90], 2)
    assert [json.loads(line)["t"] for line in batch.shifted(-5).lines.split("\n") if line] == [5, 85, 90]


def test_what_was_told_within_a_silence_is_left_out() -> None:
    kept = _batch(10, 20, 30).without(15, 50)
    assert kept is not None
    assert _times(kept) == [10]
    assert (kept.count, kept.first_ms, kept.last_ms, kept.has_snapshot) == (1, 10, 10, False)


def test_what_was_told_after_a_silence_is_kept_beside_what_was_told_before_it() -> None:
    kept = _batch(10, 40, 90, 95).without(15, 90)
    assert kept is not None
    assert _times(kept) == [10, 90, 95]
    assert (kept.count, kept.first_ms, kept.last_ms, kept.has_snapshot) == (3, 10, 95, True)


def test_a_batch_beside_a_silence_stays_whole_and_one_within_it_goes() -> None:
    batch = _batch(20, 30)
    assert batch.without(30, 50) is batch
    assert batch.without(5, 20) is batch
    assert batch.without(10, float("inf")) is None
