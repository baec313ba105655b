"""Plausible wrong answers to the exercises of lesson 06, and what each is told."""

from tests.exercises.plausible import Wrong

# --- between how many equals? -----------------------------------------------------------------------------------------

CHOICES = """
mine = given('06-choices')
positive = np.exp({logits})
p = {p}
choices = {choices}
"""


def choices(
    logits="mine['logits']",
    p="positive[[0, 1], mine['labels']] / positive.sum(axis=1)",
    choices="np.exp(np.log(1 / p).mean())",
) -> str:
    """Write the loss with one part exchanged."""
    return CHOICES.format(logits=logits, p=p, choices=choices)


# --- ruled out --------------------------------------------------------------------------------------------------------

RULED_OUT = """
def shares(logits, allowed):
    with np.errstate(all='ignore'):
        possible = {possible}
        positive = np.exp(possible - {largest})
        {after}
        return positive / positive.sum(axis={axis}, keepdims=True)
"""


def ruled_out(
    possible="np.where(allowed, logits, -np.inf)", largest="possible.max(axis=1, keepdims=True)", after="pass", axis=1
) -> str:
    """Write the softmax with one part exchanged."""
    return RULED_OUT.format(possible=possible, largest=largest, after=after, axis=axis)


# --- the best rate ----------------------------------------------------------------------------------------------------

RATE = """
low, middle, high = sorted(given('06-best-rate')['steepness'])
best = {best}
steps = {whole}(np.log({among}) / -np.log(abs(1 - {walked} * low)))
rates = ({limit}, best, int(steps))
"""


def rate(best="2 / (low + high)", limit="2 / high", whole="np.ceil", among="1000", walked="best") -> str:
    """Write limit, rate and steps with one part exchanged."""
    return RATE.format(best=best, limit=limit, whole=whole, among=among, walked=walked)


# --- in the manner of 1989 --------------------------------------------------------------------------------------------

OLD = """
mine = given('06-old-count')
maps = np.array([mine['H1']['maps'], mine['H2']['maps'], mine['outputs']])
units = maps * [np.prod(mine['H1']['units']), np.prod(mine['H2']['units']), 1]
sees = {sees}
inputs = np.array([np.prod(mine['H1']['looks_at']), np.prod(mine['H2']['looks_at']) * sees, units[1]])
weights = (maps * inputs).sum()
counts = ({parameters}, {connections}, {shared})
"""


def old(
    sees="mine['H2']['sees']",
    parameters="weights + units.sum()",
    connections="(units * (inputs + 1)).sum()",
    shared="weights + maps.sum()",
) -> str:
    """Write the counts with one part exchanged."""
    return OLD.format(sees=sees, parameters=parameters, connections=connections, shared=shared)


# --- promised and kept ------------------------------------------------------------------------------------------------

PROMISED = """
def promised(probabilities, labels, groups):
    confidence = {confidence}
    right = (probabilities.argmax(axis=1) == labels).astype(float)
    order = {order}
    said, kept = (values[order].reshape(groups, -1).mean(axis=1) for values in (confidence, right))
    return {error}, {too_sure}
"""


def promised(
    confidence="probabilities.max(axis=1)",
    order="np.argsort(confidence)",
    error="np.abs(said - kept).mean()",
    too_sure="int((said > kept).sum())",
) -> str:
    """Write the calibration with one part exchanged."""
    return PROMISED.format(confidence=confidence, order=order, error=error, too_sure=too_sure)


EQUAL_WIDTHS = """
def promised(probabilities, labels, groups):
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    at = np.minimum((confidence * groups).astype(int), groups - 1)
    gaps = np.array([(confidence - right)[at == one].sum() for one in range(groups)])
    return np.abs(gaps).sum() / len(labels), int((gaps > 0).sum())
"""

# --- the loop ---------------------------------------------------------------------------------------------------------

LOOP = """
def epoch(model, images, labels, optimiser, batch):
    {before}
    total = 0.0
    for chosen in {batches}:
        logits = model(images[chosen])
        {loss}
        {clear}
        {back}
        {step}
        total += {told}
    return total / {among}
"""


