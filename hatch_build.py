"""Build hook: the wheel holds js/ as harness/_js/, with the published files that js/published.lock.json names."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class JavaScriptBuildHook(BuildHookInterface[Any]):
    """Fetches what is missing in js/vendor, for a wheel and for an editable installation."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it builds; an exception stops the build."""
        if self.target_name != "wheel":
            return
        root = Path(self.root)
        _published(root).fetch_all(root / "js" / "vendor", say=self.app.display_info)
        if version != "editable":
            # File by file, so that what an editor left in js/ under a hidden name stays out.
            for file in sorted((root / "js").rglob("*")):
                if file.is_file() and not file.name.startswith("."):
                    build_data["force_include"][str(file)] = f"harness/_js/{file.relative_to(root / 'js').as_posix()}"


def _published(root: Path) -> Any:
    """Return the module harness.published without running harness/__init__.py, whose imports are not installed here."""
    package = ModuleType("harness")
    package.__path__ = [str(root / "harness")]
    sys.modules["harness"] = package
    return importlib.import_module("harness.published")
