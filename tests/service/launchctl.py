"""A stand-in for macOS's `launchctl` and the launchd behind it, as far as agents need them.

It keeps loaded labels in `$LAUNCHCTL_STATE` and really starts their programs, each under a keeper
process that does what launchd does: standard streams from the plist, `KeepAlive.SuccessfulExit`,
`ThrottleInterval`, SIGTERM then SIGKILL after `ExitTimeOut`. It fails with launchd's own numbers
and words: 3 and 113 for what isn't there, 5 for what is loaded already or can't be read, 36 while
something goes, 37 for what comes meanwhile, 119 for what is disabled. A line `bootstrap 5` in the
file `faults` there has the next `bootstrap` fail with 5. `$LAUNCHCTL_SECOND` is how long its second
takes. `login` and `logout` stand for the person's.
"""

from __future__ import annotations

import json
import os
import plistlib
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

STATE = Path(os.environ["LAUNCHCTL_STATE"])
SECOND = float(os.environ.get("LAUNCHCTL_SECOND", "1"))
WORDS = {
    3: "No such process",
    5: "Input/output error",
    36: "Operation now in progress",
    37: "Operation already in progress",
    119: "Service is disabled",
}
# As `print` names the exit codes of sysexits(3) that there are here.
ENDS = {64: "USAGE", 69: "UNAVAILABLE", 70: "SOFTWARE", 73: "CANTCREAT", 74: "IOERR"}
ENDS |= {75: "TEMPFAIL", 76: "PROTOCOL", 77: "NOPERM", 78: "CONFIG"}


def job(label: str) -> Path:
    return STATE / label


def read(label: str) -> dict[str, Any]:
    return dict(json.loads((job(label) / "state").read_text()))


def write(label: str, **changed: Any) -> None:
    state = job(label) / "state"
    now = read(label) if state.exists() else {}
    made = state.with_suffix(".new")
    made.write_text(json.dumps({**now, **changed}))
    made.replace(state)


def fail(verb: str, code: int) -> int:
    sys.stderr.write(f"{verb} failed: {code}: {WORDS[code]}\n")
    return code


def fault(verb: str) -> int:
    """The next fault that was asked for; 0 for none."""
    file = STATE / "faults"
    lines = file.read_text().splitlines() if file.exists() else []
    for line in lines:
        name, code = line.split()
        if name == verb:
            lines.remove(line)
            file.write_text("".join(f"{each}\n" for each in lines))
            return int(code)
    return 0


# --- the keeper: launchd's part ------------------------------------------------------------------


def keep(label: str) -> int:
    told = plistlib.loads((job(label) / "plist").read_bytes())
    leaving: list[int] = []
    signal.signal(signal.SIGTERM, lambda *_: leaving.append(1))
    kicked: list[int] = []
    signal.signal(signal.SIGUSR1, lambda *_: kicked.append(1))
    write(label, keeper=os.getpid())
    wanted, runs, began = bool(told.get("RunAtLoad")), 0, -1e9
    while not leaving:
        if not wanted and not kicked:
            time.sleep(0.01)
            continue
        kicked.clear()
        while time.monotonic() - began < told.get("ThrottleInterval", 10) * SECOND and not leaving:
            time.sleep(0.01)
        if leaving:
            break
        began, runs = time.monotonic(), runs + 1
        code = run_once(label, told, runs, leaving)
        again = told.get("KeepAlive", False)
        wanted = code != 0 if again == {"SuccessfulExit": False} else bool(again)
    shutil.rmtree(job(label))
    return 0


def run_once(label: str, told: dict[str, Any], runs: int, leaving: list[int]) -> int:
    try:
        child = spawn(told)
    except OSError:
        write(label, pid=None, runs=runs, code=78, signal=None)  # EX_CONFIG, as launchd has it
        return 78
    write(label, pid=child.pid, runs=runs)
    deadline = None
    while child.poll() is None:
        time.sleep(0.01)
        if leaving and deadline is None:
            child.terminate()
            deadline = time.monotonic() + told.get("ExitTimeOut", 20)
        if deadline and time.monotonic() > deadline:
            child.kill()
    code = child.returncode
    write(label, pid=None, code=code if code >= 0 else None, signal=-code if code < 0 else None)
    return code


