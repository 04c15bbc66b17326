"""What becomes of something observed, as what is known, what is said, and what that gives."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.memory.facts.conftest import day, observed
from wooster.memory.facts import ledger
from wooster.memory.facts.ledger import Cut
from wooster.memory.facts.model import Fact, Observation


def known(number: int, told: Observation, **more: Any) -> Fact:
    """The fact that an observation became."""
    fact = Fact(
        id=number,
        category=told.category,
        subject=told.subject,
        key=told.key,
        value=told.value,
        statement=told.statement,
        confidence=told.confidence,
        source=told.source,
        made_by=told.made_by,
        quote=told.quote,
        observed=told.observed,
        valid_from=told.valid_from,
        valid_to=None,
        ended=None,
        replaced_by=None,
        mentions=1,
        said=told.observed,
    )
    return replace(fact, **more)


ROME = known(1, observed("lives_in", "Rome", 1))


def test_another_value_takes_the_place_of_the_old() -> None:
    """It ends where the new begins, which is known since it was said."""
    made = ledger.decide([ROME], observed("lives_in", "Porto", 5, valid_from=day(3)))
    assert made.kind == "supersede"
    assert made.cuts == (Cut(1, day(3), day(5)),)


def test_the_same_again_is_a_mention() -> None:
    """Whatever its case, accents, article and marks."""
    assert ledger.decide([ROME], observed("lives_in", "  the róme!", 5)).kind == "mention"


def test_two_likes_are_two_facts() -> None:
    """A key of many values adds."""
    tea = known(1, observed("likes", "tea", 1))
    assert ledger.decide([tea], observed("likes", "coffee", 2)).kind == "add"


def test_what_was_so_long_ago_takes_nothings_place() -> None:
    """ "I lived in Oslo until 2019", told later, is a fact that is over."""
    made = ledger.decide([ROME], observed("lives_in", "Oslo", 9, valid_to=day(-900), ends=True))
    assert (made.kind, made.cuts, made.valid_to, made.ended) == ("add", (), day(-900), day(9))


def test_what_ends_keeps_its_row() -> None:
    """With the date that was told, known since it was told; nothing takes its place."""
    made = ledger.decide([ROME], observed("lives_in", "", 9, ends=True, valid_to=day(7)))
    assert (made.kind, made.cuts) == ("end", (Cut(1, day(7), day(9), is_replaced=False),))


def test_nothing_that_is_unknown_ends() -> None:
    """Without a value and without a fact there is nothing to say."""
    made = ledger.decide([], observed("lives_in", "", 9, ends=True))
    assert (made.kind, made.reason) == ("refused", ledger.NOTHING_ENDS)


def test_what_does_not_change_contradicts() -> None:
    """Two birthdays of equal standing are both kept, to be asked about."""
    may = known(1, observed("birthday", "3 May", 1))
    made = ledger.decide([may], observed("birthday", "5 May", 2))
    assert (made.kind, made.against, made.cuts) == ("contradiction", (1,), ())


def test_said_again_settles_a_contradiction() -> None:
    """The value that the person repeats is the one that is so."""
    facts = [known(1, observed("birthday", "3 May", 1)), known(2, observed("birthday", "5 May", 2))]
    made = ledger.decide(facts, observed("birthday", "3 May", 4))
    assert (made.kind, made.fact, made.cuts) == ("mention", 1, (Cut(2, day(4), day(4)),))


@pytest.mark.parametrize(("old", "new"), [("likes", "dislikes"), ("dislikes", "likes")])
def test_liking_and_disliking_the_same_contradict(old: str, new: str) -> None:
    """Unless it is said since when: then the one came after the other."""
    facts = [known(1, observed(old, "tea", 1))]
    assert ledger.decide(facts, observed(new, "tea", 2)).kind == "contradiction"
    assert ledger.decide(facts, observed(new, "tea", 2, valid_from=day(2))).kind == "supersede"


def test_what_is_stated_wins_over_what_is_inferred() -> None:
    """In either order, also of what doesn't change."""
    guess = observed("birthday", "5 May", 2, source="inferred")
    assert ledger.decide([known(1, observed("birthday", "3 May", 1))], guess).kind == "refused"
    made = ledger.decide([known(1, guess)], observed("birthday", "3 May", 3))
    assert (made.kind, made.cuts) == ("supersede", (Cut(1, day(3), day(3)),))
    assert (
        ledger.decide([ROME], observed("lives_in", "Rome", 3, ends=True, source="inferred")).kind
        == "refused"
    )


