"""What all tests share: the same run draws the same examples, so that red means that the code changed."""

from __future__ import annotations

import pytest
from hypothesis import settings

# `pytest --hypothesis-profile=default` draws others each time, for a soak.
# Without a deadline: a busy machine fails nothing.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """What tests that are coroutines run on."""
    return "asyncio"
