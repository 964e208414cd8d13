"""A page that changes faster than can be told: it goes on running, its end state is kept, what is missing is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import harness
from tests.recorded import events_of

# 5,000 nodes are replaced as often as the page comes to it.
STORM = """async (ms) => {
    const root = document.getElementById('root');
    const items = Array.from({ length: 5000 }, (_, i) => i);
    let rounds = 0;
    for (const end = performance.now() + ms; performance.now() < end; rounds += 1) {
        root.innerHTML = items.map((i) => `<i data-round="${rounds}">${i}</i>`).join('');
        await new Promise((done) => setTimeout(done, 10));
    }
    root.innerHTML = '<p id=end>calm</p>';
    return rounds;
}"""


def test_a_storm_is_thinned_out_and_its_end_is_kept(
    browser: Browser, serve_directory: Callable[[Path], str], tmp_path: Path
) -> None:
    (tmp_path / "index.html").write_text("<!doctype html><title>storm</title><button>b</button><div id=root></div>")
    path = tmp_path / "run.replay"
    context = browser.new_context()
    with harness.record(context, path) as recording:
        page = context.new_page()
        page.goto(f"{serve_directory(tmp_path)}/index.html")
        rounds = page.evaluate(STORM, 4000)
        page.click("button")
        recording.mark("end")
    context.close()
    thinned = events_of(path, "thinned")
    assert sum(event["data"]["count"] for event in thinned) > 10
    assert {event["data"]["reason"] for event in thinned} <= {"storm", "backpressure"}
    assert all(event["data"]["from_ms"] < event["data"]["to_ms"] for event in thinned)
    assert len(events_of(path, "mutation")) < rounds
    assert events_of(path, "gap") == []
    with harness.open(path) as replay:
        assert replay.at(1e9).query("#root *")[0].text == "calm"


# Whenever the page looks at its clock, a twentieth of a second has gone by: other programs have the machine.
STARVED = """(() => {
    const now = performance.now.bind(performance);
    let late = 0;
    performance.now = () => now() + (late += 50);
})()"""


@pytest.mark.parametrize("before", ["", STARVED], ids=["alone", "starved"])
def test_a_busy_page_loses_nothing(
    browser: Browser, serve_directory: Callable[[Path], str], tmp_path: Path, before: str
) -> None:
    (tmp_path / "index.html").write_text("<!doctype html><title>busy</title><div id=root></div>")
    path = tmp_path / "run.replay"
    context = browser.new_context()
    context.add_init_script(before)
    with harness.record(context, path):
        page = context.new_page()
        page.goto(f"{serve_directory(tmp_path)}/index.html")
        page.evaluate(
            """async () => {
                for (let n = 0; n < 50; n++) {
                    document.getElementById('root').innerHTML = '<b>x</b>'.repeat(20) + n;
                    await new Promise((done) => setTimeout(done));
                }
            }"""
        )
    context.close()
    assert events_of(path, "thinned") == []
    assert len(events_of(path, "mutation")) >= 50