def loop(
    before="first = 0",
    batches="torch.randperm(len(images)).split(batch)",
    loss="loss = functional.cross_entropy(logits, labels[chosen])",
    clear="optimiser.zero_grad()",
    back="loss.backward()",
    step="optimiser.step()",
    told="loss.item() * len(chosen)",
    among="len(images)",
) -> str:
    """Write the loop with one part exchanged."""
    return LOOP.format(
        before=before, batches=batches, loss=loss, clear=clear, back=back, step=step, told=told, among=among
    )


PRINTED = """
def epoch(model, images, labels, optimiser, batch):
    total = 0
    order = torch.randperm(len(images))
    for start in range(0, len(images) - batch, batch):
        chosen = order[start : start + batch]
        probabilities = model(images[chosen]).softmax(1)
        loss = functional.cross_entropy(probabilities, labels[start : start + batch])
        loss.backward()
        optimiser.step()
        total += loss
    return total / (len(images) // batch)
"""
BY_PLACE = "loss = functional.cross_entropy(logits, labels[first : first + len(chosen)]); first += len(chosen)"
BATCHES = "len(torch.arange(len(images)).split(batch))"

# --- hidden digits ----------------------------------------------------------------------------------------------------

READ = """
def read(images, labels, unknown):
    torch.manual_seed(0)
    pixels, new = (torch.tensor(one, dtype=torch.float32).flatten(1) for one in (images, unknown))
    meant = torch.tensor({labels})
    model = torch.nn.Sequential(torch.nn.Linear(784, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10))
    optimiser = torch.optim.SGD(model.parameters(), lr={rate}, momentum=0.9)
    for _ in range({passes}):
        for chosen in torch.randperm(300).split(30):
            loss = functional.cross_entropy(model(pixels[chosen]), meant[chosen])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    with torch.no_grad():
        logits = model(new)
    return {result}
"""


def read(labels="labels", rate="0.05", passes="15", result="logits.argmax(1).numpy()") -> str:
    """Write a reader that knows nothing of centring, with one part exchanged."""
    return READ.format(labels=labels, rate=rate, passes=passes, result=result)


