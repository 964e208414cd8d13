"""5,000 small events on their way from the page to the file, by ways that differ only in what crosses the binding.

- objects: one call of an exposed binding with an object each; Python makes each into a line of the file.
- batches: the recorder's own transport (js/recorder/transport.js), read by `harness.capture.batch` as a session does.
- recorder: all of it, `harness.record` around a page that dispatches 5,000 keydowns, until the file is closed.

The time runs from the page's first event until the writer has flushed the last one to the file.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page

import harness
from benchmarks.figures import Figure, Part, Run, Spread
from harness.capture.batch import Batch, parse_batch
from harness.javascript import js_dir, link
from harness.storage import RecordingReader, RecordingWriter

EVENTS = 5_000
MUST = 40  # objects take so many times as long as batches, at least

_SETUP = """window.transport = $TRANSPORT;
window.eventNumber = (i) => ({ type: 3, timestamp: Date.now(),
    data: { source: 1, positions: [{ x: i % 1280, y: i % 720, id: 1 + (i % 500), timeOffset: 0 }] } });"""

_SEND_OBJECTS = """async ([count]) => {
    const calls = [];
    for (let i = 0; i < count; i++) calls.push(window.bench(eventNumber(i)));
    await Promise.all(calls);
}"""

_SEND_BATCHES = """async ([count, startedAt]) => {
    const calls = [];
    const send = (batch) => { const call = window.bench(batch); calls.push(call); return call; };
    const timers = { set: setTimeout.bind(window), clear: clearTimeout.bind(window), microtask: queueMicrotask };
    const transport = window.transport.createTransport({ send, timers, doc: "bench", now: () => Date.now() - startedAt,
        beforeFlush() {}, faults: () => 0 });
    for (let i = 0; i < count; i++) {
        const event = eventNumber(i);
        const t = event.timestamp - startedAt;
        transport.push(t, `{"t":${t},"kind":"mousemove","type":${event.type},"data":${JSON.stringify(event.data)}}`);
    }
    transport.flush();
    await Promise.all(calls);
}"""

_PRESS_KEYS = """(count) => {
    const key = { key: "a", code: "KeyA" };
    for (let i = 0; i < count; i++) document.body.dispatchEvent(new KeyboardEvent("keydown", key));
}"""

# What one way took: wall time, the page's main thread, and Python's processor time, all in ms.
Cost = dict[str, float]


async def run(run: Run) -> Part:
    return await measure(run.browser, run.directory, rounds=2 if run.quick else 5)


async def measure(browser: Browser, directory: Path, *, rounds: int, count: int = EVENTS) -> Part:
    """Return the part, measured `rounds` times in turn, after one round of a tenth of the events to warm up."""
    ways: dict[str, Callable[[Browser, Path, int], Awaitable[Cost]]] = {
        "objects": _objects,
        "batches": _batches,
        "recorder": _recorder,
    }
    costs: dict[str, list[Cost]] = {name: [] for name in ways}
    for number in range(-1, rounds):
        for name, way in ways.items():
            cost = await way(browser, directory / f"{name}-{number}.replay", count if number >= 0 else count // 10)
            if number >= 0:
                costs[name].append(cost)

    def of(name: str, key: str = "wall_ms") -> list[float]:
        return [cost[key] for cost in costs[name]]

    ratio = Spread.of_ratios(of("objects"), of("batches"))
    figures = [
        Figure(
            "an object each / batches of the recorder",
            ratio,
            "×",
            digits=1,
            must=f"≥ {MUST}×",
            met=ratio.middle >= MUST if count == EVENTS else None,
        )
    ]
    for name in ways:
        figures.append(Figure(f"{name}: until in the file", Spread.of(of(name)), " ms"))
        figures.append(Figure(f"{name}: page's main thread", Spread.of(of(name, "main_thread_ms")), " ms"))
        figures.append(Figure(f"{name}: Python's processor time", Spread.of(of(name, "python_ms")), " ms"))
    return Part(f"{count:,} small events reach the file", figures, samples=dict(costs))


async def _objects(browser: Browser, path: Path, count: int) -> Cost:
    def to_line(event: Any) -> str:
        data = {"page": 1, "doc": "bench", "t": event["timestamp"] - started_at, "kind": "mousemove"}
        return json.dumps({**data, "type": event["type"], "data": event["data"]}, separators=(",", ":")) + "\n"

    def on_object(_: Any, event: Any) -> None:
        t = event["timestamp"] - started_at
        writer.write_events(to_line(event), count=1, first_ms=t, last_ms=t)

    started_at = round(time.time() * 1000)
    with RecordingWriter(path, {"started_at": started_at}) as writer:
        cost = await _send(browser, writer, on_object, _SEND_OBJECTS, count)
    _expect(path, "mousemove", count)
    return cost


async def _batches(browser: Browser, path: Path, count: int) -> Cost:
    def on_batch(_: Any, text: str) -> None:
        batch = parse_batch(text)
        assert isinstance(batch, Batch)
        writer.write_events(batch.addressed(1), count=batch.count, first_ms=batch.first_ms, last_ms=batch.last_ms)

    started_at = round(time.time() * 1000)
    with RecordingWriter(path, {"started_at": started_at}) as writer:
        cost = await _send(browser, writer, on_batch, _SEND_BATCHES, count)
    _expect(path, "mousemove", count)
    return cost


async def _send(
    browser: Browser, writer: RecordingWriter, callback: Callable[..., None], script: str, count: int
) -> Cost:
    context = await browser.new_context()
    try:
        await context.expose_binding("bench", callback)
        page = await context.new_page()
        await page.evaluate(_SETUP.replace("$TRANSPORT", link(js_dir() / "recorder" / "transport.js")))
        clock = await _Clock.start(page)
        await page.evaluate(script, [count, writer.header["started_at"]])
        await asyncio.to_thread(writer.flush)
        return await clock.stop()
    finally:
        await context.close()


async def _recorder(browser: Browser, path: Path, count: int) -> Cost:
    context = await browser.new_context()
    try:
        recording = harness.record(context, path)
        await recording.start()
        page = await context.new_page()
        clock = await _Clock.start(page)
        await page.evaluate(_PRESS_KEYS, count)
        main_thread_ms = await clock.main_thread_ms()
        await recording.stop()
        cost = {**await clock.stop(), "main_thread_ms": main_thread_ms}
    finally:
        await context.close()
    _expect(path, "key", count)
    return cost


class _Clock:
    """Wall time, the page's main thread and Python's processor time since `start`."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._wall_s = self._python_s = self._main_thread_s = 0.0

    @classmethod
    async def start(cls, page: Page) -> _Clock:
        clock = cls(await page.context.new_cdp_session(page))
        await clock._session.send("Performance.enable")
        clock._main_thread_s = await clock._task_s()
        clock._wall_s, clock._python_s = time.perf_counter(), time.process_time()
        return clock

    async def main_thread_ms(self) -> float:
        return (await self._task_s() - self._main_thread_s) * 1000

    async def stop(self) -> Cost:
        wall_s, python_s = time.perf_counter() - self._wall_s, time.process_time() - self._python_s
        return {
            "wall_ms": wall_s * 1000,
            "main_thread_ms": await self.main_thread_ms(),
            "python_ms": python_s * 1000,
        }

    async def _task_s(self) -> float:
        metrics = (await self._session.send("Performance.getMetrics"))["metrics"]
        return float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))


def _expect(path: Path, kind: str, count: int) -> None:
    with RecordingReader(path) as reader:
        found = reader.index.kinds.get(kind, 0)
    if found != count:
        raise RuntimeError(f"{path.name}: {found} of {count} events in the file")
