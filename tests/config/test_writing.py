"""Changing a value of the person's settings file: nothing else in it moves."""

from __future__ import annotations

from pathlib import Path

import pytest

from wooster.config.writing import change
from wooster.core.errors import SettingsError

WRITTEN = """# my settings
[chat]  # the big one
model = "old"   # until the new disk comes
port = 9000

[embed]
batch_size = 8
"""


def test_comments_order_and_spacing_stay(tmp_path: Path) -> None:
    """Only the value changes; a section that isn't there comes at the end."""
    path = tmp_path / "settings.toml"
    path.write_text(WRITTEN)
    change(path, {("chat", "model"): "new", ("fast", "model"): "small", ("fast", "start"): True})
    text = path.read_text()
    assert text.startswith(WRITTEN.replace('"old"', '"new"'))
    assert text.endswith('[fast]\nmodel = "small"\nstart = true\n')


def test_a_file_is_made_where_there_is_none(tmp_path: Path) -> None:
    """With what was changed and nothing else."""
    path = tmp_path / "config" / "settings.toml"
    change(path, {("chat", "model"): "m"})
    assert path.read_text() == '[chat]\nmodel = "m"\n'


def test_a_file_with_a_mistake_is_left_as_it_is(tmp_path: Path) -> None:
    """It is named, and not written over."""
    path = tmp_path / "settings.toml"
    path.write_text("[chat\n")
    with pytest.raises(SettingsError, match=r"settings\.toml can't be read"):
        change(path, {("chat", "model"): "m"})
    assert path.read_text() == "[chat\n"


def test_a_link_to_a_file_elsewhere_stays_a_link(tmp_path: Path) -> None:
    """Some people keep their settings in a folder of dotfiles."""
    kept = tmp_path / "dotfiles.toml"
    kept.write_text(WRITTEN)
    link = tmp_path / "settings.toml"
    link.symlink_to(kept)
    change(link, {("chat", "port"): 1})
    assert link.is_symlink() and "port = 1\n" in kept.read_text()
