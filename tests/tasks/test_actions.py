"""Tasks as they are typed: what is answered, what the files say, and that it can be taken back."""

from __future__ import annotations

from datetime import date

import pytest

from tests.tasks.conftest import Person
from wooster.core.errors import NotFound, UsageError
from wooster.tasks.lines import parse
from wooster.tasks.model import Task
from wooster.wire.requests import ActionResult

ID = "7d4c0c1e-1111-4222-8333-a0b1c2d3e4f5"
LISTS = (
    "# Next\n\n## Calls\n\n- [ ] @phone call Ana (id: a1)\n  - her number is in the book\n"
    "\n## Rest\n\n* [ ] +flat paint due:2026-11-20 every:2-weeks (id: b2)\n"
    "- [ ] read (a long) book\n"
)


def tasks_of(person: Person, file: str) -> list[Task]:
    return [task for line in person.file(file).splitlines() if (task := parse(line)) is not None]


@pytest.fixture
def busy(person: Person) -> Person:
    """Somebody with something in every list."""
    person.has("next_actions.md", LISTS)
    person.has("inbox.md", "- [ ] 2026-11-25 09:30:00 ask about keys\n- buy stamps\n")
    person.has("waiting_for.md", "- [ ] the report - Waiting For: Bob (Logged: 2026-11-01)\r\n")
    person.has("someday_maybe.md", b"\xef\xbb\xbf- [ ] learn Greek (Captured: N/A)")
    person.has("projects/flat/flat.md", "# Journal: Flat\n\n## Tasks\n\n- [ ] choose colours\n")
    person.has("projects/home/home.md", "# Journal: Home\n")
    return person


async def test_a_task_is_added_with_its_day_in_words(person: Person) -> None:
    """In the original's format, with an id and the day it was captured."""
    said = await person.says("/tasks add call Ana @phone due friday")
    assert said == "Added: call Ana  *@phone · due tomorrow*."
    await person.types("/tasks add pay rent @home +flat due:3 June")
    await person.types("/tasks add send the form by 1 December")
    first, second, third = tasks_of(person, "next_actions.md")
    assert (first.text, first.contexts, first.due) == ("call Ana", ("@phone",), date(2026, 11, 27))
    assert (second.project, second.due) == ("flat", date(2027, 6, 3))
    assert (third.text, third.due) == ("send the form", date(2026, 12, 1))
    assert first.captured == "2026-11-26"
    assert first.id
    with pytest.raises(UsageError, match="“soonish” is no day"):
        await person.types("/tasks add call due:soonish")
    with pytest.raises(UsageError, match="What is to be done"):
        await person.types("/tasks add @home")


async def test_a_time_of_day_stays_among_the_words(person: Person) -> None:
    """A line has no place for it, and it isn't lost."""
    await person.types("/tasks add call Ana due friday at 5")
    (task,) = tasks_of(person, "next_actions.md")
    assert (task.text, task.due) == ("call Ana at 5", date(2026, 11, 27))


async def test_lists_are_of_contexts_projects_days_and_words(busy: Person) -> None:
    """In the original's order; what is late is told, and is due today too."""
    assert (await busy.says("/tasks list")).splitlines() == [
        "**3 next actions**",
        "",
        "1. read (a long) book",
        "2. paint  *Flat · due Friday 20 Nov, 6 days late · every 2 weeks*",
        "3. call Ana  *@phone*",
    ]
    for filters, expected in {
        "@phone": ["call Ana"],
        "@Phone": ["call Ana"],
        "+flat": ["choose colours", "paint"],
        "due:today": ["paint"],
        "due:overdue": ["paint"],
        "due:tomorrow": [],
        "due:20 november": [],
        "due:2026-11-20": ["paint"],
        "long book": ["read (a long) book"],
        "due:today +flat": ["paint"],
    }.items():
        found = await busy.types(f"/tasks list {filters}")
        assert [each["text"] for each in found.data["tasks"]] == expected, filters


