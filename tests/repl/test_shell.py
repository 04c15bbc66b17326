"""The conversation, typed into prompt_toolkit's own pipe and read from a recorded output."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from wooster.config.paths import Paths
from wooster.core.errors import WireMismatch, WoosterError
from wooster.repl import launch
from wooster.repl.client import Client
from wooster.repl.prompt import Commands, LineHistory, PromptReader
from wooster.repl.shell import Shell, phrases
from wooster.repl.wording import greeting
from wooster.wire.events import Ask, Progress, Result
from wooster.wire.requests import MAX_MESSAGE_BYTES, ActionHelp, Choice, Greeting, Option

from .fake_daemon import GREETING, FakeDaemon, Stream, killed
from .screen import Screen, ScreenTerminal

ENTER, ESC, CTRL_C, CTRL_D, CTRL_R = "\r", "\x1b", "\x03", "\x04", "\x12"
PASTE, PASTED = "\x1b[200~", "\x1b[201~"


class Sitting:
    """A shell on a typed-ahead input; `screen` shows what it said."""

    def __init__(self, paths: Paths, keys: PipeInput) -> None:
        self.paths, self.keys, self.screen = paths, keys, Screen(100, 200)

    def talk(self, typed: str) -> int:
        self.keys.send_text(typed)
        reader = PromptReader(self.paths.line_history, DummyOutput(), input=self.keys)
        self.shell = Shell(
            self.paths, reader, ScreenTerminal(self.screen), Client(self.paths.socket).greeting
        )
        return self.shell.run()


@pytest.fixture
def sitting(home: Paths) -> Iterator[Sitting]:
    with create_pipe_input() as keys:
        yield Sitting(home, keys)


def texts(daemon: FakeDaemon) -> list[str]:
    return [turn["text"] for turn in daemon.turns]


def test_a_first_sitting(sitting: Sitting, daemon: FakeDaemon) -> None:
    """Greeting, an answer, and a goodbye; the next message stays in the session."""
    assert sitting.talk(f"Hello{ENTER}again{ENTER}{CTRL_D}") == 0
    said = sitting.screen.text
    assert said.startswith("SmolLM2-135M answers here, on this machine. Nothing leaves it.\n")
    assert "You said: Hello" in said and "SmolLM2-135M · local" in said
    assert said.endswith("Goodbye.")
    assert [turn["session_id"] for turn in daemon.turns] == [None, "session-1"]


@pytest.mark.parametrize("word", ["exit", "quit", "/exit", " QUIT "])
def test_words_that_leave(sitting: Sitting, daemon: FakeDaemon, word: str) -> None:
    """`exit` and `quit` leave and are not sent to the model."""
    assert sitting.talk(word + ENTER) == 0
    assert texts(daemon) == []


def test_an_empty_line_does_nothing(sitting: Sitting, daemon: FakeDaemon) -> None:
    """Enter on nothing, or on spaces, sends nothing."""
    sitting.talk(f"{ENTER}  {ENTER}{CTRL_D}")
    assert texts(daemon) == []


def test_several_lines_are_one_message(sitting: Sitting, daemon: FakeDaemon) -> None:
    """Esc-Enter makes a new line, and pasted text with line ends is one message."""
    sitting.talk(f"a{ESC}{ENTER}b{ENTER}{PASTE}c\r\nd\n\te{PASTED}{ENTER}{CTRL_D}")
    assert texts(daemon) == ["a\nb", "c\nd\n\te"]


def test_ctrl_c_clears_the_line_and_then_tells_the_way_out(
    sitting: Sitting, daemon: FakeDaemon
) -> None:
    """What was typed before Ctrl-C isn't sent; Ctrl-C on nothing says how to leave."""
    sitting.talk(f"oops{CTRL_C}fine{ENTER}{CTRL_C}{CTRL_D}")
    assert texts(daemon) == ["fine"]
    assert sitting.screen.text.count("Ctrl-D leaves.") == 1


