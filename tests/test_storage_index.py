"""The index: the same from writing and from scanning, and what each kind of event adds to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from harness.storage import RecordingReader
from harness.storage.events import encode, read_batch
from harness.storage.frames import Frame
from harness.storage.index import ACTING, PASSIVE, READERS, Index, IndexBuilder
from harness.storage.kinds import KINDS
from harness.storage.verify import verify
from tests.storage_files import GOLDEN, Event, event, lines, make, mutation, page_open, without_index

ANYTHING = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.integers(), max_size=2)
DATA = st.dictionaries(
    st.sampled_from(
        ["url", "title", "top", "parent", "node", "hash", "reason", "size", "label", "data", "lost", "status", "opener"]
    ),
    ANYTHING,
    max_size=4,
)
EVENTS = st.builds(
    lambda kind, t, page, doc, data: event(kind, t, page=page, doc=doc, **data),
    st.sampled_from([*KINDS, "of-another-version"]),
    st.integers(-50, 20_000) | st.floats(-50, 20_000),
    st.none() | st.integers(1, 3),
    st.none() | st.sampled_from(["d1", "d2", "d3"]),
    DATA,
)


def index_of(*events: Event, builder: IndexBuilder | None = None) -> Index:
    builder = builder or IndexBuilder({})
    builder.add_segment(100)
    builder.add(read_batch(encode(lines(events))))
    builder.end_segment(50)
    return Index.from_raw(builder.raw(complete=True))


@given(batches=st.lists(st.lists(EVENTS, min_size=1, max_size=12), min_size=1, max_size=4))
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_scan_finds_what_the_writer_wrote(batches: list[list[Event]], tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    path.unlink(missing_ok=True)
    make(path, [page_open(page) for page in (1, 2, 3)], *batches)
    with RecordingReader(path) as reader:
        written = reader.index.raw
        expected = [*(page_open(page) for page in (1, 2, 3)), *(event for batch in batches for event in batch)]
        assert list(reader.events())[1:] == expected
    with RecordingReader(without_index(path)) as reader:
        assert not reader.indexed
        found = reader.index.raw
    assert {key: value for key, value in found.items() if key not in ("complete", "status")} == {
        key: value for key, value in written.items() if key not in ("complete", "status")
    }


@given(events=st.lists(EVENTS, min_size=1, max_size=30), at=st.integers(0, 30))
@example(events=[event("document", 0, doc="d1"), event("mark", 1, page=1, doc="d1")], at=1)
@settings(deadline=None)
def test_how_events_are_batched_does_not_matter(events: list[Event], at: int) -> None:
    whole = IndexBuilder({})
    index_of(*events, builder=whole)
    parts = IndexBuilder({})
    parts.add_segment(100)
    for part in (events[:at], events[at:]):
        parts.add(read_batch(encode(lines(part))))
    parts.end_segment(50)
    assert parts.raw(complete=True) == whole.raw(complete=True)


def test_kinds_that_the_index_knows_are_kinds_of_the_format() -> None:
    known = {encode(kind) for kind in KINDS}
    assert known >= PASSIVE
    assert known >= set(READERS)
    assert known >= ACTING - {b"focus"}


def test_page_has_its_last_address_and_title() -> None:
    index = index_of(
        event("page-open", 5, page=1, url="about:blank", viewport={"width": 800, "height": 600}),
        event("document", 10, page=1, doc="a", url="http://x/", title="X", top=True),
        event("title", 20, page=1, doc="a", title="X (2)"),
        event("url", 30, page=1, doc="a", url="http://x/#2"),
        event("document", 35, page=1, doc="f", url="http://ads/", title="Ads", top=False, parent="a"),
        event("title", 36, page=1, doc="f", title="More ads"),
        event("page-open", 40, page=2, url="http://popup/", opener=1),
        event("page-close", 50, page=2),
    )
    first, second = index.pages
    assert (first.id, first.url, first.title) == (1, "http://x/#2", "X (2)")
    assert (first.opened_ms, first.closed_ms, first.opener) == (5, None, None)
    assert first.viewport == {"width": 800, "height": 600}
    assert (second.url, second.opened_ms, second.closed_ms, second.opener) == ("http://popup/", 40, 50, 1)
    assert [(d.doc, d.top, d.parent, d.title) for d in index.documents] == [
        ("a", True, None, "X (2)"),
        ("f", False, "a", "More ads"),
    ]


@pytest.mark.parametrize("frame_first", [True, False])
def test_document_knows_the_element_that_shows_it(frame_first: bool) -> None:
    place = event("document-frame", 11, page=1, doc="f", parent="a", node=8)
    start = event("document", 12, page=1, doc="f", url="http://ads/", title="", top=False)
    end = event("document-end", 90, page=1, doc="f")
    shown = (place, start) if frame_first else (start, place)
    (document,) = index_of(*shown, end).documents
    assert (document.parent, document.node, document.top, document.end_ms) == ("a", 8, False, 90)


def test_snapshots_are_listed_with_their_segment() -> None:
    builder = IndexBuilder({})
    for number in range(3):
        kind = "checkpoint" if number == 1 else "snapshot"
        index = index_of(event(kind, number * 10.5, page=1, doc="a"), builder=builder)
    assert index.documents[0].snapshots == [(0, 0), (10.5, 1), (21, 2)]
    assert [segment.snapshots for segment in index.segments] == [True] * 3


def test_document_and_page_are_met_without_being_announced() -> None:
    index = index_of(mutation(7, page=4, doc="q"))
    assert [(page.id, page.opened_ms) for page in index.pages] == [(4, 7)]
    assert [(document.doc, document.page, document.start_ms) for document in index.documents] == [("q", 4, 7)]


def test_active_page_changes_with_what_is_acted_on() -> None:
    index = index_of(
        page_open(1, 0),
        event("mouse", 100, page=1, doc="a"),
        page_open(2, 200),
        mutation(250, page=1),
        event("key", 300, page=2, doc="b"),
        event("input", 400, page=1, doc="a"),
    )
    assert index.active == [(0, 1), (200, 2), (400, 1)]


def test_activity_has_gaps_where_nothing_happens() -> None:
    index = index_of(
        event("recording", 0),
        mutation(500),
        event("mousemove", 1400, page=1, doc="d1"),
        event("resource", 4000, page=1, url="http://x/", hash="0"),
        mutation(9000),
        mutation(8500),
        event("stop", 20_000),
    )
    assert index.activity == [(500, 1400), (8500, 9000)]
    assert index.duration_ms == 20_000


def test_lost_events_and_status_are_counted_from_events() -> None:
    index = index_of(
        event("gap", 1, reason="x", lost=2),
        event("gap", 2, reason="x", lost=None),
        event("gap", 3, reason="x", lost=True),
        event("gap", 4, reason="x", lost=40),
        event("status", 5, status="failed"),
        event("status", 6, status="rubbish"),
    )
    assert index.lost_events == 42
    assert index.status == "failed"


def test_resources_marks_and_omissions_are_listed() -> None:
    index = index_of(
        event("resource", 2, page=1, url="/b", hash="bb"),
        event("resource", 1, page=1, url="/a", hash="aa"),
        event("resource", 3, page=1, url="/none"),
        event("resource-omitted", 4, page=1, url="/c", reason="too large", size=7),
        event("mark", 5, label="paid", data={"order": 17}),
        event("mark", 6, page=2, label="again"),
    )
    assert [(r.t, r.page, r.url, r.hash) for r in index.resources] == [(1, 1, "/a", "aa"), (2, 1, "/b", "bb")]
    assert [(o.url, o.reason, o.size) for o in index.omitted] == [("/c", "too large", 7)]
    assert [(m.label, m.data, m.page) for m in index.marks] == [("paid", {"order": 17}, None), ("again", None, 2)]


def test_a_resource_holds_from_its_response_on_and_redirects_are_listed() -> None:
    index = index_of(
        event("resource", 9, page=1, url="/real.css", hash="aa", since=4),
        event("resource", 9, page=1, url="/alias.css", hash="aa", since=4, location="/real.css"),
        event("resource", 5, page=1, url="/b", hash="bb", since=7),
        event("resource-omitted", 6, page=1, url="/big", reason="too large", size=7, width=40, height=30),
    )
    assert [(r.t, r.url) for r in index.resources] == [(4, "/real.css"), (4, "/alias.css"), (5, "/b")]
    assert index.raw["untimed"] == []
    assert index.raw["redirects"] == [[4, 1, "/alias.css", "/real.css"]]
    assert (index.raw["omitted"][0]["width"], index.raw["omitted"][0]["height"]) == (40, 30)


@pytest.mark.parametrize(
    "change",
    [
        {"segments": [{"offset": -1}]},
        {"segments": 3},
        {"pages": [3]},
        {"events": "3"},
        {"kinds": []},
        {"duration_ms": None},
        {"pages": [{"id": 1}]},
        {"active": [[1]]},
        {"assets": {"0": {"offset": 1 << 80, "size": 1, "stored": 1, "mime": "", "encoding": ""}}},
    ],
)
def test_index_that_is_not_understood_is_a_value_error(change: dict[str, Any]) -> None:
    raw = IndexBuilder({}).raw(complete=True)
    Index.from_raw(raw)
    with pytest.raises(ValueError):
        Index.from_raw({**raw, **change})
    for key in raw.keys() - {"header", "format_version", "redirects", "untimed"}:
        with pytest.raises(ValueError):
            Index.from_raw({name: value for name, value in raw.items() if name != key})


def test_a_file_that_grows_is_read_on_from_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = (GOLDEN / "two-pages.replay").read_bytes()
    path = tmp_path / "run.replay"
    earlier: RecordingReader | None = None
    for size in [*range(400, len(content), 90), len(content)]:
        path.write_bytes(content[:size])
        reader = RecordingReader(path, earlier=earlier)
        with RecordingReader(path) as fresh:
            assert reader.index.raw == fresh.index.raw
            assert list(reader.events()) == list(fresh.events())
        if earlier is not None:
            earlier.close()
        earlier = reader
    assert reader.complete
    reader.close()
    # Whole segments are not unpacked a second time, and another recording in its place is read from its start.
    batches = [[mutation(100 * n + m) for m in range(9)] for n in range(6)]
    path = without_index(make(tmp_path / "long.replay", [page_open()], *batches))
    unpacked: list[int] = []
    scan = RecordingReader._scan_segment

    def counted(reader: RecordingReader, builder: IndexBuilder, frame: Frame) -> None:
        unpacked.append(frame.offset)
        scan(reader, builder, frame)

    monkeypatch.setattr(RecordingReader, "_scan_segment", counted)
    with RecordingReader(path) as first:
        assert len(unpacked) == 7
        with RecordingReader(path, earlier=first) as second:
            assert len(unpacked) == 7
            assert second.index.raw == first.index.raw
        other = make(tmp_path / "other.replay", [page_open(), mutation(50)])
        path.write_bytes(without_index(other).read_bytes())
        with RecordingReader(path, earlier=first) as third:
            assert third.index.events == 3


def test_recording_of_every_kind_is_good(tmp_path: Path) -> None:
    events = [event(kind, 10 + number, page=1, doc="d1") for number, kind in enumerate(KINDS) if kind != "recording"]
    path = make(tmp_path / "run.replay", [page_open()], events)
    verdict = verify(path)
    assert verdict.fault is None
    assert verdict.events == len(events) + 2
