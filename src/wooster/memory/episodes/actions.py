"""What a person can do with past conversations: list them, and what was left to do in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AwareDatetime, Field, model_validator

from wooster.actions.action import Action, Parameters
from wooster.core.clock import Clock
from wooster.core.errors import UsageError
from wooster.core.text import clean, clip, escaped
from wooster.memory.episodes.model import Episode, Followup, FollowupState
from wooster.memory.episodes.service import Episodes, Listed
from wooster.wire.requests import ActionResult

if TYPE_CHECKING:
    from wooster.memory.recall.when import Period

_SHOWN = 400
_CLOSING: dict[FollowupState, str] = {
    "done": "followups_done",
    "dropped": "followups_drop",
    "open": "followups_open",
}
_MOODS = {"positive": "in good spirits", "negative": "not easy"}

Limit = Annotated[int, Field(ge=1, le=1000)]


class Told(Parameters):
    """Conversations that hold all of `words`, or those of the time that they name; without any,
    the newest `limit`."""

    words: str = ""
    limit: Limit = 10


class Some(Parameters):
    limit: Limit = 100


class Numbered(Parameters):
    """`number` is that of the list of follow-ups. `at` and `was` take back a change: since when it
    was so, and what must be so now."""

    number: Annotated[int, Field(ge=1, le=2**53)]
    at: AwareDatetime | None = None
    was: FollowupState | None = None

    @model_validator(mode="before")
    @classmethod
    def _must_be_a_number(cls, given: Any) -> Any:
        told = str(given.get("number") or "").strip() if isinstance(given, dict) else ""
        if not told.removeprefix("#").isdecimal():
            said = f"{told!r} is no number." if told else "Say which follow-up."
            raise UsageError(said, hint="`followups` shows their numbers.")
        return {**given, "number": int(told.removeprefix("#")[:18])}


def actions(episodes: Episodes, clock: Clock) -> list[Action[Any]]:
    """All of them over the episodes of one home."""
    return [
        _episodes(episodes, clock),
        _followups(episodes, clock),
        _close("done", "says that a follow-up is done", episodes),
        _close("dropped", "lets a follow-up go that needs no doing", episodes),
        _close("open", "takes back that one was done or let go", episodes),
    ]


def _episodes(episodes: Episodes, clock: Clock) -> Action[Told]:
    async def handle(given: Told) -> ActionResult:
        words = clean(given.words).strip()
        period = _period(words, clock)
        if not words:
            found = await episodes.recent(given.limit)
        elif period is not None:
            found = await episodes.between(period.since, period.until, given.limit)
        else:
            found = await episodes.with_words(words, given.limit)
        text = _listed(found, clock.zone) or _nothing(words, is_time=period is not None)
        return ActionResult(text, {"episodes": [_data(each) for each in found]})

    return Action(
        name="episodes",
        help="lists past conversations in short; with words, those that hold them or are of then",
        effect="read",
        outside=True,
        parameters=Told,
        phrases=("episodes", "/episodes WORDS", "/episodes last week"),
        handler=handle,
        rest="words",
    )


def _period(words: str, clock: Clock) -> Period | None:
    """The time that `words` name, where they name nothing else."""
    # Here, because a start needs no dates.
    from wooster.memory.recall import then

    asked = then.asked(words, clock.now(), clock.zone)
    return asked[1].period if asked else None


def _nothing(words: str, *, is_time: bool) -> str:
    if is_time:
        return "No conversation of then is summed up."
    if words:
        return f"No summary of a conversation holds “{escaped(words)}”."
    return "No conversation is summed up yet."


def _listed(found: Sequence[Listed], zone: tzinfo | None) -> str:
    return "\n\n".join(_entry(each, zone) for each in found)


def _entry(listed: Listed, zone: tzinfo | None) -> str:
    episode = listed.episode
    notes = [escaped(", ".join(episode.topics)), _MOODS.get(episode.sentiment, "")]
    head = " · ".join(note for note in notes if note)
    lines = [f"**{_when(episode, zone)}**  {head}".rstrip()]
    lines.append(f"\n{escaped(clip(episode.summary, _SHOWN))}")
    lines += [f"\n- to do ({each.id}): {escaped(each.text)}" for each in listed.followups[:1]]
    lines += [f"- to do ({each.id}): {escaped(each.text)}" for each in listed.followups[1:]]
    return "\n".join(lines)


def _when(episode: Episode, zone: tzinfo | None) -> str:
    local = episode.began.astimezone(zone)
    if episode.kind == "year":
        return f"{local:%Y}"
    return f"{local:%Y-%m}" if episode.kind == "month" else f"{local:%Y-%m-%d %H:%M}"


def _followups(episodes: Episodes, clock: Clock) -> Action[Some]:
    async def handle(given: Some) -> ActionResult:
        found = await episodes.followups(given.limit)
        lines = [
            f"- {each.id}: {escaped(each.text)}  ({each.made.astimezone(clock.zone):%Y-%m-%d})"
            for each in found
        ]
        text = "\n".join(lines) or "Nothing is left to do from past conversations."
        return ActionResult(text, {"followups": [_todo(each) for each in found]})

    return Action(
        name="followups",
        help="lists what was left to do in past conversations, and when that was said",
        effect="read",
        outside=True,
        parameters=Some,
        phrases=("followups",),
        handler=handle,
    )


def _close(state: FollowupState, told: str, episodes: Episodes) -> Action[Numbered]:
    name = _CLOSING[state]

    async def handle(given: Numbered) -> ActionResult:
        before, followup = await episodes.close(given.number, state, given.at, given.was)
        said = {"done": "Done", "dropped": "Let go", "open": "Open again"}[state]
        text = f"{said}: {escaped(followup.text)}"
        return ActionResult(text, _todo(followup), undo=_back(before, followup))

    return Action(
        name=name,
        help=f"{told}; N is its number in `followups`",
        effect="write",
        parameters=Numbered,
        phrases=(f"/{name.replace('_', ' ')} N",),
        handler=handle,
        rest="number",
    )


def _back(before: Followup, after: Followup) -> tuple[str, dict[str, Any]] | None:
    """The action that makes it again what it was; None where it was so already."""
    if before == after:
        return None
    given: dict[str, Any] = {"number": before.id, "was": after.state}
    if before.closed is not None:
        given["at"] = before.closed.isoformat()
    return _CLOSING[before.state], given


def _todo(followup: Followup) -> dict[str, Any]:
    return {
        "number": followup.id,
        "text": followup.text,
        "state": followup.state,
        "made": followup.made.isoformat(),
        "turn_seq": followup.turn_seq,
    }


def _data(listed: Listed) -> dict[str, Any]:
    episode = listed.episode
    return {
        "id": episode.id,
        "kind": episode.kind,
        "session_id": episode.session_id,
        "began": episode.began.isoformat(),
        "ended": episode.ended.isoformat(),
        "summary": episode.summary,
        "topics": list(episode.topics),
        "sentiment": episode.sentiment,
        "people": list(episode.people),
        "dates": list(episode.dates),
        "actions": list(episode.actions),
        "made_by": episode.made_by,
        "followups": [_todo(each) for each in listed.followups],
    }
