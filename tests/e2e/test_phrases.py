"""What people type, of the guide and of the original: it reaches its action; and what they say in
talk, however it begins, doesn't. No server is needed: the daemon's own registry reads it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from blockbuster import BlockBuster

from wooster.actions.action import nobody_listens
from wooster.actions.registry import Registry
from wooster.bootstrap.daemon import _complete, _open
from wooster.config.loading import load_settings
from wooster.config.paths import Paths

ENVIRON = {"WOOSTER_CHAT__START": "false", "WOOSTER_EMBED__START": "false"}
NEW = "/project new Garden"
REACHED = {
    # --- the guide
    "add habit meditate daily": "habits_add",
    "check in meditate": "habits_checkin",
    "Check in Meditate": "habits_checkin",
    "habit stats": "habits_stats",
    "habit stats meditate": "habits_stats",
    "set goal run 100 km by June": "goals_set",
    "update progress run 12 km": "goals_progress",
    "goal review": "goals_review",
    "rebuild embeddings": "rebuild_embeddings",
    # --- the original
    "cap: call the plumber": "capture",
    "Cap:call the plumber": "capture",
    "sort inbox": "inbox_process",
    "process inbox": "inbox_process",
    "show next actions": "tasks",
    "create project Garden": "projects_new",
    "list projects": "projects",
    "load project Garden": "projects_open",
    "open project Garden": "projects_open",
    "quit project": "projects_close",
    "list files": "library_list",
    "list models": "models",
    "switch model smollm2": "models_use",
    "model stats": "models",
    "model health": "models",
    "routing status": "status",
    "list scheduler tasks": "schedule",
    # --- with a slash
    "/habit add meditate daily": "habits_add",
    "/habits add meditate daily": "habits_add",
    "/goal set run 100 km by June": "goals_set",
    "/goal review": "goals_review",
    "/goal progress run 5 km": "goals_progress",
    "/task done 1": "tasks_done",
    "/tasks add call Ana": "tasks_add",
    "/project new Garden": "projects_new",
    "/reminder done 1": "reminders_done",
    "/calendar add ~/work.ics": "calendars_add",
    "/event add tea tomorrow 15:00": "event_add",
    "/health slept 7 hours": "health",
    "/capture call the plumber": "capture",
    "/journal it rained": "journal",
    "/milestone add run: buy shoes": "milestones_add",
}
TALK = """\
next time we should take the train
next to the bakery there is a small shop, right?
next, tell me about the French Revolution
done deal, let's go with the second plan
done properly, how long does sourdough take?
complete the sentence: all happy families
complete strangers helped us yesterday
drop me a line when you know more about tides
drop shipping, is that still a business?
edit this paragraph so that it sounds friendlier
edit wars on Wikipedia, how do they end?
move over, I said to the cat
move fast and break things, who said that?
moving house is stressful
wait, what did you just say?
wait a second, that can't be right
wait until you hear what happened at work
waiting rooms make me nervous
someday I want to see the northern lights
someday my kids will laugh about this
add more detail to your last answer
add salt before or after the pasta goes in?
add up 17, 23 and 61
capture the mood of this poem in one word
capture the flag was our favourite game
inbox zero, is that a real method?
inboxes were invented by whom?
projects like this always take longer
open source licences confuse me
open the pod bay doors
close to the sea it is never that cold
check in with me about how I feel
check in at the hotel is at three, isn't it?
checking in is a strange phrase
skip the introduction and tell me the ending
skip intros, I hate them
unskip is not a word
vacation photos are boring to other people
vacation days in France, how many are there?
habits are hard to change, why?
habits of highly effective people, worth reading?
goals in football without a goalkeeper
goals are dreams with a deadline, who said so?
health insurance in Germany, how does it work?
health is wealth, they say
health care costs are rising everywhere
journal articles are hard to read
journal clubs, what do they do?
agenda setting theory, explain it
agenda 21, what was it?
free will, do we have it?
free jazz is not for me
free of charge is a tautology, no?
when will the sun burn out?
when I was ten we lived by the sea
when in Rome, what should I eat?
remind me of that song from the nineties
remind me why we argue about this
reminders of my childhood are everywhere
snooze buttons are evil
cancel culture, what is it?
schedule conflicts ruin every band
milestones in the history of flight
milestone is a nice word
search engines before Google
history of Rome in three sentences
facts about octopuses
status symbols through the ages
models of the solar system before Kepler
log cabins in Norway, how are they built?
undo the damage of plastic, can we?
why is the sky blue?
open to suggestions for dinner
rename the characters in the story you wrote
completed forms go where, usually?
show next of kin, what does it mean on a form?
calendars of the Maya, how did they work?
event horizons fascinate me
update progress is what my boss always says
set goals, my coach says, and write them down
"""


@asynccontextmanager
async def registry_of(
    paths: Paths, empty_database: Path, blocking: BlockBuster
) -> AsyncIterator[Registry]:
    """The registry of a daemon, in a home with a habit, a goal and a task."""
    blocking.deactivate()
    await asyncio.to_thread(shutil.copy, empty_database, paths.database)
    settings = await asyncio.to_thread(load_settings, paths, ENVIRON)
    made = await _open(paths, settings, ENVIRON, asyncio.Event())
    await _complete(made)
    registry = made.services.registry
    try:
        for line in (
            "add habit meditate daily",
            "set goal run 100 km by June",
            "/add buy milk",
            NEW,
        ):
            parsed = await registry.parse(line)
            assert parsed is not None
            await registry.prepare(*parsed).run(nobody_listens)
        yield registry
    finally:
        await made.models.client.close()
        await made.database.close()
        blocking.activate()


async def test_what_people_type_reaches_its_action(
    paths: Paths, empty_database: Path, never_blocks: BlockBuster
) -> None:
    """The commands of the guide and of the original, and both with the slash."""
    async with registry_of(paths, empty_database, never_blocks) as registry:
        found = {}
        for line in REACHED:
            parsed = await registry.parse(line)
            found[line] = parsed[0] if parsed else ""
    assert found == REACHED


async def test_talk_that_begins_like_a_command_stays_talk(
    paths: Paths, empty_database: Path, never_blocks: BlockBuster
) -> None:
    """None of these sentences does anything, though there is a habit, a goal and a task."""
    talk = TALK.splitlines()
    assert len(talk) >= 60
    async with registry_of(paths, empty_database, never_blocks) as registry:
        acted = {line: parsed for line in talk if (parsed := await registry.parse(line))}
    assert acted == {}
