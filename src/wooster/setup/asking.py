"""Setup as a conversation: how it is, what to change, step by step. Enter skips."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Sequence

from wooster.core.errors import UsageError, WoosterError
from wooster.repl.reader import LineReader, confirms
from wooster.service.model import Caretaker
from wooster.service.placing import caretaker_for, installed
from wooster.setup import channels
from wooster.setup.steps import Setup

Secret = Callable[[str], str]


class Person(LineReader):
    """Whoever sits there; Ctrl-C is the end of it all, and no answer to one question."""

    def line(self, question: str) -> str:
        try:
            return self._line(question).strip()
        except EOFError:
            return ""

    def confirm(self, question: str) -> bool:
        return confirms(self.line(f"{question} [y/N] "))


class Asking:
    """A person who sits there, and the steps. `secret` asks for what isn't shown."""

    def __init__(self, setup: Setup, person: Person, secret: Secret = getpass.getpass) -> None:
        self._setup, self._person, self._secret = setup, person, secret

    def run(self, names: Sequence[str]) -> int:
        """Ask for these steps; the exit code of the first thing that failed."""
        say = self._setup.aside
        say.line("Enter leaves things as they are. Ctrl-C ends; what was done stays.", "dim")
        for number, name in enumerate(names, 1):
            say.line("")
            say.line(f"{number}/{len(names)} {name}", "bold")
            try:
                STEPS[name](self)
            except WoosterError as error:
                say.line(error.message)
                if error.hint:
                    say.hint(error.hint)
                say.hint(f"Again: wooster setup {name}")
                self._setup.exit_code = self._setup.exit_code or error.exit_code
        self._setup.renew()
        say.line("")
        say.hint("Each step again, whenever you like: wooster setup STEP.")
        say.hint("From another assistant you move in with: wooster import FOLDER. Now: wooster")
        return self._setup.exit_code

    def _line(self, question: str) -> str:
        return self._person.line(f"{question}: ")

    def _each(self, question: str, take: Callable[[str], None]) -> None:
        """As many as the person has."""
        while answer := self._line(question):
            take(answer)

    def name(self) -> None:
        if answer := self._line("How you are called"):
            self._setup.name(answer)

    def zone(self) -> None:
        now = self._setup.settings.person.zone or "that of this machine"
        if answer := self._line(f"Time zone ({now}; as Europe/Berlin, or auto)"):
            self._setup.zone(answer)

    def folders(self) -> None:
        listed = ", ".join(self._setup.settings.library.folders)
        self._setup.aside.line(f"Read already, where they are there: {listed}.")
        self._each("A folder of your documents to read", self._setup.folder)

    def calendar(self) -> None:
        self._each("A calendar: a file, a folder or an address", self._calendar)

    def _calendar(self, what: str) -> None:
        user = self._line("Whom its server knows (Enter: nobody)") if "://" in what else ""
        self._setup.calendar(what, user, self._secret(f"Password of {user}: ") if user else "")

    def channels(self) -> None:
        now = ", ".join(self._setup.settings.notify.channels)
        known = ", ".join(channels.NEEDS)
        self._each(f"You are told on {now}. Another ({known})", self._channel)

    def _channel(self, name: str) -> None:
        name = name.strip().lower()
        fields: dict[str, str] = {}
        for need in channels.NEEDS.get(name, ()):
            key = need.rstrip("?!")
            asked = f"{name}: {key}" + (" (Enter: none)" if need.endswith("?") else "")
            fields[key] = self._secret(f"{asked}: ") if need.endswith("!") else self._line(asked)
        if name not in channels.NEEDS:
            raise UsageError(f"Setup knows no channel {name!r}.", hint="Others: config/README.md.")
        self._setup.channel(channels.checked(channels.Channel(name, fields)))
        if name != "desktop" and self._person.confirm(f"Let {name} send off this machine?"):
            self._setup.allow_channel(name)

    def models(self) -> None:
        self._setup.starter_models()
        names = self._setup.recommended_models()
        if names and self._person.confirm(f"Fetch {' and '.join(names)} from the hub?"):
            self._setup.models(names)
            return
        if name := self._line("Another model of that table, or of the hub"):
            self._setup.models([name])

    def cloud(self) -> None:
        routing = self._setup.settings.routing
        is_on = routing.strategy != "local-only" and routing.providers.openai.enabled
        if is_on:
            if self._person.confirm("The cloud (OpenAI) is allowed. Switch it off?"):
                self._setup.cloud(None)
        elif self._person.confirm("The cloud is off. Let OpenAI be asked where no model here can?"):
            key = self._secret("Its key, or where it is (env:NAME, file:PATH): ").strip()
            if key:
                self._setup.cloud(key)

    def service(self) -> None:
        caretaker: Caretaker = caretaker_for(self._setup.paths.home)
        if "daemon" in installed(caretaker):
            self._setup.out.line("Wooster starts when you log in (`wooster service status`).")
        elif self._person.confirm("Start Wooster when you log in, and again after a crash?"):
            self._setup.service(self._person.confirm)


STEPS: dict[str, Callable[[Asking], None]] = {
    "name": Asking.name,
    "zone": Asking.zone,
    "folders": Asking.folders,
    "calendar": Asking.calendar,
    "channels": Asking.channels,
    "models": Asking.models,
    "cloud": Asking.cloud,
    "service": Asking.service,
}
