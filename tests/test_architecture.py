"""Rules that hold for the whole program, read from its text: who imports whom, and what only one place may do."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import engine

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("engine", "exports", "web")
MIGRATIONS = "engine/database/migrations/"


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the product, by its path from the root."""
    files = [file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))]
    return {file.relative_to(ROOT).as_posix(): ast.parse(file.read_text()) for file in files}


def imported(tree: ast.Module) -> Iterator[str]:
    """The full names of what a module imports, inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def importers(*libraries: str) -> set[str]:
    """The modules that import any of these, or anything in them."""
    return {
        path
        for path, tree in modules().items()
        if any(name == library or name.startswith(f"{library}.") for name in imported(tree) for library in libraries)
    }


def calls(tree: ast.Module) -> Iterator[str]:
    """What is called, as it is written: `datetime.now`, `connection.commit` ..."""
    return (ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call))


def test_the_engine_is_ours() -> None:
    assert engine.__file__ is not None
    assert Path(engine.__file__).is_relative_to(ROOT)


@pytest.mark.parametrize(
    ("package", "may_not_know"), [("engine", ("exports", "web")), ("exports", ("web",)), ("processes", PACKAGES)]
)
def test_imports_point_one_way(package: str, may_not_know: tuple[str, ...]) -> None:
    assert [path for path in importers(*may_not_know) if path.startswith(f"{package}/")] == []


def test_process_packs_are_data() -> None:
    assert list((ROOT / "processes").rglob("*.py")) == []


@pytest.mark.parametrize(
    ("library", "door"),
    [
        (("SpiffWorkflow",), "engine/bpmn/"),
        (("simpleeval",), "engine/bpmn/expressions.py"),
        (("openpyxl",), "exports/workbook"),
        (("docx",), "exports/document/"),
        (("apscheduler",), "engine/worker.py"),
        (("alembic",), "engine/database/"),
        (("holidays",), "engine/bpmn/moments.py"),
        (("argon2",), "engine/people.py"),
        (("flask", "flask_login", "flask_wtf", "flask_babel", "werkzeug", "jinja2"), "web/"),
    ],
    ids=lambda given: given[0] if isinstance(given, tuple) else "",
)
def test_a_library_enters_by_one_door(library: tuple[str, ...], door: str) -> None:
    assert [path for path in sorted(importers(*library)) if not path.startswith(door)] == []


def test_what_leaves_the_engines_door_is_ours() -> None:
    # Modules of engine.bpmn hand out their own values; those that must see SpiffWorkflow's are its inner rooms.
    inner = {path for path in importers("SpiffWorkflow") if path.startswith("engine/bpmn/")}
    assert not [path for path in inner if path.startswith("engine/bpmn/profile/")]


CLOCKS = re.compile(r"(^|\.)(datetime|date)\.(now|utcnow|today)$|^time\.time$")


def test_the_clock_is_read_in_one_place() -> None:
    readers = {path for path, tree in modules().items() if any(CLOCKS.search(call) for call in calls(tree))}
    assert readers == {"engine/clock.py"}


EDGES = ("web/", "engine/worker.py")


def test_only_edges_ask_what_time_it_is() -> None:
    askers = importers("engine.clock.utc_now")
    assert [path for path in sorted(askers) if not path.startswith(EDGES)] == []


def test_only_the_database_commits() -> None:
    endings = (".commit", ".rollback")
    committers = {path for path, tree in modules().items() if any(call.endswith(endings) for call in calls(tree))}
    assert committers <= {"engine/database/connection.py"}


COMMAND_WRITERS = ("engine/commands/", "engine/registers/", "engine/queries/", "engine/bpmn/", "exports/")


def test_no_command_and_no_query_opens_a_transaction() -> None:
    openers = {
        path
        for path, tree in modules().items()
        if path.startswith(COMMAND_WRITERS)
        and any(re.search(r"database\.(write|read|run)$", call) for call in calls(tree))
    }
    # It moves many instances, each in a transaction of its own, so that one that cannot move stops no other.
    assert openers <= {"engine/commands/migration.py"}


def test_environment_variables_are_read_at_the_edge() -> None:
    readers = {
        path
        for path, tree in modules().items()
        if any(ast.unparse(node) == "os.environ" for node in ast.walk(tree) if isinstance(node, ast.Attribute))
        or any(call == "os.getenv" for call in calls(tree))
    }
    assert [path for path in sorted(readers) if not path.startswith("web/")] == []


def test_nothing_is_evaluated_as_python() -> None:
    evaluators = {path for path, tree in modules().items() if {"eval", "exec", "compile"} & set(calls(tree))}
    assert evaluators == set()


def test_xml_is_read_by_parsers_that_are_told_what_they_may_not_do() -> None:
    parsers = [
        f"{path}: {ast.unparse(node)}"
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith("etree.XMLParser")
        and not any(keyword.arg == "resolve_entities" for keyword in node.keywords)
    ]
    assert parsers == []
    assert not importers("xml.etree", "xml.dom", "xml.sax.expatreader")
