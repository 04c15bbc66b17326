"""Searching by words: what a line asks for, and the passages that hold it, ranked by bm25.

A line may hold any bytes: nothing of it is ever read as query syntax, but a pair of double quotes
around words that must stand side by side. Words that say nothing ("the", "of") are left out while
there are others. Words that no passage has are looked for inside longer ones.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from wooster.core import caches
from wooster.core.text import match_phrases, search_form
from wooster.vectors.model import Narrowing

# English words that stand in almost every text, without those that carry a question's point (not,
# before, after, between). A word of another language costs little here: it counts by its rarity.
_STOP_WORDS = (
    "a about am an and any are as at be been being but by can could did do does doing for from "
    "had has have having he her hers him his how i if in into is it its itself me my of on or "
    "our ours she should so some such than that the their theirs them then there these they "
    "this those to us was we were what when where which who whom whose why will with would you "
    "your yours "
)
STOP_WORDS = frozenset(_STOP_WORDS.split())
# A pasted page isn't searched for word by word.
_MOST_WORDS = 48
# Up to so many passages bm25 is computed for each that has any of the words. Beyond, it is computed
# for about so many candidates, those with the rarest words, which so many other words rank; one
# that stands in more than this share of all says too little. At 100 000, in runs of their own: p95
# 15 ms, and 158 for all rows. What the cut costs was simulated for 5 000: nDCG@10 .002.
_SMALL = 8_000
_CANDIDATES = 2_000
_RANKED_BY = 6
_TOO_FREQUENT = 0.2
# So many occurrences are counted; more are estimated from how close together they are.
_COUNTED = 150
# So many words' numbers are remembered: most frequent words of a language.
_KEPT = 5_000
# bm25's weights of title, text and known_as (`scripts/bench search`).
_WEIGHTS = (2.0, 1.0, 1.0)
# A narrow search looks so much deeper before it looks at every row.
_DEEPER = 4
_PARTS_LOOKED_AT = 200
_SHORTEST_PART = 3
# Who types more words than this has said what is meant, and looks for no part of one.
_MOST_WORDS_WITH_PART = 4
# As `passages_words` has it.
TOKENIZER = "porter unicode61 remove_diacritics 2"
_ANYTHING = Narrowing()
_ALL = range(2**62)
_QUOTED = re.compile(r'"([^"]*)"')
# What is left of a word behind an apostrophe (what's, don't, we'll) says nothing by itself.
_SHORTENED = re.compile(r"(?<=\w)['’](?:s|t|d|m|ll|re|ve)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or several that must stand side by side; `phrase` is it in FTS5's syntax."""

    shown: str
    phrase: str


def terms(line: str) -> tuple[Term, ...]:
    """What `line` asks for, each once, in its order; () when there is no word in it."""
    found: dict[str, Term] = {}
    loose = _SHORTENED.sub("", _QUOTED.sub(" ", line))
    for quoted in _QUOTED.findall(line):
        parts = [part for run in match_phrases(quoted) for part in run]
        _keep(found, " ".join(parts), parts)
    told = [(" ".join(run), run) for run in match_phrases(loose)]
    saying = [each for each in told if each[0].lower() not in STOP_WORDS]
    for shown, parts in saying if saying or found else told:
        _keep(found, shown, parts)
    return tuple(found.values())[:_MOST_WORDS]


def _keep(found: dict[str, Term], shown: str, parts: Sequence[str]) -> None:
    if parts:
        phrase = '"' + " ".join(parts) + '"'
        found.setdefault(phrase.lower(), Term(shown, phrase))


