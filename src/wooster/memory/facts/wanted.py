"""What the person's settings want to be learned. Pure."""

from __future__ import annotations

from wooster.config.settings import Semantic
from wooster.memory.facts import keys
from wooster.memory.facts.model import PERSON, Observation

SWITCHED_OFF = "memory.semantic.enabled is off"
NOT_KEPT = "facts of its category aren't kept (memory.semantic.factCategories)"


def refused(observed: Observation, settings: Semantic) -> str:
    """Why the settings keep it from being learned; "" if they don't. What the person says to
    remember is remembered."""
    if observed.made_by == PERSON:
        return ""
    if not settings.enabled:
        return SWITCHED_OFF
    # A correction has no key of its own, and the category of what it corrects, which is kept.
    category = observed.category or keys.of(observed.key).category
    return "" if not observed.key or category in settings.fact_categories else NOT_KEPT
