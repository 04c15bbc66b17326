"""What becomes of something observed, given what is known: pure, and the whole of it.

Time runs twice. A fact is so from `valid_from` to `valid_to`, and known since `observed`; that it
ends is known since `ended`. Nothing decided here changes what was known, and taken as so, before
the new observation was made, in whatever order observations come. It refuses to know SQL and text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from wooster.memory.facts import keys
from wooster.memory.facts.likeness import folded
from wooster.memory.facts.model import Fact, Observation

Kind = Literal["add", "mention", "supersede", "end", "contradiction", "refused"]

INFERRED = "it is only inferred, and the person said otherwise"
STALE = "the person has said otherwise since"
NOTHING_ENDS = "nothing is known that could end"
EMPTY = "it says nothing"


@dataclass(frozen=True, slots=True)
class Cut:
    """A known fact is so until `valid_to`, as is known since `ended`. If it `is_replaced`, the new
    fact (the mentioned one, in a mention) takes its place."""

    fact: int
    valid_to: datetime
    ended: datetime
    is_replaced: bool = True


@dataclass(frozen=True, slots=True)
class Decision:
    """`fact` is the one that is mentioned, whose `valid_from` becomes known where one is given. In
    the other cases but `end` and `refused` there is a new row: with these dates, and with
    `replaced_by` where its end is known already. `against` are those that it contradicts."""

    kind: Kind
    fact: int | None = None
    cuts: tuple[Cut, ...] = ()
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    ended: datetime | None = None
    replaced_by: int | None = None
    against: tuple[int, ...] = ()
    reason: str = ""


def decide(existing: Sequence[Fact], new: Observation) -> Decision:
    """What becomes of `new`. `existing` may hold facts that have nothing to do with it."""
    if not new.value.strip() and not new.ends:
        return Decision("refused", reason=EMPTY)
    same = [fact for fact in existing if _is_same(fact, new)]
    if new.ends:
        ending = [fact for fact in existing if _ends(fact, new)]
        if not new.value or _is_over(new) or any(_is_open(fact, new.observed) for fact in ending):
            return _end(ending, new)
        # It is to end, and so far it is so.
    rivals = [fact for fact in existing if _is_rival(fact, new)]
    if not new.ends and new.valid_to is not None and _is_over(new):
        return _past(same, new)
    if known := _said_before(same, new) or _said_after(same, new):
        return _mention(known, rivals, new)
    return _row(rivals, new)


def correct(existing: Sequence[Fact], old: Fact, new: Observation) -> Decision:
    """What becomes of `new`, which the person says in place of `old`, whatever else is known."""
    if _outranks(old, new):
        return Decision("refused", reason=INFERRED)
    same = [fact for fact in existing if _is_same(fact, new)]
    rivals = [fact for fact in existing if fact.id != old.id and _is_rival(fact, new)]
    others = [fact for fact in rivals if _is_open(fact, new.observed)]
    # What is to begin later isn't wrong because what is so now was.
    start = max(_start(new), new.observed)
    planned = [fact for fact in others if _start(fact) > start]
    wrong = [old, *(fact for fact in others if fact not in planned)]
    known = _said_before(same, new)
    if known is not None:
        again = [_heired(_cut(each, new), known) for each in wrong if each.id != known.id]
        cuts = tuple(cut for cut in again if cut)
        return Decision("mention", known.id, cuts, valid_from=_begins(known, new))
    made = tuple(cut for cut in (_cut(each, new) for each in wrong) if cut)
    until, ended, heir = _given_way(new, planned, ())
    return Decision(
        "supersede",
        cuts=made,
        valid_from=new.valid_from,
        valid_to=until,
        ended=ended,
        replaced_by=heir,
    )


# --- what is alike ----------------------------------------------------------------------------


def _is_about(fact: Fact, new: Observation) -> bool:
    return folded(fact.subject) == folded(new.subject)


def _is_same(fact: Fact, new: Observation) -> bool:
    is_alike = fact.key == new.key and folded(fact.value) == folded(new.value)
    return is_alike and _is_about(fact, new)


def _ends(fact: Fact, new: Observation) -> bool:
    """With no value, whatever is known under the key ends."""
    if new.value:
        return _is_same(fact, new)
    return fact.key == new.key and _is_about(fact, new)


def _is_rival(fact: Fact, new: Observation) -> bool:
    """Whether both can't be so at once."""
    if not _is_about(fact, new):
        return False
    key = keys.of(new.key)
    is_same_value = folded(fact.value) == folded(new.value)
    if fact.key == new.key:
        return key.is_single and not is_same_value
    return fact.key in key.excludes and is_same_value


