"""The prompt: keys, history and completion, on prompt_toolkit.

It refuses to know what is done with a line.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TextIO

from prompt_toolkit import PromptSession
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import has_focus
from prompt_toolkit.history import FileHistory, InMemoryHistory
from prompt_toolkit.input import Input, create_input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.output import ColorDepth, Output
from prompt_toolkit.output.vt100 import Vt100_Output
from prompt_toolkit.shortcuts import CompleteStyle
from prompt_toolkit.styles import Attrs

from wooster.repl.bursts import Bursts
from wooster.repl.reader import PROMPT, agrees, confirms
from wooster.wire.requests import MAX_MESSAGE_BYTES

# Every start reads the whole history, so that a pasted book has no place in it.
_LONGEST_REMEMBERED = 64 * 1024
_NOT_KEPT = ("/forget prove", "/forget --prove")
# Each step that can be undone keeps the whole text.
_LONGEST_UNDONE = 64 * 1024
# No longer message is sent; one sign more lets the shell refuse it, which says so.
_LONGEST_TAKEN = MAX_MESSAGE_BYTES + 1


class PromptReader:
    """Messages typed at a prompt."""

    def __init__(
        self,
        history: Path,
        output: Output,
        *,
        input: Input | None = None,  # noqa: A002 - prompt_toolkit's name for it
        once_up: Callable[[], None] = lambda: None,
    ) -> None:
        self._output, self._input = output, Bursts(input or create_input())
        self._history = LineHistory(history)
        self._completer = Commands()
        self._session: PromptSession[str] = PromptSession(
            PROMPT,
            multiline=True,
            prompt_continuation=" " * len(PROMPT),
            key_bindings=_keys(),
            history=InMemoryHistory(self._history.load()),
            completer=self._completer,
            # Below the line a menu would have to be kept room for, scrolling the screen up.
            complete_style=CompleteStyle.READLINE_LIKE,
            complete_while_typing=False,
            search_ignore_case=True,
            enable_suspend=True,
            include_default_pygments_style=False,
            input=self._input,
            output=output,
        )
        _cap_undo(self._session.default_buffer)
        self._show: Callable[[], None] = lambda: None
        self._drawn: PromptSession[str] | None = None
        self._once_up: Callable[[], None] | None = once_up
        self._session.app.after_render += self._is_up

    def read(self) -> str:
        text = self._typed(self._session, PROMPT)
        # Whoever looks for what was forgotten must not find their own question.
        if not " ".join(text.lower().split()).startswith(_NOT_KEPT):
            self._history.add(text)
        # What is pasted while an answer streams stays one message too.
        self._output.enable_bracketed_paste()
        self._output.flush()
        return text

    def ask(self, question: str) -> bool:
        return agrees(self._reply(f"{question} [Y/n] "))

    def confirm(self, question: str) -> bool:
        return confirms(self._reply(f"{question} [y/N] "))

    @property
    def can_choose(self) -> bool:
        return True

    def choose(self, keys: Sequence[str]) -> str:
        bindings = KeyBindings()
        for key in keys:
            bindings.add(key)(lambda event, key=key: event.app.exit(result=key))
        bindings.add(Keys.Any)(lambda event: None)
        try:
            return self._typed(self._asking(bindings), f"[{'/'.join(keys)}] ")
        except (EOFError, KeyboardInterrupt):
            return ""

    def line(self, question: str) -> str:
        try:
            return self._typed(self._asking(), question).strip()
        except (EOFError, KeyboardInterrupt):
            return ""

    def _reply(self, prompt: str) -> str:
        try:
            return self._typed(self._asking(), prompt)
        except (EOFError, KeyboardInterrupt):
            return "no"

    def between(self, show: Callable[[], None]) -> None:
        self._show = show

    def interrupt(self) -> None:
        session = self._drawn
        loop = session.app.loop if session is not None else None
        try:
            if session is not None and loop is not None:
                loop.call_soon_threadsafe(self._show_above, session)
        except RuntimeError:
            pass  # the line ended meanwhile, and the next one shows it

    def _typed(self, session: PromptSession[str], prompt: str) -> str:
        def begin() -> None:
            # In this order: what comes after the first of them is shown by it or above the line.
            self._drawn = session
            self._show()

        try:
            return session.prompt(prompt, pre_run=begin)
        finally:
            self._drawn = None

    def _show_above(self, session: PromptSession[str]) -> None:
        """In the prompt's own loop, so that nothing is drawn meanwhile."""
        if session.app.is_running and not session.app.is_done:
            session.app.renderer.erase()
            self._show()
            session.app.invalidate()

    def _asking(self, bindings: KeyBindings | None = None) -> PromptSession[str]:
        return PromptSession(key_bindings=bindings, input=self._input, output=self._output)

    def offer(self, commands: Sequence[str]) -> None:
        self._completer.commands = tuple(commands)

    def close(self) -> None:
        self._output.disable_bracketed_paste()
        self._output.flush()

    def _is_up(self, _: object) -> None:
        if self._once_up is not None:
            once_up, self._once_up = self._once_up, None
            once_up()