def test_what_is_learned_late_comes_before_what_was_said_later() -> None:
    """An older session that is read after a newer one: its value gave way to the newer."""
    made = ledger.decide(
        [known(1, observed("lives_in", "Porto", 8))], observed("lives_in", "Rome", 2)
    )
    assert (made.kind, made.valid_to, made.ended, made.replaced_by) == ("add", day(8), day(8), 1)


def test_what_was_said_since_makes_it_stale() -> None:
    """Between two mentions of one value another one that is learned late isn't so any more."""
    fact = known(1, observed("lives_in", "Rome", 1), said=day(9))
    made = ledger.decide([fact], observed("lives_in", "Porto", 5))
    assert (made.kind, made.reason) == ("refused", ledger.STALE)


def test_what_begins_later_leaves_the_old_its_time() -> None:
    """ "From May": until then the old value is so."""
    made = ledger.decide([ROME], observed("lives_in", "Porto", 5, valid_from=day(30)))
    assert made.cuts == (Cut(1, day(30), day(5)),)
    old = replace(ROME, valid_to=day(30), ended=day(5), replaced_by=2)
    assert (old.was_known(day(29)), old.was_known(day(30))) == (True, False)


def test_what_ends_before_a_later_plan_begins_keeps_its_end() -> None:
    """Porto was said on day 37; that on day 36 Oslo was to begin on day 38 is read after that."""
    old = replace(ROME, valid_to=day(37), ended=day(37), replaced_by=2)
    porto = known(2, observed("lives_in", "Porto", 37))
    made = ledger.decide([old, porto], observed("lives_in", "Oslo", 36, valid_from=day(38)))
    assert made.cuts == ()
    assert (made.valid_to, made.replaced_by) == (day(38), 2)


def test_what_is_over_by_then_overrules_nothing() -> None:
    """Inferred: Porto from day 2, and on day 2 Oslo in its place. That the person had said Rome on
    day 1 is read after that: it holds until Porto, and Oslo stays; their chain has an end."""
    porto = known(
        1,
        observed("lives_in", "Porto", 1, valid_from=day(2), source="inferred"),
        **{"valid_to": day(2), "ended": day(2), "replaced_by": 2},
    )
    oslo = known(2, observed("lives_in", "Oslo", 2, source="inferred"))
    made = ledger.decide([porto, oslo], observed("lives_in", "Rome", 1))
    assert made.cuts == ()
    assert (made.valid_to, made.replaced_by) == (day(2), 1)


def test_others_facts_are_theirs() -> None:
    """A sister's home says nothing of the person's."""
    assert ledger.decide([ROME], observed("lives_in", "Bath", 2, subject="sister")).kind == "add"


def test_a_correction_takes_the_place_of_what_was_wrong() -> None:
    """Also where nothing says that the one excludes the other."""
    tea = known(1, observed("likes", "tea", 1))
    made = ledger.correct([tea], tea, observed("likes", "coffee", 2))
    assert (made.kind, made.cuts) == ("supersede", (Cut(1, day(2), day(2)),))


def test_a_correction_of_what_is_leaves_what_is_planned() -> None:
    """The right home is left on the day on which the wrong one would have been."""
    rome = replace(ROME, valid_to=day(30), ended=day(3), replaced_by=2)
    porto = known(2, observed("lives_in", "Porto", 3, valid_from=day(30)))
    made = ledger.correct([rome, porto], rome, observed("lives_in", "Naples", 5))
    assert made.cuts == (Cut(1, day(5), day(5)),)
    assert (made.valid_to, made.ended, made.replaced_by) == (day(30), day(5), 2)


def test_a_correction_of_a_plan_leaves_what_is() -> None:
    """Only the plan gives way; what is now ends on the day that it was to end."""
    rome = replace(ROME, valid_to=day(30), ended=day(3), replaced_by=2)
    porto = known(2, observed("lives_in", "Porto", 3, valid_from=day(30)))
    made = ledger.correct([rome, porto], porto, observed("lives_in", "Oslo", 5, valid_from=day(30)))
    assert made.cuts == (Cut(2, day(30), day(5)),)
    assert (made.valid_from, made.valid_to) == (day(30), None)


def test_a_correction_to_what_was_planned_brings_it_forward() -> None:
    """Nobody is left without a home until the day of the plan."""
    rome = replace(ROME, valid_to=day(30), ended=day(3), replaced_by=2)
    porto = known(2, observed("lives_in", "Porto", 3, valid_from=day(30)))
    made = ledger.correct([rome, porto], rome, observed("lives_in", "Porto", 5))
    assert (made.kind, made.fact, made.valid_from) == ("mention", 2, day(5))
    assert made.cuts == (Cut(1, day(5), day(5)),)