# --- what was known when ----------------------------------------------------------------------


def _start(one: Fact | Observation) -> datetime:
    return one.valid_from or one.observed


def _takes_place(fact: Fact) -> datetime:
    """When it was known and so for the first time."""
    return max(fact.observed, _start(fact))


def _is_open(fact: Fact, at: datetime) -> bool:
    """Whether it was known at `at` and not known to be over; it may be yet to begin."""
    if fact.observed > at:
        return False
    if fact.valid_to is None or (fact.ended is not None and fact.ended > at):
        return True
    return fact.valid_to > max(at, fact.valid_from or at)


def _is_over(new: Observation) -> bool:
    return (new.valid_to or new.observed) <= new.observed


def _was_ever_so(fact: Fact) -> bool:
    """Not for what was over already when it was told."""
    if fact.valid_to is None or fact.ended is None:
        return True
    return max(fact.valid_to, fact.ended) > fact.observed


def _is_known_over(fact: Fact, by: datetime, at: datetime) -> bool:
    """Whether it was known at `at` that it is over by then."""
    is_known = fact.ended is not None and fact.ended <= at
    return fact.valid_to is not None and is_known and fact.valid_to <= by


def _said_before(same: Sequence[Fact], new: Observation) -> Fact | None:
    start = max(_start(new), new.observed)
    open_ones = [
        fact
        for fact in same
        if _is_open(fact, new.observed) and not _is_known_over(fact, start, new.observed)
    ]
    return max(open_ones, key=lambda fact: (fact.observed, fact.id), default=None)


def _said_after(same: Sequence[Fact], new: Observation) -> Fact | None:
    later = [fact for fact in same if fact.observed > new.observed]
    return min(later, key=lambda fact: (fact.observed, fact.id), default=None)


# --- the cases --------------------------------------------------------------------------------


def _end(alike: Sequence[Fact], new: Observation) -> Decision:
    at = new.observed
    # What was said in the same breath isn't what has ended, but may be what is to end.
    ending = [
        fact for fact in alike if _is_open(fact, at) and (fact.observed < at or not _is_over(new))
    ]
    if ending and all(_outranks(fact, new) for fact in ending):
        return Decision("refused", reason=INFERRED)
    ending = [fact for fact in ending if not _outranks(fact, new)]
    if any(_said(fact) > at for fact in ending):
        return Decision("refused", reason=STALE)
    until = new.valid_to or at
    if ending:
        cuts = (
            Cut(fact.id, max(until, fact.valid_from or until), at, False)
            for fact in ending
            if fact.valid_to is None or fact.valid_to > until  # else it is over before anyway
        )
        return Decision("end", ending[0].id, tuple(cuts))
    if not new.value:
        return Decision("refused", reason=NOTHING_ENDS)
    known = [fact for fact in alike if not _is_open(fact, at) and fact.observed <= at]
    if known:
        return Decision("mention", max(known, key=lambda fact: fact.observed).id)
    return Decision("add", valid_to=until, ended=at)


def _past(same: Sequence[Fact], new: Observation) -> Decision:
    """What was so once and is over as it is told takes nothing's place."""
    for fact in same:
        if fact.observed <= new.observed and fact.valid_to == new.valid_to:
            return Decision("mention", fact.id)
    started = _said_before(same, new)
    if started is not None and not _outranks(started, new) and started.observed < new.observed:
        until = max(new.valid_to or new.observed, started.valid_from or started.observed)
        return Decision("end", started.id, (Cut(started.id, until, new.observed, False),))
    return Decision("add", valid_from=new.valid_from, valid_to=new.valid_to, ended=new.observed)


def _mention(known: Fact, rivals: Sequence[Fact], new: Observation) -> Decision:
    """The same again. Where something else stands beside it, it is this that the person means."""
    if known.observed > new.observed:
        return Decision("mention", known.id)
    cuts: list[Cut | None] = []
    since = None
    if not any(_outranks(fact, new) or _said(fact) > new.observed for fact in rivals):
        start = max(_start(new), new.observed)
        standing = [fact for fact in rivals if _is_open(fact, new.observed)]
        cuts += [_heired(_cut(f, new, start), known) for f in standing if _start(f) <= start]
        if all(_start(fact) <= start for fact in standing):
            since = _begins(known, new)
    if new.valid_to is not None and known.valid_to is None:
        until = max(new.valid_to, known.valid_from or new.valid_to)
        cuts.append(Cut(known.id, until, new.observed, False))
    return Decision("mention", known.id, tuple(cut for cut in cuts if cut), valid_from=since)


