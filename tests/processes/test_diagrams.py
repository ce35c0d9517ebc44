"""The shipped models as drawings: valid BPMN, readable, and clean by bpmnlint."""

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.bpmn.profile.xsd import check_schema
from engine.packs import shipped_packs
from tests.availability import unavailable
from tests.processes import diagram
from tests.processes.diagram import Box, Diagram, on_border, read_diagram
from tools.assets import MODULES, ROOT, node_on_path

MODELS = sorted(path for folder in shipped_packs() for path in folder.glob("*/*.bpmn"))
each_model = pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)


@each_model
def test_model_follows_the_schema(path: Path) -> None:
    assert list(check_schema(path.read_text(encoding="utf-8"))) == []


@each_model
@pytest.mark.parametrize(
    "find", [diagram.undrawn, diagram.overlapping, diagram.outside, diagram.loose_ends, diagram.through]
)
def test_drawing_is_clean(path: Path, find: Callable[[Diagram], Iterator[str]]) -> None:
    assert list(find(read_diagram(path))) == []


def test_models_pass_bpmnlint() -> None:
    node, lint = node_on_path(), MODULES / "bpmnlint/bin/bpmnlint.js"
    if node is None or not lint.exists():
        unavailable("bpmnlint (npm ci)")
    answer = _lint(node, lint, *MODELS)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_bpmnlint_would_have_told(tmp_path: Path) -> None:
    node, lint = node_on_path(), MODULES / "bpmnlint/bin/bpmnlint.js"
    if node is None or not lint.exists():
        unavailable("bpmnlint (npm ci)")
    faulty = tmp_path / "faulty.bpmn"
    without_names = re.sub(r'(<bpmn:userTask [^>]*)name="[^"]*"', r"\1", MODELS[0].read_text(encoding="utf-8"))
    faulty.write_text(without_names, encoding="utf-8")
    answer = _lint(node, lint, faulty)
    assert answer.returncode != 0
    assert "label-required" in answer.stdout


def _lint(node: str, lint: Path, *models: Path) -> "subprocess.CompletedProcess[str]":
    command = [node, str(lint), "--max-warnings=0", *map(str, models)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


# The checks themselves ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "point", "touches"),
    [
        ("userTask", (0, 40), True),
        ("userTask", (50, 80), True),
        ("userTask", (50, 40), False),
        ("userTask", (-9, 40), False),
        ("endEvent", (100, 50), True),
        ("endEvent", (100, 100), False),
        ("exclusiveGateway", (50, 0), True),
        ("exclusiveGateway", (25, 25), True),
        ("exclusiveGateway", (0, 0), False),
    ],
)
def test_border(kind: str, point: tuple[float, float], touches: bool) -> None:
    height = 80 if kind == "userTask" else 100
    assert on_border(point, Box(0, 0, 100, height), kind) is touches


def test_what_is_moved_away_is_found() -> None:
    drawn = read_diagram(MODELS[0])
    tasks = [name for name in drawn.nodes() if drawn.kind(name) == "userTask"]
    drawn.shapes[tasks[0]] = drawn.shapes[tasks[1]]
    assert any(tasks[0] in found for found in diagram.overlapping(drawn))
    assert any(tasks[0] in found for found in diagram.loose_ends(drawn))
    del drawn.shapes[tasks[1]]
    assert f"{tasks[1]} is not drawn" in list(diagram.undrawn(drawn))
