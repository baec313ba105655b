"""Plausible wrong answers to the exercises of lesson 09, and what each is told."""

from tests.exercises.plausible import Wrong

# --- two tables -------------------------------------------------------------------------------------------------------

TABLE = """
mine = given('09-two-tables')
height, width = mine['picture']
stem, block, n = mine['stem']['maps'], mine['block'], mine['classes']
(r3, o3), (r5, o5) = block['3x3'], block['5x5']
joined = {joined}
places = {places}
convs = stem * 3 * mine['stem']['kernel'] ** 2 + stem * (block['1x1'] + block['pool'] + r3 + r5)
convs += r3 * o3 * 9 + r5 * o5 * 25
maps = stem + block['1x1'] + o3 + o5 + block['pool'] + r3 + r5
head, auxiliary = joined * n + {biases}, stem * n + n
parameters = convs + {normed} * maps + head {more}
work = {work}
numbers = convs + {kept} * maps + head + {extra}
spared = {spared}
table = (parameters, work, numbers * {unit}, spared)
"""


def table(
    joined="block['1x1'] + o3 + o5 + block['pool']",
    places="height * width // 4",
    biases="n",
    normed=2,
    more="",
    work="convs * places + joined * n",
    kept=4,
    extra="auxiliary",
    unit="4 / 2**20",
    spared="stem * (9 * o3 + 25 * o5) - stem * (r3 + r5) - 9 * r3 * o3 - 25 * r5 * o5",
) -> str:
    """Write the count with one part exchanged."""
    return TABLE.format(
        joined=joined, places=places, biases=biases, normed=normed, more=more, work=work, kept=kept, extra=extra,
        unit=unit, spared=spared,
    )  # fmt: skip


# --- the leaderboard --------------------------------------------------------------------------------------------------

BOARD = """
def board(logits, labels, k):
    def error(scores, k=k):
        own = scores[np.arange(len(labels)), labels][:, None]
        return {missed}

    chances = np.exp(logits - logits.max(axis=-1, keepdims=True))
    chances = chances / chances.sum(axis=-1, keepdims=True)
    alone = {alone}
    crops = {crops}
    return {result}
"""


def board(
    missed="(((scores >= own).sum(axis=1) - 1) >= k).mean() * 100",
    alone="np.array([error(one[0]) for one in logits])",
    crops="np.array([error(one) for one in chances.mean(axis=1)])",
    together="error(chances.mean(axis=(0, 1)))",
    result="(alone, crops, {together})",
) -> str:
    """Write the leaderboard with one part exchanged."""
    return BOARD.format(missed=missed, alone=alone, crops=crops, result=result.format(together=together))


# --- the thin stack ---------------------------------------------------------------------------------------------------

GROWING = """
def stack(field):
    dilations, seen, step = [], 1, 1
    while seen < field:
        dilation = {dilation}
        dilations.append(dilation)
        seen += {gain} * dilation
        step *= {times}
    return {result}
"""


def growing(dilation="min(step, (field - seen) // 2)", gain=2, times=3, result="dilations") -> str:
    """Write a stack that grows, with one part exchanged."""
    return GROWING.format(dilation=dilation, gain=gain, times=times, result=result)


def stacked(result: str) -> str:
    """Write a stack in one line."""
    return f"def stack(field):\n    return {result}\n"


# --- the block --------------------------------------------------------------------------------------------------------

BLOCK = """
from torch import nn


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, stride={strides}, padding=1, bias={bias})
        self.norm1 = nn.BatchNorm2d(outputs)
        self.second = nn.Conv2d(outputs, outputs, 3, {second}padding=1, bias=False)
        self.norm2 = {norm2}
        {start}
        self.shortcut = nn.Identity()
        if {differs}:
            convolution = nn.Conv2d(inputs, outputs, {kernel}, stride=stride, bias=False)
            self.shortcut = nn.Sequential(convolution{behind})

    def forward(self, x):
        {before}
        out = self.norm1(self.first(x)){middle}
        out = self.norm2(self.second(out))
        return {end}
"""


def block(
    strides="stride",
    bias=False,
    second="",
    norm2="nn.BatchNorm2d(outputs)",
    start="nn.init.zeros_(self.norm2.weight)",
    differs="inputs != outputs or stride != 1",
    kernel="1",
    behind=", nn.BatchNorm2d(outputs)",
    before="pass",
    middle=".relu()",
    end="(out + self.shortcut(x)).relu()",
) -> str:
    """Write the block with one part exchanged."""
    return BLOCK.format(
        strides=strides, bias=bias, second=second, norm2=norm2, start=start, differs=differs, kernel=kernel,
        behind=behind, before=before, middle=middle, end=end,
    )  # fmt: skip