WRONG = {
    "06-choices": [
        Wrong("the loss itself", choices(choices="np.log(1 / p).mean()"), "mean loss"),
        Wrong("sum of losses", choices(choices="np.exp(np.log(1 / p).sum())"), "added the two"),
        Wrong("mean of p", choices(choices="1 / p.mean()"), "before the logarithm"),
        Wrong("mean of 1/p", choices(choices="(1 / p).mean()"), "behind the logarithm"),
        Wrong("the answer's probability", choices(p="positive.max(axis=1) / positive.sum(axis=1)"), "meant"),
        Wrong(
            "down the columns",
            choices(p="(positive / positive.sum(axis=0))[[0, 1], mine['labels']]"),
            "down the columns",
        ),
        Wrong("no softmax", choices(p="mine['logits'][[0, 1], mine['labels']]"), "Those were logits"),
        Wrong("not normalised", choices(p="positive[[0, 1], mine['labels']]"), "does softmax do after"),
        Wrong("nor turned round", choices(p="1 / positive[[0, 1], mine['labels']]"), "do besides"),
        Wrong("from one", choices(p="positive[[0, 1], mine['labels'] - 1] / positive.sum(axis=1)"), "classes from 1"),
        Wrong("base 2", choices(choices="2 ** np.log(1 / p).mean()"), "another base"),
        Wrong(
            "softmax twice",
            choices(logits="np.exp(mine['logits']) / np.exp(mine['logits']).sum(axis=1, keepdims=True)"),
            "once too often",
        ),
    ],
    "06-ruled-out": [
        Wrong("mask forgotten", ruled_out(possible="logits"), "still get something"),
        Wrong(
            "cut afterwards",
            "def shares(logits, allowed):\n    positive = np.exp(logits - logits.max(axis=1, keepdims=True))\n"
            "    return positive / positive.sum(axis=1, keepdims=True) * allowed",
            "no longer add up",
        ),
        Wrong("logits to 0", ruled_out(possible="np.where(allowed, logits, 0)"), "not nothing"),
        Wrong("down the columns", ruled_out(largest="possible.max(axis=0)", axis=0), "down the columns"),
        Wrong("nothing subtracted", ruled_out(largest="0"), "overflow"),
        Wrong("one maximum for all", ruled_out(largest="possible.max()"), "one number from all"),
        Wrong("maximum of what is ruled out", ruled_out(largest="logits.max(axis=1, keepdims=True)"), "is ruled out"),
        Wrong("mask turned", ruled_out(possible="np.where(allowed, -np.inf, logits)"), "wrong way round"),
        Wrong("input changed", ruled_out(after="logits[~allowed] = 0"), "changes its inputs"),
    ],
    "06-best-rate": [
        Wrong("limit halved", rate(limit="1 / high"), "Half of it. A step"),
        Wrong("limit of the widest", rate(limit="2 / low"), "widest valley. In"),
        Wrong("limit of the mean", rate(limit="6 / (low + middle + high)"), "average. Each"),
        Wrong("limit of the sum", rate(limit="2 / (low + middle + high)"), "all of them together"),
        Wrong("best for the narrowest", rate(best="1 / high"), "makes the widest one wait"),
        Wrong("best for the widest", rate(best="1 / low", walked="2 / (low + high)"), "perfect for the widest"),
        Wrong("best on average", rate(best="3 / (low + middle + high)"), "slowest direction counts"),
        Wrong("best at the limit", rate(best="2 / high"), "to and fro"),
        Wrong("half the best", rate(best="1 / (low + high)"), "equally slow"),
        Wrong("the middle one", rate(best="2 / (middle + high)"), "not the two slowest"),
        Wrong("limit rounded", rate(limit="round(2 / high, 4)"), "rounded."),
        Wrong("best rate rounded", rate() + "rates = (rates[0], round(best, 3), rates[2])", "rounded."),
        Wrong("rounded down", rate(whole="np.floor"), "whole"),
        Wrong("steps at another rate", rate(walked="1 / high"), "That many it takes with"),
        Wrong("to a hundredth", rate(among="100"), "hundredth"),
        Wrong("two numbers", rate() + "rates = rates[:2]", "Expected 3 values"),
    ],
    "06-old-count": [
        Wrong("shared biases", old(parameters="weights + maps.sum()"), "as one does today"),
        Wrong("no sharing", old(parameters="(units * (inputs + 1)).sum()"), "weights of its own"),
        Wrong("no biases", old(parameters="weights"), "biases are missing"),
        Wrong("all maps", old(sees="mine['H1']['maps']"), "does not look at all maps"),
        Wrong("one map", old(sees="1"), "several maps of H1, with"),
        Wrong("a bias a connection", old(parameters="weights + (units * inputs).sum()"), "thresholds"),
        Wrong("connections for parameters", old(connections="weights + units.sum()"), "Those are parameters"),
        Wrong("connections without bias", old(connections="(units * inputs).sum()"), "bias is a connection"),
        Wrong("no biases of the outputs", old(parameters="weights + units[:2].sum()"), "biases of the outputs"),
        Wrong(
            "outputs without bias connections",
            old(connections="(units * (inputs + [1, 1, 0])).sum()"),
            "outputs have biases, too",
        ),
        Wrong("no biases of the outputs today", old(shared="weights + maps[:2].sum()"), "outputs' biases"),
        Wrong("unshared today", old(shared="weights + units.sum()"), "still has a bias"),
        Wrong("no biases today", old(shared="weights"), "gone altogether"),
        Wrong("a bias a layer", old(shared="weights + 3"), "whole layer"),
    ],
    "06-promised-and-kept": [
        Wrong("signs cancel", promised(error="(said - kept).mean()"), "taken group by group"),
        Wrong("size of the mean", promised(error="abs((said - kept).mean())"), "cancel out"),
        Wrong("the worst", promised(error="np.abs(said - kept).max()"), "worst"),
        Wrong("sum", promised(error="np.abs(said - kept).sum()"), "You added"),
        Wrong("equal widths", EQUAL_WIDTHS, "equal widths"),
        Wrong("not sorted", promised(order="np.arange(len(labels))"), "in the order in which"),
        Wrong(
            "probability of the label",
            promised(confidence="probabilities[np.arange(len(labels)), labels]"),
            "probability of the label",
        ),
        Wrong("answer by answer", promised(error="np.abs(confidence - right).mean()"), "answer by answer"),
        Wrong("too modest", promised(too_sure="int((said < kept).sum())"), "keep more than they promise"),
        Wrong("share of groups", promised(too_sure="(said > kept).mean()"), "Wanted is their number"),
        Wrong("answers counted", promised(too_sure="int((confidence > right).sum())"), "You counted answers"),
        Wrong("one number", "def promised(probabilities, labels, groups):\n    return 0.25", "Expected 2 values"),
    ],
    "06-repair-loop": [
        Wrong("rest left out", loop(batches="torch.randperm(len(images) // batch * batch).split(batch)"), "never have"),
        Wrong("as printed", PRINTED, "Where does `range` stop"),
        Wrong(
            "range alone left",
            loop(
                before="order = torch.randperm(len(images))",
                batches="[order[start : start + batch] for start in range(0, len(images) - batch, batch)]",
            ),
            "Where does `range` stop",
        ),
        Wrong("never asked", "def epoch(model, images, labels, optimiser, batch):\n    return 0.0", "never asked"),
        Wrong("in order", loop(batches="torch.arange(len(images)).split(batch)"), "same order"),
        Wrong("drawn anew", loop(batches="torch.randint(len(images), (3, batch))"), "turn"),
        Wrong("one large batch", loop(batches="torch.randperm(len(images)).split(99)"), "as large as asked"),
        Wrong("labels left behind", loop(loss=BY_PLACE), "belong together"),
        Wrong(
            "softmax twice",
            loop(loss="loss = functional.cross_entropy(logits.softmax(1), labels[chosen])"),
            "handed",
        ),
        Wrong("slopes kept", loop(clear="pass"), "Old slopes"),
        Wrong("slopes cleared too late", loop(clear="loss.backward()", back="optimiser.zero_grad()"), "stay where"),
        Wrong(
            "step before the slopes", loop(clear="pass", back="optimiser.step()", step="loss.backward()"), "elsewhere"
        ),
        Wrong("mean of batches", loop(told="loss.item()", among=BATCHES), "smaller last batch"),
        Wrong("tensor returned", loop(told="loss.detach() * len(chosen)"), "does not return a float"),
        Wrong("sum returned", loop(told="loss.item()", among="1"), "a sum"),
        Wrong(
            "last loss", loop(told="0", among="1").replace("return total / 1", "return loss.item()"), "last batch alone"
        ),
    ],
    "06-hidden-digits": [
        Wrong("not centred", read(), "elsewhere on the sheet are misread"),
        Wrong("labels shuffled", read(labels="np.random.default_rng(1).permutation(labels)"), "drawing lots"),
        Wrong("a dead network", read(rate="300"), "same one"),
        Wrong("one look", read(passes="1", rate="0.03"), "Something has been learned"),
        Wrong("logits", read(result="logits.numpy()"), "row of ten"),
        Wrong("training digits read", read(result="model(pixels).argmax(1)"), "*unknown*"),
        Wrong("text", read(result="'7' * 120"), "Expected numbers"),
        Wrong("counted from one", read(result="logits.argmax(1).numpy() + 1"), "whole numbers from 0 to 9"),
        Wrong("images overwritten", read(result="[logits.argmax(1), images.fill(0)][0]"), "changes its inputs"),
    ],
}
