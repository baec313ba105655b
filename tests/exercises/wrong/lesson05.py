"""Plausible wrong answers to the exercises of lesson 05, and what each is told."""

from tests.exercises.plausible import Wrong

# --- by hand: windows of 2 × 3, stride 2 ------------------------------------------------------------------------------

BY_HAND = """
feature_map = given('05-pool-by-hand')['feature_map']
view = np.lib.stride_tricks.sliding_window_view({map}, {size})[::{down}, ::{right}]
pooled = view.{keep}(axis=(2, 3))
"""


def by_hand(map="feature_map", size=(2, 3), down=2, right=2, keep="max") -> str:
    """Write the pooling by hand with one part exchanged."""
    return BY_HAND.format(map=map, size=size, down=down, right=right, keep=keep)


# --- the loudest ------------------------------------------------------------------------------------------------------

LOUDEST = """
def loudest(maps, size, stride):
    {before}
    rows = (maps.shape[-2] - size[0]) // stride[0] + 1{short}
    columns = (maps.shape[-1] - size[1]) // stride[1] + 1{short}
    pooled = np.zeros((len(maps), rows, columns))
    for i in range(rows):
        for j in range(columns):
            window = maps[:, i * stride[0] : i * stride[0] + size[0], j * stride[1] : j * stride[1] + size[1]]
            high, low = window.max(axis=(1, 2)), window.min(axis=(1, 2))
            pooled[:, i, j] = {keep}
    return {result}
"""


def loudest(before="pass", keep="np.where(high > -low, high, low)", result="pooled", short="") -> str:
    """Write the pooling in loops with one part exchanged."""
    return LOUDEST.format(before=before, keep=keep, result=result, short=short)


# --- blame ------------------------------------------------------------------------------------------------------------

BLAME = """
def blame(answers, arriving, size, stride):
    result = np.zeros(answers.shape)
    for channel, i, j in np.ndindex(arriving.shape):
        top, left = i * {step}[0], j * {step}[1]
        window = answers[channel, top : top + size[0], left : left + size[1]]
        a, b = np.unravel_index({winner}, window.shape)
        value, g = window[a, b], arriving[channel, i, j]
        {body}
    return {result}
"""
PASS_ON = "result[channel, top + a, left + b] += g * (value > 0)"


def blame(winner="window.argmax()", body=PASS_ON, step="stride", result="result") -> str:
    """Write the way back with one part exchanged."""
    return BLAME.format(winner=winner, body=body, step=step, result=result)


SHARED = "result[channel, top : top + size[0], left : left + size[1]] += g / window.size * (window > 0)"

# --- walk back --------------------------------------------------------------------------------------------------------

WALK = """
def walk_back(layers, place):
    seen = {{{start}}}
    for kernel, stride, padding, dilation in {layers}:
        seen = {{i * {stride} - {padding} + {reach} for i in seen for j in range({kernel})}}
    return {result}
"""


def walk(
    start="place",
    layers="reversed(layers)",
    stride="stride",
    padding="padding",
    reach="dilation * j",
    kernel="kernel",
    result="(min(seen), max(seen), len(seen))",
) -> str:
    """Write the walk with one part exchanged."""
    return WALK.format(
        start=start, layers=layers, stride=stride, padding=padding, reach=reach, kernel=kernel, result=result
    )


# --- design -----------------------------------------------------------------------------------------------------------

DESIGN = """
mine = given('05-design-a-view')
field, step, maps = mine['field'], mine['step'], mine['maps']
rest, steps = field % step, field // step - 1
few = 4
first = [('convolution', rest + 1, 1, few), ('pooling', 2), ('pooling', step // 2)]
threes = [('convolution', 3, 1, few)] * (steps // 2) + [('convolution', 2, 1, few)] * (steps % 2)
stack = first + threes
stack[-1] = stack[-1][:3] + (maps,)
"""
LONG = """
left = {left}
stack = {start}
while left > 0:
    stack.append(('convolution', min(left, 6) + 1, 1, 2))
    left -= 6
stack[-1] = stack[-1][:3] + (maps,)
"""

# --- not noticed ------------------------------------------------------------------------------------------------------