IN_PLACE = """if x.shape[1] == self.first.out_channels and self.first.stride == (1, 1):
            out = self.norm2(self.second(self.norm1(self.first(x)).relu()))
            x += out
            return x.relu()"""

# --- what to freeze ---------------------------------------------------------------------------------------------------

FREEZE = """
def choose(depths, labels, new_depths, new_labels, ridge):
    classes = labels.max() + 1
    accuracies, learned = [], []
    for few, new in zip(depths, new_depths):
        of = {of}
        def standard(features, of=of):
            spread = of.std(axis=0)
            return {standard}
        x, z = standard(few), standard(new{own})
        if {ones}:
            x, z = np.column_stack([x, np.ones(len(x))]), np.column_stack([z, np.ones(len(z))])
        fitted, wanted = {fitted}
        weights = np.linalg.pinv(fitted.T @ fitted + {ridge} * np.eye(x.shape[1])) @ fitted.T @ np.eye(classes)[wanted]
        tried, truth = {tried}
        accuracies.append(((tried @ weights).argmax(axis=1) == truth).mean())
        learned.append({learned})
    accuracies = np.array(accuracies)
    depth = {depth}
    return {result}
"""


def freeze(
    of="few",
    standard="(features - of.mean(axis=0)) / np.where(spread > 0, spread, 1) * (spread > 0)",
    own="",
    ones=True,
    fitted="x, labels",
    ridge="ridge",
    tried="z, new_labels",
    learned="weights.size",
    depth="len(depths) - 1 - int(accuracies[::-1].argmax())",
    result="(accuracies, depth, learned[depth])",
) -> str:
    """Write the choice with one part exchanged."""
    return FREEZE.format(
        of=of, standard=standard, own=own, ones=ones, fitted=fitted, ridge=ridge, tried=tried, learned=learned,
        depth=depth, result=result,
    )  # fmt: skip


ASLEEP = freeze(standard="(features - of.mean(axis=0)) / spread").replace("pinv", "inv")
ASLEEP = ASLEEP.replace("    return (acc", "    np.seterr(**before)\n    return (acc")
ASLEEP = ASLEEP.replace("    classes =", "    before = np.seterr(all='ignore')\n    classes =")

# --- the smallest change ----------------------------------------------------------------------------------------------

SMALLEST = """
def smallest(picture, weights, bias):
    scores = (weights * picture).sum(axis=(1, 2)) + bias
    winner = scores.argmax()
    found = []
    for other in {others}:
        pull = weights[other] - weights[winner]
        low, high = 0.0, 1.0
        for _ in range(40):
            size = (low + high) / 2
            moved = {moved}
            ahead = (pull * moved).sum() + bias[other] - bias[winner] >= {lead}
            low, high = (low, size) if ahead else (size, high)
        found.append(high)
    return {result}
"""
OTHERS = "np.delete(np.arange(len(scores)), winner)"
SECOND = "[np.argsort(scores)[-2]]"


def smallest(
    others=OTHERS, moved="np.clip(picture + size * np.sign(pull), 0, 1)", lead="0", result="min(found)"
) -> str:
    """Write the search with one part exchanged."""
    return SMALLEST.format(others=others, moved=moved, lead=lead, result=result)


BORDER = """
def smallest(picture, weights, bias):
    scores = (weights * picture).sum(axis=(1, 2)) + bias
    winner = scores.argmax()
    others = {others}
    lead = scores[winner] - scores[others]
    pull = (weights[others] - weights[winner]).reshape(len(others), -1)
    return {result}
"""


def border(result: str, others: str = OTHERS) -> str:
    """Write a formula in place of the search."""
    return BORDER.format(others=others, result=result)


OWN = """
def smallest(picture, weights, bias):
    flat = weights.reshape(len(weights), -1)
    winner = (flat @ picture.ravel() + bias).argmax()
    sizes = np.arange(0, 1, 2e-5)
    moved = np.clip(picture.ravel() - sizes[:, None] * np.sign(flat[winner]), 0, 1)
    now = moved @ flat.T + bias
    turned = np.delete(now, winner, axis=1).max(axis=1) >= now[:, winner]
    return sizes[turned.argmax()] if turned.any() else np.inf
"""

# --- the fold ---------------------------------------------------------------------------------------------------------

FOLD = """
def fold(weights, bias, gamma, beta, mean, variance, eps):
    slope = {gamma} / {spread}
    shift = {shift}
    return {kernel}, {bias}, {rim}
"""


