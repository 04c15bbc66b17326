"""Closing what is open: the shortest way to a valid end, and which tokens still leave room for it.

It asks llguidance's matcher what may come next and plans on copies of it. It knows JSON's outer
form (strings, brackets) and no schema.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

CANDIDATES = 32  # the likeliest tokens that are looked at near the end
PLANS = 4  # of those, how many may have a plan of their own
EXPANSIONS = 1_500  # states that one search for the end of a value may visit
FEW_EXPANSIONS = 150  # for a candidate, of which there are others
MOST_VALUES = 1_000  # of a plan
BLIND = 16  # tokens between two searches where none found anything
LONGEST_PLAN = 60_000  # bytes
LONGEST_PIECE = 24  # bytes of a plan that one token may stand for
_ENDERS = b"}],"  # what stands outside of a string only when a value has ended
# Of the many characters that a string may go on with, one of each kind finds the shortest way out.
_KINDS = b"a0A -.@_:/TZz9+,#"
_FEW = 16
_OTHERS = 4
_DETOUR = 8  # bytes that a search goes on with the first kind before it tries the others


@dataclass(frozen=True, slots=True)
class Scan:
    """Where in JSON's outer form a text has come to."""

    in_string: bool = False
    escaped: bool = False

    def after(self, text: bytes) -> Scan:
        if not self.in_string and b'"' not in text:
            return self
        in_string, escaped = self.in_string, self.escaped
        for byte in text:
            if escaped:
                escaped = False
            elif in_string and byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                in_string = not in_string
        return replace(self, in_string=in_string, escaped=escaped)


class Vocabulary:
    """A tokenizer as llguidance sees it, and the token of each single byte."""

    def __init__(self, tokenizer: Any) -> None:
        import numpy as np

        self.tokenizer = tokenizer
        self.size: int = tokenizer.vocab_size
        self.ends: list[int] = list(tokenizer.eos_tokens)
        self.pieces: list[bytes] = [tokenizer.decode_bytes([each]) for each in range(self.size)]
        self.single: dict[int, int] = {}
        for token, piece in enumerate(self.pieces):
            if len(piece) == 1 and not tokenizer.is_special_token(token):
                self.single.setdefault(piece[0], token)
        self._single_bytes = np.array(list(self.single), dtype=np.uint8)
        tokens = np.array(list(self.single.values()), dtype=np.int64)
        self._places, self._bits = tokens >> 3, (1 << (tokens & 7)).astype(np.uint8)

    def tokens(self, text: bytes) -> list[int]:
        return list(self.tokenizer.tokenize_bytes(text))

    def next_bytes(self, mask: bytes) -> bytes:
        """The bytes that may come next and are tokens of their own."""
        import numpy as np

        told = np.frombuffer(mask, dtype=np.uint8)[self._places] & self._bits
        return bytes(self._single_bytes[told != 0])


@dataclass(slots=True)
class _State:
    """A place that a search has come to. `ended`: a value has, since the search began."""

    matcher: Any
    scan: Scan
    text: bytes = b""
    ended: bool = False
    cost: int = 0

    def say(self, text: bytes) -> None:
        """Go on with what the matcher has consumed."""
        for at in range(len(text)):
            byte = text[at : at + 1]
            self.cost += not self.ended  # what comes after the value doesn't make it longer
            self.ended = self.ended or (not self.scan.in_string and byte in _ENDERS)
            self.scan = self.scan.after(byte)
        self.text += text


