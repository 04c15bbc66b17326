"""A channel as it is given in setup: which settings it needs, read from one word. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from wooster.core.errors import UsageError

# What each needs, in the order in which it is asked; a "?" may stay empty, a "!" is a secret.
NEEDS: dict[str, tuple[str, ...]] = {
    "desktop": (),
    "ntfy": ("topic!",),
    "signal": ("account", "to?"),
    "email": ("host", "user", "password!", "from?", "to?"),
}


@dataclass(frozen=True, slots=True)
class Channel:
    """`fields` are keys of `notify.NAME`; those in `secrets` are stored apart."""

    name: str
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def secrets(self) -> list[str]:
        return [need[:-1] for need in NEEDS[self.name] if need.endswith("!")]


def read(text: str) -> Channel:
    """`desktop`, or `NAME:KEY=VALUE,KEY=VALUE`. Raises `UsageError`."""
    name, _, rest = text.partition(":")
    name = name.strip().lower()
    if name not in NEEDS:
        raise UsageError(
            f"There is no channel {name!r} that setup knows.",
            hint=f"It knows {', '.join(NEEDS)}; others are set in local-model.json.",
        )
    pairs = [each.partition("=") for each in rest.split(",") if each.strip()]
    fields = {key.strip(): value.strip() for key, _, value in pairs}
    return checked(Channel(name, fields))


def checked(channel: Channel) -> Channel:
    """Raises `UsageError` for a field that it doesn't have, or lacks."""
    known = {need.rstrip("?!") for need in NEEDS[channel.name]}
    needed = {need.rstrip("!") for need in NEEDS[channel.name] if not need.endswith("?")}
    wrong = [key for key in channel.fields if key not in known]
    lacks = [key for key in needed if not channel.fields.get(key)]
    if wrong or lacks:
        what = f"has no {wrong[0]!r}" if wrong else f"needs {', '.join(sorted(lacks))}"
        form = ",".join(f"{each}=…" for each in sorted(known))
        raise UsageError(f"The channel {channel.name} {what}.", hint=f"As {channel.name}:{form}")
    return channel
