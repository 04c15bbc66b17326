"""Changing a few values of the person's own settings files; everything else in them stays.

Comments, order and spacing are the person's. It knows the file, and nothing of what a value means.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from wooster.config.replacing import replace_file
from wooster.core.errors import SettingsError

Value = str | bool | int | float


def change(path: Path, values: Mapping[tuple[str, str], Value]) -> None:
    """Set `(section, key)` to a value each, in a file that is made if there is none. Blocks.

    The file is replaced as a whole, so that no half of it is ever there. Raises `SettingsError`.
    """
    import tomlkit  # slow to import, and seldom needed
    from tomlkit.exceptions import TOMLKitError

    try:
        before = path.read_text("utf-8-sig") if path.exists() else ""
        document = tomlkit.parse(before)
        for (section, key), value in values.items():
            if section not in document:
                document[section] = tomlkit.table()
            document[section][key] = value
        replace_file(path, tomlkit.dumps(document).encode())
    except TOMLKitError as error:
        raise SettingsError(
            f"{path} can't be read: {error}.", hint="Mend that line, or move the file away."
        ) from error
    except OSError as error:
        raise SettingsError(
            f"{path} can't be written: {error.strerror}.", hint="Make it a file you may write."
        ) from error


def add_to_list(path: Path, where: tuple[str, ...], value: str) -> None:
    """Add `value` to the list at `where` in a JSON file, which is made if there is none. Blocks.

    The order of its keys stays, and its indentation. Raises `SettingsError`.
    """
    _change_json(path, lambda tree: _node(tree, where).setdefault(where[-1], []).append(value))


def set_keys(
    path: Path,
    values: Mapping[tuple[str, ...], Any],
    check: Callable[[str], object] = lambda text: None,
) -> None:
    """Set the keys at these places of a JSON file, as `add_to_list` does. Blocks.

    `check` gets the new text before it stands there, and raises where it may not.
    """

    def put(tree: Any) -> None:
        for where, value in values.items():
            _node(tree, where)[where[-1]] = value

    _change_json(path, put, check)


def _node(tree: Any, where: tuple[str, ...]) -> Any:
    """The object that the last of `where` is a key of, made where it is missing."""
    for key in where[:-1]:
        tree = tree.setdefault(key, {})
    return tree


def _change_json(
    path: Path, change: Callable[[Any], None], check: Callable[[str], object] = lambda text: None
) -> None:
    try:
        before = path.read_text("utf-8-sig") if path.exists() else ""
        tree = json.loads(before or "{}")
        change(tree)
        text = _as_it_was(before, tree)
        check(text)
        replace_file(path, text.encode())
    except (json.JSONDecodeError, AttributeError, TypeError) as error:
        raise SettingsError(
            f"{path} can't be read: {error}.", hint="Mend it, or move the file away."
        ) from error
    except OSError as error:
        raise SettingsError(
            f"{path} can't be written: {error.strerror}.", hint="Make it a file you may write."
        ) from error


def put_new(
    before: str, values: Mapping[tuple[str, ...], Any]
) -> tuple[str, list[tuple[str, ...]]]:
    """A JSON file's text with those of `values` that it doesn't set yet, and which those are. The
    order of its keys stays, and its indentation. Raises `ValueError` for what is no JSON object."""
    tree = json.loads(before.strip() or "{}")
    put = []
    for key, value in values.items():
        node = tree
        for part in key[:-1]:
            node = node.setdefault(part, {}) if isinstance(node, dict) else None
        if not isinstance(node, dict):
            raise ValueError(f"{'.'.join(key)} stands in something that is no object")
        if key[-1] not in node:
            node[key[-1]] = value
            put.append(key)
    return _as_it_was(before, tree), put


def without(before: str, keys: Iterable[tuple[str, ...]]) -> str:
    """A JSON file's text without what it sets for `keys`, nor objects that are empty then."""
    tree = json.loads(before.strip() or "{}")
    for key in keys:
        nodes = [tree]
        for part in key[:-1]:
            nodes.append(nodes[-1].get(part, {}))
        nodes[-1].pop(key[-1], None)
        for node, part in reversed([*zip(nodes, key[:-1], strict=False)]):
            if node.get(part) == {}:
                del node[part]
    return _as_it_was(before, tree)


def _as_it_was(before: str, tree: Any) -> str:
    indent = re.search(r"^([ \t]+)\S", before, re.MULTILINE)
    return f"{json.dumps(tree, indent=indent[1] if indent else 2, ensure_ascii=False)}\n"
