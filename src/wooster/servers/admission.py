"""Who is worked on next: a person's requests first, background work when there are none.

Pure decisions over what waits and what runs; it knows nothing of models or caches.

A background answer makes tokens only while no person's is waited for, read or decoded. So it may
wait for as long as people keep asking: there is no share that it is owed. That is meant. A person's
day has pauses, a batch job's client hears every few seconds that it is still in line, and work that
can't wait isn't background work.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from wooster.servers.jobs import Job
from wooster.servers.sequences import Answer


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do before the next step, in this order."""

    hold: list[int] = field(default_factory=list)
    resume: list[int] = field(default_factory=list)
    admit: list[Job] = field(default_factory=list)


class Line:
    """The jobs that wait. `open_to_background` false keeps new background work waiting."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._people: deque[Job] = deque()
        self._background: deque[Job] = deque()
        self.open_to_background = True

    def __len__(self) -> int:
        return len(self._people) + len(self._background)

    @property
    def background(self) -> int:
        return len(self._background)

    def add(self, job: Job) -> None:
        (self._background if job.background else self._people).append(job)

    def waiting(self) -> list[Job]:
        return [*self._people, *self._background]

    def clear(self) -> list[Job]:
        """Everybody who waits, and nobody does any more."""
        gone = self.waiting()
        self._people.clear()
        self._background.clear()
        return gone

    def tidy(self) -> None:
        """Forget those whose clients have left."""
        for jobs in (self._people, self._background):
            if any(job.cancelled.is_set() for job in jobs):
                left = [job for job in jobs if not job.cancelled.is_set()]
                jobs.clear()
                jobs.extend(left)

    def plan(self, answers: Mapping[int, Answer]) -> Plan:
        """The next moves, given the answers under way; jobs to admit leave the line."""
        self.tidy()
        people = [answer for answer in answers.values() if not answer.job.background]
        active = {uid: answer for uid, answer in answers.items() if not answer.held}
        if self._people or people:
            # Background answers that can't be put aside take no place away from a person.
            free = self._places - len(people)
            hold = [uid for uid, answer in active.items() if answer.yields]
            return Plan(hold=hold, admit=_take(self._people, free))
        free = self._places - len(active)
        resume = [uid for uid, answer in answers.items() if answer.held][: max(free, 0)]
        free -= len(resume)
        if not self.open_to_background:
            free = min(free, 0 if active or resume else 1)
        return Plan(resume=resume, admit=_take(self._background, free))


def _take(jobs: deque[Job], count: int) -> list[Job]:
    return [jobs.popleft() for _ in range(min(max(count, 0), len(jobs)))]
