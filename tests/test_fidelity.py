"""Comparing layouts and pictures, and keeping the verdict in a closed recording; no browser."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from harness.errors import CorruptRecordingError, UsageError
from harness.fidelity.layout import Layout, same_share
from harness.fidelity.pixels import covered, equal_share
from harness.fidelity.verdict import verdict_of
from harness.fidelity.verify import measure
from harness.storage import RecordingReader
from harness.storage.append import append_events
from harness.storage.verify import verify
from tests.storage_files import event, make, mutation, page_open, read_all, without_index


def layout(*boxes: Any, unseen: tuple[str, ...] = ()) -> Layout:
    raw = {"boxes": boxes, "unseen": unseen, "masked": [], "width": 100, "height": 50, "scale": 1}
    return Layout.from_json(raw)


def picture(color: str, size: tuple[int, int] = (100, 50), dot: tuple[int, int] | None = None) -> bytes:
    image = Image.new("RGB", size, color)
    if dot:
        image.putpixel(dot, (0, 0, 255))
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def test_boxes_match_within_a_pixel_with_the_same_text() -> None:
    live = layout(["", "p", 10, 10, 50, 20, "abc", 5])
    assert same_share(live, layout(["", "p", 11, 9, 50, 20, "abc", 5])) == 1
    assert same_share(live, layout(["", "p", 12, 10, 50, 20, "abc", 5])) == 0
    assert same_share(live, layout(["", "p", 10, 10, 50, 20, "abd", 5])) == 0
    assert same_share(live, layout(["", "b", 10, 10, 50, 20, "abc", 5])) == 0


def test_every_box_counts_once_on_both_sides() -> None:
    box = ["", "p", 10, 10, 50, 20, "abc", 5]
    assert same_share(layout(box, box), layout(box)) == 0.5
    assert same_share(layout(box), layout(box, box)) == 0.5
    assert same_share(layout(), layout()) == 0


def test_a_masked_text_matches_by_its_length() -> None:
    live = layout(["", "p", 10, 10, 50, 20, "*", 5])
    assert same_share(live, layout(["", "p", 10, 10, 50, 20, "zzz", 5])) == 1
    assert same_share(live, layout(["", "p", 10, 10, 50, 20, "zzz", 6])) == 0


def test_frames_that_the_page_could_not_read_do_not_count() -> None:
    live = layout(["", "iframe", 0, 0, 9, 9, "", 0], unseen=("0/",))
    replay = layout(
        ["", "iframe", 0, 0, 9, 9, "", 0], ["0/", "p", 1, 1, 5, 5, "a", 1], ["0/1/", "p", 1, 1, 5, 5, "a", 1]
    )
    assert same_share(live, replay) == 1


def test_equal_pixels_are_counted_and_covered_ones_left_out() -> None:
    assert equal_share(picture("white"), picture("white"), [], 1) == 1
    assert equal_share(picture("white"), picture("#f0f0f0"), [], 1) == 1, "noise"
    assert equal_share(picture("white"), picture("black"), [], 1) == 0
    dotted = picture("white", dot=(40, 20))
    assert equal_share(picture("white"), dotted, [], 1) == 1 - 1 / 5000
    assert equal_share(picture("white"), dotted, [(35, 15, 10, 10)], 1) == 1
    assert equal_share(picture("white"), picture("white", size=(100, 100)), [], 1) == 0.5


def test_what_is_masked_is_painted_over_before_it_is_kept() -> None:
    png = covered(picture("white", size=(200, 100)), [(10, 10, 20, 5)], 2)
    image = Image.open(io.BytesIO(png)).convert("RGB")
    assert {image.getpixel((x, y)) for x in range(20, 60) for y in range(20, 30)} == {(0, 0, 0)}
    assert image.getpixel((100, 50)) == (255, 255, 255)


def test_a_layout_of_another_shape_is_refused() -> None:
    for raw in ({}, {"boxes": [[1]], "unseen": [], "masked": [], "width": 1, "height": 1, "scale": 1}):
        with pytest.raises((KeyError, ValueError, TypeError)):
            Layout.from_json(raw)


def test_scores_are_added_to_a_closed_recording_and_the_latest_counts(tmp_path: Path) -> None:
    path = make(tmp_path / "a.replay", [page_open(), mutation(5)], [mutation(90)])
    before = read_all(path)
    with RecordingReader(path) as reader:
        assert verdict_of(reader) is None
    for pixels in (0.5, 0.9995):
        append_events(
            path,
            [
                event("fidelity", 40, page=1, label="one", layout=1, pixels=pixels),
                event("fidelity", 60, page=1, label="two", layout=0.25, pixels=None, fault="gone"),
            ],
        )
    assert verify(path).fault is None
    events, assets, complete = read_all(path)
    assert (events[: len(before[0])], assets, complete) == (before[0], before[1], True)
    with RecordingReader(path) as reader:
        verdict = verdict_of(reader)
        assert reader.index.duration_ms == 90
    assert verdict is not None
    assert (verdict["checks"], verdict["good"], verdict["layout"], verdict["pixels"]) == (2, 1, 0.625, 0.9995)
    assert [(score["label"], score["fault"]) for score in verdict["worst"]] == [("two", "gone")]
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.replay"]


def test_nothing_is_added_to_a_recording_that_was_not_closed(tmp_path: Path) -> None:
    path = without_index(make(tmp_path / "a.replay", [page_open()]))
    content = path.read_bytes()
    with pytest.raises(CorruptRecordingError, match="harness recover"):
        append_events(path, [event("fidelity", 1, label="x", layout=1)])
    assert path.read_bytes() == content


def test_a_recording_without_checks_says_how_to_make_them(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--check"):
        measure(make(tmp_path / "a.replay", [page_open()]))
