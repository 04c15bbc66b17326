"""The commands of the capabilities: a word, and what can come after it, from one table.

Each is a function from the parsed arguments to an exit code; what they do is the daemon's. What
comes after a command are words as they would be typed in the conversation.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wooster.cli.words import joined
from wooster.config.paths import Paths

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


@dataclass(frozen=True, slots=True)
class Kind:
    """What can come after a command's word: `example` shows its words, which fill `parameter`.
    `asks` is what is asked first where that can't be taken back; `--yes` answers it. With `is_yes`
    the command itself does."""

    name: str
    example: str
    help: str
    parameter: str
    asks: str = ""
    is_yes: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A command that shows an overview when it stands alone. Its kind `add` is `name_add`.

    With a `parameter` it takes words itself and has no kinds; `options` are words of it that may
    also be said with dashes, and those after them.
    """

    name: str
    help: str
    kinds: tuple[Kind, ...] = ()
    parameter: str = ""
    example: str = ""
    options: tuple[str, ...] = ()


HABITS = Group(
    "habits",
    "show what is due today; add, checkin, stats, …",
    (
        Kind("add", "meditate every day", "begin a habit", "habit"),
        Kind("checkin", "meditate yesterday", "say that it was done", "habit"),
        Kind("uncheck", "meditate", "take a check-in back", "habit"),
        Kind("stats", "meditate", "show how it goes, with a calendar", "habit"),
        Kind("list", "", "list all, the archived ones too", ""),
        Kind("skip", "meditate today", "leave a day out without breaking the streak", "habit"),
        Kind("unskip", "meditate today", "take that back", "habit"),
        Kind("vacation", "from 1 June to 14 June", "leave days out of all habits", "when"),
        Kind("pause", "meditate", "stop for a while", "habit"),
        Kind("resume", "meditate", "go on", "habit"),
        Kind("edit", "meditate to 3 times a week", "change its rule or its name", "habit"),
        Kind("delete", "meditate", "archive it; its history stays", "habit"),
        Kind("restore", "meditate", "take it out of the archive", "habit"),
    ),
)

TASKS = Group(
    "tasks",
    "list the next actions; list, add, done, edit, move, …",
    (
        Kind("list", "@phone due:today", "list those of a context, a +project, a day", "filters"),
        Kind("add", "call Ana @phone due friday", "add a next action", "text"),
        Kind("done", "3", "say that it is done", "task"),
        Kind("edit", "3 call Ana and Bob", "change its words or tags", "task"),
        Kind("move", "3 to someday", "move it to another list or a project", "task"),
        Kind("wait", "3 for Bob", "put it to what you wait for", "task"),
        Kind("waiting", "", "list what you wait for", "filters"),
        Kind("someday", "learn Greek", "list what is for someday, or add to it", "task"),
        Kind("drop", "3", "remove it; the archive keeps it", "task"),
        Kind("history", "report", "list what was done", "words"),
    ),
)
CAPTURE = Group(
    "capture",
    "put a thought into the inbox",
    parameter="text",
    example="ask Ana about the keys",
)
INBOX = Group("inbox", "list what is in the inbox", parameter="filters", example="bank")
PROJECTS = Group(
    "projects",
    "list the projects; new, open, close, rename, delete, show",
    (
        Kind("new", "Paint the flat", "begin one", "name"),
        Kind("open", "flat", "make it the one that new tasks are of", "name"),
        Kind("close", "", "close the open one", ""),
        Kind("show", "flat", "show its open tasks", "name"),
        Kind("rename", "flat to New flat", "give it another name", "name"),
        Kind("delete", "flat", "move it into the trash", "name"),
    ),
)
JOURNAL = Group(
    "journal",
    "write into the journal of the open project",
    parameter="text",
    example="the keys are at Ana's",
)

GOALS = Group(
    "goals",
    "show how far your goals are; set, progress, review, …",
    (
        Kind("set", "read 24 books by 31 December", "set a goal", "goal"),
        Kind("progress", "weight 185", "say how far it is: 185, +20 pages, 40 %%", "goal"),
        Kind("unset", "weight yesterday", "remove a value: the newest, or a day's", "goal"),
        Kind("review", "", "show what is overdue, behind and in time", ""),
        Kind("show", "weight", "show all of one, with a line of its progress", "goal"),
        Kind("list", "", "list all, also the closed and the archived ones", ""),
        Kind("edit", "weight: to 165 lb by May", "change its target, deadline or name", "goal"),
        Kind("close", "weight as reached", "close it", "goal"),
        Kind("reopen", "weight", "open it again", "goal"),
        Kind("delete", "weight", "archive it; its history stays", "goal"),
        Kind("restore", "weight", "take it out of the archive", "goal"),
        Kind("link", "weight to run", "have a habit serve it", "goal"),
        Kind("unlink", "weight from run", "have a habit serve it no more", "goal"),
        Kind("remind", "weight every Sunday at 18:00", "be asked how it goes, or off", "goal"),
    ),
)
MILESTONES = Group(
    "milestones",
    "list the open milestones of goals; add, done, …",
    (
        Kind("add", "book: first draft by May", "add one to a goal", "milestone"),
        Kind("done", "book: first draft", "say that it is done", "milestone"),
        Kind("undone", "book: first draft", "take that back", "milestone"),
        Kind("remove", "book: first draft", "remove it", "milestone"),
    ),
)
HEALTH = Group(
    "health",
    "show what was logged of your health today; log, report, remove",
    (
        Kind("log", "slept 7 hours", "log something", "text"),
        Kind("report", "week", "show a day, week, month or all, counted by kind", "days"),
        Kind("remove", "last", "remove an entry: the last, or by its words", "entry"),
    ),
)

