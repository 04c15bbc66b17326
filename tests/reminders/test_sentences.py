"""Plain sentences about reminders."""

from __future__ import annotations

import asyncio
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from wooster.reminders import sentences
from wooster.schedule.phrases import Context

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("remind me to call Ana tomorrow at 5", "to call Ana tomorrow at 5"),
        ("remind me to water the plants", "to water the plants"),
        ("ping me at 3pm about the report", "at 3pm about the report"),
        ("don't let me forget to ring Dad tomorrow", "to ring Dad tomorrow"),
        ("every Monday at 9 remind me to send it", "to send it every Monday at 9"),
        ("add a reminder for the vet at noon, please", "the vet at noon"),
        ("remind me who wrote Hamlet", None),
        ("remind me again in 10 minutes", None),
        ("ping me about the report", None),
        ("don't let me forget to ring Dad", None),
        ("that song reminds me of Porto", None),
    ],
)
async def test_a_reminder_says_its_time_or_what_to_do(said: str, text: str | None) -> None:
    """Else it is a question, or talk."""
    now = Context(datetime(2026, 11, 26, 9, 30, tzinfo=BERLIN))
    await asyncio.to_thread(sentences._asked, "remind me to", now)  # its libraries load
    found = await sentences.asked_for(lambda: now)(said)
    assert found == (None if text is None else {"text": text})


@pytest.mark.parametrize(
    ("said", "is_asked"),
    [
        ("which reminders do I have for today?", True),
        ("any reminders for tomorrow?", True),
        ("list all reminders", True),
        ("reminders never work for me", False),
    ],
)
async def test_which_reminders_there_are_is_asked(said: str, is_asked: bool) -> None:
    """In many ways; talk of reminders is none."""
    assert await sentences.listed(said) == ({} if is_asked else None)
