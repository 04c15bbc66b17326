"""What of memory a person should look at: pure, over what is stored.

Nothing is judged by a model, and nothing is mended here: each finding says what to do, and the
person does it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from wooster.core.text import clip
from wooster.memory.facts import keys
from wooster.memory.facts.likeness import folded
from wooster.memory.facts.model import IMPORT, PERSON, SURE, Fact
from wooster.memory.overview.junk import why_junk
from wooster.memory.overview.model import Audit, Finding, Group, GroupName, Held
from wooster.vectors.folding import folded as folded_texts

NEVER_RECALLED_AFTER = timedelta(days=90)
# What a model made out and nobody has said again is below it, and what a rule read above.
_SHOWN = 120
_RUN = 6
# Keys that say the same of a value; all others in `keys` say different things of it.
_ALIKE = "preference"

Pair = tuple[Fact, Fact]


def audited(held: Held, now: datetime) -> Audit:
    """Everything that is found at `now`, in whose zone dates are told."""
    valid = [fact for fact in held.facts if fact.was_known(now)]
    junk = [(fact, why) for fact in held.facts if (why := why_junk(fact))]
    content = _without(valid, (fact.id for fact, _ in junk))
    return Audit(
        len(held.facts),
        (
            _group("junk", [_junk(fact, why) for fact, why in junk], needs_a_look=True),
            _group("duplicates", list(map(_duplicate, _duplicates(content))), needs_a_look=True),
            _group("contradictions", list(_contradictions(held, valid)), needs_a_look=True),
            _group("without_source", list(_without_source(held, valid)), needs_a_look=True),
            _group("low_confidence", list(_unsure(content)), needs_a_look=False),
            _never_recalled(held, valid, now - NEVER_RECALLED_AFTER),
        ),
    )


def _group(name: GroupName, findings: Sequence[Finding], *, needs_a_look: bool) -> Group:
    return Group(name, len(findings), tuple(findings), needs_a_look)


def _without(facts: Iterable[Fact], ids: Iterable[int]) -> list[Fact]:
    left_out = set(ids)
    return [fact for fact in facts if fact.id not in left_out]


def _told(fact: Fact) -> str:
    return f"{fact.id}: “{clip(fact.statement or fact.value, _SHOWN)}”"


def _mended(fact: Fact) -> tuple[str, ...]:
    return f"correct {fact.id} …", f"forget {fact.id}"


def _junk(fact: Fact, why: str) -> Finding:
    return Finding(f"{_told(fact)} — {why}", (f"forget {fact.id}",), (fact.id,))


# --- duplicates -------------------------------------------------------------------------------


def _duplicates(facts: Sequence[Fact]) -> list[Pair]:
    """Pairs of valid facts about one subject that say the same, the surer first; of several, each
    with the surest, once."""
    groups: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    subjects: dict[str, list[Fact]] = defaultdict(list)
    for fact in sorted(facts, key=_standing):
        subject = folded(fact.subject)
        groups[subject, folded(fact.value)].append(fact)
        subjects[subject].append(fact)
    found: dict[int, Pair] = {}
    for group in groups.values():
        for place, other in enumerate(group):
            same = next((one for one in group[:place] if _are_alike(one, other)), None)
            if same is not None:
                found[other.id] = same, other
    for group in subjects.values():
        for one, other in _near(group):
            found.setdefault(other.id, (one, other))
    return [found[each] for each in sorted(found)]


def _standing(fact: Fact) -> tuple[bool, bool, float, int, int]:
    """The least is the one to keep."""
    is_person = fact.made_by == PERSON
    return not is_person, fact.source != "explicit", -fact.confidence, -fact.mentions, fact.id


def _are_alike(one: Fact, other: Fact) -> bool:
    """Whether two keys of one value say the same. Who lives in Porto may also come from there; what
    a key means that was made up isn't known."""
    if one.key == other.key:
        return True
    if _exclude(one.key, other.key):
        return False
    if one.key in keys.KEYS and other.key in keys.KEYS:
        return keys.of(one.key).category == keys.of(other.key).category == _ALIKE
    return True


def _exclude(one: str, other: str) -> bool:
    return other in keys.of(one).excludes or one in keys.of(other).excludes


