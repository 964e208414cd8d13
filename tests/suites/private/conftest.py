"""A suite for tests/e2e/test_pytest_privacy.py: failures in whose messages the page is quoted."""

import pytest

from harness.browser import launch_options


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, **launch_options()}
