"""Server-sent events: what is encoded comes out of the parser, however the network cut it."""

from __future__ import annotations

import dataclasses
import json

from hypothesis import given
from hypothesis import strategies as st

from wooster.wire import events
from wooster.wire.sse import Frame, Parser, encode

frames = st.lists(
    st.tuples(st.sampled_from(["token", "note", "meta"]), st.dictionaries(st.text(), st.text()))
)


@given(frames, st.lists(st.integers(1, 20)))
def test_any_cut_of_the_bytes_gives_the_same_frames(
    sent: list[tuple[str, dict[str, str]]], cuts: list[int]
) -> None:
    """The parser gives back every event in order for every way to split the stream."""
    data = b"".join(encode(name, body) for name, body in sent)
    parser = Parser()
    found: list[Frame] = []
    while data:
        size = cuts.pop() if cuts else len(data)
        found += parser.feed(data[:size])
        data = data[size:]
    assert [(f.name, json.loads(f.data)) for f in found] == sent


def test_comments_and_every_line_end_are_understood() -> None:
    """CR, LF and CRLF end lines; comments are frames; several data lines are one text."""
    parser = Parser()
    stream = b": keepalive 3/9\r\nevent: a\rdata: 1\ndata:2\r\n\r\n"
    assert list(parser.feed(stream)) == [
        Frame("", "keepalive 3/9", is_comment=True),
        Frame("a", "1\n2"),
    ]


def test_a_cr_at_the_end_of_a_chunk_may_be_half_of_a_line_end() -> None:
    """A CRLF that is cut in the middle is one line end, not two."""
    parser = Parser()
    assert list(parser.feed(b"data: 1\r")) == []
    assert list(parser.feed(b"\n\r\n")) == [Frame("message", "1")]


def test_broken_utf8_is_replaced() -> None:
    """A byte that is no UTF-8 becomes the replacement character."""
    assert list(Parser().feed(b"data: \xff\n\n")) == [Frame("message", "\ufffd")]


def test_every_event_survives_the_wire_and_unknown_fields_are_ignored() -> None:
    """An event that a newer peer has extended is still understood."""
    done = events.Done("t", "done", "local", "m", 1, 2, 0, 0.5, 1.5)
    data = {**dataclasses.asdict(done), "new_field": True}
    assert events.from_json("done", data) == done
    assert events.from_json("unheard_of", {}) is None
