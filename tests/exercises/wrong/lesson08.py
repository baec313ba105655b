"""Plausible wrong answers to the exercises of lesson 08, and what each is told."""

from tests.exercises.plausible import Wrong

# --- one step ---------------------------------------------------------------------------------------------------------

STEP = """
mine = given('08-one-step')
weights = mine['weights']{turn}
slope = np.zeros((2, 3))
for left in (0, 1):
    if {awake}:
        slope[:, left : left + 2] += weights
step = mine['strength'] * slope / {scale}
after = {after}
"""
ANSWER = "(mine['picture'][:, left : left + 2] * mine['weights']).sum()"


def step(
    turn="", awake=f"{ANSWER} > 0", scale="np.sqrt((slope**2).mean())", after="(mine['picture'] + step).clip(0, 1)"
) -> str:
    """Write the step with one part exchanged."""
    return STEP.format(turn=turn, awake=awake, scale=scale, after=after)


# --- the best picture -------------------------------------------------------------------------------------------------

BEST = """
mine = given('08-best-picture')
weights, bias, photographs = mine['weights'], mine['bias'], mine['photographs']
answers = {{
    (n, i, j): (photographs[n, i : i + 2, j : j + 3] * {laid}).sum() + bias for n, i, j in np.ndindex(3, 2, 2)
}}
top = (np.maximum(weights, 0)).sum() + bias
made = {made}
place = {place}
best = max(answers.values())
found = ({picked}, place, {factor})
"""


def best(
    laid="weights",
    made="(weights > 0) * 1.0",
    place="max(answers, key=answers.get)",
    picked="made",
    factor="top / best",
) -> str:
    """Write the search with one part exchanged."""
    return BEST.format(laid=laid, made=made, place=place, picked=picked, factor=factor)


# --- the price --------------------------------------------------------------------------------------------------------

PRICE = """
def price(picture, flat):
    total, slope = 0, np.zeros(picture.shape)
    for axis in {axes}:
        d = np.diff(picture, axis=axis)
        size = np.abs(d)
        total += ({cost}).sum()
        force = {pull}
        first = (slice(None),) * axis + (slice(None, -1),)
        second = (slice(None),) * axis + (slice(1, None),)
        slope[first] -= force
        slope[second] += {arrives}
    return {result}
"""
COST = "np.where(size < flat, size**2 / (2 * flat), size - flat / 2)"


def price(axes="(0, 1)", cost=COST, pull="np.clip(d / flat, -1, 1)", arrives="force", result="(total, slope)") -> str:
    """Write the price with one part exchanged."""
    return PRICE.format(axes=axes, cost=cost, pull=pull, arrives=arrives, result=result)


ROUND = """
def price(picture, flat):
    total, slope = 0, np.zeros(picture.shape)
    for axis in (0, 1):
        d = np.roll(picture, -1, axis) - picture
        size = np.abs(d)
        total += np.where(size < flat, size**2 / (2 * flat), size - flat / 2).sum()
        force = np.clip(d / flat, -1, 1)
        slope += np.roll(force, 1, axis) - force
    return total, slope
"""

# --- whose gradient ---------------------------------------------------------------------------------------------------

WHOSE = """
def compare(gradients):
    n = len(gradients)
    g = {gradients}
    right = (g[..., 1:] * g[..., :-1]).reshape(n, -1)
    below = (g[:, :, 1:] * g[:, :, :-1]).reshape(n, -1)
    pairs = np.concatenate({pairs}, axis=1)
    squares = (g**2).reshape(n, -1)
    likeness = {likeness}
    order = np.argsort({by})
    robust = np.zeros(n, dtype=bool)
    robust[order[n // 2 :]] = True
    return {result}
"""


def whose(
    gradients="gradients",
    pairs="[right, below]",
    likeness="pairs.mean(axis=1) / squares.mean(axis=1)",
    by="likeness",
    result="(likeness, robust)",
) -> str:
    """Write the comparison with one part exchanged."""
    return WHOSE.format(gradients=gradients, pairs=pairs, likeness=likeness, by=by, result=result)


# --- the recipe -------------------------------------------------------------------------------------------------------

