"""What the README shows, for the tests that do it."""

from __future__ import annotations

import re
from pathlib import Path

TEXT = (Path(__file__).parents[1] / "README.md").read_text("utf-8")


def _text(section: str) -> str:
    (found,) = re.findall(
        rf"^## {re.escape(section)}\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL
    )
    return str(found)


def lines(section: str = "") -> list[str]:
    """The lines of a section's blocks, or of all, without what is said of them."""
    text = _text(section) if section else TEXT
    return [re.sub(r"\s{2,}#.*", "", each) for each in re.findall(r"(?m)^ {4}(\S.*)$", text)]


def commands() -> list[str]:
    """Those that are typed in a shell."""
    return [each for each in lines() if each.startswith("wooster ")]


def named() -> list[str]:
    """The commands that stand in its sentences and its table."""
    return re.findall(r"`(wooster(?: [^`]+)?)`", TEXT)


def sections() -> list[str]:
    """Their names, in order."""
    return re.findall(r"(?m)^## (.*)", TEXT)


def in_conversation(line: str) -> list[str]:
    """What a line of a block has a person type in the conversation; none for a command."""
    return line.split(" · ") if re.match(r"(remind|snooze|schedule) ", line) else []


def said(section: str) -> list[str]:
    """What the sentences of a section have a person type in the conversation."""
    flat = " ".join(_text(section).split())
    typed = []
    for sentence in re.findall(r"[Ii]n the conversation((?: [^`.:|]*)?:? `.*?)(?:\. |\)|;)", flat):
        typed += re.findall(r"`([^`]+)`", sentence)
    return [each for each in typed if not re.search("…|^wooster|^scripts", each)]


def kinds() -> list[tuple[str, str]]:
    """Each command of the table, with each word that can come after it by the table."""
    found = []
    for names, about in re.findall(r"(?m)^\| (.+?) \| (.+) \|$", TEXT):
        if "after it" in about:
            command = re.findall(r"`wooster (\w+)", names)[-1]
            clause = re.split("[;.:] (?!.* after it)", about.split(" after it")[0])[-1]
            found += [(command, word) for word in re.findall(r"`(\w+)`", clause)]
    return found
