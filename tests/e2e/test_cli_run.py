"""`harness run` and `harness record` as a person calls them: processes of their own, unchanged programs, bad luck."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from harness.storage import RecordingReader
from harness.storage.verify import verify
from tests.recorded import events_of, has_text

SYNC = """
    import sys
    from playwright.sync_api import sync_playwright
    from harness.browser import launch_options

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        page = browser.new_context().new_page()
        page.goto(sys.argv[1] + "/shop.html")
        page.click("#add")
        print("program:", page.inner_text("h1"), flush=True)
        {then}
        browser.close()
    sys.exit(7)
"""
ASYNC = """
    import asyncio, sys
    from playwright.async_api import async_playwright
    from harness.browser import launch_options

    async def main():
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(**launch_options())
            page = await browser.new_page()
            await page.goto(sys.argv[1] + "/shop.html")
            await page.click("#add")
            print("program:", await page.inner_text("h1"), flush=True)
            await browser.close()
        return 7

    sys.exit(asyncio.run(main()))
"""
# Behind the recorder's own timer, which sends what the page has told so far.
SENT = "() => new Promise((done) => setTimeout(done, 150))"
WAITING = """
    def journey(page):
        page.goto("{url}")
        page.click("#add")
        page.evaluate("{sent}")
        print("there", flush=True)
        page.wait_for_timeout(60_000)

    async def walk(page):
        await page.goto("{url}")
        await page.click("#add")
        await page.evaluate("{sent}")
        print("there", flush=True)
        await page.wait_for_timeout(60_000)
"""


def harness_command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-c", "from harness.cli.main import main; main()", *map(str, arguments)]


def run(directory: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        harness_command(*arguments), cwd=directory, capture_output=True, text=True, timeout=60, check=False
    )


def program(directory: Path, text: str, **parts: str) -> Path:
    path = directory / "program.py"
    path.write_text(textwrap.dedent(text).replace("{then}", textwrap.indent(parts.get("then", "pass"), "    ").strip()))
    return path


@pytest.mark.parametrize("text", [SYNC, ASYNC], ids=["sync", "async"])
def test_unchanged_program_is_recorded_and_keeps_its_exit_status(tmp_path: Path, serve_pages: str, text: str) -> None:
    done = run(tmp_path, "run", "-o", "out", program(tmp_path, text), serve_pages)
    assert done.returncode == 7, done.stderr
    assert done.stdout == "program: One in the cart\n"
    (path,) = (tmp_path / "out").glob("*.replay")
    assert path.name in done.stderr
    assert has_text(path, "One in the cart")
    # The browser was closed before the program ended, and with it the file.
    with RecordingReader(path) as reader:
        assert (reader.complete, reader.index.status) == (True, "failed")
    assert verify(path).fault is None


def test_program_that_raises_keeps_its_traceback_and_its_recording(tmp_path: Path, serve_pages: str) -> None:
    done = run(tmp_path, "run", "-o", "out", program(tmp_path, SYNC, then="raise ValueError('wrong')"), serve_pages)
    assert done.returncode == 1
    assert "ValueError: wrong" in done.stderr
    assert re.findall(r'File ".*?([^/"]+)"', done.stderr) == ["program.py"]
    (path,) = (tmp_path / "out").glob("*.replay")
    assert has_text(path, "One in the cart")


def test_module_is_run_as_python_does(tmp_path: Path, serve_pages: str) -> None:
    (tmp_path / "conftest.py").write_text(
        textwrap.dedent(
            """
            import pytest
            from harness.browser import launch_options

            @pytest.fixture(scope="session")
            def browser_type_launch_args():
                return launch_options()
            """
        )
    )
    (tmp_path / "test_shop.py").write_text(
        textwrap.dedent(
            f"""
            def test_passes(page):
                page.goto("{serve_pages}/shop.html")
                page.click("#add")

            def test_fails(page):
                page.goto("{serve_pages}/empty.html")
                assert page.inner_text("p") == "Something"
            """
        )
    )
    done = run(tmp_path, "run", "-o", "out", "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed, 1 passed" in done.stdout
    paths = sorted((tmp_path / "out").glob("*.replay"))
    assert len(paths) == 2
    assert has_text(paths[0], "One in the cart")
    assert has_text(paths[1], "Nothing here")


def test_interrupted_program_keeps_its_recording(tmp_path: Path, serve_pages: str) -> None:
    interrupts = program(tmp_path, SYNC.replace("import sys", "import signal, sys"), then="signal.raise_signal(2)")
    # A test run in the background may ignore SIGINT, and children inherit that.
    restore = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    command = harness_command("run", "-o", "out", interrupts, serve_pages)
    command[2] = restore + command[2]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 130, done.stderr
    (path,) = (tmp_path / "out").glob("*.replay")
    assert has_text(path, "One in the cart")


@pytest.mark.parametrize("function", ["journey", "walk"])
def test_interrupted_journey_says_where_its_recording_is(tmp_path: Path, serve_pages: str, function: str) -> None:
    program(tmp_path, WAITING.replace("{url}", f"{serve_pages}/shop.html").replace("{sent}", SENT))
    command = harness_command("record", f"program.py:{function}", "-o", "run.replay")
    # A test run in the background may ignore SIGINT, and children inherit that.
    command[2] = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); " + command[2]
    process = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "there\n"
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: the driver and the browser get it, too
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err.strip()) == (130, "harness: interrupted")
    assert "run.replay" in out
    assert has_text(tmp_path / "run.replay", "One in the cart")


# Kills the browser alone: all that descends from Playwright's driver, the program's only child.
KILL_BROWSER = """
    stats = [open(path).read() for path in glob.glob("/proc/[0-9]*/stat") if os.path.exists(path)]
    parents = {int(stat.split()[0]): int(stat.rpartition(")")[2].split()[1]) for stat in stats}
    family = [pid for pid, parent in parents.items() if parent == os.getpid()]
    for pid in family:
        family += [child for child, parent in parents.items() if parent == pid]
    for pid in family[1:]:
        os.kill(pid, signal.SIGKILL)
