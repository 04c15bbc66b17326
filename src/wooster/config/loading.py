"""Reading the settings: shipped defaults, the person's files over them, the environment over those.

A mistake becomes one `SettingsError` with the file, the key, what was found and what is allowed.
It knows the layers and how to name a mistake; what the keys mean stands in `settings.py`.
"""

from __future__ import annotations

import difflib
import json
import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from wooster.config import resources
from wooster.config.paths import LOCAL_MODEL, SERVERS, Paths
from wooster.config.settings import LocalModelFile, ServerFile, Settings
from wooster.core.errors import SettingsError
from wooster.core.hosts import without_keys

Tree = dict[str, Any]
Path_ = tuple[str, ...]

_FILES: dict[str, type[BaseModel]] = {
    SERVERS: ServerFile,
    LOCAL_MODEL: LocalModelFile,
}


@dataclass(frozen=True, slots=True)
class _Layer:
    """One source of values: `where` is how a message names it."""

    where: str
    values: Tree


def load_settings(
    paths: Paths,
    environ: Mapping[str, str] = os.environ,
    instead: Mapping[str, str] = MappingProxyType({}),
) -> Settings:
    """The settings of this home. Raises `SettingsError`.

    `instead` has texts of files, by their names, that are to be written: what is wrong with them is
    known before.
    """
    wrong: list[SettingsError] = []
    settings = _load(paths, environ, instead, wrong)
    if wrong:
        raise wrong[0]
    return settings


def usable_settings(
    paths: Paths, environ: Mapping[str, str]
) -> tuple[Settings, Sequence[SettingsError]]:
    """The settings without what is wrong with them, and that: for what a person needs most when
    they are wrong. Whoever uses them must tell of it."""
    wrong: list[SettingsError] = []
    return _load(paths, environ, {}, wrong), wrong


def _load(
    paths: Paths,
    environ: Mapping[str, str],
    instead: Mapping[str, str],
    wrong: list[SettingsError],
) -> Settings:
    """What is right of them; each mistake is put into `wrong`, the first one first."""
    merged: Tree = {}
    variables = list(_variables(environ))
    for name, model in _FILES.items():
        defaults = _parse(resources.CONFIG / name)
        layers = [_Layer(str(resources.CONFIG / name), defaults)]
        own = paths.config / name
        if name in instead or own.exists():
            try:
                layers.append(_Layer(str(own), _parse(own, instead.get(name))))
            except SettingsError as error:
                wrong.append(error)
        for variable in [*variables]:
            path = _match(variable.path, defaults)
            if path is not None:
                layers.append(
                    _Layer(f"environment variable {variable.name}", _nest(path, variable))
                )
                variables.remove(variable)
        merged |= _validate(model, layers, wrong)
    wrong += map(_unknown_variable, variables)
    return Settings(**merged)


def known_keys() -> dict[str, list[str]]:
    """Every key of each settings file, dotted, as the shipped defaults have them."""
    return {
        name: [".".join(path) for path in _leaves(_parse(resources.CONFIG / name))]
        for name in _FILES
    }


def _validate(model: type[BaseModel], layers: list[_Layer], wrong: list[SettingsError]) -> Tree:
    while True:
        merged: Tree = {}
        for layer in layers:
            merged = _merge(merged, layer.values)
        try:
            checked = model.model_validate(merged)
        except ValidationError as error:
            mistake = error.errors()[0]
            wrong.append(_explain(mistake, layers))
            if len(layers) == 1:  # a test holds that nothing is wrong with what is shipped
                raise wrong[0] from error
            if not _without(_place(mistake), layers[1:]):
                layers = layers[:1]
        else:
            return {name: getattr(checked, name) for name in model.model_fields}


def _without(path: Path_, layers: list[_Layer]) -> bool:
    """Take a value out of the topmost layer that has it, or has a part of its path in the place of
    a section; whether one has."""
    for layer in reversed(layers):
        node: Any = layer.values
        for depth, part in enumerate(path, start=1):
            if not isinstance(node, dict) or part not in node:
                break
            if depth == len(path) or not isinstance(node[part], dict):
                del node[part]
                return True
            node = node[part]
    return False


def _merge(under: Tree, over: Tree) -> Tree:
    result = dict(under)
    for key, value in over.items():
        below = result.get(key)
        both = isinstance(value, dict) and isinstance(below, dict)
        result[key] = _merge(below, value) if both else value  # type: ignore[arg-type]
    return result


def _parse(path: Path, text: str | None = None) -> Tree:
    """What a file says, or would say with this text in it."""
    try:
        text = path.read_text("utf-8-sig") if text is None else text
        data = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text or "{}")
    except (tomllib.TOMLDecodeError, json.JSONDecodeError) as error:
        raise SettingsError(
            f"{path} can't be read: {error}.", hint=f"Mend that line, or move {path.name} away."
        ) from error
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"{path} isn't UTF-8 (byte {error.start}).", hint="Save it as UTF-8."
        ) from error
    except OSError as error:
        raise SettingsError(
            f"{path} can't be read: {error.strerror}.", hint="Make it a file that you may read."
        ) from error
    if not isinstance(data, dict):
        raise SettingsError(
            f"{path} holds {type(data).__name__}; an object of settings is allowed.",
            hint=f"See {resources.CONFIG / path.name} for its form.",
        )
    return data


