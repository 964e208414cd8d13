"""What is to be private: from `[tool.harness.privacy]` of the nearest pyproject.toml, the command line, and Python.

[tool.harness.privacy]
level = "mask-user-input"          # unless the program or the command says another
patterns = true                    # personal data by its form, at the level `allow` too
unmask = ["Add to cart", "Total"]  # texts that are shown; all others are masked
secret-env = ["API_TOKEN"]         # environment variables whose values are nowhere to be kept
json = ["customer.*.note"]         # paths in JSON bodies

[[tool.harness.privacy.rules]]
selector = ".customer"             # or url, or both; `*` in a URL stands for anything
url = "*/admin/*"
level = "hidden"
"""

from __future__ import annotations

import functools
import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from harness.errors import UsageError
from harness.privacy.levels import LEVELS

RECORDING_LEVELS = ("allow", "mask-user-input", "mask")
_KEYS = {"level", "patterns", "unmask", "secret-env", "json", "rules"}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """The level of elements that `selector` fits, on pages whose URL `url` fits; without a selector of whole pages."""

    level: str
    selector: str | None = None
    url: str | None = None

    def as_config(self) -> dict[str, str]:
        parts = {"level": self.level, "selector": self.selector, "url": self.url}
        return {key: value for key, value in parts.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class PrivacySettings:
    """`level` is the recording's; `secrets` are values, not names."""

    level: str = "allow"
    rules: tuple[Rule, ...] = ()
    unmask: tuple[str, ...] = ()
    patterns: bool = False
    secrets: tuple[str, ...] = field(default=(), repr=False)
    json_paths: tuple[str, ...] = ()


def rule_of(value: Any, where: str) -> Rule:
    """Return the rule that a mapping describes. Raises UsageError, which begins with `where`."""
    if isinstance(value, Rule):
        value = value.as_config()
    if not isinstance(value, Mapping) or set(value) - {"level", "selector", "url"} or "level" not in value:
        raise UsageError(f"{where}: a privacy rule has a level, and a selector or a url or both")
    if value["level"] not in LEVELS:
        raise UsageError(f"{where}: the level is {value['level']!r}; give one of {', '.join(LEVELS)}")
    selector, url = value.get("selector"), value.get("url")
    if not all(part is None or (isinstance(part, str) and part) for part in (selector, url)) or not (selector or url):
        raise UsageError(f"{where}: a privacy rule needs a selector or a url, as text")
    return Rule(level=value["level"], selector=selector, url=url)


def parse_rule(text: str) -> Rule:
    """Return the rule of a command line: `LEVEL=SELECTOR`, `LEVEL=SELECTOR@@URL` or `LEVEL=@@URL`."""
    level, equals, rest = text.partition("=")
    selector, _, url = rest.partition("@@")
    if not equals:
        raise UsageError(f"--privacy-rule {text!r}: give LEVEL=SELECTOR, for example hidden=.customer")
    parts = {"level": level, **({"selector": selector} if selector else {}), **({"url": url} if url else {})}
    return rule_of(parts, f"--privacy-rule {text!r}")


def secret_of(name: str) -> str:
    """Return the value of an environment variable. Raises UsageError if it has none."""
    value = os.environ.get(name, "")
    if not value:
        raise UsageError(f"{name}: no such environment variable, or it is empty; a secret cannot be taken from it")
    return value


def privacy_settings(
    *,
    level: str | None = None,
    rules: Iterable[Any] = (),
    unmask: Iterable[str] = (),
    secrets: Iterable[str] = (),
    secret_env: Iterable[str] = (),
    patterns: bool | None = None,
    project: Path | None = None,
) -> PrivacySettings:
    """Return what the project says, with what is given here added or put first.

    `project` is the directory from which pyproject.toml is looked for, upwards; default: the current one. Raises
    UsageError for what cannot be meant.
    """
    base = _of_project(project or Path.cwd())
    added = tuple(rule_of(rule, "privacy_rules") for rule in rules)
    return replace(
        base,
        level=level or base.level,
        rules=base.rules + added,
        unmask=base.unmask + tuple(unmask),
        secrets=base.secrets + tuple(secrets) + tuple(secret_of(name) for name in secret_env),
        patterns=base.patterns if patterns is None else patterns,
    )


def _of_project(directory: Path) -> PrivacySettings:
    for folder in (directory, *directory.parents):
        path = folder / "pyproject.toml"
        if not path.is_file():
            continue
        try:
            table = _table_in(path.read_text("utf-8"))
        except (OSError, ValueError, AttributeError):
            return PrivacySettings()  # it is the program's file, and other tools say what is wrong with it
        return _parsed(table, f"{path}: [tool.harness.privacy]")
    return PrivacySettings()


@functools.lru_cache(maxsize=8)
def _table_in(text: str) -> Any:
    """Return what a pyproject.toml says of privacy; a run of many recordings reads the same one again and again."""
    return tomllib.loads(text).get("tool", {}).get("harness", {}).get("privacy", {})


def _parsed(table: Any, where: str) -> PrivacySettings:
    if not isinstance(table, dict):
        raise UsageError(f"{where} is no table")
    if unknown := set(table) - _KEYS:
        raise UsageError(f"{where}: {sorted(unknown)[0]!r} is not known; there are {', '.join(sorted(_KEYS))}")
    level = table.get("level", "allow")
    if level not in RECORDING_LEVELS:
        raise UsageError(f"{where}: the level is {level!r}; give one of {', '.join(RECORDING_LEVELS)}")
    rules = table.get("rules", [])
    if not isinstance(rules, list):
        raise UsageError(f"{where}: rules is no list of tables")
    return PrivacySettings(
        level=level,
        rules=tuple(rule_of(rule, where) for rule in rules),
        unmask=_texts(table, "unmask", where),
        patterns=bool(table.get("patterns", False)),
        secrets=tuple(secret_of(name) for name in _texts(table, "secret-env", where)),
        json_paths=_texts(table, "json", where),
    )


def _texts(table: dict[str, Any], key: str, where: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise UsageError(f"{where}: {key} is no list of texts")
    return tuple(value)
