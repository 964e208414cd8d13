"""Which attempts of a test are recorded, and which recordings are kept: the meaning of the modes.

They are those of Playwright Test's `trace` option.
"""

from __future__ import annotations

from harness.pytest.options import Mode


def is_recorded(mode: Mode, attempt: int) -> bool:
    """Return whether this attempt (from 1) is recorded."""
    if mode == "off":
        return False
    if mode == "on-first-retry":
        return attempt == 2
    return attempt == 1 or mode != "retain-on-first-failure"


def is_kept(mode: Mode, attempt: int, *, failed: bool) -> bool:
    """Return whether the recording of an attempt that is over is kept."""
    return is_recorded(mode, attempt) and (failed or mode in ("on", "on-first-retry"))
