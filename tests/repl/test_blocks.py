"""Where streaming Markdown is cut."""

from __future__ import annotations

import pytest

from wooster.repl.blocks import parser, settled

DOCUMENT = """# Title

Some *text* with `code`
that goes on.

- one
- two

  still two
1. first

2. second

2024 was a year.

```python
def f():

    return 1
```

| a | b |
|---|---|
| 1 | 東京 |

> quote

---

A heading
=========
end
"""


@pytest.mark.parametrize(
    ("text", "done"),
    [
        ("one", ""),
        ("one\n\n", ""),
        ("one\n\ntwo", "one\n\n"),
        ("one\n\n2", ""),
        ("1. a\n\n2", ""),
        ("- a\n**b", ""),
        ("- a\n\nb", "- a\n\n"),
        ("- a\n\n  b", ""),
        ("```\na\n\nb", ""),
        ("```\na\n```\n\nb", "```\na\n```\n\n"),
        ("head\n=", ""),
    ],
)
def test_only_what_cannot_change_is_settled(text: str, done: str) -> None:
    """The unfinished block, and one that the next letter could still join, stay back."""
    assert text[: settled(parser(), text)] == done


def test_cutting_never_changes_the_blocks() -> None:
    """Cut letter by letter, a document has the same top-level blocks as parsed whole."""
    markdown = parser()
    pieces: list[str] = []
    rest = ""
    for letter in DOCUMENT:
        rest += letter
        size = settled(markdown, rest)
        if size:
            pieces.append(rest[:size])
            rest = rest[size:]
    pieces.append(rest)
    assert "".join(pieces) == DOCUMENT

    def kinds(text: str) -> list[str]:
        return [t.type for t in markdown.parse(text) if t.level == 0 and t.nesting >= 0]

    assert [kind for piece in pieces for kind in kinds(piece)] == kinds(DOCUMENT)
    assert all(len(kinds(piece)) >= 1 for piece in pieces)