async def test_only_the_line_that_is_meant_changes(busy: Person) -> None:
    """Headings, notes, other bullets and parentheses amid the words stay as they are."""
    await busy.types("/tasks edit read: read a short book due friday")
    changed = LISTS.replace("read (a long) book", "read a short book due:2026-11-27")
    assert busy.file("next_actions.md") == changed
    await busy.types("/tasks edit paint: @home")
    assert "* [ ] @home +flat paint due:2026-11-20 every:2-weeks (id: b2)\n" in busy.file(
        "next_actions.md"
    )
    await busy.types("/tasks edit paint: due:none @none")
    assert "* [ ] +flat paint every:2-weeks (id: b2)\n" in busy.file("next_actions.md")


async def test_done_goes_to_the_archive_with_all_that_belongs_to_it(busy: Person) -> None:
    """And is found there; the headings of the list survive."""
    done = await busy.types("/tasks done call ana")
    assert done.text == "Done: call Ana  *@phone*."
    assert "Ana" not in busy.file("next_actions.md")
    assert "## Calls\n\n\n## Rest\n" in busy.file("next_actions.md")
    (file,) = [each for each in busy.everything() if each.startswith("archive/nextActions/")]
    assert file == "archive/nextActions/nextaction_2026-11-26T19-30-00.000Z_call_Ana.md"
    assert busy.file(file) == (
        "---\nSourceFile: next_actions.md\nArchived: 2026-11-26T19:30:00.000Z\n---\n\n"
        "- [x] @phone call Ana (Completed: 2026-11-26) (id: a1)\n  - her number is in the book\n"
    )
    assert await busy.says("/tasks history ana") == "- 2026-11-26: call Ana  *@phone*"
    await busy.types("/tasks done choose colours")
    assert "- [x] choose colours (Completed: 2026-11-26)" in busy.file("projects/flat/flat.md")
    assert "choose colours" in await busy.says("/tasks history")


async def test_a_task_that_recurs_is_there_again(busy: Person) -> None:
    """On the first day of its rule that is to come, counted from the day that it was due."""
    done = await busy.types("/tasks done paint")
    assert done.text.endswith("Again Friday 4 Dec.")
    (again,) = [t for t in tasks_of(busy, "next_actions.md") if t.text == "paint"]
    assert (again.due, again.project, again.every) == (date(2026, 12, 4), "flat", "2-weeks")
    assert again.id not in ("", "b2")
    await busy.types("/tasks add water plants every monday")
    (plants,) = [t for t in tasks_of(busy, "next_actions.md") if t.text == "water plants"]
    assert (plants.due, plants.every) == (date(2026, 11, 30), "monday")


async def test_a_month_without_a_31st_has_its_last_day(person: Person) -> None:
    """And the next one has its 31st again."""
    await person.types("/tasks add pay tax due 31 january every month")
    dues = []
    for day in ("2027-01-31", "2027-02-28", "2027-03-31"):
        person.clock.advance((date.fromisoformat(day) - person.clock.local().date()).days * 86_400)
        await person.types("/tasks done pay tax")
        (task,) = tasks_of(person, "next_actions.md")
        dues.append(task.due)
    assert dues == [date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30)]


async def test_a_rule_that_cannot_be_read_keeps_the_task(person: Person) -> None:
    """It is said, and nothing is done."""
    person.has("next_actions.md", "- [ ] dance every:blue-moon\n")
    before = person.everything()
    with pytest.raises(UsageError, match="“every:blue-moon” is no rule"):
        await person.types("/tasks done dance")
    assert person.everything() == before


async def test_a_number_is_the_task_that_was_seen(busy: Person) -> None:
    """Whatever was done or changed since; never another one."""
    with pytest.raises(UsageError, match="No list was shown yet"):
        await busy.types("/tasks done 1")
    await busy.types("/tasks list")
    await busy.types("/tasks done 1")
    done = await busy.types("/tasks done 3")
    assert done.text == "Done: call Ana  *@phone*."
    with pytest.raises(NotFound, match=r"1 was “read \(a long\) book”, which was changed, done"):
        await busy.types("/tasks done 1")
    with pytest.raises(NotFound, match="has no 4"):
        await busy.types("/tasks done 4")
    busy.has("next_actions.md", "- [ ] first\n" + busy.file("next_actions.md"))
    assert (await busy.types("/tasks done 2")).text.startswith("Done: paint")


