"""What is installed, read back: which program it starts, for which home, and what is wrong with it.

Pure but for looking whether files are there.
"""

from __future__ import annotations

import os
import plistlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers.expat import ExpatError

_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')
_INSTALL = "`wooster service install` mends it."


@dataclass(frozen=True, slots=True)
class Described:
    """What a service's file says. `problem` is why it can't be read."""

    program: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


def described(file: Path) -> Described:
    """Read it back; whoever changed it by hand is believed."""
    try:
        data = file.read_bytes()
        return _plist(data) if file.suffix == ".plist" else _unit(data.decode("utf-8"))
    except (OSError, ValueError, ExpatError, AttributeError, TypeError) as error:
        return Described(problem=getattr(error, "strerror", None) or str(error))


def _plist(data: bytes) -> Described:
    told = plistlib.loads(data)
    program = tuple(map(str, told.get("ProgramArguments", ())))
    return Described(program, {k: str(v) for k, v in told.get("EnvironmentVariables", {}).items()})


def _unit(text: str) -> Described:
    program: tuple[str, ...] = ()
    environment: dict[str, str] = {}
    for line in text.splitlines():
        key, _, value = line.partition("=")
        if key == "ExecStart":
            program = tuple(word.replace("$$", "$") for word in _words(value))
        elif key == "Environment":
            pairs = (word.partition("=") for word in _words(value))
            environment |= {name: given for name, _, given in pairs}
    return Described(program, environment)


def _words(value: str) -> list[str]:
    """The words of a unit's line as systemd takes them; only the quoting that we write."""
    found = (match[2] if match[1] is None else match[1] for match in _WORD.finditer(value))
    return [re.sub(r"\\(.)", r"\1", word).replace("%%", "%") for word in found]


def problems(found: Described, home: Path, python: str) -> list[str]:
    """What is wrong with it, each with the command that mends it: paths that moved above all."""
    if found.problem or not found.program:
        return [f"What describes it can't be read ({found.problem or 'no program'}). {_INSTALL}"]
    program = found.program[0]
    told = []
    if not os.access(program, os.X_OK):
        told.append(
            f"The Python that it starts isn't there any more: {program} (a virtual environment "
            f"that was moved or removed?). {_INSTALL}"
        )
    elif program != python:
        told.append(
            f"It starts another installation than this one: {program}, and this is {python}. "
            "`wooster service install` makes it this one."
        )
    gone = [
        each
        for each in found.environment.get("PYTHONPATH", "").split(os.pathsep)
        if each and not Path(each).is_dir()
    ]
    told += [
        f"A folder that its Python needs isn't there any more: {each}. {_INSTALL}" for each in gone
    ]
    if found.environment.get("WOOSTER_HOME", str(home)) != str(home):
        told.append(f"It serves another home: {found.environment['WOOSTER_HOME']}. {_INSTALL}")
    return told


# --- what the systems' programs tell -----------------------------------------------------------


def launchctl_print(text: str) -> dict[str, str]:
    """The `key = value` lines of `launchctl print` that are the service's own."""
    lines = re.findall(r"^\t([a-z ]+) = (.*)$", text, re.MULTILINE)
    return {key: value.strip() for key, value in lines}


def systemctl_show(text: str) -> dict[str, str]:
    """The properties that `systemctl show` lists."""
    pairs = (line.partition("=") for line in text.splitlines())
    return {key: value for key, _, value in pairs}


def number(text: str) -> int:
    """The number that a value begins with; 0 where there is none."""
    found = re.match(r"\d+", text)
    return int(found[0]) if found else 0
