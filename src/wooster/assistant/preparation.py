"""From a stored message to the request for a model: past turns, memory, passages, budgets.

How private the request is gets worked out here, by code, and is stored with the turn before
anything is sent. It refuses to know who answers and what becomes of the answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from wooster.assistant import context, passages, steps
from wooster.assistant.library import Quoting, asks_for_documents
from wooster.assistant.outside import is_from_others
from wooster.assistant.remembering import Given, Remembering, given
from wooster.assistant.toolbox import Toolbox, tools_tokens
from wooster.config.settings import Sensitivity
from wooster.core.clock import Clock
from wooster.core.errors import TooLarge
from wooster.core.text import fill, rough_tokens
from wooster.knowledge.model import Quotable, Source
from wooster.memory.model import Turn
from wooster.memory.service import Conversations
from wooster.models.gate import LEVELS
from wooster.models.model import ChatRequest, Tool
from wooster.models.router import Router
from wooster.wire.requests import About

Tell = Callable[[steps.Input], None]

# What a search reads of a message: a page that was pasted below it is no question.
_SEARCHED_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class Budgets:
    """Tokens: past turns shown to the model, the answer, and the most that a model takes at once
    where its server doesn't say."""

    history: int
    answer: int
    context: int


@dataclass(frozen=True, slots=True)
class _Newest:
    """The newest message: its whole text, and the passages that stand in it."""

    text: str
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class _Read:
    """All that the model reads besides the newest message's own words."""

    shown: tuple[Turn, ...]
    sources: tuple[Source, ...]
    memory: Given


class Preparation:
    """Makes requests of turns. `quoting` None is a home without a library, `remembering` None one
    without a memory, `toolbox` None one whose models can do nothing."""

    def __init__(
        self,
        conversations: Conversations,
        router: Router,
        prompts: context.Prompts,
        budgets: Budgets,
        clock: Clock,
    ) -> None:
        self._conversations = conversations
        self._router = router
        self._prompts = prompts
        self._budgets = budgets
        self._clock = clock
        self.quoting: Quoting | None = None
        self.remembering: Remembering | None = None
        self.toolbox: Toolbox | None = None

    async def request(self, stored: Turn, about: About, tell: Tell) -> ChatRequest | None:
        """What a model is asked for `stored`; None when `tell` was given the answer.

        Raises what the library and the storage raise, and `TooLarge`.
        """
        past = await self._conversations.before(stored)
        found, memory = await asyncio.gather(
            self._search(stored.question, about, tell), self._remember(stored, about, past, tell)
        )
        if found is not None and about and not found.sources:
            tell(steps.NotThere(found.note))
            return None
        request = ChatRequest(
            (),
            self._budgets.answer,
            "chat",
            stored.id,
            text=stored.question,
            earlier=tuple(before.question for before in past),
            tools=self._tools(stored, about, past),
        )
        context_tokens = self._router.context_tokens(request) or self._budgets.context
        fixed = rough_tokens(self._prompts.system) + context.FRAME_TOKENS
        room = context_tokens - self._budgets.answer - fixed
        if request.tools:
            room -= tools_tokens(request.tools) + self._rounds_tokens()
        newest = self._newest(stored.question, about, found, room)
        room -= rough_tokens(newest.text)
        if rough_tokens(memory.text) > room:
            memory = Given()
        budget = max(0, min(self._budgets.history, room - rough_tokens(memory.text)))
        shown = tuple(context.window(past, budget))
        read = _Read(shown, newest.sources, memory)
        asked = self._asking(request, stored, newest, read)
        sensitivity, is_private = asked.sensitivity, asked.stays
        outside = is_from_others(stored, read.shown, read.memory.memories, len(read.sources))
        asked = replace(asked, outside=outside)
        if sensitivity == "memory":
            unremembered = tuple(past for past in shown if past.sensitivity != "memory")
            read = _Read(unremembered, newest.sources, Given())
            plainer = replace(request, tools=())
            asked = replace(asked, plainer=self._asking(plainer, stored, newest, read))
        if sensitivity != "plain" or outside:
            await self._conversations.mark(
                stored,
                sensitivity,
                is_private=is_private,
                outside=outside,
                memories=memory.memories,
            )
        if found is not None:
            tell(steps.Quoted(newest.sources, found.note))
        if is_private:
            tell(steps.Stays())
        return asked

    def _asking(
        self, request: ChatRequest, stored: Turn, newest: _Newest, read: _Read
    ) -> ChatRequest:
        """`request` with what the model reads, and how private that is."""
        hint = f"{self.toolbox.prompts.hint}\n\n" if self.toolbox and request.tools else ""
        text = hint + read.memory.text + newest.text
        messages = context.build(self._prompts, read.shown, stored, self._clock.zone, text)
        sensitivity, is_private = carried(read)
        return replace(request, messages=messages, sensitivity=sensitivity, stays=is_private)

    def _tools(self, stored: Turn, about: About, past: Sequence[Turn]) -> tuple[Tool, ...]:
        """What the message may need to have done or looked up; none for one about documents."""
        if self.toolbox is None or about:
            return ()
        return self.toolbox.offered(stored.question, past)

    def _rounds_tokens(self) -> int:
        """The room that is kept for what tools give: not for all that they could."""
        assert self.toolbox is not None
        return 2 * self.toolbox.result_tokens

    async def _remember(
        self, stored: Turn, about: About, past: Sequence[Turn], tell: Tell
    ) -> Given:
        """What memory has, where the answer isn't to be from documents alone. What the message says
        to remember is kept."""
        if self.remembering is None or about:
            return Given()
        shown = context.window(past, self._budgets.history)
        found = await given(self.remembering, stored, past, shown, self._clock.zone)
        # What is said where private documents are before one's eyes may be from them.
        is_private = found.is_private or any(before.is_private for before in shown)
        if kept := await self.remembering.heed(replace(stored, is_private=is_private)):
            tell(steps.Kept(kept))
        return found

    async def _search(self, question: str, about: About, tell: Tell) -> Quotable | None:
        """What the library has, where the message is one for it."""
        if self.quoting is None or not (about or asks_for_documents(question)):
            return None
        tell(steps.Searching())
        return await self.quoting.library.quotable(question[:_SEARCHED_CHARACTERS])

    def _newest(
        self, question: str, about: About, found: Quotable | None, room_tokens: int
    ) -> _Newest:
        """The question, after as many passages as fit, the best first."""
        if self.quoting is None or found is None:
            return _Newest(question)
        prompt = self.quoting.answer_from if about else self.quoting.answer_with
        room_tokens -= rough_tokens(prompt) + rough_tokens(question)
        sources = passages.fit(found.sources, room_tokens)
        if not sources and about:
            raise TooLarge(
                "The question leaves no room for a passage of the library.",
                hint="Ask it in fewer words.",
            )
        if not sources:
            return _Newest(question)
        values = {"passages": passages.block(sources), "text": question}
        return _Newest(fill(prompt, values), sources)


def carried(read: _Read) -> tuple[Sensitivity, bool]:
    """How private a request is in which the model reads this, and whether private documents, or
    what was said of them, are among it.

    An answer may repeat what its request carried, so that a past turn is as private as that was.
    """
    levels: list[Sensitivity] = ["plain", *(past.sensitivity for past in read.shown)]
    levels += ["documents"] * bool(read.sources)
    levels += ["memory"] * bool(read.memory.memories)
    is_private = read.memory.is_private or any(
        [*(past.is_private for past in read.shown), *(each.is_private for each in read.sources)]
    )
    return max(levels, key=LEVELS.index), is_private
