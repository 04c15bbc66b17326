"""Changing the person's settings: what isn't allowed leaves the files as they were."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from wooster.config.keys import store_secret
from wooster.config.loading import load_settings
from wooster.config.paths import LOCAL_MODEL, Paths
from wooster.config.writing import set_keys
from wooster.core.errors import SettingsError


def change(paths: Paths, values: Mapping[tuple[str, ...], Any]) -> None:
    """Set keys of `local-model.json`, all or none. Raises `SettingsError`."""
    try:
        set_keys(paths.config / LOCAL_MODEL, values, lambda text: _load(paths, text))
    except SettingsError as error:
        raise SettingsError(f"{error.message} Nothing was changed.", hint=error.hint) from error


def _load(paths: Paths, text: str) -> None:
    load_settings(paths, os.environ, {LOCAL_MODEL: text})


def keep_secret(paths: Paths, name: str, value: str) -> str:
    """Where a secret is from now on, as the settings say it: a place that was given, the keyring,
    or a file that only this user can read."""
    if value.startswith(("keyring:", "env:", "file:")):
        return value
    return store_secret(name, value, paths.credentials)
