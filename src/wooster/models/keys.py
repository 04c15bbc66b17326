"""The keys of providers, from where the settings say they are.

A key is in no message: problems name the place, never what was found there. Everything here blocks.
"""

from __future__ import annotations

from collections.abc import Mapping

from wooster.config.keys import Key, read_secret
from wooster.config.settings import Settings


def read_keys(settings: Settings, environ: Mapping[str, str]) -> dict[str, Key]:
    """The key of each provider that is switched on, by its name. Blocking, up to some seconds."""
    keys = {
        name: read_key(provider.api_key.get_secret_value(), environ)
        for name, provider in settings.routing.providers.remote().items()
        if provider.enabled
    }
    openai = settings.routing.providers.openai
    if openai.enabled and not openai.api_key.get_secret_value():
        keys["openai"] = _openai_key(environ)
    return keys


def read_key(setting: str, environ: Mapping[str, str]) -> Key:
    """The key that `apiKey` is, or says the place of."""
    key = read_secret(setting, environ)
    # A header takes no more than these; the rest would fail late, and far from its cause.
    if not all("!" <= character <= "~" for character in key.value):
        return Key(
            problem="its key holds spaces, line ends or letters that no key has",
            hint="Store the key again, alone and on one line.",
        )
    return key


def _openai_key(environ: Mapping[str, str]) -> Key:
    if environ.get("OPENAI_API_KEY"):
        return read_key("env:OPENAI_API_KEY", environ)
    return Key(
        problem="it is enabled and there is no key",
        hint="Set routing.providers.openai.apiKey, or OPENAI_API_KEY where the daemon is started.",
    )
