"""`harness info`: what is in a recording."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.fidelity import shares, worst_line
from harness.cli.paths import PATH
from harness.cli.units import counted, duration, moment, printable, size

if TYPE_CHECKING:
    from harness.storage import RecordingReader

SHOWN = 10  # of each list; --json has them all


@click.command()
@click.argument("file", type=PATH)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object, for programs.")
def command(file: Path, as_json: bool) -> None:
    """Say what is in a recording."""
    from harness.replay.info import recording_info
    from harness.storage import RecordingReader

    with RecordingReader(file) as reader:
        info = recording_info(reader)
        info["omitted_resources"] = [
            {"t": o.t, "page": o.page, "url": o.url, "reason": o.reason, "size": o.size} for o in reader.index.omitted
        ]
        if as_json:
            click.echo(json.dumps(info, indent=2))
        else:
            _print(file, _lines(info, reader))


def _lines(info: dict[str, Any], reader: RecordingReader) -> list[tuple[str, str]]:
    """Return (label, text) pairs; a label is empty where a list goes on."""
    browser = info["browser"] if isinstance(info["browser"], dict) else {}
    complete = "yes" if info["complete"] else "no: the recorder did not end as it should; what was written can be read"
    kinds = list(info["kinds"].items())
    shown = ", ".join(f"{printable(kind)} {count:,}" for kind, count in kinds[:SHOWN])
    lines = [
        ("title", printable(info["title"] or "-")),
        ("status", info["status"]),
        ("recorded", moment(info["started_at"])),
        ("duration", duration(info["duration_ms"])),
        ("complete", complete),
        ("size", f"{size(info['size_bytes'])} in {counted(info['segments'], 'segment')}"),
        ("events", f"{info['events']:,}: {shown}" + (", …" if len(kinds) > SHOWN else "")),
        ("signals", ", ".join(f"{name} {count:,}" for name, count in info["signals"].items() if count) or "none"),
        ("lost", _lost(info["lost_events"], reader)),
        ("privacy", printable(info["privacy"] or "-")),
        ("browser", printable(" ".join(str(browser.get(key) or "") for key in ("name", "version")).strip() or "-")),
        ("written by", f"harness {printable(info['harness_version'])}, format version {info['format_version']}"),
    ]
    origin = reader.header.get("recovered_from")
    if isinstance(origin, dict):
        lines.append(("recovered", f"from {printable(origin.get('file'))}"))
    lines += _listed(
        "pages",
        [
            f"{page['id']}  {_span(page)}  {printable(page['url'])}  {printable(page['title'], 80)}".rstrip()
            for page in info["pages"]
        ],
    )
    lines += _listed("marks", [f"{duration(mark['t'])}  {printable(mark['label'])}" for mark in info["marks"]])
    lines.append(("assets", f"{counted(info['assets'], 'file')}, {size(info['asset_bytes'])}"))
    if info["fidelity"]:
        lines += _fidelity(info["fidelity"])
    reasons = Counter(omitted["reason"] or "?" for omitted in info["omitted_resources"])
    if reasons:
        by_reason = ", ".join(f"{printable(reason)} {count}" for reason, count in reasons.most_common())
        lines.append(("left out", f"{sum(reasons.values())}: {by_reason}"))
        lines += [("", line) for _, line in _listed("", [printable(o["url"]) for o in info["omitted_resources"]])]
    return lines


def _lost(known: int | None, reader: RecordingReader) -> str:
    """Return what is lost in the words of `harness recover`."""
    at_least = reader.index.lost_events
    if known is None:
        return "an unknown number of events" + (f", at least {at_least:,}" if at_least else "")
    if not known and not reader.complete:
        return "0 events of the file; its last moment may be missing"
    return counted(known, "event")


def _fidelity(verdict: dict[str, Any]) -> list[tuple[str, str]]:
    checks = f"{verdict['good']} of {counted(verdict['checks'], 'check')} reproduced"
    return _listed("fidelity", [f"{checks}; {shares(verdict)}", *(worst_line(score) for score in verdict["worst"])])


def _span(page: dict[str, Any]) -> str:
    closed = "" if page["closed_ms"] is None else duration(page["closed_ms"])
    return f"{duration(page['opened_ms'])} – {closed}".rstrip()


def _listed(label: str, items: list[str]) -> list[tuple[str, str]]:
    rest = len(items) - SHOWN
    shown = [*items[:SHOWN], f"… and {rest} more"] if rest > 0 else items
    return [(label if not at else "", item) for at, item in enumerate(shown)]


def _print(file: Path, lines: list[tuple[str, str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    if not console.is_terminal:
        click.echo(str(file))
        for label, text in lines:
            click.echo(f"  {label:<11} {text}")
        return
    table = Table.grid(padding=(0, 2))
    for label, text in lines:
        table.add_row(Text(label, style="dim"), Text(text, overflow="fold"))
    console.print(Text(str(file), style="bold"))
    console.print(table)
