"""Sampling: whether a recording is made at all, and whether it holds the DOM, decided once from a seedable hash."""

from __future__ import annotations

import hashlib

from harness.errors import UsageError


def is_sampled(seed: str, purpose: str, rate: float) -> bool:
    """Return whether `seed` falls below `rate` percent (0-100). The same seed and purpose always give the same answer.

    The hash is SHA-256 of "purpose:seed"; its first 8 bytes, as a fraction, are uniform in [0, 1).
    Raises UsageError for a rate that is no number from 0 to 100.
    """
    if not isinstance(rate, (int, float)) or not 0 <= rate <= 100:
        raise UsageError(f"{purpose}_sample_rate is {rate!r}; give a percentage from 0 to 100")
    digest = hashlib.sha256(f"{purpose}:{seed}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 * 100 < rate
