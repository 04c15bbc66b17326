"""The action about vectors: making them anew."""

from __future__ import annotations

from wooster.actions.action import Action, Nothing, Report
from wooster.vectors.model import Progress as Done
from wooster.vectors.service import Search
from wooster.wire.events import Progress
from wooster.wire.requests import ActionResult


def rebuild_embeddings(search: Search) -> Action[Nothing]:
    """Embed everything again. The old vectors are searched until the new ones are complete."""

    async def work(_: Nothing, report: Report) -> ActionResult:
        def tell(done: Done) -> None:
            told = f"embedding {done.done} of {done.total}; the old vectors are searched meanwhile"
            report(Progress("embedding", done.done, done.total, told))

        coverage = await search.rebuild(tell)
        refused = f" {coverage.refused} can't be." if coverage.refused else ""
        count = coverage.passages - coverage.refused
        return ActionResult(
            f"All {count} passages are embedded by {coverage.model}.{refused}"
            if coverage.passages
            else "There is nothing to embed yet.",
            {
                "passages": coverage.passages,
                "refused": coverage.refused,
                "model": coverage.model,
            },
        )

    return Action(
        name="rebuild_embeddings",
        help="makes every vector anew; interrupted, it goes on in the background",
        effect="read",
        by_model=False,
        parameters=Nothing,
        phrases=("rebuild embeddings",),
        worker=work,
    )
