"""Plausible wrong answers to the exercises of lesson 04, and what each is told."""

from tests.exercises.plausible import Wrong

# --- a drawn network --------------------------------------------------------------------------------------------------

DRAWN = """
shapes = given('04-drawn-network')['shapes']
parameters = work = 0
for before, after in ((shapes[0], shapes[1]), (shapes[2], shapes[3])):
    height, width = before[1] - after[1] + 1, before[2] - after[2] + 1
    area, channels, filters = {area}, {channels}, after[0]
    parameters += {learned}
    work += {work}
inputs, outputs = shapes[4][0], shapes[5][0]
counts = ({parameters}, {multiply_adds})
"""


def drawn(
    area="height * width",
    channels="before[0]",
    learned="(area * channels + 1) * filters",
    work="area * channels * filters * after[1] * after[2]",
    parameters="parameters + (inputs + 1) * outputs",
    multiply_adds="work + inputs * outputs",
) -> str:
    """Count the drawn network with one part exchanged."""
    return DRAWN.format(
        area=area, channels=channels, learned=learned, work=work, parameters=parameters, multiply_adds=multiply_adds
    )


# --- panorama ---------------------------------------------------------------------------------------------------------

PANORAMA = """
def panorama(maps, filters, bias, stride):
    {before}
    channels, height, width = maps.shape
    count, _, a, b = filters.shape
    rows, columns = (height - a) // stride + 1, -(-width // stride)
    result = np.zeros((count, rows, columns))
    for k in range(count):
        for i in range(rows):
            for j in range(columns):
                across = [({column}) for right in range(b)]
                window = maps[:, i * stride : i * stride + a][:, :, across]
                result[k, i, j] = {total}
    return {result}
"""
GOING_ROUND = "(j * stride + right) % width"
TOTAL = "(window * filters[k]).sum() + bias[k]"


def panorama(before="pass", column=GOING_ROUND, total=TOTAL, result="result") -> str:
    """Write the layer in loops with one part exchanged."""
    return PANORAMA.format(before=before, column=column, total=total, result=result)


CONTINUED = """
import torch

def panorama(maps, filters, bias, stride):
    extra = filters.shape[3] - 1
    maps = {maps}
    layer = torch.nn.functional.conv2d
    return layer(torch.tensor(maps), torch.tensor(filters), torch.tensor(bias), stride=stride).numpy()
"""

# --- shared weights ---------------------------------------------------------------------------------------------------

SHARE = """
def share(matrix, picture_shape, kernel_shape):
    (height, width), (a, b) = picture_shape, kernel_shape
    rows, columns = height - a + 1, width - b + 1
    kernel, rest = np.zeros(kernel_shape), matrix.copy()
    for down in range(a):
        for right in range(b):
            for output in {outputs}:
                i, j = {place}
                pixel = {pixel}
                kernel[down, right] += matrix[output, pixel]
                rest[output, pixel] = 0
    return {kernel}, {cut}
"""


def share(
    outputs="range(rows * columns)",
    place="divmod(output, columns)",
    pixel="(i + down) * width + j + right",
    kernel="kernel / (rows * columns)",
    cut="np.count_nonzero(rest)",
) -> str:
    """Share weights with one part exchanged."""
    return SHARE.format(outputs=outputs, place=place, pixel=pixel, kernel=kernel, cut=cut)


# --- a broken network -------------------------------------------------------------------------------------------------

REPAIR = """
from torch import nn

network = nn.Sequential(
    nn.Conv2d(3, 6, 5, stride=2), {bend}nn.Conv2d(6, 12, 3), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(12 * 3 * 5, 20), {late}nn.Linear(20, 5){end}
)
"""


def repair(bend="nn.ReLU(), ", late="nn.ReLU(), ", end="") -> str:
    """Repair the network with one part exchanged."""
    return REPAIR.format(bend=bend, late=late, end=end)


# --- a detective ------------------------------------------------------------------------------------------------------

