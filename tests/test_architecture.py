"""The house's own rules, held by machine: which way imports run, how long things may be, what starting up may load."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAY_IMPORT = {
    "language": {"language"},
    "explorer": {"language", "explorer"},
    "properties": {"language", "properties"},
    "report": {"language", "explorer", "report"},
}
HOMES_OF_Z3 = ("properties/", "language/to_smt.py")
LONGEST_FUNCTION, LONGEST_FILE = 40, 400


def sources() -> list[Path]:
    """Return every Python file of the package, by its place at the root (not through the links)."""
    folders = [*MAY_IMPORT, "models", "benchmarks"]
    found = [p for folder in folders for p in (ROOT / folder).rglob("*.py")]
    return sorted([*found, *(ROOT / "src/quorate").glob("*.py"), *(ROOT / "src/quorate").rglob("cli/**/*.py")])


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            names.add(node.module or "")
    return names


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_imports_run_one_way(folder: str) -> None:
    wrong = [
        f"{shown(path)} imports {name}"
        for path in (ROOT / folder).rglob("*.py")
        for name in imported(parse(path))
        if name.startswith("quorate") and name != "quorate" and name.split(".")[1] not in MAY_IMPORT[folder]
    ]
    assert not wrong


def test_models_use_the_public_names_only() -> None:
    wrong = [
        f"{shown(path)} imports {name}"
        for path in (ROOT / "models").rglob("*.py")
        for name in imported(parse(path))
        if name.split(".")[0] in {"quorate", *MAY_IMPORT} and name != "quorate"
    ]
    assert not wrong


def test_z3_stays_at_home() -> None:
    wrong = [
        shown(path)
        for path in sources()
        if any(name.split(".")[0] == "z3" for name in imported(parse(path))) and not shown(path).startswith(HOMES_OF_Z3)
    ]
    assert not wrong


def test_the_links_of_the_layout_are_there() -> None:
    for folder in (*MAY_IMPORT, "models"):
        link = ROOT / "src/quorate" / folder
        assert link.is_symlink()
        assert link.resolve() == ROOT / folder


def test_long_functions_say_why() -> None:
    """Beyond 40 lines a function says `Long because ...`, in its docstring or a comment."""
    wrong = []
    for path in sources():
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                assert node.end_lineno is not None
                length = node.end_lineno - node.lineno + 1
                if length > LONGEST_FUNCTION and "Long because" not in "\n".join(lines[node.lineno - 2 : node.end_lineno]):
                    wrong.append(f"{shown(path)}:{node.lineno} {node.name}: {length} lines")
    assert not wrong


def test_long_files_say_why() -> None:
    """Beyond 400 lines a module's docstring says `Long because ...`."""
    wrong = []
    for path in sources():
        text = path.read_text(encoding="utf-8")
        if text.count("\n") > LONGEST_FILE and "Long because" not in (ast.get_docstring(ast.parse(text)) or ""):
            wrong.append(f"{shown(path)}: {text.count(chr(10))} lines")
    assert not wrong


def test_help_imports_neither_z3_nor_networkx() -> None:
    code = (
        "import sys; from quorate.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('z3', 'networkx') if m in sys.modules], file=sys.stderr)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Usage" in run.stdout
    assert run.stderr.strip() == "[]"
