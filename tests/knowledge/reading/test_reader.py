"""Reading in a child process: whatever happens to it concerns one file."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil
import pytest

from tests.knowledge.reading import files
from wooster.core.errors import Busy
from wooster.knowledge.model import UnreadableFile
from wooster.knowledge.reader import Limits, Reader
from wooster.knowledge.reading import child, formats


@pytest.fixture
async def reader() -> AsyncIterator[Reader]:
    opened = Reader()
    yield opened
    await opened.close()


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "note.md"
    path.write_text("# Boats\n\nText with [[Sails]] and #tag.\n")
    return path


@pytest.fixture
def long(tmp_path: Path) -> Path:
    """A file that takes long enough to be interrupted: it is read in seconds."""
    path = tmp_path / "long.txt"
    path.write_text("A sentence, and 1 more. " * 500_000)
    return path


def children() -> list[psutil.Process]:
    """The children that read, of this process."""
    found = []
    for each in psutil.Process().children():
        try:
            if "wooster.knowledge.reading.child" in each.cmdline():
                found.append(each)
        except psutil.Error:
            pass  # gone meanwhile
    return found


async def until(happened: Callable[[], bool]) -> None:
    """Poll on the loop; the test's own time-out ends it."""
    while not await asyncio.to_thread(happened):
        await asyncio.sleep(0.005)


async def fails(reader: Reader, path: Path) -> str:
    with pytest.raises(UnreadableFile) as caught:
        await reader.read(path)
    return str(caught.value)


async def test_it_reads_what_the_formats_read(reader: Reader, note: Path, tmp_path: Path) -> None:
    """The same values as without a process between, mailboxes included."""
    mailbox = tmp_path / "a.mbox"
    mailbox.write_bytes(files.mbox([files.mail("One", "ä"), files.mail("Two", "東京")]))
    for path in (note, mailbox):
        data = path.read_bytes()
        assert await reader.read(path) == formats.read(path, data)


async def test_one_child_reads_many_files_and_is_replaced_after_so_many(note: Path) -> None:
    """A process for each file would be slow, one for ever would grow."""
    reader = Reader(Limits(files_a_child=3))
    seen = []
    for _ in range(5):
        await reader.read(note)
        seen += [each.pid for each in children()]
    await reader.close()
    assert 2 <= len(set(seen)) <= 3


async def test_an_idle_child_is_ended(note: Path) -> None:
    """A daemon at rest has no child; the next file gets a new one."""
    reader = Reader(Limits(idle_s=0.01))
    for _ in range(2):
        assert await reader.read(note)
        await until(lambda: not children())
    await reader.close()


async def test_close_ends_every_child(note: Path) -> None:
    """And what is read after it is told so."""
    reader = Reader(workers=2)
    await asyncio.gather(*(reader.read(note) for _ in range(4)))
    assert 1 <= len(children()) <= 2
    await reader.close()
    await reader.close()
    assert children() == []
    with pytest.raises(Busy):
        await reader.read(note)


async def test_close_ends_what_is_being_read(long: Path) -> None:
    """It isn't the file's fault, and isn't told as if it were."""
    reader = Reader()
    async with asyncio.TaskGroup() as group:
        reading = group.create_task(_outcome(reader, long))
        waiting = group.create_task(_outcome(reader, long))
        await until(lambda: bool(children()))
        await reader.close()
    assert [type(one) for one in (reading.result(), waiting.result())] == [Busy, Busy]


async def _outcome(reader: Reader, path: Path) -> object:
    try:
        return await reader.read(path)
    except (UnreadableFile, Busy, FileNotFoundError) as error:
        return error


async def test_a_child_that_is_killed_costs_one_file(
    reader: Reader, long: Path, note: Path
) -> None:
    """kill -9 in the middle: that file is unreadable, the next is read."""
    async with asyncio.TaskGroup() as group:
        reading = group.create_task(_outcome(reader, long))
        await until(lambda: any(each.cpu_times().user > 0.2 for each in children()))
        for each in children():
            each.kill()
    assert str(reading.result()) == "its reader crashed (exit code -9)"
    assert len(await reader.read(note)) == 1


async def test_what_killed_a_resting_child_is_no_files_fault(reader: Reader, note: Path) -> None:
    """It died between two files: the second is read by another."""
    await reader.read(note)
    (resting,) = children()
    resting.kill()
    assert len(await reader.read(note)) == 1


async def test_a_file_that_takes_too_long_is_given_up(note: Path) -> None:
    """A child that stopped is ended, and the next file is read."""
    reader = Reader(Limits(timeout_s=4))
    await reader.read(note)
    (resting,) = children()
    resting.send_signal(signal.SIGSTOP)
    assert await fails(reader, note) == "reading it took more than 4 s"
    assert len(await reader.read(note)) == 1
    await until(lambda: not resting.is_running() or resting.status() == "zombie")
    await reader.close()


async def test_a_file_that_takes_too_much_memory_is_given_up(long: Path) -> None:
    """And is named as such."""
    if sys.platform != "linux":
        pytest.skip("macOS has no limit of a process's memory")
    reader = Reader(Limits(memory_bytes=64 << 20))
    assert await fails(reader, long) == "it takes more than 64 MB of memory to read"
    await asyncio.to_thread(long.write_text, "Shorter.")
    assert len(await reader.read(long)) == 1
    await reader.close()


