"""Which actions on habits plain sentences are for, and what of each sentence is theirs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from wooster.actions.action import Action
from wooster.habits import saying
from wooster.habits.model import Habit
from wooster.habits.service import Habits

Reads = Callable[[str], Awaitable[dict[str, Any] | None]]


def with_sentences(actions: Sequence[Action[Any]], habits: Habits) -> list[Action[Any]]:
    """`actions`, with what people say for some of them."""

    def over_all(
        read: Callable[[str, Sequence[Habit]], dict[str, Any] | None], may_be: Callable[[str], bool]
    ) -> Reads:
        async def reads(sentence: str) -> dict[str, Any] | None:
            return read(sentence, await habits.all()) if may_be(sentence) else None

        return reads

    def of_words(read: Callable[[str], dict[str, Any] | None]) -> Reads:
        async def reads(sentence: str) -> dict[str, Any] | None:
            return read(sentence)

        return reads

    said: dict[str, tuple[Reads, tuple[str, ...]]] = {
        "habits": (of_words(saying.due), saying.DUE),
        "habits_stats": (over_all(saying.streak, saying.may_be_streak), saying.STREAKS),
        "habits_add": (of_words(saying.new), saying.NEW),
        "habits_checkin": (over_all(saying.done, saying.may_be_done), saying.DONE),
    }
    found = [
        replace(each, reads=said[each.name][0], examples=said[each.name][1])
        if each.name in said
        else each
        for each in actions
    ]
    assert sum(each.reads is not None for each in found) == len(said)
    return found