def _begins(known: Fact, new: Observation) -> datetime | None:
    """A beginning that becomes known, where it changes nothing of what was known before."""
    if known.valid_from is None:
        since = new.valid_from
        if since is None or since > min(known.observed, known.valid_to or known.observed):
            return None
        return since
    if known.valid_from > max(_start(new), new.observed):
        return max(_start(new), new.observed)
    return None


def _row(rivals: Sequence[Fact], new: Observation) -> Decision:
    at = new.observed
    open_ones = [fact for fact in rivals if _is_open(fact, at)]
    later = [fact for fact in rivals if fact.observed > at and _was_ever_so(fact)]
    if any(_outranks(fact, new) for fact in (*open_ones, *later)):
        return Decision("refused", reason=INFERRED)
    if any(_said(fact) > at for fact in open_ones):
        return Decision("refused", reason=STALE)
    now = max(_start(new), at)
    standing = [fact for fact in open_ones if _start(fact) <= now]
    planned = [fact for fact in open_ones if _start(fact) > now]
    against = [fact for fact in (*standing, *later) if _contradicts(fact, new)]
    if against:
        return _contradiction(against, [*standing, *later], planned, new)
    newer = [fact for fact in later if fact.source == new.source]
    until, ended, heir = _given_way(new, planned, newer)
    cuts = [_cut(fact, new) for fact in standing]
    cuts += [_overruled(fact, new, until, ended) for fact in later if fact not in newer]
    made = tuple(cut for cut in cuts if cut)
    kind: Kind = "supersede" if made else "add"
    return Decision(
        kind, cuts=made, valid_from=new.valid_from, valid_to=until, ended=ended, replaced_by=heir
    )


def _contradiction(
    against: Sequence[Fact], others: Sequence[Fact], planned: Sequence[Fact], new: Observation
) -> Decision:
    """Both stay; what is of lower standing gives way all the same."""
    lower = [fact for fact in others if fact not in against]
    until, ended, heir = _given_way(new, planned, ())
    cuts = [
        _overruled(fact, new, until, ended) if fact.observed > new.observed else _cut(fact, new)
        for fact in lower
    ]
    return Decision(
        "contradiction",
        cuts=tuple(cut for cut in cuts if cut),
        valid_from=new.valid_from,
        valid_to=until,
        ended=ended,
        replaced_by=heir,
        against=tuple(fact.id for fact in against),
    )


# --- who wins ---------------------------------------------------------------------------------


def _outranks(fact: Fact, new: Observation) -> bool:
    return fact.source == "explicit" and new.source == "inferred"


def _contradicts(fact: Fact, new: Observation) -> bool:
    """Of equal standing, and nothing says that the one came after the other."""
    if fact.source != new.source or keys.of(new.key).changes or new.valid_from is not None:
        return False
    return fact.observed <= new.observed or fact.valid_from is None


def _said(fact: Fact) -> datetime:
    return max(fact.observed, fact.said or fact.observed)


def _cut(fact: Fact, new: Observation, since: datetime | None = None) -> Cut | None:
    """How `fact` ends where `new` begins; None if it ends before anyway, which may have been said
    after `new`, where that begins later still."""
    since = since or _start(new)
    if _is_known_over(fact, since, max(since, new.observed)):
        return None
    return Cut(fact.id, max(since, fact.valid_from or since), new.observed)


def _heired(cut: Cut | None, known: Fact) -> Cut | None:
    """A known fact takes another's place, unless its own is taken already: a chain has an end."""
    return cut if cut is None or known.replaced_by is None else replace(cut, is_replaced=False)


def _overruled(
    fact: Fact, new: Observation, until: datetime | None, ended: datetime | None
) -> Cut | None:
    """How a later fact ends that `new`, said before it, would have kept from being learned; None
    where `new` is known to be over by then."""
    begins = _takes_place(fact)
    if until is not None and ended is not None and max(until, ended) <= begins:
        return None
    since = _start(new)
    return Cut(fact.id, max(since, fact.valid_from or since), max(fact.observed, new.observed))


def _given_way(
    new: Observation, planned: Sequence[Fact], later: Sequence[Fact]
) -> tuple[datetime | None, datetime | None, int | None]:
    """The end of `new` that is known already: as it was told, or where another takes its place."""
    until, ended, heir = new.valid_to, new.observed if new.valid_to else None, None
    for fact in sorted(planned, key=_start):
        if until is None or _start(fact) < until:
            until, ended, heir = _start(fact), new.observed, fact.id
    for fact in sorted(later, key=lambda each: (each.observed, each.id)):
        if until is None or until > _takes_place(fact):
            since = _start(fact)
            until, ended, heir = max(since, new.valid_from or since), fact.observed, fact.id
    return until, ended, heir
