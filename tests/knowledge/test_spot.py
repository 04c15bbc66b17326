"""Where in a passage the words of a search stand."""

from __future__ import annotations

import pytest

from wooster.knowledge.spot import headings_at, line_of

TEXT = """# Log

## March
Six seams of bees.

```sh
# a comment
```
### Late
Twelve seams.

## July ##
Lime honey from both hives.
"""


@pytest.mark.parametrize(
    ("words", "line"), [((), 0), (("honey",), 12), (("seams", "twelve"), 9), (("wasp",), 0)]
)
def test_the_line_is_the_first_with_most_of_the_words(words: tuple[str, ...], line: int) -> None:
    """And the passage's own where none of them stands in it."""
    assert line_of(TEXT, words) == line


@pytest.mark.parametrize(
    ("line", "path"),
    [
        (0, ("Log",)),
        (3, ("Log", "March")),
        (7, ("Log", "March")),
        (9, ("Log", "March", "Late")),
        (12, ("Log", "July")),
    ],
)
def test_the_headings_are_those_above_the_line(line: int, path: tuple[str, ...]) -> None:
    """In the passage itself; what looks like one in code is none."""
    assert headings_at(TEXT, line, ("Log", "March")) == path


def test_what_is_above_the_passage_stays() -> None:
    """Its own headings follow those that it was found under."""
    assert headings_at("## B\nb\n## C\nc", 3, ("A", "B")) == ("A", "C")
    assert headings_at("text", 0, ("A", "B")) == ("A", "B")
    assert headings_at("## *B*\nb", 1, ("A", "B")) == ("A", "B")
