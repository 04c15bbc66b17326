"""What accepting a pattern makes: the actions that a person could type themselves.

Pure. It knows the actions' names and arguments, and refuses to know how they are run.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

from wooster.insights.model import Event, Offer, Tested

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAILY_A_WEEK = 5.5
_STEP_MIN = 5


def offers(tested: Tested) -> list[Offer]:
    """The first is what is made unless another is named."""
    subject = tested.subject
    if tested.kind == "topic":
        return _of_a_topic(subject.name)
    if tested.kind == "stall":
        text = f"next step: {subject.name}"
        return [Offer("task", "tasks_add", {"text": text}, f"a next action “{text}”")]
    if subject.kind == "habit":
        return _of_a_habit(tested)
    return [_habit(tested)]


def _of_a_topic(name: str) -> list[Offer]:
    said = name[:1].upper() + name[1:]
    return [
        Offer("project", "projects_new", {"name": said}, f"a project “{said}”"),
        Offer("goal", "goals_set", {"goal": said}, f"a goal “{said}”"),
        Offer("task", "tasks_add", {"text": name}, f"a next action “{name}”"),
        Offer(
            "habit", "habits_add", {"habit": said, "rule": "weekly"}, f"a habit “{said}”, weekly"
        ),
    ]


def _of_a_habit(tested: Tested) -> list[Offer]:
    which = f"#{tested.subject.number}"
    if tested.kind == "time":
        at = f"{_middle(tested):%H:%M}"
        return [
            Offer("reminder", "habits_edit", {"habit": which, "remind": at}, f"a reminder at {at}")
        ]
    if tested.kind == "breaks":
        kept = [each for number, each in enumerate(WEEKDAYS, 1) if number != tested.weekday]
        rule = f"on {', '.join(kept[:-1])} and {kept[-1]}"
        told = f"a rule without {WEEKDAYS[tested.weekday - 1]}s"
        return [Offer("rule", "habits_edit", {"habit": which, "rule": rule}, told)]
    if tested.subject.rhythm != 1:
        return []  # of three times a week, one weekday is no rule
    day = WEEKDAYS[tested.weekday - 1]
    rule = f"every {day}"
    return [
        Offer(
            "rule", "habits_edit", {"habit": which, "rule": rule}, f"a rule of its own: every {day}"
        )
    ]


def _habit(tested: Tested) -> Offer:
    """Of a task or an event that comes again and again."""
    name = tested.subject.name
    if tested.kind == "weekday":
        rule = f"every {WEEKDAYS[tested.weekday - 1]}"
        return Offer(
            "habit", "habits_add", {"habit": name, "rule": rule}, f"a habit “{name}”, {rule}"
        )
    rule, at = _how_often(tested.subject.events), f"{_middle(tested):%H:%M}"
    return Offer(
        "habit",
        "habits_add",
        {"habit": name, "rule": rule, "remind_at": at},
        f"a habit “{name}”, {rule}, with a reminder at {at}",
    )


def _how_often(events: Sequence[Event]) -> str:
    days: list[date] = sorted({event.day for event in events})
    a_week = 7 * len(days) / ((days[-1] - days[0]).days + 1)
    if a_week >= _DAILY_A_WEEK:
        return "every day"
    return f"{round(a_week)} times a week" if a_week >= 1.5 else "weekly"


def _middle(tested: Tested) -> time:
    """The middle of the window, to five minutes."""
    assert tested.begin is not None and tested.end is not None
    begin = tested.begin.hour * 60 + tested.begin.minute
    width = (tested.end.hour * 60 + tested.end.minute - begin) % 1440
    middle = round((begin + width / 2) / _STEP_MIN) * _STEP_MIN % 1440
    return time(middle // 60, middle % 60)
