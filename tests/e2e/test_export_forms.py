"""`harness export script|png|video`: a script that does the same again, a picture, a video."""

from __future__ import annotations

import io
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect

import harness
from harness.cli.export import command
from tests.signal_server import serving_signals

# Stands for ffmpeg: says how many pictures it got, and with which options.
FFMPEG = """#!{python}
import sys
pictures = sys.stdin.buffer.read().split(b"\\xff\\xd8\\xff")
open(sys.argv[-1], "w").write(f"{{len(pictures) - 1}} pictures, {{' '.join(sys.argv[1:-1])}}")
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with serving_signals() as url:
        yield url


def journey(page: Page, server: str) -> None:
    page.goto(server + "/")
    with harness.step("Order"):
        page.get_by_label("Your name").fill("Ada")
        page.get_by_text("Terms").check()
        page.select_option("#speed", "Express")
        page.get_by_role("button", name="Add to cart").click()
    expect(page.locator("#heading")).to_have_text("Bought")


def state(page: Page) -> object:
    return page.evaluate("[heading.textContent, document.getElementById('name').value, terms.checked, speed.value]")


@pytest.fixture(scope="module")
def recordings(browser: Browser, server: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same journey with its steps, and without, as if a person had made it."""
    directory = tmp_path_factory.mktemp("forms")
    paths = {}
    for name, signals in (("steps", {}), ("person", {"steps": False})):
        paths[name] = directory / f"{name}.replay"
        context = browser.new_context(viewport={"width": 800, "height": 600})
        with harness.record(context, paths[name], signals=signals):
            journey(context.new_page(), server)
        context.close()
    return paths


def export(form: str, recording: Path, target: Path, *options: str) -> bytes:
    outcome = CliRunner().invoke(command, [form, str(recording), "-o", str(target), *options])
    assert outcome.exit_code == 0, (outcome.output, outcome.exception)
    return target.read_bytes()


@pytest.mark.parametrize("name", ["steps", "person"])
def test_script_does_the_same_again(recordings: dict[str, Path], browser: Browser, tmp_path: Path, name: str) -> None:
    script = export("script", recordings[name], tmp_path / "again.py").decode()
    if name == "steps":
        assert '    page.get_by_role("button", name="Add to cart").click()\n' in script
        assert '    expect(page.locator("#heading")).to_have_text("Bought")\n' in script
        assert "    # Order\n" in script
    else:
        assert 'page.locator("#buy").click()  # click on «Add to cart»' in script
    program: dict[str, object] = {}
    exec(compile(script, "again.py", "exec"), program)
    context = browser.new_context()
    page = context.new_page()
    program["journey"](page)  # type: ignore[operator]
    expect(page.locator("#heading")).to_have_text("Bought")
    assert state(page) == ["Bought", "Ada", True, "Express"]
    context.close()


_ASKING = """<!doctype html><title>Asking</title>
<button id=ask onclick="out.textContent = [confirm('Sure?'), prompt('Name?'), confirm('Really?')].join()">Ask</button>
<button id=no onclick="out.textContent += confirm('Once more?')">Again</button>
<input type=file id=file><p id=out>"""


@pytest.mark.parametrize("name", ["steps", "person"])
def test_script_answers_dialogs_and_names_files(browser: Browser, tmp_path: Path, name: str) -> None:
    (tmp_path / "photo.png").write_bytes(b"x")

    def asking(context: BrowserContext) -> Page:
        context.route("**/*", lambda route: route.fulfill(body=_ASKING, content_type="text/html"))
        return context.new_page()

    context = browser.new_context()
    answers = iter([True, "Ada", False])

    def answer(dialog: Dialog) -> None:
        given = next(answers)
        if given is False:
            dialog.dismiss()
        else:
            dialog.accept(str(given))

    with harness.record(context, tmp_path / "run.replay", signals={"steps": name == "steps"}, privacy="allow"):
        page = asking(context)
        page.goto("http://asking.test/")
        page.on("dialog", answer)
        page.click("#ask")
        page.remove_listener("dialog", answer)
        page.click("#no")
        page.set_input_files("#file", tmp_path / "photo.png")
        said = page.locator("#out").inner_text()
    context.close()
    assert said == "true,Ada,falsefalse"
    script = export("script", tmp_path / "run.replay", tmp_path / "again.py").decode()
    assert "photo.png" in script
    program: dict[str, object] = {}
    exec(compile(script.replace('["photo.png"]', repr([str(tmp_path / "photo.png")])), "again.py", "exec"), program)
    context = browser.new_context()
    page = asking(context)
    program["journey"](page)  # type: ignore[operator]
    assert page.locator("#out").inner_text() == said
    assert page.locator("#file").evaluate("file => file.files[0].name") == "photo.png"
    context.close()


def test_png_shows_the_moment(recordings: dict[str, Path], tmp_path: Path) -> None:
    with harness.open(recordings["steps"]) as replay:
        loaded = next(step.end_ms for step in replay.steps if step.title == 'Navigate to "/"')
    early = Image.open(io.BytesIO(export("png", recordings["steps"], tmp_path / "a.png", "--at", str(loaded))))
    late = Image.open(io.BytesIO(export("png", recordings["steps"], tmp_path / "b.png")))
    assert early.size == late.size == (800, 600)
    assert len(late.getcolors(1 << 20) or ()) > 10, "it is not blank"
    assert early.tobytes() != late.tobytes()


def test_video_has_the_pictures_of_the_recording(
    recordings: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "ffmpeg"
    program.parent.mkdir()
    program.write_text(FFMPEG.format(python=sys.executable))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    said = export("video", recordings["steps"], tmp_path / "run.webm", "--fps", "4").decode()
    with harness.open(recordings["steps"]) as replay:
        at_most = replay.info["duration_ms"] / 1000 * 4 + 1
    assert 2 <= int(said.split()[0]) <= at_most
    assert "-framerate 4" in said
    assert "libvpx" in said
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    outcome = CliRunner().invoke(command, ["video", str(recordings["steps"]), "-o", str(tmp_path / "b.mp4")])
    assert "replay-harness[video]" in str(outcome.exception)
