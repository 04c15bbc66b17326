"""Gives MLX a fast BLAS on Linux, where its CPU wheel is linked against the slow reference one.

The dynamic linker takes the first definition of a symbol that was loaded globally, so a fast
library loaded before `mlx.core` wins over MLX's own. It knows linkers; it never imports mlx.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

# What libmlx.so of the CPU wheel leaves undefined (nm -D --undefined-only), of BLAS and LAPACK.
SYMBOLS = (
    *(f"cblas_{kind}gemm" for kind in "sdc"),
    *(f"{kind}{name}_" for kind in "sdc" for name in ("geev", "gesdd")),
    *(f"{kind}{name}_" for kind in "sd" for name in ("geqrf", "getrf", "getri", "orgqr", "potrf")),
    *(f"{kind}{name}_" for kind in "sd" for name in ("syevd", "trtri")),
    "cheevd_",
)
_PREFIX = "scipy_"  # of every symbol in the wheel scipy-openblas32
_JUMPS = {"x86_64": "jmp {}@PLT", "aarch64": "b {}"}
_ADVICE = "install libopenblas0 (as root), or scipy-openblas32 here and a C compiler"


@dataclass(frozen=True, slots=True)
class Blas:
    """The BLAS that MLX will use; `slow_because` is empty for a fast one."""

    name: str
    slow_because: str = ""

    def __str__(self) -> str:
        if not self.slow_because:
            return self.name
        return f"slow: {self.slow_because}; {_ADVICE}"


class _Unusable(Exception):
    """This way of getting a fast BLAS doesn't work here; says why."""


def load(cache: Path) -> Blas:
    """Load the fastest BLAS there is; to be called before anything imports `mlx.core`.

    `cache` is a folder that keeps the compiled forwarding library between starts.
    """
    if sys.platform != "linux":
        return Blas("the system's")
    if "mlx.core" in sys.modules:
        return Blas("reference", "mlx was imported before a fast BLAS could be loaded")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", str(_threads()))
    try:
        ctypes.CDLL("libopenblas.so.0", mode=ctypes.RTLD_GLOBAL)
        return Blas("openblas")
    except OSError:
        pass  # not installed: the wheel is next
    try:
        _load_wheel(cache)
    except _Unusable as reason:
        return Blas("reference", str(reason))
    return Blas("scipy-openblas32")


def _threads() -> int:
    """Half the cores, so that no thread of a product waits for a core.

    All threads of a product wait for the slowest, and a product here takes well under a
    millisecond. Measured on two cores: at a load of 4, two threads read 7 to 15 and wrote 0.5
    tokens a second, one thread 120 to 150 and 7 to 8; at a load below 2, two read 38 to 172 and
    wrote 9 to 10, one 130 and 8 to 9. The environment's OPENBLAS_NUM_THREADS overrides it.
    """
    return max(1, len(os.sched_getaffinity(0)) // 2)


def _load_wheel(cache: Path) -> None:
    spec = importlib.util.find_spec("scipy_openblas32")
    if spec is None or spec.origin is None:
        raise _Unusable("there is no OpenBLAS on this machine")
    try:
        found = Path(spec.origin).parent / "lib" / "libscipy_openblas.so"
        library = ctypes.CDLL(str(found), mode=ctypes.RTLD_GLOBAL)
    except OSError as error:
        raise _Unusable(f"scipy-openblas32 can't be loaded ({error})") from error
    source = _forwarder([name for name in SYMBOLS if hasattr(library, _PREFIX + name)])
    digest = hashlib.sha256(source.encode()).hexdigest()[:12]
    compiled = cache / f"blas-{platform.machine()}-{digest}.so"
    if not compiled.exists():
        _compile(source, compiled)
    try:
        ctypes.CDLL(str(compiled), mode=ctypes.RTLD_GLOBAL)
    except OSError as error:
        compiled.unlink(missing_ok=True)  # damaged, or from another system: the next start rebuilds
        raise _Unusable(f"the forwarding library {compiled} can't be loaded ({error})") from error


def _forwarder(names: list[str]) -> str:
    """C source in which each name jumps to its prefixed twin, arguments and stack untouched."""
    jump = _JUMPS.get(platform.machine())
    if jump is None:
        raise _Unusable(f"no forwarding library is known for {platform.machine()}")
    lines = [
        f'__asm__(".globl {name}\\n.type {name},@function\\n{name}: {target}\\n");'
        for name in names
        for target in (jump.format(_PREFIX + name),)
    ]
    # Without the note, linkers mark a library with inline assembly as needing an executable stack.
    return "\n".join([*lines, '__asm__(".section .note.GNU-stack,\\"\\",%progbits\\n");', ""])


def _compile(source: str, target: Path) -> None:
    """Compile into a file of our own, then rename: two servers may start at the same moment."""
    compiler = next(filter(None, map(shutil.which, ("cc", "gcc", "clang", "c++", "g++"))), None)
    if compiler is None:
        raise _Unusable("there is no C compiler to put scipy-openblas32 to use")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(suffix=".so", dir=target.parent)
        os.close(handle)
    except OSError as error:
        raise _Unusable(f"{target.parent} can't be written ({error.strerror})") from error
    command = [compiler, "-shared", "-fPIC", "-x", "c", "-", "-o", name]
    try:
        subprocess.run(command, input=source, text=True, check=True, capture_output=True)
        Path(name).chmod(0o600)  # linkers make it anew, for everybody
        Path(name).replace(target)
    except (subprocess.CalledProcessError, OSError) as error:
        Path(name).unlink(missing_ok=True)
        told = getattr(error, "stderr", "") or str(error)
        raise _Unusable(f"{compiler} failed: {told.strip().splitlines()[-1]}") from error
