"""Each test says in its name what happens; `fails` in it means that a recording is expected."""

import time
import unittest

import pytest
from conftest import HTML
from playwright.sync_api import expect
from pytest_bdd import given, scenarios, then
from pytest_check import check

scenarios("cart.feature")


@given("a cart", target_fixture="cart")
def _(opened):
    return opened


@then("it holds nothing")
def _(cart):
    cart.click("button")
    assert cart.inner_text("h1") == "nothing"


@pytest.fixture
def setup_breaks(opened):
    opened.click("button")
    raise RuntimeError("setup breaks")


@pytest.fixture
def teardown_breaks(opened):
    yield opened
    opened.click("button")
    raise RuntimeError("teardown breaks")


@pytest.fixture(scope="module")
def module_page(browser):
    context = browser.new_context()
    page = context.new_page()
    page.set_content(HTML)
    yield page
    context.close()


@pytest.fixture(scope="session")
def session_page(browser):
    page = browser.new_page()
    page.set_content(HTML)
    return page


def test_passes(opened):
    opened.click("button")
    assert opened.inner_text("h1") == "clicked"


def test_call_fails(opened, recording):
    recording.mark("before the click", number=7)
    assert recording.is_recording
    assert recording.path.name == "test_ways--test_call_fails-chromium.replay"
    opened.click("button")
    assert opened.inner_text("h1") == "never"


def test_setup_fails(setup_breaks):
    pass


def test_teardown_fails(teardown_breaks):
    pass


def test_module_passes(module_page):
    module_page.evaluate("document.title = 'first'")
    module_page.click("button")


def test_module_fails(module_page):
    module_page.evaluate("h.textContent = 'second'")
    raise AssertionError("module")


def test_without_browser_fails_unrecorded():
    raise AssertionError("no browser was asked")


def test_session_fails(session_page):
    session_page.click("button")
    raise AssertionError("session")


class TestClass:
    @pytest.fixture(scope="class")
    def class_page(self, browser):
        context = browser.new_context()
        page = context.new_page()
        page.set_content(HTML)
        yield page
        context.close()
        raise RuntimeError("class teardown breaks")

    def test_class_passes(self, class_page):
        class_page.click("button")

    def test_class_teardown_fails(self, class_page):
        class_page.evaluate("h.textContent = 'last'")


@pytest.mark.timeout(1.5, method="signal", func_only=True)
def test_timeout_fails(opened):
    opened.click("button")
    time.sleep(20)


def test_crash_fails(opened):
    opened.click("button")
    opened.wait_for_timeout(300)  # what a page does in the 0.1 s before it crashes is lost with it
    opened.goto("chrome://crash")


@pytest.mark.flaky(reruns=1)
def test_rerun_fails(opened):
    opened.click("button")
    raise AssertionError("twice")


@pytest.mark.flaky(reruns=2)
@pytest.mark.recording("on-first-retry", title="the retry")
def test_first_retry(opened, request):
    assert request.node.execution_count == 3


@pytest.mark.flaky(reruns=1)
@pytest.mark.recording("retain-on-first-failure")
def test_first_failure(opened):
    raise AssertionError("twice")


@pytest.mark.recording("on")
def test_on_passes(opened):
    opened.click("button")


@pytest.mark.recording("off")
def test_off_fails_unrecorded(opened):
    raise AssertionError("off")


@pytest.mark.recording("sometimes")
def test_bad_marker_fails(opened):
    raise AssertionError("the marker is not understood")


@pytest.mark.recording(privacy="mask")
def test_masked_fails(opened):
    assert opened.inner_text("h1") == "secret"


@pytest.mark.parametrize("value", ["a/b", "ü" * 150, "con", "..", "x y"])
def test_odd_fails(opened, value):
    opened.click("button")
    assert value is None


def test_subtest_fails(opened, subtests):
    with subtests.test("one"):
        assert opened.inner_text("h1") == "one"
    opened.click("button")
    with subtests.test("two"):
        pass


def test_soft_fails(opened):
    expect.soft(opened.locator("h1")).to_have_text("soft", timeout=50)
    opened.click("button")


def test_check_fails(opened):
    check.equal(opened.inner_text("h1"), "first")
    opened.click("button")
    with check:
        assert opened.inner_text("h1") == "second"


def test_two_contexts_fails(opened, browser):
    other = browser.new_context()
    other.new_page().set_content(HTML)
    raise AssertionError("two contexts, one still open")


@pytest.mark.xfail(strict=True)
def test_expected_to_break(opened):
    raise AssertionError("expected")


def test_skipped_inside(opened):
    pytest.skip("later")


def test_own_recording_fails(context, tmp_path):
    import harness

    page = context.new_page()
    with harness.record(context, tmp_path / "own.replay"):
        page.set_content(HTML)
        page.click("button")
    assert (tmp_path / "own.replay").exists()
    raise AssertionError("own")


class TestUnit(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def _page(self, opened):
        self.page = opened

    def test_unittest_fails(self):
        self.page.click("button")
        self.assertEqual(self.page.inner_text("h1"), "unit")
