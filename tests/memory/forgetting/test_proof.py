"""The search for what was forgotten finds it however it is written, and nothing else."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.memory.forgetting.home import Home
from wooster.core.errors import UsageError
from wooster.memory.forgetting import proof, wording
from wooster.memory.forgetting.proof import Proof
from wooster.storage import bundle
from wooster.storage.bundle import Owned


def _prove(home: Path, said: str) -> Proof:
    words = wording.all_of(said)
    assert words is not None
    return proof.prove(home, [home / "models"], words, said, lambda _: None)


def test_it_is_found_in_every_spelling_and_every_kind_of_file(tmp_path: Path) -> None:
    """Bytes, texts of tables, terms of indexes, pages that are free, names, and packed files."""
    secret = "Zyxquär"
    planted = {
        "plain.txt": f"so {secret}, then".encode(),
        "shouted.log": "SO ZYXQUÄR".encode(),
        "wide.bin": b"\0\1" + secret.encode("utf-16-le"),
        "apart.txt": "so Zyxqua\u0308r".encode(),
        "escaped.json": json.dumps([secret]).encode(),
        "half.db-wal": b"\0" * (1 << 22) + b"\xff" + secret.encode() + b"\0",
        f"notes_{secret}.md": b"",
    }
    for name, data in planted.items():
        (tmp_path / name).write_bytes(data)
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        connection.execute("CREATE TABLE lines (text TEXT)")
        connection.execute("INSERT INTO lines VALUES (?)", (json.dumps({"told": secret}),))
        connection.commit()
    with closing(sqlite3.connect(tmp_path / "freed.db")) as connection:
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("CREATE TABLE lines (text TEXT)")
        connection.execute("INSERT INTO lines VALUES (?)", (f"x {secret} x" * 999,))
        connection.execute("DELETE FROM lines")
        connection.commit()
    inbox = tmp_path / "models" / "inbox.md"
    inbox.parent.mkdir()
    inbox.write_text(f"- {secret}\n", "utf-8")
    bundle.write(tmp_path / "x.files.tar.gz", [Owned("tasks/inbox.md", inbox)], inbox, {})
    found = _prove(tmp_path, secret)
    where = {name.partition(" ")[0].partition(":")[0] for name in found.found}
    assert where == {*planted, "a.db", "freed.db", "x.files.tar.gz"}
    assert found.files == len(planted) + 3


def test_a_part_of_another_word_is_no_finding(tmp_path: Path) -> None:
    """It is counted for itself, so that a short name can be proven gone too."""
    (tmp_path / "a.txt").write_text("banana, Anastasia", "utf-8")
    assert _prove(tmp_path, "ana") == Proof(1, 17, {}, 3)
    assert _prove(tmp_path, "anastasia").found == {"a.txt": 1}


def test_what_is_damaged_is_told_and_the_rest_is_looked_through(tmp_path: Path) -> None:
    """A bundle with a rotten byte or no end, and a database with a page of nothing: what of them
    could be looked at counts, and names that are no UTF-8 are told too."""
    rotten = bytearray(gzip.compress(bytes(range(256)) * 99))
    rotten[len(rotten) // 2] ^= 0xFF
    (tmp_path / "a.files.tar.gz").write_bytes(rotten)
    (tmp_path / "b.files.tar.gz").write_bytes(rotten[:30])
    with closing(sqlite3.connect(tmp_path / "c.db")) as connection:
        connection.execute("CREATE TABLE lines (text TEXT)")
        connection.executemany("INSERT INTO lines VALUES (?)", [("so Zyxquar, then",)] * 2)
        connection.commit()
    whole = (tmp_path / "c.db").read_bytes()
    (tmp_path / "c.db").write_bytes(whole[:100] + bytes(1000) + whole[1100:])
    (tmp_path / os.fsdecode(b"d\xff.txt")).write_bytes(b"Zyxquar")
    found = _prove(tmp_path, "zyxquar")
    assert found.unread == ("a.files.tar.gz", "b.files.tar.gz", "c.db")
    assert (found.files, found.found) == (1, {"c.db": 2, "d?.txt": 1})


async def test_words_apart_are_found_where_all_of_them_stand(home: Home) -> None:
    """As `forget` would find them; without any there is nothing to look for."""
    await home.say("My dentist is called Zyxquar")
    looked = await home.forgetting.prove("zyxquar dentist", lambda _: None)
    assert "wooster.db: turns" in looked.found and "wooster.db" not in looked.found
    assert (await home.forgetting.prove("zyxquar plumber", lambda _: None)).found == {}
    with pytest.raises(UsageError):
        await home.forgetting.prove("?!", lambda _: None)
    await home.forget("zyxquar")
    assert (await home.forgetting.prove("zyxquar", lambda _: None)).found == {}
