"""From a message to a request: where passages stand, what they may take, and how private it is."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.assistant.shelf import PROMPTS, Shelf, source
from wooster.assistant import steps
from wooster.assistant.preparation import Budgets, Preparation
from wooster.core.clock import ManualClock
from wooster.core.errors import TooLarge
from wooster.core.text import rough_tokens
from wooster.memory.model import Ending
from wooster.memory.service import Conversations
from wooster.models.model import ChatRequest
from wooster.storage import Database
from wooster.wire.requests import About

MINE = "What do my notes say about bees?"


class SomeModel:
    """A router whose first provider takes so many tokens at once."""

    def __init__(self, tokens: int | None = None) -> None:
        self.tokens = tokens

    def context_tokens(self, _: object) -> int | None:
        return self.tokens


class Talk:
    """A conversation that is prepared and answered turn by turn."""

    def __init__(self, database: Database, clock: ManualClock, tokens: int | None = None) -> None:
        self.kept = Conversations(database, clock)
        budgets = Budgets(history=2048, answer=100, context=8192)
        router: object = SomeModel(tokens)
        self.preparation = Preparation(self.kept, router, PROMPTS, budgets, clock)  # type: ignore[arg-type]
        self.session: str | None = None
        self.told: list[steps.Input] = []

    async def ask(
        self, question: str, about: About = "", answer: str = "Yes."
    ) -> ChatRequest | None:
        stored = await self.kept.begin(question, self.session, "repl")
        self.session, self.told = stored.session_id, []
        request = await self.preparation.request(stored, about, self.told.append)
        await self.kept.keep(stored, 0, answer)
        await self.kept.end(stored, Ending("done"))
        return request

    async def asks(self, question: str, about: About = "") -> ChatRequest:
        request = await self.ask(question, about)
        assert request is not None
        return request


@pytest.fixture
def talk(database: Database, clock: ManualClock) -> Talk:
    return Talk(database, clock)


async def test_passages_stand_before_the_newest_question_and_nowhere_else(talk: Talk) -> None:
    """The prefix is the same bytes over a session with a question in the middle: a past turn is
    rendered without its passages, and no other message ever changes."""
    shelf = Shelf(source(1, "Bees dance."))
    talk.preparation.quoting = shelf.quoting
    requests = [await talk.asks("Hello")]
    requests.append(await talk.asks("Who dances?", "library"))
    requests += [await talk.asks("Thanks"), await talk.asks("Bye")]
    for before, after in pairwise(requests):
        common = len(before.messages) - 1
        assert after.messages[:common] == before.messages[:common]
    asked = requests[1].messages[-1].content
    assert asked.index("<passages>\n[1] Rome\nBees dance.\n</passages>") < asked.index(
        "Who dances?"
    )
    assert asked.endswith("Who dances?")
    for later in requests[2:]:
        assert later.messages[3].content.endswith("\n\nWho dances?")
        assert "Bees dance" not in str(later.messages)
    assert requests[1].text == "Who dances?"
    assert shelf.asked == ["Who dances?"]


async def test_hello_is_the_same_bytes_with_a_library_as_without(talk: Talk) -> None:
    """What doesn't ask for documents searches nothing and changes nothing."""
    before = await talk.asks("Hello")
    talk.session = None
    shelf = Shelf(source(1, "Bees dance."))
    talk.preparation.quoting = shelf.quoting
    after = await talk.asks("Hello")
    assert (after.messages, after.sensitivity, after.stays) == (before.messages, "plain", False)
    assert (shelf.asked, talk.told) == ([], [])


async def test_a_message_about_documents_reads_them_and_says_so(talk: Talk) -> None:
    """With the softer prompt; the client is told how many."""
    talk.preparation.quoting = Shelf(source(1, "Bees dance."), note="half is embedded").quoting
    request = await talk.asks(MINE)
    assert "Bees dance." in request.messages[-1].content
    assert "Where they don't help" in request.messages[-1].content
    assert talk.told == [
        steps.Searching(),
        steps.Quoted((source(1, "Bees dance."),), "half is embedded"),
    ]


