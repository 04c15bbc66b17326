"""Our classifier beside a nearest centroid and k nearest neighbours, on the same vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scripts.benches.intents_sets import Clinc150, Hwu64
from scripts.benches.report import figure, progress
from scripts.benches.vectors_data import Vectors

from wooster.actions.sentences import classifier
from wooster.actions.sentences.deciding import RUN

BENCH = "intents"
FOLDS = 5
NEIGHBOURS = 10

Fitted = tuple[tuple[str, ...], Callable[[Vectors], Vectors]]
"""The kinds, and what gives vectors their scores for each."""


def ours(vectors: Vectors, kinds: Sequence[str]) -> Fitted:
    fitted = classifier.fit(vectors, kinds)
    return fitted.kinds, fitted.scores


def nearest_centroid(vectors: Vectors, kinds: Sequence[str]) -> Fitted:
    names, of = np.unique(np.array(kinds), return_inverse=True)
    centres = np.stack([vectors[of == at].mean(axis=0) for at in range(len(names))])
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    return tuple(names.tolist()), lambda some: some @ centres.T


def neighbours(vectors: Vectors, kinds: Sequence[str]) -> Fitted:
    """The sum of the cosines of the nearest that are of a kind, over their number."""
    names, of = np.unique(np.array(kinds), return_inverse=True)

    def scores(some: Vectors) -> Vectors:
        near = some @ vectors.T
        which = np.argpartition(-near, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
        found = np.zeros((len(some), len(names)), dtype=np.float32)
        for row, nearest in enumerate(which):
            np.add.at(found[row], of[nearest], near[row, nearest] / NEIGHBOURS)
        return found

    return tuple(names.tolist()), scores


_ALL = {"ours": ours, "nearest_centroid": nearest_centroid, "knn": neighbours}


def clinc150(of: Clinc150, vectors: Vectors) -> None:
    """Trained on its train part, tested on what is held out and on what is out of scope."""
    first, second = len(of.train), len(of.train) + len(of.held_out)
    kinds = [each.intent for each in of.train]
    wanted = np.array([each.intent for each in of.held_out])
    right: dict[str, float] = {}
    areas: dict[str, float] = {}
    best: dict[str, tuple[Vectors, Vectors]] = {}
    for name, fit in _ALL.items():
        progress(f"clinc150: {name}")
        names, scores = fit(vectors[:first], kinds)
        held_out, outside = scores(vectors[first:second]), scores(vectors[second:])
        right[name] = float((np.array(names)[held_out.argmax(axis=1)] == wanted).mean())
        best[name] = held_out.max(axis=1), outside.max(axis=1)
        areas[name] = area(*best[name])
    _against("clinc150.accuracy", right)
    _against("clinc150.out_of_scope_auroc", areas)
    within, outside = best["ours"]
    kept = float((within >= RUN).mean())
    taken = {"ours": float((outside >= RUN).mean())}
    for name in ("nearest_centroid", "knn"):
        inside, beyond = best[name]
        taken[name] = float((beyond >= np.quantile(inside, 1.0 - kept)).mean())
    versus = {name: value for name, value in taken.items() if name != "ours"}
    versus["accepted_in_scope"] = kept
    figure(BENCH, "clinc150.false_accepts", taken["ours"], "ratio", versus)


def hwu64(of: Hwu64, vectors: Vectors) -> None:
    """Each fifth of it held out once."""
    kinds = np.array([each.intent for each in of.sentences])
    order = np.random.default_rng(0).permutation(len(kinds))
    right = dict.fromkeys(_ALL, 0.0)
    for fold in range(FOLDS):
        progress(f"hwu64: fold {fold + 1} of {FOLDS}")
        held_out = order[fold::FOLDS]
        train = np.setdiff1d(order, held_out)
        for name, fit in _ALL.items():
            names, scores = fit(vectors[train], kinds[train].tolist())
            found = np.array(names)[scores(vectors[held_out]).argmax(axis=1)]
            right[name] += float((found == kinds[held_out]).mean()) / FOLDS
    _against("hwu64.accuracy", right)


def _against(name: str, values: dict[str, float]) -> None:
    versus = {other: value for other, value in values.items() if other != "ours"}
    figure(BENCH, name, values["ours"], "ratio", versus)


def area(inside: Vectors, outside: Vectors) -> float:
    """How often a sentence of some kind scores higher than one of none, ties as a half."""
    every = np.sort(outside)
    below = np.searchsorted(every, inside, side="left")
    upto = np.searchsorted(every, inside, side="right")
    return float((below + upto).mean() / 2 / len(every))
