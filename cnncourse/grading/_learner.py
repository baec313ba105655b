"""The life of one process inside the closed room: it runs one answer, hands data back, and ends.

Everything here may be seen, changed and fooled by the code it runs. It need not be trusted: all that leaves is data.
"""

from __future__ import annotations

import ast
import builtins
import linecache
import os
import random
import re
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from ._wire import NotData, pack, unpack

__all__ = ["live"]

GIVEN, ANSWER = "<given cells>", "<answer cell>"
LOADED = {"state": "answered", "message": ""}
LONGEST = 500  # letters of an error

Send = Callable[[Any], None]


class _Refused(Exception):
    """The answer cannot be tried; the first argument is the state, the second says why."""


def live(task: Mapping[str, Any], send: Send, *, limit: int) -> None:
    """Run an answer; send whether the given cells ran, whether the learner's cell did, then an answer a case.

    What comes first is sent before any of the learner's code runs, and so is the course's own word.

    Parameters
    ----------
    task : mapping
        As `cnncourse.grading.session` sends it.
    send : callable
        Takes data.
    limit : int, bytes
        What the answers may hold together.
    """
    _seed(task["seed"])
    builtins.input = _nobody_types
    try:
        names = _room(task)
        send(LOADED)
        entry = _load(task, names)
    except _Refused as refusal:
        send({"state": refusal.args[0], "message": refusal.args[1]})
        return
    send(LOADED)
    for answer in _answers(task, entry, limit):
        send(answer)


def _seed(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002  (learners may use the old way)
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.manual_seed(seed)


def _nobody_types(prompt: object = "") -> str:
    raise EOFError("input() waits for somebody to type, and nobody does here; put the value into the cell instead")


def _room(task: Mapping[str, Any]) -> dict[str, Any]:
    """Return the names that the answer begins with."""
    room = types.ModuleType("__main__")
    sys.modules["__main__"] = room
    names = room.__dict__
    names.update(_helpers(task))
    try:
        _execute(task["given"], GIVEN, names)
    except BaseException as error:
        raise _Refused("grader fault", f"the given cells fail: {describe(error)}") from None
    return names


def _load(task: Mapping[str, Any], names: dict[str, Any]) -> Any:
    try:
        _execute(task["answer"].decode(), ANSWER, names)
    except BaseException as error:
        raise _Refused(_state(error), describe(error)) from None
    if task["entry"] not in names:
        raise _Refused("student error", f"the cell runs, but gives nothing the name {task['entry']!r}; keep that name")
    return names[task["entry"]]


def _state(error: BaseException) -> str:
    return "out of resources" if isinstance(error, MemoryError) else "student error"


def _helpers(task: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a notebook has beside the cells: the numbers given, and calls that show something there only."""

    def given(name: str = task["name"]) -> dict[str, Any]:
        if task["kind"] != "value" or name != task["name"]:
            raise LookupError(f"no numbers are given to {task['name']!r} under the name {name!r}")
        keywords: dict[str, Any] = unpack(task["cases"][0], exact=True)[1]
        return keywords

    def nothing(*arguments: object, **keywords: object) -> None:
        """Show nothing."""

    return {"given": given, "check": nothing, "hint": nothing, "display": nothing}


def _execute(source: str, name: str, names: dict[str, Any]) -> None:
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    exec(compile(_parse(source, name), name, "exec", dont_inherit=True), names)


def _parse(source: str, name: str) -> ast.Module:
    try:
        return ast.parse(source, name)
    except (SyntaxError, ValueError):
        lines = source.split("\n")
        plain = [_without_magic(line) for line in lines]
        if plain == lines:
            raise
        return ast.parse("\n".join(plain), name)


def _without_magic(line: str) -> str:
    """Return a line without the notebook's own commands, such as ``%matplotlib inline`` and ``!ls``."""
    code = line.lstrip()
    if code.startswith(("%", "!")) or re.fullmatch(r"[\w.]+\?{1,2}\s*", code):
        return line[: len(line) - len(code)] + "pass"
    return line


def _answers(task: Mapping[str, Any], entry: Any, limit: int) -> Iterator[dict[str, Any]]:
    if task["kind"] == "value":
        yield _data_of(entry, limit)
        return
    probe = _load_probe(task["probe"]) if task["probe"] else None
    if probe is None and not callable(entry):
        wrong = f"TypeError: {task['entry']!r} should be a function, but it is {_article(entry)}"
        yield from ({"value": None, "error": wrong, "changed": False} for _ in task["cases"])
        return
    for message in task["cases"]:
        yield _call(entry, probe, message, limit)


def _load_probe(source: str) -> Callable[..., Any]:
    names: dict[str, Any] = {"__name__": "probe"}
    tree = ast.parse(source, "<probe>")
    exec(compile(tree, "<probe>", "exec", dont_inherit=True), names)
    probe: Callable[..., Any] = names[[node.name for node in tree.body if isinstance(node, ast.FunctionDef)][-1]]
    return probe


def _call(entry: Any, probe: Callable[..., Any] | None, message: bytes, limit: int) -> dict[str, Any]:
    arguments, keywords = unpack(message, exact=True)
    try:
        value = entry(*arguments, **keywords) if probe is None else probe(entry, *arguments, **keywords)
        answer = _data_of(value, limit)
    except BaseException as error:  # SystemExit, KeyboardInterrupt and the learner's own kinds too
        answer = {"value": None, "error": describe(error), "changed": False}
    return {**answer, "changed": _changed(message, (arguments, keywords))}


def _data_of(value: Any, limit: int) -> dict[str, Any]:
    try:
        pack(value, limit=limit)
    except NotData as error:
        return {"value": None, "error": f"the result is no data that can be compared: {error}", "changed": False}
    return {"value": value, "error": "", "changed": False}


def _changed(message: bytes, inputs: Any) -> bool:
    try:
        return pack(inputs) != message
    except NotData:
        return True


def _article(value: Any) -> str:
    name = type(value).__name__
    return f"an {name}" if name[:1] in "aeiouAEIOU" else f"a {name}"


def describe(error: BaseException) -> str:
    """Say what went wrong, in one line, with the line of the answer cell."""
    if isinstance(error, SystemExit):
        text = "SystemExit: the code asks Python to end; leave exit(), quit() and sys.exit() out"
    else:
        text = f"{type(error).__name__}: {_text(error)}".rstrip(": ")
    text = text.encode("utf-8", "replace").decode()
    return (text if len(text) <= LONGEST else text[:LONGEST] + " …") + _line(error)


def _text(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return str(error.msg)
    if isinstance(error, MemoryError) and not error.args:
        return "more memory was asked for than there is for one submission"
    try:
        return " ".join(str(error).split())
    except BaseException:  # a learner's own exception may fail in this as well
        return "without a readable message"


def _line(error: BaseException) -> str:
    if isinstance(error, SyntaxError) and error.filename in (ANSWER, GIVEN):
        return f" (line {error.lineno})"
    found, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == ANSWER:
            found = trace.tb_lineno
        trace = trace.tb_next
    return f" (line {found})" if found else ""


def end(status: int) -> None:
    """Write out what was printed, and end at once: nothing that the learner's code left behind runs any more."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:  # the streams may have been closed, or exchanged for anything
            continue
    os._exit(status)
