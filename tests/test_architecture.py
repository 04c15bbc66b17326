"""The shape of the code: what a linter can't hold. Prints the worst of each kind.

An exemption is a line in `EXEMPT` with its reason.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "src" / "wooster").rglob("*.py"))

MODULE_LINES = 400
FUNCTION_LINES = 60
PUBLIC_METHODS = 15

# file or file:name -> reason
EXEMPT: dict[str, str] = {}

# The three places where a blind `except Exception` is legal (design.md, rule 8), and the same kind
# of boundary in a model server's process.
BLIND_EXCEPTS = {
    "actions/sentences/recogniser.py": "a reading that fails costs nobody their message",
    "models/watch.py": "the runner of a server's process",
    "daemon/work.py": "the runner of actions that take long",
    "assistant/service.py": "the turn's boundary",
    "assistant/calling.py": "the tool runner",
    "schedule/engine.py": "the job runner: a job or a channel that breaks is tried again, alone",
    "memory/distilling/service.py": "the runner of distillations: one conversation fails alone",
    "briefing/service.py": "a source that breaks is one line, and the briefing goes out on time",
    "servers/worker.py": "the engine's thread: what ends it is told by /health",
    "servers/generation.py": "a model that fails to load again ends the requests that wait for it",
    "servers/desk.py": "whatever a model's code raises ends its answers, not the server",
    "servers/singles.py": "a sequence that takes turns fails alone",
    "servers/sequences.py": "a request's own rules that fail end that request alone",
    "servers/embedding.py": "whatever a model's code raises ends its request, not the server",
}

FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager", "misc"}
WALL_CLOCK = re.compile(r"\b(datetime\.now|date\.today|datetime\.utcnow|time\.time)\(")


def name(path: Path) -> str:
    return path.relative_to(ROOT / "src" / "wooster").as_posix()


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in SOURCES:
        yield name(path), ast.parse(path.read_text("utf-8"))


def worst(kind: str, sizes: dict[str, int], limit: int) -> None:
    """Print the largest, and fail where one is over the limit without a reason."""
    ranked = sorted(sizes.items(), key=lambda item: -item[1])
    sys.stdout.write(f"{kind}: " + ", ".join(f"{n} {size}" for n, size in ranked[:3]) + "\n")
    over = [f"{n}: {size}" for n, size in ranked if size > limit and n not in EXEMPT]
    assert not over, f"{kind} over {limit}; find the second idea: {over}"


def test_no_module_is_long() -> None:
    """A module near 400 lines hides a second idea."""
    worst("lines", {name(p): len(p.read_text("utf-8").splitlines()) for p in SOURCES}, MODULE_LINES)


def test_no_function_is_long() -> None:
    """A function is read at a glance."""
    sizes = {
        f"{file}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for file, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    worst("function lines", sizes, FUNCTION_LINES)


def test_no_class_does_everything() -> None:
    """A class with many public methods is several."""
    sizes = {
        f"{file}:{node.name}": sum(
            isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)
            and not part.name.startswith("_")
            for part in node.body
        )
        for file, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    worst("public methods", sizes, PUBLIC_METHODS)


def test_every_module_says_what_it_is_for() -> None:
    """A docstring on top of each module that isn't empty."""
    silent = [file for file, tree in trees() if tree.body and not ast.get_docstring(tree)]
    assert silent == []


def test_nothing_has_a_name_without_meaning() -> None:
    """No utils, helpers, common or manager."""
    assert [name(p) for p in SOURCES if FORBIDDEN_NAMES & set(p.with_suffix("").parts)] == []


def test_blind_excepts_stand_at_boundaries_only() -> None:
    """`except Exception` where the design allows it, and nowhere else."""
    found = {
        file
        for file, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        if node.type is None or ast.unparse(node.type) in ("Exception", "BaseException")
        # A rollback or a clean-up that raises again hides nothing.
        if not isinstance(node.body[-1], ast.Raise)
    }
    assert found <= set(BLIND_EXCEPTS)


def test_only_the_clock_reads_the_time() -> None:
    """Everything else is handed a clock, so that a test can set it."""
    readers = [name(p) for p in SOURCES if WALL_CLOCK.search(p.read_text("utf-8"))]
    assert readers == ["core/clock.py"]


def test_only_the_servers_import_mlx() -> None:
    """The daemon stays small because no model library ever enters it."""
    importers = {
        file.split("/")[0]
        for file, tree in trees()
        for node in ast.walk(tree)
        for module in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
        if module.split(".")[0] in ("mlx", "mlx_lm", "mlx_embeddings", "transformers")
    }
    assert importers <= {"servers"}


def test_no_prompt_stands_in_code_and_each_declares_its_variables() -> None:
    """Every file of prompts/ begins with a header, and uses just what it declares."""
    for path in sorted((ROOT / "prompts").glob("*.txt")):
        lines = path.read_text("utf-8").splitlines()
        header = [line for line in lines if line.startswith("#:")]
        body = "\n".join(line for line in lines if not line.startswith("#:"))
        assert header, f"{path.name} declares nothing"
        declared = {match[1] for line in header if (match := re.match(r"#: (\w+)  ", line))}
        assert set(re.findall(r"\{(\w+)\}", body)) == declared, path.name


def test_nothing_of_this_machine_or_its_registry_is_committed() -> None:
    """No absolute path, no registry host, no link in the constraints."""
    constraints = (ROOT / "constraints.txt").read_text("utf-8")
    assert "://" not in constraints
    assert " @ " not in constraints
    hosts = re.compile(r"(pypi\.org|pythonhosted|/work/|/root/|/home/\w+/)")
    for path in [*SOURCES, *(ROOT / "scripts").rglob("*"), *(ROOT / "config").iterdir()]:
        if path.is_file() and path.suffix not in (".pyc",):
            assert not hosts.search(path.read_text("utf-8")), path


def test_every_table_and_column_is_described() -> None:
    """database/README.md has a section for each table of the migrations, with its columns."""
    import sqlite3

    from wooster.storage.migrations import known, statements

    described = (ROOT / "database" / "README.md").read_text("utf-8")
    with sqlite3.connect(":memory:") as connection:
        for file in known().values():
            for statement in statements(file.read_text("utf-8")):
                connection.execute(statement)
        made = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        rows = [(n, sql) for n, sql in made if sql and not n.startswith("sqlite_")]
        # A full-text index keeps its own in tables named after it.
        kept = tuple(f"{n}_" for n, sql in rows if sql.startswith("CREATE VIRTUAL TABLE"))
        tables = [n for n, _ in rows if not n.startswith(kept)]
        for table in tables:
            section = re.search(rf"^## {table}\n(.*?)(?=^## |\Z)", described, re.M | re.S)
            assert section, f"table {table} is not described"
            for column in connection.execute(f"PRAGMA table_info({table})"):
                assert f"`{column[1]}`" in section[1], f"{table}.{column[1]} is not described"
    connection.close()
