"""Plausible wrong answers to the exercises of lesson 02, and what each is told."""

from tests.exercises.plausible import Wrong

MINE = "mine = given('02-one-place'); "
LOOPS = """
def slide(image, kernel, stride):
    rows, columns = {size}
    result = np.zeros((rows, columns))
    for row in range(rows):
        for column in range(columns):
            for down in range(kernel.shape[0]):
                for right in range(kernel.shape[1]):
                    {body}
    return {result}
"""
RIGHT_SIZE = "(image.shape[0] - kernel.shape[0]) // stride + 1, (image.shape[1] - kernel.shape[1]) // stride + 1"
ROUNDED_UP = "-((kernel.shape[{0}] - image.shape[{0}]) // stride) + 1"
RIGHT_BODY = "result[row, column] += image[row * stride + down, column * stride + right] * kernel[down, right]"
FRAME = """
def frame(image, width):
    taller = np.pad(image, ((width, width), (0, 0)), mode='{rows}')
    return np.pad(taller, ((0, 0), (width, width)), mode='{columns}')
"""
TRACE = """
mine = given('02-trace')
row, column = np.argwhere(mine['before'])[0]
trace = mine['after'][row - 2 : row + 1, column - 2 : column + 1]
secret = {}
"""
SHAKEN = """
def sharpen(shaken, kernel):
    picture, factors = np.fft.fft2(shaken), np.fft.fft2(kernel, shaken.shape)
    return {}
"""


def loops(size: str = RIGHT_SIZE, body: str = RIGHT_BODY, result: str = "result") -> str:
    """Write the four loops with one part exchanged."""
    return LOOPS.format(size=size, body=body, result=result)


def places(body: str) -> str:
    """Write a function that counts places."""
    return f"def places(size, kernel, stride, padding, dilation):\n    return {body}"


def falling(rows: str, scale: str = "given('02-falling-lines')['strength'] / 6") -> str:
    """Write a kernel, scaled."""
    return f"kernel = np.array({rows}) * {scale}"


