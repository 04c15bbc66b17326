"""Random JSON schemas on the starter model: how many answers parse and validate.

The schemas are drawn from a seed, of the kinds that people give: objects, lists, choices, numbers
with bounds, patterns, formats, references. Some hold a keyword that the server refuses; those are
counted apart (`schemas.refused`, by reason). So are answers that say by their finish reason that
they were cut off (`schemas.too_long`): the shortest valid one is longer than an answer may be.
Neither is part of `schemas.valid`.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx
import jsonschema
from scripts.benches.home import bench_home, free_port, wait_until_listening
from scripts.benches.report import figure, progress

BENCH = "schemas"
PARALLEL = 8
WORDS = ["name", "city", "day", "price", "tags", "note", "count", "kind", "owner", "open"]
FORMATS = ["date", "date-time", "time", "email", "ipv4", "ipv6", "uuid", "hostname", "duration"]
PATTERNS = ["^[A-Z]{3}$", "^\\d{2,4}$", "^[a-z]+(-[a-z]+)*$", "^#[0-9a-f]{6}$", "^(yes|no)$"]
REFUSED = [{"not": {"type": "null"}}, {"type": "array", "uniqueItems": True}]


CHECKED = jsonschema.FormatChecker(
    # Its own "time" is that of Draft 3, without a zone.
    set(jsonschema.FormatChecker.checkers) - {"time", "date-time"}
)


@CHECKED.checks("time", raises=ValueError)
def _is_time(value: object) -> bool:
    """RFC 3339's, by the standard library: with a zone."""
    return not isinstance(value, str) or dt.time.fromisoformat(value).tzinfo is not None


@CHECKED.checks("date-time", raises=ValueError)
def _is_date_time(value: object) -> bool:
    is_long = isinstance(value, str) and len(value) > len("2026-01-01")
    return not isinstance(value, str) or (
        is_long and dt.datetime.fromisoformat(value).tzinfo is not None
    )


def drawn(pick: random.Random, depth: int = 3) -> dict[str, Any]:
    """A schema, nested at most `depth` deep."""
    kinds = [_string, _number, _choice]
    if depth:
        kinds += [_object, _object, _list, _any_of]
    return pick.choice(kinds)(pick, depth - 1)


def _string(pick: random.Random, depth: int) -> dict[str, Any]:
    more: list[dict[str, Any]] = [
        {},
        {"minLength": pick.randint(1, 8), "maxLength": pick.randint(8, 40)},
        {"pattern": pick.choice(PATTERNS)},
        {"format": pick.choice(FORMATS)},
    ]
    return {"type": "string", **pick.choice(more)}


def _number(pick: random.Random, depth: int) -> dict[str, Any]:
    low = pick.randint(-1000, 1000)
    more: list[dict[str, Any]] = [
        {},
        {"minimum": low, "maximum": low + pick.randint(0, 500)},
        {"exclusiveMinimum": low / 8},
        {"multipleOf": pick.choice([2, 5, 10])},
    ]
    return {"type": pick.choice(["integer", "number"]), **pick.choice(more)}


def _choice(pick: random.Random, depth: int) -> dict[str, Any]:
    told: list[dict[str, Any]] = [
        {"enum": pick.sample([*WORDS, 1, 2.5, None, True], 4)},
        {"const": pick.choice(WORDS)},
        {"type": ["boolean", "null"]},
    ]
    return pick.choice(told)


def _object(pick: random.Random, depth: int) -> dict[str, Any]:
    names = pick.sample(WORDS, pick.randint(1, 4))
    properties = {name: drawn(pick, depth) for name in names}
    required = pick.sample(names, pick.randint(0, len(names)))
    more: list[dict[str, Any]] = [{}, {}, {"additionalProperties": drawn(pick, 0)}]
    return {"type": "object", "properties": properties, "required": required, **pick.choice(more)}


def _list(pick: random.Random, depth: int) -> dict[str, Any]:
    least = pick.randint(0, 2)
    return {"type": "array", "items": drawn(pick, depth), "minItems": least, "maxItems": least + 3}


def _any_of(pick: random.Random, depth: int) -> dict[str, Any]:
    return {"anyOf": [drawn(pick, depth) for _ in range(2)]}


def given(pick: random.Random) -> dict[str, Any]:
    """What a request gives: an object, sometimes with a reference or an unsupported keyword."""
    schema = _object(pick, 2)
    if pick.random() < 0.2:
        schema["$defs"] = {"part": drawn(pick, 1)}
        schema["properties"]["part"] = {"$ref": "#/$defs/part"}
    if pick.random() < 0.05:
        schema["properties"]["refused"] = pick.choice(REFUSED)
    return schema


