"""The answers that are under way on a loaded model: begun, put aside, taken one step on, ended.

It knows jobs, their decoder and what is remembered of prompts; whose turn it is, it is told.
"""

from __future__ import annotations

from functools import partial
from typing import Literal

from wooster.servers.admission import Plan
from wooster.servers.decoding import Decoded, Kept, Processor, Read, Start
from wooster.servers.jobs import Failed, Job
from wooster.servers.loaded import Loaded
from wooster.servers.metrics import Tally
from wooster.servers.prefixes import Marks, Prefixes
from wooster.servers.sampling import Sampling, penalties, sampler
from wooster.servers.sequences import Answer
from wooster.servers.token_bytes import TokenBytes


class Desk:
    """Used on the engine's thread only; `answers` may be counted from any."""

    def __init__(self, loaded: Loaded, prefixes: Prefixes, tally: Tally) -> None:
        self.answers: dict[int, Answer] = {}
        self.prefixes = prefixes
        self._marks: dict[int, Marks] = {}
        self._unkept: set[int] = set()
        self._decoder = loaded.decoder
        self._tokenizer = loaded.tokenizer
        self._bytes_of = TokenBytes(loaded.tokenizer)
        self._tally = tally

    def warm_up(self) -> None:
        """One token, drawn as requests draw it: compiles what MLX compiles at first use."""
        tokens = self._tokenizer.encode("Good morning, Wooster.")
        draw = partial(sampler, Sampling(temperature=0.7, top_p=0.9))
        self._decoder.insert(Start(tokens, 0, None, 1, draw))
        while not (step := self._decoder.next()).decoded:
            for reason in step.failed.values():
                raise ValueError(reason)

    def follow(self, plan: Plan) -> None:
        """Put aside, go on with and begin what the plan says."""
        for uid in plan.hold:
            answer = self.answers[uid]
            answer.held = answer.yields = self._decoder.hold(uid)
            self._tally.holds += answer.held
        for uid in plan.resume:
            self._decoder.resume(uid)
            self.answers[uid].held = False
        for job in plan.admit:
            self._begin(job)

    def step(self) -> int:
        """One token for every answer that isn't put aside, or a chunk read; how many tokens."""
        if all(answer.held for answer in self.answers.values()):
            return 0
        try:
            step = self._decoder.next()
        # The boundary of the engine: whatever a model's code raises (out of memory, mostly) ends
        # the answers that were under way, and not the server.
        except Exception as error:  # noqa: BLE001
            self._give_up(f"{type(error).__name__}: {error}")
            return 0
        for uid, reason in step.failed.items():
            self._fail(uid, reason)
        for read in step.read:
            self._read(read)
        for decoded in step.decoded:
            self._decoded(decoded)
        self._look_for_problems()
        self._drop_cancelled()
        return len(step.decoded)

    def let_go(self) -> None:
        """Nothing is kept of what was read; nor of what is being read, once it is answered."""
        import mlx.core as mx

        self.prefixes.let_go()
        self._unkept = set(self.answers)
        mx.clear_cache()

    def abandon(self, reason: str) -> None:
        """Tell every answer under way that nothing more will come."""
        for uid in list(self.answers):
            self._fail(uid, reason)

    def _begin(self, job: Job) -> None:
        kept = self.prefixes.longest(job.prompt)
        marks = self.prefixes.marks(job.prompt, kept)
        answer = Answer(job, len(kept.tokens), self._tokenizer.detokenizer, _processors(job))
        start = Start(
            prompt=job.prompt,
            known=len(kept.tokens),
            cache=kept.cache,
            max_tokens=job.max_tokens,
            sampler=partial(sampler, job.sampling),
            processors=answer.processors,
            marks=marks.places(),
            exact=job.constraint is not None,
        )
        uid = self._decoder.insert(start)
        self.answers[uid], self._marks[uid] = answer, marks
        self._tally.prompt_tokens += len(job.prompt)
        self._tally.cached_tokens += answer.cached
        answer.progress()

    def _read(self, read: Read) -> None:
        self.answers[read.uid].read(read)
        if read.marked and read.uid not in self._unkept:
            self.prefixes.remember(self._decoder.copy(read.uid), self._marks[read.uid])

    def _decoded(self, decoded: Decoded) -> None:
        uid = decoded.uid
        answer = self.answers[uid]
        stopped = answer.decoded(decoded, self._bytes_of)
        self._tally.completion_tokens += 1
        if decoded.kept is not None:
            self._keep(uid, decoded.kept)
        elif stopped:
            self._keep(uid, self._decoder.remove(uid))
        if stopped or decoded.ended:
            cut_off = decoded.ended == "length" and not stopped and not answer.is_complete
            reason: Literal["stop", "length"] = "length" if cut_off else "stop"
            self._forget(uid, reason)
            answer.finished(reason)

    def _look_for_problems(self) -> None:
        """End the answers whose own rules failed. What they have read is good all the same."""
        for uid, answer in list(self.answers.items()):
            if answer.problem:
                self._keep(uid, self._decoder.remove(uid))
                self._fail(uid, answer.problem)

    def _drop_cancelled(self) -> None:
        """Take out what nobody waits for; what was read is kept for the next question."""
        for uid, answer in list(self.answers.items()):
            if answer.job.cancelled.is_set():
                self._keep(uid, self._decoder.remove(uid))
                self._forget(uid, "cancelled")

    def _give_up(self, reason: str) -> None:
        self._decoder.reset()
        for uid, answer in list(self.answers.items()):
            if not answer.held:
                self._fail(uid, reason)

    def _fail(self, uid: int, reason: str) -> None:
        answer = self.answers[uid]
        self._forget(uid, "failed")
        answer.job.emit(Failed(reason))

    def _keep(self, uid: int, kept: Kept) -> None:
        if uid not in self._unkept:
            self.prefixes.keep(kept)

    def _forget(self, uid: int, outcome: str) -> None:
        self._unkept.discard(uid)
        del self.answers[uid], self._marks[uid]
        self._tally.requests[outcome] += 1


def _processors(job: Job) -> list[Processor]:
    """What changes the logits of a job's next token, in this order: its constraint has the last
    word."""
    return [*penalties(job.sampling), *([job.constraint] if job.constraint else [])]