WRONG = {
    "02-one-place": [
        Wrong("kernel turned", MINE + "value = np.sum(mine['window'] * mine['kernel'][::-1, ::-1])", "half a circle"),
        Wrong("mean", MINE + "value = np.mean(mine['window'] * mine['kernel'])", "mean of the nine"),
        Wrong("transposed", MINE + "value = np.sum(mine['window'] * mine['kernel'].T)", "changed places"),
        Wrong("no kernel", MINE + "value = np.sum(mine['window'])", "window alone"),
        Wrong("added", MINE + "value = np.sum(mine['window'] + mine['kernel'])", "were added"),
        Wrong("signs lost", MINE + "value = np.sum(mine['window'] * abs(mine['kernel']))", "minus sign"),
        Wrong("nine products", MINE + "value = mine['window'] * mine['kernel']", "a single number"),
    ],
    "02-output-size": [
        Wrong("no gaps", places("max((size + 2 * padding - kernel) // stride + 1, 0)"), "dilation has no effect"),
        Wrong(
            "a gap too many",
            places("max((size + 2 * padding - kernel * dilation) // stride + 1, 0)"),
            "reaches too far",
        ),
        Wrong(
            "gaps as long as the dilation",
            places("max((size + 2 * padding - (dilation * (kernel - 1) + kernel)) // stride + 1, 0)"),
            "are skipped between",
        ),
        Wrong(
            "one gap too far",
            places("max((size + 2 * padding - (dilation * kernel + 1)) // stride + 1, 0)"),
            "one gap too far",
        ),
        Wrong(
            "padding once",
            places("max((size + padding - dilation * (kernel - 1) - 1) // stride + 1, 0)"),
            "one end only",
        ),
        Wrong(
            "rounded up",
            places("max(int(np.ceil((size + 2 * padding - dilation * (kernel - 1) - 1) / stride)) + 1, 0)"),
            "half a step",
        ),
        Wrong("steps", places("max((size + 2 * padding - dilation * (kernel - 1) - 1) // stride, 0)"), "count steps."),
        Wrong("no stride", places("max(size + 2 * padding - dilation * (kernel - 1), 0)"), "stride has no effect"),
        Wrong(
            "less than nothing",
            places("(size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1"),
            "fewer than no places",
        ),
        Wrong("as text", places("str(kernel)"), "Expected numbers"),
    ],
    "02-four-loops": [
        Wrong(
            "kernel turned", loops(body=RIGHT_BODY.replace("[down, right]", "[-1 - down, -1 - right]")), "half a circle"
        ),
        Wrong(
            "stride ignored", loops().replace("// stride", "// 1").replace("* stride", "* 1"), "stride has no effect"
        ),
        Wrong("one place short", loops(size=RIGHT_SIZE.replace(" + 1", "")), "last row and the last column"),
        Wrong("transposed", loops(result="result.T"), "changed places"),
        Wrong("mean", loops(result="result / kernel.size"), "mean"),
        Wrong("overwritten", loops(body=RIGHT_BODY.replace("+=", "=")), "last product"),
        Wrong("rounded up", loops(size=", ".join(map(ROUNDED_UP.format, (0, 1)))), "IndexError"),
        Wrong("input changed", loops(body=RIGHT_BODY + "; image[0, 0] = 99"), "changes its inputs"),
    ],
    "02-falling-lines": [
        Wrong("nothing but the line", falling("[[2, 0, 0], [0, 2, 0], [0, 0, 2]]"), "even wall as bright"),
        Wrong("rising", falling("[[-1, -1, 2], [-1, 2, -1], [2, -1, -1]]"), "prefers rising"),
        Wrong("level", falling("[[-1, -1, -1], [2, 2, 2], [-1, -1, -1]]"), "prefers level or upright"),
        Wrong("dark lines", falling("[[-2, 1, 1], [1, -2, 1], [1, 1, -2]]"), "not at its strongest"),
        Wrong("beside the line", falling("[[0, 1, -1], [-1, 0, 1], [1, -1, 0]]", "1"), "not at its strongest"),
        Wrong("silent", "kernel = np.zeros((3, 3))", "silent whatever"),
        Wrong("a spot", falling("[[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]"), "level or an upright line excites"),
        Wrong("not zero", falling("[[3, -1, -1], [-1, 3, -1], [-1, -1, 3]]", "1"), "the brighter the wall is"),
        Wrong(
            "a crossing unchecked",
            falling("[[0, -1, 0], [-1, 4, -1], [0, -1, 0]]"),
            "rising line excites",
        ),
        Wrong("not scaled", falling("[[2, -1, -1], [-1, 2, -1], [-1, -1, 2]]", "1"), "not as strong as asked"),
        Wrong("five by five", "kernel = np.eye(5) - 0.2", "shape"),
    ],
    "02-panorama": [
        Wrong("rim repeated", FRAME.format(rows="symmetric", columns="wrap"), "repeat the rim row"),
        Wrong("mirrored all round", FRAME.format(rows="reflect", columns="reflect"), "Left and right are mirrored"),
        Wrong("a ring both ways", FRAME.format(rows="wrap", columns="wrap"), "touch the sky"),
        Wrong("axes swapped", FRAME.format(rows="wrap", columns="reflect"), "runs around the horizon"),
        Wrong("copied outwards", FRAME.format(rows="edge", columns="wrap"), "replicate"),
        Wrong("zeros", FRAME.format(rows="constant", columns="constant"), "black"),
        Wrong(
            "ends swapped",
            "def frame(image, width):\n"
            "    taller = np.pad(image, ((width, width), (0, 0)), mode='reflect')\n"
            "    return np.hstack([taller[:, :width], taller, taller[:, image.shape[1] - width:]])",
            "continues with itself",
        ),
        Wrong(
            "minus nought",
            "def frame(image, width):\n"
            "    taller = np.pad(image, ((width, width), (0, 0)), mode='reflect')\n"
            "    return np.hstack([taller[:, -width:], taller, taller[:, :width]])",
            "shape",
        ),
    ],
    "02-trace": [
        Wrong("as it looks", TRACE.format("trace / mine['before'].max()"), "turned by half a circle"),
        Wrong("too strong", TRACE.format("trace[::-1, ::-1]"), "same factor"),
        Wrong("turned and too strong", TRACE.format("trace"), "Two slips"),
        Wrong("mirrored only", TRACE.format("trace[:, ::-1] / mine['before'].max()"), "Upside down"),
        Wrong("turned over only", TRACE.format("trace[::-1] / mine['before'].max()"), "Left and right"),
        Wrong("transposed", TRACE.format("trace[::-1, ::-1].T / mine['before'].max()"), "Rows and columns"),
        Wrong("the whole trace", TRACE.format("mine['after'] / mine['before'].max()"), "shape"),
    ],
    "02-shaken": [
        Wrong("no conjugate", SHAKEN.format("np.fft.ifft2(picture / factors).real"), "turned before it slid"),
        Wrong("shaken again", SHAKEN.format("np.fft.ifft2(picture * np.conj(factors)).real"), "shaken it once more. "),
        Wrong("multiplied", SHAKEN.format("np.fft.ifft2(picture * factors).real"), "with a turned kernel"),
        Wrong("strength only", SHAKEN.format("np.fft.ifft2(picture / abs(factors)).real"), "old strength"),
        Wrong(
            "centred",
            SHAKEN.format(
                "np.roll(np.fft.ifft2(picture / np.conj(factors)).real, [-(k // 2) for k in kernel.shape], (0, 1))"
            ),
            "sharp and displaced",
        ),
        Wrong("kernel not filled up", SHAKEN.format("np.fft.ifft2(picture / np.fft.fft2(kernel)).real"), "ValueError"),
        Wrong("nothing done", SHAKEN.format("shaken.copy()"), "Nothing was undone"),
        Wrong("complex", SHAKEN.format("np.fft.ifft2(picture / np.conj(factors))"), "complex ones"),
        Wrong("still waves", SHAKEN.format("picture / np.conj(factors)"), "Not right yet"),
    ],
}
