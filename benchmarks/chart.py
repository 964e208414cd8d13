"""The chart of docs/performance.md: each promised figure beside what was promised, as an SVG without any library.

`python -m benchmarks.chart RESULTS.json… [-o FILE]` draws the figures of one or more runs; of a part that is in several
of them the last one counts. `make bench` draws its own run: into docs/performance.svg, or if it was a quick or partial
one beside its JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import click

CHART = Path("docs/performance.svg")
_PROMISE = re.compile(r"([≤≥])\s*([\d.,]*\d)")
_LABEL, _BAR, _VALUE, _ROW, _TOP, _SIDE = 330, 360, 200, 22, 64, 14
_MOST = 2.0  # as many times the promise as the chart is wide
_TITLE = "What recording and replaying cost, as shares of what is promised"
_STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1f2328 } .dim { fill: #656d76 } .part { font-weight: 600 }
.met { fill: #2da44e } .missed { fill: #cf222e } .spread { stroke: #1f2328; stroke-width: 1 }
.promise { stroke: #656d76; stroke-dasharray: 3 3 } .ground { fill: #fff }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .dim { fill: #9198a1 } .ground { fill: #0d1117 }
  .spread { stroke: #e6edf3 } .promise { stroke: #9198a1 }
}
""".strip()


@dataclass(frozen=True)
class Bar:
    """One figure as shares of its promise: 1 is just kept, more is missed, whichever way it is promised."""

    what: str
    value: str
    middle: float
    low: float
    high: float
    met: bool


def bar_of(figure: dict[str, Any]) -> Bar | None:
    """Return the bar of a figure as it stands in the JSON; None where no number is promised."""
    promise = _PROMISE.search(figure["must"])
    if promise is None or figure["met"] is None:
        return None
    limit = float(promise[2].replace(",", ""))
    values = [float(figure[key]) for key in ("median", "low", "high")]
    if promise[1] == "≤":
        shares = [value / limit for value in values]
    else:
        shares = [limit / value if value > 0 else _MOST for value in values]
    unit = figure["unit"]
    shown = f"{_number(values[0])}{'' if unit in ('×', '') else ' '}{unit}, promised {figure['must']}"
    return Bar(figure["what"].strip(), shown, shares[0], min(shares[1:]), max(shares[1:]), bool(figure["met"]))


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 20 else f"{value:.2f}".rstrip("0").rstrip(".")


def chart(runs: Sequence[dict[str, Any]]) -> str:
    """Return the SVG of one or more runs, as `python -m benchmarks` writes them."""
    parts: dict[str, list[Bar]] = {}
    for run in runs:
        for part in run["parts"]:
            bars = [bar for figure in part["figures"] if (bar := bar_of(figure)) is not None]
            if bars:
                parts.pop(part["title"], None)
                parts[part["title"]] = bars
    machine = runs[-1]["machine"]
    days = sorted({run["machine"]["time"][:10] for run in runs})
    when = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    about = f"{machine['system']}, {machine['cpus']} cores, Python {machine['python']}, {when}"
    if any(run["machine"]["quick"] for run in runs):
        about += "; few runs: a check, not figures to keep"
    height = _TOP + sum(_ROW * (len(bars) + 1) + 6 for bars in parts.values()) + _SIDE
    width = _SIDE * 2 + _LABEL + _BAR + _VALUE + 110
    left = _SIDE + _LABEL
    one = left + _BAR / _MOST
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    how = f"Shorter is better; median, line: lowest to highest. {escape(about)}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
        f"<title>{_TITLE}</title><style>{_STYLE}</style>",
        f'<rect class="ground" width="{width}" height="{height}"/>',
        f'<text x="{_SIDE}" y="22" class="part">{_TITLE}</text>',
        f'<text x="{_SIDE}" y="40" class="dim">{how}</text>',
        f'<line class="promise" x1="{one}" x2="{one}" y1="{_TOP - 8}" y2="{height - _SIDE}"/>',
        f'<text class="dim" x="{one}" y="{_TOP - 10}" text-anchor="middle">promised</text>',
    ]
    y = _TOP
    for title, bars in parts.items():
        lines.append(f'<text x="{_SIDE}" y="{y + 15}" class="part">{escape(title)}</text>')
        y += _ROW
        for bar in bars:
            lines += _row(bar, y, left)
            y += _ROW
        y += 6
    return "\n".join([*lines, "</svg>", ""])


def _row(bar: Bar, y: int, left: int) -> list[str]:
    def at(share: float) -> float:
        return round(left + _BAR * min(max(share, 0), _MOST) / _MOST, 1)

    end, state = at(bar.middle), "met" if bar.met else "missed"
    value = escape(bar.value) + ("" if bar.met else ": missed")
    return [
        f'<text x="{_SIDE + 10}" y="{y + 15}">{escape(bar.what)}</text>',
        f'<rect class="{state}" x="{left}" y="{y + 5}" width="{max(1.0, round(end - left, 1))}" height="12"/>',
        f'<line class="spread" x1="{at(bar.low)}" x2="{at(bar.high)}" y1="{y + 11}" y2="{y + 11}"/>',
        f'<text class="dim" x="{left + _BAR + 10}" y="{y + 15}">{value}</text>',
    ]


@click.command()
@click.argument("results", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), default=CHART, show_default=True)
def main(results: tuple[Path, ...], output: Path) -> None:
    """Draw the figures of RESULTS, the JSON files of `python -m benchmarks`."""
    output.write_text(chart([json.loads(path.read_text("utf-8")) for path in results]), "utf-8")
    click.echo(f"Chart: {output}")


if __name__ == "__main__":
    main()
