"""What a run, and a single test by its marker, is asked to record: command line before ini file before default."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, cast, get_args

import pytest

Mode = Literal["off", "on", "retain-on-failure", "on-first-retry", "retain-on-first-failure"]
MODES: tuple[str, ...] = get_args(Mode)
PRIVACY = ("allow", "mask-user-input", "mask")

DEFAULT_MODE: Mode = "retain-on-failure"
DEFAULT_DIRECTORY = "recordings"
DEFAULT_RUN_MB = 1000.0
DEFAULT_TEST_MB = 100.0

MARKER = (
    "recording(mode, *, privacy, title, html, max_mb): how harness records this test; "
    "mode is one of off, on, retain-on-failure, on-first-retry, retain-on-first-failure"
)
_MARKER_OPTIONS = ("privacy", "title", "html", "max_mb")


@dataclass(frozen=True, slots=True)
class Settings:
    """`html`: write an HTML export beside each kept recording. Sizes are megabytes, rates per cent."""

    mode: Mode
    directory: Path
    html: bool
    privacy: str | None  # None: what the project's settings say, else `allow`
    run_mb: float
    test_mb: float
    sample_rate: float
    title: str | None = None
    enabled: bool = True  # False: --recording=off was said, and no marker counts


def add_options(parser: pytest.Parser) -> None:
    """Add the options and, for each, an ini option with the same meaning."""
    group = parser.getgroup("harness", "recording browser tests (harness)")
    group.addoption(
        "--recording",
        choices=MODES,
        default=None,
        help=f"Record the browser contexts that tests open, and which recordings to keep. Default: {DEFAULT_MODE}.",
    )
    group.addoption(
        "--recording-dir",
        metavar="DIR",
        default=None,
        help=f"Directory of the recordings. Default: {DEFAULT_DIRECTORY}.",
    )
    group.addoption(
        "--recording-html",
        action="store_true",
        default=None,
        help="Also write each kept recording as one HTML file that opens without harness.",
    )
    group.addoption(
        "--recording-privacy",
        choices=PRIVACY,
        default=None,
        help="What of the pages is recorded. Default: what [tool.harness.privacy] says, else allow.",
    )
    group.addoption(
        "--recording-max-mb",
        type=float,
        metavar="MB",
        default=None,
        help=f"Most that the run keeps; the oldest passing tests go first. Default: {DEFAULT_RUN_MB:g}.",
    )
    group.addoption(
        "--recording-test-max-mb",
        type=float,
        metavar="MB",
        default=None,
        help=f"Most that one recording keeps; its beginning goes first. Default: {DEFAULT_TEST_MB:g}.",
    )
    group.addoption(
        "--recording-sample",
        type=float,
        metavar="PERCENT",
        default=None,
        help="Share of the tests that is recorded, chosen by node id and run. Default: 100.",
    )
    parser.addini("harness_recording", "default of --recording", default=None)
    parser.addini("harness_recording_dir", "default of --recording-dir", default=None)
    parser.addini("harness_recording_html", "default of --recording-html", type="bool", default=False)
    parser.addini("harness_recording_privacy", "default of --recording-privacy", default=None)
    parser.addini("harness_recording_max_mb", "default of --recording-max-mb", default=None)
    parser.addini("harness_recording_test_max_mb", "default of --recording-test-max-mb", default=None)
    parser.addini("harness_recording_sample", "default of --recording-sample", default=None)


def settings_of(config: pytest.Config) -> Settings:
    """Return what the run was asked for. Raises pytest.UsageError for an ini value that means nothing."""

    def given(name: str) -> Any:
        value = config.getoption(name)
        return config.getini(f"harness_{name}") or None if value is None else value

    def number(name: str, default: float) -> float:
        value = given(name)
        try:
            found = default if value is None else float(value)
        except ValueError:
            found = -1.0
        if found < 0:
            raise pytest.UsageError(f"harness_{name} is {value!r}; give a number from 0 up")
        return found

    def choice(name: str, choices: tuple[str, ...], default: str) -> str:
        value = given(name) or default
        if value and value not in choices:
            raise pytest.UsageError(f"harness_{name} is {value!r}; give one of {', '.join(choices)}")
        return str(value)

    sample_rate = number("recording_sample", 100.0)
    if sample_rate > 100:
        raise pytest.UsageError(f"harness_recording_sample is {sample_rate:g}; give a percentage from 0 to 100")
    return Settings(
        mode=cast(Mode, choice("recording", MODES, DEFAULT_MODE)),
        directory=Path(config.invocation_params.dir, given("recording_dir") or DEFAULT_DIRECTORY),
        html=bool(given("recording_html")),
        privacy=choice("recording_privacy", PRIVACY, "") or None,
        run_mb=number("recording_max_mb", DEFAULT_RUN_MB),
        test_mb=number("recording_test_max_mb", DEFAULT_TEST_MB),
        sample_rate=sample_rate,
        enabled=config.getoption("recording") != "off",
    )


def settings_for(item: pytest.Item, settings: Settings) -> Settings:
    """Return the settings with what the test's own marker says, the nearest marker first.

    Raises ValueError, in one line, for a marker that cannot be understood.
    """
    for marker in reversed(list(item.iter_markers("recording"))):
        unknown = set(marker.kwargs) - set(_MARKER_OPTIONS)
        if len(marker.args) > 1 or unknown:
            what = ", ".join(sorted(unknown)) or "more than one argument"
            raise ValueError(f"@pytest.mark.recording does not know {what}; it takes {MARKER.partition(';')[0]}")
        given = dict(marker.kwargs)
        if marker.args:
            if marker.args[0] not in MODES:
                raise ValueError(f"@pytest.mark.recording({marker.args[0]!r}): give one of {', '.join(MODES)}")
            given["mode"] = marker.args[0]
        if given.get("privacy", "allow") not in PRIVACY:
            raise ValueError(f"@pytest.mark.recording: privacy is {given['privacy']!r}; one of {', '.join(PRIVACY)}")
        if "max_mb" in given:
            given["test_mb"] = float(given.pop("max_mb"))
        settings = replace(settings, **given)
    return settings
