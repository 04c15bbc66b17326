"""Facts by rules, as messages and what is made of each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wooster.memory.facts import rules, telling
from wooster.memory.facts.model import ME, PERSON, RULES

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def made(text: str) -> list[str]:
    """Each observation as `key value`, with its subject where it isn't the person; `-` ends it."""
    return [
        f"{'-' if one.ends else ''}{'' if one.subject == ME else one.subject + ' '}"
        f"{one.key} {one.value}".strip()
        for one in rules.observations(text, AT, UTC)
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("I moved to Porto.", ["lives_in Porto"]),
        ("I live in Porto now, no longer in Rome", ["lives_in Porto"]),
        ("I don't live in Rome any more.", ["-lives_in Rome"]),
        ("I no longer work at Acme", ["-works_at Acme"]),
        ("I'm a software engineer at Siemens", ["works_as software engineer", "works_at Siemens"]),
        ("I love jazz and I hate coriander.", ["likes jazz", "dislikes coriander"]),
        ("I like tea, coffee and cocoa", ["likes tea", "likes coffee", "likes cocoa"]),
        ("I don't like opera any more", ["-likes opera"]),
        ("I run every Monday.", ["habit run every Monday"]),
        ("Every evening I walk the dog", ["habit walk the dog every evening"]),
        ("I have yoga on Tuesdays at 18:00", ["schedule yoga on Tuesdays at 18:00"]),
        ("I want to learn Portuguese", ["goal learn Portuguese"]),
        ("My favourite colour is green.", ["favourite_colour green"]),
        ("my birthday is on 3 May", ["birthday 3 May"]),
        ("I'm allergic to peanuts and latex.", ["allergic_to peanuts", "allergic_to latex"]),
        ("I'm allergic to penicillin, please.", ["allergic_to penicillin"]),
        ("I was born on 12 June 1984 in Lyon.", ["birthday 12 June 1984", "born_in Lyon"]),
        ("My sister lives in Rome.", ["sister lives_in Rome"]),
        ("My brother Tom lives in Glasgow.", ["brother Tom", "Tom lives_in Glasgow"]),
        ("My wife's name is Ruth", ["partner Ruth"]),
        ("I have a dog called Rex", ["dog Rex"]),
        ("I have two kids, Mia and Leo.", ["child Mia", "child Leo"]),
        ("Ich wohne seit Mai in Köln.", ["lives_in Köln"]),
        ("Ich mag keine Oliven.", ["dislikes Oliven"]),
        ("Meine Mutter wohnt in Kiel.", ["mother lives_in Kiel"]),
        ("Ich arbeite nicht mehr bei Bosch.", ["-works_at Bosch"]),
        ("Ya no vivo en Bilbao, ahora vivo en Gijón.", ["-lives_in Bilbao", "lives_in Gijón"]),
        ("Soy profesora y me encanta el cine.", ["works_as profesora", "likes el cine"]),
        ("Mi hermana se llama Elena.", ["sister Elena"]),
    ],
)
def test_what_is_stated_is_made_out(text: str, wanted: list[str]) -> None:
    """A plain statement gives its facts, whose they are, and whether they are over."""
    assert made(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "Do I live in Rome?",
        "I live in Rome, right?",
        "If I lived in Rome, I would eat pizza every day.",
        "I might be allergic to wheat.",
        "Imagine I live in a castle in Scotland.",
        "We might move to Canada next year.",
        "I'm thinking about moving to Norway",
        "I live in a pineapple under the sea 😂",
        "Pretend I am a pirate. I live in Tortuga and I love rum.",
        'He wrote: "I live in Rome and I love pasta."',
        "> I live in Munich\nCan you answer this?",
        "```\nI live in Berlin\n```",
        "Translate to German: I am allergic to nuts.",
        "Write a letter that says I live in Sweden.",
        "Dear John,\nI moved to Chicago last year.\nBest wishes, Sam",
        "He says he lives in Athens.",
        "Anna said that I work at Lidl.",
        "I like it.",
        "I love you",
        "I prefer the second option",
        "I'm in a meeting",
        "I live in fear of that exam",
        "I moved to Slack last week",
        "I have a meeting tomorrow at ten",
        "I'm a bit confused",
        "Wenn ich in Hamburg wohnen würde, hätte ich ein Boot.",
        "Ich habe eine Frage.",
        "Übersetze bitte: Ich wohne in Hamburg.",
        "Si vivo en Cádiz, tendré playa.",
        "¿Vivo en Madrid o en Getafe?",
        "Quiero saber la hora.",
        "No vivo en Roma",
        "I'm not allergic to nuts",
        "I'm 30 next week",
        "call me back",
        "My friend is Italian",
        "",
        " \n ",
        "I live in Rome. " * 200,
    ],
)
def test_what_states_nothing_gives_nothing(text: str) -> None:
    """Questions, suppositions, plans, jokes, role play, quoted, reported and pasted words, requests
    and the small talk of a moment give no fact."""
    assert made(text) == []


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("I have lived in Porto since May 2025.", "2025-05-01", None),
        ("I moved to Porto yesterday", "2026-11-21", None),
        ("From May I'll be living in Porto.", "2027-05-01", None),
        ("I live in Porto until May 2027", None, "2027-05-01"),
        ("I lived in Porto until 2019.", None, "2019-01-01"),
        ("I moved to Porto two years ago", "2024-01-01", None),
        ("Ich wohne seit März in Porto", "2026-03-01", None),
        ("Me mudé a Porto el mes pasado.", "2026-10-01", None),
        ("I live in Porto", None, None),
        ("I live in Porto now", "2026-11-22", None),
    ],
)
def test_dates_are_those_that_were_told(text: str, begins: str | None, ends: str | None) -> None:
    """From when and until when is read in three languages; a fact without dates has none."""
    (one,) = rules.observations(text, AT, UTC)
    assert (one.key, one.value) == ("lives_in", "Porto")
    assert (one.valid_from and f"{one.valid_from:%Y-%m-%d}") == begins
    assert (one.valid_to and f"{one.valid_to:%Y-%m-%d}") == ends


