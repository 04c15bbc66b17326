"""What `status` tells of providers that fail."""

from __future__ import annotations

import pytest

from wooster.daemon.status import ailing_text
from wooster.models.model import Provider
from wooster.models.neighbours import Ailing

EXO = Provider("exo", "http://127.0.0.1:52415", "m", leaves=False)


@pytest.mark.parametrize(
    ("ailing", "told"),
    [
        (
            Ailing(EXO, "open", "exo doesn't answer at http://127.0.0.1:52415", None),
            "Exo doesn't answer at http://127.0.0.1:52415. It is asked last until it answers "
            "again.",
        ),
        (
            Ailing(EXO, "open", "exo takes no more requests now: slow down.", 90.0),
            "Exo takes no more requests now: slow down. It is asked last for another 1 min 30 s.",
        ),
        (
            Ailing(EXO, "wrong_key", "exo refuses the key: who are you?", 200.0),
            "Exo refuses the key: who are you? It is asked last until the key is right: mend it, "
            "then `wooster restart`.",
        ),
        (
            Ailing(EXO, "open", "exo broke off", 0.0),
            "Exo broke off. The next message that needs it tries it again.",
        ),
    ],
)
def test_a_provider_that_fails_is_told_with_when_it_is_asked_again(
    ailing: Ailing, told: str
) -> None:
    """Why, and what ends it."""
    assert ailing_text(ailing) == told
