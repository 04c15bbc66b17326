"""How well and how fast the search finds: by words, by vectors, and by both.

A benchmark's passages are stored, embedded by the real embed server and searched through what the
daemon uses. nDCG@10 and recall@100 are means over its queries; `find` is timed with the query's
vector given. `--n 100000` also times it over so many passages of 300 to 500 tokens, put together
from the sentences of the benchmark's, with vectors as in `vectors_data`.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from pathlib import Path

from scripts.benches import search_corpus, search_many
from scripts.benches.report import figure, progress
from scripts.benches.search_corpus import Beir
from scripts.benches.search_home import Home, embed_server, homed, opened

BENCH = "search"


def main() -> None:
    told = _arguments()
    corpus = search_corpus.read(told.beir, told.split)
    progress(f"{len(corpus.texts)} texts, {len(corpus.queries)} queries")
    if not told.no_quality:
        with homed(told.home) as paths, embed_server(paths) as url:

            async def run() -> None:
                async with opened(paths, url) as home:
                    await _quality(home, corpus)

            asyncio.run(run())
    for count in told.n:
        search_many.measure(corpus, count)


async def _quality(home: Home, corpus: Beir) -> None:
    ids = await home.put(corpus.texts)
    started = time.perf_counter()
    await home.embed()
    progress(f"all is embedded after {time.perf_counter() - started:.0f} s")
    vectors = await home.queries([query.text for query in corpus.queries])
    ndcg: dict[str, float] = {}
    recall: dict[str, float] = {}
    for way, ranking in search_many.ways(home).items():
        ndcg[way] = recall[way] = 0.0
        for query, vector in zip(corpus.queries, vectors, strict=True):
            rows = await ranking(query.text, vector)
            # A query that is itself one of the texts finds itself.
            found = [ids[row] for row in rows if ids[row] != query.id]
            ndcg[way] += search_corpus.ndcg(found, query.relevant) / len(corpus.queries)
            recall[way] += search_corpus.recall(found, query.relevant) / len(corpus.queries)
    for name, by_way in (("ndcg@10", ndcg), ("recall@100", recall)):
        for way, value in by_way.items():
            versus = {other: by_way[other] for other in by_way if other != way}
            figure(BENCH, f"{name}.{way}", value, "ratio", versus)
    await search_many.tell_times(home, corpus, vectors, "corpus.")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench search", description=__doc__)
    parser.add_argument("--beir", type=Path, required=True, help="a BEIR folder")
    parser.add_argument("--split", default="test", help="which of its qrels/")
    parser.add_argument("--home", type=Path, help="keep the home, so that a second run is short")
    parser.add_argument(
        "--n", type=_numbers, default=[], help="also time over so many passages (100000)"
    )
    parser.add_argument("--no-quality", action="store_true", help="only time")
    return parser.parse_args()


def _numbers(told: str) -> list[int]:
    return [int(each) for each in told.split(",") if each]


if __name__ == "__main__":
    main()
