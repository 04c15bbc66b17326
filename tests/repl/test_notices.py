"""What the daemon says by itself: shown once, and acknowledged each time."""

from __future__ import annotations

from wooster.config.paths import Paths
from wooster.repl.client import Client
from wooster.repl.notices import Notices
from wooster.wire.events import Notice, Withdrawn

from .screen import Screen, ScreenTerminal

NOTICE = Notice("7", "Reminder · 14:05", "call \x1b[31mAna")


def test_the_same_key_is_shown_once_and_acknowledged_again(home: Paths) -> None:
    """The daemon died before it wrote down that it was shown: it asks again after its start."""
    screen = Screen(100, 20)
    notices = Notices(Client(home.socket), ScreenTerminal(screen))
    for _ in range(2):
        notices._take(NOTICE)
        notices.show()
    assert screen.text == "Reminder · 14:05: call [31mAna"
    assert [notices._seen.get_nowait() for _ in range(2)] == ["7", "7"]


def test_what_was_withdrawn_before_it_could_be_shown_is_not(home: Paths) -> None:
    """It was told elsewhere while an answer was being shown here."""
    screen = Screen(100, 20)
    notices = Notices(Client(home.socket), ScreenTerminal(screen))
    notices._take(NOTICE)
    notices._take(Withdrawn("7"))
    notices.show()
    assert screen.text == ""
    assert notices._seen.empty()
