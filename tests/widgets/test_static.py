"""Tests of the folder of modules and style sheets: all of them share one scope once they are joined."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from cnncourse.widgets._base import STATIC, join_styles

MODULES = {path.name: path.read_text(encoding="utf-8") for path in sorted(STATIC.glob("*.js"))}
ENTRIES = {name for name, source in MODULES.items() if "\nexport default" in source}
DECLARED = re.compile(
    r"^(?:export )?(?:async )?(?:const|let|var|class|function\*?)\s+([\w$]+|[\[{][^=]*)", re.MULTILINE
)
SHARED = "explorer.css"


def declared(source: str) -> list[str]:
    """Return the names that a module declares at its top level."""
    return [name for found in DECLARED.findall(source) for name in re.findall(r"[\w$]+(?=\s*(?:[,}\]]|$))", found)]


def test_the_names_of_a_module_are_found_however_they_are_declared():
    source = "export const one = 1;\nlet [two, three] = [2, 3];\nasync function four() {\n  const inner = 5;\n}\n"
    assert declared(f"{source}class Six {{}}") == ["one", "two", "three", "four", "Six"]


def test_every_name_is_declared_once_in_the_whole_folder():
    homes = defaultdict(list)
    for module, source in MODULES.items():
        for name in declared(source):
            if not (name == "render" and module in ENTRIES):  # no module is joined with two entries
                homes[name].append(module)
    assert {name: modules for name, modules in homes.items() if len(modules) > 1} == {}


def test_no_module_imports_an_entry():
    imported = {needed for source in MODULES.values() for needed in re.findall(r'from "\./([\w.-]+\.js)"', source)}
    assert imported & ENTRIES == set()
    assert imported <= set(MODULES)


def test_every_class_of_the_style_sheets_is_given_by_some_module():
    source = "\n".join(MODULES.values())
    made = tuple(re.findall(r"cnn-[a-z-]+(?=\$\{)", source))  # the name goes on as the page runs: cnn-box-${side}
    for sheet in STATIC.glob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
        selectors = " ".join(re.findall(r"([^{}]+)\{", text))
        for name in sorted(set(re.findall(r"\.(cnn-[a-z-]+)", selectors))):
            given = re.search(rf"\b{name}\b(?!-)", source) or name.startswith(made)
            assert given, f"{sheet.name}: .{name} is never given"


def test_an_explorers_own_sheet_comes_after_the_shared_one(tmp_path: Path):
    for name, text in ((SHARED, "a {}\n"), ("own.css", "b {}\n")):
        (tmp_path / name).write_text(text)
    assert join_styles(SHARED, "own.css", folder=tmp_path) == "a {}\n\nb {}\n"
    with pytest.raises(FileNotFoundError, match=r"none\.css"):
        join_styles("none.css", folder=tmp_path)
