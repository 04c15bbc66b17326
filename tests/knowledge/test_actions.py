"""What a person types about the library, and what comes back."""

from __future__ import annotations

import os
from typing import Any

import pytest
from markdown_it import MarkdownIt

from tests.knowledge.conftest import Shelf, as_json
from tests.knowledge.test_library import running
from wooster.actions.registry import Registry
from wooster.core.errors import NotFound, UsageError
from wooster.knowledge.actions import NewFolder, actions
from wooster.wire.events import Progress
from wooster.wire.requests import ActionResult


@pytest.fixture
def registry(shelf: Shelf) -> Registry:
    shelf.write("house.md", "---\ntags: [home]\n---\n# House\n\nTwo *taps* drip. See [[garden]].\n")
    shelf.write("garden.md", "# Garden\n\nBehind the House. [[nowhere]]\n")
    shelf.write("bad.pdf", "no PDF")
    made = Registry()
    for action in actions(shelf.library, shelf.clock):
        made.add(action)
    return made


async def run(registry: Registry, line: str) -> ActionResult:
    """What a typed line gives; its data must be JSON."""
    parsed = await registry.parse(line)
    assert parsed is not None
    result = await registry.run(*parsed)
    as_json(result.data)
    return result


async def test_a_search_is_numbered_and_marked(shelf: Shelf, registry: Registry) -> None:
    """Title, place, excerpt with the match in bold, and what isn't embedded."""
    await shelf.settled()
    result = await run(registry, "/search taps")
    assert "**1. House**" in result.text
    assert f"{shelf.vault}/house.md:" in result.text
    assert "**taps**" in result.text
    assert "2 of 2 passages not embedded yet" in result.text
    assert result.data["found"][0]["path"] == str(shelf.vault / "house.md")
    assert result.data["not_embedded"] == 2
    nothing = (await run(registry, "/search xylophone\x1b tag:no")).text
    assert "Nothing in your library matches “xylophone tag:no”." in nothing


async def test_open_shows_a_result_and_what_hangs_together(
    shelf: Shelf, registry: Registry
) -> None:
    """Text, tags, backlinks and mentions; the data has the path for an editor."""
    await shelf.settled()
    await run(registry, "/search taps")
    result = await run(registry, "/open 1")
    assert "drip" in result.text
    assert "#home" in result.text.replace("\\", "")
    assert "Named without a link in:\n- Garden" in result.text
    assert result.data["path"] == str(shelf.vault / "house.md")
    assert (await run(registry, "/open garden")).data["backlinks"][0]["title"] == "House"


async def test_an_opened_document_keeps_its_lines(shelf: Shelf, registry: Registry) -> None:
    """Tables and code stand as they are written; what is left out is told."""
    written = "```sh\nls\n  pwd\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    shelf.write("code.md", f"# Code\n\n{written}\n\n" + "## Part\n\nMore words.\n\n" * 400)
    await shelf.settled()
    text = (await run(registry, "/open code")).text
    assert written in text
    fence = next(t for t in MarkdownIt().parse(text) if t.type == "fence")
    assert fence.info == "markdown"
    assert fence.content.startswith("# Code\n")
    assert fence.content.endswith("…\n")


async def test_a_search_leads_to_the_line_and_its_heading(shelf: Shelf, registry: Registry) -> None:
    """A passage may have several sections; the one with the words is named."""
    shelf.write("log.md", "# Log\n\n## May\n\nSwarm.\n\n## July\n\nHoney harvest.\n")
    await shelf.settled()
    result = await run(registry, "/search harvest")
    assert f"**1. Log › July**  `{shelf.vault}/log.md:9`" in result.text
    assert "May Swarm. Honey **harvest**." in result.text
    assert (result.data["found"][0]["line"], result.data["found"][0]["headings"]) == (
        9,
        ["Log", "July"],
    )


async def test_a_part_of_a_word_counts_as_its_word(shelf: Shelf, registry: Registry) -> None:
    """Where no passage has it as a word of its own."""
    shelf.write("tax.md", "# Tax\n\nDie Handwerkerrechnung liegt bei.\n")
    await shelf.settled()
    result = await run(registry, "/search handwerker")
    assert "Die **Handwerker**rechnung" in result.text
    assert "*(words)*" in result.text