class Frequencies:
    """In how many passages frequent words stand, remembered between searches: counting them takes
    longer than finding the rare ones. Forgotten when the number of passages has much changed."""

    def __init__(self) -> None:
        self._rows: int | None = None
        self._rows_then = 0
        self._counts: dict[str, int] = {}
        caches.known(self._let_go)

    def _let_go(self) -> None:
        self._counts = {}

    def __len__(self) -> int:
        """Of how many words a number is kept."""
        return len(self._counts)

    def passages_changed(self) -> None:
        self._rows = None

    def rows(self, connection: sqlite3.Connection) -> int:
        """The number of passages."""
        rows = self._rows
        if rows is None:
            (rows,) = connection.execute("SELECT count(*) FROM passages").fetchone()
            if not self._rows_then / 2 < rows < self._rows_then * 2:
                self._rows_then, self._counts = rows, {}
            self._rows = rows
        return rows

    def of(self, connection: sqlite3.Connection, term: Term, rows: int) -> int:
        """The number of passages with `term`: counted while they are few, else estimated."""
        known = self._counts.get(term.phrase)
        if known is not None:
            return known
        found, last = _first(connection, term, 0)
        if found == _COUNTED:
            found = _estimated(connection, term, last, rows)
            if len(self._counts) >= _KEPT:
                self._counts.clear()
            self._counts[term.phrase] = found
        return found


def ranked(
    connection: sqlite3.Connection,
    asked: Sequence[Term],
    narrowing: Narrowing,
    limit: int,
    frequencies: Frequencies,
) -> dict[int, float]:
    """The passages that hold most of the rarest of `asked`, the best first, with their scores.

    bm25 takes its time for each row, and most rows have nothing but a frequent word: in a large
    collection only those with a rare one are candidates, which the frequent ones then rank. Where
    those are not allowed, being elsewhere, ever older ones are candidates, twice as many each time.
    """
    rare, rest = _split(connection, asked, frequencies)
    if not rare:
        return {}
    some = " OR ".join(term.phrase for term in rare)
    newest = _newest(connection, rare, frequencies)
    scores = dict(_scored(connection, some, narrowing, limit, newest))
    after = newest.start
    while after and len(scores) < limit:
        older = range(max(0, after - 2 * (newest.stop - after)), after)
        scores.update(_scored(connection, some, narrowing, limit, older))
        after = older.start
    if rest:
        others = " OR ".join(term.phrase for term in rest)
        both = f"({some}) AND ({others})"
        for row, score in _scored(connection, both, narrowing, limit, range(after, newest.stop)):
            scores[row] = max(score, scores.get(row, score))
    if not scores and len(rare) < len(asked):
        every = " OR ".join(term.phrase for term in asked)
        scores = dict(_scored(connection, every, narrowing, limit))
    ranked = sorted(scores, key=lambda row: (-scores[row], row))[:limit]
    return {row: scores[row] for row in ranked}


def _split(
    connection: sqlite3.Connection, asked: Sequence[Term], frequencies: Frequencies
) -> tuple[list[Term], list[Term]]:
    """The rarest terms, which choose the candidates, and those that only rank them."""
    rows = frequencies.rows(connection)
    if rows <= _SMALL:
        return list(asked), []
    counts = {term: frequencies.of(connection, term, rows) for term in asked}
    rare: list[Term] = []
    total = 0
    by_rarity = sorted((term for term in asked if counts[term]), key=lambda term: counts[term])
    for term in by_rarity:
        total += counts[term]
        if rare and total > _CANDIDATES:
            break
        rare.append(term)
    rest = by_rarity[len(rare) :][:_RANKED_BY]
    return rare, [term for term in rest if counts[term] <= rows * _TOO_FREQUENT]


def _newest(
    connection: sqlite3.Connection, rare: Sequence[Term], frequencies: Frequencies
) -> range:
    """The passages of which about `_CANDIDATES` have a word: where even the rarest is frequent,
    which of all that have it are looked at matters little, and the newest matter most. From 0 for
    all.
    """
    rows = frequencies.rows(connection)
    if rows <= _SMALL or len(rare) > 1:
        return _ALL
    count = frequencies.of(connection, rare[0], rows)
    if count <= _CANDIDATES:
        return _ALL
    (highest,) = connection.execute("SELECT max(id) FROM passages").fetchone()
    return range(max(0, int(highest - rows * _CANDIDATES / count)), highest + 1)


