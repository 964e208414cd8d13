"""What is too large for a recording: it says so, and a box of the same size stands in its place."""

from __future__ import annotations

import threading
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser

import harness
from harness.capture.assets import MAX_ASSET_BYTES
from harness.storage.reader import RecordingReader
from harness.viewer.server import create_app, listen
from tests.features import site

SQUARE_PX = 40  # of the server's big picture


def test_a_picture_too_large_is_a_labelled_box_of_its_size(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    with site.serving() as served:
        context = browser.new_context()
        with harness.record(context, path):
            page = context.new_page()
            page.goto(f"{served.url}/hover.html")
            page.evaluate(
                """async (url) => {
                  const image = Object.assign(new Image(), { src: url, id: 'big' });
                  document.body.prepend(image);
                  await image.decode();
                }""",
                f"/big.png?bytes={MAX_ASSET_BYTES + 1_000_000}",
            )
        context.close()
    with RecordingReader(path) as reader:
        [omitted] = reader.index.raw["omitted"]
    assert omitted["reason"] == "too large"
    assert (omitted["width"], omitted["height"]) == (SQUARE_PX, SQUARE_PX)
    with listen("127.0.0.1", 0) as listener:
        server = uvicorn.Server(uvicorn.Config(create_app(path), log_level="error", lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        viewer = browser.new_page()
        viewer.goto(f"http://127.0.0.1:{listener.getsockname()[1]}/?bare=1")
        viewer.evaluate("harness.ready.then(() => harness.seek(harness.duration))")
        image = viewer.frame_locator("iframe[data-harness-document]").locator("#big")
        box = image.bounding_box()
        assert box is not None
        assert (box["width"], box["height"]) == (SQUARE_PX, SQUARE_PX)
        assert "too%20large" in (image.get_attribute("src") or "")
        viewer.close()
        server.should_exit = True
        thread.join()