class Planner:
    """Finds a short way from a matcher's state to an end that its grammar accepts."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def shortest(
        self, matcher: Any, scan: Scan, longest: int = LONGEST_PLAN, effort: int = EXPANSIONS
    ) -> bytes | None:
        """Bytes that complete what `matcher` has seen; None where `effort` finds none.

        Value by value, so that the searches add up and don't multiply: each value is the shortest
        that a search finds, the whole is nearly so.
        """
        state = _State(matcher.deep_copy(), scan)
        self._follow_forced(state)
        for _ in range(MOST_VALUES):
            if state.matcher.is_accepting():
                return state.text
            found = self._next_ended(state, effort) if len(state.text) <= longest else None
            if found is None:
                return None
            state = replace(found, ended=False)
        return None

    def _next_ended(self, start: _State, effort: int) -> _State | None:
        """The nearest state in which a value has ended."""
        order = count()
        queue = [(0, next(order), start)]
        seen: set[tuple[int, bytes]] = set()
        for _ in range(effort):
            if not queue:
                return None
            _, _, state = heapq.heappop(queue)
            if state.ended or (state is not start and state.matcher.is_accepting()):
                return state
            mask = state.matcher.compute_bitmask()
            following = self._vocabulary.next_bytes(mask)
            if state is not start and not state.scan.in_string and _any(_ENDERS, following):
                return state
            if (len(state.text), mask) in seen:
                continue  # another way to the same place
            seen.add((len(state.text), mask))
            detour = _DETOUR if state.scan.in_string and len(following) > _FEW else 0
            for at, byte in enumerate(_worth_trying(following, state.scan)):
                if (after := self._after(state, byte)) is not None:
                    after.cost += detour * (at > 0)
                    heapq.heappush(queue, (after.cost, next(order), after))
        return None

    def _after(self, state: _State, byte: int) -> _State | None:
        matcher = state.matcher.deep_copy()
        if not matcher.consume_token(self._vocabulary.single[byte]):
            return None
        after = _State(matcher, state.scan, state.text, cost=state.cost)
        after.say(bytes([byte]))
        self._follow_forced(after)
        return after

    def _follow_forced(self, state: _State) -> None:
        forced = state.matcher.compute_ff_bytes()
        if not forced or state.matcher.is_accepting():
            return
        tokens = self._vocabulary.tokens(forced)
        if state.matcher.validate_tokens(tokens) == len(tokens):
            state.matcher.consume_tokens(tokens)
            state.say(forced)


def _any(wanted: bytes, among: bytes) -> bytes:
    """The first of `wanted` that is there, if any."""
    return next((bytes([byte]) for byte in wanted if byte in among), b"")


def _worth_trying(following: bytes, scan: Scan) -> bytes:
    end = b'"' if scan.in_string else _ENDERS
    if not scan.escaped and (ending := _any(end, following)):
        return ending
    following = following.replace(b"\\", b"") or following
    if len(following) <= _FEW:
        return following
    known = bytes(byte for byte in _KINDS if byte in following)
    return known + bytes(byte for byte in following if byte not in known)[:_OTHERS]


class Closing:
    """Keeps one answer able to end within its tokens.

    `growth` bounds by how many tokens one more token can put off the end.
    """

    def __init__(self, planner: Planner, vocabulary: Vocabulary, growth: int) -> None:
        self._planner = planner
        self._vocabulary = vocabulary
        self._growth = growth
        self._plan: bytes | None = None
        self._tokens: list[int] = []
        self._ending = 1  # room for the end mark, given up when the text fits only just
        self._unwatched = 0
        self._blind = BLIND

    def step(self, token: int) -> None:
        """The answer went on with `token`."""
        piece = self._vocabulary.pieces[token]
        if not self._plan or not piece or not self._plan.startswith(piece):
            return  # whether the plan still holds is seen when it is needed
        self._plan = self._plan[len(piece) :]
        if self._tokens[0] == token:
            del self._tokens[0]
        else:
            self._tokens = self._vocabulary.tokens(self._plan)

    def choices(self, matcher: Any, scan: Scan, left: int, likeliest: Any) -> list[int] | None:
        """The tokens that leave room to end within `left` tokens; None when all do.

        `likeliest` gives the allowed tokens in order, and is called only near the end.
        """
        if self._unwatched > 0:
            self._unwatched -= 1
            return None
        if not self._replan(matcher, scan, left):
            self._look_away()
            return None
        # What may end here needs no end mark: free text that is cut off says so.
        slack = left - len(self._tokens) - (self._ending if self._plan else 0)
        if slack == -1:
            self._ending, slack = 0, 0
        if slack < 0:
            # It can't end in time and will say so, unless it turns out shorter than planned.
            if len(self._tokens) > 2 * left:
                self._look_away()
            return None
        if slack > self._growth:
            self._unwatched = slack // (self._growth + 1) - 1
            return None
        first = self._tokens[0] if self._tokens else self._vocabulary.ends[0]
        if slack == 0:
            return [first]
        return [first, *self._that_fit(matcher, scan, left - 1, likeliest())]

    def _look_away(self) -> None:
        """Searches that come to nothing are long ones: each next one is later."""
        self._unwatched = self._blind
        self._blind *= 2

    def _that_fit(self, matcher: Any, scan: Scan, left: int, tokens: list[int]) -> Iterator[int]:
        """Those after which the plan is still good; and the first few that have another one."""
        plans = 0
        for token in tokens:
            if token in self._vocabulary.ends or self._goes_on(matcher, [token, *self._tokens]):
                yield token
            elif plans < PLANS:
                plans += 1
                if self._has_plan(matcher, scan, left, token):
                    yield token

    def _has_plan(self, matcher: Any, scan: Scan, left: int, token: int) -> bool:
        piece = self._vocabulary.pieces[token]
        if self._plan and piece and self._plan.startswith(piece):
            return self._size(self._plan[len(piece) :]) + self._ending <= left
        after = matcher.deep_copy()
        if not after.consume_token(token):
            return False
        longest = left * LONGEST_PIECE
        plan = self._planner.shortest(after, scan.after(piece), longest, FEW_EXPANSIONS)
        return plan is not None and self._size(plan) + self._ending <= left

    def _replan(self, matcher: Any, scan: Scan, left: int) -> bool:
        """Have a plan for the present state: the old one where it holds and isn't pressing."""
        holds = self._plan is not None and self._goes_on(matcher, self._tokens)
        if holds and left > len(self._tokens) + self._ending:
            return True
        fresh = self._planner.shortest(matcher, scan, left * LONGEST_PIECE)
        if fresh is None:
            if not holds:
                self._plan = None
            return holds
        if not holds or self._size(fresh) <= len(self._tokens):
            self._plan, self._tokens = fresh, self._vocabulary.tokens(fresh)
        return True

    def _goes_on(self, matcher: Any, tokens: list[int]) -> bool:
        whole = [*tokens, self._vocabulary.ends[0]]
        return bool(matcher.validate_tokens(whole) == len(whole))

    def _size(self, plan: bytes) -> int:
        return len(self._vocabulary.tokens(plan))