"""


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds the browser's process in /proc")
def test_dying_browser_leaves_what_was_recorded(tmp_path: Path, serve_pages: str) -> None:
    kill = f"page.evaluate('{SENT}')\n{textwrap.dedent(KILL_BROWSER).strip()}"
    text = SYNC.replace("import sys", "import glob, os, signal, sys").replace(
        "browser.close()", "page.inner_text('h1')"
    )
    dies = program(tmp_path, text, then=kill)
    done = run(tmp_path, "run", "-o", "out", dies, serve_pages)
    assert done.returncode == 1, done.stderr
    (path,) = (tmp_path / "out").glob("*.replay")
    assert has_text(path, "One in the cart"), done.stderr


def test_journey_function_is_recorded(tmp_path: Path, serve_pages: str) -> None:
    (tmp_path / "shop.py").write_text(
        textwrap.dedent(
            f"""
            async def journey(page):
                await page.goto("{serve_pages}/shop.html")
                await page.click("#add")

            def broken(page):
                page.goto("{serve_pages}/shop.html")
                assert page.inner_text("h1") == "Full"
            """
        )
    )
    done = run(tmp_path, "record", "shop.py", "-o", "one.replay")
    assert done.returncode == 0, done.stderr
    assert has_text(tmp_path / "one.replay", "One in the cart")

    done = run(tmp_path, "record", "shop.py:broken", "-o", "two.replay")
    assert done.returncode == 1
    assert "AssertionError" in done.stderr
    assert re.findall(r'File ".*?([^/"]+)"', done.stderr) == ["shop.py"]
    assert events_of(tmp_path / "two.replay", "status")[-1]["data"]["status"] == "failed"

    done = run(tmp_path, "record", "shop.py", "-o", "one.replay")
    assert done.returncode == 2
    assert done.stderr == "harness: one.replay: exists already; name another file, or replace it with --force\n"


def test_url_is_recorded_for_a_while(tmp_path: Path, serve_pages: str) -> None:
    done = run(tmp_path, "record", f"{serve_pages}/shop.html", "--for", "0.5", "-o", "page.replay")
    assert done.returncode == 0, done.stderr
    assert has_text(tmp_path / "page.replay", "Nothing yet")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run", "nothing.py"], "nothing.py: no such program"),
        (["run", "-o", "file.txt", "file.txt"], "file.txt: not a directory"),
        (["record", "nothing.py"], "nothing.py: no such file"),
        (["record", "file.txt:walk"], "file.txt:walk: no such file"),
        (["record", "empty.py"], "empty.py: has no function 'journey'"),
        (["record", "broken.py"], "broken.py: cannot be loaded: ZeroDivisionError"),
        (["record", "http://127.0.0.1/"], "give --for SECONDS or --headed"),
        (["record", "empty.py", "--for", "1"], "--for goes with a URL"),
        (["record", "empty.py", "--viewport", "wide"], "--viewport is 'wide'"),
        (["record", "about:blank", "--for", "1", "--session-sample-rate", "200"], "session_sample_rate is 200"),
        (["record", "about:blank", "--for", "1", "--browser-path", "/nowhere"], "/nowhere"),
    ],
)
def test_bad_input_is_one_line_and_exit_status_2(tmp_path: Path, arguments: list[str], says: str) -> None:
    (tmp_path / "file.txt").write_text("text")
    (tmp_path / "empty.py").write_text("")
    (tmp_path / "broken.py").write_text("1 / 0")
    done = run(tmp_path, *arguments)
    assert done.returncode == 2, done.stderr
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1
