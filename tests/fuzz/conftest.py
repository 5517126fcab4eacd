"""Assertions of the fuzz's helpers shall say what differs."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite(
    "tests.fuzz.checks", "tests.fuzz.devices", "tests.fuzz.world", "tests.fuzz.real_server"
)
