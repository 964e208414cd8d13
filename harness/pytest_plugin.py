"""The pytest plugin, registered by installation: `--recording` and its relatives, the `recording` fixture and marker.

Only the entry stands here, and it imports nothing of Playwright: a run that opens no browser must not feel that harness
is installed. The work is in `harness.pytest`, one concept a module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.pytest import options

if TYPE_CHECKING:
    from harness.pytest.fixture import TestRecording


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    options.add_options(parser)
    # pytest rewrites the asserts of all of a plugin's distribution. Ours are not for tests, and on a fresh machine, as
    # CI's are, rewriting them was measured to take as long as ten short browser tests.
    marked = getattr(getattr(pluginmanager, "rewrite_hook", None), "_must_rewrite", None)
    if isinstance(marked, set):
        marked.discard("harness")


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    from harness.pytest import hooks

    pluginmanager.add_hookspecs(hooks)


# Last, so that a conftest.py may still set an option in its own pytest_configure.
@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", options.MARKER)
    settings = options.settings_of(config)
    if not settings.enabled:
        return
    from harness.pytest.registration import register

    register(config, settings)


@pytest.fixture
def recording(request: pytest.FixtureRequest) -> TestRecording:
    """The recording of this test: `mark(label, **data)`, `pause()`, `resume()`, `path`, `is_recording`.

    Harmless where nothing is recorded.
    """
    from harness.pytest.fixture import TestRecording

    return TestRecording(request)
