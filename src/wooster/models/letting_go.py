"""Having our chat servers let go of what they have read, once some of it is to be forgotten.

Who isn't Wooster's isn't asked. It refuses to know what is forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wooster.models.spec import ServerSpec, ServerStatus, Watching


async def let_go(
    specs: Sequence[ServerSpec], statuses: Sequence[ServerStatus], watching: Watching
) -> str:
    """Sentences on what may be left, "" where nothing is."""
    by_name: Mapping[str, ServerSpec] = {spec.name: spec for spec in specs}
    left = [await _asked(by_name[each.name], each, watching) for each in statuses]
    return " ".join(filter(None, left))


async def _asked(spec: ServerSpec, status: ServerStatus, watching: Watching) -> str:
    if spec.name == "embed" or status.health.get("service") != spec.service:
        return ""
    why = await watching.forget(status.url, spec.api_key)
    told = f"The {spec.name} server may have it in memory until it is started again"
    return f"{told} ({why})." if why else ""