async def test_words_that_several_have_are_never_guessed(busy: Person) -> None:
    """They are shown as a choice, whose keys act on the very ones."""
    await busy.types("/tasks add call Berta")
    before = busy.everything()
    several = await busy.types("/tasks done call")
    assert several.exit_code == 2
    assert busy.everything() == before
    assert several.choice is not None
    assert [o.label for o in several.choice.options] == ["call Ana", "call Berta", "none of them"]
    done = await busy.presses(several, "2")
    assert done.text == "Done: call Berta."
    with pytest.raises(NotFound, match="no task “xyz”"):
        await busy.types("/tasks done xyz")


@pytest.mark.parametrize(
    "lines",
    [
        ["/capture a thought"],
        ["/tasks add call Ben every friday"],
        ["/tasks done call ana"],
        ["/tasks done paint"],
        ["/tasks done colours"],
        ["/tasks done greek"],
        ["/tasks done the report"],
        ["/tasks drop stamps"],
        ["/tasks edit paint: paint it blue due tomorrow"],
        ["/tasks move call ana to someday"],
        ["/tasks move stamps to next"],
        ["/tasks move read to flat"],
        ["/tasks move greek to inbox"],
        ["/tasks move the report to next actions"],
        ["/tasks wait call ana for Bob"],
        ["/tasks wait for Bob: the invoice"],
        ["/tasks someday go to Japan"],
        ["/projects new The Garden"],
        ["/projects open flat"],
        ["/projects open flat", "/projects close"],
        ["/projects rename flat to New Flat"],
        ["/projects open flat", "/projects rename flat to New Flat"],
        ["/projects delete flat"],
        ["/journal it rains"],
        ["/projects open flat", "/journal it rains"],
    ],
)
async def test_every_change_is_taken_back_to_the_byte(busy: Person, lines: list[str]) -> None:
    """And so is that."""
    for line in lines[:-1]:
        await busy.types(line)
    before = busy.everything()
    changed = await busy.types(lines[-1])
    after = busy.everything()
    assert after != before
    back = await busy.undoes(changed)
    assert busy.everything() == before
    again = await busy.undoes(back)
    assert busy.everything() == after
    await busy.undoes(again)
    assert busy.everything() == before


async def test_taking_back_keeps_what_was_written_since(busy: Person) -> None:
    """The lines come back at their place among others; where they can't, that is said."""
    done = await busy.types("/tasks done call ana")
    busy.has("next_actions.md", "- [ ] new on top\n" + busy.file("next_actions.md"))
    await busy.undoes(done)
    assert busy.file("next_actions.md") == "- [ ] new on top\n" + LISTS
    edited = await busy.types("/tasks edit call ana: call Anna")
    busy.has("next_actions.md", busy.file("next_actions.md").replace("call Anna", "call Hannah"))
    before = busy.everything()
    with pytest.raises(NotFound, match=r"“.*call Anna.*” isn't there any more"):
        await busy.undoes(edited)
    assert busy.everything() == before


async def test_undo_reaches_no_file_outside(person: Person) -> None:
    """Its steps could come from a model."""
    for file in ("../x.md", "/etc/passwd", "projects/../../x", ""):
        step = {"file": file, "put": ["x"], "makes": True, "gone": [""]}
        with pytest.raises(UsageError, match="no file of tasks"):
            await person.registry.run("tasks_put", {"steps": [step]})


