"""Options that `harness run` and `harness record` share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = [
    click.option(
        "--privacy",
        type=click.Choice(["allow", "mask-user-input", "mask"]),
        help="What is masked in the page; default: what pyproject.toml says, else allow.",
    ),
    click.option(
        "--privacy-rule",
        "privacy_rules",
        multiple=True,
        metavar="LEVEL=SELECTOR",
        callback=lambda _context, _option, texts: _rules(texts),
        help="The level of what a CSS selector fits (also LEVEL=@@URL, LEVEL=SELECTOR@@URL; * in a URL is anything).",
    ),
    click.option("--unmask", multiple=True, metavar="TEXT", help="A text that is shown; all others are then masked."),
    click.option(
        "--secret-env", multiple=True, metavar="NAME", help="An environment variable whose value is nowhere to be kept."
    ),
    click.option("--title", help="Name of the recording; default: the program's or page's."),
    click.option(
        "--start",
        type=click.Choice(["auto", "manual"]),
        default="auto",
        show_default=True,
        help="manual: record from harnessRecorder.start() in the page on.",
    ),
    click.option(
        "--signals",
        callback=lambda _context, _option, text: _signals(text),
        help="What to record besides the DOM: names with commas between them, or each with a minus for all but these "
        "(-bodies,-console); none for nothing. Default: all.",
    ),
    click.option(
        "--session-sample-rate", type=float, default=100, show_default=True, help="Percentage recorded at all."
    ),
    click.option(
        "--check", is_flag=True, help="Keep how the pages look at marks and at the end, and compare the replay with it."
    ),
    click.option("--replay-sample-rate", type=float, default=100, show_default=True, help="Percentage with the DOM."),
]


def _rules(texts: tuple[str, ...]) -> tuple[Any, ...]:
    from harness.privacy.settings import parse_rule

    return tuple(parse_rule(text) for text in texts)


def _signals(text: str | None) -> frozenset[str]:
    """Return the names that `--signals` chooses. Raises UsageError for one that there is not."""
    from harness.capture.options import chosen_signals

    names = [name.strip() for name in (text or "").split(",") if name.strip()]
    if not names or names == ["all"]:
        return chosen_signals(None)
    if names == ["none"]:
        return chosen_signals(())
    if all(name.startswith("-") for name in names):
        return chosen_signals({name[1:]: False for name in names})
    return chosen_signals(names)


def recording_options(command: F) -> F:
    """Add the options of `RecordingOptions` to a click command; they arrive under its field names."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
