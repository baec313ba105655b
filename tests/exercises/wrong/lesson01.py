"""Plausible wrong answers to the exercises of lesson 01, and what each is told."""

from tests.exercises.plausible import Wrong

MOUSE = "mine = given('01-under-the-mouse'); picture, x, y = mine['picture'], mine['x'], mine['y']; pixel = {}"
WEIGHTS = """
mine = given('01-weights')
inputs, hidden, classes = 3 * mine['height'] * mine['width'], mine['hidden'], mine['classes']
windows, side = mine['windows'], mine['side']
places = (mine['height'] - side + 1) * (mine['width'] - side + 1)
counts = ({}, {})
"""
DENSE, SHARED = "inputs * hidden + hidden * classes", "windows * side * side * 3"
DEVELOP = """
def develop(photo, contrast, brightness):
    picture = photo / 255
    {body}
    return {result}
"""
STRETCH = "picture = (picture - 0.5) * contrast + 0.5 + brightness"
BYTES = "np.round(255 * np.clip(picture, 0, 1)).astype(np.uint8)"
COPIES = """
def count_copies(picture, patch):
    height, width = patch.shape[:2]
    count = 0
    for row in range({rows}):
        for column in range({columns}):
            window = picture[row : row + height, column : column + width]
            count += {hit}
    return {result}
"""
ROWS, COLUMNS = "picture.shape[0] - height + 1", "picture.shape[1] - width + 1"
HIT = "np.array_equal(window, patch) or np.array_equal(window, patch[:, ::-1])"
CHAIN = """
def unshred(strips):
    order = [0]
    while len(order) < len(strips):
        last = strips[order[-1]]
        left = [one for one in range(len(strips)) if one not in order]
        order.append(min(left, key=lambda one: np.abs({difference}).mean()))
    return {result}
"""
SEAM = "strips[one][:, 0] - last[:, -1]"


def batch(body: str) -> str:
    """Write a function that makes a batch."""
    return f"def to_batch(photos):\n    stack = np.stack(photos)\n    return {body}"


def develop(body: str = STRETCH, result: str = BYTES) -> str:
    """Write the darkroom with one part exchanged."""
    return DEVELOP.format(body=body, result=result)


def copies(rows: str = ROWS, columns: str = COLUMNS, hit: str = HIT, result: str = "count") -> str:
    """Write the search for copies with one part exchanged."""
    return COPIES.format(rows=rows, columns=columns, hit=hit, result=result)


def chain(difference: str = SEAM, result: str = "order") -> str:
    """Write the chain of strips with one part exchanged."""
    return CHAIN.format(difference=difference, result=result)


