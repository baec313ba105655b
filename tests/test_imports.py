"""Tests that imports run downwards only, and that importing does nothing but import."""

from __future__ import annotations

import ast
import graphlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "cnncourse"

# What each module may import of the others; a name stands for itself and for what lies inside it.
# First what computes, then what draws, then what the reader touches, then what publishes.
COMPUTE = {
    "images", "challenges", "locality", "kernels", "convolution", "convolution_algorithms", "detectors", "edges",
    "textures", "kernel_learning", "layers", "nonlinearities", "pooling", "shifts", "steps",
    "architecture", "blueprints", "layer_records", "receptive_field",
    "drawing", "lenet", "scripted_digits", "decoding",
}  # fmt: skip
DRAW = {
    "style",
    "plots",
    "detection_plots",
    "detector_plots",
    "mask_plots",
    "head_plots",
    "precision_plots",
    "step_plots",
    "timing",
    "course_map",
    "layer_plots",
    "pooling_plots",
    "sight_plots",
    "dataset_plots",
    "training_plots",
    "results_plots",
    "lenet_plots",
}
WITH_TORCH = {"architecture", "receptive_field"}
LAYERS: dict[str, set[str]] = {
    "images": set(),
    "challenges": {"images"},
    "locality": {"images"},
    "kernels": set(),
    "convolution": {"_fast"},
    "convolution_algorithms": {"convolution"},
    "_fast": set(),
    "detectors": {"convolution", "kernels"},
    "edges": set(),
    "textures": set(),
    "kernel_learning": {"convolution"},
    "layers": {"convolution"},
    "nonlinearities": set(),
    "pooling": {"convolution"},
    "shifts": set(),
    "_totals": set(),
    "blueprints": {"_totals", "layer_records"},
    "layer_records": set(),
    "architecture": {"_totals", "_tracing"},
    "_tracing": {"_sight"},
    "_sight": set(),
    "receptive_field": {"_tracing", "activations"},
    "filter_likeness": set(),
    "inside_plots": {"plots"},
    "dream_plots": {"plots"},
    "agent_plots": {"dream_plots", "plots"},
    "captioning_plots": {"plots"},
    "activations": set(),
    "_asking": {"_tracing", "activations"},
    "attribution": {"_asking", "activations"},
    "map_checks": {"_asking", "activations"},
    "scenes": set(),
    "top_images": {"activations", "receptive_field"},
    "_ascent": {"activations"},
    "_octaves": set(),
    "dream_pictures": {"_octaves", "activations", "images"},
    "dreaming": {"_ascent", "_octaves", "activations", "dream_pictures"},
    "maximisation": {"_ascent", "_octaves", "activations", "datasets", "dream_pictures", "dreaming", "images"},
    "imagenet": set(),
    "efficiency": set(),
    "ilsvrc": set(),
    "_longest_path": set(),
    "_zoo_metadata": set(),
    "model_zoo": {"_longest_path", "_zoo_metadata", "architecture"},
    "slide_table": {"model_zoo"},
    "_zoo_bubbles": {"plots"},
    "zoo_plots": {"_zoo_bubbles", "plots"},
    "datasets": set(),
    "models": set(),
    "connections": {"activations"},
    "_inference": {"activations", "datasets"},
    "_tensor_files": set(),
    "training": {"_inference", "_tensor_files", "activations", "datasets"},
    "evaluation": {"_inference", "datasets", "training"},
    "recipes": {"datasets", "evaluation", "models", "training"},
    "weights": {"_tensor_files", "datasets", "models"},
    "depth": {"datasets", "evaluation", "models", "training"},
    "normalisation": {"datasets", "depth", "evaluation"},
    "stacks": set(),
    "transfer": {"activations", "datasets", "evaluation", "images", "models", "textures", "training", "weights"},
    "corruptions": {"evaluation"},
    "adversarial": {"activations", "evaluation"},
    "depth_plots": {"plots"},
    "block_plots": {"plots"},
    "robustness_plots": {"plots"},
    "results": {"_files"},
    "results_plots": {"plots", "results"},
    "experiments": {"results"},
    "applications": {
        "_inference",
        "_octaves",
        "activations",
        "datasets",
        "dream_pictures",
        "imagenet",
        "images",
        "models",
        "training",
        "weights",
    },
    "training_plots": {"evaluation", "plots", "training"},
    "drawing": set(),
    "lenet": {"pooling"},
    "decoding": set(),
    "scripted_digits": set(),
    "lessons": set(),
    "quizzes": set(),
    "style": set(),
    "plots": {"style"},
    "pooling_plots": {"plots"},
    "dataset_plots": {"plots"},
    "sight_plots": {"blueprints", "plots"},
    "detector_plots": {"plots"},
    "detection_plots": {"plots"},
    "mask_plots": {"plots"},
    "head_plots": {"plots"},
    "precision_plots": {"plots"},
    "gradient_plots": {"detector_plots", "detectors", "edges", "plots"},
    "steps": {"convolution", "convolution_algorithms"},
    "step_plots": {"plots", "steps"},
    "timing": {"plots"},
    "layer_plots": {"plots"},
    "lenet_plots": {"plots"},
    "course_layout": {"lessons"},
    "course_map": {"course_layout", "lessons", "plots"},
    "prompts": {"quizzes", "widgets._base"},
    "widgets": {
        *COMPUTE,
        "applications.boxes",
        "applications",
        "datasets",
        "efficiency",
        "layer_plots",
        "_zoo_metadata",
        "plots",
        "style",
        "training",
        "_octaves",
        "_tracing",
        "activations",
        "dream_pictures",
        "dreaming",
        "weights",
    },
    "checks": {*COMPUTE, "_ascent", "_octaves", "dreaming", "maximisation", "weights"},
    "_files": set(),
    "grading": {"_files", "checks", "lessons"},
    "publish": {"_files", "checks", "course_layout", "datasets", "lessons", "quizzes", "weights"},
    "doctor": {"_jupyter", "datasets", "lessons"},
    "checkup": {*COMPUTE, "datasets", "doctor", "lessons", "plots"},
    "_jupyter": {"lessons"},
    "_lab_connection": set(),
    "_commands": {"experiments", "recipes", "results", "weights"},
    "cli": {
        *COMPUTE,
        *DRAW,
        "_commands",
        "_jupyter",
        "checkup",
        "checks",
        "datasets",
        "doctor",
        "grading",
        "lessons",
        "prompts",
        "publish",
        "widgets",
    },
    "__main__": {"cli"},
}
# Lessons 01 to 03 start in a second because nothing that they import brings PyTorch along.
WITHOUT_TORCH = sorted(
    {*COMPUTE, *DRAW, "datasets", "lessons", "prompts", "quizzes", "weights", "widgets"} - WITH_TORCH
)