async def test_library_says_how_it_stands(shelf: Shelf, registry: Registry) -> None:
    """Folders, formats, passages, problems, and when it was compared; the same as `status`."""
    await shelf.settled()
    result = await run(registry, "library")
    assert f"`{shelf.vault}`: 2 documents, by the settings" in result.text
    assert "2 markdown" in result.text
    assert "2 wait to be embedded" in result.text
    assert "1 file can't be read" in result.text
    assert "2026-11-22 12:00" in result.text
    assert (await run(registry, "/library status")).data == result.data


async def test_lists_problems_links_and_tags(shelf: Shelf, registry: Registry) -> None:
    """Each names what it is about."""
    await shelf.settled()
    assert "bad.pdf" in (await run(registry, "/library problems")).text
    listed = await run(registry, "/library list")
    assert "House" in listed.text
    assert len(listed.data["listed"]) == 2
    assert "lead nowhere: “nowhere”" in (await run(registry, "/library links garden")).text
    assert (await run(registry, "/library tags")).data == {"tags": {"home": 1}}


async def test_an_empty_library_says_what_to_do(shelf: Shelf) -> None:
    """No folder, no document, no tag, no problem."""
    shelf.reopened(folders=[])
    made = Registry()
    for action in actions(shelf.library, shelf.clock):
        made.add(action)
    for line in ("library", "/library list", "/search taps"):
        assert "wooster library add FOLDER" in (await run(made, line)).text
    assert "library add FOLDER" in (await shelf.library.quotable("taps?")).note
    with pytest.raises(NotFound, match="the last search found nothing"):
        await run(made, "/open 1")
    assert (await run(made, "/library problems")).text == "Everything in the library could be read."
    assert (await run(made, "/library tags")).text == "No document has a tag."


async def test_add_and_remove(shelf: Shelf, registry: Registry) -> None:
    """Adding shows its progress and ends when all is read; removing says what left."""
    shelf.reopened(folders=[])
    made = Registry()
    for action in actions(shelf.library, shelf.clock):
        made.add(action)
    told: list[Progress] = []
    async with running(shelf):
        parsed = await made.parse(f"/library add {shelf.vault} --private")
        assert parsed is not None
        call = made.prepare(*parsed)
        result = await call.run(told.append)
        assert "2 documents" in result.text
        assert "1 file of the library can't be read" in result.text
        assert any(each.text.startswith("reading 0 of 3;") for each in told)
        assert all(each.is_private for each in await shelf.library.documents(9))
        assert "3 files left" in (await run(made, f"/library remove {shelf.vault}")).text
    assert (shelf.vault / "house.md").exists()


@pytest.mark.parametrize(
    ("given", "path", "private"),
    [
        ("/a b --private", "/a b", True),
        ("--private /a", "/a", True),
        ("/a--private", "/a--private", False),
    ],
)
def test_private_is_typed_after_the_path(given: str, path: str, private: bool) -> None:
    """Or before it; a folder may have it in its name."""
    made = NewFolder.model_validate({"path": given})
    assert (made.path, made.private) == (path, private)


async def test_nothing_in_a_document_or_its_name_looks_like_ours(
    shelf: Shelf, registry: Registry
) -> None:
    """Markdown, control characters and undecodable names are shown as text."""
    name = os.fsdecode(b"`x`\n# y\xff\x1b[31m.md")
    shelf.write(name, "# **Bold** `t`\n\nzebra \x1b[31m # heading\n> quote")
    await shelf.settled()
    for line in ("/search zebra", "/open 1", "/library list", "library"):
        result = await run(registry, line)
        assert "\x1b" not in result.text
        tokens = [token.type for token in MarkdownIt().parse(result.text)]
        assert "heading_open" not in tokens
        assert tokens.count("fence") == line.startswith("/open")
        result.text.encode("utf-8")


async def test_arguments_that_make_no_sense(shelf: Shelf, registry: Registry) -> None:
    """They are told, and nothing happens."""
    bad: list[tuple[str, dict[str, Any]]] = [
        ("search", {"words": ""}),
        ("open", {"which": ""}),
        ("library_list", {"limit": 0}),
        ("library_add", {"path": 3}),
    ]
    for name, arguments in bad:
        with pytest.raises(UsageError):
            registry.prepare(name, arguments)
