"""What a feature page is put through: a list of steps in the comment at its top.

<!-- steps
context {"color_scheme": "dark"}     keywords of Playwright's new_context; first, if at all
check                                the replay of this moment must look like the page
run document.body.append(p)          JavaScript, awaited; `wait` repeats it until it is true
click #more
check-paused                         the same with animations where they stand, not at their end
check after the click
-->
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_BLOCK = re.compile(r"<!--\s*steps\n(.*?)-->", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Step:
    verb: str
    argument: str


@dataclass(frozen=True, slots=True)
class FeaturePage:
    name: str
    context: dict[str, Any]
    steps: list[Step]

    @property
    def scale(self) -> float:
        """Pixels of the device a CSS px."""
        return float(self.context.get("device_scale_factor", 1))


def read(path: Path) -> FeaturePage:
    """Return the page's steps; a page without any is checked once. Raises ValueError for a line that is no step."""
    found = _BLOCK.search(path.read_text(encoding="utf-8", errors="replace"))
    lines = [line.strip() for line in found[1].splitlines()] if found else []
    steps = [Step(*_split(line)) for line in lines if line]
    context: dict[str, Any] = {}
    if steps and steps[0].verb == "context":
        context = json.loads(steps.pop(0).argument)
    return FeaturePage(path.stem, context, steps or [Step("check", "")])


def _split(line: str) -> tuple[str, str]:
    verb, _, argument = line.partition(" ")
    return verb, argument.strip()