RECIPE = """
mine = given('08-recipe')
recipe = mine['recipe']
n, scale, size = recipe['octaves'], recipe['scale'], np.array(recipe['size'])
smallest = {smallest}
work = {work}
enlargements = np.ceil(np.log(mine['wanted'] / mine['drawn']) / np.log(scale))
needed = {needed}
read = (smallest, work, needed)
"""


def recipe(
    smallest="tuple(size / scale ** (n - 1))",
    work="sum(scale ** (-2 * k) for k in range(n))",
    needed="int(enlargements) + 1",
) -> str:
    """Write the reading with one part exchanged."""
    return RECIPE.format(smallest=smallest, work=work, needed=needed)


# --- the dream --------------------------------------------------------------------------------------------------------

DREAM = """
def dream(slope, photograph, moves, strength):
    for place, octave in enumerate(moves):
        copy = smaller(photograph, 2 ** (len(moves) - 1 - place))
        current = {begin} if place else copy
        for move in octave:
            down, right = move
            uphill = slope(np.roll(current, move, axis=(0, 1)))
            uphill = np.roll(uphill, {back}, axis=(0, 1))
            uphill = uphill / {scale}
            current = {after}
        changed = current - copy
    return {result}
"""


def dream(
    begin="(copy + larger(changed)).clip(0, 1)",
    back="(-down, -right)",
    scale="np.sqrt((uphill**2).mean())",
    after="(current + strength * uphill).clip(0, 1)",
    result="current",
) -> str:
    """Write the dream with one part exchanged."""
    return DREAM.format(begin=begin, back=back, scale=scale, after=after, result=result)


# --- the butterfly ----------------------------------------------------------------------------------------------------

BUTTERFLY = """
import torch

from cnncourse.weights import load_weights

robust = load_weights('residual-robust')


def butterfly(start, channel):
    picture = torch.tensor(start, dtype=torch.float32)[None]
    mirror = lambda one: (one + {mirrored}) / 2
    picture = mirror(picture)
    for _ in range({steps}):
        picture = picture.detach().requires_grad_()
        (uphill,) = torch.autograd.grad(robust(picture)[0, {channel}], picture)
        uphill = mirror(uphill)
        uphill = uphill / {scale}
        cost = sum((picture.diff(dim=axis).square() + 0.01).sqrt().sum() for axis in (2, 3))
        (rougher,) = torch.autograd.grad(cost, picture)
        picture = picture + 0.03 * ({sign}uphill - {calm} * rougher)
        {hold}
    picture = picture.detach()
    return {result}
"""
SCALE = "uphill.square().mean().sqrt()"


def butterfly(
    mirrored="one.flip(3)",
    steps=25,
    channel="channel",
    scale=SCALE,
    sign="",
    calm=0.7,
    hold="picture = picture.clamp(0, 1)",
    result="mirror(picture)[0].numpy()",
) -> str:
    """Write the climb with one part exchanged."""
    return BUTTERFLY.format(
        mirrored=mirrored, steps=steps, channel=channel, scale=scale, sign=sign, calm=calm, hold=hold, result=result
    )


