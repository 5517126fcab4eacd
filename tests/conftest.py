"""What all tests share: the same run draws the same examples, so that red means that the code changed."""

from __future__ import annotations

from hypothesis import settings

# `pytest --hypothesis-profile=default` draws others each time, for a soak.
settings.register_profile("repeatable", derandomize=True)
settings.load_profile("repeatable")