DETECTIVE = """
mine = given('04-detective')
image, kernel, target, claimed = (mine[name] for name in ('image', 'kernel', 'target', 'claimed'))

def slid(picture, weights):
    view = np.lib.stride_tricks.sliding_window_view(picture, weights.shape)
    return np.einsum('ijab,ab->ij', view, weights)

answer = slid(image, kernel)
arriving = {arriving}
gradient = slid(image, arriving)
row, column = np.unravel_index(abs(gradient - claimed).argmax(), claimed.shape)
value = gradient[row, column]
found = {found}
"""
ARRIVING = "(np.maximum(answer, 0) - target) * (answer > 0)"


def detective(arriving=ARRIVING, found="(row, column, value)") -> str:
    """Find the wrong derivative with one part exchanged."""
    return DETECTIVE.format(arriving=arriving, found=found)


# --- collapse ---------------------------------------------------------------------------------------------------------

COLLAPSE = """
def collapse(filters1, bias1, filters2, bias2):
    between, channels, a, b = filters1.shape
    count, _, c, d = filters2.shape
    filters = np.zeros((count, channels, a + c - 1, b + d - 1))
    for i in range(c):
        for j in range(d):
            for m in range({between}):
                filters[:, :, {rows}, {columns}] += {product}
    bias = {bias}
    return {result}
"""
PRODUCT = "filters2[:, m, i, j][:, None, None, None] * filters1[m]"


def collapse(
    between="between",
    rows="i : i + a",
    columns="j : j + b",
    product=PRODUCT,
    bias="filters2.sum(axis=(2, 3)) @ bias1 + bias2",
    result="filters, bias",
) -> str:
    """Collapse two layers with one part exchanged."""
    return COLLAPSE.format(between=between, rows=rows, columns=columns, product=product, bias=bias, result=result)


