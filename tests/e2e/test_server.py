"""The viewer's server as a browser sees it: frames unpack, assets do not act, other sites learn nothing."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Error, Page

from harness.storage import RecordingReader, RecordingWriter
from harness.viewer.server import create_app, listen

LINES = 3000
ACTS = {
    "image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg" onload="document.title=1">'
    '<script>document.title=1</script><style>rect { fill: red }</style><rect width="9" height="9"/></svg>',
    "text/html": "<title>0</title><script>document.title = 1</script><img src=x onerror='document.title = 1'>",
    "application/xhtml+xml": '<html xmlns="http://www.w3.org/1999/xhtml"><script>document.title=1</script></html>',
    "text/javascript": "document.title = 1",
}


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("run") / "run.replay"
    writer = RecordingWriter(path, {"started_at": 1000})
    for t in range(LINES):
        line = json.dumps({"page": 1, "t": t, "kind": "title", "data": {"title": f"title ü {t} " * 20}})
        writer.write_events(line + "\n", count=1, first_ms=t, last_ms=t)
        if t % 700 == 0:
            writer.flush()  # frames are written in pieces, as a recording that goes on is
    for mime, content in ACTS.items():
        writer.write_asset(content.encode(), mime)
    writer.close()
    return path


@pytest.fixture(scope="module")
def url(recording: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    static = tmp_path_factory.mktemp("static")
    (static / "index.html").write_text(
        "<!doctype html><title>0</title><script>document.title = 1</script>"
        "<script type=module src=/static/main.js></script>"
    )
    (static / "main.js").write_text("document.body.dataset.loaded = 'yes';")
    with listen("127.0.0.1", 0) as listener:
        config = uvicorn.Config(create_app(recording, static=static), log_level="error", lifespan="off", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        server.should_exit = True
        thread.join()


@pytest.fixture
def viewer(browser: Browser, url: str) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.goto(url)
    yield page
    context.close()


def test_the_player_runs_its_own_scripts_only(viewer: Page) -> None:
    viewer.wait_for_selector("body[data-loaded=yes]", state="attached")
    assert viewer.title() == "0"


def test_the_browser_unpacks_segments(viewer: Page, recording: Path) -> None:
    with RecordingReader(recording) as reader:
        texts = [reader.segment_text(number) for number in range(len(reader.index.segments))]
    for number, text in enumerate(texts):
        response = viewer.request.get(f"{viewer.url}api/segments/{number}", headers={"Accept-Encoding": "identity"})
        assert response.text() == text
        got = viewer.evaluate(
            """async (n) => {
              const response = await fetch(`api/segments/${n}`);
              return [response.headers.get('content-encoding'), await response.text()];
            }""",
            number,
        )
        assert got[1] == text
        # Where a browser takes zstd, the frame goes out as it is in the file.
        assert got[0] in ("zstd", None)
    assert sum(text.count("\n") for text in texts) >= LINES


@pytest.mark.parametrize("mime", list(ACTS))
def test_an_asset_that_is_opened_by_itself_runs_nothing(viewer: Page, recording: Path, mime: str) -> None:
    with RecordingReader(recording) as reader:
        digest = next(digest for digest, asset in reader.index.assets.items() if asset.mime == mime)
    viewer.goto(f"{viewer.url}api/assets/{digest}")
    assert viewer.evaluate("() => document.title") != "1"
    assert viewer.evaluate("() => self.origin") == "null"


def test_a_picture_is_shown_in_a_page(viewer: Page, recording: Path) -> None:
    with RecordingReader(recording) as reader:
        digest = next(digest for digest, asset in reader.index.assets.items() if asset.mime == "image/svg+xml")
    colour = viewer.evaluate(
        """async (source) => {
          const image = Object.assign(new Image(9, 9), { src: source });
          await image.decode();
          const canvas = Object.assign(document.createElement('canvas'), { width: 9, height: 9 });
          const context = canvas.getContext('2d');
          context.drawImage(image, 0, 0);
          return [...context.getImageData(4, 4, 1, 1).data];
        }""",
        f"api/assets/{digest}",
    )
    assert colour == [255, 0, 0, 255]


def test_a_page_of_another_origin_reads_nothing(
    browser: Browser, url: str, serve_directory: Callable[[Path], str], tmp_path: Path
) -> None:
    (tmp_path / "evil.html").write_text("<title>evil</title>")
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{serve_directory(tmp_path)}/evil.html")
    with pytest.raises(Error, match="Failed to fetch"):
        page.evaluate("(url) => fetch(url + 'api/manifest')", url)
    assert page.evaluate(
        """(url) => new Promise((done) => {
          const script = Object.assign(document.createElement('script'), { src: url + 'api/manifest' });
          script.onload = () => done('loaded');
          script.onerror = () => done('refused');
          document.head.append(script);
        })""",
        url,
    ) == "refused"  # fmt: skip
    context.close()