async def test_waiting_has_all_three_forms(person: Person) -> None:
    """Of the original; a task that is waited for again keeps its words."""
    person.has(
        "waiting_for.md",
        "- [ ] report - Waiting For: Bob (Delegated/Requested: 2026-11-01, Captured: N/A)\n"
        "- [ ] keys - Waiting For: ??? (Logged: 2026-11-02, Captured: 2026-11-02 10:00:00)\n"
        "- [ ] @Waiting Eve re: the map (Logged: 2026-11-03)\n",
    )
    assert (await person.says("/tasks waiting")).splitlines()[2:] == [
        "1. report  *waiting for Bob since 2026-11-01*",
        "2. keys  *waiting for ??? since 2026-11-02*",
        "3. the map  *waiting for Eve since 2026-11-03*",
    ]
    await person.types("/tasks wait for Bob: the invoice")
    assert person.file("waiting_for.md").splitlines()[-1] == (
        "- [ ] the invoice - Waiting For: Bob"
        " (Delegated/Requested: 2026-11-26, Captured: 2026-11-26 20:30:00)"
    )


async def test_capture_keeps_every_line(person: Person) -> None:
    """The first is the item, the others belong to it."""
    await person.registry.run("capture", {"text": "an idea\nwith a second line\n\nand a third"})
    assert person.file("inbox.md") == (
        "- [ ] 2026-11-26 20:30:00 an idea\n  with a second line\n\n  and a third\n"
    )
    await person.types("/tasks move an idea to someday")
    assert person.file("inbox.md") == ""
    assert person.file("someday_maybe.md") == (
        "- [ ] an idea (Captured: 2026-11-26 20:30:00)\n  with a second line\n\n  and a third\n"
    )


# --- the inbox --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "words", "file", "line"),
    [
        ("n", "", "next_actions.md", "- [ ] ask about keys (Captured: 2026-11-25 09:30:00) (id: "),
        ("c", "friday", "next_actions.md", "- [ ] ask about keys due:2026-11-27 (Captured: "),
        ("w", "Bob", "waiting_for.md", "- [ ] ask about keys - Waiting For: Bob (Delegated/Re"),
        ("s", "", "someday_maybe.md", "- [ ] ask about keys (Captured: 2026-11-25 09:30:00)"),
        ("p", "flat", "projects/flat/flat.md", "- [ ] ask about keys (Captured: 2026-11-25 09:"),
        ("p", "Bike", "projects/bike/bike.md", "- [ ] ask about keys (Captured: 2026-11-25 09:"),
        ("r", "flat", "projects/flat/flat.md", "ask about keys (Captured: 2026-11-25 09:30:00)"),
        ("e", "ask Eve", "inbox.md", "- [ ] 2026-11-25 09:30:00 ask Eve"),
    ],
)
async def test_a_key_puts_an_item_where_it_belongs(
    busy: Person, key: str, words: str, file: str, line: str
) -> None:
    """The next item is asked about, and the key can be taken back."""
    before = busy.everything()
    asked = await busy.types("/inbox process")
    assert asked.choice is not None
    keys = [option.key for option in asked.choice.options]
    assert keys == ["n", "c", "w", "s", "p", "r", "d", "t", "e", "k", "q"]
    answered = await busy.presses(asked, key, words)
    assert any(each.startswith(line) for each in busy.file(file).splitlines())
    assert answered.choice is not None
    assert ("stamps" if key != "e" else "ask Eve") in answered.text
    await busy.undoes(answered)
    assert busy.everything() == before


async def test_done_and_trash_are_kept_in_the_archive(busy: Person) -> None:
    """In the original's layout; at the end the inbox is empty."""
    asked = await busy.types("/inbox process")
    asked = await busy.presses(asked, "d")
    asked = await busy.presses(asked, "t")
    assert asked.text.endswith("The inbox is empty.")
    assert asked.choice is None
    assert [file for file in busy.everything() if file.startswith("archive")] == [
        "archive/2026-11-26T19-30-00.000Z_buy_stamps.md",
        "archive/nextActions/nextaction_2026-11-26T19-30-00.000Z_ask_about_keys.md",
    ]


