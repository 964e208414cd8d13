"""JUnit XML: the recording as a property of the test case (pytest writes those itself) and as an attachment line.

`[[ATTACHMENT|path]]` in `system-out` is what GitLab and Jenkins's JUnit Attachments show next to the test.
GitLab wants the path relative to the project's directory, Jenkins takes relative to the workspace.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from harness.pytest.saved import Saved


def attach(config: pytest.Config, report: Any, saved: list[Saved]) -> None:
    """Add the attachment lines to the test case of a report that is about to be logged."""
    xml = _xml_of(config)
    if xml is None:
        return
    lines = []
    for entry in saved:
        lines += [f"[[ATTACHMENT|{_path(config, path)}]]" for path in (entry.html, entry.path) if path]
    text = "\n".join(lines)
    if getattr(xml, "logging", "no") in ("system-out", "out-err", "all"):
        report.sections.append(("Captured stdout harness", text))  # pytest itself writes the element
        return
    from xml.etree import ElementTree

    element = ElementTree.Element("system-out")
    element.text = text
    xml.node_reporter(report).append(element)


def _xml_of(config: pytest.Config) -> Any:
    try:
        from _pytest.junitxml import xml_key

        return config.stash.get(xml_key, None)
    except ImportError:  # a pytest that keeps it elsewhere
        return None


def _path(config: pytest.Config, path: str) -> str:
    """Return the path relative to where the CI's project is checked out, else to where pytest was started."""
    for start in (os.environ.get("CI_PROJECT_DIR"), os.environ.get("WORKSPACE"), str(config.invocation_params.dir)):
        if start and Path(path).is_relative_to(start):
            return Path(path).relative_to(start).as_posix()
    return path
