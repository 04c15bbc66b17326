"""A password, a token or a secret address: read where the settings say it is, when it is needed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from pydantic import SecretStr

from wooster.config.keys import read_secret
from wooster.notify.model import NotSent


class Secret:
    """The text that a setting is, or says the place of. It is in no message and in no repr."""

    def __init__(self, what: str, setting: SecretStr, environ: Mapping[str, str]) -> None:
        self._what, self._setting, self._environ = what, setting, environ
        self._value = ""

    @property
    def is_set(self) -> bool:
        return bool(self._setting.get_secret_value().strip())

    async def get(self) -> str:
        """The text; "" where none is set. Raises `NotSent` where the place has none: a keyring may
        be open a minute later, so that it isn't final."""
        if not self._value and self.is_set:
            setting = self._setting.get_secret_value()
            key = await asyncio.to_thread(read_secret, setting, self._environ)
            if key.problem:
                raise NotSent(f"{self._what}: {key.problem}", is_unreached=True)
            self._value = key.value
        return self._value