@pytest.mark.parametrize(
    ("key", "words"), [("c", "blah"), ("p", "+"), ("p", "flats"), ("p", "flta")]
)
async def test_a_wrong_answer_loses_nothing(busy: Person, key: str, words: str) -> None:
    """The original lost the item; here it stays and is asked about again."""
    busy.has("projects/flat-two/flat-two.md", "# Journal: Flat Two\n")
    before = busy.everything()
    asked = await busy.types("/inbox process")
    again = await busy.presses(asked, key, words)
    assert "It is still in the inbox." in again.text
    assert again.undo is None
    assert again.choice == asked.choice
    assert busy.everything() == before


async def test_an_item_that_is_kept_is_passed_over(busy: Person) -> None:
    """And an item that somebody edited meanwhile is asked about as it is now."""
    asked = await busy.types("/inbox process")
    asked = await busy.presses(asked, "k")
    assert "buy stamps" in asked.text
    busy.has("inbox.md", busy.file("inbox.md").replace("buy stamps", "buy ten stamps"))
    again = await busy.presses(asked, "n")
    assert "was changed or moved since" in again.text
    assert "buy ten stamps" in again.text
    ended = await busy.presses(again, "k")
    assert ended.text.endswith("Done: 2 items left in the inbox.")


# --- projects ---------------------------------------------------------------------------------


async def test_projects_are_folders_with_a_journal(busy: Person) -> None:
    """The open one gets new tasks and entries; neither it nor home is deleted."""
    await busy.types("/projects new The Garden")
    assert busy.file("projects/the-garden/the-garden.md").startswith(
        "# Journal: The Garden\n\n## Overview\n"
    )
    await busy.types("/projects open garden")
    await busy.types("/tasks add buy seeds")
    await busy.types("/journal frost tonight")
    assert "+the-garden buy seeds" in busy.file("next_actions.md")
    assert busy.file("projects/the-garden/the-garden.md").endswith(
        "## Reference Material\n\n## 2026-11-26 20:30\n\nfrost tonight\n\n"
    )
    assert (await busy.says("projects")).splitlines() == [
        "1. Home  *+home · 2 open tasks*",
        "2. Flat  *+flat · 2 open tasks*",
        "3. The Garden  *+the-garden · 1 open task · open now*",
    ]
    for words in ("the garden", "home", "3"):
        with pytest.raises(UsageError):
            await busy.types(f"/projects delete {words}")
    await busy.types("/projects rename 3 to Orchard")
    assert "+orchard buy seeds" in busy.file("next_actions.md")
    assert busy.file("projects/orchard/orchard.md").startswith("# Journal: Orchard\n")
    assert "frost" in busy.file("projects/orchard/orchard.md")
    await busy.types("/tasks add prune")
    assert "+orchard prune" in busy.file("next_actions.md")
    await busy.types("/projects close")
    await busy.types("/projects delete orchard")
    assert not (busy.root / "projects" / "orchard").exists()
    assert any(each.startswith("projects/.trash/orchard-") for each in busy.everything())


async def test_a_name_of_a_project_may_have_blanks(busy: Person) -> None:
    """`+US Trip Plan packing list` is of the project that there is, and only then."""
    await busy.types("/tasks add +US Trip Plan packing list")
    await busy.types("/projects new US Trip Plan")
    await busy.types("/tasks add +US Trip Plan buy adapter")
    found = await busy.types("/tasks list +US Trip Plan")
    assert [each["text"] for each in found.data["tasks"]] == ["buy adapter", "packing list"]
    assert "+us-trip-plan buy adapter" in busy.file("next_actions.md")


async def test_a_project_is_found_by_name_and_never_guessed(busy: Person) -> None:
    """Two that could be meant are told; a taken name is refused."""
    await busy.types("/projects new Garden North")
    await busy.types("/projects new Garden South")
    with pytest.raises(UsageError, match="may be “Garden North”, “Garden South”"):
        await busy.types("/projects open garden")
    with pytest.raises(UsageError, match="already"):
        await busy.types("/projects new garden-north")
    with pytest.raises(NotFound, match="no project “gar den”"):
        await busy.types("/projects open gar den")
    with pytest.raises(UsageError, match="can't be a project's name"):
        await busy.types("/projects new ../..")


