"""Searching by words: any bytes are safe, and what people type finds what they mean."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.vectors.conftest import passages, put
from wooster.storage import Database
from wooster.vectors import store, words
from wooster.vectors.model import Narrowing

ANYTHING = Narrowing()


def shown(line: str) -> list[str]:
    return [term.shown for term in words.terms(line)]


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("What is the capital of Portugal?", ["capital", "Portugal"]),
        ("who is it", ["who", "is", "it"]),
        ("", []),
        ("?! … —", []),
        ('say "to be or not" again', ["to be or not", "say", "again"]),
        ("milk, Milk; MILK", ["milk"]),
        ("e-mail isn't", ["e", "mail", "isn"]),
        ("what's vitamin D, we’ll see", ["vitamin", "D", "see"]),
        ("東京タワー tower", ["東 京 タ ワ ー", "tower"]),
        ('"unclosed quote', ["unclosed", "quote"]),
    ],
)
def test_a_line_is_read_as_people_mean_it(line: str, asked: list[str]) -> None:
    """Without the words that say nothing, each once, quoted ones together."""
    assert shown(line) == asked


def test_a_pasted_page_is_cut() -> None:
    """Forty-eight different words are enough to know what it is about."""
    assert len(words.terms(" ".join(f"word{n}" for n in range(10_000)))) == 48


async def found(database: Database, line: str, narrowing: Narrowing = ANYTHING) -> list[str]:
    """The texts found by words, the best first, then those found by parts of words."""

    def query(connection: sqlite3.Connection) -> list[str]:
        asked = words.terms(line)
        ids = [*words.ranked(connection, asked, narrowing, 10, words.Frequencies())]
        ids += words.inside_words(connection, asked, narrowing, 10)
        text = "SELECT text FROM passages WHERE id = ?"
        return [connection.execute(text, (each,)).fetchone()[0] for each in ids]

    return await database.read(query)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("running shoes", "He runs every morning"),
        ("cafe", "Le Café de la Gare"),
        ("東京", "私は東京に住んでいます"),
        ("gare café", "Le Café de la Gare"),
        ("bedding", "reembeddings are slow"),
        ("C++", "the language C is old"),
        ("don't", "I don't know"),
        ('"morning every"', ""),
        ("nothing here", ""),
    ],
)
async def test_words_find_stems_accents_scripts_and_parts(
    database: Database, line: str, text: str
) -> None:
    """And a quoted pair in the wrong order finds nothing."""
    await put(
        database,
        1,
        [
            "He runs every morning",
            "Le Café de la Gare",
            "私は東京に住んでいます",
            "reembeddings are slow",
            "the language C is old",
            "I don't know",
        ],
    )
    assert (await found(database, line))[:1] == ([text] if text else [])


async def test_a_part_is_looked_for_only_where_no_passage_has_the_word(database: Database) -> None:
    """Else `run` would bring every prune."""
    await put(database, 1, ["prune the trees", "a run"])
    assert await found(database, "run") == ["a run"]
    await put(database, 1, ["prune the trees"])
    assert await found(database, "run") == ["prune the trees"]


async def test_every_way_of_narrowing_holds_for_words(database: Database) -> None:
    """Collection, document, project, tags, and time from and until."""
    await put(database, 1, ["one word"], project="Home", tags=frozenset({"a", "b"}), at_ms=10)
    await put(database, 2, ["two word"], project="work", tags=frozenset({"a"}), at_ms=20)
    await database.write(lambda c: store.put(c, "memory", 1, passages(["three word"])))
    for narrowing, texts in (
        (Narrowing(collections=frozenset({"memory"})), {"three word"}),
        (
            Narrowing(collections=frozenset({"library"}), documents=frozenset({2})),
            {"two word"},
        ),
        (Narrowing(project="home"), {"one word"}),
        (Narrowing(tags=frozenset({"A"})), {"one word", "two word"}),
        (Narrowing(tags=frozenset({"a", "b"})), {"one word"}),
        (Narrowing(since_ms=20), {"two word"}),
        (Narrowing(since_ms=10, until_ms=20), {"one word"}),
        (Narrowing(tags=frozenset({"nobody"})), set()),
    ):
        assert set(await found(database, "word", narrowing)) == texts, narrowing
        assert set(await found(database, "wor", narrowing)) == texts, narrowing


async def test_a_search_may_be_narrowed_to_any_number_of_documents(database: Database) -> None:
    """More than SQLite takes values in one statement."""
    await put(database, 7, ["a word"])
    many = Narrowing(documents=frozenset(range(300_000)))
    assert await found(database, "word", many) == ["a word"]


def passages_of(folder: Path, empty: Path) -> sqlite3.Connection:
    target = folder / "words.db"
    target.write_bytes(empty.read_bytes())
    connection = sqlite3.connect(target, isolation_level=None)
    connection.row_factory = sqlite3.Row
    store.put(connection, "library", 1, passages(["some words", "AND OR NOT NEAR", "x"]))
    return connection


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(line=st.text(max_size=60))
@example(line='" OR NEAR(')
@example(line="\x00\ud800")
@example(line="col: ^ * - + \\ ' ; --")
@example(line='"""')
def test_any_line_is_safe(line: str, tmp_path: Path, empty_database: Path) -> None:
    """Nothing that is typed is read as query syntax, in the words or in their parts."""
    connection = passages_of(tmp_path, empty_database)
    asked = words.terms(line)
    ids = words.ranked(connection, asked, ANYTHING, 10, words.Frequencies())
    words.inside_words(connection, asked, ANYTHING, 10)
    words.standing_in(asked, dict.fromkeys(ids, (line,)))
    connection.close()


