"""The vectors of example sentences, kept in one file: a start embeds nothing that it knows.

The file is a cache: it is of one maker, and whatever can't be read in it is made again. Blocking.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from wooster.vectors.model import Maker

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]
    Vector = NDArray[np.float32]


def key(text: str) -> str:
    """Which text it is."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def read(path: Path, maker: Maker) -> dict[str, Vector]:
    """The vectors that `maker` made, by `key`; none where there is no file of it that is whole."""
    import numpy as np

    try:
        # Opened here: numpy leaves a file open that is no whole archive.
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            keys, vectors = json.loads(str(file["keys"])), file["vectors"]
            made_by = str(file["maker"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return {}
    shape = (len(keys), maker.dimensions)
    if made_by != _told(maker) or vectors.shape != shape or not np.isfinite(vectors).all():
        return {}
    return dict(zip(keys, vectors.astype(np.float32), strict=True))


def write(path: Path, maker: Maker, vectors: Mapping[str, Vector]) -> None:
    """Keep just these. Raises `OSError`."""
    import numpy as np

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    with temporary.open("wb") as file:
        np.savez(
            file,
            keys=np.array(json.dumps(list(vectors))),
            vectors=np.stack(list(vectors.values())),
            maker=np.array(_told(maker)),
        )
    temporary.replace(path)


def missing(texts: Sequence[str], known: Mapping[str, Vector]) -> list[str]:
    """Those of `texts` that have no vector yet, each once."""
    return [each for each in dict.fromkeys(texts) if key(each) not in known]


def _told(maker: Maker) -> str:
    return json.dumps([maker.model, maker.dimensions, maker.prompts])
