"""What was said, as passages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wooster.memory.recall.passages import LONGEST, Said, named, parts, pieces, questions, unnamed


def test_an_answer_is_found_by_its_question_and_by_what_was_said_around_it() -> None:
    """The question goes into its vector; two utterances on each side and the speaker don't."""
    session = [
        Said("Ann", "Hello Ben."),
        Said("Ben", "Nice. When do you move, Ann?"),
        Said("Ann", "In May!"),
        Said("Ben", "To Porto?"),
        Said("Ann", "Yes."),
        Said("Ben", "Bye."),
    ]
    found = parts(session, {"Ann", "Ben"})
    assert [one.at for one in found] == list(range(6))
    assert (found[2].title, found[2].text) == ("In May!", "When do you move, ?")
    assert found[2].known_as == (
        "Ann Ann: Hello Ben. Ben: Nice. When do you move, Ann? Ben: To Porto? Ann: Yes."
    )
    assert found[5].text == ""


def test_who_goes_on_speaking_answers_nobody() -> None:
    """A question of one's own is not answered by oneself."""
    found = parts([Said("Ann", "Really?"), Said("Ann", "Yes.")], ())
    assert found[1].text == ""


def test_no_session_has_no_passages() -> None:
    """And an utterance without a word has one that is empty."""
    assert parts([], ()) == []
    assert [one.title for one in parts([Said("Ann", "  ")], ())] == [""]


@given(st.lists(st.tuples(st.sampled_from(["Ann", "Ben"]), st.text(max_size=40)), max_size=8))
def test_a_new_utterance_changes_no_vector(told: list[tuple[str, str]]) -> None:
    """And the words around no more than the last two."""
    session = [Said(*one) for one in told]
    before, after = parts(session, {"Ann"}), parts([*session, Said("Ben", "Well?")], {"Ann"})
    assert [(one.title, one.text) for one in after[: len(before)]] == [
        (one.title, one.text) for one in before
    ]
    assert after[: max(len(session) - 2, 0)] == before[: max(len(session) - 2, 0)]


@given(st.text(alphabet=st.sampled_from("ab?. \n…"), max_size=300), st.integers(5, 40))
def test_pieces_are_short_and_lose_nothing(text: str, longest: int) -> None:
    """But white space."""
    found = pieces(text, longest)
    assert found
    assert all(len(piece) <= longest for piece in found)
    assert "".join("".join(found).split()) == "".join(text.split())


def test_a_long_text_is_several_passages_cut_where_it_has_joints() -> None:
    """At its lines; each answers the same question."""
    line = "word " * 100
    found = parts([Said("Ann", "Tell me?"), Said("Ben", f"{line}\n{line}\n{line}")], ())
    assert [one.at for one in found] == [0, 1, 1, 1]
    assert {one.text for one in found[1:]} == {"Tell me?"}
    assert all(len(one.title) <= LONGEST for one in found)


def test_names_are_words_of_their_own() -> None:
    """In whatever case and with 's; not inside of other words."""
    assert unnamed("ANN's plan, Hanna and Ann", {"Ann"}) == "plan, Hanna and"
    assert named("What did ann tell Benny?", {"Ann", "Ben", ""}) == {"Ann"}
    assert unnamed("as it was", ()) == "as it was"
    assert unnamed("C++ and C", {"C++"}) == "and C"


def test_questions_are_the_sentences_that_ask() -> None:
    """The rest of what was said is left out."""
    assert questions("Fine. How are you? Good! Où? そうですか？") == "How are you? Où? そうですか？"
    assert questions("") == ""
