"""What the documents promise about the code, asked of the code."""

import ast
import importlib
import importlib.util
import pkgutil
import re
import string
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

import aimas

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "aimas"
MODULES = sorted(SOURCE.rglob("*.py"))
PACKAGES = sorted(p for p in SOURCE.rglob("__init__.py") if p.parent != SOURCE)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_imports_point_down() -> None:
    linter = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    ran = subprocess.run(linter, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize("path", PACKAGES, ids=named)
def test_a_package_says_in_one_sentence_what_belongs_there(path: Path) -> None:
    told = ast.get_docstring(ast.parse(path.read_text("utf-8")))
    assert told, "no sentence"
    first = " ".join(told.split("\n\n")[0].split())
    assert first.endswith((".", "?"))
    assert not re.search(r"[.?!] [A-Z]", first), "more than one sentence"


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


@pytest.mark.parametrize("folder", ["bench", "docs"])
def test_no_program_run_by_its_path_hides_a_standard_module(folder: str) -> None:
    """`python bench/peers.py` finds `bench/html.py` where a library asks for `html`."""
    names = {path.stem for path in (ROOT / folder).glob("*.py")}
    assert names.isdisjoint(sys.stdlib_module_names)


CATCHERS = ("engines/", "station.py", "sources/gather.py")
"""Engines and what acts as one: the gatherer is the engine of its readers."""


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_exceptions_are_caught_by_name(path: Path) -> None:
    inside = str(path.relative_to(SOURCE))
    if inside.startswith(CATCHERS):
        return
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"line {node.lineno}: a bare except"
            caught = ast.unparse(node.type)
            raises_on = any(isinstance(n, ast.Raise) and n.exc is None for n in ast.walk(node))
            assert caught not in ("Exception", "BaseException") or raises_on, f"line {node.lineno}: {caught}"


CLIENTS = re.compile(
    r"^\s*(?:import|from)\s+(httpx|httpcore|requests|aiohttp|urllib3|urllib\.request|http\.client)\b", re.M
)


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_one_guarded_client_makes_every_outgoing_call(path: Path) -> None:
    if str(path.relative_to(SOURCE)) not in ("sources/http.py", "sources/network.py"):
        assert not CLIENTS.search(path.read_text("utf-8"))


def test_every_module_can_be_imported() -> None:
    missing = [
        m.name
        for m in pkgutil.walk_packages(aimas.__path__, "aimas.")
        if not importlib.util.find_spec(m.name)
    ]
    assert missing == []


@pytest.mark.parametrize("path", sorted((ROOT / "bench").glob("*.py")), ids=named)
def test_every_bench_can_be_begun(path: Path) -> None:
    """What `make bench` calls is called nowhere else."""
    importlib.import_module(f"bench.{path.stem}")


def test_the_reference_is_fresh() -> None:
    assert (ROOT / "docs" / "reference.md").read_text("utf-8") == generator().reference(), (
        "run: .venv/bin/python docs/generate.py"
    )


def test_every_setting_and_reason_has_a_meaning() -> None:
    from aimas.core import DropReason, HoldReason
    from aimas.ledger import Breach, EntryKind
    from aimas.settings import Settings

    made = generator()
    for kind in (DropReason, HoldReason, Breach, EntryKind):
        told = made.meanings(kind)
        assert set(told) == {m.value for m in kind}
        assert [v for v, text in told.items() if not text] == []
    assert [n for n, f in Settings.model_fields.items() if not f.description] == []


def texts(language: str) -> dict[str, object]:
    return tomllib.loads((SOURCE / "web" / "texts" / f"{language}.toml").read_text("utf-8"))


def flat(table: dict[str, object], before: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            found |= flat(value, f"{before}{key}.")
        else:
            found[before + key] = str(value)
    return found


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", ["kk", "en"])
def test_the_interface_says_the_same_in_every_language(language: str) -> None:
    ours, theirs = flat(texts("ru")), flat(texts(language))
    assert set(ours) ^ set(theirs) == set()
    assert [k for k in ours if placeholders(ours[k]) != placeholders(theirs[k])] == []
    assert [k for k, v in theirs.items() if not v.strip()] == []


def pinned(path: Path) -> set[str]:
    lines = (line.partition("#")[0].strip() for line in path.read_text("utf-8").splitlines())
    return {line for line in lines if line}


def test_the_runtime_requirements_are_the_projects_dependencies() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert pinned(ROOT / "requirements" / "runtime.in") == set(project["project"]["dependencies"])


def test_every_direct_dependency_is_locked_with_hashes() -> None:
    lock = (ROOT / "requirements" / "runtime.lock").read_text("utf-8")
    for name in pinned(ROOT / "requirements" / "runtime.in"):
        found = re.search(rf"^{re.escape(name)}==\S+.*\\\n\s+--hash=sha256:", lock, re.M | re.I)
        assert found, f"{name} is not in runtime.lock"


HOSTS = re.compile(
    "|".join(("py" + r"pi\.org", "python" + "hosted", r"registry\.npm" + "js", r"npm" + r"js\.(?:org|com)"))
)


def test_no_file_names_a_registry() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a checkout")
    guilty = []
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if (
            path.is_file()
            and path.stat().st_size < 5_000_000
            and HOSTS.search(path.read_bytes().decode("utf-8", "ignore"))
        ):
            guilty.append(name)
    assert guilty == []
