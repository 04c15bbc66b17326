"""How likely something is by chance alone: exact tails, without drawing anything at random.

Pure functions over numbers. It refuses to know what is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp, lgamma, log, log1p

_NEGLIGIBLE = 1e-17


def binomial_tail(count: int, total: int, share: float) -> float:
    """P(X ≥ count) of `total` independent trials that each succeed with probability `share`."""
    if count <= 0:
        return 1.0
    if count > total or share <= 0:
        return 0.0
    if share >= 1:
        return 1.0
    odds = share / (1 - share)

    def term(k: int) -> float:
        return exp(_log_choose(total, k) + k * log(share) + (total - k) * log1p(-share))

    def step(k: int) -> float:
        return (total - k) / (k + 1) * odds

    return _tail(count, total * share, (0, total), term, step)


def hypergeometric_tail(count: int, drawn: int, marked: int, total: int) -> float:
    """P(X ≥ count) marked ones among `drawn` that are drawn without putting back, of `total` of
    which `marked` are marked."""
    low, high = max(0, drawn - (total - marked)), min(drawn, marked)
    if count <= low:
        return 1.0
    if count > high:
        return 0.0
    every = _log_choose(total, drawn)

    def term(k: int) -> float:
        rest = _log_choose(total - marked, drawn - k)
        return exp(_log_choose(marked, k) + rest - every)

    def step(k: int) -> float:
        return (marked - k) * (drawn - k) / ((k + 1) * (total - marked - drawn + k + 1))

    return _tail(count, drawn * marked / total, (low, high), term, step)


def _tail(
    count: int,
    mean: float,
    ends: tuple[int, int],
    term: Callable[[int], float],
    step: Callable[[int], float],
) -> float:
    """P(X ≥ count), from the side on which the terms get smaller; `step` leads from the k-th term
    to the next. Those that no longer change the sum are left out."""
    low, high = ends
    if count > mean:
        each = found = term(count)
        for k in range(count, high):
            each *= step(k)
            found += each
            if each < found * _NEGLIGIBLE:
                break
        return min(1.0, found)
    each = below = term(count - 1)
    for k in range(count - 2, low - 1, -1):
        each /= step(k)
        below += each
        if each < below * _NEGLIGIBLE:
            break
    return max(0.0, 1.0 - below)


def scan(minutes: Sequence[int], window: int, around: int) -> tuple[int, int]:
    """Of times on a clock that goes `around`, the begin of the window with the most of them, and
    how many those are. `minutes` are in order, at least one."""
    twice = [*minutes, *(each + around for each in minutes)]
    best, begin, last = 0, 0, 0
    for first, start in enumerate(minutes):
        while last < len(twice) and last - first < len(minutes) and twice[last] - start <= window:
            last += 1
        if last - first > best:
            best, begin = last - first, start
    return begin, best


def scan_tail(count: int, total: int, share: float) -> float:
    """An upper bound of the chance that some window with `share` of the time holds `count` of
    `total` times that are drawn evenly: one of them begins it, and the others fall into it."""
    return min(1.0, total * binomial_tail(count - 1, total - 1, share))


def gap_tail(gap: float, gaps: int, together: float) -> float:
    """The chance that what comes at a steady rate stays away for `gap`, after so many `gaps` that
    were so long `together` (the rate isn't known, and is integrated out: a Lomax tail)."""
    return 1.0 if gap <= 0 else exp(-gaps * log1p(gap / together))


def adjusted(chances: Sequence[float]) -> list[float]:
    """Of each p-value the smallest level at which Benjamini and Hochberg (1995) reject it, among
    all that were tested: to keep those at or under a level bounds the share of false ones."""
    order = sorted(range(len(chances)), key=lambda each: chances[each], reverse=True)
    found, least = [1.0] * len(chances), 1.0
    for behind, which in enumerate(order):
        rank = len(chances) - behind
        least = min(least, chances[which] * len(chances) / rank)
        found[which] = least
    return found


def _log_choose(total: int, chosen: int) -> float:
    return lgamma(total + 1) - lgamma(chosen + 1) - lgamma(total - chosen + 1)
