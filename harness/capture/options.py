"""What a recording is asked to be."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from harness.capture.sampling import is_sampled
from harness.capture.signals.sink import SIGNALS
from harness.errors import UsageError
from harness.fidelity.pixels import require_pillow
from harness.privacy.settings import PrivacySettings, privacy_settings

Privacy = Literal["allow", "mask-user-input", "mask"]
Start = Literal["auto", "manual"]


@dataclass(frozen=True, kw_only=True)
class RecordingOptions:
    """Options of `harness.record`. Rates are percentages; `sample_seed` (default: a fresh one) decides them for
    good."""

    title: str | None = None
    privacy: Privacy | None = None  # None: what the project says, else `allow`
    privacy_rules: Sequence[Any] = ()
    unmask: Sequence[str] = ()
    secrets: Sequence[str] = field(default=(), repr=False)
    secret_env: Sequence[str] = ()
    settings: PrivacySettings = field(init=False, repr=False)
    start: Start = "auto"
    force: bool = False
    check: bool = False
    session_sample_rate: float = 100
    replay_sample_rate: float = 100
    sample_seed: str = field(default_factory=lambda: str(uuid.uuid4()))
    signals: frozenset[str] = frozenset(SIGNALS)
    metadata: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise UsageError for a level, start or rate that does not exist, or if checks cannot be made here."""
        if self.privacy is not None and self.privacy not in get_args(Privacy):
            raise UsageError(f"privacy is {self.privacy!r}; give one of {', '.join(get_args(Privacy))}")
        settings = privacy_settings(
            level=self.privacy,
            rules=self.privacy_rules,
            unmask=self.unmask,
            secrets=self.secrets,
            secret_env=self.secret_env,
        )
        object.__setattr__(self, "settings", settings)
        object.__setattr__(self, "privacy", settings.level)
        if self.start not in get_args(Start):
            raise UsageError(f"start is {self.start!r}; give one of {', '.join(get_args(Start))}")
        if self.check:
            require_pillow()
        _ = self.session_sampled, self.replay_sampled

    @property
    def session_sampled(self) -> bool:
        return is_sampled(self.sample_seed, "session", self.session_sample_rate)

    @property
    def replay_sampled(self) -> bool:
        return is_sampled(self.sample_seed, "replay", self.replay_sample_rate)


def chosen_signals(given: Collection[str] | Mapping[str, bool] | None) -> frozenset[str]:
    """Return the names of the signals to be taken: all without `given`, those in a set of names, or all but those that
    a mapping says are off.

    Raises UsageError for a name that there is not.
    """
    if given is None:
        return frozenset(SIGNALS)
    if unknown := set(given) - set(SIGNALS):
        raise UsageError(f"signals: there is no {sorted(unknown)[0]!r}; choose from {', '.join(SIGNALS)}")
    if isinstance(given, Mapping):
        return frozenset(name for name in SIGNALS if given.get(name, True))
    return frozenset(given)