UNDOING = (
    Group("log", "show what was changed, by whom", parameter="what", example="12, or meditate"),
    Group("undo", "take back the last change, or one of the log", parameter="number", example="12"),
    Group("redo", "do again what was taken back last"),
)

NOTIFY = Group(
    "notify",
    "show on which channels you are told what is due; test, allow",
    (
        Kind(
            "test", "desktop", "send a test on all that are ready, or on one", "name", is_yes=True
        ),
        Kind("allow", "ntfy", "let a channel send off this machine", "name", "Let it?"),
    ),
)

REMINDERS = (
    Group(
        "remind",
        "be reminded at a time, or again and again",
        parameter="text",
        example="me to call Ana tomorrow at 5",
    ),
    Group(
        "reminders",
        "list reminders; done, move, pause, resume",
        (
            Kind("done", "pills", "it is done, and isn't said again", "which"),
            Kind("move", "3 to Friday at 9", "give it another time", "change"),
            Kind("pause", "3", "stop it for a while", "which"),
            Kind("resume", "3", "let it go on", "which"),
        ),
    ),
    Group("snooze", "say the last reminder again later", parameter="until", example="10m"),
    Group("cancel", "cancel a reminder", parameter="which", example="3"),
    Group(
        "schedule",
        "show what comes; history, simulate, ask",
        (
            Kind("history", "", "show what came, and what was missed", ""),
            Kind(
                "ask",
                "every Monday at 8: which book?",
                "ask a model then",
                "question",
            ),
            Kind("simulate", "from tomorrow to 1 March", "show what would come", "span"),
        ),
    ),
)

TIMES = (
    Group("when", "show how a time in words is read", parameter="phrase", example="tomorrow at 5"),
)

BRIEFINGS = (
    Group(
        "brief",
        "tell what today holds; --at TIME as it would be then",
        parameter="at",
        example="Mon 07:00",
        options=("at", "phrased"),
    ),
    Group(
        "review",
        "tell how the day went, or the week",
        parameter="span",
        example="week",
        options=("phrased",),
    ),
)

WEATHER = Group(
    "weather",
    "tell the weather of the next days; place",
    (Kind("place", "Berlin", "say where; Open-Meteo is asked from then on", "place", "Do it?"),),
)

INSIGHTS = (
    Group(
        "insights",
        "show patterns in what you do; accept, dismiss, snooze, why",
        (
            Kind("why", "3", "show what one comes from", "which"),
            Kind("accept", "3 as goal", "make a habit, project, goal, … of it", "which"),
            Kind("dismiss", "3", "put it away for good", "which"),
            Kind("snooze", "3 in a month", "put it away until a day", "which"),
        ),
    ),
    Group(
        "areas",
        "show how far the areas of your life are covered; next, set",
        (
            Kind("next", "", "suggest the next step in one", ""),
            Kind("set", "run to health", "put a habit or a goal into one", "what"),
        ),
    ),
)

GROUPS: tuple[Group, ...] = (
    TASKS,
    CAPTURE,
    INBOX,
    PROJECTS,
    JOURNAL,
    HABITS,
    GOALS,
    MILESTONES,
    HEALTH,
    *REMINDERS,
    *UNDOING,
    *TIMES,
    *BRIEFINGS,
    WEATHER,
    *INSIGHTS,
    NOTIFY,
)


def add(commands: Commands) -> None:
    """Add them to the command line."""
    for group in GROUPS:
        parser = commands.add_parser(group.name, help=group.help)
        parser.add_argument("--json", action="store_true", help="as JSON")
        parser.set_defaults(handler=_act, action=group.name, parameter=group.parameter, words=[])
        if group.parameter:
            parser.add_argument("words", nargs="*", help=f"as: {group.example}")
        for option in group.options:
            parser.add_argument(f"--{option}", nargs="*", metavar="WORD", help="as they are said")
        parser.set_defaults(options=group.options)
        if group.kinds:
            kinds = parser.add_subparsers(title="what to do", metavar="WHAT")
            for kind in group.kinds:
                _add_kind(kinds, group, kind)


def _add_kind(kinds: Commands, group: Group, kind: Kind) -> None:
    parser = kinds.add_parser(kind.name, help=kind.help)
    if kind.example:
        parser.add_argument("words", nargs="*", help=f"as: {kind.example}")
    # Without a default of its own, what was said before the word is not forgotten.
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="as JSON")
    if kind.asks:
        parser.add_argument("--yes", action="store_true", help="don't ask")
    parser.set_defaults(handler=_act, action=f"{group.name}_{kind.name}", parameter=kind.parameter)
    parser.set_defaults(asks=kind.asks, is_yes=kind.is_yes)


def _act(paths: Paths, given: argparse.Namespace) -> int:
    from wooster.repl import commands

    said = [*given.words]
    for option in given.options:
        after = getattr(given, option)
        said += [] if after is None else [f"--{option}", *after]
    words = joined(said)
    arguments = {given.parameter: words} if words else {}
    question = getattr(given, "asks", "")
    if question or getattr(given, "is_yes", False):
        from wooster.wire.requests import ActionRequest

        request = ActionRequest(arguments, confirmed=True)
        question = (
            ""
            if not question or given.yes
            else f"{given.action.replace('_', ' ')} {words}: {question}"
        )
        return commands.run_work(paths, given.action, request, given.json, question)
    return commands.run_action(paths, given.action, arguments, given.json)
