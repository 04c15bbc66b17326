"""What a person, or a model, can do with habits: begin them, check in, look, change them, rest.

Each write gives the action that takes it back, with its arguments.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from wooster.actions.action import Action, Nothing, Parameters
from wooster.core.days import LocalDays
from wooster.core.errors import UsageError
from wooster.core.patterns import Pattern
from wooster.core.text import ascii_asked, clean, plain
from wooster.core.units import Amount
from wooster.habits import choosing, phrases, showing
from wooster.habits.breaks import OVER, Breaks, Rested
from wooster.habits.model import Break, CheckIn, DatedRule
from wooster.habits.parameters import (
    Archive,
    CheckInRow,
    DoneParameters,
    Edit,
    NewHabit,
    Span,
    UndoneParameters,
    Unskip,
    Which,
    WhichDay,
)
from wooster.habits.phrases import Said
from wooster.habits.sentences import with_sentences
from wooster.habits.service import Changed, Habits
from wooster.wire.requests import ActionResult

_LATEST = 1
_TO = Pattern(r"(?P<habit>.+?)\s+to\s+(?P<new>.+)", re.IGNORECASE)


def actions(habits: Habits, breaks: Breaks, days: LocalDays) -> list[Action[Any]]:
    """All of them over the habits of one home."""
    found: list[Action[Any]] = [
        *_showing(habits, days),
        _add(habits),
        _check_in(habits, days),
        _uncheck(habits, days),
        _edit(habits),
        *_archiving(habits),
        *_resting(habits, breaks, days),
    ]
    return with_sentences(found, habits)


# --- showing ----------------------------------------------------------------------------------


def _showing(habits: Habits, days: LocalDays) -> list[Action[Any]]:
    async def today(_: Nothing) -> ActionResult:
        found = await habits.today()
        data = {"habits": [showing.look_data(each) for each in found]}
        return ActionResult(showing.today_text(found), data)

    async def stats(given: Which) -> ActionResult:
        words, ascii_only = ascii_asked(clean(given.habit))
        found = await habits.figures(words)
        data = {"habits": [showing.figures_data(each) for each in found]}
        if not words:
            return ActionResult(showing.all_figures_text(found), data)
        (one,) = found
        latest = await habits.latest(one.looked.habit.id, _LATEST)
        text = showing.figures_text(one, latest, days.today(), ascii_only=ascii_only)
        return ActionResult(text, data)

    async def listed(_: Nothing) -> ActionResult:
        found = await habits.all()
        data = {"habits": [showing.habit_data(each) for each in found]}
        return ActionResult(showing.list_text(found, days.today()), data)

    return [
        Action(
            name="habits",
            help="shows what is due today, what is done, and streaks",
            effect="read",
            parameters=Nothing,
            phrases=("habits",),
            handler=today,
        ),
        Action(
            name="habits_stats",
            help="shows streaks, rates and best days; of one habit, a calendar of what was done",
            effect="read",
            parameters=Which,
            phrases=("habit stats", "habit stats NAME", "/habits stats NAME"),
            handler=stats,
            rest="habit",
        ),
        Action(
            name="habits_list",
            help="lists all habits with their rules, also those in the archive",
            effect="read",
            parameters=Nothing,
            phrases=("list habits", "/habits list"),
            handler=listed,
        ),
    ]


# --- the habits themselves --------------------------------------------------------------------


def _add(habits: Habits) -> Action[NewHabit]:
    async def handle(given: NewHabit) -> ActionResult:
        said = phrases.parse_new(clean(given.habit))
        if given.rule.strip():
            apart = phrases.parse(clean(given.rule))
            if apart.name or not apart.has_rule:
                raise UsageError(
                    f"“{given.rule}” is no rule of a habit.", hint=f"Rules are {phrases.EXAMPLES}."
                )
            # Whoever gives the rule apart means all the rest as the name.
            said = replace(apart, name=clean(given.habit), remind_at=apart.remind_at)
        if given.remind_at.strip():
            said = replace(said, remind_at=_remind(given.remind_at))
        changed = await habits.add(said)
        return _changed("Begun", changed)

    return Action(
        name="habits_add",
        help="begins a habit: its name, then how often, and how much if you like",
        effect="write",
        parameters=NewHabit,
        phrases=("add habit NAME RULE", "/habits add NAME RULE"),
        handler=handle,
        rest="habit",
    )


def _edit(habits: Habits) -> Action[Edit]:
    async def handle(given: Edit) -> ActionResult:
        words, said = _edited(given)
        rules = [DatedRule(since, phrases.parse_rule(text)) for since, text in given.rules]
        changed = await habits.edit(words, said, sorted(rules, key=lambda each: each.since))
        return _changed("Changed", changed)

    return Action(
        name="habits_edit",
        help="changes a habit's rule, name or reminder; what was before stays as it was",
        effect="write",
        parameters=Edit,
        phrases=(
            "edit habit NAME: RULE",
            "rename habit NAME to NEW NAME",
            "/habits edit NAME: RULE",
        ),
        handler=handle,
        rest="habit",
    )


def _edited(given: Edit) -> tuple[str, Said]:
    """The words for a habit, and what it gets. A typed line has both."""
    words = clean(given.habit).strip()
    if given.name or given.rule or given.remind or given.rules:
        said = phrases.parse(clean(given.rule)) if given.rule.strip() else Said("")
        if said.name:
            raise UsageError(
                f"“{given.rule}” is no rule of a habit.", hint=f"Rules are {phrases.EXAMPLES}."
            )
        remind_at = _remind(given.remind) if given.remind.strip() else said.remind_at
        return words, replace(said, name=clean(given.name), remind_at=remind_at)
    name, colon, rest = words.partition(":")
    if colon and not name[-1:].isdigit():  # "read at 7:30" has no name before its colon
        said = phrases.parse(rest)
        if said.name:
            raise UsageError(
                f"“{said.name}” is no rule of a habit.", hint=f"Rules are {phrases.EXAMPLES}."
            )
        return name, said
    if match := _TO.fullmatch(words):
        said = phrases.parse(match["new"])
        # "read to 30 minutes daily" gets a rule, "read to study" a name.
        return match["habit"], said if not said.name else Said(match["new"])
    said = phrases.parse(words)
    return said.name, replace(said, name="")


def _remind(text: str) -> Any:
    if text.strip().casefold() in ("off", "none", "no"):
        return "off"
    said = phrases.parse(f"at {text.strip().removeprefix('at ')}")
    if said.remind_at is None:
        raise UsageError(f"“{text}” is no time of the clock.", hint="Say it as 07:30 or 7pm.")
    return said.remind_at


def _archiving(habits: Habits) -> list[Action[Any]]:
    async def delete(given: Archive) -> ActionResult:
        changed = await habits.archive(clean(given.habit), given.since, given.breaks)
        name = plain(changed.habit.name)
        text = f"{name} is in the archive; `restore habit #{changed.habit.id}` brings it back."
        return ActionResult(text, showing.habit_data(changed.habit), undo=changed.undo)

    async def restore(given: Which) -> ActionResult:
        return _changed("Back", await habits.restore(clean(given.habit)))

    return [
        Action(
            name="habits_delete",
            help="puts a habit into the archive, with all that is known of it",
            effect="write",
            parameters=Archive,
            phrases=("delete habit NAME", "/habits delete NAME"),
            handler=delete,
            rest="habit",
        ),
        Action(
            name="habits_restore",
            help="brings a habit back from the archive",
            effect="write",
            parameters=Which,
            phrases=("restore habit NAME", "/habits restore NAME"),
            handler=restore,
            rest="habit",
        ),
    ]


def _changed(told: str, changed: Changed) -> ActionResult:
    habit = changed.habit
    return ActionResult(
        f"{told}: {showing.described(habit)}.", showing.habit_data(habit), undo=changed.undo
    )


# --- check-ins --------------------------------------------------------------------------------


def _check_in(habits: Habits, days: LocalDays) -> Action[DoneParameters]:
    async def handle(given: DoneParameters) -> ActionResult:
        if given.rows:
            rows = [_check_in_of(each) for each in given.rows]
            done = await habits.put_back(given.habit, rows)
        else:
            words, note = clean(given.habit), clean(given.note).strip()
            done = await habits.check_in(words, given.day, given.amount, note)
        text = showing.checked_in_text(done, days.today())
        return ActionResult(text, showing.check_in_data(done), undo=done.undo)

    return Action(
        name="habits_checkin",
        help="says that a habit was done: today or on another day, and how much if you like",
        effect="write",
        parameters=DoneParameters,
        phrases=("check in NAME", "check in NAME DAY AMOUNT", "/habits checkin NAME"),
        handler=handle,
        rest="habit",
        fits=habits.are_meant,
    )


def _check_in_of(row: CheckInRow) -> CheckIn:
    if row.at.tzinfo is None:
        raise UsageError(f"The instant {row.at.isoformat()} has no offset.", hint="Say +00:00.")
    amount = Amount(row.thousandths, row.unit) if row.thousandths and row.unit else None
    return CheckIn(row.id, 0, row.day, row.at, row.zone, amount, row.note)


def _uncheck(habits: Habits, days: LocalDays) -> Action[UndoneParameters]:
    async def handle(given: UndoneParameters) -> ActionResult:
        done = await habits.uncheck(clean(given.habit), given.day, given.check_ins)
        text = showing.unchecked_text(done, days.today())
        return ActionResult(text, showing.check_in_data(done), undo=done.undo)

    return Action(
        name="habits_uncheck",
        help="takes back that a habit was done, today or on another day",
        effect="write",
        parameters=UndoneParameters,
        phrases=("uncheck NAME", "uncheck NAME DAY", "/habits uncheck NAME"),
        handler=handle,
        rest="habit",
        fits=habits.are_meant,
    )


# --- breaks -----------------------------------------------------------------------------------


def _resting(habits: Habits, breaks: Breaks, days: LocalDays) -> list[Action[Any]]:
    async def are_days(words: str) -> bool:
        if words.casefold() in OVER:
            return True
        try:
            span = choosing.a_span(words, days.today())
        except UsageError:
            return False
        return span.last is not None and (not span.words or await habits.are_meant(span.words))

    def action(
        name: str, told: str, typed: tuple[str, ...], run: Callable[[Any], Awaitable[Rested]]
    ) -> Action[Any]:
        async def handle(given: Any) -> ActionResult:
            rested = await run(given)
            text = showing.rested_text(rested, days.today())
            return ActionResult(text, showing.rested_data(rested), undo=rested.undo)

        parameters, rest = _PARAMETERS[name]
        fits = are_days if name == "habits_vacation" else habits.are_meant
        return Action(name, told, "write", parameters, typed, handle, rest, fits=fits)

    async def unskip(given: Unskip) -> Rested:
        if given.put or given.drop:
            put = [Break(e.id, e.habit_id, e.kind, e.first, e.last) for e in given.put]
            return await breaks.exchange(put, given.drop)
        return await breaks.unskip(clean(given.habit), given.day)

    return [
        action(
            "habits_skip",
            "asks nothing of a habit on a day; its streak goes on",
            ("skip NAME", "skip NAME DAY", "/habits skip NAME"),
            lambda given: breaks.skip(clean(given.habit), given.day),
        ),
        action(
            "habits_unskip",
            "asks for a day again that was skipped",
            ("unskip NAME", "/habits unskip NAME"),
            unskip,
        ),
        action(
            "habits_vacation",
            "asks nothing of all habits, or of one, until a day; `vacation over` ends it",
            ("vacation WHEN", "/habits vacation WHEN"),
            lambda given: breaks.vacation(clean(given.when)),
        ),
        action(
            "habits_pause",
            "asks nothing of a habit until it is resumed",
            ("pause habit NAME", "/habits pause NAME"),
            lambda given: breaks.pause(clean(given.habit)),
        ),
        action(
            "habits_resume",
            "ends a habit's pause",
            ("resume habit NAME", "/habits resume NAME"),
            lambda given: breaks.resume(clean(given.habit)),
        ),
    ]


_PARAMETERS: dict[str, tuple[type[Parameters], str]] = {
    "habits_skip": (WhichDay, "habit"),
    "habits_unskip": (Unskip, "habit"),
    "habits_vacation": (Span, "when"),
    "habits_pause": (Which, "habit"),
    "habits_resume": (Which, "habit"),
}
