"""Small lessons to publish: one with everything a page can hold, one whose explorer is faulty, one of predictions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

SETUP = "import matplotlib.pyplot as plt\nimport numpy as np\n\nfrom cnncourse.style import use_style\n\nuse_style()"

FORMULA = r"""# A window that walks

A kernel of $k$ pixels on an image of $n$ pixels stands in $n - k + 1$ places. With *padding* $p$ and *stride* $s$:

$$
o = \left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1
$$

and what it sees in one place is a sum of products, each of a pixel $x$ and a weight $w$:

$$
\begin{aligned}
y_{ij} &= \sum_{u=0}^{k-1} \sum_{v=0}^{k-1} w_{uv}\, x_{i+u,\,j+v} \\
W &= \begin{bmatrix} 0 & 1 & 2 \\ 2 & 2 & 0 \\ 0 & 1 & 2 \end{bmatrix}
\end{aligned}
$$

Jump to [the table](#The-four-modes), or go on with [the next lesson](02_faulty.ipynb).
"""

TABLE = """## The four modes

| mode | border of `1 2 3` | when |
|------|-------------------|------|
| zeros | `0 1 2 3 0` | the usual choice |
| constant | `1 1 2 3 1` | a known background |
| reflect | `2 1 2 3 2` | photographs |
| replicate | `1 1 2 3 3` | photographs |

> A border is a guess about what lies outside the picture.

1. Pad the picture.
2. Slide the kernel, one pixel at a time.
3. Write down each sum.
"""

FIGURE = """figure, ax = plt.subplots(figsize=(5, 3))
ax.imshow(np.arange(35).reshape(5, 7), cmap="gray")
ax.set_title("thirty-five pixels")
figure.text_alternative = "A grey ramp of five rows and seven columns, darkest at the top left"
plt.show()"""

WIDGET = '''import anywidget
import traitlets


class Counter(anywidget.AnyWidget):
    _esm = """
    function render({ model, el }) {
      const button = document.createElement("button");
      const first = () => model.get("pixels").data.getFloat32(4, true);
      const show = () => (button.textContent = `count ${model.get("count")}, second pixel ${first()}`);
      model.on("change:count", show);
      button.addEventListener("click", () => { model.set("count", model.get("count") + 1); model.save_changes(); });
      show();
      el.append(button);
    }
    export default { render };
    """
    _css = ".explorer-live button { padding: 0.4rem 0.8rem; }"
    count = traitlets.Int(3).tag(sync=True)
    pixels = traitlets.Any().tag(sync=True)

    def _repr_mimebundle_(self, **options):
        bundle, metadata = super()._repr_mimebundle_(**options)
        return bundle | {"text/html": "<p>A counter that stands at 3.</p>"}, metadata


Counter(pixels={"shape": [1, 2], "data": memoryview(np.array([0.25, 0.5], dtype="<f4")).cast("B")})'''

FAULTY = """import anywidget


class Faulty(anywidget.AnyWidget):
    _esm = "export default { render() { throw new Error('the module is torn'); } };"

    def _repr_mimebundle_(self, **options):
        bundle, metadata = super()._repr_mimebundle_(**options)
        return bundle | {"text/html": "<p>A picture that stands still.</p>"}, metadata


Faulty()"""


ASK_TWICE = """first = predict("Rows of 5 × 7?", reveal=lambda: 5)
first"""

ANSWERED = """answered = predict("Half of 18?", reveal=lambda: 9)
answered.attempt = {"typed": "8", "picked": [], "tried": [], "tries": 1, "outcome": "wrong"}
answered"""

WIDE_FIGURE = """figure, ax = plt.subplots(figsize=(10, 3))
ax.plot([1, 4, 9, 16])
figure.text_alternative = "Four squares, rising ever faster"
plt.show()"""

WIDE_TABLE = f"""## Wide things

| {" | ".join(f"column{place}" for place in range(12))} |
|{"---|" * 12}
| {" | ".join(str(place * 1000) for place in range(12))} |
"""


SOURCES = """## Sources

- Y. LeCun and others, "Gradient-based learning applied to document recognition", 1998, doi:10.1109/5.726791: padding.
- A paper that no list has, 2031 (arXiv:3112.01234).
"""

EXERCISES = """# Exercises 01 · Window

The lesson is [01 · Window](../01_window.ipynb)."""

ANSWER = """def places(size):
    ### BEGIN SOLUTION
    return size - 2  # a secret
    ### END SOLUTION"""


def markdown(source: str, name: str, slide: str = "slide") -> nbformat.NotebookNode:
    """Make a markdown cell."""
    return new_markdown_cell(source, id=name, metadata={"slideshow": {"slide_type": slide}})


def code(source: str, name: str, *tags: str) -> nbformat.NotebookNode:
    """Make a code cell."""
    return new_code_cell(source, id=name, metadata={"slideshow": {"slide_type": "-"}, "tags": list(tags)})


def write_lesson(folder: Path, name: str, *cells: nbformat.NotebookNode, needs: tuple[int, ...] = ()) -> Path:
    """Write a lesson named like ``01_window`` into a folder."""
    number, _, title = name.partition("_")
    told = {
        "number": int(number),
        "title": title.capitalize(),
        "minutes": 40,
        "needs": list(needs),
        "summary": f"What {title} & company are about.",
    }
    path = folder / f"{name}.ipynb"
    nbformat.write(new_notebook(cells=list(cells), metadata={"cnncourse": told}), path)
    return path


def write_window(folder: Path) -> Path:
    """Write the lesson with everything in it."""
    return write_lesson(
        folder,
        "01_window",
        markdown(FORMULA, "title"),
        markdown("3 minutes. Ask the room for the first sum; a whisper for the lecturer.", "whisper", "notes"),
        code(SETUP, "setup", "setup"),
        markdown(TABLE, "table"),
        code(
            'print(np.arange(12).reshape(3, 4))\nprint("zebra", 3 * 4)', "numbers", "keep_output", "nbval-check-output"
        ),
        code("np.arange(12).reshape(3, 4) * 100000 + np.arange(4)", "result"),
        markdown("### A picture\n\nThe darkest pixel is at the top left.", "before-figure"),
        code(FIGURE, "figure"),
        markdown("### An explorer\n\nPress the button.", "before-widget"),
        code(WIDGET, "counter", "explorer"),
        code("import ipywidgets\n\nipywidgets.IntSlider(7, description='stride')", "slider"),
        code("from tqdm.notebook import tqdm\n\nprint(sum(tqdm(range(4), desc='counting')), 'in all')", "bar"),
        new_markdown_cell(SOURCES, id="sources", metadata={"tags": ["sources"]}),
    )


def write_set(folder: Path, name: str = "01_window", *, check: str = "01-weights") -> Path:
    """Write the exercises of a lesson: one in code, one in words, with their solutions."""
    (folder / "exercises").mkdir(exist_ok=True)
    cells = [
        new_markdown_cell(EXERCISES, id="title", metadata=_graded("title", locked=True)),
        new_code_cell(ANSWER, id="answer", metadata=_graded("answer", solution=True)),
        new_code_cell(f'check("{check}", places)', id="check", metadata=_graded(check, locked=True, points=3)),
        new_markdown_cell("## In words (2 points)\n\nWhy?", id="why", metadata=_graded("why", locked=True)),
        new_markdown_cell("Because of a secret.", id="words", metadata=_graded("words", solution=True, points=2)),
    ]
    path = folder / "exercises" / f"{name}.ipynb"
    nbformat.write(new_notebook(cells=cells, metadata={"language_info": {"name": "python"}}), path)
    return path


def _graded(name: str, *, locked: bool = False, solution: bool = False, points: int = 0) -> dict[str, Any]:
    grade = {"grade_id": name, "locked": locked, "solution": solution, "grade": points > 0, "schema_version": 3}
    return {"nbgrader": grade | {"task": False} | ({"points": points} if points else {})}


def write_faulty(folder: Path) -> Path:
    """Write the lesson whose explorer does not start."""
    return write_lesson(
        folder, "02_faulty", markdown("# Faulty", "title"), code(FAULTY, "faulty", "explorer"), needs=(1,)
    )


def write_guess(folder: Path) -> Path:
    """Write the lesson of predictions, folded code and wide things."""
    return write_lesson(
        folder,
        "03_guess",
        markdown("# Guess", "title"),
        code(f"{SETUP}\nfrom cnncourse.prompts import predict", "setup", "setup"),
        markdown("## One prediction", "one"),
        code('predict("Half of 84?", reveal=lambda: 42)', "ask", "predict"),
        code("half = 84 / 2", "compute"),
        code('print("half is", half)', "answer"),
        markdown("It is forty-two.\n\n- Half of eighty is forty.\n- Half of four is two.", "explain"),
        code(WIDE_FIGURE, "drawn", "hide-input"),
        markdown("This stays.", "stays"),
        markdown("## Two in a row", "two"),
        code(ASK_TWICE, "rows", "predict"),
        code('predict("And columns?", reveal=lambda: 7)', "columns", "predict"),
        code("np.zeros((5, 7)).shape", "shape"),
        markdown("Rows come first.", "order"),
        markdown("## Answered before", "before"),
        code(ANSWERED, "ninth", "predict"),
        code('print("half of 18 is", 9)', "nine"),
        markdown("## An explorer to find out with", "find-out"),
        code('predict("Does it move?", reveal=True)', "moves", "predict"),
        code("first", "explorer", "explorer"),
        markdown(WIDE_TABLE, "wide-table"),
        code('print("0123456789" * 12)', "wide-text"),
    )
