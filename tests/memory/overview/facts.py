"""Facts to look at."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.conftest import NOON
from wooster.memory.facts.model import ME, Fact
from wooster.memory.overview.audit import audited
from wooster.memory.overview.model import Audit, Finding, GroupName, Held

YESTERDAY = NOON - timedelta(days=1)


def fact(number: int, key: str, value: str, **given: Any) -> Fact:
    """A valid fact of yesterday that a rule made of what the person said."""
    told: dict[str, Any] = {
        "category": "identity",
        "subject": ME,
        "statement": f"{key} {value}",
        "confidence": 0.9,
        "source": "explicit",
        "made_by": "rules",
        "quote": value,
        "observed": YESTERDAY,
        "valid_from": None,
        "valid_to": None,
        "ended": None,
        "replaced_by": None,
        "mentions": 1,
        **given,
    }
    return Fact(id=number, key=key, value=value, **told)


def over(number: int, key: str, value: str, replaced_by: int | None = None) -> Fact:
    """One that ended in the night."""
    until: datetime = NOON - timedelta(hours=10)
    return fact(number, key, value, valid_to=until, ended=until, replaced_by=replaced_by)


def held(*facts: Fact, **given: Any) -> Held:
    """What is stored of them: each was said in a turn that is there."""
    told: dict[str, Any] = {
        "sourced": frozenset(each.id for each in facts),
        "recalled": frozenset(),
        "never_recalled": 0,
        "old_episodes": (),
        "contradictions": (),
        **given,
    }
    return Held(facts=facts, **told)


def audit(*facts: Fact, **given: Any) -> Audit:
    return audited(held(*facts, **given), NOON)


def found(name: GroupName, *facts: Fact, **given: Any) -> list[Finding]:
    return list(audit(*facts, **given).of(name).findings)
