"""When an ordinary message is taken for one about the person's documents: seldom."""

from __future__ import annotations

import pytest

from wooster.assistant.library import asks_for_documents


@pytest.mark.parametrize(
    "message",
    [
        "What do my notes say about bees?",
        "what does my journal mention of Anna",
        "Do my documents say anything about the lease?",
        "Does my library have anything on Rome?",
        "According to my documents, when does the lease end?",
        "Based on my notes, what should we plant?",
        "Search my files for the invoice",
        "Please look through my papers for the passport number",
        "Find the recipe for soup in my notes.",
        "Can you look up the wifi password in my notes?",
        "What is in my library about beekeeping?",
        "What's in my notes on the move to Kraków?",
        "Is there anything in my papers on sleep?",
        "Did I write about the argument in my journal?",
        "what did I note in my journal about the trip?",
        "In my library, who wrote about ants?",
        "Where in my documents is the warranty?",
        "How do my notes describe the plan? What do my notes say about cost?",
    ],
)
def test_a_message_that_asks_for_them_is_one(message: str) -> None:
    """Their documents by name, and a word for asking, looking or saying."""
    assert asks_for_documents(message)


@pytest.mark.parametrize(
    "message",
    [
        "Hello",
        "Take notes while I talk.",
        "My notes app is slow",
        "Why does my notes app say that it is full?",
        "What do my notes app settings do?",
        "my files are a mess",
        "I lost my library card, what do I do?",
        "How do I find duplicates in my files?",
        "How can I search my documents on Linux?",
        "Write me a script to find large files in my documents",
        "What should I write in my journal?",
        "Add this to my notes: buy milk",
        "Delete the last line from my notes",
        "I put it in my notes.",
        "My paper was accepted!",
        "What does the library say about fines?",
        "What do your notes say?",
        "Find a library near me",
        "According to the documents, he left.",
        "my notes, my rules",
        "Remind me to file my papers",
        "x" * 500 + " What do my notes say about bees?",
        "",
    ],
)
def test_ordinary_talk_is_none(message: str) -> None:
    """Notes, files and papers are spoken of all day."""
    assert not asks_for_documents(message)