def _first(connection: sqlite3.Connection, term: Term, after: int) -> tuple[int, int]:
    """How many passages with `term` come after one, counted up to `_COUNTED`, and the last id."""
    rows = connection.execute(
        "SELECT rowid FROM passages_words WHERE passages_words MATCH ? AND rowid > ? LIMIT ?",
        (term.phrase, after, _COUNTED),
    ).fetchall()
    return len(rows), int(rows[-1][0]) if rows else after


def _estimated(connection: sqlite3.Connection, term: Term, last: int, rows: int) -> int:
    """About how many passages have a frequent term, by how close they are at the beginning and from
    the middle on. The lower of the two: a word that stands in one book is no frequent word.
    """
    # Each by itself: both in one would read all rows.
    row = connection.execute(
        "SELECT (SELECT min(id) FROM passages), (SELECT max(id) FROM passages)"
    ).fetchone()
    lowest, highest = int(row[0] or 0), int(row[1] or 0)
    middle = (lowest + highest) // 2
    found, then = _first(connection, term, middle)
    reach = (then if found == _COUNTED else highest) - middle
    shares = (_COUNTED / (last - lowest + 1), found / max(reach, 1))
    return max(_COUNTED, round(min(*shares, 1.0) * rows))


def _scored(
    connection: sqlite3.Connection,
    match: str,
    narrowing: Narrowing,
    limit: int,
    ids: range = _ALL,
) -> list[tuple[int, float]]:
    """The best rows that may be found. To look a row's facets up takes longer than to rank it: the
    best of all are looked at first, and where too few of those may be found, every one."""
    if narrowing.is_open:
        return _best(connection, match, limit, ids=ids)
    deeper = _best(connection, match, limit * _DEEPER, ids=ids)
    found: list[tuple[int, float]] = []
    for start in range(0, len(deeper), limit):
        part = deeper[start : start + limit]
        may_be_found = _may_be_found(connection, [row for row, _ in part], narrowing)
        found += [each for each in part if each[0] in may_be_found]
        if len(found) >= limit:
            return found[:limit]
    if len(deeper) < limit * _DEEPER:
        return found
    return _best(connection, match, limit, narrowing, ids)


def _best(
    connection: sqlite3.Connection,
    match: str,
    limit: int,
    narrowing: Narrowing = _ANYTHING,
    ids: range = _ALL,
) -> list[tuple[int, float]]:
    where, values = allowed(narrowing)
    rows = connection.execute(
        "SELECT w.rowid, bm25(passages_words, ?, ?, ?) AS score FROM passages_words AS w"
        + (f" CROSS JOIN passages AS p ON p.id = w.rowid AND {where}" if where else "")
        + " WHERE passages_words MATCH ?"
        + (" AND w.rowid >= ? AND w.rowid < ?" if ids != _ALL else "")
        + " ORDER BY score LIMIT ?",
        (*_WEIGHTS, *values, match, *((ids.start, ids.stop) if ids != _ALL else ()), limit),
    )
    return [(int(row[0]), -float(row[1])) for row in rows]  # SQLite's bm25: less is better


def _may_be_found(
    connection: sqlite3.Connection, ids: Sequence[int], narrowing: Narrowing
) -> set[int]:
    where, values = allowed(narrowing)
    rows = connection.execute(
        "SELECT p.id FROM json_each(?) AS each CROSS JOIN passages AS p"
        f" ON p.id = each.value WHERE {where}",
        (json.dumps(ids), *values),
    )
    return {int(row[0]) for row in rows}


