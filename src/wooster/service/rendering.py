"""From the templates in `launchd/` to what launchd and systemd read. Pure.

A template's `@NAME@` are filled in here, with the quoting of its kind; the environment is added,
since how many variables it has isn't known beforehand.
"""

from __future__ import annotations

import plistlib
import re
from typing import Any

from wooster.config import resources
from wooster.core.errors import ServiceError
from wooster.service.model import Service

_FIELD = re.compile(r"@([A-Z]+)@")


def plist(service: Service, label: str) -> bytes:
    """The property list of a launchd agent."""
    template = plistlib.loads((resources.LAUNCHD / f"{_kind(service)}.plist").read_bytes())
    values = {**_values(service), "LABEL": label}
    filled = _filled(template, values)
    filled["EnvironmentVariables"] = dict(service.environment)
    return plistlib.dumps(filled, sort_keys=False)


def unit(service: Service) -> bytes:
    """The unit of systemd's user manager. Raises `ServiceError` for what no unit can say."""
    template = (resources.LAUNCHD / f"{_kind(service)}.service").read_text("utf-8")
    values = _values(service)
    for value in (*values.values(), *service.environment.values()):
        if any(ord(sign) < 32 for sign in value):
            raise ServiceError(
                f"A service can't be described with {value!r} in it.",
                hint="Move Wooster to a folder whose name has no line break.",
            )
    lines = []
    for line in template.splitlines():
        if line == "@ENVIRONMENT@":
            both = (f"{name}={value}" for name, value in sorted(service.environment.items()))
            lines += [f"Environment={_word(pair)}" for pair in both]
        elif line.startswith("ExecStart="):
            lines.append(_FIELD.sub(lambda found: _argument(values[found[1]]), line))
        else:
            lines.append(_FIELD.sub(lambda found: values[found[1]].replace("%", "%%"), line))
    return ("\n".join(lines) + "\n").encode()


def _kind(service: Service) -> str:
    return "daemon" if service.role == "daemon" else "server"


def _values(service: Service) -> dict[str, str]:
    return {
        "PYTHON": service.python,
        "HOME": str(service.home),
        "LOG": str(service.log),
        "ROLE": service.role,
    }


def _filled(node: Any, values: dict[str, str]) -> Any:
    if isinstance(node, dict):
        return {key: _filled(value, values) for key, value in node.items()}
    if isinstance(node, list):
        return [_filled(value, values) for value in node]
    if isinstance(node, str):
        return _FIELD.sub(lambda found: values[found[1]], node)
    return node


def _word(text: str) -> str:
    """A quoted word of a unit (systemd.syntax(7)); `%` begins a specifier there."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'


def _argument(text: str) -> str:
    """A word of a command line, where `$` begins a variable too (systemd.service(5))."""
    return _word(text).replace("$", "$$") if not re.fullmatch(r"[\w./-]+", text) else text
