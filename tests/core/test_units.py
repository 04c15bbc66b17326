"""Amounts: exact, comparable within their kind, and shown as they are typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.habits.strategies import UNITS, amounts
from wooster.core import units
from wooster.core.units import Amount


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("25 minutes", "25 min"),
        ("1,5 l", "1.5 l"),
        ("1,500 steps", "1500 steps"),
        ("an hour", "1 h"),
        ("half an hour", "30 min"),
        ("1 h 05 min", "65 min"),
        ("2 KM", "2 km"),
        ("0.250 l", "0.25 l"),
    ],
)
def test_amounts_are_read_in_many_spellings(typed: str, shown: str) -> None:
    """And shown in one."""
    assert str(units.parse(typed)) == shown


@pytest.mark.parametrize("typed", ["", "minutes", "0 min", "0.0001 mg", "99999999999 km", "5 6 km"])
def test_what_is_no_amount_is_none(typed: str) -> None:
    """Nothing, no number, nothing to count, and more than anybody does."""
    assert units.parse(typed) is None


@given(st.sampled_from(UNITS).flatmap(amounts))
def test_an_amount_is_read_as_it_is_shown(amount: Amount) -> None:
    """Whatever its unit."""
    assert units.parse(str(amount)) == amount


def test_ten_glasses_of_a_fifth_are_two_litres() -> None:
    """Exactly: amounts are no floating-point numbers."""
    glass, two = units.parse("0.2 l"), units.parse("2 l")
    assert glass and two and glass.thousandths * 10 == two.thousandths


def test_only_amounts_of_one_kind_compare() -> None:
    """An hour is sixty minutes; pages are pages in singular and plural; a person's word for a unit
    is never one of ours."""
    hour, minutes = units.parse("1 hour"), units.parse("60 min")
    assert hour and minutes and hour.thousandths == minutes.thousandths
    assert units.kind("pages") == units.kind("page") != units.kind("km")
    assert units.kind("length") != units.kind("m")
