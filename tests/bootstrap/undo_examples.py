"""An example of each action that writes, for `test_undo`; whoever brings an action adds its line.

An action that can't have an example there is in `EXEMPT`, with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """`does` is typed after the lines `given`; {folder} stands for a folder with a document, and
    {ics} for a calendar with a lunch on 1 June of the next year, {year}.
    Of the tables `anew`, taking back writes rows that are alike but for their numbers and times:
    they are only counted. `leaves` is what is left after taking back, and why. `key` is one of the
    choice that `does` gives, which is what writes."""

    does: str
    given: tuple[str, ...] = ()
    anew: tuple[str, ...] = ()
    leaves: str = ""
    key: str = ""


_LIBRARY = (
    *("library_files", "library_folders", "documents", "document_names", "chunks", "passages"),
    "vector_queue",
)

_CALENDAR = "/calendars add {ics}"
_READ = ("calendar_sources", "calendar_objects")  # when they were, and as which state of the file
_GOAL = ("add goal run 100 km by 1 June 2030",)
_MILESTONE = (*_GOAL, "milestone add run: buy shoes by 1 March 2030")
_REMINDER = ("remind me to call Ana on 1 June 2030 at 9:00",)
_TASK = ("/add call Ana @phone",)
_PROJECT = ("project new Garden shed",)

EXAMPLES = {
    "remember": Example("/remember I live in Porto", ("/remember I live in Rome",)),
    "correct": Example("/correct 1 Porto", ("/remember I live in Rome",)),
    "followups_done": Example("/followups done 1"),
    "followups_drop": Example("/followups drop 1"),
    "followups_open": Example("/followups open 1", ("/followups done 1",)),
    "library_add": Example("/library add {folder} --private", (), _LIBRARY),
    "library_remove": Example("/library remove {folder}", ("/library add {folder}",), _LIBRARY),
    # --- habits
    "habits_add": Example("add habit gym daily", leaves="it is in the archive, with its number"),
    "habits_edit": Example("edit habit read: 30 minutes daily", ("add habit read daily",)),
    "habits_delete": Example("delete habit read", ("add habit read daily",)),
    "habits_restore": Example(
        "restore habit read", ("add habit read daily", "delete habit read"), ("habit_breaks",)
    ),
    "habits_checkin": Example("check in read", ("add habit read daily",)),
    "habits_uncheck": Example("uncheck read", ("add habit read daily", "check in read")),
    "habits_skip": Example("skip read", ("add habit read daily",)),
    "habits_unskip": Example("unskip read", ("add habit read daily", "skip read")),
    "habits_vacation": Example("vacation for a week", ("add habit read daily",)),
    "habits_pause": Example("pause habit read", ("add habit read daily",)),
    "habits_resume": Example(
        "resume habit read", ("add habit read daily", "pause habit read"), ("habit_breaks",)
    ),
    # --- goals
    "goals_set": Example(_GOAL[0], leaves="it is in the archive, with its number"),
    "goals_edit": Example("edit goal run: 200 km", _GOAL),
    "goals_progress": Example("update progress run 12 km", _GOAL),
    "goals_unset": Example("remove progress run", (*_GOAL, "update progress run 12 km")),
    "goals_close": Example("close goal run", _GOAL),
    "goals_reopen": Example("reopen goal run", (*_GOAL, "close goal run")),
    "goals_delete": Example("delete goal run", _GOAL),
    "goals_restore": Example("restore goal run", (*_GOAL, "delete goal run")),
    "goals_remind": Example(
        "/goals remind run every Sunday at 18:00",
        _GOAL,
        leaves="it is there as one that was taken back",
    ),
    "goals_link": Example("link goal run to jog", (*_GOAL, "add habit jog daily")),
    "goals_unlink": Example(
        "unlink goal run from jog", (*_GOAL, "add habit jog daily", "link goal run to jog")
    ),
    "milestones_add": Example("milestone add run: buy shoes by 1 March 2030", _GOAL),
    "milestones_done": Example("milestone done run: buy shoes", _MILESTONE),
    "milestones_undone": Example(
        "milestone undone run: buy shoes", (*_MILESTONE, "milestone done run: buy shoes")
    ),
    "milestones_remove": Example("milestone remove run: buy shoes", _MILESTONE),
    # --- reminders
    "remind": Example(_REMINDER[0], leaves="it is there as one that was taken back"),
    "cancel": Example("cancel reminder call Ana", _REMINDER),
    "reminders_pause": Example("pause reminder call Ana", _REMINDER),
    "reminders_resume": Example(
        "resume reminder call Ana", (*_REMINDER, "pause reminder call Ana")
    ),
    "schedule_ask": Example(
        "schedule ask every Monday at 8: which book?",
        leaves="it is there as one that was taken back",
    ),
    "reminders_move": Example("move reminder call Ana to 2 June 2030 at 10:00", _REMINDER),
    # --- tasks
    "capture": Example("cap: ask about the roof"),
    "inbox_sort": Example("process inbox", ("cap: ask about the roof",), key="n"),
    "tasks_add": Example("/add call Ana @phone due friday"),
    "tasks_done": Example("done call Ana", _TASK),
    "tasks_drop": Example("drop call Ana", _TASK),
    "tasks_edit": Example("edit 1 call Bob due friday", (*_TASK, "next")),
    "tasks_move": Example("move call Ana to someday", _TASK),
    "tasks_wait": Example("wait for Bob: the report"),
    "tasks_someday": Example("/tasks someday learn Greek"),
    "journal": Example("journal: it was a good day"),
    "projects_new": Example(_PROJECT[0]),
    "projects_open": Example("project open Garden shed", (*_PROJECT, "project new Attic")),
    "projects_close": Example("project close", (*_PROJECT, "project open Garden shed")),
    "projects_rename": Example("project rename Garden shed to Green house", _PROJECT),
    "projects_delete": Example("project delete Garden shed", _PROJECT),
    # --- the health log
    "health": Example("health slept 7 hours"),
    "health_log": Example("health: slept 7 hours", ("health: had a headache",)),
    "health_remove": Example("health remove headache", ("health: had a headache",)),
    # --- calendars
    "calendars_add": Example(_CALENDAR, leaves="it can be brought back for a week"),
    "calendars_remove": Example("calendars remove work", (_CALENDAR,), _READ),
    "calendars_restore": Example(
        "calendars restore work", (_CALENDAR, "calendars remove work"), _READ
    ),
    "event_add": Example("event add tea on 2 June 2030 at 15:00 in work", (_CALENDAR,), _READ),
    "event_move": Example("event move lunch 1 June {year} to 14:00", (_CALENDAR,), _READ),
    "event_cancel": Example("event cancel lunch 1 June {year}", (_CALENDAR,), _READ),
    # --- insights
    "areas_set": Example("area set read to home", ("add habit read daily",)),
}

EXEMPT = {
    "import": "it needs something to move in from: tests/moving takes it back",
    "import_undo": "it is what takes that back: tests/moving",
    "insights_accept": "it needs months of data: tests/insights/test_actions.py takes it back",
    "insights_dismiss": "it needs months of data: tests/insights/test_actions.py takes it back",
    "insights_snooze": "it needs months of data: tests/insights/test_actions.py takes it back",
    "insights_put": "it is what takes those back: tests/insights/test_actions.py",
    "models_use": "it needs model servers: tests/daemon/test_models.py takes it back",
    "memory_export": "it writes a new folder, and changes nothing that is kept",
    "snooze": "it needs a reminder that has come: tests/reminders takes it back",
    "reminders_done": "it needs a reminder that has come: tests/reminders takes it back",
    "reminders_put": "it is what `undo` runs: the examples of reminders do",
    "tasks_put": "it is what `undo` runs: the examples of tasks do",
    "goals_revert": "it is what `undo` runs: the examples of goals do",
    "memory_retry": "it has work done again, and changes nothing that could be lost",
}
NOT_ITS_OWN = frozenset({"action_log", "sqlite_sequence"})
"""The log, and how far numbers were counted."""