def inside_words(
    connection: sqlite3.Connection, asked: Sequence[Term], narrowing: Narrowing, limit: int
) -> list[int]:
    """Passages in which a term that no passage has as a word stands inside one."""
    if len(asked) > _MOST_WORDS_WITH_PART:
        return []
    counts: dict[int, int] = {}
    for term in asked:
        part = term.shown.lower()
        if len(part) < _SHORTEST_PART or _is_a_word(connection, term):
            continue
        for passage_id in _with_part(connection, part, narrowing):
            counts[passage_id] = counts.get(passage_id, 0) + 1
    return sorted(counts, key=lambda each: (-counts[each], -each))[:limit]


def _is_a_word(connection: sqlite3.Connection, term: Term) -> bool:
    row = connection.execute(
        "SELECT 1 FROM passages_words WHERE passages_words MATCH ? LIMIT 1", (term.phrase,)
    ).fetchone()
    return row is not None


def _with_part(connection: sqlite3.Connection, part: str, narrowing: Narrowing) -> list[int]:
    """The newest passages in which `part` stands; the index tells its trigrams, not their order."""
    where, values = allowed(narrowing)
    trigrams = {part[start : start + 3] for start in range(len(part) - 2)}
    match = " AND ".join('"' + trigram.replace('"', '""') + '"' for trigram in sorted(trigrams))
    rows = connection.execute(
        "SELECT t.rowid, w.title, w.text, w.known_as FROM passages_parts AS t"
        + (f" CROSS JOIN passages AS p ON p.id = t.rowid AND {where}" if where else "")
        + " CROSS JOIN passages_words AS w ON w.rowid = t.rowid"
        + " WHERE passages_parts MATCH ? ORDER BY t.rowid DESC LIMIT ?",
        (*values, match, _PARTS_LOOKED_AT),
    )
    return [row[0] for row in rows if any(part in text.lower() for text in row[1:])]


def standing_in(
    asked: Sequence[Term], texts: Mapping[int, Sequence[str]]
) -> dict[int, frozenset[str]]:
    """Which of `asked`, as shown, stand in the texts under each id.

    A few texts in a full-text index of their own are asked sooner than all there are. Blocking.
    """
    found: dict[int, set[str]] = {each: set() for each in texts}
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute(f"CREATE VIRTUAL TABLE said USING fts5 (text, tokenize = '{TOKENIZER}')")
        connection.execute("BEGIN")  # never ended: nothing of it is to be kept
        # A row for each text: a phrase doesn't go from one into the next.
        rows = [(number, text) for number, each in texts.items() for text in each]
        connection.executemany(
            "INSERT INTO said (text) VALUES (?)", [(search_form(text),) for _, text in rows]
        )
        for term in asked:
            matching = "SELECT rowid FROM said WHERE said MATCH ?"
            for (row,) in connection.execute(matching, (term.phrase,)):
                found[rows[row - 1][0]].add(term.shown)
    return {each: frozenset(shown) for each, shown in found.items()}


def allowed(narrowing: Narrowing) -> tuple[str, list[object]]:
    """A condition over `passages AS p` and its values; "" when everything is allowed."""
    conditions: list[str] = []
    values: list[object] = []
    for column, chosen in (
        ("collection", sorted(narrowing.collections)),
        ("document", sorted(narrowing.documents)),
    ):
        if chosen:
            # As one value: SQLite takes 32 766 of them, and a folder may have more documents.
            conditions.append(f"p.{column} IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(chosen))
    if narrowing.project:
        conditions.append("p.project = ? COLLATE NOCASE")
        values.append(narrowing.project)
    for tag in sorted(narrowing.tags):
        conditions.append("EXISTS (SELECT 1 FROM passage_tags WHERE tag = ? AND passage_id = p.id)")
        values.append(tag.lower())
    if narrowing.since_ms is not None:
        conditions.append("p.at_ms >= ?")
        values.append(narrowing.since_ms)
    if narrowing.until_ms is not None:
        conditions.append("p.at_ms < ?")
        values.append(narrowing.until_ms)
    return " AND ".join(conditions), values