def spawn(told: dict[str, Any]) -> subprocess.Popen[bytes]:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name in ("HOME", "USER", "LOGNAME", "TMPDIR")
    }
    append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    out = os.open(told["StandardOutPath"], append, 0o600)
    err = os.open(told["StandardErrorPath"], append, 0o600)
    try:
        with Path(told.get("StandardInPath", "/dev/null")).open("rb") as stdin:
            return subprocess.Popen(
                told["ProgramArguments"],
                stdin=stdin,
                stdout=out,
                stderr=err,
                cwd=told.get("WorkingDirectory", "/"),
                umask=told.get("Umask", 0o022),
                env={
                    **environment,
                    "PATH": "/usr/bin:/bin:/usr/sbin:/sbin",
                    **told.get("EnvironmentVariables", {}),
                },
                start_new_session=True,
            )
    finally:
        os.close(out)
        os.close(err)


# --- the commands --------------------------------------------------------------------------------


def bootstrap(path: Path) -> int:
    if code := fault("bootstrap"):
        return fail("Bootstrap", code)
    try:
        told = plistlib.loads(path.read_bytes())
        label = str(told["Label"])
        assert path.stat().st_mode & 0o022 == 0, "others may write it"
        assert all(isinstance(word, str) for word in told["ProgramArguments"])
    except (OSError, ValueError, KeyError, AssertionError):
        return fail("Bootstrap", 5)
    if (STATE / f"{label}.disabled").exists():
        return fail("Bootstrap", 119)
    if job(label).exists():
        return fail("Bootstrap", 37 if read(label).get("going") else 5)
    job(label).mkdir(parents=True)
    shutil.copy(path, job(label) / "plist")
    write(label, path=str(path), program=told["ProgramArguments"], pid=None, runs=0)
    subprocess.Popen(
        [sys.executable, "-IS", __file__, "keep", label],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while job(label).exists() and "keeper" not in read(label):
        time.sleep(0.01)
    return 0


def bootout(label: str, wait_s: float = 0.2) -> int:
    if not job(label).exists():
        return fail("Boot-out", 3)
    if read(label).get("going"):
        return fail("Boot-out", 36)
    write(label, going=True)
    os.kill(read(label)["keeper"], signal.SIGTERM)
    end = time.monotonic() + wait_s
    while job(label).exists():
        if time.monotonic() > end:
            return fail("Boot-out", 36)
        time.sleep(0.01)
    return 0


def show(domain: str, label: str) -> int:
    if not job(label).exists():
        sys.stderr.write(f'Bad request.\nCould not find service "{label}" in domain: {domain}\n')
        return 113
    state = read(label)
    lines = [
        "active count = 1",
        f"path = {state['path']}",
        "type = LaunchAgent",
        f"state = {'running' if state['pid'] else 'not running'}",
        "",
        f"program = {state['program'][0]}",
        "arguments = {",
        *(f"\t{word}" for word in state["program"]),
        "}",
        "",
        f"runs = {state['runs']}",
    ]
    if state["pid"]:
        lines.append(f"pid = {state['pid']}")
    if state.get("signal"):
        lines.append(f"last terminating signal = Killed: {state['signal']}")
    elif state.get("code") is None:
        lines.append("last exit code = (never exited)")
    else:
        code = state["code"]
        lines.append(f"last exit code = {code}" + (f": EX_{ENDS[code]}" if code in ENDS else ""))
    sys.stdout.write(f"{domain}/{label} = {{\n" + "".join(f"\t{x}\n" for x in lines) + "}\n")
    return 0


def kickstart(label: str) -> int:
    if not job(label).exists():
        sys.stderr.write(f'Could not find service "{label}"\n')
        return 113
    if read(label)["pid"] is None:
        os.kill(read(label)["keeper"], signal.SIGUSR1)
    return 0


def main(words: list[str]) -> int:
    STATE.mkdir(parents=True, exist_ok=True)
    verb, *rest = words
    domain, _, label = rest[-1].rpartition("/") if rest else ("", "", "")
    match verb:
        case "keep":
            return keep(rest[0])
        case "bootstrap":
            return bootstrap(Path(rest[1]))
        case "bootout":
            return bootout(label)
        case "kickstart":
            return kickstart(label)
        case "print" if rest[0].count("/") == 1:
            return 0
        case "print":
            return show(domain, label)
        case "enable":
            (STATE / f"{label}.disabled").unlink(missing_ok=True)
        case "disable":
            (STATE / f"{label}.disabled").touch()
        case "login":
            agents = Path("~/Library/LaunchAgents").expanduser()
            return max((bootstrap(path) for path in agents.glob("*.plist")), default=0)
        case "logout":
            for state in STATE.glob("*/state"):
                bootout(state.parent.name, 60)
        case _:
            sys.stderr.write(f"Unrecognized subcommand: {verb}\n")
            return 64
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