@dataclass
class Outcome:
    """What came of one schema: its answer, or the code of the refusal."""

    schema: dict[str, Any]
    text: str = ""
    reason: str = ""
    tokens: int = 0
    refused: str = ""

    @property
    def valid(self) -> bool:
        check = jsonschema.Draft202012Validator(self.schema, format_checker=CHECKED)
        try:
            return bool(check.is_valid(json.loads(self.text)))
        except ValueError:
            return False


def ask(url: str, schema: dict[str, Any], number: int, tokens: int, held: bool) -> Outcome:
    text = "Invent an example. Answer with JSON for this schema: " + json.dumps(schema)[:400]
    body: dict[str, Any] = {
        "messages": [{"role": "user", "content": text}],
        "max_tokens": tokens,
        "temperature": (number % 4) * 0.4,
        "seed": number,
    }
    if held:
        form = {"name": "example", "schema": schema}
        body["response_format"] = {"type": "json_schema", "json_schema": form}
    response = httpx.post(f"{url}/v1/chat/completions", json=body, timeout=600)
    told = response.json()
    if response.status_code == 400:
        return Outcome(schema, refused=_kind_of(told["error"]["message"]))
    response.raise_for_status()
    choice = told["choices"][0]
    return Outcome(
        schema,
        choice["message"]["content"] or "",
        choice["finish_reason"],
        told["usage"]["completion_tokens"],
    )


def _kind_of(message: str) -> str:
    """The reason of a refusal, without its place."""
    return message.partition(": ")[2].partition(": ")[2].partition(". ")[0]


def asked(
    url: str, schemas: list[dict[str, Any]], tokens: int, held: bool
) -> tuple[list[Outcome], float]:
    """All outcomes, asked for `PARALLEL` at a time, and the seconds that it took."""
    began = time.perf_counter()
    with ThreadPoolExecutor(PARALLEL) as pool:
        waiting = [
            pool.submit(ask, url, schema, number, tokens, held)
            for number, schema in enumerate(schemas)
        ]
        outcomes = []
        for number, each in enumerate(waiting, 1):
            outcomes.append(each.result())
            if number % 20 == 0:
                progress(f"{number} of {len(schemas)}")
    return outcomes, time.perf_counter() - began


def report(outcomes: list[Outcome], took_s: float, free: list[Outcome], free_s: float) -> None:
    answered = [each for each in outcomes if not each.refused]
    cut_off = [each for each in answered if each.reason == "length" and not each.valid]
    ended = len(answered) - len(cut_off)
    for each in answered:
        if not each.valid:
            progress(f"not valid ({each.reason}): {json.dumps(each.schema)}\n  {each.text}")
    unheld = sum(each.valid for each in free) / max(1, len(free))
    ratio = sum(each.valid for each in answered) / max(1, ended)
    figure(BENCH, "schemas.valid", ratio, "ratio", {"unconstrained": unheld, "budget": 1.0})
    figure(BENCH, "schemas.answered", len(answered), "schemas", {"asked": len(outcomes)})
    reasons: Counter[str] = Counter(each.refused for each in outcomes if each.refused)
    figure(BENCH, "schemas.refused", reasons.total(), "schemas", {**reasons})
    figure(BENCH, "schemas.too_long", len(cut_off), "schemas")
    rate = sum(each.tokens for each in answered) / took_s
    free_rate = sum(each.tokens for each in free) / max(free_s, 1e-9)
    figure(BENCH, "schemas.tokens_s", rate, "tokens/s", {"unconstrained": free_rate})


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench schemas", description=__doc__)
    parser.add_argument("--n", type=int, default=500)
    parser.add_argument("--tokens", type=int, default=96, help="max_tokens of an answer")
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args()
    pick = random.Random(told.seed)
    schemas = [given(pick) for _ in range(told.n)]
    with bench_home() as paths:
        port = free_port()
        server = subprocess.Popen(
            [sys.executable, "-m", "wooster.servers.chat", "--port", str(port)],
            env={**os.environ, "WOOSTER_HOME": str(paths.home)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        url = f"http://127.0.0.1:{port}"
        try:
            wait_until_listening(url)
            outcomes, took_s = asked(url, schemas, told.tokens, held=True)
            free, free_s = asked(url, schemas[: max(4, told.n // 20)], told.tokens, held=False)
        finally:
            server.kill()
            server.wait()
    report(outcomes, took_s, free, free_s)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
