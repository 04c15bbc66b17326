"""Plain sentences: how well they are told apart, and how seldom talk is taken for an action.

On CLINC150 and HWU64 (`--data`) the classifier is trained on their sentences alone, beside a
nearest centroid and k nearest neighbours on the same vectors; then all their sentences that are of
no action of ours go through the whole recogniser, as a person would type them. The sentences of our
own in `data/sentences.jsonl` and `data/sentences_typed.jsonl` go there, too. A home with habits,
goals, tasks, events and reminders stands behind.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path

from scripts.benches.home import bench_home, free_port
from scripts.benches.intents_figures import clinc150, hwu64
from scripts.benches.intents_home import own_sentences, talk, waits
from scripts.benches.intents_sets import Clinc150, Hwu64, own, read_clinc150, read_hwu64
from scripts.benches.intents_vectors import Made, embedder
from scripts.benches.servers import server


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench intents", description=__doc__)
    parser.add_argument("--data", type=Path, help="the folder with clinc150/ and hwu64/")
    parser.add_argument("--set", choices=("clinc150", "hwu64"), help="only this one")
    parser.add_argument("--vectors", type=Path, help="a file that keeps vectors between runs")
    given = parser.parse_args()
    of_others: list[Clinc150 | Hwu64] = []
    if given.data is not None:
        if given.set != "hwu64":
            of_others.append(read_clinc150(given.data))
        if given.set != "clinc150":
            of_others.append(read_hwu64(given.data))
    with bench_home() as paths:
        port = free_port()
        command = ["wooster.servers.embed", "--port", str(port)]
        with server(command, paths, port, "default"):
            asyncio.run(_measure(f"http://127.0.0.1:{port}", of_others, given.vectors))
    return 0


async def _measure(url: str, of_others: Sequence[Clinc150 | Hwu64], kept: Path | None) -> None:
    async with embedder(url, kept) as made:
        for each in of_others:
            await _tell_apart(each, made)
        await own_sentences(own(), made)
        await waits(own(), made)
        for each in of_others:
            await talk(each.name, each.of_others(), made)


async def _tell_apart(of: Clinc150 | Hwu64, made: Made) -> None:
    if isinstance(of, Clinc150):
        clinc150(of, await made.vectors(of.texts()))
    else:
        hwu64(of, await made.vectors(of.texts()))


if __name__ == "__main__":
    raise SystemExit(main())
