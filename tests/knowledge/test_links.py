"""Where links lead: as Obsidian finds it, and never out of date."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.knowledge.conftest import Shelf
from wooster.knowledge.links import Candidate, name_of, resolve

AMONG = [
    Candidate(1, "/v/a/note.md", "A note"),
    Candidate(2, "/v/b/note.md", "Other"),
    Candidate(3, "/v/b/deep/plan v1.2.md", "Plan", ("The Plan", "PLN")),
    Candidate(4, "/v/b/paper.pdf", ""),
]


@pytest.mark.parametrize(
    ("target", "source", "found"),
    [
        ("note", "/v/a/x.md", 1),
        ("note", "/v/b/x.md", 2),
        ("NOTE.md", "/v/b/deep/x.md", 2),
        ("a/note", "/v/b/x.md", 1),
        ("../a/note.md", "/v/b/x.md", 1),
        ("./deep/plan%20v1.2.md", "/v/b/x.md", 3),
        ("plan v1.2", "/v/a/x.md", 3),
        ("the plan", "/v/a/x.md", 3),
        ("pln", "/v/a/x.md", 3),
        ("paper.pdf", "/v/a/x.md", 4),
        ("other", "/v/a/x.md", 2),
        ("c/note", "/v/a/x.md", None),
        ("nothing", "/v/a/x.md", None),
        ("", "/v/a/x.md", None),
    ],
)
def test_where_a_link_leads(target: str, source: str, found: int | None) -> None:
    """File, path's end, title, alias, in this order; of several the nearest."""
    assert resolve(target, source, AMONG) == found


@given(target=st.text(max_size=40), source=st.text(max_size=20))
def test_any_target_is_safe(target: str, source: str) -> None:
    """Nobody checks what people write between brackets."""
    name_of(target)
    assert resolve(target, f"/{source}", AMONG) in (None, 1, 2, 3, 4)


async def test_backlinks_follow_documents_that_come_and_go(shelf: Shelf) -> None:
    """A link leads to what is there when it is asked, without being read again."""
    shelf.write("x/a.md", "See [[Kitchen]] and [the plan](../y/plan.md#costs).")
    kitchen = shelf.write("y/Kitchen.md", "taps")
    shelf.write("y/plan.md", "costs")
    await shelf.settled()

    async def to(name: str) -> list[str]:
        return [each.document.title for each in (await shelf.library.links(name)).to_it]

    assert await to("y/Kitchen") == ["a"]
    assert await to("plan") == ["a"]
    shelf.write("x/Kitchen.md", "nearer")
    assert await shelf.settled() == ["x/Kitchen.md"]
    assert (await to("y/Kitchen"), await to("x/Kitchen")) == ([], ["a"])
    (shelf.vault / "x" / "Kitchen.md").unlink()
    await shelf.settled()
    assert await to("Kitchen") == ["a"]
    kitchen.rename(kitchen.with_name("Bath.md"))
    await shelf.settled()
    links = await shelf.library.links("a")
    assert [each.target for each in links.nowhere] == ["Kitchen"]
    assert [each.document.title for each in links.from_it] == ["plan"]


async def test_mentions_that_do_not_link(shelf: Shelf) -> None:
    """A title or an alias as whole words, in whatever case; not in documents that link to it, and
    not as a part of a word or by its stem."""
    shelf.write("Oak table.md", "---\naliases: [Tischlein]\n---\nIt is old.")
    shelf.write("a.md", "First line.\n\nThe OAK TABLE stands there.")
    shelf.write("b.md", "tischlein, deck dich")
    shelf.write("c.md", "An [[Oak table]], an oak table.")
    shelf.write("d.md", "Oak tables and Tischleins.")
    await shelf.settled()
    links = await shelf.library.links("oak table")
    assert [(each.document.title, each.line) for each in links.mentions] == [("a", 3), ("b", 1)]
    assert [each.document.title for each in links.to_it] == ["c"]


async def test_tags_are_counted(shelf: Shelf) -> None:
    """From front matter, as list or string, and from the text; in any case one tag."""
    shelf.write("a.md", "---\ntags: Work\n---\nx #home")
    shelf.write("b.md", "---\ntags: [work, x]\n---\ny")
    await shelf.settled()
    assert await shelf.library.tags() == [("work", 2), ("home", 1), ("x", 1)]
