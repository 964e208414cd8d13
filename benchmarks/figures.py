"""What a measurement brings: figures with their spread and what was promised of them, and a run's settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from playwright.async_api import Browser


@dataclass(frozen=True)
class Run:
    """What a part is given. `browser` is shared by the parts; `directory` is the part's own, empty, and temporary."""

    browser: Browser
    directory: Path
    quick: bool = False
    corpus: str | None = None


@dataclass(frozen=True)
class Spread:
    """The median of several values, with the smallest and the largest."""

    middle: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        return cls(median(values), min(values), max(values))

    @classmethod
    def of_ratios(cls, above: Sequence[float], below: Sequence[float]) -> Spread:
        """Return the spread of the quotients of values that were measured in pairs, one right after the other."""
        return cls.of([a / b for a, b in zip(above, below, strict=True)])


@dataclass(frozen=True)
class Figure:
    """One line of the table. `must` is the promise in words; `met` is None where nothing is promised."""

    what: str
    spread: Spread
    unit: str = ""
    digits: int = 0
    must: str = ""
    met: bool | None = None

    def shown(self, value: float) -> str:
        return f"{value:,.{self.digits}f}{self.unit}"

    def as_json(self) -> dict[str, Any]:
        spread = {"median": self.spread.middle, "low": self.spread.low, "high": self.spread.high}
        return {"what": self.what, **spread, "unit": self.unit.strip(), "must": self.must, "met": self.met}


@dataclass
class Part:
    """One measurement. `skipped` says why there are no figures; `samples` are the single values, for the JSON."""

    title: str
    figures: list[Figure] = field(default_factory=list)
    skipped: str | None = None
    samples: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0  # how long it took

    def as_json(self) -> dict[str, Any]:
        figures = [figure.as_json() for figure in self.figures]
        about = {"title": self.title, "skipped": self.skipped, "seconds": round(self.seconds, 1)}
        return {**about, "figures": figures, "samples": self.samples}
