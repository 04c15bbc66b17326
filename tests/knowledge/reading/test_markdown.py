"""Markdown as people write it: front matter, links, tags, headings."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wooster.knowledge.model import Link
from wooster.knowledge.reading import front_matter, markdown
from wooster.knowledge.reading.markdown import read


def with_front(yaml: str, text: str = "Text.\n") -> str:
    return f"---\n{yaml}\n---\n{text}"


@pytest.mark.parametrize(
    ("yaml", "tags"),
    [
        ("tags: work", {"work"}),
        ("tags: work, home", {"work", "home"}),
        ("tags: work home", {"work", "home"}),
        ("tags: [work, '#home']", {"work", "home"}),
        ("tags:\n  - work\n  - 2024", {"work", "2024"}),
        ("Tag: work", {"work"}),
        ("tags:", set()),
        ("tags: {a: b}", set()),
    ],
)
def test_tags_are_words_however_they_are_written(yaml: str, tags: set[str]) -> None:
    """A string is split into words, never into characters."""
    assert read(with_front(yaml)).tags == tags


def test_front_matter_says_title_aliases_and_date() -> None:
    """And it is in no chunk: it would make all notes alike."""
    document = read(with_front("title: 'Boats: a list'\naliases: [Ships, Sails]\ndate: 2026-01-05"))
    assert (document.title, document.aliases) == ("Boats: a list", ("Ships", "Sails"))
    assert document.date is not None
    assert document.date.tzinfo is not None
    (chunk,) = document.chunks
    assert (chunk.text, chunk.line) == ("Text.", 6)


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("1700000000000", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
        ("1700000000000.25", datetime(2023, 11, 14, 22, 13, 20, 250, tzinfo=UTC)),
        ("1700000000", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
        ("2026-07-01", datetime(2026, 6, 30, 22, 0, tzinfo=UTC)),
        ("2026-07-01T12:00:00Z", datetime(2026, 7, 1, 12, 0, tzinfo=UTC)),
        ("2026/07/01 12:00", datetime(2026, 7, 1, 10, 0, tzinfo=UTC)),
        ("2026-02-30", None),
        ("last summer", None),
        ("0001-01-01", None),
    ],
)
def test_dates_are_instants(written: str, instant: datetime | None) -> None:
    """Of the person's zone where they name none; what isn't one costs nothing else."""
    document = read(with_front(f"created: {written}\ntitle: T"), ZoneInfo("Europe/Berlin"))
    assert document.title == "T"
    assert document.date == instant


@pytest.mark.parametrize(
    ("yaml", "is_private"),
    [
        ("private: true", True),
        ("private: yes", True),
        ("Private: 1", True),
        ("private: [a]", True),
        ("private: false", False),
        ("private: no", False),
        ("private:", False),
        ("title: private", False),
        ("private: true\ntags: [a, b\ntitle: : :", True),
        ("private: false # for now\ntags: [a", False),
        ("just words", False),
    ],
)
def test_what_is_private_stays_private(yaml: str, is_private: bool) -> None:
    """Also where the front matter is broken: in doubt nothing leaves the machine."""
    assert read(with_front(yaml)).is_private == is_private


def test_front_matter_that_nobody_closed_can_still_say_private() -> None:
    """As can one that is longer than any is."""
    assert read("---\nprivate: true\n\nText.").is_private
    assert read(f"---\nprivate: true\nabstract: {'long ' * 9000}\n---\nText.").is_private


def test_broken_front_matter_loses_nothing() -> None:
    """It is text like the rest, and the rest is read with its headings."""
    document = read(with_front("title: [a\n  : b", "# Boats\n\nText.\n"))
    assert document.title == "Boats"
    assert "title: [a" in document.chunks[0].text
    assert document.chunks[-1].text.endswith("Text.")


@given(st.text(max_size=300))
def test_no_front_matter_is_an_error(yaml: str) -> None:
    """Whatever stands between the dashes."""
    read(with_front(yaml))


@pytest.mark.parametrize(
    "yaml",
    ["a: " + "[" * 15_000, "a: &a [*a]\ntags: *a", "? [x]\n: y", "!!python/object:os.system x"],
)
def test_front_matter_can_do_no_harm(yaml: str) -> None:
    """Nested too deep, pointing at itself, with a list as a key, or naming a Python object."""
    assert read(with_front(yaml)).text.endswith("Text.\n")


def test_the_title_is_the_documents_own() -> None:
    """The first heading of the first level, without its marks; a file's name is nobody's title."""
    assert read("## Sub\n\n# The *Long* `way` [home](x.md) &amp; back\n").title == (
        "The Long way home & back"
    )
    assert read("Set up\n===\n").title == "Set up"
    assert read("## Only a second level\n").title == ""
    assert read("").title == ""


def test_links_in_every_form() -> None:
    """With heading, shown name, embedded, in lists and tables, and each with its line."""
    text = (
        "[[Plain]] and [[Boats#Sails|the sails]]\n"
        "![[Embedded]]\n\n"
        "- [file](sub/my%20file.md#part)\n"
        "- [angle](<with space.md>)\n\n"
        "| a |\n|---|\n| [[In a table\\|shown]] |\n\n"
        "# On [[Headings]]\n"
    )
    assert read(text).links == (
        Link("Plain", "", 1),
        Link("Boats", "Sails", 1),
        Link("Embedded", "", 2),
        Link("sub/my file.md", "part", 4),
        Link("with space.md", "", 5),
        Link("In a table", "", 9),
        Link("Headings", "", 11),
    )


def test_what_only_looks_like_a_link_or_tag_is_none() -> None:
    """Addresses, places in the same file, code, numbers, parts of words and of addresses."""
    text = (
        "[a](https://example.org/x.md) [b](mailto:a@b.c) [c](#here) [d](//host/x) [[#Here]] [[ ]]\n"
        "`[[code]] #code` a#b &#35; \\#no #123 #/ https://example.org/#frag <https://x.y/#z>\n\n"
        "```\n[[fenced]] #fenced\n```\n\n    [[indented]] #indented\n"
    )
    document = read(text)
    assert document.links == ()
    assert document.tags == set()


def test_tags_in_the_text() -> None:
    """Nested, with dashes, after brackets, in other scripts, in headings, beside those on top."""
    text = with_front("tags: top", "# Day #daily\n\n#a/b-c (#two) #2nd #größe, #東京 and #end.\n")
    assert read(text).tags == {"top", "daily", "a/b-c", "two", "2nd", "größe", "東京", "end"}


def test_lines_count_from_the_files_begin() -> None:
    """Front matter and Windows' line ends included."""
    document = read("---\r\na: b\r\n---\r\nOne\r\n[[Two]]\r\n")
    assert [link.line for link in document.links] == [5]
    assert document.chunks[0].line == 4


def test_a_file_too_large_to_parse_is_read_as_paragraphs(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its front matter, without its structure."""
    monkeypatch.setattr(markdown, "_PARSED_LETTERS", 50)
    document = read(with_front("private: true", "# Log\n\n" + "line\n\n" * 50))
    assert document.is_private
    assert document.chunks


def test_nested_without_end() -> None:
    """Ten thousand quotes or brackets deep is a text like another."""
    for text in (">" * 10_000 + "x", "[" * 10_000 + "x", "- " * 5_000 + "x", "*a " * 5_000):
        assert read(text).chunks


def test_front_matter_stands_on_top_only() -> None:
    """A ruler and a line of dashes further down are a ruler and a line of dashes."""
    assert front_matter.read("Text\n---\na: b\n---\n").end == 0
    assert front_matter.read("---\n\nA ruler, then text.\n\n---\n").end == 0