WRONG = {
    "08-one-step": [
        Wrong("both places", step(awake="True"), "Both places"),
        Wrong("the place that sleeps", step(awake=f"{ANSWER} < 0"), "switched off, and leaves"),
        Wrong("downhill", step(after="(mine['picture'] - step).clip(0, 1)"), "downhill"),
        Wrong("by the length", step(scale="np.sqrt((slope**2).sum())"), "by the length"),
        Wrong("mean over four", step(scale="np.sqrt((weights**2).mean())"), "leaves out the pixels"),
        Wrong("by the mean size", step(scale="np.abs(slope).mean()"), "mean size"),
        Wrong("root forgotten", step(scale="(slope**2).mean()"), "not by its root"),
        Wrong("by the largest", step(scale="np.abs(slope).max()"), "largest slope"),
        Wrong("not scaled", step(scale="1"), "as long as it is"),
        Wrong("out of range", step(after="mine['picture'] + step"), "left the range"),
        Wrong("the step alone", step(after="step"), "That is the step alone."),
        Wrong("turned", step(turn="[::-1, ::-1]"), "half a circle"),
    ],
    "08-best-picture": [
        Wrong("black and white", best(made="(weights < 0) * 1.0"), "changed places"),
        Wrong("white", best(made="np.ones((2, 3))"), "A white picture: do"),
        Wrong("signs", best(made="np.sign(weights)"), "Those are signs"),
        Wrong("weights as greys", best(made="(weights - weights.min()) / np.ptp(weights)"), "between black and white"),
        Wrong("turned picture", best(made="(weights[::-1, ::-1] > 0) * 1.0"), "The picture is turned"),
        Wrong("lowest window", best(place="min(answers, key=answers.get)"), "lowest answer"),
        Wrong(
            "brightest window",
            best(place="max(answers, key=lambda p: photographs[p[0], p[1] : p[1] + 2, p[2] : p[2] + 3].sum())"),
            "brightest window",
        ),
        Wrong("from 1", best(place="tuple(k + 1 for k in max(answers, key=answers.get))"), "count from 1"),
        Wrong("no bias", best(factor="(top - bias) / (best - bias)"), "bias is missing, above"),
        Wrong("bias below only", best(factor="(top - bias) / best"), "answer to the made picture"),
        Wrong("difference", best(factor="top - best"), "difference of the two"),
        Wrong("upside down", best(factor="best / top"), "Upside down"),
        Wrong("the answer", best(factor="top"), "made picture's answer. Divide"),
        Wrong("two values", best().replace("(made, place, ", "(made, "), "Expected 3 values"),
    ],
    "08-price": [
        Wrong("plain total variation", price(cost="size"), "the small ones too"),
        Wrong("squares", price(cost="size**2 / (2 * flat)"), "the large ones too"),
        Wrong("a jump", price(cost="np.where(size < flat, size**2 / (2 * flat), size)"), "jumps"),
        Wrong("right alone", price(axes="(1,)"), "right alone. Which"),
        Wrong("down alone", price(axes="(0,)"), "downwards alone. Which"),
        Wrong("three axes", price(axes="(0, 1, 2)"), "are no neighbours"),
        Wrong("goes round", ROUND, "goes round"),
        Wrong("twice", price(result="(2 * total, 2 * slope)"), "counted twice"),
        Wrong("downhill", price(result="(total, -slope)"), "wrong sign"),
        Wrong("signs", price(pull="np.sign(d)"), "same strength"),
        Wrong("slope of squares", price(pull="d / flat"), "pull harder"),
        Wrong("not divided", price(pull="np.where(size < flat, d, np.sign(d))"), "Divide by what"),
        Wrong("one pixel alone", price(arrives="0"), "one of its two pixels"),
        Wrong("price alone", price(result="total"), "Expected 2 values"),
    ],
    "08-whose-gradient": [
        Wrong("not divided", whose(likeness="pairs.mean(axis=1)"), "grows with the gradient"),
        Wrong("sums", whose(likeness="pairs.sum(axis=1) / squares.sum(axis=1)"), "two sums"),
        Wrong("right alone", whose(pairs="[right]"), "right alone"),
        Wrong("down alone", whose(pairs="[below]"), "downwards alone"),
        Wrong(
            "mean of means",
            whose(likeness="(right.mean(axis=1) + below.mean(axis=1)) / 2 / squares.mean(axis=1)"),
            "mean of two means",
        ),
        Wrong("signs lost", whose(gradients="np.abs(gradients)"), "signs are lost"),
        Wrong(
            "centred", whose(gradients="gradients - gradients.mean(axis=(1, 2, 3), keepdims=True)"), "mean is taken off"
        ),
        Wrong("by the root", whose(likeness="pairs.mean(axis=1) / np.sqrt(squares.mean(axis=1))"), "root of the mean"),
        Wrong("the other half", whose(by="-likeness"), "the other half"),
        Wrong("the longest", whose(by="squares.mean(axis=1)"), "longest"),
        Wrong("the shortest", whose(by="-squares.mean(axis=1)"), "shortest"),
        Wrong(
            "small steps",
            whose(by="-sum(np.abs(np.diff(g, axis=axis)).mean(axis=(1, 2, 3)) for axis in (2, 3))"),
            "steps between neighbours",
        ),
        Wrong("above 0", whose(result="(likeness, likeness > 0)"), "0 is no border"),
        Wrong("likeness alone", whose(result="likeness"), "Expected"),
    ],
    "08-recipe": [
        Wrong("one too many", recipe(smallest="tuple(size / scale**n)"), "One enlargement too many"),
        Wrong("one too few", recipe(smallest="tuple(size / scale ** (n - 2))"), "too few octaves"),
        Wrong("turned", recipe(smallest="tuple(size / scale ** (n - 1))[::-1]"), "Height and width"),
        Wrong("added", recipe(smallest="tuple(size / (scale * (n - 1)))"), "added them up"),
        Wrong("whole", recipe(smallest="tuple(size)"), "own size"),
        Wrong("sides", recipe(work="sum(scale**-k for k in range(n))"), "compared sides"),
        Wrong("all alike", recipe(work="n"), "as dear as"),
        Wrong("without the last", recipe(work="sum(scale ** (-2 * k) for k in range(1, n))"), "belongs to the work"),
        Wrong("endless", recipe(work="1 / (1 - scale**-2)"), "ends somewhere"),
        Wrong("upside down", recipe(work="1 / sum(scale ** (-2 * k) for k in range(n))"), "Upside down"),
        Wrong("enlargements", recipe(needed="int(enlargements)"), "counted enlargements"),
        Wrong("one more", recipe(needed="int(enlargements) + 2"), "more octaves than"),
    ],
    "08-repair-dream": [
        Wrong("picture enlarged", dream(begin="larger(current).clip(0, 1)"), "itself is enlarged"),
        Wrong("begun anew", dream(begin="copy"), "begins anew"),
        Wrong("added twice", dream(begin="(copy + larger(current)).clip(0, 1)"), "twice"),
        Wrong("moved again", dream(back="move"), "once more"),
        Wrong("never back", dream(back="(0, 0)"), "never moved back"),
        Wrong("swapped", dream(back="(-right, -down)"), "changed places"),
        Wrong("by the length", dream(scale="np.sqrt((uphill**2).sum())"), "by its length"),
        Wrong("by the mean size", dream(scale="np.abs(uphill).mean()"), "mean of its sizes"),
        Wrong("not scaled", dream(scale="1"), "as long as it is"),
        Wrong(
            "never held",
            dream(begin="copy + larger(changed)", after="current + strength * uphill"),
            "nothing holds it",
        ),
        Wrong(
            "held at the end",
            dream(begin="copy + larger(changed)", after="current + strength * uphill", result="current.clip(0, 1)"),
            "very end only",
        ),
        Wrong("held after steps", dream(begin="copy + larger(changed)"), "beginning of an octave"),
        Wrong("downhill", dream(after="(current - strength * uphill).clip(0, 1)"), "goes elsewhere"),
        Wrong("the change alone", dream(result="None"), "Expected a picture"),
    ],
    "08-butterfly": [
        Wrong("not scaled", butterfly(scale="1", calm=0), "hardly moved"),
        Wrong("downhill", butterfly(sign="-"), "has fallen"),
        Wrong("another class", butterfly(channel="1"), "Another class"),
        Wrong(
            "mirrored at the end",
            butterfly(mirrored="one", calm=0.8, result="((picture + picture.flip(3)) / 2)[0].numpy()"),
            "Mirrored, but",
        ),
        Wrong("not mirrored", butterfly(mirrored="one", result="picture[0].numpy()"), "The two halves differ"),
        Wrong("a lake", butterfly(mirrored="one.flip(2)", steps=60), "like a lake"),
        Wrong("not calm", butterfly(calm=0), "too rough"),
        Wrong("not held", butterfly(hold="pass"), "darker than 0"),
        Wrong("a batch of one", butterfly(result="mirror(picture).numpy()"), "another shape"),
        Wrong("too few steps", butterfly(steps=3), "too low"),
    ],
}
