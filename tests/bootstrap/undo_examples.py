"""An example of each action that writes, for `test_undo`; whoever brings an action adds its line.

An action that can't have an example there is in `EXEMPT`, with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """`does` is typed after the lines `given`; {folder} stands for a folder with a document.
    Of the tables `anew`, taking back writes rows that are alike but for their numbers and times:
    they are only counted. `leaves` is what is left after taking back, and why."""

    does: str
    given: tuple[str, ...] = ()
    anew: tuple[str, ...] = ()
    leaves: str = ""


_LIBRARY = (
    *("library_files", "library_folders", "documents", "document_names", "chunks", "passages"),
    "vector_queue",
)

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
    # --- insights
    "areas_set": Example("area set read to home", ("add habit read daily",)),
}

EXEMPT = {
    "insights_accept": "it needs months of data: tests/insights/test_actions.py takes it back",
    "insights_dismiss": "it needs months of data: tests/insights/test_actions.py takes it back",
    "insights_snooze": "it needs months of data: tests/insights/test_actions.py takes it back",
    "insights_put": "it is what takes those back: tests/insights/test_actions.py",
    "models_use": "it needs model servers: tests/daemon/test_models.py takes it back",
    "memory_export": "it writes a new folder, and changes nothing that is kept",
    "memory_retry": "it has work done again, and changes nothing that could be lost",
}
NOT_ITS_OWN = frozenset({"action_log", "sqlite_sequence"})
"""The log, and how far numbers were counted."""