async def test_nothing_found_asks_no_model_where_the_library_was_asked(talk: Talk) -> None:
    """A message that only may be answered from it goes on without."""
    talk.preparation.quoting = Shelf(note="none is embedded").quoting
    assert await talk.ask("Who dances?", "library") is None
    assert talk.told == [steps.Searching(), steps.NotThere("none is embedded")]
    request = await talk.asks(MINE)
    assert request.messages[-1].content.endswith(f"\n\n{MINE}")
    assert "<passages>" not in str(request.messages)
    assert request.sensitivity == "plain"
    assert talk.told == [steps.Searching(), steps.Quoted((), "none is embedded")]


@pytest.mark.parametrize("tokens", [700, 900, 1200, 2000])
async def test_the_last_passages_are_dropped_rather_than_overflow(
    database: Database, clock: ManualClock, tokens: int
) -> None:
    """The best come first; with the past and the answer it is never more than the model takes."""
    talk = Talk(database, clock, tokens)
    await talk.ask("word " * 300, answer="word " * 300)
    talk.preparation.quoting = Shelf(*(source(n, "word " * 60) for n in range(1, 7))).quoting
    request = await talk.asks("Which word?", "library")
    used = sum(rough_tokens(message.content) for message in request.messages)
    assert used + 100 <= tokens
    (quoted,) = [told for told in talk.told if isinstance(told, steps.Quoted)]
    assert [each.number for each in quoted.sources] == list(range(1, len(quoted.sources) + 1))
    assert 1 <= len(quoted.sources) <= 6


async def test_a_question_that_leaves_no_room_is_refused(
    database: Database, clock: ManualClock
) -> None:
    """Without a passage it would be made up; a message that may be answered without goes on."""
    talk = Talk(database, clock, 400)
    talk.preparation.quoting = Shelf(source(1, "word " * 300)).quoting
    with pytest.raises(TooLarge):
        await talk.ask("Which word?", "library")
    request = await talk.asks(MINE)
    assert "<passages>" not in str(request.messages)


async def test_what_a_turn_carried_is_stored_before_it_is_sent(talk: Talk) -> None:
    """A crash right after the request was made finds the mark."""
    talk.preparation.quoting = Shelf(source(1, "Bees dance.", is_private=True)).quoting
    stored = await talk.kept.begin("Who dances?", None, "repl")
    request = await talk.preparation.request(stored, "library", talk.told.append)
    assert request is not None
    assert (request.sensitivity, request.stays) == ("documents", True)
    assert talk.told[-1] == steps.Stays()
    (found,) = await talk.kept.history("", 10)
    assert (found.state, found.sensitivity, found.is_private) == ("running", "documents", True)


@pytest.mark.parametrize("is_private", [True, False])
async def test_a_later_turn_is_as_private_as_what_it_shows(talk: Talk, is_private: bool) -> None:
    """An answer may repeat a document, and the answer after it again: the mark goes on for as long
    as a turn that has it is shown, and in its session only."""
    talk.preparation.quoting = Shelf(source(1, "Bees dance.", is_private=is_private)).quoting
    await talk.ask("Who dances?", "library")
    for question in ("Say it again", "And again"):
        request = await talk.asks(question)
        assert (request.sensitivity, request.stays) == ("documents", is_private)
    *_, last = await talk.kept.history("", 10)
    assert (last.sensitivity, last.is_private) == ("documents", is_private)
    talk.session = None
    fresh = await talk.asks("Hello")
    assert (fresh.sensitivity, fresh.stays) == ("plain", False)


async def test_only_turns_that_are_shown_count(talk: Talk) -> None:
    """Once it is out of the window, nothing of it is sent; the turn itself stays marked."""
    talk.preparation.quoting = Shelf(source(1, "Bees dance.", is_private=True)).quoting
    await talk.ask("Who dances?", "library")
    before = await talk.kept.history("", 10)
    talk.preparation._budgets = Budgets(history=0, answer=100, context=8192)
    request = await talk.asks("Hello")
    assert len(request.messages) == 2
    assert (request.sensitivity, request.stays) == ("plain", False)
    assert before[0].is_private
