"""Which sections an edition has, of which sources, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from wooster.briefing.model import Edition, Heading
from wooster.briefing.ports import Asked, Charts, Source
from wooster.briefing.sources.calendar import CalendarItems
from wooster.briefing.sources.conversations import FollowupItems
from wooster.briefing.sources.goals import GoalItems
from wooster.briefing.sources.habits import HabitItems
from wooster.briefing.sources.reminders import ReminderItems
from wooster.briefing.sources.tasks import TaskItems
from wooster.briefing.sources.weather import WeatherItems


@dataclass(frozen=True, slots=True)
class Sources:
    """The capabilities of one home; None for one that is switched off."""

    calendar: CalendarItems | None = None
    tasks: TaskItems | None = None
    habits: HabitItems | None = None
    goals: GoalItems | None = None
    followups: FollowupItems | None = None
    reminders: ReminderItems | None = None
    weather: WeatherItems | None = None


def asked(edition: Edition, of: Sources) -> Sequence[Asked]:
    """The sections of `edition`, in their order."""
    return {"morning": _morning, "day": _day, "week": _week}[edition](of)


def charts(edition: Edition, of: Sources) -> Sequence[Charts]:
    """What is drawn: nothing in the morning."""
    if edition == "morning":
        return ()
    return [each.charts for each in (of.habits, of.goals) if each is not None]


def _morning(of: Sources) -> Sequence[Asked]:
    return [
        _asked("Weather", _WEATHER, of.weather.today if of.weather else None),
        _asked("Today's calendar", _CALENDAR, of.calendar.today if of.calendar else None),
        _asked("Due", _TASKS, of.tasks.due if of.tasks else None),
        _asked("Reminders", _REMINDERS, of.reminders.today if of.reminders else None),
        _asked("Habits", _HABITS, of.habits.asked if of.habits else None),
        _asked("Goals", _GOALS, of.goals.open if of.goals else None),
        _asked("From conversations", _FOLLOWUPS, of.followups.open if of.followups else None),
        _asked("Missed meanwhile", _HISTORY, of.reminders.missed if of.reminders else None),
    ]


def _day(of: Sources) -> Sequence[Asked]:
    return [
        _asked("Went well: tasks", _DONE, of.tasks.done_today if of.tasks else None),
        _asked("Went well: habits", _HABITS, of.habits.done_today if of.habits else None),
        _asked("Went well: goals", _GOALS, of.goals.moved_today if of.goals else None),
        _asked("Still open: habits", _HABITS, of.habits.not_done_today if of.habits else None),
        _asked("Still open: tasks", _TASKS, of.tasks.due if of.tasks else None),
        _asked("Tomorrow's weather", _WEATHER, of.weather.tomorrow if of.weather else None),
        _asked("Tomorrow's calendar", _CALENDAR, of.calendar.tomorrow if of.calendar else None),
        _asked("Due tomorrow", _TASKS, of.tasks.due_tomorrow if of.tasks else None),
        _asked("Reminders tomorrow", _REMINDERS, of.reminders.tomorrow if of.reminders else None),
    ]


def _week(of: Sources) -> Sequence[Asked]:
    return [
        _asked("Went well: tasks", _DONE, of.tasks.done_this_week if of.tasks else None),
        _asked("Went well: habits", _HABITS, of.habits.done_this_week if of.habits else None),
        _asked("Went well: goals", _GOALS, of.goals.moved_this_week if of.goals else None),
        _asked(
            "Could go better: habits", _HABITS, of.habits.not_done_this_week if of.habits else None
        ),
        _asked("Behind: goals", _GOALS, of.goals.behind if of.goals else None),
        _asked("Still open: tasks", _TASKS, of.tasks.due if of.tasks else None),
        _asked("Next week's calendar", _CALENDAR, of.calendar.next_week if of.calendar else None),
        _asked("Due next week", _TASKS, of.tasks.due_next_week if of.tasks else None),
        _asked("From conversations", _FOLLOWUPS, of.followups.open if of.followups else None),
    ]


_Named = Callable[[str], Heading]


def _named(of: str, see: str) -> _Named:
    return lambda title: Heading(title, of, see)


_CALENDAR, _TASKS = _named("Calendar", "agenda"), _named("Tasks", "next due:today")
_DONE = _named("Tasks done", "history")
_HABITS, _GOALS = _named("Habits", "habits"), _named("Goals", "goals")
_FOLLOWUPS, _REMINDERS = _named("Follow-ups", "followups"), _named("Reminders", "reminders")
_HISTORY = _named("Missed", "schedule history")
_WEATHER = _named("Weather", "weather")


def _asked(title: str, named: _Named, source: Source | None) -> Asked:
    return Asked(named(title), source)
