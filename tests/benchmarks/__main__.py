"""Runs the measurements: ``make bench``, or ``make bench only=NAME`` for the module of that name in this folder.

A module has a ``main()`` that yields (or returns a list of, or prints) records
``{"name", "ours", "peer", "ratio", "unit"}``; ``ratio`` above 1 means that ours is better. Each becomes one line of
JSON on standard output as soon as it is there. A module that fails does not stop the others.
"""

from __future__ import annotations

import importlib
import json
import sys
import traceback
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

FIELDS = ("name", "ours", "peer", "ratio", "unit")


def subjects(folder: Path = Path(__file__).parent) -> list[str]:
    """Return the names of what can be measured."""
    return sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_"))


def chosen(names: Sequence[str], known: Sequence[str]) -> list[str]:
    """Return the subjects asked for, all of them where none was named."""
    if unknown := [name for name in names if name not in known]:
        raise ValueError(f"there is nothing to measure named {', '.join(unknown)}; choose from {', '.join(known)}")
    return list(names or known)


def lines(records: Iterable[dict[str, Any]] | None) -> Iterable[str]:
    """Yield each record as one line of JSON."""
    for record in records or ():
        if missing := [field for field in FIELDS if field not in record]:
            raise ValueError(f"a record needs {', '.join(FIELDS)}; {', '.join(missing)} is missing in {record}")
        yield json.dumps(record)


def measure(module: ModuleType) -> bool:
    """Print the records of one module; return whether all went well."""
    try:
        for line in lines(module.main()):
            print(line, flush=True)
    except Exception:
        traceback.print_exc()
        return False
    return True


def main(names: Sequence[str]) -> int:
    """Measure the subjects named; return 0 where all could be measured, 1 where one failed, 2 where one is unknown."""
    try:
        wanted = chosen(names, subjects())
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    done = [measure(importlib.import_module(f"tests.benchmarks.{name}")) for name in wanted]
    return 0 if all(done) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
