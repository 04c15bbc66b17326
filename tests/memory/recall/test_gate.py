"""What of all that is recalled is worth a model's reading."""

from __future__ import annotations

from tests.assistant.memories import memory
from wooster.memory.recall.gate import chosen
from wooster.memory.recall.model import Memory, Recollections


def written(each: Memory) -> str:
    return each.text


def texts(found: Recollections, budget: int = 800) -> list[str]:
    return [each.text for each in chosen(found, budget, written)]


def test_only_what_is_near_is_chosen() -> None:
    """Far is left out, and so is what is much further off than the nearest."""
    held = [memory("a b", nearness=0.95), memory("c d", nearness=0.6), memory("e f", nearness=0.4)]
    assert texts(Recollections(tuple(held))) == ["a b"]
    assert texts(Recollections(tuple(held[1:]))) == ["c d"]
    assert texts(Recollections(tuple(held[2:]))) == []
    assert texts(Recollections(())) == []


def test_what_was_only_asked_must_be_nearer() -> None:
    """A question that the person asked before answers nothing."""
    assert texts(Recollections((memory("Where is it?", nearness=0.6),))) == []
    assert texts(Recollections((memory("It is here.", nearness=0.6),))) == ["It is here."]


def test_what_was_said_then_is_told_whole_or_in_short() -> None:
    """All of the period where there is room, else what it was about and as much as fits."""
    then = tuple(memory(f"word {n} " * 10, reasons={"time": 1.0}, nearness=0.0) for n in range(9))
    episode = memory("They spoke of words.", kind="episode")
    period = Recollections(then, is_period=True, episodes=(episode,))
    assert len(texts(period)) == 9
    told = texts(period, 100)
    assert told[0] == "They spoke of words."
    assert 1 < len(told) < 9


def test_what_is_too_long_makes_room_for_what_fits() -> None:
    """A long one is left out, and not all that come after it."""
    held = (memory("word " * 400, nearness=0.9), memory("It is here.", nearness=0.88))
    assert texts(Recollections(held), 60) == ["It is here."]


def test_what_says_the_same_is_given_once() -> None:
    """The summary of a turn that is told itself takes no room; another number is another thing."""
    turn = memory("I moved to Porto in May, to a flat by the river.", nearness=0.9)
    summary = memory("I moved to Porto in May.", kind="episode", nearness=0.8)
    other = memory("I moved to Porto in June.", item=2, nearness=0.8)
    assert texts(Recollections((turn, summary, other))) == [turn.text, other.text]
    assert texts(Recollections((summary, turn))) == [turn.text]
    fact = memory("I moved to Porto in May", kind="fact", nearness=0.7)
    assert texts(Recollections((memory("I moved to Porto in May."), fact))) == [fact.text]


def test_what_was_only_made_out_is_not_given() -> None:
    """Until it is said again, a model's guess is for the person to see."""
    guess = memory("You like tea.", kind="fact", is_unsure=True)
    assert texts(Recollections((guess,))) == []


def test_what_is_over_is_given_only_beside_what_holds() -> None:
    """By itself it would be taken for what is."""
    over = memory("You live in Rome.", kind="fact", item=1, reasons={"past": -0.3})
    holds = memory("You live in Porto.", kind="fact", item=2)
    assert texts(Recollections((over,))) == []
    assert texts(Recollections((holds, over))) == [holds.text, over.text]