# --- the environment -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Variable:
    name: str
    path: Path_
    value: Any


def _variables(environ: Mapping[str, str]) -> Iterator[_Variable]:
    """`WOOSTER_CHAT__PORT=9000` sets `chat.port`; the value is JSON, or else a plain string."""
    for name, text in sorted(environ.items()):
        if name.startswith("WOOSTER_") and "__" in name:
            path = tuple(name.removeprefix("WOOSTER_").split("__"))
            try:
                value = json.loads(text)
            except json.JSONDecodeError:
                value = text
            yield _Variable(name, path, value)


def _plain(key: str) -> str:
    return key.replace("_", "").replace("-", "").lower()


def _match(path: Path_, tree: Tree) -> Path_ | None:
    """`path` in the spelling of `tree`, whatever its case and underscores; None if not there."""
    found: list[str] = []
    node: Any = tree
    for part in path:
        if not isinstance(node, dict):
            return None
        key = next((key for key in node if _plain(key) == _plain(part)), None)
        if key is None:
            return None
        found.append(key)
        node = node[key]
    return tuple(found)


def _nest(path: Path_, variable: _Variable) -> Tree:
    value = variable.value
    for key in reversed(path):
        value = {key: value}
    tree: Tree = value
    return tree


def _unknown_variable(variable: _Variable) -> SettingsError:
    names = {
        "WOOSTER_" + key.replace(".", "__").upper(): None
        for keys in known_keys().values()
        for key in keys
    }
    return SettingsError(
        f"The environment variable {variable.name} names no setting.",
        hint=_nearest(variable.name, list(names)) or "Unset it.",
    )


# --- naming a mistake ------------------------------------------------------------------------


def _place(error: ErrorDetails) -> Path_:
    return tuple(str(part) for part in error["loc"] if not str(part).startswith("function-"))


def _explain(error: ErrorDetails, layers: list[_Layer]) -> SettingsError:
    path = _place(error)
    where, found = _source(path, layers)
    key = ".".join(map(without_keys, path))
    if error["type"] == "extra_forbidden":
        siblings = _siblings(path, layers[0].values)
        nearest = _nearest(path[-1], siblings)
        return SettingsError(
            f"{where}: there is no setting {key!r}.",
            hint=nearest or f"Allowed here: {', '.join(siblings) or 'nothing'}.",
        )
    if error["type"] == "value_error" and isinstance(found, dict):
        # What is wrong is between the values of a section, and the message says between which.
        return SettingsError(
            f"{where}: {key}: {_allowed(error)}.",
            hint=f"What they mean: {resources.CONFIG / 'README.md'}.",
        )
    return SettingsError(
        f"{where}: {key} is {_shown(path, found, error['type'])}. Allowed: {_allowed(error)}.",
        hint=f"Mend it there; what it means: {resources.CONFIG / 'README.md'}.",
    )


# A test holds them beside the settings' own `SecretStr`s.
_SECRETS = {"password", "token", "secret", "topic", "webhook", "apprise"}


def _shown(path: Path_, found: Any, kind: str) -> str:
    """A wrong value, unless a secret may be in it: a key, or a text where a section belongs. Of an
    address, what can be no secret."""
    names = {_plain(part) for part in path}
    is_secret = "key" in _plain(path[-1]) or bool(names & _SECRETS)
    if is_secret or (isinstance(found, str) and kind.startswith("model_")):
        return "something else (not shown)"
    return "an object" if isinstance(found, dict) else repr(_masked(found))


def _masked(found: Any) -> Any:
    if isinstance(found, str):
        return without_keys(found)
    if isinstance(found, list):
        return [_masked(each) for each in found]
    return "an object" if isinstance(found, dict) else found


def _source(path: Path_, layers: list[_Layer]) -> tuple[str, Any]:
    """The topmost layer that has `path` (or the part of it that exists), and its value there."""
    for length in range(len(path), 0, -1):
        for layer in reversed(layers):
            node: Any = layer.values
            for part in path[:length]:
                node = node.get(part, _MISSING) if isinstance(node, dict) else _MISSING
            if node is not _MISSING:
                return layer.where, node
    return layers[-1].where, None


_MISSING = object()


def _siblings(path: Path_, tree: Tree) -> list[str]:
    node: Any = tree
    for part in path[:-1]:
        node = node.get(part, {}) if isinstance(node, dict) else {}
    return list(node) if isinstance(node, dict) else []


def _allowed(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    kind = error["type"]
    if kind == "literal_error":
        return str(context["expected"])
    if kind == "value_error":
        return str(context["error"])
    if kind in ("model_type", "model_attributes_type"):
        return "an object of settings"
    return error["msg"].removeprefix("Input should be ")


def _nearest(name: str, names: list[str]) -> str:
    by_plain = {_plain(candidate): candidate for candidate in names}
    close = difflib.get_close_matches(_plain(name), list(by_plain), n=1)
    return f"Did you mean {by_plain[close[0]]!r}?" if close else ""


def _leaves(tree: Tree, above: Path_ = ()) -> Iterator[Path_]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*above, key))
        else:
            yield (*above, key)