def test_history_survives_a_start_and_is_private(sitting: Sitting, daemon: FakeDaemon) -> None:
    """Ctrl-R in a later sitting finds a message of several lines; the file's mode is 0600."""
    sitting.talk(f"find{ESC}{ENTER}me{ENTER}other{ENTER}{CTRL_D}")
    sitting.talk(f"{CTRL_R}find{ENTER}{ENTER}{CTRL_D}")
    assert texts(daemon) == ["find\nme", "other", "find\nme"]
    assert stat.S_IMODE(sitting.paths.line_history.stat().st_mode) == 0o600


def test_a_history_that_cannot_be_used_is_no_reason_to_stop(
    sitting: Sitting, daemon: FakeDaemon
) -> None:
    """With a folder where the history should be, messages are answered all the same."""
    sitting.paths.line_history.mkdir()
    assert sitting.talk(f"Hello{ENTER}{CTRL_D}") == 0
    assert texts(daemon) == ["Hello"]


def test_a_book_is_not_remembered(home: Paths) -> None:
    """A message too long for every start to read is left out of the history."""
    history = LineHistory(home.line_history)
    history.add("x" * 100_000)
    history.add("short \ud800")
    history.add("newest")
    assert history.load() == ["short ?", "newest"]


def test_a_sitting_goes_on_with_the_session_that_the_daemon_names(
    sitting: Sitting, daemon: FakeDaemon
) -> None:
    """Who comes back soon goes on where they left off."""
    daemon.greeting = replace(GREETING, session_id="before", last="just now you said “Hi”")
    sitting.talk(f"and now?{ENTER}{CTRL_D}")
    assert [turn["session_id"] for turn in daemon.turns] == ["before"]
    said = " ".join(sitting.screen.text.split())
    assert "Last time: just now you said “Hi”. The conversation goes on" in said


def test_a_session_that_is_gone_is_begun_anew(sitting: Sitting, daemon: FakeDaemon) -> None:
    """A database that was replaced under an open conversation costs no message."""
    daemon.greeting = replace(GREETING, session_id="gone")
    sitting.talk(f"Hello{ENTER}{CTRL_D}")
    assert [turn["session_id"] for turn in daemon.turns] == ["gone", None]
    assert "You said: Hello" in sitting.screen.text


def test_new_begins_a_session(sitting: Sitting, daemon: FakeDaemon) -> None:
    """After `new`, the next message has no session id."""
    sitting.talk(f"a{ENTER}/new{ENTER}b{ENTER}{CTRL_D}")
    assert [turn["session_id"] for turn in daemon.turns] == [None, None]


def test_help_lists_what_there_is(sitting: Sitting, daemon: FakeDaemon) -> None:
    """`help` names the daemon's commands with their help, the local ones, and the keys."""
    sitting.talk(f"help{ENTER}{CTRL_D}")
    for part in ("history {words}", "past turns", "exit, quit", "Ctrl-R", "Esc, Enter"):
        assert part in sitting.screen.text
    assert texts(daemon) == []