async def test_a_cancelled_read_leaves_nothing_behind(
    reader: Reader, long: Path, note: Path
) -> None:
    """No half answer that the next file would get, no child that goes on."""
    for _ in range(3):
        reading = asyncio.gather(reader.read(long))
        await until(lambda: bool(children()))
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        (document,) = await reader.read(note)
        assert document.title == "Boats"


async def test_files_are_read_two_at_a_time_at_most(note: Path) -> None:
    """As many children as workers, however many files wait."""
    reader = Reader(workers=2)
    documents = await asyncio.gather(*(reader.read(note) for _ in range(20)))
    assert len(children()) <= 2
    assert len(documents) == 20
    await reader.close()


async def test_what_is_not_there_or_no_file_is_told(reader: Reader, tmp_path: Path) -> None:
    """Gone files, folders, pipes, devices: without waiting for a writer."""
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "folder.md").mkdir()
    (tmp_path / "loop.md").symlink_to(tmp_path / "loop.md")
    (tmp_path / "empty.md").touch()
    for missing in (tmp_path / "gone.md", tmp_path / "empty.md" / "below.md"):
        with pytest.raises(FileNotFoundError):
            await reader.read(missing)
    assert await fails(reader, tmp_path / "pipe.md") == "it is no regular file"
    assert await fails(reader, Path("/dev/zero")) == "it is no regular file"
    assert await fails(reader, tmp_path / "folder.md") == "it is a folder"
    assert "symbolic links" in await fails(reader, tmp_path / "loop.md")


async def test_a_file_that_is_too_large_is_not_read(note: Path) -> None:
    """Its size is looked at before."""
    reader = Reader(Limits(max_bytes=10))
    assert "no more than 0.0 MB" in await fails(reader, note)
    await reader.close()


def test_a_file_that_may_not_be_read_is_told(note: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may read all, so that the system's answer is given here."""

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(UnreadableFile, match="you have no right to read it"):
        child.data_of(note, 100)


async def test_a_name_of_any_bytes_is_found(reader: Reader, tmp_path: Path) -> None:
    """Line ends, and bytes that are no UTF-8."""
    for name in (b"two\nlines.md", b"gr\xf6sse.md"):
        path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
        path.write_text("Text.")
        assert len(await reader.read(path)) == 1


async def test_no_python_to_start_is_no_missing_file(
    reader: Reader, note: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A library that took it for one would forget its documents."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(Busy, match="/nowhere/python doesn't start"):
        await reader.read(note)


def test_a_child_ends_with_its_parent(note: Path) -> None:
    """When stdin ends, which it does however the parent ended."""
    command = [sys.executable, "-m", "wooster.knowledge.reading.child", str(1 << 31), "60", ""]
    ended = subprocess.run(command, input=b"", capture_output=True, timeout=60, check=True)
    assert ended.stderr == b""


def test_a_child_that_has_read_nothing_has_loaded_no_parser() -> None:
    """It must start fast: each parser is imported for the first file that needs it."""
    program = (
        "import sys, wooster.knowledge.reading.child\n"
        "parsers = {'markdown_it', 'yaml', 'pypdfium2', 'mammoth', 'selectolax', 'email'}\n"
        "assert not parsers & set(sys.modules), parsers & set(sys.modules)\n"
        "assert not {'asyncio', 'pydantic', 'numpy', 'socket'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def whole() -> dict[str, bytes]:
    """An intact file of each format, by its suffix."""
    return {
        ".pdf": files.pdf([files.PARAGRAPH]),
        ".docx": files.docx(),
        ".epub": files.epub([f"<h1>One</h1><p>{files.PARAGRAPH}"]),
        ".eml": bytes(files.mail("Hi", "text")),
        ".mbox": files.mbox([files.mail("Hi", "text")]),
        ".html": b"<h1>A</h1><table><tr><td>b</table>",
        ".md": b"---\ntitle: a\n---\n# A\n\n[[b]] #c\n",
        ".csv": b'a,b\n"c",d\n',
        ".txt": "Größe".encode(),
    }


def damaged(draw: random.Random, whole: dict[str, bytes]) -> tuple[str, bytes]:
    """A file's suffix and bytes: cut off, with bytes changed, or noise under a good name."""
    suffix = draw.choice(sorted(whole))
    data = bytearray(whole[suffix])
    kind = draw.randrange(4)
    if kind == 0:
        data = data[: draw.randrange(len(data))]
    elif kind == 1:
        for _ in range(draw.randint(1, 30)):
            data[draw.randrange(len(data))] = draw.randrange(256)
    elif kind == 2:
        at = draw.randrange(len(data))
        data[at:at] = draw.randbytes(draw.randint(1, 200))
    else:
        data = bytearray(draw.randbytes(draw.randint(1, 2000)))
    return suffix, bytes(data)


async def test_a_damaged_file_is_read_or_unreadable(reader: Reader, tmp_path: Path) -> None:
    """Five hundred of all formats, and never another error."""
    draw, intact = random.Random(1), whole()
    outcomes = []
    for number in range(500):
        suffix, data = damaged(draw, intact)
        path = tmp_path / f"{number}{suffix}"
        path.write_bytes(data)
        outcomes.append(await _outcome(reader, path))
    assert not [one for one in outcomes if isinstance(one, Busy | FileNotFoundError)]
    failed = [str(one) for one in outcomes if isinstance(one, UnreadableFile)]
    assert 0 < len(failed) < 500
    sys.stdout.write("\n".join(sorted(set(failed))))
