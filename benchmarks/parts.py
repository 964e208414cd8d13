"""The parts of `make bench`, in the order in which they run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from benchmarks import (
    binding,
    journeys,
    killed,
    last_events,
    long,
    page_cost,
    pytest_suite,
    python_cost,
    signals,
    storm,
    torture,
)
from benchmarks.figures import Part, Run

PARTS: dict[str, Callable[[Run], Awaitable[Part]]] = {
    "binding": binding.run,
    "last-events": last_events.run,
    "killed": killed.run,
    "journeys": journeys.run,
    "signals": signals.run,
    "page-cost": page_cost.run,
    "python": python_cost.run,
    "storm": storm.run,
    "long": long.run,
    "pytest": pytest_suite.run,
    "torture": torture.run,
}

# What a check of some minutes leaves out, unless it is asked for by name.
SLOW = ("signals", "storm", "pytest", "torture")
