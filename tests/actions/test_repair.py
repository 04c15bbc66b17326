"""A model's arguments: made right where there is one way to, else refused in words."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wooster.actions.repair import arguments_of
from wooster.core.errors import UsageError

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "habit": {"type": "string"},
        "remind_at": {"type": "string"},
        "pace": {"type": "string", "enum": ["fast", "slow"]},
        "count": {"type": "integer"},
        "share": {"type": "number"},
        "all": {"type": "boolean"},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", {}),
        ("{}", {}),
        ("null", {}),
        ('{"habit": "Meditate"}', {"habit": "Meditate"}),
        ('{"count": "3"}', {"count": 3}),
        ('{"count": 3.0}', {"count": 3}),
        ('{"share": "2.5"}', {"share": 2.5}),
        ('{"all": "True"}', {"all": True}),
        ('{"all": "no"}', {"all": False}),
        ('{"habit": 3}', {"habit": "3"}),
        ('{"habit": ["Meditate"]}', {"habit": "Meditate"}),
        ('{"habit": {"name": "Meditate"}}', {"habit": "Meditate"}),
        ('{"habit": {"habit": "Meditate"}}', {"habit": "Meditate"}),
        ('{"count": {"value": "3"}}', {"count": 3}),
        ('{"tags": "home"}', {"tags": ["home"]}),
        ('{"tags": "[\\"home\\", \\"work\\"]"}', {"tags": ["home", "work"]}),
        ('{"pace": "FAST"}', {"pace": "fast"}),
        ('{"remindAt": "07:30"}', {"remind_at": "07:30"}),
        ('{"Remind-At": "07:30"}', {"remind_at": "07:30"}),
        ('{"habit": "Meditate", "count": null}', {"habit": "Meditate"}),
        ('{"arguments": {"habit": "Meditate"}}', {"habit": "Meditate"}),
        ('{"parameters": "{\\"habit\\": \\"Meditate\\"}"}', {"habit": "Meditate"}),
        ('"{\\"habit\\": \\"Meditate\\"}"', {"habit": "Meditate"}),
        ('[{"habit": "Meditate"}]', {"habit": "Meditate"}),
        ('```json\n{"habit": "Meditate"}\n```', {"habit": "Meditate"}),
    ],
)
def test_what_has_one_meaning_is_made_right(written: str, meant: dict[str, Any]) -> None:
    """Types, wrappers and names that models get wrong."""
    assert arguments_of(written, SCHEMA) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('{"count": "three"}', {"count": "three"}),
        ('{"count": 3.5}', {"count": 3.5}),
        ('{"all": "perhaps"}', {"all": "perhaps"}),
        ('{"habit": {"name": "a", "day": "b"}}', {"habit": {"name": "a", "day": "b"}}),
        ('{"habit": ["a", "b"]}', {"habit": ["a", "b"]}),
        ('{"pace": "medium"}', {"pace": "medium"}),
        ('{"habit": true}', {"habit": True}),
    ],
)
def test_what_could_mean_anything_stays_as_it_is(written: str, meant: dict[str, Any]) -> None:
    """The parameters refuse it: nothing is guessed, cut or left out."""
    assert arguments_of(written, SCHEMA) == meant


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('{"habit": "Medi', "no JSON object, or not a whole one"),
        ("Meditate", "no JSON object"),
        ("[1, 2]", "no JSON object"),
        ("3", "no JSON object"),
        ('{"nonsense": 1}', "There is no argument 'nonsense'"),
        ('{"remind_at": "1", "remindAt": "2"}', "given twice"),
        ("[" * 5000, "no JSON object"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(written: str, told: str) -> None:
    """Nothing is run with half of what was meant; the model reads what there is."""
    with pytest.raises(UsageError, match=re.escape(told)) as caught:
        arguments_of(written, SCHEMA)
    if "nonsense" in written:
        assert "habit, remind_at" in caught.value.hint


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted(SCHEMA["properties"])), JSON))
def test_nothing_that_was_given_is_left_out(given_: dict[str, Any]) -> None:
    """But for what is null, which says nothing; and what is right already isn't touched."""
    found = arguments_of(json.dumps(given_), SCHEMA)
    assert set(found) == {name for name, value in given_.items() if value is not None}
    assert arguments_of(json.dumps(found), SCHEMA) == found


@given(st.text() | JSON.map(json.dumps))
def test_whatever_a_model_writes_is_arguments_or_an_error_in_words(written: str) -> None:
    """Never an exception of another kind."""
    try:
        assert isinstance(arguments_of(written, SCHEMA), dict)
    except UsageError as error:
        assert error.message