def test_a_typed_path_is_sent_in_full(
    sitting: Sitting, daemon: FakeDaemon, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The daemon works elsewhere, and the person means the folder that they stand in."""
    adding = ActionHelp("library_add", "reads a folder", ["/library add PATH"], "write")
    daemon.greeting = replace(daemon.greeting, commands=[adding])
    monkeypatch.chdir(tmp_path)
    sitting.talk(f"/library add my notes{ENTER}{CTRL_D}")
    assert texts(daemon) == [f"/library add {tmp_path}/my notes"]


def test_a_command_shows_its_result(sitting: Sitting, daemon: FakeDaemon) -> None:
    """What a typed command gave is rendered as Markdown."""
    daemon.scripts.append(lambda stream: stream.send(Result("**All** is well", {})))
    sitting.talk(f"status{ENTER}{CTRL_D}")
    assert "All is well" in sitting.screen.text and "**" not in sitting.screen.text


def test_a_killed_daemon_is_one_line_and_the_session_goes_on(
    sitting: Sitting, daemon: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The daemon dies in the middle: what came stays, and the next message starts it again."""

    def dies(stream: Stream) -> None:
        daemon.close()
        killed(stream)

    def fake_ensure(paths: Paths, say: Callable[[str], None]) -> Greeting:
        daemon.start()
        return GREETING

    monkeypatch.setattr(launch, "ensure_daemon", fake_ensure)
    daemon.scripts.append(dies)
    sitting.talk(f"one{ENTER}two{ENTER}{CTRL_D}")
    said = sitting.screen.text
    assert "Half an ans\nThe daemon stopped in the middle of the answer.\n" in said
    assert "You said: two" in said
    assert [turn["session_id"] for turn in daemon.turns] == [None, "session-1"]


def test_too_large_is_said_before_sending(sitting: Sitting, daemon: FakeDaemon) -> None:
    """A message over the limit is refused here, and the conversation goes on."""
    greeting = Client(sitting.paths.socket).greeting
    screen = ScreenTerminal(sitting.screen)
    with_lines = _Lines("x" * (MAX_MESSAGE_BYTES + 1), "small")
    Shell(sitting.paths, with_lines, screen, greeting).run()
    assert "bytes or more" in sitting.screen.text and texts(daemon) == ["small"]


class _Lines:
    """A reader of given lines that says no to every question unless told."""

    can_choose = True

    def __init__(self, *lines: str, agrees: bool = False) -> None:
        self.lines, self.agrees, self.asked = list(lines), agrees, list[str]()

    def read(self) -> str:
        if not self.lines:
            raise EOFError
        return self.lines.pop(0)

    def ask(self, question: str) -> bool:
        self.asked.append(question)
        return self.agrees

    def confirm(self, question: str) -> bool:
        return self.ask(question)

    can_choose = False

    def choose(self, keys: object) -> str:
        raise AssertionError("nothing is to be chosen here")

    def line(self, question: str) -> str:
        raise AssertionError("no line is asked for here")

    def offer(self, commands: object) -> None:
        pass

    def between(self, show: object) -> None:
        pass

    def interrupt(self) -> None:
        pass

    def close(self) -> None:
        pass


def test_an_older_daemon_is_offered_a_restart(home: Paths, daemon: FakeDaemon) -> None:
    """The person is asked; a no is the mismatch itself, with the command to run."""
    daemon.version = 0
    reader = _Lines()
    shell = Shell(home, reader, ScreenTerminal(Screen()), Client(home.socket).greeting)
    with pytest.raises(WireMismatch) as caught:
        shell.run()
    assert "older than this program. Restart it now?" in reader.asked[0]
    assert "wooster restart" in caught.value.hint


def test_a_newer_daemon_offers_to_start_this_program_again(
    home: Paths, daemon: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A yes replaces this process by a fresh one of the same command line."""
    daemon.version = 2
    again: list[str] = []
    monkeypatch.setattr(os, "execv", lambda path, argv: again.extend(argv))
    shell = Shell(home, _Lines(agrees=True), ScreenTerminal(Screen()), Client(home.socket).greeting)
    with pytest.raises(WoosterError):
        shell.run()
    assert again == [sys.executable, *sys.orig_argv[1:]]


def test_completion_is_for_a_messages_start_only() -> None:
    """Commands complete with and without a slash, and never inside a sentence."""
    from prompt_toolkit.completion import CompleteEvent
    from prompt_toolkit.document import Document

    completer = Commands()
    completer.commands = ("history", "help", "status")

    def offered(text: str) -> list[str]:
        return [c.text for c in completer.get_completions(Document(text), CompleteEvent())]

    assert offered("h") == ["history", "help"]
    assert offered("/st") == ["/status"]
    assert offered("say h") == [] and offered("a\nh") == []


def test_the_greeting_is_one_paragraph_of_what_is_known() -> None:
    """Model, place, what may leave, whether it still loads, and where the person left off."""
    hello = Greeting("smol-1", "on this machine", "nothing leaves", False, last="the\x1b[1m zoo")
    assert greeting(hello) == (
        "smol-1 answers here, on this machine. It is still loading; the first answer waits for it. "
        "Nothing leaves. Last time: the[1m zoo."
    )


def test_phrases_are_completed_up_to_what_a_person_fills_in() -> None:
    """A phrase's fixed words are offered, its places are not."""
    commands = [
        ActionHelp("history", "", ["/history WORDS", "show history {n}"], "read"),
        ActionHelp("verify", "", [], "read"),
    ]
    assert phrases(commands) == {"history", "show history", "verify"}


def test_who_begins_anew_is_told_where_they_left_off() -> None:
    """Line by line, in the place of the last message; nothing in them moves the terminal."""
    told = ["Yesterday: the boat.", "Left to do: paint\x1b[2J it.\n"]
    hello = Greeting("m", "here", "nothing leaves", ready=True, last="2 days ago x", left_off=told)
    assert greeting(hello).splitlines() == [
        "m answers here, here. Nothing leaves.",
        "Yesterday: the boat.",
        "Left to do: paint[2J it.",
    ]


def test_a_model_that_is_not_coming_is_told_in_the_greeting() -> None:
    """Where the daemon knows why no model answers, that is said, not that it is loading."""
    hello = Greeting("smol-1", "here", "nothing leaves", False, hint="Port 8080 is in use by x")
    assert "Port 8080 is in use by x. Nothing leaves." in greeting(hello)
    assert "loading" not in greeting(hello)


def test_slash_commands_of_the_prompt_are_its_own(sitting: Sitting, daemon: FakeDaemon) -> None:
    """`/help`, `/new` and `/exit` are done here; the daemon hears nothing of them."""
    assert sitting.talk(f"/help{ENTER}/new{ENTER}/exit{ENTER}") == 0
    assert texts(daemon) == []
    assert "Commands" in sitting.screen.text and "A new session" in sitting.screen.text


def removal(stream: Stream) -> None:
    stream.send(Ask("Delete it?", "models_remove", {"name": "it"}))


def removed(stream: Stream) -> None:
    stream.send(Progress("removing", text="removing it …"), Result("It is **gone**."))


@pytest.mark.parametrize("answer", ["y", "YES"])
def test_what_asks_first_runs_after_a_yes(
    sitting: Sitting, daemon: FakeDaemon, answer: str
) -> None:
    """The question is the daemon's; what runs says that the person agreed."""
    daemon.scripts.append(removal)
    daemon.works["models_remove"] = removed
    sitting.talk(f"/models remove it{ENTER}{answer}{ENTER}{CTRL_D}")
    assert daemon.worked == [
        ("models_remove", {"arguments": {"name": "it"}, "confirmed": True}),
    ]
    assert "It is gone." in sitting.screen.text


@pytest.mark.parametrize("answer", ["", "n", CTRL_C])
def test_what_asks_first_is_not_done_without_a_yes(
    sitting: Sitting, daemon: FakeDaemon, answer: str
) -> None:
    """Enter alone is a no: what it asks about can't be taken back."""
    daemon.scripts.append(removal)
    daemon.works["models_remove"] = removed
    sitting.talk(f"/models remove it{ENTER}{answer}{ENTER}{CTRL_D}")
    assert daemon.worked == [] and "Nothing was done." in sitting.screen.text


def asking(choice: Choice, text: str = "") -> Callable[[Stream], None]:
    """A script that answers with a choice."""
    return lambda stream: stream.send(Result(text, choice=choice))


def ran(daemon: FakeDaemon) -> list[tuple[str, object]]:
    return [(name, body["arguments"]) for name, body in daemon.worked]


def test_a_choice_takes_one_key_and_runs_its_action(sitting: Sitting, daemon: FakeDaemon) -> None:
    """No Enter is needed; a key that isn't there changes nothing; a line that an option asks for is
    its argument; and what comes of it may ask the next."""
    again = Choice("“Pay rent”?", [Option("d", "done", "done", {"id": 2}), Option("q", "leave")])
    options = [
        Option("t", "trash", "trash", {"id": 1}),
        Option("n", "next action", "move", {"id": 1}, "Where?", "context"),
    ]
    daemon.scripts.append(asking(Choice("“Call Ana”?", options), "2 in the inbox."))
    daemon.works["move"] = asking(again, "Moved.")
    sitting.talk(f"process inbox{ENTER}xy7n@phone{ENTER}q{CTRL_D}")
    assert ran(daemon) == [("move", {"id": 1, "context": "@phone"})]
    said = sitting.screen.text
    assert "2 in the inbox.\n" in said and "“Call Ana”?\n  t  trash\n  n  next action" in said
    assert said.index("Moved.") < said.index("“Pay rent”?")


def test_many_commands_are_told_by_topic_and_a_topic_whole(
    sitting: Sitting, daemon: FakeDaemon
) -> None:
    """`help` fits a screen; `help WORD` has the phrases; a sentence that begins so is a message."""
    several = [ActionHelp(f"w{n}", f"does {n}", [f"w{n}"], "read") for n in range(40)]
    several += [
        ActionHelp("tasks", "lists them", ["tasks"], "read"),
        ActionHelp("tasks_add", "adds one", ["add TEXT", "/tasks add TEXT"], "write"),
        ActionHelp("tasks_done", "it is done", ["done N"], "write"),
    ]
    daemon.greeting = replace(GREETING, commands=several)
    sitting.talk(f"help{ENTER}help tasks{ENTER}help me with a letter{ENTER}{CTRL_D}")
    whole, _, of_tasks = sitting.screen.text.partition("Keys")
    assert "lists them; add, done" in whole and "add TEXT" not in whole
    assert "add TEXT, /tasks add TEXT" in of_tasks and "does 7" not in of_tasks
    assert texts(daemon) == ["help me with a letter"]


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D])
def test_a_choice_can_be_left(sitting: Sitting, daemon: FakeDaemon, key: str) -> None:
    """Nothing is run, and the next message is taken."""
    daemon.scripts.append(asking(Choice("Which?", [Option("a", "this", "drop", {})])))
    sitting.talk(f"one{ENTER}{key}two{ENTER}{CTRL_D}")
    assert texts(daemon) == ["one", "two"] and daemon.worked == []


