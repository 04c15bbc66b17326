"""Files as nobody meant them: each format's own, with bytes changed, cut out and repeated."""

from __future__ import annotations

from functools import cache
from pathlib import PurePath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.knowledge.reading import files
from wooster.knowledge.model import UnreadableFile
from wooster.knowledge.reading.formats import read


@cache
def sample(name: str) -> bytes:
    """A small real file of the format that the name's end says."""
    messages = [files.mail("Hello", "It rains.", message_id=f"<{n}@x>") for n in range(2)]
    match name:
        case "a.pdf":
            return files.pdf(["One page."], title="Title")
        case "a.docx":
            return files.docx()
        case "a.epub":
            return files.epub(["<h1>One</h1><p>Text.</p>"])
        case "a.eml":
            return bytes(messages[0])
        case "a.mbox":
            return files.mbox(messages)
        case "a.html":
            return b"<html><title>T</title><body><h1>A</h1><table><tr><td>1</td></table><p>x"
        case "a.csv":
            return b'a,b\n1,"two\nlines"\n3,4\n'
        case _:
            return b"---\ntitle: T\ntags: [a, b]\n---\n# A\n\n[x](y) `z`\n\n| a |\n|---|\n| 1 |\n"


EDITS = st.lists(
    st.tuples(
        st.floats(0, 1), st.integers(0, 40), st.one_of(st.binary(max_size=20), st.just(b"\xff" * 9))
    ),
    max_size=4,
)
NAMES = ("a.pdf", "a.docx", "a.epub", "a.eml", "a.mbox", "a.html", "a.csv", "a.md")


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=20, derandomize=True)
@given(edits=EDITS)
def test_a_damaged_file_is_read_or_named_as_unreadable(
    name: str, edits: list[tuple[float, int, bytes]]
) -> None:
    """Whatever became of its bytes, it is a document or a reason; nothing else comes out."""
    data = sample(name)
    for where, gone, instead in edits:
        at = int(where * len(data))
        data = data[:at] + instead + data[at + gone :]
    try:
        documents = read(PurePath(name), data)
    except UnreadableFile as unreadable:
        assert str(unreadable)
    else:
        assert all(isinstance(each.text, str) for each in documents)
