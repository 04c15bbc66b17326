"""Markdown as lines of a terminal, through rich.

Imported only after the prompt is up, because rich is slow to import. It knows how a block looks
and nothing of cursors, streams or what is still to come.
"""

from __future__ import annotations

import io
import re
from typing import ClassVar

from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import (
    CodeBlock,
    Heading,
    ListItem,
    Markdown,
    MarkdownElement,
    TableElement,
)
from rich.segment import Segment
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text
from rich.theme import Theme

from wooster.repl.blocks import parser

_TRAILING = re.compile(r" +((?:\x1b\[[0-9;]*m)*)$")
_SGR = re.compile(r"\x1b\[[0-9;]*m")
_THEME = Theme(
    {
        "markdown.code": "cyan",
        "markdown.h1": "bold underline",
        "markdown.h2": "bold",
        "markdown.h3": "bold",
        "markdown.link": "underline",
        "markdown.link_url": "dim",
        "markdown.item.number": "none",
        "markdown.item.bullet": "none",
        "markdown.table.border": "dim",
        "markdown.table.header": "bold",
    }
)


class _Heading(Heading):
    LEVEL_ALIGN: ClassVar = dict.fromkeys(Heading.LEVEL_ALIGN, "left")


class _Code(CodeBlock):
    """Code between its fences, unindented, so that it can be copied as it is."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        code = str(self.text).rstrip("\n")
        name = "" if self.lexer_name == "text" else self.lexer_name
        yield Text(f"```{name}", style="dim", overflow="fold")
        # Without colours a Syntax would only pad its lines.
        if console.color_system is None or name == "":
            yield Text(code, overflow="fold", no_wrap=False)
        else:
            yield Syntax(code, name, theme="ansi_dark", word_wrap=True, background_color="default")
        yield Text("```", style="dim")


class _Item(ListItem):
    """A list's item; numbers have their dot."""

    def render_number(
        self, console: Console, options: ConsoleOptions, number: int, last_number: int
    ) -> RenderResult:
        indent = len(str(last_number)) + 3
        within = options.update(width=max(1, options.max_width - indent))
        lines = console.render_lines(self.elements, within, style=self.style)
        for index, line in enumerate(lines):
            yield Segment(f"{number}. ".rjust(indent) if index == 0 else " " * indent)
            yield from line
            yield Segment("\n")


class _Table(TableElement):
    """A table without the blank lines that rich has for its upper and lower edges."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for table in super().__rich_console__(console, options):
            if isinstance(table, Table):
                table.show_edge = False
            yield table


class _Markdown(Markdown):
    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "heading_open": _Heading,
        "fence": _Code,
        "code_block": _Code,
        "list_item_open": _Item,
        "table_open": _Table,
    }

    def __init__(self, text: str) -> None:
        super().__init__("", hyperlinks=False)
        self.parsed = parser().parse(text)


class _Sink(io.StringIO):
    """Takes what rich writes; rich draws its tables in ASCII where `encoding` isn't UTF."""

    encoding = "utf-8"


class _AsciiSink(_Sink):
    encoding = "ascii"


class Typesetter:
    """Turns Markdown into lines. `colour` off means no escape sequence at all."""

    def __init__(self, *, colour: bool, typographic: bool = True) -> None:
        self._colour, self._sink = colour, _Sink if typographic else _AsciiSink

    def lines(self, text: str, width: int) -> list[str]:
        """`text` as lines of at most `width` columns, without blank ones at either end."""
        sink = self._sink()
        console = Console(
            file=sink,
            width=width,
            height=100,
            force_terminal=self._colour,
            color_system="standard" if self._colour else None,
            no_color=not self._colour,
            theme=_THEME,
            legacy_windows=False,
            highlight=False,
            emoji=False,
            _environ={},
        )
        console.print(_Markdown(text))
        lines = [_TRAILING.sub(r"\1", line) for line in sink.getvalue().split("\n")]
        while lines and _blank(lines[-1]):
            lines.pop()
        while lines and _blank(lines[0]):
            lines.pop(0)
        return lines


def _blank(line: str) -> bool:
    return not _SGR.sub("", line).strip()