def module_name(path: Path) -> str:
    """Return the dotted name of a file inside the package, such as ``widgets._base``; "" is the package itself."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def modules() -> dict[str, Path]:
    """Return every module of the package."""
    return {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imported(source: str, module: str, known: set[str]) -> Iterator[tuple[str, bool]]:
    """Yield the modules of this package that a source imports, and whether already at its own import."""
    tree = ast.parse(source)
    later = {id(node) for f in ast.walk(tree) if isinstance(f, ast.FunctionDef) for node in ast.walk(f)}
    typing = {id(node) for i in ast.walk(tree) if _is_type_checking(i) for node in ast.walk(i)}
    for node in ast.walk(tree):
        for name in _names(node, module):
            target = name if name in known else name.rpartition(".")[0]
            if target in known and target != module:
                yield target, id(node) not in later | typing


def _names(node: ast.AST, module: str) -> list[str]:
    if isinstance(node, ast.Import):
        full = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        package = ".".join(["cnncourse", *module.split(".")][: -node.level]) if node.level else ""
        base = ".".join(part for part in (package, node.module) if part)
        full = [f"{base}.{alias.name}" for alias in node.names]
    else:
        return []
    return [name.removeprefix("cnncourse").removeprefix(".") for name in full if name.split(".")[0] == "cnncourse"]


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def layer(module: str) -> str:
    """Return the layer of a module: its first name."""
    return module.split(".")[0]


def allowed(module: str, target: str) -> bool:
    """Say whether a module may import another."""
    within = target == "" or layer(target) == layer(module)
    return within or any(target == a or target.startswith(f"{a}.") for a in LAYERS.get(layer(module), ()))


def graph() -> dict[str, dict[str, bool]]:
    """Return for every module what it imports, and whether at once (True) or inside a function only (False)."""
    found = modules()
    result: dict[str, dict[str, bool]] = {}
    for name, path in found.items():
        targets: dict[str, bool] = {}
        for target, at_once in imported(path.read_text(encoding="utf-8"), name, set(found)):
            targets[target] = targets.get(target, False) or at_once
        result[name] = targets
    return result


def test_every_module_has_its_place_in_the_table():
    assert {layer(name) for name in modules()} - {""} <= set(LAYERS), "add the new module to LAYERS"


def test_imports_run_downwards_only():
    wrong = [f"{m} imports {t}" for m, targets in graph().items() if m for t in targets if not allowed(m, t)]
    assert wrong == []


def test_the_table_itself_has_no_circles():
    layers = {name: {layer(target) for target in targets} - {name} for name, targets in LAYERS.items()}
    assert len(list(graphlib.TopologicalSorter(layers).static_order())) == len(LAYERS)


def test_the_modules_have_no_circles():
    at_once = {name: {target for target, now in targets.items() if now and target} for name, targets in graph().items()}
    graphlib.TopologicalSorter(at_once).prepare()  # raises CycleError, which names the circle


def test_the_package_itself_imports_nothing_of_its_own():
    assert graph()[""] == {}, "`import cnncourse.images` would import it too"


@pytest.mark.parametrize(
    ("source", "module", "expected"),
    [
        ("import cnncourse.images", "plots", [("images", True)]),
        ("from cnncourse import images", "plots", [("images", True)]),
        ("from cnncourse.images import photograph", "plots", [("images", True)]),
        ("from .images import photograph", "plots", [("images", True)]),
        ("from ._base import Explorer", "widgets.pixels", [("widgets._base", True)]),
        ("from .. import images", "widgets.pixels", [("images", True)]),
        ("def f():\n    from cnncourse.images import photograph", "plots", [("images", False)]),
        ("if TYPE_CHECKING:\n    from cnncourse.images import Array", "plots", [("images", False)]),
        ("import numpy\nfrom torch import nn", "plots", []),
    ],
)
def test_each_way_to_write_an_import_is_seen(source: str, module: str, expected: list[tuple[str, bool]]):
    assert list(imported(source, module, {"images", "plots", "widgets._base", "widgets.pixels"})) == expected


def test_an_import_upwards_is_refused():
    assert not allowed("images", "plots")
    assert not allowed("prompts", "widgets.convolution")
    assert allowed("prompts", "widgets._base")
    assert allowed("widgets.convolution", "convolution")


# --- nothing happens at import --------------------------------------------------------------------------------------

# Runs in a process of its own: imports one module after the other and writes what each has changed.
WATCH = """
import importlib, json, os, random, sys
import matplotlib.pyplot, numpy as np  # they keep caches of their own

