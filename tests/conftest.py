"""Fixtures that all tests share: the browser that harness found, and loopback servers for pages."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from harness.browser import launch_options

PAGES = Path(__file__).parent / "pages"
collect_ignore = ["suites"]  # run by tests/e2e/test_pytest_*.py


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """These tests record for themselves: harness's own plugin stays out of them."""
    config.option.recording = "off"


def pytest_addoption(parser: pytest.Parser) -> None:
    text = "how many mutated recordings to read (nightly: 10,000)"
    parser.addoption("--mutations", type=int, default=500, help=text)


@pytest.fixture(scope="session")
def browser_path() -> str:
    """The program of the browser that the tests use."""
    path: str = launch_options()["executable_path"]
    return path


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], browser_name: str) -> dict[str, Any]:
    """What pytest-playwright's `browser` is started with: the browser that harness would start."""
    if browser_name != "chromium":
        return browser_type_launch_args
    headed = browser_type_launch_args.get("headless") is False
    return {**launch_options(headed=headed), **browser_type_launch_args}


@pytest.fixture(scope="session")
def serve_directory() -> Iterator[Callable[[Path], str]]:
    """A function that serves a directory on a loopback port of its own and returns the URL, without a slash at the end.

    The same server answers as `localhost`, which is another origin and another site than 127.0.0.1.
    """
    with contextlib.ExitStack() as servers:
        yield lambda directory: servers.enter_context(_serving(directory))


@pytest.fixture(scope="session")
def serve_pages(serve_directory: Callable[[Path], str]) -> str:
    """The URL of a server for tests/pages, without a slash at the end."""
    return serve_directory(PAGES)


@pytest.fixture(scope="session")
def run_async() -> Iterator[Callable[[Coroutine[Any, Any, Any]], Any]]:
    """A function that runs a coroutine to its end and returns its value.

    It has a thread of its own: pytest-playwright's sync fixtures keep an event loop running in the main one.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="run_async") as thread:
        yield lambda coroutine: thread.submit(asyncio.run, coroutine).result()


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away in the middle of an answer is no fault of the test."""


@contextlib.contextmanager
def _serving(directory: Path) -> Iterator[str]:
    with _QuietServer(("127.0.0.1", 0), partial(_QuietHandler, directory=str(directory))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
