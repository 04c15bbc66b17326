"""The list of reminders: the next few, all, or those with some words."""

from __future__ import annotations

from wooster.actions.action import Action, Parameters
from wooster.core.errors import NotFound
from wooster.core.text import clean
from wooster.reminders import choosing, sentences, wording
from wooster.reminders.setting import LIVE, Reminders, Text
from wooster.schedule.model import Job
from wooster.wire.requests import ActionResult

_SHOWN = 50
_ALL = "all"


class Sought(Parameters):
    """`all`, or words of those that are sought; the next few without it."""

    which: Text = ""


def action(reminders: Reminders) -> Action[Sought]:
    """What lists them."""

    async def handle(given: Sought) -> ActionResult:
        words = clean(given.which).strip()
        waiting = [d for d in await reminders.schedule.waiting() if d.job.kind == "reminder"]
        if not words:
            jobs, count = await _nearest(reminders)
        else:
            jobs = await reminders.live()
            if words.casefold() != _ALL:
                jobs = choosing.meant(words, jobs)
                said = choosing.meant(words, [due.job for due in waiting])
                waiting = [due for due in waiting if due.job in said]
                if not jobs and not waiting:
                    raise NotFound(f"There is no reminder “{words}”.", hint="`reminders all`")
            count = len(jobs)
        zone = reminders.clock.zone
        data = {
            "reminders": [wording.job_data(each, zone) for each in jobs],
            "waiting": [wording.due_data(each, zone) for each in waiting],
            "count": count,
        }
        others = [] if words and words.casefold() != _ALL else await _others(reminders)
        now = reminders.clock.local()
        text = wording.listed(jobs, waiting, now)
        if count > len(jobs):
            text += f"\n\nand {count - len(jobs)} more: `reminders all`, or `reminders WORDS`."
        if others:
            text += f"\n\nHabits and goals ask for themselves:\n\n{wording.asking(others, now)}"
            data["asking"] = [wording.job_data(each, zone) for each in others]
        return ActionResult(text, data)

    async def fits(words: str) -> bool:
        return words.strip().casefold() in ("", _ALL) or bool(
            choosing.meant(clean(words).strip(), await reminders.labels())
        )

    return Action(
        name="reminders",
        help="lists the next reminders, `all`, or those with these words, with their numbers",
        effect="read",
        parameters=Sought,
        phrases=("reminders", "list reminders", "show reminders", "reminders WORDS"),
        handler=handle,
        rest="which",
        fits=fits,
        examples=sentences.EXAMPLES_LIST,
        reads=sentences.listed,
    )


async def _others(reminders: Reminders) -> list[Job]:
    """What habits and goals ask, the next one first."""
    found = await reminders.schedule.jobs(LIVE, ("habit", "goal"))
    return [job for job in found if job.next_at is not None]


async def _nearest(reminders: Reminders) -> tuple[list[Job], int]:
    """The next few, and how many there are in all."""
    found = await reminders.schedule.jobs(LIVE, ("reminder",), _SHOWN)
    if len(found) < _SHOWN:
        return found, len(found)
    return found, await reminders.count()
