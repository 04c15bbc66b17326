"""What a person, or a model, can do with the areas of a life: see them, put into them, go on."""

from __future__ import annotations

import re
from typing import Any

from wooster.actions.action import Action, Nothing
from wooster.core.errors import UsageError
from wooster.core.names import folded
from wooster.core.patterns import Pattern
from wooster.core.text import clean, plain
from wooster.insights import areas as pure
from wooster.insights import showing
from wooster.insights.area_service import Areas
from wooster.insights.areas import MemberKind
from wooster.insights.parameters import Setting, WhichArea
from wooster.wire.requests import ActionResult

_TO = Pattern(r"(?P<what>.+)\s+(?:to|in|into)\s+(?P<area>.+)", re.IGNORECASE)
_NO_AREA = ("none", "no area", "nothing")
_COVERED = Pattern(
    r"(?:(?:which|what)\s+(?:life\s+)?areas?(?:\s+of\s+my\s+life)?\s+(?:are|do|is)\s+(?:you\s+)?"
    r"(?:covered|missing|cover|neglected|not\s+covered)"
    r"|(?:how|how\s+well)\s+(?:are|is)\s+my\s+life\s+(?:areas?\s+)?(?:covered|balanced)"
    r"|how\s+balanced\s+is\s+my\s+life|(?:show|list)(?:\s+me)?\s+my\s+life\s+areas?)",
    re.IGNORECASE,
)
_EXAMPLES = ("which areas of my life are covered?", "how balanced is my life?")


def actions(areas: Areas) -> list[Action[Any]]:
    """All of them over the areas of one home."""
    return [_show(areas), _next(areas), _set(areas)]


def _show(areas: Areas) -> Action[WhichArea]:
    async def handle(given: WhichArea) -> ActionResult:
        words, found = clean(given.area).strip(), await areas.covered()
        if words:
            area = await areas.find(words)
            one = next(each for each in found if each.area.id == area.id)
            return ActionResult(showing.area_text(one), {"areas": [showing.area_data(one)]})
        data = {"areas": [showing.area_data(each) for each in found]}
        return ActionResult(showing.areas_text(found), data)

    async def fits(words: str) -> bool:
        return not words.strip(" .?") or len(pure.named(words, await areas.all())) == 1

    async def reads(sentence: str) -> dict[str, Any] | None:
        said = " ".join(sentence.split()).rstrip(" .?!")
        return {} if _COVERED.fullmatch(said) else None

    return Action(
        name="areas",
        help="shows the areas of your life and how far each is covered; of one, what is in it",
        effect="read",
        outside=True,
        parameters=WhichArea,
        phrases=("areas", "areas NAME"),
        handler=handle,
        rest="area",
        fits=fits,
        reads=reads,
        examples=_EXAMPLES,
    )


def _next(areas: Areas) -> Action[Nothing]:
    async def handle(_: Nothing) -> ActionResult:
        step = await areas.next()
        if step is None:
            return ActionResult(showing.no_step_text(await areas.covered()), {"next": None})
        return ActionResult(showing.step_text(step), {"next": showing.area_data(step)})

    return Action(
        name="areas_next",
        help="suggests the next step in one area of your life; one a day",
        effect="read",
        parameters=Nothing,
        phrases=("areas next",),
        handler=handle,
    )


def _set(areas: Areas) -> Action[Setting]:
    async def handle(given: Setting) -> ActionResult:
        what, to = clean(given.what).strip(), clean(given.area).strip()
        if given.kind:
            kind, number, name = given.kind, given.number, f"The {given.kind} {given.number}"
            area, told = to, to or "no area"
        else:
            what, to = _apart(what, to)
            area, told = "", "no area"
            if folded(to) not in _NO_AREA:
                found = await areas.find(to)
                area, told = found.id, plain(found.name)
            thing = await areas.member(what)
            kind = "habit" if thing.kind == "habit" else "goal"
            number, name = thing.number, plain(thing.name)
        return await _put((kind, number), area, f"{name} is in {told}")

    async def _put(member: tuple[MemberKind, int], area: str, told: str) -> ActionResult:
        was = await areas.put(member, area)
        data = {"kind": member[0], "number": member[1], "area": area or None}
        if was == area:
            return ActionResult(f"{told} already.", data)
        undo = {"kind": member[0], "number": member[1], "area": was}
        return ActionResult(f"{told} now.", data, undo=("areas_set", undo))

    async def fits(words: str) -> bool:
        found = _TO.fullmatch(words.strip())
        if found is None:
            return False
        area = found["area"].strip()
        return folded(area) in _NO_AREA or bool(pure.named(area, await areas.all()))

    return Action(
        name="areas_set",
        help="puts a habit or a goal into an area: `area set run to health`, or `to none`",
        effect="write",
        parameters=Setting,
        phrases=("area set NAME to AREA", "/areas set NAME to AREA"),
        handler=handle,
        rest="what",
        fits=fits,
    )


def _apart(what: str, to: str) -> tuple[str, str]:
    if not to:
        found = _TO.fullmatch(what)
        if found is not None:
            return found["what"].strip(), found["area"].strip()
        # "area set run health": the last word is the area's.
        what, _, to = what.rpartition(" ")
    if not what or not to:
        raise UsageError("Say what, and the area.", hint="`area set run to health`")
    return what, to
