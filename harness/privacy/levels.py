"""Privacy levels, as numbers that can be compared."""

from __future__ import annotations

ALLOW, MASK_USER_INPUT, MASK, HIDDEN = range(4)
LEVELS = {"allow": ALLOW, "mask-user-input": MASK_USER_INPUT, "mask": MASK, "hidden": HIDDEN}
