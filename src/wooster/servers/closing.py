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
PLANS = 6  # of those, how many may have a plan of their own
EXPANSIONS = 1_500  # states that one search for the next closed value may visit
LONGEST_PLAN = 60_000  # bytes
_CLOSERS = b"}]"
# Of the many characters that a string may go on with, one of each kind finds the shortest way out.
_KINDS = b"a0A -.@_:/TZz9+,#"
_FEW = 16
_OTHERS = 4


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
        self.tokenizer = tokenizer
        self.size: int = tokenizer.vocab_size
        self.ends: list[int] = list(tokenizer.eos_tokens)
        self.pieces: list[bytes] = [tokenizer.decode_bytes([each]) for each in range(self.size)]
        self.single: dict[int, int] = {}
        for token, piece in enumerate(self.pieces):
            if len(piece) == 1 and not tokenizer.is_special_token(token):
                self.single.setdefault(piece[0], token)

    def tokens(self, text: bytes) -> list[int]:
        return list(self.tokenizer.tokenize_bytes(text))

    def next_bytes(self, mask: bytes) -> list[int]:
        """The bytes that may come next and are tokens of their own."""
        return [b for b, token in self.single.items() if mask[token >> 3] >> (token & 7) & 1]


@dataclass(slots=True)
class _State:
    """A place that a search has come to."""

    matcher: Any
    scan: Scan
    text: bytes = b""


class Planner:
    """Finds a short way from a matcher's state to an end that its grammar accepts."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def shortest(self, matcher: Any, scan: Scan, longest: int = LONGEST_PLAN) -> bytes | None:
        """Bytes that complete what `matcher` has seen; None where none are found.

        Value by value: each is the shortest that a search finds, the whole is nearly so.
        """
        state = _State(matcher.deep_copy(), scan)
        self._follow_forced(state)
        while not state.matcher.is_accepting():
            found = self._next_closed(state) if len(state.text) <= longest else None
            if found is None:
                return None
            state = found
        return state.text

    def _next_closed(self, start: _State) -> _State | None:
        """The nearest state in which a value has ended."""
        order = count()
        queue = [(0, next(order), start)]
        seen: set[tuple[int, bytes]] = set()
        for _ in range(EXPANSIONS):
            if not queue:
                return None
            _, _, state = heapq.heappop(queue)
            if state is not start and state.matcher.is_accepting():
                return state
            mask = state.matcher.compute_bitmask()
            following = self._vocabulary.next_bytes(mask)
            closers = [each for each in following if each in _CLOSERS]
            if state is not start and closers and not state.scan.in_string:
                return state
            if (len(state.text), mask) in seen:
                continue  # another way to the same place
            seen.add((len(state.text), mask))
            for byte in _worth_trying(following, state.scan):
                if (after := self._after(state, byte)) is not None:
                    heapq.heappush(queue, (len(after.text), next(order), after))
        return None

    def _after(self, state: _State, byte: int) -> _State | None:
        matcher = state.matcher.deep_copy()
        if not matcher.consume_token(self._vocabulary.single[byte]):
            return None
        piece = bytes([byte])
        after = _State(matcher, state.scan.after(piece), state.text + piece)
        self._follow_forced(after)
        return after

    def _follow_forced(self, state: _State) -> None:
        forced = state.matcher.compute_ff_bytes()
        if not forced or state.matcher.is_accepting():
            return
        tokens = self._vocabulary.tokens(forced)
        if state.matcher.validate_tokens(tokens) == len(tokens):
            state.matcher.consume_tokens(tokens)
            state.text += forced
            state.scan = state.scan.after(forced)


def _worth_trying(following: list[int], scan: Scan) -> Iterator[int]:
    if scan.in_string and not scan.escaped and 0x22 in following:
        yield 0x22
        return
    closers = [byte for byte in following if byte in _CLOSERS]
    if not scan.in_string and closers:
        yield closers[0]
        return
    following = [byte for byte in following if byte != 0x5C] or following
    if len(following) <= _FEW:
        yield from following
        return
    known = [byte for byte in _KINDS if byte in following]
    yield from known
    yield from [byte for byte in following if byte not in known][:_OTHERS]


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

    def step(self, piece: bytes) -> None:
        """The answer went on with `piece`."""
        if self._plan is not None:
            self._adopt(self._plan.removeprefix(piece) if piece else self._plan)

    def choices(self, matcher: Any, scan: Scan, left: int, likeliest: Any) -> list[int] | None:
        """The tokens that leave room to end within `left` tokens; None when all do.

        `likeliest` gives the allowed tokens in order, and is called only near the end.
        """
        if self._unwatched > 0:
            self._unwatched -= 1
            return None
        if not self._replan(matcher, scan, left):
            return None
        slack = left - len(self._tokens) - self._ending
        if slack == -1:
            self._ending, slack = 0, 0
        if slack < 0:
            return None  # it can't end in time, and will say so by its finish reason
        if slack > self._growth:
            self._unwatched = slack // (self._growth + 1) - 1
            return None
        first = self._tokens[0] if self._tokens else self._vocabulary.ends[0]
        if slack == 0:
            return [first]
        return [first, *self._that_fit(matcher, scan, left - 1, likeliest())]

    def _that_fit(self, matcher: Any, scan: Scan, left: int, tokens: list[int]) -> Iterator[int]:
        plans = 0
        for token in tokens:
            if token in self._vocabulary.ends or self._goes_on(matcher, [token, *self._tokens]):
                yield token
            elif plans < PLANS:
                plans += 1
                after = matcher.deep_copy()
                if after.consume_token(token):
                    told = scan.after(self._vocabulary.pieces[token])
                    plan = self._planner.shortest(after, told, left * 24)
                    if plan is not None and self._size(plan) + self._ending <= left:
                        yield token

    def _replan(self, matcher: Any, scan: Scan, left: int) -> bool:
        """Have a plan for the present state; the old one where it holds and isn't pressing."""
        holds = self._plan is not None and self._goes_on(matcher, self._tokens)
        if holds and left - len(self._tokens) - self._ending > self._growth:
            return True
        fresh = self._planner.shortest(matcher, scan)
        if fresh is None:
            if not holds:
                self._plan = None
            return holds
        if not holds or self._size(fresh) <= len(self._tokens):
            self._adopt(fresh)
        return True

    def _goes_on(self, matcher: Any, tokens: list[int]) -> bool:
        whole = [*tokens, self._vocabulary.ends[0]]
        return bool(matcher.validate_tokens(whole) == len(whole))

    def _size(self, plan: bytes) -> int:
        return len(self._vocabulary.tokens(plan))

    def _adopt(self, plan: bytes) -> None:
        self._plan = plan
        self._tokens = self._vocabulary.tokens(plan) if plan else []
