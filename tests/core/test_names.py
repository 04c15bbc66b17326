"""Names as they are typed: forgiving, and never a guess."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from wooster.core import names
from wooster.core.errors import NotFound, UsageError


@dataclass(frozen=True)
class Thing:
    """Anything that is called something."""

    id: int
    name: str


def things(*called: str) -> list[Thing]:
    return [Thing(n, name) for n, name in enumerate(called, 1)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("run", ["run"]),
        ("RUN", ["run"]),
        ("prune", ["prune roses"]),
        ("roses", ["prune roses"]),
        ("pr ro", ["prune roses"]),
        ("ro pr", ["prune roses"]),
        ("ubung", ["Übung"]),
        ("café  TRINKEN", ["Cafe trinken"]),
        ("#2", ["prune roses"]),
        ("#9", []),
        ("une", []),
        ("r", ["run", "prune roses"]),
        ("", []),
    ],
)
def test_a_name_is_found_by_case_accents_and_the_begin_of_its_words(
    typed: str, found: list[str]
) -> None:
    """ "run" never hits "prune": only where a word begins."""
    there = things("run", "prune roses", "Übung", "Cafe trinken")
    assert [each.name for each in names.meant(typed, there)] == found


def test_a_whole_name_wins_over_longer_ones() -> None:
    """ "run" is "run", also beside "run home"."""
    assert names.find("run", things("run home", "run"), "thing", "Look.").id == 2


def test_several_are_told_and_none_is_chosen() -> None:
    """With their numbers, by which each can be meant."""
    with pytest.raises(UsageError) as caught:
        names.find("water", things("water plants", "drink water", "read"), "thing", "Look.")
    assert "“water plants” (#1), “drink water” (#2)" in caught.value.message
    assert "read" not in caught.value.message


def test_a_near_miss_is_suggested() -> None:
    """What may have been meant is said, and isn't done."""
    with pytest.raises(NotFound) as caught:
        names.find("meditte", things("meditate", "read"), "thing", "Look.")
    assert "“meditate”" in caught.value.hint


def test_a_name_that_is_taken_gets_the_first_number_that_is_free() -> None:
    """A free name stays as it is; a taken one gets 2, or what comes after those that are taken too,
    also where it has braces of its own."""
    taken = {"run", "run (2)", "{} (2)", "{}"}
    assert names.free("swim", taken.__contains__, "{} ({})") == "swim"
    assert names.free("run", taken.__contains__, "{} ({})") == "run (3)"
    assert names.free("run", taken.__contains__) == "run 2"
    assert names.free("{}", taken.__contains__, "{} ({})") == "{} (3)"
