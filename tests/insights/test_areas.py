"""Areas: what belongs to which, how far they are covered, and one step at a time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from wooster.insights import area_words, areas
from wooster.insights.area_words import OwnArea
from wooster.insights.areas import COVERAGES, Area, Coverage, Covered, Suggested, Thing

TODAY = date(2026, 11, 26)
WEEK = datetime(2026, 11, 20, tzinfo=UTC)
AREAS = area_words.areas()


def coverages(things: list[Thing]) -> dict[str, Coverage]:
    return {each.area.id: each.coverage for each in areas.covered(AREAS, things, {})}


def test_the_areas_of_the_guide_are_there() -> None:
    """In their order, each with a step from each coverage."""
    ids = ["health", "finance", "career", "relationships", "learning", "home"]
    assert [each.id for each in AREAS] == ids
    assert all(set(each.steps) == {"none", "basic", "tracked"} for each in AREAS)
    for each in AREAS:  # what is suggested of an area belongs to it
        assert [text for text in each.steps.values() if not has(each, text)] == []


def test_coverage_comes_from_what_there_is() -> None:
    """Nothing, something, something measured, something that speaks by itself."""
    assert set(coverages([]).values()) == {"none"}
    assert coverages([Thing("task", 0, "call the dentist")])["health"] == "basic"
    assert coverages([Thing("habit", 1, "Morning run", is_measured=True)])["health"] == "tracked"
    found = coverages([Thing("habit", 1, "Morning run", is_measured=True, is_automatic=True)])
    assert found["health"] == "automated"
    assert found["finance"] == "none"


def test_what_is_said_goes_before_words() -> None:
    """A habit that was put somewhere is there alone; a goal's category goes before its words."""
    run = Thing("habit", 4, "run the office")
    found = areas.covered(AREAS, [run], {("habit", 4): "home"})
    assert [each.area.id for each in found if each.things] == ["home"]
    book = Thing("goal", 1, "read about money", category="Learning")
    found = areas.covered(AREAS, [book], {})
    assert [each.area.id for each in found if each.things] == ["learning"]


def has(area: Area, text: str) -> bool:
    """Whether a task of this text belongs to the area."""
    return areas.covered([area], [Thing("task", 0, text)], {})[0].coverage != "none"


def test_words_are_whole() -> None:
    """ "art" isn't in "start", and a plural is its word."""
    home = AREAS[-1]
    assert has(home, "Water the PLANTS!") and has(home, "deep cleaning")
    assert not has(home, "homework") and not has(home, "carpet bombing in history")


def test_own_areas_and_more_words() -> None:
    """A new name is a new area; a known one gets the words, too."""
    found = area_words.areas([OwnArea("Music Room", ("drum*",)), OwnArea("health", ("sauna",))])
    assert [each.id for each in found][-1] == "music room"
    assert has(found[-1], "drumming") and has(found[-1], "tidy the music corner")
    assert found[0].id == "health" and has(found[0], "Sauna on Friday") and has(found[0], "yoga")


def some(**given: Coverage) -> list[Covered]:
    return [Covered(each, given.get(each.id, "automated"), ()) for each in AREAS]


def test_one_area_at_a_time() -> None:
    """The same all day; the next day it goes on there until it is tracked, then the least covered
    one is next."""
    found = some(health="none", home="none")
    first = areas.next_step(found, [], TODAY)
    assert first is not None and first.area.id == "health"
    past = [Suggested(TODAY, "health", "none")]
    same = areas.next_step(some(health="automated", home="none"), past, TODAY)
    assert same is not None and same.area.id == "health"
    tomorrow = TODAY + timedelta(days=1)
    on = areas.next_step(some(health="basic", home="none"), past, tomorrow)
    assert on is not None and on.area.id == "health"
    other = areas.next_step(some(health="tracked", home="none"), past, tomorrow)
    assert other is not None and other.area.id == "home"


def test_what_is_not_wanted_is_let_be() -> None:
    """A step that was suggested three times isn't again, until something changes."""
    past = [Suggested(TODAY - timedelta(days=n), "health", "none") for n in (3, 2, 1)]
    assert areas.next_step(some(health="none"), past, TODAY) is None
    again = areas.next_step(some(health="basic"), past, TODAY)
    assert again is not None and again.area.id == "health"


@given(
    st.lists(
        st.integers(0, 7 * 24 * 60 - 1).map(lambda n: WEEK + timedelta(minutes=n)),
        min_size=1,
        max_size=200,
    ),
    st.none() | st.tuples(st.times(), st.times()),
)
def test_it_never_nags(moments: list[datetime], quiet: tuple[time, time] | None) -> None:
    """Whenever it is asked: never twice a day, never in quiet hours."""
    spoken: list[datetime] = []
    for now in sorted(moments):
        if areas.may_speak(now, [each.date() for each in spoken], quiet):
            spoken.append(now)
    assert len({each.date() for each in spoken}) == len(spoken)
    for each in spoken if quiet else []:
        assert quiet is not None
        begin, end = quiet
        quiet_now = begin <= each.time() < end if begin <= end else not end <= each.time() < begin
        assert not quiet_now


@given(st.lists(st.sampled_from(COVERAGES), min_size=6, max_size=6), st.integers(1, 60))
def test_suggestions_come_to_an_end(levels: list[Coverage], days: int) -> None:
    """Where nobody does anything, each step is suggested at most three times."""
    found = [Covered(each, level, ()) for each, level in zip(AREAS, levels, strict=True)]
    past: list[Suggested] = []
    for n in range(days):
        step = areas.next_step(found, past, TODAY + timedelta(days=n))
        if step is not None:
            past.append(Suggested(TODAY + timedelta(days=n), step.area.id, step.coverage))
    counted = {(each.area, each.coverage): 0 for each in past}
    for each in past:
        counted[each.area, each.coverage] += 1
    assert all(count <= 3 for count in counted.values())
    assert len(past) == min(days, 3 * sum(level != "automated" for level in levels))
