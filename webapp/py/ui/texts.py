"""What the interface kit itself tells people."""

from __future__ import annotations

CLOSE = "Close"
