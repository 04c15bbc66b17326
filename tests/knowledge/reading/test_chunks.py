"""Chunks have laws: nothing is lost, nothing is said twice, nothing is too long, little changes."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from wooster.core.text import rough_tokens
from wooster.knowledge.model import Chunk
from wooster.knowledge.reading import front_matter, markdown, plain
from wooster.knowledge.reading.chunks import LIMIT_TOKENS, cut
from wooster.knowledge.reading.structure import paragraphs

NEVER_IN_A_FILE = st.characters(exclude_categories=["Cs"])

LINES = st.one_of(
    st.text(NEVER_IN_A_FILE, max_size=60),
    st.sampled_from(
        ["", "", "# One", "## Two", "### Three", "## Tasks", "- item", "  - deeper", "> said"]
    ),
    st.sampled_from(["```", "| a | b |", "|---|---|", "    code", "---", "[r]: http://x", "<div>"]),
    st.builds(
        lambda word, n: f"{word}. " * n, st.sampled_from(["Wind", "水", "7"]), st.integers(1, 900)
    ),
)
DOCUMENTS = st.builds(
    lambda lines, end: end.join(lines),
    st.lists(LINES, max_size=40),
    st.sampled_from(["\n", "\n", "\r\n", "\r"]),
)


def holds(text: str, chunks: tuple[Chunk, ...], begin: int = 0) -> None:
    """Every law of `cut`."""
    covered = 0
    position = begin
    for chunk in chunks:
        assert position <= chunk.start < chunk.end
        assert not text[position : chunk.start].strip()
        assert chunk.text == text[chunk.start : chunk.end]
        assert chunk.text.strip()
        assert rough_tokens(chunk.text) <= LIMIT_TOKENS
        before = text[: chunk.start].replace("\r\n", "\n").replace("\r", "\n")
        assert chunk.line == before.count("\n") + 1
        position = chunk.end
        covered += len("".join(chunk.text.split()))
    assert not text[position:].strip()
    assert covered == len("".join(text[begin:].split()))
    assert len({chunk.key for chunk in chunks}) == len(chunks)


@given(DOCUMENTS)
def test_markdown_of_any_kind_is_cut_without_loss(text: str) -> None:
    """Each character that isn't blank is in one chunk, in order, under the limit, with its line."""
    document = markdown.read(text)
    assert document.text == text
    front = front_matter.read(text)
    holds(text, document.chunks, 0 if front.is_broken else front.end)


@given(st.text(NEVER_IN_A_FILE, max_size=4000) | DOCUMENTS)
def test_any_text_is_cut_without_loss(text: str) -> None:
    """Whatever it holds: spaces of all kinds, one endless word, no letter at all."""
    holds(text, plain.read(text).chunks)


@given(DOCUMENTS)
def test_the_same_text_has_the_same_chunks(text: str) -> None:
    """Nothing is drawn by lot, and nothing depends on what was read before."""
    assert markdown.read(text) == markdown.read(text)


def entries(count: int, seed: int = 7) -> list[str]:
    """Sentences of a dozen to sixty words, all different."""
    draw = random.Random(seed)
    words = [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in "aeiou" for c in ("n", "rt", "ssel")]
    return [" ".join(draw.choices(words, k=draw.randint(10, 60))) + "." for _ in range(count)]


@given(
    st.lists(st.integers(4, 30), min_size=2, max_size=6),
    st.integers(0),
    st.integers(0),
    st.sampled_from([" ", "\n\n", "\n- "]),
    st.text(NEVER_IN_A_FILE, min_size=1, max_size=30).filter(lambda text: text.isalnum()),
)
def test_an_edit_in_one_section_leaves_the_chunks_of_the_others(
    sizes: list[int], where: int, seed: int, between: str, new: str
) -> None:
    """Their keys stay, wherever they now stand in the file."""
    # Six sentences at least: small sections are taken together, and share their fate.
    sections = [between.join(entries(size + 2, seed + n)) for n, size in enumerate(sizes)]
    edited = where % len(sections)

    def keys(bodies: list[str]) -> dict[str, list[str]]:
        text = "".join(f"## Section {n}\n\n{body}\n\n" for n, body in enumerate(bodies))
        found: dict[str, list[str]] = {}
        for chunk in markdown.read(text).chunks:
            found.setdefault(chunk.headings[0], []).append(chunk.key)
        return found

    before = keys(sections)
    sections[edited] = f"{new} {sections[edited]}"
    after = keys(sections)
    assert before.keys() == after.keys()
    assert [name for name in before if before[name] != after[name]] == [f"Section {edited}"]