def test_what_stands_in_a_passage_is_told_by_its_words() -> None:
    """Of the question's words, in the form in which they were asked, in any of its texts."""
    asked = words.terms('run dog cat café 東京 "running home" "home walk"')
    told = words.standing_in(
        asked, {1: ("The dogs were running home", "walk"), 7: ("Le Cafe", "私は東京に", "")}
    )
    assert told == {
        1: frozenset({"run", "dog", "running home"}),
        7: frozenset({"café", "東 京"}),
    }


async def test_the_words_of_a_hit_are_told_as_they_are_searched(database: Database) -> None:
    """With the tokenizer of the full-text index."""
    schema = "SELECT sql FROM sqlite_master WHERE name = 'passages_words'"
    (sql,) = await database.read(lambda c: c.execute(schema).fetchone())
    assert f"tokenize = '{words.TOKENIZER}'" in sql


async def test_in_a_large_collection_the_ranking_stays_the_same(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only passages with a rare word are looked at; the frequent words still rank those."""
    texts = [
        " ".join(
            word
            for word, step in (("common", 1), ("often", 3), ("seldom", 11), ("rare", 29))
            if number % step == 0
        )
        + f" filler{number}"
        for number in range(200)
    ]
    await put(database, 1, texts)
    asked = words.terms("rare seldom often common nowhere")

    def query(connection: sqlite3.Connection) -> list[int]:
        return list(words.ranked(connection, asked, ANYTHING, 8, words.Frequencies()))

    whole = await database.read(query)
    monkeypatch.setattr(words, "_SMALL", 0)
    monkeypatch.setattr(words, "_COUNTED", 5)
    monkeypatch.setattr(words, "_CANDIDATES", 60)
    monkeypatch.setattr(words, "_TOO_FREQUENT", 0.5)
    assert await database.read(query) == whole
    monkeypatch.setattr(words, "_CANDIDATES", 1)
    assert set(await database.read(query)) == {n + 1 for n in range(0, 200, 29)}


async def test_where_the_rare_word_is_elsewhere_the_frequent_one_still_finds(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A search in one project isn't empty because another project has the rarer word."""
    monkeypatch.setattr(words, "_SMALL", 0)
    monkeypatch.setattr(words, "_COUNTED", 5)
    monkeypatch.setattr(words, "_CANDIDATES", 5)
    await put(database, 1, [f"meeting number {n}" for n in range(60)], project="home")
    await put(database, 2, ["the budget meeting"], project="work")
    await database.write(lambda c: store.put(c, "memory", 1, passages(["an atlas"])))
    at_home = await found(database, "budget meeting", Narrowing(project="home"))
    assert len(at_home) == 10
    library = Narrowing(frozenset({"library"}))
    assert len(await found(database, "atlas meeting", library)) == 10


async def test_where_the_newest_are_elsewhere_older_ones_are_looked_at_by_and_by(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as are wanted are found, and none of the older half."""
    monkeypatch.setattr(words, "_SMALL", 0)
    monkeypatch.setattr(words, "_COUNTED", 5)
    monkeypatch.setattr(words, "_CANDIDATES", 5)
    await put(database, 1, [f"meeting number {n}" for n in range(200)], project="home")
    await put(database, 2, [f"meeting number {n}" for n in range(40)], project="work")
    asked = words.terms("meeting")

    async def ids(narrowing: Narrowing, limit: int) -> list[int]:
        return await database.read(
            lambda c: list(words.ranked(c, asked, narrowing, limit, words.Frequencies()))
        )

    at_home = await ids(Narrowing(project="home"), 10)
    assert len(at_home) == 10
    assert 100 < min(at_home) < max(at_home) <= 200
    assert len(await ids(Narrowing(project="home"), 300)) == 200
    assert await ids(Narrowing(project="away"), 10) == []


async def test_what_is_remembered_of_words_goes_with_the_passages(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A word that stood everywhere is a rare one once those passages are deleted."""
    monkeypatch.setattr(words, "_SMALL", 0)
    monkeypatch.setattr(words, "_COUNTED", 5)
    monkeypatch.setattr(words, "_CANDIDATES", 5)
    frequencies = words.Frequencies()

    async def best() -> str:
        asked = words.terms("often seldom")
        ranked = await database.read(
            lambda c: list(words.ranked(c, asked, ANYTHING, 3, frequencies))
        )
        text = "SELECT text FROM passages WHERE id = ?"
        return str(await database.read(lambda c: c.execute(text, (ranked[0],)).fetchone()[0]))

    await put(database, 1, [f"often number {n}" for n in range(60)])
    await put(database, 2, [f"seldom {n} in a text that is longer than others" for n in range(4)])
    assert (await best()).startswith("seldom")
    await put(database, 3, [f"filler {n}" for n in range(20)])
    await put(database, 1, ["often seldom"])
    frequencies.passages_changed()
    assert await best() == "often seldom"


async def test_however_much_is_asked_few_words_are_remembered(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of thousands of frequent words no more numbers are kept than are allowed."""
    monkeypatch.setattr(words, "_SMALL", 0)
    monkeypatch.setattr(words, "_COUNTED", 5)
    monkeypatch.setattr(words, "_KEPT", 10)
    frequencies = words.Frequencies()
    many = [f"{one}{other}" for one in "bcdfg" for other in "aeiou"]
    await put(database, 1, [f"{' '.join(many)} {n}" for n in range(20)])
    for each in many:
        asked = words.terms(each)
        assert await database.read(
            lambda c, asked=asked: words.ranked(c, asked, ANYTHING, 3, frequencies)  # type: ignore[misc]
        )
        assert 0 < len(frequencies) <= 10


async def test_a_narrow_search_finds_what_ranks_behind_everything_else(database: Database) -> None:
    """The best of all are looked at first, and are none of those that may be found."""
    await put(database, 1, [f"tea tea tea {n}" for n in range(60)], project="home")
    await put(database, 2, ["tea once in a much longer text about the day"], project="work")
    assert len(await found(database, "tea", Narrowing(project="work"))) == 1
    assert len(await found(database, "tea", Narrowing(project="home"))) == 10


async def test_a_word_of_one_book_is_not_taken_for_a_frequent_one(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Frequent words are estimated from both ends; those at one end only aren't everywhere."""
    monkeypatch.setattr(words, "_COUNTED", 10)
    await put(database, 1, [f"atlas page {n}" for n in range(40)])
    await put(database, 2, [f"common page {n}" for n in range(360)])

    def counts(connection: sqlite3.Connection) -> list[int]:
        told = words.Frequencies()
        rows = told.rows(connection)
        return [told.of(connection, term, rows) for term in words.terms("atlas page nowhere")]

    atlas, page, nowhere = await database.read(counts)
    assert 10 <= atlas <= 40
    assert 300 <= page <= 400
    assert nowhere == 0
