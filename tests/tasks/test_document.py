"""Files keep every byte that isn't asked to change; changes are taken back to the last byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wooster.tasks import changes
from wooster.tasks.changes import Change
from wooster.tasks.document import (
    Document,
    bytes_of,
    extent,
    items,
    rewritten,
    section_end,
    text_of,
)

_lines = st.sampled_from(
    [
        *(b"- [ ] milk", b"* [ ] eggs", b"  - of hens", b"\t- [ ] brown", b"# Home", b"## Tasks"),
        *(b"```", b"~~~~", b"---", b"", b"   ", b"- [x] done", b"text", b"\xff\xfe", b"1. [ ] one"),
    ]
) | st.binary(max_size=12)
_ends = st.sampled_from([b"\n", b"\r\n", b"\n", b"\r"])
markdown = st.builds(
    lambda mark, lines, last: mark + b"".join(line + end for line, end in lines) + last,
    st.sampled_from([b"", b"\xef\xbb\xbf"]),
    st.lists(st.tuples(_lines, _ends), max_size=12),
    _lines,
)


@given(markdown)
def test_a_file_is_its_lines(data: bytes) -> None:
    """Reading and writing changes nothing, whatever the bytes."""
    document = Document.of(data)
    assert document.data == data
    for line in document.lines[1:]:
        assert bytes_of(text_of(line)) == line.removesuffix(b"\r").removeprefix(b"\xef\xbb\xbf")
        assert rewritten(line, text_of(line)) == line


@given(markdown, st.data())
def test_only_the_task_that_is_taken_out_goes(data: bytes, draw: st.DataObject) -> None:
    """All other lines stay byte for byte, and putting it back gives the very file."""
    document = Document.of(data)
    found = items(document, "f")
    if not found:
        return
    item = draw.draw(st.sampled_from(found))
    change = changes.replacing(document, "f", item.line, len(item.lines))
    less = changes.applied(document, change)
    before, after = document.lines[: item.line], document.lines[item.line + len(item.lines) :]
    # What is last now ends as the last line did: perhaps without a carriage return.
    kept = [line.rstrip(b"\r").removeprefix(b"\xef\xbb\xbf") for line in (*before, *after)]
    left = [line.rstrip(b"\r").removeprefix(b"\xef\xbb\xbf") for line in less.lines]
    if b"\xef\xbb\xbf" not in data[1:]:  # amid a file it is no mark
        assert left == (kept or [b""])
        assert less.data.startswith(b"\xef\xbb\xbf") == data.startswith(b"\xef\xbb\xbf")
    back = changes.place(less, change.inverse)
    assert back is not None
    assert changes.applied(less, back).data == data


@given(markdown, st.data())
def test_only_a_line_that_is_put_in_comes(data: bytes, draw: st.DataObject) -> None:
    """At whatever place; and taking it out gives the very file."""
    document = Document.of(data)
    at = draw.draw(st.integers(0, len(document.lines)))
    change = changes.inserting(document, "f", at, [b"- [ ] new"])
    more = changes.applied(document, change)
    assert len(more.lines) == len(document.lines) + 1
    assert b"- [ ] new" in [text_of(line).encode("utf-8", "surrogateescape") for line in more.lines]
    back = changes.place(more, change.inverse)
    assert back is not None
    assert changes.applied(more, back).data == data


@given(markdown, markdown, st.data())
def test_a_change_is_found_again_or_refused(old: bytes, other: bytes, draw: st.DataObject) -> None:
    """In a file that has changed since, the same lines go, and never others."""
    document = Document.of(old)
    found = items(document, "f")
    if not found:
        return
    item = draw.draw(st.sampled_from(found))
    change = changes.replacing(document, "f", item.line, len(item.lines), [b"- [x] it"])
    now = Document.of(other)
    placed = changes.place(now, change)
    if placed is None:
        windows = [now.lines[n : n + len(item.lines)] for n in range(len(now.lines))]
        assert item.lines not in windows
    else:
        assert now.lines[placed.at : placed.at + len(item.lines)] == item.lines


@pytest.mark.parametrize(
    "data", [b"", b"\xef\xbb\xbf", b"a", b"a\n", b"a\r\n", b"a\r\nb", b"\xef\xbb\xbfa\r\n", b"\n"]
)
def test_a_line_at_the_end_has_the_files_own_line_end(data: bytes) -> None:
    """CRLF stays CRLF, and a file without a last line feed stays without one."""
    document = Document.of(data)
    change = changes.inserting(document, "f", document.ends, [b"new"])
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    body = data.removeprefix(mark)
    end = b"\r\n" if b"\r\n" in body else b"\n"
    missing = body and not body.endswith(b"\n")
    expected = mark + body + (end + b"new" if missing else b"new" + end)
    assert changes.applied(document, change).data == expected


def test_what_belongs_to_a_task_is_more_indented() -> None:
    """Also behind an empty line; headings, other tasks and blocks of code don't."""
    text = (
        "---\ntags: work\n- [ ] no\n---\n# Home\n- [ ] a\n  - sub\n\n    text\n\n- [ ] b\n"
        "```\n- [ ] code\n```\n- Shop\n  - [ ] c\n    - [ ] brown\n"
    )
    document = Document.of(text.encode())
    found = items(document, "f")
    assert [item.task.text for item in found] == ["a", "b", "c"]
    assert [len(item.lines) for item in found] == [4, 1, 2]
    assert extent(document, 5) == 9


def test_a_plain_bullet_is_an_item_only_of_an_inbox() -> None:
    """People write "- milk" into it."""
    document = Document.of(b"# Inbox\n- milk\n- [ ] eggs\n- [link](x)\n- [/] half\n")
    assert [item.task.text for item in items(document, "f")] == ["eggs"]
    assert [item.task.text for item in items(document, "f", bullets=True)] == [
        "milk",
        "eggs",
        "[link](x)",
    ]


def test_a_section_ends_before_the_next_heading_of_its_rank() -> None:
    """What is under a lower heading is of the section; the empty lines at its end aren't."""
    document = Document.of(b"# J\n\n## Tasks\n\n- [ ] a\n\n### More\nx\n\n## Notes\ny\n")
    assert section_end(document, "tasks") == 8
    assert section_end(document, "Notes") == 11
    assert section_end(document, "Absent") is None


@given(st.binary(max_size=40))
def test_a_change_is_told_with_every_byte(line: bytes) -> None:
    """As text that an action's argument can hold."""
    assert changes.untold(changes.told(line)) == line
    change = Change("f", 3, (line,), (line, line), (line,))
    data = changes.step_data(change)
    assert tuple(map(changes.untold, data["put"])) == change.put
    assert changes.untold(data["above"][0]) == line