def test_an_empty_line_leaves_the_choice_open(sitting: Sitting, daemon: FakeDaemon) -> None:
    """Whoever thinks better of it hasn't chosen yet."""
    option = Option("w", "wait for somebody", "wait", {}, "For whom?", "who")
    daemon.scripts.append(asking(Choice("", [option])))
    daemon.works["wait"] = lambda stream: stream.send(Result("Waiting."))
    sitting.talk(f"one{ENTER}w{ENTER}wAna{ENTER}{CTRL_D}")
    assert ran(daemon) == [("wait", {"who": "Ana"})]


def test_what_was_meant_is_typed_or_said(sitting: Sitting, daemon: FakeDaemon) -> None:
    """A command that was mistyped is taken as meant, or as a message whatever it looks like."""
    options = [Option("y", "yes", type="habits"), Option("n", "no", say="habts")]
    mistyped = asking(Choice("Is “habits” meant?", options))
    daemon.scripts.append(mistyped)
    sitting.talk(f"habts{ENTER}n{CTRL_D}")
    daemon.scripts.append(mistyped)
    sitting.talk(f"habts{ENTER}y{CTRL_D}")
    assert [(turn["text"], turn["as_message"]) for turn in daemon.turns] == [
        ("habts", False),
        ("habts", True),
        ("habts", False),
        ("habits", False),
    ]
    assert all(turn["can_choose"] for turn in daemon.turns)