UNNOTICED = """
mine = given('05-not-noticed')
size, shift = mine['size'], mine['shift']
picture = np.zeros(mine['shape'])
"""

# --- blur -------------------------------------------------------------------------------------------------------------

BLUR = """
step = given('05-blur')['step']
mean = np.ones(step) / step
good = np.convolve(mean, [0.5, 0.5])
"""

WRONG = {
    "05-pool-by-hand": [
        Wrong("means", by_hand(keep="mean"), "Those are means"),
        Wrong("smallest", by_hand(keep="min"), "smallest"),
        Wrong("side by side", by_hand(right=3), "side by side"),
        Wrong("a stride of one", by_hand(down=1, right=1), "move by one"),
        Wrong("window turned", by_hand(size=(3, 2)), "stand upright: they"),
        Wrong(
            "3 × 2, cut off at the rim",
            "feature_map = given('05-pool-by-hand')['feature_map']\n"
            "pooled = [[feature_map[r : r + 3, c : c + 2].max() for c in (0, 2, 4)] for r in (0, 2)]",
            "stand upright and should",
        ),
        Wrong("signs lost", by_hand(map="abs(feature_map)"), "Minus signs"),
        Wrong("behind a ReLU", by_hand(map="np.maximum(feature_map, 0)"), "A zero won"),
        Wrong("sums", by_hand(keep="sum"), "Those are sums"),
    ],
    "05-loudest": [
        Wrong("plain max pooling", loudest(keep="high"), "plain max pooling"),
        Wrong("signs lost", loudest(keep="np.maximum(high, -low)"), "signs are lost"),
        Wrong("smallest", loudest(keep="low"), "smallest of each window"),
        Wrong("side by side", loudest(before="stride = size"), "side by side"),
        Wrong("a stride of one", loudest(before="stride = (1, 1)"), "move by one"),
        Wrong("size turned", loudest(before="size = size[::-1]"), "Height and width"),
        Wrong("strides turned", loudest(before="stride = stride[::-1]"), "two strides"),
        Wrong("mean", loudest(keep="window.mean(axis=(1, 2))"), "mean of each window"),
        Wrong("one window short", loudest(short=" - 1"), "last row and the last column"),
        Wrong(
            "across maps",
            loudest(
                before="strongest = abs(maps).argmax(axis=0)[None]; maps = np.take_along_axis(maps, strongest, 0)",
                result="pooled[0]",
            ),
            "compete",
        ),
        Wrong("two maps forgotten", loudest(result="pooled[0]"), "array of 3 axes"),
        Wrong("input changed", loudest(result="[pooled, maps.sort()][0]"), "changes its inputs"),
    ],
    "05-blame": [
        Wrong("ReLU forgotten", blame(body=PASS_ON.replace(" * (value > 0)", "")), "stopped before the ReLU"),
        Wrong("shared by all", blame(body=SHARED), "an average"),
        Wrong("overwritten", blame(body="if value > 0: " + PASS_ON.replace("+=", "=")), "are they not added"),
        Wrong("times the value", blame(body=PASS_ON + " * value"), "own value"),
        Wrong("marks only", blame(body=PASS_ON.replace("g *", "1 *")), "forgot what arrives"),
        Wrong("negative gradients cut", blame(body=PASS_ON.replace("g *", "max(g, 0) *")), "Negative gradients"),
        Wrong("values sent back", blame(body="result[channel, top + a, left + b] = max(value, 0)"), "pooled value"),
        Wrong("side by side", blame(step="size"), "in line"),
        Wrong(
            "smallest blamed",
            blame(winner="np.maximum(window, 0).argmin()"),
            "smallest pixel",
        ),
        Wrong("zeros", blame(body="pass"), "differs"),
    ],
    "05-walk-back": [
        Wrong("from the wrong end", walk(layers="layers"), "from the pixels upwards"),
        Wrong("gaps counted", walk(result="(min(seen), max(seen), max(seen) - min(seen) + 1)"), "gaps are counted"),
        Wrong("dilation ignored", walk(reach="j"), "dilation has no effect"),
        Wrong("stride ignored", walk(stride="1"), "stride has no effect"),
        Wrong("padding ignored", walk(padding="0"), "padding has no effect"),
        Wrong("padding doubled", walk(padding="2 * padding"), "counted twice"),
        Wrong("one gap too many", walk(reach="j", kernel="kernel * dilation"), "too wide"),
        Wrong("end not included", walk(result="(min(seen), max(seen) + 1, len(seen))"), "both ends"),
        Wrong("cut at the border", walk(result="(max(min(seen), 0), max(seen), len(seen))"), "cut off"),
        Wrong(
            "padding not counted",
            walk(result="(max(min(seen), 0), max(seen), sum(one >= 0 for one in seen))"),
            "left out of your count",
        ),
        Wrong("always the first", walk(start="0"), "place has no effect"),
        Wrong("count forgotten", walk(result="(min(seen), max(seen))"), "Expected 3 values"),
    ],
    "05-design-a-view": [
        Wrong(
            "strides left out",
            DESIGN
            + LONG.format(start="[('pooling', 2), ('pooling', step // 2)]", left="field - 1 - 1 - (step // 2 - 1)"),
            "if no layer had a stride",
        ),
        Wrong("upside down", DESIGN + "stack = stack[::-1]", "from the other end"),
        Wrong("one layer short", DESIGN + "stack = stack[:-1]", "too little"),
        Wrong("one layer more", DESIGN + "stack = stack + stack[-1:]", "too much"),
        Wrong("wide all the way", DESIGN.replace("few = 4", "few = maps"), "more than its budget"),
        Wrong("no step", DESIGN + LONG.format(start="[]", left="field - 1"), "another distance"),
        Wrong("few maps at the end", DESIGN.replace("+ (maps,)", "+ (few,)"), "number of maps"),
        Wrong("one large kernel", DESIGN + "stack = [('convolution', field, step, maps)]", "cannot be read"),
        Wrong("numbers alone", DESIGN + "stack = [(3, 1), (2, 2)]", "cannot be read"),
        Wrong("nothing", "stack = None", "stub"),
    ],
    "05-not-noticed": [
        Wrong("a spot that crosses", UNNOTICED + "picture[0, size - 1] = 9", "Max pooling notices"),
        Wrong("even grey", UNNOTICED + "picture[:] = 5", "same maximum"),
        Wrong("stripes along the shift", UNNOTICED + "picture[:size] = 9", "equals the picture itself"),
        Wrong("one spot", UNNOTICED + "picture[0, 0] = 9", "Average pooling does not"),
        Wrong(
            "nothing at the corners",
            UNNOTICED + "picture[1, 0] = picture[1, size] = 9; picture[1, size - 1] = 5",
            "bare stride does not",
        ),
        Wrong("on its side", UNNOTICED + "picture[0, 0] = 9; picture = picture.T", "another shape"),
        Wrong("too bright", UNNOTICED + "picture[0, 0] = 255", "between 0 and 9"),
    ],
    "05-blur": [
        Wrong("nothing mixed", BLUR + "weights = [0, 0, 1, 0, 0]", "untouched"),
        Wrong(
            "mean of three", BLUR + "weights = np.full(3, 1 / 3) if step == 4 else np.full(5, 1 / 5)", "weaker or not"
        ),
        Wrong("a difference", BLUR + "weights = [-1, 0, 1]", "a detector"),
        Wrong("too faint to be measured", BLUR + "weights = np.array([1, 2, 1]) * 3e-7", "come through"),
        Wrong("no middle", BLUR + "weights = mean", "no middle"),
        Wrong("not divided", BLUR + "weights = good * 2 * step", "as bright"),
        Wrong("half a wave apart", BLUR + "weights = [0.5] + [0] * (step // 2 - 1) + [0.5]", "Some of the false"),
        Wrong(
            "half as wide", BLUR + "weights = np.convolve(np.ones(step // 2), [1, 1]) / step", "longest of the false"
        ),
        Wrong(
            "far too wide", BLUR + "weights = np.convolve(good, np.ones(4 * step + 1)) / (4 * step + 1)", "Long waves"
        ),
        Wrong("a square of weights", BLUR + "weights = np.outer(good, good)", "one row"),
    ],
}
