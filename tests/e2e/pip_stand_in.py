"""A stand-in for pip, which would fetch hundreds of megabytes: it becomes `pip/__main__.py` of a
virtual environment.

It installs the folder that it is told to, with the packages of `$STAND_IN_PACKAGES` as what that
folder needs, and downloads the wheels of `$STAND_IN_WHEELS`. What it does is a line in
`$STAND_IN_LOG`. At the step that `$BREAKS_AT` names the machine goes off: everything is killed.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path


def step(name: str) -> None:
    with Path(os.environ["STAND_IN_LOG"]).open("a") as log:
        log.write(f"{name}\n")
    if os.environ.get("BREAKS_AT") == name:
        os.killpg(0, signal.SIGKILL)


def install() -> None:
    assert any(each.startswith(".[mlx") for each in sys.argv), sys.argv
    assert Path(sys.argv[sys.argv.index("--constraint") + 1]).is_file()
    step("install")
    (site,) = Path(sys.prefix).glob("lib/python*/site-packages")
    (site / "what-it-needs.pth").write_text(f"{os.environ['STAND_IN_PACKAGES']}\n")
    step("half installed")
    (site / "wooster.pth").write_text(f"{Path('src').absolute()}\n")
    script = Path(sys.prefix, "bin", "wooster")
    script.write_text(
        f"#!{sys.executable}\nfrom wooster.cli import main\nraise SystemExit(main())\n"
    )
    script.chmod(0o755)
    step("installed")


def download() -> None:
    name, _, version = sys.argv[-1].partition("==")
    wheel = Path(os.environ["STAND_IN_WHEELS"], f"{name}.whl").read_bytes()
    target = Path(sys.argv[sys.argv.index("--dest") + 1], f"{name}-{version}.whl")
    target.write_bytes(wheel[: len(wheel) // 2])
    step(f"half of {name}")
    target.write_bytes(wheel)
    step(name)


if sys.argv[1] == "--version":
    sys.stdout.write("pip, a stand-in\n")
else:
    {"install": install, "download": download}[sys.argv[1]]()
