"""A reminder in a real terminal, from a real daemon."""

from __future__ import annotations

import os
import sys

import pexpect
import pytest

from tests.process import running, without_servers
from wooster.config.paths import Paths

PROMPT_UP = "\x1b\\[\\?2004h.*>"
pytestmark = pytest.mark.slow


def test_a_reminder_comes_above_the_line_that_is_being_typed(paths: Paths) -> None:
    """The line is whole afterwards, the reminder word for word, and delivered once it was shown."""
    with running(paths, without_servers("http://127.0.0.1:9")) as daemon:
        env = {**os.environ, "TERM": "xterm-256color", "NO_COLOR": "1"}
        env["WOOSTER_HOME"] = str(paths.home)
        child = pexpect.spawn(
            sys.executable, ["-m", "wooster"], env=env, encoding="utf-8", dimensions=(24, 100)
        )
        try:
            child.timeout, child.delaybeforesend = 20, None
            child.expect(PROMPT_UP)
            child.send("remind me to call Ana in 2 seconds\r")
            child.expect(PROMPT_UP)
            child.send("/notify")
            child.expect(r"Reminder · \d\d:\d\d: call Ana\r\n")
            child.expect("> /notify")
            child.send("\r")
            child.expect("1 conversation open")
            child.expect(PROMPT_UP)
            child.send("exit\r")
            child.expect(pexpect.EOF)
        finally:
            child.close(force=True)
        assert "call Ana: delivered (repl)" in daemon.client.act("schedule_history").text