async def test_projects_of_older_forms_are_read(person: Person) -> None:
    """A journal.md of the web page, another title, a file without one."""
    person.has("projects/a-b/journal.md", "# Journal for A B\n")
    person.has("projects/c/c.md", "# C Journal\n- [ ] sow\n")
    person.has("projects/My Notes/My Notes.md", "text\n")
    found = await person.types("projects")
    assert [each["name"] for each in found.data["projects"]] == ["A B", "C", "My Notes"]
    await person.types("/projects open a b")
    await person.types("/journal hello")
    assert "hello" in person.file("projects/a-b/journal.md")


# --- phrases ----------------------------------------------------------------------------------


async def fits(person: Person, name: str, words: str) -> bool:
    action = person.registry._actions[name]
    return action.fits is None or await action.fits(words)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("tasks", ""),
        ("tasks", "@phone +flat due:today"),
        ("tasks_done", "call ana"),
        ("tasks_done", "1"),
        ("tasks_done", "7"),  # there is none: that is said
        ("tasks_drop", "7"),
        ("tasks_add", "call Ana @phone"),
        ("tasks_add", "call Ana due friday"),
        ("tasks_edit", "1 call Ana"),
        ("tasks_move", "1 to someday"),
        ("tasks_wait", "1 for Bob"),
        ("projects_open", "flat"),
        ("capture", "ask about the keys"),
    ],
)
async def test_a_phrase_is_taken_where_its_words_are_a_tasks(
    busy: Person, name: str, words: str
) -> None:
    """Without a slash."""
    await busy.types("/tasks list")
    assert await fits(busy, name, words)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("tasks", "week I travel to Rome, what should I see?"),
        ("tasks_done", "with this, let's talk about Rome"),
        ("tasks_done", "7 of ten exercises"),
        ("tasks_add", "more detail to the second paragraph"),
        ("tasks_edit", "this text for clarity"),
        ("tasks_move", "on to the next topic"),
        ("tasks_wait", "for it"),
        ("tasks_someday", "I will go to Japan"),
        ("tasks_drop", "the formal tone"),
        ("projects_open", "source licences compared"),
        ("capture", "the flag, how does one play it?"),
    ],
)
async def test_chat_that_begins_like_a_phrase_is_none(busy: Person, name: str, words: str) -> None:
    """It is for a model."""
    await busy.types("/tasks list")
    assert not await fits(busy, name, words)