log = []
def watch(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.mkdir", "os.remove"):
        log.append(f"{event} {args}")
    writes = event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+")
    if writes and "__pycache__" not in str(args[0]):
        log.append(f"wrote {args[0]}")
sys.addaudithook(watch)

def state():
    return {
        "torch": "torch" in sys.modules,
        "random numbers": hash((random.getstate(), np.random.get_state()[1].tobytes(), np.random.get_state()[2])),
        "matplotlib's settings": hash(str(dict(matplotlib.rcParams))),
        "NumPy's printing": str(np.get_printoptions()),
        "environment variables": sorted(os.environ.items()),
        "files and network": list(log),
    }

found = {}
for name in sys.argv[1:]:
    before = state()
    importlib.import_module(name)
    after = state()
    done = log[len(before["files and network"]):]
    found[name] = [key for key in after if before[key] != after[key]] + done
print(json.dumps(found))
"""


def watch(*names: str, **options: str) -> dict[str, list[str]]:
    """Import modules in a fresh process; return for each what its import has changed."""
    command = [sys.executable, "-W", "error", "-c", WATCH, *names]
    done = subprocess.run(command, capture_output=True, text=True, cwd=options.get("cwd", ROOT), check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_nothing_happens_at_import():
    present = [f"cnncourse.{name}" for name in WITHOUT_TORCH if name in {layer(m) for m in modules()}]
    assert {name: changes for name, changes in watch(*present).items() if changes} == {}


@pytest.mark.parametrize(
    ("line", "change"),
    [
        ("import torch", "torch"),
        ("import numpy; numpy.random.seed(0)", "random numbers"),
        ("import matplotlib.pyplot as plt; plt.rcParams['font.size'] = 99", "matplotlib's settings"),
        ("import numpy; numpy.set_printoptions(precision=2)", "NumPy's printing"),
        ("import os; os.environ['OMP_NUM_THREADS'] = '7'", "environment variables"),
        ("import socket; socket.socket().connect_ex(('127.0.0.1', 9))", "files and network"),
        ("open('written.txt', 'w').close()", "files and network"),
    ],
)
def test_an_import_that_does_something_is_noticed(tmp_path: Path, line: str, change: str):
    (tmp_path / "torch.py").touch()  # the real one would take seconds
    (tmp_path / "hasty.py").write_text(line + "\n", encoding="utf-8")
    assert change in watch("hasty", cwd=str(tmp_path))["hasty"]
