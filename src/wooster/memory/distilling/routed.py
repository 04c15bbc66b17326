"""The port `Chat` over the router of models. It knows its events, and nothing of what is asked."""

from __future__ import annotations

from contextlib import aclosing

from wooster.memory.distilling.ports import NobodyThere, Reply, Said, WentWrong
from wooster.models.fallback import Answered, BrokeOff, NobodyAnswers
from wooster.models.model import ChatRequest, Fragment
from wooster.models.router import Router


class RoutedChat:
    """Asks whom the person's settings allow, in order."""

    def __init__(self, router: Router) -> None:
        self._router = router

    def context_tokens(self, request: ChatRequest) -> int | None:
        return self._router.context_tokens(request)

    async def reply(self, request: ChatRequest) -> Reply:
        text = ""
        async with aclosing(self._router.answer(request)) as events:
            async for event in events:
                match event:
                    case Fragment():
                        text += event.text
                    case Answered(provider, finished) if finished.reason == "length":
                        return WentWrong(f"{provider.title} found no end of its answer")
                    case Answered(provider):
                        return Said(text, provider.model)
                    case BrokeOff(_, reason):
                        return WentWrong(reason)
                    case NobodyAnswers(reason, is_refusal):
                        return WentWrong(reason) if is_refusal else NobodyThere(reason)
        return WentWrong("the answer ended without a word")
