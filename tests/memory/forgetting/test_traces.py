"""Taking what was forgotten out of a prompt's history and out of logs."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wooster.memory.forgetting.traces import without_entries, without_lines
from wooster.memory.forgetting.wording import all_of, form, side_by_side

_LINE = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), max_size=30)


def _entry(text: str, number: int) -> str:
    """As prompt-toolkit writes it."""
    return f"\n# 2026-11-22 12:00:0{number}.000000\n" + "".join(
        f"+{line}\n" for line in text.split("\n")
    )


def _words(text: str) -> list[object]:
    found = all_of(text)
    assert found is not None
    return [found]


@given(st.lists(st.tuples(st.lists(_LINE, min_size=1, max_size=3), st.booleans()), max_size=6))
def test_an_entry_that_says_it_goes_whole_and_every_other_stays(
    entries: list[tuple[list[str], bool]],
) -> None:
    """Whatever stands in the lines before and after, and however they look."""
    texts = ["\n".join([*lines, "the qzolvix"] if says else lines) for lines, says in entries]
    history = "".join(_entry(text, number) for number, text in enumerate(texts))
    left = without_entries(history, [], _words("Qzolvix"))  # type: ignore[arg-type]
    assert "qzolvix" not in left
    kept = [_entry(text, number) for number, text in enumerate(texts) if "qzolvix" not in text]
    assert left.replace("\n", "") == "".join(kept).replace("\n", "")


@pytest.mark.parametrize(
    ("typed", "goes"),
    [
        ("PIN 4711", True),
        ("  PIN 4711 ", True),
        ("/remember PIN 4711", True),
        ("/correct 3 PIN 4711", True),
        ("what is PIN 47110", False),
        ("a long sentence of theirs", True),
        ("and a long sentence of theirs, too", True),
    ],
)
def test_a_short_text_must_be_all_that_was_typed(typed: str, goes: bool) -> None:
    """It would stand in many lines that have nothing to do with it."""
    history = _entry(typed, 1)
    texts = ["PIN 4711", "a long sentence of theirs"]
    assert ("+" not in without_entries(history, texts, [])) == goes


def test_a_log_line_is_read_as_json_has_it() -> None:
    """Escaped or not, deep inside or not, and as it is where it is no JSON."""
    lines = [
        json.dumps({"question": "the Qzölvix!"}),
        json.dumps({"a": [{"b": "line\nqzölvix"}]}, ensure_ascii=False),
        "2026 INFO qzolvix",
        '{"half": "qzölv',
        json.dumps({"event": "turn.asked", "turn": 7}),
        json.dumps(7),
    ]
    log = "\n".join(lines) + "\n"
    assert without_lines(log, [], _words("qzölvix")).splitlines() == lines[3:]  # type: ignore[arg-type]
    assert without_lines(log, [], []) == log


def test_words_stand_side_by_side_or_anywhere() -> None:
    """A fact's value is one name; words that a person names are each meant."""
    one, each = side_by_side("São Paulo"), all_of("São Paulo")
    assert one is not None and each is not None
    assert one.stands_in("in sao  paulo!") and not one.stands_in("Paulo of São")
    assert each.stands_in("Paulo", "of São") and not each.stands_in("Paulos São")
    assert side_by_side(" — ") is None and all_of("“!”") is None


@given(st.text())
def test_a_text_says_itself(text: str) -> None:
    """In whatever script; and comparing it twice changes nothing."""
    words = side_by_side(text)
    assert words is None or words.stands_in(f"so: {text}.")
    assert form(form(text)).split() == form(text).split()