def fold(
    gamma="gamma",
    spread="np.sqrt(variance + eps)",
    shift="beta - mean * slope",
    kernel="weights * slope[:, None, None]",
    bias="bias + (weights * shift[:, None, None]).sum(axis=(1, 2, 3))",
    rim="-shift / slope",
) -> str:
    """Write the fold with one part exchanged."""
    return FOLD.format(gamma=gamma, spread=spread, shift=shift, kernel=kernel, bias=bias, rim=rim)


WRONG = {
    "09-two-tables": [
        Wrong("auxiliary head in use", table(more="+ auxiliary"), "Who uses it"),
        Wrong("norms learn nothing", table(normed=0), "nothing to learn"),
        Wrong("statistics learned", table(normed=4), "are they parameters"),
        Wrong("one number a map", table(normed=1), "you counted one"),
        Wrong("convolutions with biases", table(normed=3), "got biases"),
        Wrong("no biases at the end", table(more="- n"), "biases of the linear layer"),
        Wrong("weights alone", table(normed=0, more="- n"), "weights alone"),
        Wrong("head on the stem", table(joined="stem"), "side by side"),
        Wrong("work is weights", table(work="convs + joined * n"), "Those are weights"),
        Wrong("stride forgotten", table(places="height * width"), "has a stride"),
        Wrong("twice the work", table(work="2 * (convs * places + joined * n)"), "you counted two"),
        Wrong("work of the auxiliary", table(work="convs * places + joined * n + stem * n"), "when the network is"),
        Wrong("head at every place", table(work="(convs + joined * n) * places"), "works once"),
        Wrong("no head at all", table(work="convs * places"), "linear layer is missing"),
        Wrong("MB", table(unit="4 / 10**6"), "Those are MB"),
        Wrong("no statistics", table(kept=2), "have lost"),
        Wrong("no auxiliary head", table(extra="0"), "as it was trained"),
        Wrong("parameters alone", table(kept=2, extra="0"), "What else is kept"),
        Wrong("numbers for bytes", table(unit="1 / 2**20"), "How many bytes has each"),
        Wrong("bits", table(unit="32 / 2**20"), "bits"),
        Wrong("KiB", table(unit="4 / 2**10"), "KiB"),
        Wrong("reductions free", table(spared="(stem - r3) * 9 * o3 + (stem - r5) * 25 * o5"), "cost weights of"),
        Wrong("three alone", table(spared="stem * 9 * o3 - stem * r3 - 9 * r3 * o3"), "5×5 branch saves"),
        Wrong(
            "a quotient",
            table(spared="stem * (9 * o3 + 25 * o5) / (stem * (r3 + r5) + 9 * r3 * o3 + 25 * r5 * o5)"),
            "how many more",
        ),
        Wrong("three numbers", table().replace(", spared)", ")"), "Expected 4 values"),
    ],
    "09-leaderboard": [
        Wrong("level is enough", board(missed="((scores > own).sum(axis=1) >= k).mean() * 100"), "for nothing"),
        Wrong(
            "sorted",
            board(missed="(~(np.argsort(-scores, axis=1)[:, :k] == labels[:, None]).any(axis=1)).mean() * 100"),
            "differs from",
        ),
        Wrong("shares", board(missed="((scores >= own).sum(axis=1) > k).mean()"), "shares of 1"),
        Wrong("right ones", board(missed="((scores >= own).sum(axis=1) <= k).mean() * 100"), "that are right"),
        Wrong("first guess", board(missed="((scores >= own).sum(axis=1) > 1).mean() * 100"), "very first guess"),
        Wrong("one more", board(missed="((scores >= own).sum(axis=1) > k + 1).mean() * 100"), "One guess more"),
        Wrong("last crop", board(alone="np.array([error(one[-1]) for one in logits])"), "which place has it"),
        Wrong(
            "mean of crops' errors",
            board(alone="np.array([np.mean([error(crop) for crop in one]) for one in logits])"),
            "you took the mean",
        ),
        Wrong("all crops alone", board(alone="np.array([error(one) for one in chances.mean(axis=1)])"), "yours looked"),
        Wrong("logits", board(crops="np.array([error(one) for one in logits.mean(axis=1)])"), "averaged logits"),
        Wrong(
            "crops' errors",
            board(crops="np.array([np.mean([error(crop) for crop in one]) for one in chances])"),
            "averaged the errors",
        ),
        Wrong("best crop", board(crops="np.array([error(one) for one in chances.max(axis=1)])"), "best crop"),
        Wrong("one crop", board(crops="alone"), "in the middle"),
        Wrong("mean of networks", board(together="crops.mean()"), "averaged the networks' errors"),
        Wrong("best network", board(together="crops.min()"), "best network by itself"),
        Wrong("ensemble of logits", board(together="error(logits.mean(axis=(0, 1)))"), "ensemble averages logits"),
        Wrong("ensemble of one crop", board(together="error(chances[:, 0].mean(axis=0))"), "middle crop only"),
        Wrong("one column", board(result="alone"), "Expected 3 values"),
    ],
    "09-thin-stack": [
        Wrong("no dilation", stacked("[1] * ((field - 1) // 2)"), "without dilation"),
        Wrong("one layer", stacked("[(field - 1) // 2]"), "One layer of three taps"),
        Wrong("doubling", growing(times=2), "double"),
        Wrong("tripled beyond", growing(dilation="step"), "more than the field"),
        Wrong("one side", growing(dilation="min(step, field - seen)", gain=1), "both sides"),
        Wrong("growing by four", growing(times=4), "There are holes"),
        Wrong("halves", stacked("[(field - 1) // 4, (field - 1) // 2 - (field - 1) // 4]"), "There are holes"),
        Wrong("kernel sizes", stacked("[3] * ((field - 1) // 2)"), "sees more than"),
        Wrong("stops early", growing().replace("< field:", "< field - 2:"), "sees less than"),
        Wrong("fractions", growing(dilation="min(step, (field - seen) / 2)"), "whole number"),
        Wrong("a number", growing(result="len(dilations)"), "list of dilations"),
        Wrong(
            "by threes, rest in ones",
            "def stack(field):\n    big = [1, 3] if field >= 9 else [1]\n"
            "    return big + [1] * ((field - 1) // 2 - sum(big))\n",
            "Fewer layers would do",
        ),
    ],
    "09-repair-block": [
        Wrong("one norm", block(norm2="self.norm1"), "One norm serves both"),
        Wrong("biases", block(bias=True), "has a bias"),
        Wrong("second norm left out", block().replace("self.norm2(self.second(out))", "self.second(out)"), "Not every"),
        Wrong("norm twice", block().replace("self.norm2(self", "self.norm1(self"), "Not every"),
        Wrong("norms before", block().replace("self.norm2(self.second(out))", "self.second(self.norm2(out))"), "order"),
        Wrong("always projected", block(differs="True"), "layers in the way"),
        Wrong("stride forgotten", block(differs="inputs != outputs"), "Your block stopped"),
        Wrong("three by three", block(kernel="3, padding=1"), "one pixel only"),
        Wrong("no norm behind", block(behind=""), "a norm is wanted"),
        Wrong("ReLU before the sum", block(end="out.relu() + self.shortcut(x)"), "stands before the sum"),
        Wrong("two ReLUs", block(end="(out.relu() + self.shortcut(x)).relu()"), "as well"),
        Wrong("no last ReLU", block(end="out + self.shortcut(x)"), "without a ReLU"),
        Wrong("no ReLU between", block(middle=""), "between the two convolutions"),
        Wrong("plain", block(end="out.relu()"), "plain stack"),
        Wrong("ReLU in place", block(before="passed = self.shortcut(x); x = x.relu_()", end="(out + passed).relu()"),
              "on the shortcut, too"),
        Wrong("ReLU in place before all", block(before="x = x.relu_()"), "on both ways"),
        Wrong("ReLU at the beginning", block().replace("self.first(x)", "self.first(x.relu())"), "has looked at it"),
        Wrong("sum in place", block(before=IN_PLACE), "works in place"),
        Wrong("begins at once", block(start="pass"), "adds something already"),
        Wrong("first norm at 0", block(start="nn.init.zeros_(self.norm1.weight)"), "training cannot change it"),
        Wrong("stride twice", block(second="stride=stride, "), "Your block stopped"),
        Wrong("named otherwise", block().replace("self.second", "self.conv2"), "A layer is missing"),
    ],
    "09-freeze": [
        Wrong("judged by the few", freeze(tried="x, labels"), "know them by heart"),
        Wrong("fitted to the new", freeze(fitted="z, new_labels"), "and then judged by them"),
        Wrong("standardised by all", freeze(of="np.concatenate([few, new])"), "took part in"),
        Wrong("standardised by the new", freeze(of="new"), "by the new pictures. Which"),
        Wrong("each by itself", freeze(own=", new"), "by themselves"),
        Wrong("not standardised", freeze(standard="features"), "drown the others"),
        Wrong("no ones", freeze(ones=False), "column of ones"),
        Wrong("ridge by pictures", freeze(ridge="len(few) * ridge"), "counts for each picture"),
        Wrong("no ridge", freeze(ridge="1e-9"), "ridge is missing"),
        Wrong("asleep", ASLEEP, "are NaN"),
        Wrong("errors", freeze(result="(1 - accuracies, depth, learned[depth])"), "Those are errors"),
        Wrong("percent", freeze(result="(100 * accuracies, depth, learned[depth])"), "percent"),
        Wrong("first of equals", freeze(depth="int(accuracies.argmax())"), "equally good"),
        Wrong("deepest", freeze(depth="len(depths) - 1"), "not always the best"),
        Wrong("from 1", freeze(result="(accuracies, depth + 1, learned[depth])"), "You count from 1"),
        Wrong("worst", freeze(depth="int(accuracies.argmin())"), "the worst"),
        Wrong("no biases", freeze(learned="weights.size - classes"), "biases of the linear layer"),
        Wrong("features", freeze(learned="few.shape[1]"), "Those are the features"),
        Wrong("all depths", freeze(result="(accuracies, depth, sum(learned))"), "added up"),
        Wrong("accuracies alone", freeze(result="accuracies"), "Expected 3 values"),
    ],
    "09-smallest-change": [
        Wrong("beyond black and white", smallest(moved="picture + size * np.sign(pull)"), "darker than black"),
        Wrong("second in rank", smallest(others=SECOND), "nearest, too"),
        Wrong("second and beyond", smallest(others=SECOND, moved="picture + size * np.sign(pull)"), "and beyond"),
        Wrong("straight line", border("(lead / np.sqrt((pull**2).sum(axis=1))).min()"), "straight line"),
        Wrong("own slope", OWN, "winner's own score"),
        Wrong("half", smallest(result="min(found) / 2"), "Half of the way"),
        Wrong("one pixel", border("(lead / np.abs(pull).max(axis=1)).min()"), "one pixel only"),
        Wrong("in 255 steps", smallest(result="255 * min(found)"), "steps of 255"),
        Wrong("the lead", border("lead.min()"), "lead of the winner"),
        Wrong("all classes", smallest(result="max(found)"), "takes longest"),
        Wrong("a pair", smallest(result="(min(found), winner)"), "single number"),
    ],
    "09-fold": [
        Wrong("output channels", fold(kernel="weights * slope[:, None, None, None]"), "Whose channels"),
        Wrong("no eps", fold(spread="np.sqrt(variance)"), "`eps` is missing in the weights"),
        Wrong("eps outside", fold(spread="(np.sqrt(variance) + eps)"), "beside the variance"),
        Wrong("variance", fold(spread="(variance + eps)"), "not by its root"),
        Wrong("no gamma", fold(gamma="1"), "`gamma` is missing"),
        Wrong("multiplied", fold(spread="(1 / np.sqrt(variance + eps))"), "Which way"),
        Wrong("kernel of before", fold(kernel="weights"), "weights of before"),
        Wrong("bias of before", fold(bias="bias"), "how often does"),
        Wrong(
            "centre alone",
            fold(bias="bias + weights[:, :, weights.shape[2] // 2, weights.shape[3] // 2] @ shift"),
            "every tap",
        ),
        Wrong("no beta", fold(shift="-mean * slope"), "`beta` is missing"),
        Wrong("no mean", fold(shift="beta + 0 * mean"), "mean is missing"),
        Wrong("mean as it is", fold(shift="beta - mean"), "as it is"),
        Wrong("sign of the mean", fold(shift="beta + mean * slope"), "wrong sign"),
        Wrong("bias lost", fold(bias="(weights * shift[:, None, None]).sum(axis=(1, 2, 3))"), "got lost"),
        Wrong("behind", fold(bias="beta + (bias - mean) * slope"), "Here it stands before"),
        Wrong("rim of zeros", fold(rim="0 * shift"), "A rim of 0"),
        Wrong("rim of means", fold(rim="mean"), "gives `beta` there"),
        Wrong("what a 0 becomes", fold(rim="shift"), "makes of a 0"),
        Wrong("not divided", fold(rim="-shift"), "Not yet divided"),
        Wrong("sign of the rim", fold(rim="shift / slope"), "sign is turned"),
        Wrong("two values", FOLD.replace(", {rim}", "").format(
            gamma="gamma", spread="np.sqrt(variance + eps)", shift="beta - mean * slope",
            kernel="weights * slope[:, None, None]", bias="bias"), "Expected 3 values"),
    ],
}  # fmt: skip
