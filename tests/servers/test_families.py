"""What goes before a query and a document, by model family."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wooster.servers.families import NoInstruction, family_of

WEB_SEARCH = "Given a web search query, retrieve relevant passages that answer the query"


@pytest.mark.parametrize(
    ("model", "query", "document"),
    [
        ("all-minilm-l6-v2", "", ""),
        ("mlx-community/Qwen3-Embedding-0.6B-4bit-DWQ", f"Instruct: {WEB_SEARCH}\nQuery:", ""),
        ("intfloat/multilingual-e5-small", "query: ", "passage: "),
        ("mlx-community/e5-base-v2", "query: ", "passage: "),
        ("multilingual-e5-large-instruct-mlx", f"Instruct: {WEB_SEARCH}\nQuery: ", ""),
        ("nomic-ai/modernbert-embed-base", "search_query: ", "search_document: "),
        (
            "BAAI/bge-small-en-v1.5",
            "Represent this sentence for searching relevant passages: ",
            "",
        ),
        ("BAAI/bge-large-zh-v1.5", "为这个句子生成表示以用于检索相关文章：", ""),
        ("BAAI/bge-m3", "", ""),
        ("somebody/a-model-of-their-own", "", ""),
    ],
)
def test_a_name_tells_its_family(tmp_path: Path, model: str, query: str, document: str) -> None:
    """Each family's words as its makers give them, to the last blank."""
    family = family_of(model, tmp_path, "")
    assert family.prefix("query") == query
    assert family.prefix("document") == document


def test_the_setting_is_stronger_than_the_name(tmp_path: Path) -> None:
    """Who knows better says so."""
    assert family_of("e5-base-v2", tmp_path, "none").prefix("document") == ""
    assert family_of("my-own-copy", tmp_path, "e5").prefix("document") == "passage: "


def test_a_model_of_no_known_name_brings_its_own_prompts(tmp_path: Path) -> None:
    """What sentence-transformers would put there is put there, braces and all."""
    own = {"prompts": {"query": "find {it}: ", "document": "title: none | text: "}}
    (tmp_path / "config_sentence_transformers.json").write_text(json.dumps(own))
    family = family_of("strange-model", tmp_path, "")
    assert family.prefix("query") == "find {it}: "
    assert family.prefix("document") == "title: none | text: "


def test_an_own_prompt_in_the_instruct_form_takes_an_instruction(tmp_path: Path) -> None:
    """A renamed Qwen3-Embedding is told by its files."""
    own = {"prompts": {"query": "Instruct: Find notes\nQuery:", "document": ""}}
    (tmp_path / "config_sentence_transformers.json").write_text(json.dumps(own))
    family = family_of("renamed", tmp_path, "")
    assert family.prefix("query") == "Instruct: Find notes\nQuery:"
    assert family.prefix("query", "Find letters") == "Instruct: Find letters\nQuery:"


def test_an_architecture_tells_where_nothing_else_does(tmp_path: Path) -> None:
    """A Qwen3 in an embedding server is a Qwen3-Embedding."""
    (tmp_path / "config.json").write_text('{"model_type": "qwen3"}')
    assert family_of("renamed", tmp_path, "").name == "qwen3"


def test_an_instruction_has_one_place(tmp_path: Path) -> None:
    """It goes before a query of a model that was trained with one; elsewhere it is refused."""
    qwen3 = family_of("qwen3-embedding-4b", tmp_path, "")
    assert qwen3.prefix("query", "Find jokes") == "Instruct: Find jokes\nQuery:"
    for family, kind in ((qwen3, "document"), (family_of("e5-base", tmp_path, ""), "query")):
        with pytest.raises(NoInstruction, match="instruction"):
            family.prefix(kind, "Find jokes")  # type: ignore[arg-type]