def test_borders_are_found_again_after_an_edit() -> None:
    """A long journal without headings: a line on top changes a few chunks and not all of them."""
    lines = entries(500)
    before = {chunk.key for chunk in plain.read("\n\n".join(lines)).chunks}
    for at in (0, 137, 499):
        text = "\n\n".join([*lines[:at], "Something new happened.", *lines[at:]])
        after = {chunk.key for chunk in plain.read(text).chunks}
        assert len(before) > 60
        assert len(after - before) <= 5, at


def test_borders_are_found_again_among_small_sections() -> None:
    """Fifty small sections are taken together; an edit in one shifts few of the others."""
    bodies = entries(50)

    def keys() -> set[str]:
        text = "# Diary\n\n" + "".join(f"## Day {n}\n\n{body}\n\n" for n, body in enumerate(bodies))
        return {chunk.key for chunk in markdown.read(text).chunks}

    before = keys()
    bodies[20] += " And then it rained, all day, and nobody went out."
    assert len(before) > 6
    assert len(keys() - before) <= 3


def test_identical_sections_have_keys_of_their_own() -> None:
    """Two `## Tasks` with the same lines, which crashed the program that this one replaces."""
    body = "Water the plants. " * 60
    text = f"## Tasks\n\n{body}\n\n## Other\n\n{body}\n\n## Tasks\n\n{body}\n"
    chunks = markdown.read(text).chunks
    assert len({chunk.key for chunk in chunks}) == len(chunks) >= 3


def test_a_heading_belongs_to_what_it_heads() -> None:
    """No chunk is a heading alone, and none ends with one."""
    body = "Rope and tar and canvas. " * 50
    text = f"# Ship\n\n## Hold\n\n{body}\n\n## Deck\n\n{body}\n\n## Nothing yet\n"
    chunks = markdown.read(text).chunks
    starts = [chunk.text.split("\n")[0] for chunk in chunks]
    assert starts == ["# Ship", "## Deck"]
    assert [chunk.headings for chunk in chunks] == [("Ship", "Hold"), ("Ship", "Deck")]


def test_a_small_note_is_one_chunk() -> None:
    """Three headings with a line each are found as one."""
    (chunk,) = markdown.read("# A\n\none\n\n## B\n\ntwo\n\n## C\n\nthree\n").chunks
    assert chunk.headings == ("A",)


def test_code_and_paragraphs_that_fit_are_kept_whole() -> None:
    """The chunk before them is rather a short one."""
    code = "```python\n" + "print('a line of code')\n" * 50 + "```"
    text = f"{'Before it. ' * 75}\n\n{code}\n\n{'After it. ' * 80}\n"
    assert code in [chunk.text for chunk in markdown.read(text).chunks]


def test_a_long_table_is_cut_between_rows() -> None:
    """And the names of its columns stay with its first row."""
    rows = [f"| boat {n} | {n} metres long |" for n in range(300)]
    chunks = markdown.read("\n".join(["| name | size |", "|---|---|", *rows])).chunks
    assert len(chunks) > 3
    assert chunks[0].text.startswith("| name | size |\n|---|---|\n| boat 0 |")
    assert all(line in rows for chunk in chunks[1:] for line in chunk.text.split("\n"))


def test_a_long_paragraph_is_cut_at_sentences() -> None:
    """Half a sentence says less than half of it."""
    sentences = [f"{line[:-1]} at last." for line in entries(80)]
    chunks = plain.read(" ".join(sentences)).chunks
    assert len(chunks) > 3
    assert all(chunk.text.endswith("at last.") for chunk in chunks)


def test_chunks_of_prose_have_the_length_that_models_are_trained_for() -> None:
    """300 to 400 tokens: English has four to four and a half letters a token."""
    chunks = plain.read("\n\n".join(entries(500))).chunks
    mean = sum(len(chunk.text) for chunk in chunks) / len(chunks)
    assert 1200 < mean < 1700


def test_a_book_in_one_line_is_cut_in_one_go() -> None:
    """Five megabytes with words and without: each chunk costs the same."""
    for text in ("word " * 1_000_000, "x" * 5_000_000, "漢" * 500_000):
        chunks = cut(text, paragraphs(text))
        assert sum(len("".join(chunk.text.split())) for chunk in chunks) == len(
            text.replace(" ", "")
        )
        assert all(len(chunk.text) <= 3 * LIMIT_TOKENS for chunk in chunks)
