"""The last forecast, in a file of the cache. Blocking.

It can be deleted: the next question fetches it again.
"""

from __future__ import annotations

import logging
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from wooster.config.replacing import replace_file
from wooster.weather.model import Forecast

log = logging.getLogger(__name__)


def load(path: Path) -> Forecast | None:
    """What was kept; None where there is none, or none that can be read."""
    try:
        return TypeAdapter(Forecast).validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        log.warning("weather.cache", extra={"fields": {"error": type(error).__name__}})
        return None


def keep(path: Path, forecast: Forecast) -> None:
    """A disk that is full costs the cache, and not the forecast."""
    try:
        replace_file(path, TypeAdapter(Forecast).dump_json(forecast))
    except OSError as error:
        log.warning("weather.cache", extra={"fields": {"error": str(error)}})
