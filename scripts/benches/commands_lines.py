"""A line for each action, as it is typed in the home of `commands_home`.

{n} is another number each time. What a line changes is taken back after it, so that all find the
home alike. `before` are lines that are typed first, and not measured; `key` answers the choice that
`does` gives, which is what is measured.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    does: str
    before: tuple[str, ...] = ()
    key: str = ""


LINES = {
    "status": Line("status"),
    "history": Line("/history garden"),
    "egress": Line("egress"),
    "egress_allow": Line("/egress allow example.org"),
    "route": Line("/route What is the capital of Portugal?"),
    "models": Line("models"),
    "models_recommend": Line("/models recommend 16"),
    "search": Line("/search garden invoice"),
    "open": Line("/open apples", ("/search apples",)),
    "library": Line("library"),
    "library_status": Line("/library status"),
    "library_list": Line("/library list"),
    "library_problems": Line("/library problems"),
    "library_links": Line("/library links apples"),
    "library_tags": Line("/library tags"),
    "facts": Line("facts"),
    "remember": Line("/remember My locker is {n}"),
    "correct": Line("/correct 2 Porto {n}"),
    "profile": Line("profile"),
    "episodes": Line("/episodes garden"),
    "followups": Line("followups"),
    "followups_done": Line("/followups done 1"),
    "followups_drop": Line("/followups drop 1"),
    "followups_open": Line("/followups open 1", ("/followups done 1",)),
    "recall": Line("/recall the roof in Berlin"),
    "why": Line("why"),
    "forget": Line("/forget 3"),
    "memory_stats": Line("/memory stats"),
    "memory_audit": Line("/memory audit"),
    "memory_retry": Line("/memory retry"),
    "when": Line("when every other Friday at 8am until June"),
    "log": Line("log"),
    "undo": Line("undo", ("check in yoga",)),
    "redo": Line("redo", ("check in yoga", "undo")),
    # --- days
    "health": Line("health slept 7 hours"),
    "health_log": Line("health: a headache {n}"),
    "health_report": Line("health report year"),
    "health_remove": Line("health remove last"),
    "agenda": Line("agenda week"),
    "free": Line("free tomorrow 2 hours"),
    "calendars": Line("calendars"),
    "calendars_remove": Line("calendars remove second"),
    "calendars_restore": Line("calendars restore second", ("calendars remove second",)),
    "event_add": Line("event add tea {n} tomorrow 15:00 in second"),
    "event_move": Line("event move unicorn to 16:00"),
    "event_cancel": Line("event cancel meeting"),
    # --- tasks
    "tasks": Line("next"),
    "tasks_list": Line("/tasks list @phone"),
    "tasks_history": Line("/tasks history garden"),
    "tasks_add": Line("add call Ana {n} @phone due friday"),
    "tasks_done": Line("done unicorn paint"),
    "tasks_drop": Line("drop unicorn paint"),
    "tasks_edit": Line("edit 3 call Bob {n} due friday", ("next",)),
    "tasks_move": Line("move 3 to someday", ("next",)),
    "tasks_waiting": Line("waiting"),
    "tasks_wait": Line("wait for Bob: the report {n}"),
    "tasks_someday": Line("/tasks someday learn Greek {n}"),
    "capture": Line("cap: ask about {n}"),
    "inbox": Line("inbox"),
    "inbox_process": Line("process inbox"),
    "inbox_sort": Line("process inbox", key="n"),
    "projects": Line("projects"),
    "projects_show": Line("show project garden 07"),
    "projects_new": Line("new project shed {n}"),
    "projects_open": Line("open project garden 07"),
    "projects_close": Line("close project", ("open project garden 07",)),
    "projects_rename": Line("rename project garden 07 to orchard"),
    "projects_delete": Line("delete project garden 07"),
    "journal": Line("journal: day {n}"),
    # --- habits
    "habits": Line("habits"),
    "habits_list": Line("list habits"),
    "habits_stats": Line("habit stats yoga"),
    "habits_add": Line("add habit juggle {n} daily"),
    "habits_checkin": Line("check in yoga"),
    "habits_uncheck": Line("uncheck yoga", ("check in yoga",)),
    "habits_edit": Line("rename habit yoga to yoga {n}"),
    "habits_delete": Line("delete habit yoga"),
    "habits_restore": Line("restore habit yoga", ("delete habit yoga",)),
    "habits_skip": Line("skip yoga"),
    "habits_unskip": Line("unskip yoga", ("skip yoga",)),
    "habits_vacation": Line("vacation for a week"),
    "habits_pause": Line("pause habit yoga"),
    "habits_resume": Line("resume habit yoga", ("pause habit yoga",)),
    # --- goals
    "goals": Line("goals"),
    "goals_list": Line("list goals"),
    "goals_review": Line("goal review"),
    "goals_show": Line("show goal weight"),
    "goals_set": Line("set goal row {n} km by 1 June 2030"),
    "goals_progress": Line("update progress weight 181 kg"),
    "goals_unset": Line("remove progress weight"),
    "goals_edit": Line("edit goal weight: 169 kg"),
    "goals_close": Line("close goal weight"),
    "goals_reopen": Line("reopen goal weight", ("close goal weight",)),
    "goals_delete": Line("delete goal weight"),
    "goals_restore": Line("restore goal weight", ("delete goal weight",)),
    "goals_link": Line("link goal weight to yoga"),
    "goals_unlink": Line("unlink goal weight from yoga", ("link goal weight to yoga",)),
    "milestones": Line("milestones"),
    "milestones_add": Line("milestone add weight: buy scales {n}"),
    "milestones_done": Line("milestone done weight: first week"),
    "milestones_undone": Line(
        "milestone undone weight: first week", ("milestone done weight: first week",)
    ),
    "milestones_remove": Line("milestone remove weight: first week"),
    # --- reminders
    "remind": Line("remind me to call Ana {n} tomorrow at 5pm"),
    "reminders": Line("reminders"),
    "snooze": Line("/snooze 20 minutes"),
    "reminders_done": Line("got it"),
    "cancel": Line("cancel reminder unicorn"),
    "reminders_pause": Line("pause reminder unicorn"),
    "reminders_resume": Line("resume reminder unicorn", ("pause reminder unicorn",)),
    "reminders_move": Line("move reminder unicorn to friday 10:00"),
    "schedule": Line("schedule"),
    "notify": Line("notify"),
    "notify_allow": Line("/notify allow ntfy"),
    "schedule_history": Line("schedule history"),
    "schedule_simulate": Line("schedule simulate"),
}

LONG = {
    "notify_test": "it sends something on each channel",
    "verify": "it reads all that there is, to check it",
    "models_pull": "it downloads",
    "models_use": "it loads a model",
    "models_remove": "there is no model to remove",
    "models_removable": "there is no model to remove",
    "library_add": "it reads documents, and shows how far it is",
    "library_remove": "it removes documents, and shows how far it is",
    "rebuild_embeddings": "it asks a model server, and shows how far it is",
    "memory_export": "it writes all that there is, and shows how far it is",
    "calendars_add": "it reads a calendar, and shows how far it is",
    "calendars_refresh": "it reads calendars, and shows how far it is",
}
"""What isn't an answer to wait for, and why."""
