"""The house's own rules, held by machine: which way imports run, how long things may be, what starting up may load."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pytest

ROOT = Path(__file__).resolve().parent.parent
MAY_IMPORT = {
    "language": {"language"},
    "explorer": {"language", "explorer"},
    "properties": {"language", "properties"},
    "report": {"language", "explorer", "properties", "report"},
}
# The rooms of each folder, from the ground up: one imports what stands before it, never the reverse. "." is the folder itself.
ROOMS = {
    "language": (".", "values", "program", "histories", "loading", "packed", "soundness", "lowering", "c", "evaluation"),
    "language/loading": ("tree", "."),
    "language/lowering": ("bodies", "reading", "changing", "."),
    "language/c": ("values", "."),
    "explorer": ("contract", "reference", "native", "traces", ".", "space", "walks"),
    "properties": ("objects", "guarantees", "quorum", "induction", "histories"),
    "properties/quorum": ("arithmetic", "clusters", "strategies", "theorems", "federated"),
    "properties/induction": ("vocabulary", "proofs", "."),
    "properties/histories": ("record", "objects", "formats", "search", "guarantees", "."),
    "properties/guarantees": (".", "sessions", "durability"),
    "report/pages": ("viewer",),
    "report": (".", "scene", "pages", "terminal", "diagrams", "documents", "spaces", "histories"),
    "src/quorate/cli": (".", "protocols", "quorum", "prove"),
}
MOST_FILES = 15
HOMES_OF_Z3 = ("properties/",)
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


def modules() -> dict[str, Path]:
    """Return the package's modules by their dotted names; its doors (`quorate` itself, `__main__`, `notebook`) are none."""
    found = {}
    for path in sources():
        place = path.relative_to(ROOT / "src/quorate" if "src" in path.parts else ROOT).with_suffix("")
        if place.parts[0] in {*MAY_IMPORT, "cli"}:
            found[".".join(("quorate", *place.parts)).removesuffix(".__init__")] = path
    return found


def imports() -> list[tuple[Path, Path]]:
    """Return who imports whom, among the package's modules."""
    known = modules()
    found = []
    for path in known.values():
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.ImportFrom) and node.module:
                names = (f"{node.module}.{alias.name}" for alias in node.names)
                found += [(path, known[n if n in known else node.module]) for n in names if n in known or node.module in known]
    return [(importer, imported) for importer, imported in found if importer != imported]


def room_of(path: Path, folder: str) -> str:
    place = path.relative_to(ROOT / folder).as_posix()
    return next((room for room in ROOMS[folder] if place.startswith(f"{room}/")), ".")


@pytest.mark.parametrize("folder", ROOMS)
def test_rooms_import_one_way(folder: str) -> None:
    order = ROOMS[folder]
    inside = [(a, b) for a, b in imports() if a.is_relative_to(ROOT / folder) and b.is_relative_to(ROOT / folder)]
    assert inside or len(order) == 1
    wrong = [
        f"{shown(importer)} imports {shown(imported)}"
        for importer, imported in inside
        if order.index(room_of(importer, folder)) < order.index(room_of(imported, folder))
    ]
    assert not wrong


def test_every_room_is_listed_and_small() -> None:
    """A folder of modules is a room of the folder above it, unless that is the root; a listing fits a glance."""
    rooms = {path.parent for path in modules().values()}
    unlisted = [
        shown(room)
        for room in rooms
        if shown(room) not in {*MAY_IMPORT, "src/quorate/cli"}
        and not any(shown(room) == f"{folder}/{name}" for folder, names in ROOMS.items() for name in names)
    ]
    crowded = [shown(room) for room in rooms if len(list(room.glob("*.py"))) > MOST_FILES]
    silent = [shown(room) for room in rooms if not ast.get_docstring(parse(room / "__init__.py"))]
    assert (unlisted, crowded, silent) == ([], [], [])


def test_no_two_modules_import_each_other() -> None:
    """Not over any number of others, either, nor for types alone."""
    network = nx.DiGraph(imports())
    assert [sorted(map(shown, circle)) for circle in nx.strongly_connected_components(network) if len(circle) > 1] == []


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