def terminal_output(stdout: TextIO, *, colour: bool) -> Output:
    """prompt_toolkit's output for `stdout`.

    It doesn't ask where the cursor is: the prompt needs no menu below it, and the terminal's
    reply would mix with what is typed.
    """
    kind = Vt100_Output if colour else _Unstyled
    depth = None if colour else ColorDepth.DEPTH_1_BIT
    output = kind.from_pty(stdout, term=os.environ.get("TERM"), default_color_depth=depth)
    output.enable_cpr = False
    return output


class _Unstyled(Vt100_Output):
    """Moves the cursor, and sets no colours and no styles."""

    def set_attributes(self, attrs: Attrs, color_depth: ColorDepth) -> None:
        pass

    def reset_attributes(self) -> None:
        pass


class Commands(Completer):
    """Completes commands at a message's start, with a slash where one was typed."""

    def __init__(self) -> None:
        self.commands: tuple[str, ...] = ()

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        text = document.text_before_cursor
        slash = "/" if text.startswith("/") else ""
        typed = text.removeprefix(slash).lower()
        for command in self.commands:
            if command.startswith(typed) and command != typed:
                yield Completion(slash + command, start_position=-len(text))


class LineHistory:
    """Typed messages over all starts, in a file that only this user can read.

    A history that can't be read or written is no reason not to take a message. It is read and
    written outside the prompt's event loop, which must not wait for a disk.
    """

    def __init__(self, path: Path) -> None:
        self._file = FileHistory(str(path))

    def load(self) -> list[str]:
        """Every message, the oldest first."""
        try:
            return list(self._file.load_history_strings())[::-1]
        except OSError:
            return []

    def add(self, text: str) -> None:
        """Remember `text`."""
        if len(text) > _LONGEST_REMEMBERED:
            return
        # A lone surrogate, from a terminal that sends broken UTF-8, can't be written.
        text = text.encode("utf-8", "replace").decode("utf-8")
        try:
            os.close(os.open(self._file.filename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
            self._file.store_string(text)
        except OSError:
            return


def _cap_undo(buffer: Buffer) -> None:
    """Undo goes back in steps while the text is short, then in one step to when it was."""
    save = buffer.save_to_undo_stack

    def save_if_short(clear_redo_stack: bool = True) -> None:
        if len(buffer.text) <= _LONGEST_UNDONE:
            save(clear_redo_stack)

    buffer.save_to_undo_stack = save_if_short  # type: ignore[method-assign] # made by the session


def _keys() -> KeyBindings:
    keys = KeyBindings()
    typing = has_focus(DEFAULT_BUFFER)  # in Ctrl-R's search, keys keep their own meaning

    @keys.add("enter", filter=typing)
    def _(event: KeyPressEvent) -> None:
        if event.current_buffer.text.strip():
            event.current_buffer.validate_and_handle()
        else:
            event.current_buffer.reset()

    @keys.add("escape", "enter", filter=typing)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.newline(copy_margin=False)

    @keys.add(Keys.BracketedPaste, filter=typing)
    def _(event: KeyPressEvent) -> None:
        room = max(0, _LONGEST_TAKEN - len(event.current_buffer.text))
        pasted = event.data.replace("\r\n", "\n").replace("\r", "\n")
        event.current_buffer.insert_text(pasted[:room])

    @keys.add("c-c", filter=typing)
    def _(event: KeyPressEvent) -> None:
        if event.current_buffer.text:
            event.current_buffer.reset()
        else:
            event.app.exit(exception=KeyboardInterrupt, style="class:aborting")

    return keys
