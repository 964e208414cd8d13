"""The frame of `make bench`: figures, promises, the table and the JSON; the measurements themselves are not tests."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from lxml import etree

from benchmarks import __main__ as program
from benchmarks import chart, python_cost
from benchmarks.apps import Scores
from benchmarks.figures import Figure, Part, Run, Spread
from benchmarks.journeys import Cost, corpus_journeys, sizes
from benchmarks.parts import PARTS
from harness.errors import UsageError
from harness.storage import RecordingReader


def test_ratios_are_of_pairs_and_the_middle_one_counts() -> None:
    assert Spread.of_ratios([2, 9, 4], [1, 3, 8]) == Spread(2, 0.5, 3)
    with pytest.raises(ValueError):
        Spread.of_ratios([1, 2], [1])


@pytest.mark.parametrize(("met", "status"), [(True, 0), (None, 0), (False, 1)])
def test_a_promise_that_is_missed_is_the_exit_status(
    met: bool | None, status: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def part(run: Run) -> Part:
        assert run.quick
        return Part(
            "A part", [Figure("a figure", Spread.of([1, 2, 3]), " ms", must="≤ 2 ms", met=met)], samples={"a": [1]}
        )

    for name in PARTS:
        monkeypatch.setitem(PARTS, name, part)
    target = tmp_path / "figures" / "a.json"
    # In a thread of its own: in the main one pytest-playwright may keep an event loop running.
    with ThreadPoolExecutor(1) as thread:
        arguments = ["--quick", "--json", str(target), "killed"]
        result = thread.submit(CliRunner().invoke, program.main, arguments).result()
    assert result.exit_code == status, result.output
    assert "a figure" in result.output
    assert [word for word in ("met", "missed") if f" {word} " in f"{result.output} ".replace("\n", " \n")] == {
        True: ["met"],
        None: [],
        False: ["missed"],
    }[met]
    assert "a figure" in target.with_suffix(".svg").read_text("utf-8") or met is None
    (written,) = json.loads(target.read_text("utf-8"))["parts"]
    assert written["figures"] == [
        {"what": "a figure", "median": 2, "low": 1, "high": 3, "unit": "ms", "must": "≤ 2 ms", "met": met}
    ]
    assert written["samples"] == {"a": [1]}


def test_a_directory_without_a_corpus_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=str(tmp_path)):
        list(corpus_journeys(tmp_path))


def test_a_checkpoint_is_reproduced_when_both_layout_and_pixels_are() -> None:
    scores = Scores([("a", 1, 1), ("b", 0.9995, 0.9), ("c", 0.5, 1)])
    assert (scores.good, scores.least) == (1, 0.5)
    assert scores.cells() == ["1/3", "0.8332", "0.9667", "0.500"]
    assert Scores().cells() == ["-"] * 4


def test_what_recording_costs_python_is_measured_on_whole_recordings(tmp_path: Path) -> None:
    part = python_cost.measure(tmp_path, rounds=1, events=12_000)
    assert [figure.must for figure in part.figures] == ["≤ 0.5 s", "", ""]
    with RecordingReader(tmp_path / "with.replay") as reader:
        kinds = reader.index.kinds
    assert kinds["checkpoint"] >= 1
    assert sum(kinds.values()) > 12_000


def test_the_chart_shows_each_promise_and_how_it_was_kept() -> None:
    def run(middle: float, title: str, **figure: Any) -> dict[str, Any]:
        whole = {
            "what": "a <figure>",
            "median": middle,
            "low": 1,
            "high": 3,
            "unit": "ms",
            "must": "≤ 2 ms",
            "met": True,
        }
        machine = {"system": "Linux", "cpus": 2, "python": "3.11", "time": "2026-11-24T12:00:00+0000", "quick": False}
        return {"machine": machine, "parts": [{"title": title, "figures": [whole | figure]}]}

    drawn = chart.chart([run(1.5, "A"), run(2.5, "B", met=False), run(80, "A", must="≥ 40×", unit="×")])
    root = etree.fromstring(drawn.encode())
    texts = [str(element.text) for element in root.iter("{*}text")]
    assert "a <figure>" in texts
    assert texts.count("A") == texts.count("B") == 1
    assert [text for text in texts if "promised " in text and "," in text] == [
        "2.5 ms, promised ≤ 2 ms: missed",
        "80×, promised ≥ 40×",
    ]
    bars = [(bar.get("class"), float(bar.get("width") or 0)) for bar in root.iter("{*}rect")][1:]
    promised = {float(line.get("x1") or 0) for line in root.iter("{*}line") if line.get("class") == "promise"}
    assert bars[0][0] == "missed"
    assert bars[1][0] == "met"
    assert bars[0][1] > bars[1][1] * 2  # 1.25 and 0.5 of what was promised
    assert len(promised) == 1
    assert chart.bar_of({**run(1, "A")["parts"][0]["figures"][0], "must": ""}) is None


@pytest.mark.parametrize("promised", [True, False])
def test_sizes_are_promised_of_real_applications(promised: bool) -> None:
    def costs(harness_kb: int, minute_kb: float) -> dict[str, list[Cost]]:
        return {"harness": [Cost(1, harness_kb * 1000, minute_kb)], "tracing": [Cost(1, 1_000_000)]}

    figures = list(sizes({"a": costs(100, 20), "b": costs(220, 130)}, promised=promised))
    assert [(figure.spread.middle, figure.met) for figure in figures[:3]] == (
        [(0.16, False), (75, False), (130, False)] if promised else [(0.16, False), (75, None), (20, None)]
    )
