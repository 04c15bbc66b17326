"""A day with Wooster, typed into the real program in a real terminal (tmux), and written down.

The home is a new one, the daemon its own, and no model server runs: all that is shown works
without. `day.txt` is the terminal's text; `day.cast` the same with its colours and its timing, in
asciinema's format (version 2).
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_OUT = Path(__file__).parents[2] / "docs" / "pictures"
_WIDTH, _HEIGHT = 100, 34
_QUIET_S, _LONGEST_S, _LOOK_S = 0.6, 20.0, 0.02
_LATE_S = 1.2

DAY = (
    "add habit meditate every day",
    "add habit run 5 km 3 times a week",
    "set goal weight from 84 to 78 kg by 1 June",
    "remind me to call Ana tomorrow at 5pm",
    "remind me every weekday at 8am to stretch",
    "event add lunch with Bob tomorrow 13:00-14:00 at Cafe Luna",
    "agenda tomorrow",
    "add send the invoice @computer due friday",
    "cap: ask the plumber about the leak",
    "cap: learn to bake sourdough",
    "process inbox",
    "KEY n",
    "KEY s",
    "next",
    "done invoice",
    "I meditated today",
    "check in run 5 km",
    "undo",
    "redo",
    "habits",
    "update progress weight 83.2 kg",
    "goal review",
    "health slept 7 hours",
    "reminders",
    "when every other Friday at 8am until March",
    "/brief --at tomorrow 07:00",
    "log",
)


class Terminal:
    """A tmux server of our own with one pane; what the pane writes is kept with its time."""

    def __init__(self, folder: Path, command: str) -> None:
        self._raw, self._socket = folder / "raw", str(folder / "tmux")
        self._raw.touch()
        self._read, self._seen = self._raw.open("rb"), time.monotonic()
        self.began, self.frames = time.monotonic(), list[tuple[float, bytes]]()
        size = ["-x", str(_WIDTH), "-y", str(_HEIGHT)]
        self.tmux("new-session", "-d", "-s", "day", *size, "sh")
        self.tmux("set-option", "-g", "history-limit", "5000")
        self.tmux("pipe-pane", "-t", "day", f"cat >> {shlex.quote(str(self._raw))}")
        self.types(f"exec {command}")

    def tmux(self, *arguments: str) -> str:
        done = subprocess.run(
            ["tmux", "-f", "/dev/null", "-S", self._socket, *arguments],
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def types(self, line: str) -> None:
        self.tmux("send-keys", "-t", "day", "-l", line)
        self.tmux("send-keys", "-t", "day", "Enter")
        self.rest()

    def presses(self, key: str) -> None:
        self.tmux("send-keys", "-t", "day", key)
        self.rest()

    def rest(self) -> None:
        """Until nothing more comes."""
        end, quiet_since = time.monotonic() + _LONGEST_S, time.monotonic()
        while time.monotonic() < end and time.monotonic() - quiet_since < _QUIET_S + _LATE_S:
            time.sleep(_LOOK_S)
            if came := self._read.read():
                quiet_since = time.monotonic()
                self.frames.append((quiet_since - self.began, came))

    @property
    def text(self) -> str:
        rows = self.tmux("capture-pane", "-p", "-S", "-", "-t", "day").split("\n")
        return "\n".join(row.rstrip() for row in rows).strip() + "\n"


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="wo-", dir="/tmp"))
    home = folder / "home"
    home.mkdir()
    ics = folder / "me.ics"
    empty = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//me//me//EN", "END:VCALENDAR", ""]
    ics.write_text("\r\n".join(empty), newline="")
    told = {"WOOSTER_HOME": str(home), "WOOSTER_CHAT__START": "false"}
    told |= {"WOOSTER_EMBED__START": "false", "TERM": "xterm-256color", "PS1": "$ "}
    os.environ.update(told)
    wooster = [sys.executable, "-m", "wooster"]
    try:
        subprocess.run([*wooster, "calendars", "add", str(ics)], check=True, capture_output=True)
        terminal = Terminal(folder, shlex.join(wooster))
        for line in DAY:
            if line.startswith("KEY "):
                terminal.presses(line.removeprefix("KEY "))
            else:
                terminal.types(line)
        _write(terminal)
        terminal.tmux("kill-server")
    finally:
        subprocess.run([*wooster, "stop"], check=False, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


def _write(terminal: Terminal) -> None:
    _OUT.mkdir(parents=True, exist_ok=True)
    text = terminal.text
    begin = text.find("exec ")
    text = text[text.find("\n", begin) + 1 :] if begin >= 0 else text
    (_OUT / "day.txt").write_text(text)
    head = {"version": 2, "width": _WIDTH, "height": _HEIGHT, "title": "A day with Wooster"}
    rows = [json.dumps(head)]
    for at, came in terminal.frames[2:]:
        rows.append(json.dumps([round(at, 3), "o", came.decode("utf-8", "replace")]))
    (_OUT / "day.cast").write_text("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
