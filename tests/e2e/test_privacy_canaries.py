"""What docs/privacy.md says of each place and level is so: what is not to be recorded is in no byte of anything."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

import harness
from harness.privacy.scan import Wanted, scan
from tests.privacy_site import PLACES, canaries, journey, site

TABLE = Path(__file__).parents[2] / "docs" / "privacy.md"
LEVELS = ("allow", "mask-user-input", "mask")


def promised() -> dict[str, dict[str, str]]:
    """Return {place: {level: `recorded` or `not`}} of the table."""
    rows = re.findall(
        r"^\| ([^|]+?) \| (recorded|not) \| (recorded|not) \| (recorded|not) \|$", TABLE.read_text("utf-8"), re.M
    )
    return {place: dict(zip(LEVELS, said, strict=True)) for place, *said in rows}


def record(browser: Browser, folder: Path, words: dict[str, str], **options: Any) -> Path:
    chosen = folder / f"{words['name of a chosen file']}.txt"
    chosen.write_text("content")
    path = folder / "run.replay"
    context = browser.new_context(accept_downloads=True)
    with (
        site(words) as url,
        harness.record(context, path, title=f"of {words['title of the recording']}", **options) as recording,
    ):
        journey(context, recording, url, words, str(chosen))
    context.close()
    chosen.unlink()
    return path


def found_in(path: Path, words: dict[str, str]) -> set[str]:
    """Return the places whose canary is in the file in any form."""
    hits = set()
    for place, word in words.items():
        if next(scan(path, Wanted([word], shapes=False)), None) is not None:
            hits.add(place)
    return hits


def test_the_table_has_a_row_for_every_place() -> None:
    assert sorted(promised()) == sorted(PLACES)
    assert len(PLACES) >= 60


@pytest.mark.parametrize("level", LEVELS)
def test_recorded_is_what_the_table_says(browser: Browser, tmp_path: Path, level: str) -> None:
    words = canaries()
    path = record(browser, tmp_path, words, privacy=level)
    found = found_in(path, words)
    said = promised()
    leaked = {place for place in found if said[place][level] == "not"}
    missing = {place for place in words if said[place][level] == "recorded"} - found
    assert (leaked, missing) == (set(), set())


JOURNEY = """
import json, os
from tests.privacy_site import journey as through

class Nowhere:
    def mark(self, *arguments, **data): pass

def journey(page):
    words = json.loads(os.environ["WORDS"])
    through(page.context, Nowhere(), os.environ["SITE"], words, os.environ["CHOSEN"])
    page.close()
"""


def test_named_secrets_are_in_no_byte_of_anything(browser_path: str, tmp_path: Path) -> None:
    words = canaries(8)
    names = {f"SECRET_{number}": word for number, word in enumerate(words.values())}
    place, temporary, chosen = tmp_path / "project", tmp_path / "temporary", tmp_path / words["name of a chosen file"]
    place.mkdir()
    temporary.mkdir()
    chosen.write_text("content")
    listed = ", ".join(f'"{name}"' for name in names)
    (place / "pyproject.toml").write_text(f"[tool.harness.privacy]\nsecret-env = [{listed}]\n")
    (place / "journey.py").write_text(JOURNEY)
    with site(words) as url:
        given = {"WORDS": json.dumps(words), "SITE": url, "CHOSEN": str(chosen), "TMPDIR": str(temporary), **names}
        environment = {**os.environ, **given, "PYTHONPATH": str(Path(__file__).parents[2])}
        said = run(["record", "journey.py", "-o", "run.replay", "--browser-path", browser_path], place, environment)
        for form in ("html", "json", "rrweb", "har", "script"):
            said += run(["export", form, "run.replay", "-o", f"run.{form}"], place, environment)
    made = [path for path in [*place.iterdir(), *temporary.rglob("*")] if path.is_file()]
    assert {"run.replay", "run.html", "run.json", "run.rrweb", "run.har", "run.script"} <= {path.name for path in made}
    wanted = Wanted(words.values(), shapes=False)
    assert {str(find) for path in made for find in scan(path, wanted)} == set()
    assert not wanted.within(said.encode())
    assert not [path.name for path in made if wanted.within(path.name.encode())]


def run(arguments: list[str], place: Path, environment: dict[str, str]) -> str:
    command = [sys.executable, "-c", "from harness.cli.main import main; main()", *arguments]
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr
