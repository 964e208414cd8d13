"""What was recorded stays text: 200 vectors in every place that a recording has, replayed by server and in one file."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Error, Page

import harness
from harness.export.html import write_html
from harness.storage import RecordingReader
from harness.storage.slice import write_slice
from harness.viewer.server import create_app, listen
from tests.harm import CHANGED, watch
from tests.xss_vectors import LEAK, vectors

VECTORS = vectors()
# In the recorded page nothing is there to be harmed: what is put in is put in by markup, attribute, text and style.
INSERT = """vectors => {
  document.open();
  document.write("<!doctype html><meta charset=utf-8><title>Vectors</title><main></main>");
  document.close();
  const main = document.querySelector("main");
  for (const vector of vectors) {
    const box = document.createElement("div");
    try { box.innerHTML = vector; } catch {}
    const text = document.createElement("p");
    text.textContent = vector;
    for (const name of ["title", "alt", "data-x", "aria-label", "class"]) text.setAttribute(name, vector);
    const link = document.createElement("a");
    link.setAttribute("href", vector);
    const style = document.createElement("style");
    style.textContent = `.x::after { content: ${JSON.stringify(vector)} } ${vector}`;
    const frame = document.createElement("iframe");
    if (vectors.indexOf(vector) % 20 === 0) { frame.srcdoc = vector; main.append(frame); }
    main.append(box, text, link, style);
    console.log(vector, { [vector]: vector });
    if (vectors.indexOf(vector) % 5 === 0) history.replaceState(null, "", "?q=" + encodeURIComponent(vector));
    setTimeout(() => { throw new Error(vector); });
  }
  document.title = vectors.join(" ");
}"""

DOWNLOAD = """(name) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["x"]));
  link.download = name;
  link.click();
}"""


@pytest.fixture(scope="module")
def recording(
    browser: Browser, serve_directory: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    site, folder = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("run")
    (site / "index.html").write_text("<!doctype html><title>0</title><input type=file id=f multiple>")
    path = folder / "run.replay"
    context = browser.new_context()
    url = serve_directory(site)
    # Nothing of all this leaves the machine, and what it would load is there to be recorded.
    context.route(re.compile(r"leak\.invalid"), lambda route: route.fulfill(body="leaked", content_type="text/css"))
    metadata = {
        "ci": {"branch": VECTORS[0], "job": VECTORS[1], "url": f"javascript:{VECTORS[2]}"},
        "commit": VECTORS[3],
    }
    with harness.record(context, path, title=" ".join(VECTORS[:20]), metadata=metadata) as recording:
        page = context.new_page()
        page.on("dialog", lambda dialog: dialog.dismiss())
        page.goto(f"{url}/index.html")
        names = [vector.replace("/", ":").replace("\0", "") for vector in VECTORS[:60]]
        files: Any = [{"name": name, "mimeType": "text/plain", "buffer": b"x"} for name in names]
        page.set_input_files("#f", files)
        for number, vector in enumerate(VECTORS):
            data: dict[str, Any] = {"data": vector, str(number): {vector: [vector]}}
            recording.mark(vector, **data)
            if number % 4 == 0:
                page.get_by_text(vector).count()
        page.evaluate(
            "vectors => Promise.all(vectors.map((vector) => fetch('/x?' + encodeURIComponent(vector), "
            "{ method: 'POST', body: JSON.stringify({ [vector]: vector }) }).catch(() => 0)))",
            VECTORS,
        )
        for vector in VECTORS[:200:20]:
            with page.expect_download() as download:
                page.evaluate(DOWNLOAD, vector)
            download.value.path()
        try:
            page.evaluate(INSERT, VECTORS)
            page.wait_for_function("n => document.querySelectorAll('main > p').length === n", arg=len(VECTORS))
        except Error:
            pass  # some of them lead the page away, as they would any page; what stood there is recorded
    context.close()
    return with_downloads(path, VECTORS)


def with_downloads(path: Path, names: list[str]) -> Path:
    """Add a download of each name: this browser replaces characters in them, others and other platforms may not."""
    with RecordingReader(path) as reader:
        end_ms = reader.index.duration_ms
    more: list[dict[str, Any]] = []
    for number, name in enumerate(names):
        data = {"id": f"d{number}", "url": f"http://127.0.0.1/{name}", "name": name}
        more.append({"t": end_ms, "kind": "download", "data": data})
        more.append({"t": end_ms, "kind": "download-end", "data": {"id": f"d{number}", "size": 1, "failure": name}})
    return write_slice(path, path.with_name("downloads.replay"), start_ms=0, more=more)


@pytest.fixture(scope="module", params=["server", "file"])
def viewer(request: pytest.FixtureRequest, recording: Path) -> Iterator[str]:
    if request.param == "file":
        target = recording.with_suffix(".html")
        with RecordingReader(recording) as reader, target.open("wb") as file:
            write_html(reader, file)
        yield target.as_uri()
        return
    with listen("127.0.0.1", 0) as listener:
        config = uvicorn.Config(create_app(recording), log_level="error", lifespan="off", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        server.should_exit = True
        thread.join()


def test_the_vectors_were_recorded(recording: Path) -> None:
    assert len(VECTORS) >= 200
    with RecordingReader(recording) as reader:
        events = list(reader.events())
    text = "\n".join(json.dumps(event) for event in events)
    kinds = ("snapshot", "mutation", "console", "page-error", "request", "mark", "step", "upload", "title", "download")
    for kind in kinds:
        assert f'"kind": "{kind}"' in text, kind
    written = [vector for vector in VECTORS if json.dumps(vector)[1:-1] in text]
    assert len(written) >= 200
    names = {event["data"]["name"] for event in events if event["kind"] == "download"}
    assert names >= set(VECTORS)
    assert len(names) > len(VECTORS)  # those that the browser made of them


def test_nothing_runs_loads_or_changes_outside(browser: Browser, viewer: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    harm = watch(page, viewer if viewer.startswith("http") else "file:")
    page.goto(viewer)
    page.evaluate("() => harness.ready")
    title = page.title()
    duration: float = page.evaluate("() => harness.duration")
    for t in (0, duration / 2, duration):
        page.evaluate("(t) => harness.seek(t)", t)
    open_everything(page)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100)))")
    assert harm == []
    assert page.evaluate("() => window.pwned ?? null") is None
    assert (page.url.split("#")[0].split("?")[0], page.title()) == (viewer, title)
    assert not [frame for frame in page.frames if LEAK in frame.url]
    assert page.evaluate(CHANGED, "*") == []
    context.close()


def open_everything(page: Page) -> None:
    """Open each panel, and what its first rows say in full."""
    tabs = page.locator("[role=tablist][aria-label=Panels] [role=tab]")
    assert tabs.count() >= 5
    for number in range(tabs.count()):
        tabs.nth(number).click()
        panel = page.locator("[role=tabpanel]:not([hidden])").last
        rows: Any = panel.locator("[role=row], [role=treeitem], [role=option]")
        for row in range(min(rows.count(), 3)):
            rows.nth(row).click(timeout=2000, force=True, no_wait_after=True)
