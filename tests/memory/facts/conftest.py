"""Facts over a database of their own, and short ways to say things."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wooster.config.settings import Semantic
from wooster.core.clock import ManualClock
from wooster.memory.facts import keys
from wooster.memory.facts.model import ME, RULES, Observation
from wooster.memory.facts.service import Facts
from wooster.storage import Database

START = datetime(2026, 1, 1, tzinfo=UTC)
ALL = Semantic.model_construct(
    enabled=True,
    fact_categories=["preference", "habit", "goal", "relationship", "schedule", "identity"],
)


def day(number: int) -> datetime:
    """So many days after the start."""
    return START + timedelta(days=number)


def observed(key: str, value: str, at: int, **more: Any) -> Observation:
    """Something the person said outright on that day, as the rules make it."""
    subject = more.pop("subject", ME)
    return replace(
        Observation(
            category=keys.of(key).category,
            subject=subject,
            key=key,
            value=value,
            statement=keys.statement(key, subject, value),
            confidence=0.9,
            source="explicit",
            made_by=RULES,
            quote=f"{key} {value}",
            observed=day(at),
        ),
        **more,
    )


@pytest.fixture
def changes() -> list[None]:
    """One entry for each time that the search was told of a change."""
    return []


@pytest.fixture
def facts(database: Database, clock: ManualClock, changes: list[None]) -> Facts:
    return Facts(database, clock, ALL, lambda: changes.append(None))