def test_a_day_begins_where_the_person_is() -> None:
    """Yesterday is a day of the person's zone, also where UTC has another one."""
    zone = ZoneInfo("Pacific/Auckland")
    late = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)  # the 23rd there
    (one,) = rules.observations("I moved to Porto yesterday", late, zone)
    assert one.valid_from == datetime(2026, 11, 22, tzinfo=zone)


def test_a_correction_names_what_was_wrong() -> None:
    """ "It's Anna, not Hanna" has no key of its own; with one, the wrong value goes along."""
    (bare,) = rules.observations("Actually, it's Anna, not Hanna.", AT, UTC)
    assert (bare.key, bare.value, bare.instead_of) == ("", "Anna", "Hanna")
    (named,) = rules.observations("I live in Porto, not in Rome", AT, UTC)
    assert (named.key, named.value, named.instead_of) == ("lives_in", "Porto", "Rome")


def test_an_observation_says_where_it_is_from() -> None:
    """It has the sentence, the turn, and the rules as its maker."""
    (one,) = rules.observations("Hello! I live in Porto. How are you?", AT, UTC, 7)
    assert (one.quote, one.turn_seq, one.made_by, one.source, one.observed) == (
        "I live in Porto.",
        7,
        RULES,
        "explicit",
        AT,
    )


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("Remember that I'm allergic to nuts.", "I'm allergic to nuts."),
        ("please remember: my locker code is 4417", "my locker code is 4417"),
        ("Merke dir, dass ich in Ulm wohne.", "ich in Ulm wohne."),
        ("Recuerda que soy vegetariano.", "soy vegetariano."),
        ("Can you remember that I like tea?", "I like tea"),
        ("do you remember that I like tea?", None),
        ("Remember to buy milk", None),
        ("Remember when I lived in Rome?", None),
        ("I remember that I was ill", None),
        ("remember that", None),
        ("", None),
    ],
)
def test_what_is_told_to_be_remembered(text: str, content: str | None) -> None:
    """Only that something is so is a thing to remember; to do something is a reminder."""
    assert telling.told(text) == content


def test_what_the_rules_do_not_grasp_is_kept_in_the_persons_words() -> None:
    """A keyed fact where they can; where it wouldn't be all of it, the whole text as well."""
    assert [one.key for one in rules.remembered("I live in Porto.", AT, UTC)] == ["lives_in"]
    both = rules.remembered("I live in Porto. The key is under the mat.", AT, UTC)
    assert [(one.key, one.made_by) for one in both] == [("lives_in", PERSON), ("note", PERSON)]
    assert both[1].statement == "I live in Porto. The key is under the mat."
    assert rules.remembered("  ", AT, UTC) == []


@given(st.text(max_size=200), st.integers(-12, 14))
def test_any_text_is_read(text: str, offset: int) -> None:
    """Nothing that can be typed makes the rules fail, and what they find has a value and a key, or
    ends or corrects something."""
    zone = timezone(timedelta(hours=offset))
    for one in rules.observations(text, AT, zone):
        assert one.value or one.ends
        assert one.key or one.instead_of


WORDS = "I live in Porto since May and not any more my sister's , . : 2019 ' is he says"


@given(st.lists(st.sampled_from(WORDS.split())))
def test_any_order_of_known_words_is_read(words: list[str]) -> None:
    """The words that rules know, in any order, make none of them fail."""
    for one in rules.observations(" ".join(words), AT, UTC):
        assert (
            one.valid_from is None
            or one.valid_to is None
            or one.valid_from <= one.valid_to
            or one.ends
        )
