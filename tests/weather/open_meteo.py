"""A stand-in for Open-Meteo, which can't be reached from a test: both of its servers on one port,
in the form of its documentation. It counts what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PLACES = [
    ("Springfield", "Missouri", "United States", "US", 37.22, -93.30),
    ("Springfield", "Illinois", "United States", "US", 39.80, -89.64),
    ("Berlin", "State of Berlin", "Germany", "DE", 52.52437, 13.41053),
]
FIRST = date(2026, 11, 26)


@dataclass
class OpenMeteo:
    """`answer` is what it does with a question about a forecast: "well", a status, "hang", or
    other words, which it sends as they are."""

    url: str
    answer: str = "well"
    first: date = FIRST
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def places(self, name: str) -> dict[str, Any]:
        found = [
            {
                "id": number,
                "name": place[0],
                "latitude": place[4],
                "longitude": place[5],
                "elevation": 34.0,
                "feature_code": "PPLC",
                "country_code": place[3],
                "country": place[2],
                "admin1": place[1],
            }
            for number, place in enumerate(PLACES)
            if place[0].casefold() == name.casefold()
        ]
        return {"results": found, "generationtime_ms": 0.6} if found else {"generationtime_ms": 0.4}

    def forecast(self, asked: dict[str, str]) -> dict[str, Any]:
        days = [self.first + timedelta(days=n) for n in range(int(asked["forecast_days"]))]
        daily: dict[str, list[Any]] = {name: [] for name in asked["daily"].split(",")}
        is_imperial = asked.get("temperature_unit") == "fahrenheit"
        for number in range(len(days)):
            told = {
                "weather_code": (61, 0, 95, None, 3, 71, 45)[number],
                "temperature_2m_min": -0.4 - number + (32 if is_imperial else 0),
                "temperature_2m_max": 7.6 - number + (40 if is_imperial else 0),
                "precipitation_probability_max": (60, 3, 80, None, 10, 40, 0)[number],
                "wind_gusts_10m_max": (20.9, 12.0, 72.4, None, 9.0, 30.0, 3.0)[number],
            }
            for name, column in daily.items():
                column.append(told[name])
        return {
            "latitude": float(asked["latitude"]),
            "longitude": float(asked["longitude"]),
            "generationtime_ms": 0.05,
            "utc_offset_seconds": 3600,
            "timezone": "Europe/Berlin",
            "elevation": 38.0,
            "daily_units": {"time": "iso8601"},
            "daily": {"time": [day.isoformat() for day in days], **daily},
        }


@contextmanager
def running(host: str = "127.0.0.1") -> Iterator[OpenMeteo]:
    """Its port closes at the end of the block."""
    peer = OpenMeteo("")

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            peer.asked.append((parts.path, asked))
            if parts.path == "/v1/search":
                self._say(200, json.dumps(peer.places(asked["name"])))
            elif peer.answer == "hang":
                peer.released.wait(30)
            elif peer.answer.isdigit():
                told = {"error": True, "reason": "Minutely API request limit exceeded."}
                self._say(int(peer.answer), json.dumps(told))
            else:
                is_well = peer.answer == "well"
                self._say(200, json.dumps(peer.forecast(asked)) if is_well else peer.answer)

        def _say(self, status: int, text: str) -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("content-type", "application/json; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer((host, 0), Handler)
    server.daemon_threads = True
    peer.url = f"http://{host}:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield peer
    finally:
        peer.released.set()
        server.shutdown()
        thread.join()
        server.server_close()
