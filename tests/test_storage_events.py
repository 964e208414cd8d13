"""Event lines: the quick look at the envelope says the same as parsing the line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.storage import events

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**6), 10**6)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=8,
)
EVENTS = st.fixed_dictionaries(
    {
        "t": st.integers(-1000, 10**9) | st.floats(-1e3, 1e9),
        "kind": st.sampled_from(["mutation", "page-open", "resource"]) | st.text(min_size=1),
        "data": JSON,
    },
    optional={"page": st.integers(0, 10**9 - 1), "doc": st.text(), "type": st.integers(0, 6)},
)
IN_ORDER = ("page", "doc", "t", "kind", "type", "data")


def in_order(event: dict[str, Any]) -> dict[str, Any]:
    return {key: event[key] for key in IN_ORDER if key in event}


@given(found=st.lists(EVENTS, min_size=1, max_size=5), ordered=st.booleans(), ascii_only=st.booleans())
@settings(deadline=None)
def test_envelope_is_what_json_says(found: list[dict[str, Any]], ordered: bool, ascii_only: bool) -> None:
    shaped = [in_order(event) if ordered else event for event in found]
    text = "".join(json.dumps(event, separators=(",", ":"), ensure_ascii=ascii_only) + "\n" for event in shaped)
    batch = events.read_batch(events.encode(text))
    assert not batch.bad
    assert len(batch.rows) == len(found)
    for (page, doc, t, kind), event in zip(batch.rows, found, strict=True):
        assert (int(page) if page else None) == event.get("page")
        assert doc == events.encode(event.get("doc", ""))
        assert float(t) == float(event["t"])
        assert kind == events.encode(event["kind"])
    assert [json.loads(line) for line in batch.data.splitlines()] == found


@pytest.mark.parametrize(
    "line",
    [
        b'{"page":1,"doc":"d","t":1,"kind":"x"}',
        b'{"doc":"d","t":1,"kind":"x","data":{"kind":"y"}}',
        b'{"t":-1.25,"kind":"x"}',
        b'{"t":1234.5999999046326,"kind":"x"}',
    ],
)
def test_usual_lines_are_found_without_json(line: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "parse", None)
    assert len(events.read_batch(line + b"\n").rows) == 1


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"not json", "JSON"),
        (b'{"t":1,"kind":"x"', "JSON"),
        (b"[1]", "object"),
        (b'{"kind":"x"}', "`t`"),
        (b'{"t":"1","kind":"x"}', "`t`"),
        (b'{"t":true,"kind":"x"}', "`t`"),
        (b'{"t":NaN,"kind":"x"}', "`t`"),
        (b'{"t":1e300,"kind":"x"}', "`t`"),
        (b'{"t":1}', "`kind`"),
        (b'{"t":1,"kind":""}', "`kind`"),
        (b'{"t":1,"kind":3}', "`kind`"),
        (b'{"t":1,"kind":"x","page":"1"}', "`page`"),
        (b'{"t":1,"kind":"x","page":-1}', "`page`"),
        (b'{"t":1,"kind":"x","doc":7}', "`doc`"),
        (b"[" * 100_000, "JSON"),
        (b'{"t":' + b"9" * 10_000 + b',"kind":"x"}', "JSON"),
        (b'{"t":1,"kind":"\xff\xfe x"}', "JSON"),
    ],
)
def test_line_that_is_no_event_is_left_out_and_named(line: bytes, why: str) -> None:
    good = b'{"t":1,"kind":"x"}\n'
    batch = events.read_batch(good + line + b"\n" + good)
    assert batch.data == good * 2
    assert len(batch.rows) == 2
    assert [(number, why in what) for number, what in batch.bad] == [(1, True)]


def test_blank_lines_and_a_missing_line_feed_do_no_harm() -> None:
    batch = events.read_batch(b'\n{"t":1,"kind":"x"}\n \n{"t":2,"kind":"x"}')
    assert batch.data == b'{"t":1,"kind":"x"}\n{"t":2,"kind":"x"}\n'
    assert not batch.bad


def test_half_a_surrogate_pair_becomes_its_escape() -> None:
    text = '{"t":1,"kind":"x","data":{"text":"a\ud83d b"}}\n'
    encoded = events.encode(text)
    assert json.loads(encoded)["data"]["text"] == "a\ud83d b"
