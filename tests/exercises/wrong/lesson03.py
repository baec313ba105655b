"""Plausible wrong answers to the exercises of lesson 03, and what each is told."""

from tests.exercises.plausible import Wrong

UPHILL = """
window = given('03-uphill')['window']
smooth, step = np.array([1, 2, 1]), np.array([-1, 0, 1])
right = (window * np.outer(smooth, step)).sum() / {eight}
down = (window * np.outer(step, smooth)).sum() / {eight}
edge = {edge}
"""
PLACE = """
def name_place(right, down, least):
    mixed = (right * down).sum()
    tensor = np.array([[(right**2).sum(), mixed], [mixed, (down**2).sum()]])
    numbers = {numbers}
    return {names}[(np.array(numbers) >= least).sum()]
"""
NAMES = "('flat', 'edge', 'corner')"
FIND = """
def find(picture, patch):
    wanted = {wanted}
    best = (0.0, 0, 0)
    for row in range(picture.shape[0] - patch.shape[0] + 1):
        for column in range(picture.shape[1] - patch.shape[1] + 1):
            window = picture[row : row + patch.shape[0], column : column + patch.shape[1]]
            window = {window}
            length = {length}
            likeness = (window * wanted).sum() / length if length > 1e-9 else 0.0
            if {better}:
                best = (likeness, row, column)
    return {found}
"""
ENERGIES = """
from scipy.signal import correlate

def energies(picture, pairs):
    means = []
    for even, odd in pairs:
        a, b = (correlate(picture, kernel, '{mode}', 'direct') for kernel in (even, odd))
        means.append({mean})
    return np.array(means){contrast}
"""
RIM = """
def rim(still, moved, down, right):
    {before}
    rows, columns = still.shape
    here = still[max(-down, 0) : rows - max(down, 0), max(-right, 0) : columns - max(right, 0)]
    there = moved[max(down, 0) : rows - max(-down, 0), max(right, 0) : columns - max(-right, 0)]
    wrong = np.abs(here - there) > 1e-9
    width = {width}
    while wrong.size and wrong.any():
        wrong = wrong[{cut}]
        width += 1
    return {result}
"""
LEARN = """
from cnncourse.convolution import correlate

def learn(picture, target, rows, columns, rate, steps):
    kernel, bias = np.zeros((rows, columns)), 0.0
    for _ in range({steps}):
        error = correlate(picture, kernel) + bias - target
        slope = 2 * correlate(picture, error) / error.size
        kernel, bias = {kernel}, {bias}
    return {result}
"""


def uphill(edge: str, eight: int = 8) -> str:
    """Write the four numbers of an edge."""
    return UPHILL.format(eight=eight, edge=edge)


def place(numbers: str = "np.linalg.eigvalsh(tensor)", names: str = NAMES) -> str:
    """Write the naming of a place with one part exchanged."""
    return PLACE.format(numbers=numbers, names=names)


def cheapest(body: str) -> str:
    """Write a cost."""
    return (
        "def cheapest(kernel):\n"
        "    pairs = np.linalg.matrix_rank(kernel, tol=1e-8)\n"
        "    (rows, columns), square = kernel.shape, kernel.size\n"
        f"    return {body}"
    )


def find(
    *,
    wanted: str = "patch - patch.mean()",
    window: str = "window - window.mean()",
    length: str = "np.sqrt((window**2).sum() * (wanted**2).sum())",
    better: str = "abs(likeness) > abs(best[0])",
    found: str = "best[1], best[2], bool(best[0] < 0)",
) -> str:
    """Write the search with one part exchanged."""
    return FIND.format(wanted=wanted, window=window, length=length, better=better, found=found)


def energies(mean: str = "np.hypot(a, b).mean()", contrast: str = " / picture.std()", mode: str = "valid") -> str:
    """Write the description with one part exchanged."""
    return ENERGIES.format(mean=mean, contrast=contrast, mode=mode)


def rim(
    before: str = "pass", width: str = "0", cut: str = "1:-1, 1:-1", result: str = "width if wrong.size else -1"
) -> str:
    """Write the rim with one part exchanged."""
    return RIM.format(before=before, width=width, cut=cut, result=result)


