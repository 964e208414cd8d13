"""A suite for tests/e2e/test_pytest_plugin.py: one test for each way to fail."""

import json

import pytest

from harness.browser import launch_options

HTML = "<!doctype html><title>page</title><h1 id=h>zero</h1><button onclick=\"h.textContent='clicked'\">go</button>"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, **launch_options()}


@pytest.fixture
def opened(page):
    page.set_content(HTML)
    return page


def pytest_harness_recording_saved(item, path):
    with open("saved.jsonl", "a") as file:
        file.write(json.dumps([item.nodeid, str(path)]) + "\n")


def pytest_harness_recording_metadata(item, metadata):
    metadata["team"] = "checkout"
