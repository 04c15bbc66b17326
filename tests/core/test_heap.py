"""What is freed goes back to the system."""

from __future__ import annotations

import psutil
import pytest

from wooster.core.heap import give_back


def test_pages_between_what_stays_are_given_back() -> None:
    """A hundred megabytes in small pieces, of which one in sixty-four stays: most of it is the
    system's again."""
    process = psutil.Process()
    pieces = [bytes(2000) for _ in range(50_000)]
    stays = pieces[::64]
    full_mb = process.memory_info().rss / 1e6
    pieces.clear()
    if not give_back():
        pytest.skip("this C library gives pages back by itself")
    assert len(stays) == 782
    assert full_mb - process.memory_info().rss / 1e6 > 50
