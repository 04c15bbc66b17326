"""`mlx_lm.server` as it comes, given the BLAS that our server loads for itself.

    python -m scripts.benches.peer_server CACHE ARGUMENTS-OF-MLX-LM-SERVER …
    python -m scripts.benches.peer_server CACHE --widen FROM TO

The second form writes a model's weights in float32, as our server computes them on Linux, so that
both servers can be given the very same files.
"""

from __future__ import annotations

import sys
from pathlib import Path

from wooster.servers import blas


def widen(source: str, target: Path) -> None:
    from mlx_lm.convert import convert

    convert(source, str(target), dequantize=True, dtype="float32")
    # Advice that only our server follows (a penalty on repetition) would be work for one side.
    (target / "generation_config.json").unlink(missing_ok=True)


def main() -> None:
    sys.stderr.write(f"peer's blas: {blas.load(Path(sys.argv.pop(1)))}\n")
    if sys.argv[1] == "--widen":
        widen(sys.argv[2], Path(sys.argv[3]))
        return
    from mlx_lm.server import main as serve

    serve()


if __name__ == "__main__":
    main()