@pytest.mark.parametrize(
    ("name", "sentence", "expected"),
    [
        ("tasks_add", "add milk to the shopping list", {"text": "milk +shopping"}),
        ("tasks_add", "Please put eggs on my grocery list.", {"text": "eggs +grocery"}),
        ("tasks_add", "put call the plumber on my todo list", {"text": "call the plumber"}),
        ("tasks_add", "can you add water plants to my to-do list?", {"text": "water plants"}),
        ("tasks_add", "I need to call Ana by Friday", {"text": "call Ana by Friday"}),
        ("tasks_add", "add a task to water plants daily", {"text": "water plants daily"}),
        ("tasks_add", "I need to know how this works", None),
        ("tasks_add", "I have to admit that you are right", None),
        ("tasks_add", "add it to the list of reasons", None),
        ("tasks_add", "add this to my todo list", None),
        ("tasks_add", "Do I need to call Ana by Friday?", None),
        ("tasks", "what do I have to do today?", {"filters": "due:today"}),
        ("tasks", "What's on my to-do list?", {"filters": ""}),
        ("tasks", "what's on the shopping list?", {"filters": "+shopping"}),
        ("tasks", "show me my tasks", {"filters": ""}),
        ("tasks", "what do I have to do to get a visa?", None),
        ("tasks_done", "I finished call Ana", {"task": "call Ana"}),
        ("tasks_done", "I finished the novel", None),
        ("tasks_add", "todo: book the train", {"text": "book the train"}),
        ("tasks_add", "put pears on the list for Saturday", {"text": "pears due Saturday"}),
        ("tasks_add", "add to my list: pears", {"text": "pears"}),
        ("tasks_add", "don't forget to book the train", {"text": "book the train"}),
        ("tasks_add", "don't let me forget to book the train tomorrow", None),
        ("tasks_add", "put in the order for everything on my shopping list", None),
        ("tasks", "what's due this week?", {"filters": "due:week"}),
        ("tasks", "which tasks are overdue?", {"filters": "due:overdue"}),
        ("tasks", "my to-dos for tomorrow", {"filters": "due:tomorrow"}),
        ("tasks_done", "I called Ana this morning", {"task": "call Ana"}),
        ("tasks_done", "I called Eva", None),
        ("tasks_done", "calling Ana is done", {"task": "call Ana"}),
        ("capture", "make a note that the key is with Jo", {"text": "the key is with Jo"}),
        ("capture", "note that this is an example", None),
    ],
)  # fmt: skip
async def test_a_plain_sentence_names_a_task_outright(
    busy: Person, name: str, sentence: str, expected: dict[str, str] | None
) -> None:
    """Else it is none."""
    reads = busy.registry._actions[name].reads
    assert reads is not None
    assert await reads(sentence) == expected


async def test_what_is_on_a_list_is_taken_off_it(busy: Person) -> None:
    """By its words and its list; of another list it isn't."""
    await busy.types("/tasks add milk +shopping")
    reads = busy.registry._actions["tasks_drop"].reads
    assert reads is not None
    assert await reads("take milk off my grocery list") is None
    found = await reads("remove milk from the shopping list")
    assert found is not None
    dropped: ActionResult = await busy.registry.run("tasks_drop", found)
    assert dropped.text == "Dropped: milk  *shopping*."


async def test_every_example_is_read(busy: Person) -> None:
    """Or it wouldn't be one."""
    await busy.types("/tasks add milk +shopping")
    for task in ("the report", "call the landlord", "do the laundry", "order the cake"):
        await busy.types(f"/tasks add {task}")
    await busy.types("/tasks add write the speech")
    busy.has("waiting_for.md", "")
    for action in busy.registry._actions.values():
        for example in action.examples:
            assert action.reads is not None, action.name
            assert await action.reads(example) is not None, example


async def test_a_day_of_capture_never_gets_among_the_words(person: Person) -> None:
    """A task whose capture is known by its day alone is moved to the inbox, and dropped there."""
    person.root.mkdir()
    (person.root / "next_actions.md").write_text("- [ ] paint the shed (Captured: 2026-11-25)\n")
    await person.types("/tasks move paint to inbox")
    assert "- [ ] paint the shed (Captured: 2026-11-25)" in (person.root / "inbox.md").read_text()
    assert await person.says("/tasks drop paint") == "Dropped: paint the shed."


async def test_what_was_done_earlier_than_it_was_put_away_hides_nothing(person: Person) -> None:
    """Who looks for what was done since a day says how many others may stand between."""
    done = person.root / "archive" / "nextActions"
    done.mkdir(parents=True)
    days = ("2026-11-26", "2026-11-20", "2026-11-26", "2026-11-19", "2026-11-18", "2026-11-26")
    for number, day in enumerate(days):
        name = f"nextaction_2026-11-26T1{9 - number}-00-00.000Z_task.md"
        (done / name).write_text(f"---\n---\n\n- [x] task {number} (Completed: {day})\n")

    async def told(*most_before: int) -> list[str]:
        found = await person.tasks.lists.done_since("2026-11-26", *most_before)
        return [each.task.text for each in found]

    assert await told() == ["task 0"]
    assert await told(2) == ["task 0", "task 2"]
    assert await told(3) == ["task 0", "task 2", "task 5"]
