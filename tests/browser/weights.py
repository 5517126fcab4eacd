"""How long each file of browser tests takes: the longest comes first, so that all processes end together."""

from __future__ import annotations

OTHER = 20
"""Seconds of a file that is not listed yet."""
SECONDS: dict[str, int] = {}