def learn(
    *,
    steps: str = "steps",
    kernel: str = "kernel - rate * slope",
    bias: str = "bias - rate * 2 * error.mean()",
    result: str = "kernel, bias",
) -> str:
    """Write the descent with one part exchanged."""
    return LEARN.format(steps=steps, kernel=kernel, bias=bias, result=result)


ANGLE = "np.degrees(np.arctan2(down, right))"

WRONG = {
    "03-uphill": [
        Wrong("not over eight", uphill(f"(right, down, np.hypot(right, down), {ANGLE})", 1), "too large"),
        Wrong(
            "axes swapped",
            uphill("(down, right, np.hypot(right, down), np.degrees(np.arctan2(right, down)))"),
            "Right and down",
        ),
        Wrong(
            "kernel turned",
            uphill("(-right, -down, np.hypot(right, down), np.degrees(np.arctan2(-down, -right)))"),
            "half a circle",
        ),
        Wrong(
            "a quotient",
            uphill("(right, down, np.hypot(right, down), np.degrees(np.arctan(down / right)))"),
            "downhill",
        ),
        Wrong("upwards", uphill(f"(right, down, np.hypot(right, down), -{ANGLE})"), "wrong sign"),
        Wrong("rows upwards", uphill("(right, -down, np.hypot(right, down), -" + ANGLE + ")"), "counted upwards"),
        Wrong(
            "angle from the other axis",
            uphill("(right, down, np.hypot(right, down), np.degrees(np.arctan2(right, down)))"),
            "comes first",
        ),
        Wrong("radians", uphill("(right, down, np.hypot(right, down), np.arctan2(down, right))"), "radians"),
        Wrong("a sum", uphill(f"(right, down, abs(right) + abs(down), {ANGLE})"), "how long is an arrow"),
        Wrong("no direction", uphill("(right, down, np.hypot(right, down))"), "4 values"),
    ],
    "03-two-numbers": [
        Wrong("diagonal alone", place("np.diag(tensor)"), "slanted ones not"),
        Wrong("sum", place("[np.trace(tensor), np.trace(tensor) / 2]"), "sum of the two numbers"),
        Wrong("product", place("[np.trace(tensor), least * (np.linalg.det(tensor) >= least**2)]"), "product is large"),
        Wrong("more than the bound", place().replace(">= least", "> least"), "exactly the bound"),
        Wrong("mean", place("np.linalg.eigvalsh(tensor / right.size)"), "mean over the window"),
        Wrong(
            "sums first",
            place("np.linalg.eigvalsh(np.outer(*[[right.sum(), down.sum()]] * 2))"),
            "cancel",
        ),
        Wrong("names swapped", place(names="('flat', 'corner', 'edge')"), "changed places"),
        Wrong("roots", place("np.sqrt(abs(np.linalg.eigvalsh(tensor)))"), "roots"),
        Wrong("numbers", place(names="(0, 1, 2)"), "Expected text"),
    ],
    "03-strips": [
        Wrong("always one pair", cheapest("rows + columns"), "Not every kernel"),
        Wrong("one pair or the square", cheapest("min(square, rows + columns)"), "one pair for every"),
        Wrong("rank 1 only", cheapest("rows + columns if pairs == 1 else square"), "kernels of one pair alone"),
        Wrong("always the square", cheapest("square"), "no kernel could be split"),
        Wrong("always strips", cheapest("pairs * (rows + columns)"), "cost of the strips"),
        Wrong("one pair or none", cheapest("min(square, rows + columns) if pairs == 1 else square"), "three pairs"),
        Wrong("pairs", cheapest("pairs"), "how many pairs"),
        Wrong("saving", cheapest("square / min(square, pairs * (rows + columns))"), "how many times"),
        Wrong("as if square", cheapest("min(square, 2 * max(rows, columns) * pairs)"), "as if the kernel were square"),
        Wrong("dearer", cheapest("max(square, pairs * (rows + columns))"), "dearer"),
    ],
    "03-any-light": [
        Wrong("plain sum", find(wanted="patch", window="window", length="1"), "whatever is bright"),
        Wrong("no lengths", find(length="1"), "strong contrast"),
        Wrong("means left in", find(wanted="patch", window="window"), "means are not taken off"),
        Wrong(
            "no negatives",
            find(better="likeness > best[0] or not row + column", found="best[1], best[2], False"),
            "negatives are passed over",
        ),
        Wrong(
            "nan on a wall",
            "def find(picture, patch):\n"
            "    windows = np.lib.stride_tricks.sliding_window_view(picture, patch.shape)\n"
            "    with np.errstate(all='ignore'):\n"
            "        like = [[np.corrcoef(w.ravel(), patch.ravel())[0, 1] for w in row] for row in windows]\n"
            "    best = np.unravel_index(np.abs(like).argmax(), windows.shape[:2])\n"
            "    return int(best[0]), int(best[1]), bool(like[best[0]][best[1]] < 0)",
            "0 divided by 0",
        ),
        Wrong("flag turned", find(found="best[1], best[2], bool(best[0] > 0)"), "wrong way round"),
        Wrong("column first", find(found="best[2], best[1], bool(best[0] < 0)"), "changed places"),
        Wrong(
            "middle",
            find(found="best[1] + patch.shape[0] // 2, best[2] + patch.shape[1] // 2, bool(best[0] < 0)"),
            "middle of the window",
        ),
        Wrong("place alone", find(found="best[1], best[2]"), "3 values"),
    ],
    "03-energies": [
        Wrong("contrast kept", energies(contrast=""), "dim light"),
        Wrong("one of the pair", energies("abs(a).mean()"), "first kernel"),
        Wrong("no root", energies("(a**2 + b**2).mean()"), "root is missing"),
        Wrong("root late", energies("np.sqrt((a**2 + b**2).mean())"), "too late"),
        Wrong("sizes added", energies("(abs(a) + abs(b)).mean()"), "right angle"),
        Wrong("frame", energies(mode="same"), "frame"),
        Wrong("variance", energies(contrast=" / picture.var()"), "variance"),
        Wrong("averaged first", energies("np.hypot(a.mean(), b.mean())"), "stripes cancel"),
    ],
    "03-rim": [
        Wrong("moved the wrong way", rim("down, right = -down, -right"), "agree nowhere"),
        Wrong("not moved", rim("down = right = 0"), "agree nowhere"),
        Wrong("axes swapped", rim("down, right = right, down"), "changed places"),
        Wrong("top left only", rim(cut="1:, 1:"), "four sides"),
        Wrong(
            "rolled",
            rim("moved = np.roll(moved, (-down, -right), (0, 1)); down = right = 0"),
            "lets in again",
        ),
        Wrong("one too many", rim(result="-1 if not wrong.size else width + 1 if width else 0"), "One too many"),
        Wrong("pixels", rim(width="int(wrong.sum()); return width"), "how many pixels"),
        Wrong("no end", rim(result="width"), "never agree"),
        Wrong("yes or no", rim(result="'no' if width else 'yes'"), "Expected numbers"),
    ],
    "03-downhill": [
        Wrong("uphill", learn(kernel="kernel + rate * slope", bias="bias + rate * 2 * error.mean()"), "lead uphill"),
        Wrong("no two", learn(kernel="kernel - rate * slope / 2", bias="bias - rate * error.mean()"), "half as long"),
        Wrong(
            "sum",
            learn(kernel="kernel - rate * slope * error.size", bias="bias - rate * 2 * error.sum()"),
            "far too long",
        ),
        Wrong("bias stays", learn(bias="bias"), "bias never moves"),
        Wrong("one step short", learn(steps="steps - 1"), "too few"),
        Wrong("one step more", learn(steps="steps + 1"), "too many"),
        Wrong(
            "one after the other",
            learn(bias="bias - rate * 2 * (correlate(picture, kernel - rate * slope) + bias - target).mean()"),
            "bias sees the error afterwards",
        ),
        Wrong("kernel alone", learn(result="kernel"), "2 values"),
    ],
}