def _near(facts: Sequence[Fact]) -> Iterator[Pair]:
    """Those whose statements are nearly the same, word for word."""
    texts = [folded(fact.statement) for fact in facts]
    runs = list(map(_runs, texts))
    counts = Counter(run for some in runs for run in some)
    alike = [at for at, some in enumerate(runs) if any(counts[run] > 1 for run in some)]
    for place, others in folded_texts([texts[at] for at in alike], len(alike)):
        one = facts[alike[place]]
        for other in (facts[alike[each]] for each in others):
            if not _exclude(one.key, other.key):
                yield one, other


def _runs(text: str) -> set[tuple[str, ...]]:
    """Of two texts that `vectors.folding` takes for the same, both have one of these. Most texts
    share none, and needn't be compared."""
    words = text.split()
    return {tuple(words[at : at + _RUN]) for at in range(max(1, len(words) - _RUN + 1))}


def _duplicate(pair: Pair) -> Finding:
    kept, other = pair
    what = f"{_told(other)} says what {_told(kept)} says"
    return Finding(what, (f"forget {other.id}",), (kept.id, other.id))


# --- contradictions ---------------------------------------------------------------------------


def _contradictions(held: Held, valid: Sequence[Fact]) -> Iterator[Finding]:
    """Those that wait for the person's word, and those that nobody has noticed."""
    noticed: set[frozenset[int]] = set()
    for each in held.contradictions:
        noticed.add(frozenset({each.older.id, each.newer.id}))
        yield _against(each.older, each.newer, "you are asked which is so")
    rivals: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    opposed: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for fact in valid:
        if keys.of(fact.key).is_single:
            rivals[folded(fact.subject), fact.key].append(fact)
        if keys.of(fact.key).excludes:
            opposed[folded(fact.subject), folded(fact.value)].append(fact)
    for one, other in (*_differing(rivals.values()), *_excluding(opposed.values())):
        if frozenset({one.id, other.id}) not in noticed:
            yield _against(one, other, "both are held to be so now")


def _differing(groups: Iterable[Sequence[Fact]]) -> Iterator[Pair]:
    """Each with the first that has another value."""
    for group in groups:
        firsts: dict[str, Fact] = {}
        for fact in group:
            value = folded(fact.value)
            rival = next((one for other, one in firsts.items() if other != value), None)
            firsts.setdefault(value, fact)
            if rival is not None:
                yield rival, fact


def _excluding(groups: Iterable[Sequence[Fact]]) -> Iterator[Pair]:
    for group in groups:
        for place, other in enumerate(group):
            first = next((f for f in group[:place] if _exclude(f.key, other.key)), None)
            if first is not None:
                yield first, other


def _against(one: Fact, other: Fact, state: str) -> Finding:
    what = f"{_told(one)} or {_told(other)} ({state})"
    return Finding(what, (f"forget {one.id}", f"forget {other.id}"), (one.id, other.id))


# --- where from, how sure, what for -----------------------------------------------------------


def _without_source(held: Held, valid: Sequence[Fact]) -> Iterator[Finding]:
    for fact in valid:
        if fact.id not in held.sourced and fact.made_by not in (PERSON, IMPORT):
            what = f"{_told(fact)} — made by {fact.made_by}; no turn in which it was said is there"
            yield Finding(what, _mended(fact), (fact.id,))


def _unsure(facts: Sequence[Fact]) -> Iterator[Finding]:
    for fact in sorted(facts, key=lambda each: (each.confidence, each.id)):
        if fact.confidence < SURE:
            what = f"{_told(fact)} — {fact.confidence:.2f}, made by {fact.made_by}"
            yield Finding(what, _mended(fact), (fact.id,))


def _never_recalled(held: Held, valid: Sequence[Fact], old: datetime) -> Group:
    """Facts and episodes that are older than that and were never given to a model."""
    zone = old.tzinfo
    facts = [
        Finding(
            f"{_told(fact)} — known since {fact.observed.astimezone(zone).date()}",
            (f"forget {fact.id}",),
            (fact.id,),
        )
        for fact in valid
        if fact.observed < old and fact.id not in held.recalled
    ]
    episodes = [
        Finding(
            f"{(day := f'{each.began.astimezone(zone):%Y-%m-%d}')}: “{clip(each.summary, _SHOWN)}”",
            (f"episodes {day}",),
            episode=each.id,
        )
        for each in held.old_episodes
    ]
    count = len(facts) + held.never_recalled
    return Group("never_recalled", count, (*facts, *episodes), needs_a_look=False)
