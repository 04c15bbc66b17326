"""What of all that is recalled is worth a model's reading: pure.

A search of a memory always finds something, and a memory that has nothing to do with the message
does harm: it is taken for what is being talked about. So nothing is preferred to noise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from wooster.core.patterns import Pattern
from wooster.core.text import rough_tokens
from wooster.memory.recall.model import Kind, Memory, Recollections
from wooster.memory.recall.ranking import asking_share
from wooster.vectors.nearness import NEAR

BUDGET_TOKENS = 800
# What is so much further off than the nearest adds words, and no answer.
_BEHIND_NEAREST = 0.25
_MOST = 12
# With a smaller share of words of its own, it says what another says.
_SAME = 0.1
_SURER: tuple[Kind, ...] = ("fact", "turn", "episode")
_WORD = Pattern(r"\w+")
_ANSWER_NEARER = 0.05
_QUESTION_NEARER = 0.25


def chosen(
    found: Recollections, budget_tokens: int, written: Callable[[Memory], str]
) -> list[Memory]:
    """The memories to be given to a model, the best first, within the budget as they are `written`;
    none where none is near."""
    if found.is_period:
        return _of_period(found, budget_tokens, written)
    near = [each for each in found.memories if each.nearness >= _least(each) and not each.is_unsure]
    behind = max((each.nearness for each in near), default=0.0) - _BEHIND_NEAREST
    worth = _with_what_holds(_each_once([each for each in near if each.nearness >= behind]))
    return _within(worth[:_MOST], budget_tokens, written)


def _with_what_holds(memories: Sequence[Memory]) -> list[Memory]:
    """Without facts that are over, unless one that holds is given too: by itself, what was would be
    taken for what is."""
    if any(each.kind == "fact" and "past" not in each.reasons for each in memories):
        return list(memories)
    return [each for each in memories if "past" not in each.reasons]


def _each_once(memories: Sequence[Memory]) -> list[Memory]:
    """Without what says nothing that another doesn't: a fact says it more surely than the turn that
    it is from, and that more than a summary."""
    kept: dict[int, set[str]] = {}
    for place in sorted(range(len(memories)), key=lambda each: _SURER.index(memories[each].kind)):
        own = set(_WORD.findall(memories[place].text.casefold()))
        if all(len(own - other) > _SAME * len(own) for other in kept.values()):
            kept[place] = own
    return [memories[place] for place in sorted(kept)]


def _least(memory: Memory) -> float:
    """How near a memory must be. What the person asked before says nothing by itself, and what
    Wooster said is less sure than what the person did."""
    if memory.kind == "turn" and asking_share(memory.text) == 1.0:
        return NEAR + _QUESTION_NEARER
    return NEAR + (_ANSWER_NEARER if memory.is_answer else 0.0)


def _of_period(
    found: Recollections, budget_tokens: int, written: Callable[[Memory], str]
) -> list[Memory]:
    """What was said in the time that is asked for; where that is too long, what it was about and
    then as much as fits."""
    then = [each for each in found.memories if "time" in each.reasons]
    if sum(rough_tokens(written(each)) for each in then) <= budget_tokens:
        return then
    return _within([*found.episodes, *then], budget_tokens, written)


def _within(
    memories: Iterable[Memory], budget_tokens: int, written: Callable[[Memory], str]
) -> list[Memory]:
    """Those that fit, in their order; what is too long for what is left is left out."""
    kept: list[Memory] = []
    for each in memories:
        cost = rough_tokens(written(each))
        if cost <= budget_tokens:
            kept.append(each)
            budget_tokens -= cost
    return kept