WRONG = {
    "04-drawn-network": [
        Wrong(
            "no biases",
            drawn(learned="area * channels * filters", parameters="parameters + inputs * outputs"),
            "biases are missing",
        ),
        Wrong(
            "one bias a layer",
            drawn(learned="area * channels * filters + 1", parameters="parameters + inputs * outputs + 1"),
            "too few",
        ),
        Wrong("no convolution biases", drawn(learned="area * channels * filters"), "biases of the convolutions"),
        Wrong("no dense biases", drawn(parameters="parameters + inputs * outputs"), "biases of the dense"),
        Wrong("kernels too small", drawn(area="(height - 1) * (width - 1)"), "one too small"),
        Wrong(
            "kernels too small in the work",
            drawn(work="(height - 1) * (width - 1) * channels * filters * after[1] * after[2]"),
            "one too small",
        ),
        Wrong(
            "biases added once",
            drawn(
                work="(area * channels * after[1] * after[2] + 1) * filters",
                multiply_adds="work + (inputs + 1) * outputs",
            ),
            "leave all of them",
        ),
        Wrong(
            "biases of convolutions multiplied",
            drawn(work="(area * channels + 1) * filters * after[1] * after[2]"),
            "those of the convolutions",
        ),
        Wrong(
            "biases of the dense layer multiplied",
            drawn(multiply_adds="work + (inputs + 1) * outputs"),
            "those of the dense",
        ),
        Wrong("channels forgotten", drawn(learned="(area + 1) * filters"), "one kernel"),
        Wrong("a bias a kernel", drawn(learned="(area + 1) * channels * filters"), "every kernel a bias"),
        Wrong("no dense layer", drawn(parameters="parameters"), "learn nothing"),
        Wrong("square kernels", drawn(area="height**2"), "squares"),
        Wrong("weights once", drawn(work="area * channels * filters"), "At how many"),
        Wrong(
            "biases multiplied",
            drawn(
                work="(area * channels + 1) * filters * after[1] * after[2]",
                multiply_adds="work + (inputs + 1) * outputs",
            ),
            "multiplies nothing",
        ),
        Wrong("places of the input", drawn(work="area * channels * filters * before[1] * before[2]"), "comes out"),
        Wrong("dense layer idle", drawn(multiply_adds="work"), "multiplies, too"),
        Wrong("channels forgotten in the work", drawn(work="area * filters * after[1] * after[2]"), "one kernel"),
        Wrong("one number", drawn() + "counts = sum(counts)", "Expected 2 values"),
    ],
    "04-panorama": [
        Wrong("the picture ends", CONTINUED.format(maps="maps"), "ends at its last column"),
        Wrong(
            "zeros beyond",
            CONTINUED.format(maps="np.pad(maps, [(0, 0), (0, 0), (0, extra)])"),
            "you see zeros",
        ),
        Wrong("last column again", panorama(column="min(j * stride + right, width - 1)"), "replicate"),
        Wrong(
            "round both ways",
            CONTINUED.format(maps="np.pad(maps, [(0, 0), (0, filters.shape[2] - 1), (0, extra)], mode='wrap')"),
            "Rows go round",
        ),
        Wrong("kernels turned", panorama(total=TOTAL.replace("filters[k]", "filters[k, :, ::-1, ::-1]")), "turned"),
        Wrong("no bias", panorama(total="(window * filters[k]).sum()"), "biases are missing"),
        Wrong(
            "a bias a channel",
            panorama(total="sum((window[c] * filters[k, c]).sum() + bias[k] for c in range(channels))"),
            "once for each channel",
        ),
        Wrong("first channel", panorama(total="(window[0] * filters[k, 0]).sum() + bias[k]"), "first channel"),
        Wrong("mean over channels", panorama(total="(window * filters[k]).sum() / channels + bias[k]"), "averaged"),
        Wrong("stride ignored", panorama(before="stride = 1"), "move by one"),
        Wrong("one map", panorama(result="result.sum(axis=0, keepdims=True)"), "map of its own"),
        Wrong("out of the picture", panorama(column="j * stride + right"), "IndexError"),
    ],
    "04-share": [
        Wrong("sums", share(kernel="kernel"), "Those are sums"),
        Wrong("first output", share(outputs="range(1)", kernel="kernel"), "first output"),
        Wrong("runs on", share(pixel="output + down * width + right"), "run on"),
        Wrong("turned", share(kernel="kernel[::-1, ::-1] / (rows * columns)"), "half a circle"),
        Wrong(
            "column by column",
            share(place="divmod(output, rows)[::-1]", pixel="(j + right) * height + i + down"),
            "column by column",
        ),
        Wrong(
            "edges that are there",
            "def share(matrix, picture_shape, kernel_shape):\n"
            "    (height, width), (a, b) = picture_shape, kernel_shape\n"
            "    columns, rest, kernel = width - b + 1, matrix.copy(), np.zeros(kernel_shape)\n"
            "    for d in range(a):\n"
            "        for r in range(b):\n"
            "            at = [(o, (o // columns + d) * width + o % columns + r) for o in range(len(matrix))]\n"
            "            there = [matrix[place] for place in at if matrix[place]]\n"
            "            kernel[d, r] = np.mean(there)\n"
            "            for place in at:\n"
            "                rest[place] = 0\n"
            "    return kernel, np.count_nonzero(rest)",
            "edges that are there",
        ),
        Wrong("mean over pixels", share(kernel="kernel / (height * width)"), "over all pixels"),
        Wrong(
            "zeros counted",
            share(cut="(rows * columns) * (height * width - a * b)"),
            "no edge to cut",
        ),
        Wrong("kept ones counted", share(cut="np.count_nonzero(matrix) - np.count_nonzero(rest)"), "that may stay"),
        Wrong("all counted", share(cut="np.count_nonzero(matrix)"), "all edges"),
        Wrong("added up", share(cut="abs(rest).sum()"), "added up"),
        Wrong(
            "number forgotten",
            share().replace("return ", "return [").replace(", np.count_nonzero(rest)", "]"),
            "values",
        ),
    ],
    "04-repair": [
        Wrong("channels left", repair().replace("nn.Conv2d(6,", "nn.Conv2d(3,"), "A convolution refuses"),
        Wrong("square left", repair().replace("3 * 5", "3 * 3"), "A dense layer refuses"),
        Wrong(
            "lazy, and no bend in front",
            repair(bend="").replace("nn.Linear(12 * 3 * 5,", "nn.LazyLinear("),
            "a convolution and the layer",
        ),
        Wrong("no bend in front", repair(bend=""), "a convolution and the layer"),
        Wrong("no bend between dense layers", repair(late=""), "two dense layers"),
        Wrong("bend at the end", repair(end=", nn.ReLU()"), "at the very end"),
        Wrong("fewer filters", repair().replace("6, 5,", "4, 5,").replace("(6, 12", "(4, 12"), "another network"),
        Wrong("no pooling", repair().replace(" nn.MaxPool2d(2),", "").replace("3 * 5", "6 * 10"), "another network"),
        Wrong("no bend in disguise", repair(bend="nn.Identity(), "), "a convolution and the layer"),
        Wrong("a class of its own", repair() + "network = nn.ModuleList(network)", "nn.Sequential"),
        Wrong(
            "not flattened",
            repair().replace("nn.Flatten(), ", "").replace("12 * 3 * 5", "5"),
            "another network",
        ),
        Wrong("a number", "network = 3620", "nn.Sequential"),
    ],
    "04-detective": [
        Wrong("slope left out", detective(arriving="np.maximum(answer, 0) - target"), "slope of the ReLU"),
        Wrong("ReLU left out", detective(arriving="answer - target"), "no ReLU"),
        Wrong("target left out", detective(arriving="np.maximum(answer, 0)"), "leaves out the target"),
        Wrong("row and column", detective(found="(column, row, value)"), "changed places"),
        Wrong("from one", detective(found="(row + 1, column + 1, value)"), "counted from 1"),
        Wrong("the claim", detective(found="(row, column, claimed[row, column])"), "the claimed one"),
        Wrong("no half", detective(found="(row, column, 2 * value)"), "twice too large"),
        Wrong("sign", detective(found="(row, column, -value)"), "wrong sign"),
        Wrong("mean", detective(found="(row, column, value / answer.size)"), "a mean"),
        Wrong("the mistake", detective(found="(row, column, claimed[row, column] - value)"), "mistake itself"),
        Wrong("place alone", detective(found="(row, column)"), "Expected 3 values"),
    ],
    "04-collapse": [
        Wrong("second kernel turned", collapse(product=PRODUCT.replace("i, j]", "c - 1 - i, d - 1 - j]")), "pairs"),
        Wrong("the whole turned", collapse(result="filters[..., ::-1, ::-1], bias"), "The whole is turned"),
        Wrong("mean", collapse(result="filters / between, bias"), "are averaged"),
        Wrong("first map", collapse(between="1"), "first map in between"),
        Wrong("one filter", collapse(product=PRODUCT.replace("[:, m, i, j]", "[:1, m, i, j]")), "the same one"),
        Wrong("bias lost", collapse(bias="bias2"), "biases of the first layer are lost"),
        Wrong("bias as it is", collapse(bias="bias1.sum() + bias2"), "as they are"),
        Wrong("second bias lost", collapse(bias="filters2.sum(axis=(2, 3)) @ bias1"), "second layer are lost"),
        Wrong("bias at one place", collapse(bias="filters2.mean(axis=(2, 3)) @ bias1 + bias2"), "every place"),
        Wrong("not large enough", collapse(result="filters[..., : max(a, c), : max(b, d)], bias"), "shape of"),
        Wrong("biases forgotten", collapse(result="filters"), "Expected"),
    ],
}
