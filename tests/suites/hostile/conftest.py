"""A suite for tests/e2e/test_xss_reports.py: every text that a report takes over is a vector."""

import pytest

from harness.browser import launch_options


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, **launch_options()}
