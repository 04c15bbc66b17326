"""What models may do in a turn: the registry's actions as tools."""

from __future__ import annotations

from typing import Any

from wooster.actions.registry import By, Call, Registry
from wooster.actions.tools import Offer
from wooster.assistant.toolbox import Toolbox, ToolPrompts
from wooster.config import resources
from wooster.config.settings import Turn


def toolbox(registry: Registry, settings: Turn) -> Toolbox:
    """All actions of `registry` that models may call; call it once they are all there."""

    def prepare(name: str, arguments: dict[str, Any]) -> Call:
        """The one place where a model's call becomes an action's."""
        return registry.prepare(name, arguments, By("model"))

    prompts = ToolPrompts(resources.prompt("turn-tools"), resources.prompt("tool-result"))
    return Toolbox(Offer(list(registry.actions)), prepare, prompts, settings.tool_tokens)