WRONG = {
    "01-under-the-mouse": [
        Wrong("blue first", MOUSE.format("picture[y, x]"), "order of the file"),
        Wrong("x first", MOUSE.format("picture[x, y][::-1]"), "how far down"),
        Wrong("both", MOUSE.format("picture[x, y]"), "in the file's order"),
        Wrong("from one", MOUSE.format("picture[y - 1, x - 1][::-1]"), "count from 1"),
        Wrong("from the bottom", MOUSE.format("picture[-1 - y, x][::-1]"), "from the bottom"),
        Wrong("from the right", MOUSE.format("picture[y, -1 - x][::-1]"), "from the right"),
        Wrong("one light", MOUSE.format("picture[y, x, 2]"), "axes"),
    ],
    "01-weights": [
        Wrong(
            "grey",
            WEIGHTS.format("inputs // 3 * hidden + hidden * classes", "windows * side * side"),
            "Colour is forgotten",
        ),
        Wrong("one layer", WEIGHTS.format("inputs * hidden", SHARED), "second layer"),
        Wrong("multiplied through", WEIGHTS.format("inputs * hidden * classes", SHARED), "multiply through"),
        Wrong(
            "biases",
            WEIGHTS.format("(inputs + 1) * hidden + (hidden + 1) * classes", "windows * (side * side * 3 + 1)"),
            "one more weight",
        ),
        Wrong("at each place", WEIGHTS.format(DENSE, SHARED + " * places"), "again at each place"),
        Wrong(
            "at each pixel", WEIGHTS.format(DENSE, SHARED + " * mine['height'] * mine['width']"), "again at each pixel"
        ),
        Wrong("one light", WEIGHTS.format(DENSE, "windows * side * side"), "How many lights"),
        Wrong(
            "one light, dense", WEIGHTS.format("inputs // 3 * hidden + hidden * classes", SHARED), "shared windows are"
        ),
        Wrong("one side", WEIGHTS.format(DENSE, "windows * side * 3"), "one side long"),
        Wrong("swapped", WEIGHTS.format(SHARED, DENSE), "changed places"),
        Wrong("one number", WEIGHTS.format(DENSE, SHARED) + "counts = sum(counts)", "Expected"),
    ],
    "01-batch": [
        Wrong(
            "reshaped",
            batch("stack[..., ::-1].reshape(len(photos), 3, *stack.shape[1:3]) / 255"),
            "deals the numbers anew",
        ),
        Wrong("channels last", batch("stack[..., ::-1] / 255"), "channels still come last"),
        Wrong("blue first", batch("stack.transpose(0, 3, 1, 2) / 255"), "Blue still comes first"),
        Wrong("bytes", batch("stack[..., ::-1].transpose(0, 3, 1, 2)"), "from 0 to 255"),
        Wrong("on their side", batch("stack[..., ::-1].transpose(0, 3, 2, 1) / 255"), "on its side"),
        Wrong("by the maximum", batch("stack[..., ::-1].transpose(0, 3, 1, 2) / stack.max()"), "brightest pixel"),
        Wrong("by 256", batch("stack[..., ::-1].transpose(0, 3, 1, 2) / 256"), "256"),
        Wrong("first photograph only", batch("stack[0, ..., ::-1].transpose(2, 0, 1) / 255"), "axes"),
    ],
    "01-develop": [
        Wrong("wrapped", develop(result="(np.round(255 * picture).astype(int) % 256).astype(np.uint8)"), "after 255"),
        Wrong(
            "brightness first",
            develop("picture = (picture + brightness - 0.5) * contrast + 0.5"),
            "Brightness came before",
        ),
        Wrong("from black", develop("picture = picture * contrast + brightness"), "distance from black"),
        Wrong(
            "from the mean",
            develop("picture = (picture - picture.mean()) * contrast + picture.mean() + brightness"),
            "own mean",
        ),
        Wrong("cut decimals", develop(result="(255 * np.clip(picture, 0, 1)).astype(np.uint8)"), "one too dark"),
        Wrong(
            "cut twice",
            develop("picture = np.clip((picture - 0.5) * contrast + 0.5, 0, 1) + brightness"),
            "Cut off once",
        ),
        Wrong("floats", develop(result="np.clip(picture, 0, 1)"), "still in floats"),
        Wrong("whole floats", develop(result="np.round(255 * np.clip(picture, 0, 1))"), "not bytes"),
    ],
    "01-copies": [
        Wrong("no mirror", copies(hit="np.array_equal(window, patch)"), "Mirrored copies"),
        Wrong(
            "upside down",
            copies(hit="np.array_equal(window, patch) or np.array_equal(window, patch[::-1])"),
            "lies on the floor",
        ),
        Wrong(
            "twice",
            copies(hit="np.array_equal(window, patch) + np.array_equal(window, patch[:, ::-1])"),
            "counted twice",
        ),
        Wrong("tiles", copies(rows=f"0, {ROWS}, height", columns=f"0, {COLUMNS}, width"), "tile to tile"),
        Wrong("rim missed", copies(rows=ROWS[:-4], columns=COLUMNS[:-4]), "right rim"),
        Wrong(
            "red alone",
            copies(
                hit=HIT.replace("window,", "window[..., 0],")
                .replace("patch)", "patch[..., 0])", 1)
                .replace("patch[:, ::-1]", "patch[:, ::-1, 0]")
            ),
            "Red alone",
        ),
        Wrong("yes or no", copies(result="count > 0"), "whether there is"),
    ],
    "01-shredder": [
        Wrong("places", chain(result="np.argsort(order).tolist()"), "where each strip goes"),
        Wrong("as they came", "def unshred(strips):\n    return list(range(len(strips)))", "as they came"),
        Wrong(
            "by brightness",
            "def unshred(strips):\n    return [0, *sorted(range(1, len(strips)), key=lambda one: strips[one].mean())]",
            "order of their brightness",
        ),
        Wrong("left with left", chain("strips[one][:, 0] - last[:, 0]"), "left rims with left rims"),
        Wrong(
            "by likeness to strip 0",
            "def unshred(strips):\n    rim = strips[0][:, -1]\n"
            "    return [0, *sorted(range(1, len(strips)), key=lambda one: np.abs(strips[one][:, 0] - rim).mean())]",
            "how like each strip is to strip 0",
        ),
        Wrong("mean brightness", chain("strips[one].mean() - last.mean()"), "how bright whole strips"),
        Wrong("mean brightness of rims", chain("np.mean(strips[one][:, 0] - last[:, -1])"), "how bright two rims"),
        Wrong("signed", chain().replace("np.abs(", "("), "much darker counts"),
        Wrong(
            "signed the other way", chain("last[:, -1] - strips[one][:, 0]").replace("np.abs(", "("), "much brighter"
        ),
        Wrong("whole strips", chain("strips[one] - last"), "whole strips"),
        Wrong("leftwards", chain("strips[one][:, -1] - last[:, 0]"), "from the right to the left"),
        Wrong("top and bottom", chain("strips[one][0] - last[-1]"), "top and bottom"),
        Wrong("a picture", chain(result="np.hstack([strips[one] for one in order])"), "Expected"),
    ],
}
