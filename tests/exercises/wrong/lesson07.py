"""Plausible wrong answers to the exercises of lesson 07, and what each is told."""

from tests.exercises.plausible import Wrong

# --- Grad-CAM by hand -------------------------------------------------------------------------------------------------

CAM = """
mine = given('07-cam-by-hand')
maps, gradients = mine['maps'], mine['gradients']
gains = {gains}
cam = {cam}
"""


def cam(gains="gradients.mean(axis=(1, 2), keepdims=True)", cam="np.maximum((gains * maps).sum(axis=0), 0)") -> str:
    """Write Grad-CAM with one part exchanged."""
    return CAM.format(gains=gains, cam=cam)


# --- listen -----------------------------------------------------------------------------------------------------------

LISTEN = """
def listen(network, names, picture):
    heard = {{}}
    {before}

    def keeper(name):
        def keep(layer, inputs, output):
            heard[name] = {kept}

        return keep

    handles = [network.get_submodule(name).register_forward_hook({hook}) for name in names]
    try:
        network(picture)
    {after}
    return {result}
"""
CLEAN = """finally:
        for handle in handles:
            handle.remove()"""


def listen(kept="output.detach().clone()", hook="keeper(name)", before="pass", after=CLEAN, result="heard") -> str:
    """Write the listener with one part exchanged."""
    return LISTEN.format(kept=kept, hook=hook, before=before, after=after, result=result)


ONLY_AFTERWARDS = """
def listen(network, names, picture):
    heard = {}
    handles = []
    for name in names:
        def keep(layer, inputs, output, name=name):
            heard[name] = output.detach().clone()
        handles.append(network.get_submodule(name).register_forward_hook(keep))
    network(picture)
    for handle in handles:
        handle.remove()
    return heard
"""

# --- favourites -------------------------------------------------------------------------------------------------------

FAVOURITES = """
def favourites(pictures, kernel, stride, padding, count):
    frame = ((0, 0), (padding, padding), (padding, padding))
    framed = np.pad(pictures, frame)
    windows = np.lib.stride_tricks.sliding_window_view(framed, kernel.shape, axis=(1, 2))[:, ::stride, ::stride]
    maps = {maps}
    best = np.argsort({score}){chosen}[:count]
    spots = [np.unravel_index(maps[one].argmax(), maps[one].shape) for one in best]
    a, b = kernel.shape
    crops = np.array([{crop} for one, (i, j) in zip(best, spots)])
    return {result}
"""
WINDOW = "[i * stride : i * stride + a, j * stride : j * stride + b]"


def favourites(
    maps="(windows * kernel).sum(axis=(3, 4))",
    score="-maps.max(axis=(1, 2))",
    chosen="",
    crop="windows[one, i, j]",
    result="best, crops",
) -> str:
    """Write the search with one part exchanged."""
    return FAVOURITES.format(maps=maps, score=score, chosen=chosen, crop=crop, result=result)


PUSHED = (
    "(lambda top, left: pictures[one][top : top + a, left : left + b])("
    "min(max(i * stride - padding, 0), pictures.shape[1] - a), "
    "min(max(j * stride - padding, 0), pictures.shape[2] - b))"
)

# --- two axes ---------------------------------------------------------------------------------------------------------

AXES = """
def two_axes(points, towards):
    centred = {centred}
    unit = towards / np.linalg.norm(towards)
    along = centred @ unit
    rest = {rest}
    left, spread, axes = np.linalg.svd(rest, full_matrices=False)
    return np.stack([{first}, {second}], axis=1)
"""


def axes(
    centred="points - points.mean(axis=0)",
    rest="centred - np.outer(along, unit)",
    first="along",
    second="centred @ axes[0]",
) -> str:
    """Write the two axes with one part exchanged."""
    return AXES.format(centred=centred, rest=rest, first=first, second=second)


# --- cover ------------------------------------------------------------------------------------------------------------

COVER = """
def cover(logit, picture, window, stride):
    height, width = picture.shape[1:]
    colour = {colour}
    falls, count = np.zeros((height, width)), np.zeros((height, width))
    {before}
    covered = picture.copy()
    for top in range(0, height - window[0] + 1, stride):
        for left in range(0, width - window[1] + 1, stride):
            place = slice(top, top + window[0]), slice(left, left + window[1])
            {fresh}
            covered[:, place[0], place[1]] = colour
            whole, without = logit(np.stack([picture, covered]))
            falls[{where}] {note} whole - without
            count[place] += 1
    return {result}
"""


def cover(
    colour="picture.mean(axis=(1, 2), keepdims=True)",
    before="pass",
    fresh="covered = picture.copy()",
    where="place",
    note="+=",
    result="falls / np.maximum(count, 1)",
) -> str:
    """Write the occlusion with one part exchanged."""
    return COVER.format(colour=colour, before=before, fresh=fresh, where=where, note=note, result=result)


# --- alike ------------------------------------------------------------------------------------------------------------

ALIKE = """
def alike(filters, others):
    def units(some):
        rows = some.reshape(len(some), -1){centred}
        return rows / {length}

    turned = [{turn} for turn in {turns}]
    {more}
    return {best}
"""


def alike(
    centred="",
    length="np.linalg.norm(rows, axis=1, keepdims=True)",
    turn="np.rot90(others, turn, axes=(2, 3))",
    turns="range(4)",
    more="pass",
    best="np.max([np.abs(units(filters) @ units(some).T) for some in turned], axis=0)",
) -> str:
    """Write the likeness with one part exchanged."""
    return ALIKE.format(centred=centred, length=length, turn=turn, turns=turns, more=more, best=best)


# --- knows ------------------------------------------------------------------------------------------------------------

KNOWS = """
def knows(method, network, pictures):
    import copy

    from scipy.stats import spearmanr

    def likeness(one, other):
        one, other = one.detach().flatten(1).numpy(), other.detach().flatten(1).numpy()
        return {likeness}

    first, again = method(network, pictures), method(network, pictures)
    spoilt = {spoilt}
    with torch.no_grad():
        for weights in {layers}:
            order = torch.randperm(weights.numel())
            weights.copy_(weights.flatten()[order].view_as(weights))
    again, other = likeness(first, again), likeness(first, method(spoilt, pictures))
    return {verdict}
"""


def knows(
    likeness="np.mean([spearmanr(a, b).statistic for a, b in zip(one, other)])",
    spoilt="copy.deepcopy(network)",
    layers="spoilt.parameters()",
    verdict="bool(again > other + 0.15)",
) -> str:
    """Write the test with one part exchanged."""
    return KNOWS.format(likeness=likeness, spoilt=spoilt, layers=layers, verdict=verdict)


WRONG = {
    "07-cam-by-hand": [
        Wrong("no ReLU", cam(cam="(gains * maps).sum(axis=0)"), "Negative numbers are left"),
        Wrong("ReLU too early", cam(cam="np.maximum(gains * maps, 0).sum(axis=0)"), "too early"),
        Wrong("place by place", cam(gains="gradients"), "place by place"),
        Wrong("gradients added", cam(gains="gradients.sum(axis=(1, 2), keepdims=True)"), "*on average*"),
        Wrong("signs lost", cam(gains="abs(gradients.mean(axis=(1, 2), keepdims=True))"), "Minus signs"),
        Wrong("mean over maps", cam(cam="np.maximum((gains * maps).mean(axis=0), 0)"), "mean over the maps"),
        Wrong("no gradients", cam(cam="maps.sum(axis=0)"), "count the same"),
        Wrong(
            "exchanged",
            cam(cam="np.maximum((maps.mean(axis=(1, 2), keepdims=True) * gradients).sum(axis=0), 0)"),
            "changed places",
        ),
        Wrong("not added up", cam(cam="np.maximum(gains * maps, 0)"), "array of 2 axes"),
    ],
    "07-listen": [
        Wrong("overwritten", listen(kept="output.detach()"), "wrote over"),
        Wrong("what came in", listen(kept="inputs[0].detach().clone()"), "came *into*"),
        Wrong("one name for all", listen(kept="output.detach().clone()", hook="keeper(names[0])"), "names in the"),
        Wrong("a list", listen(result="list(heard.values())"), "a dictionary"),
        Wrong("nothing returned", listen(result="None"), "Nothing came back"),
        Wrong("the last one for all", listen(result="{name: heard[names[-1]] for name in names}"), "All layers"),
        Wrong("hooks forgotten", listen(after="finally:\n        pass"), "left behind"),
        Wrong("not when it fails", ONLY_AFTERWARDS, "fails on the way keeps"),
        Wrong("mode changed", listen(before="network.eval()"), "another mode"),
        Wrong("error swallowed", listen(after="except RuntimeError:\n        pass\n    " + CLEAN), "nobody is told"),
        Wrong(
            "only children", listen(hook="keeper(name)").replace("get_submodule(name)", "_modules[name]"), "KeyError"
        ),
    ],
    "07-favourites": [
        Wrong("weakest", favourites(score="maps.max(axis=(1, 2))"), "move the neuron least"),
        Wrong("weakest first", favourites(chosen="[:count][::-1]"), "wrong order"),
        Wrong("sign ignored", favourites(maps="abs((windows * kernel).sum(axis=(3, 4)))"), "strong no"),
        Wrong("mean of the map", favourites(score="-maps.mean(axis=(1, 2))"), "mean of its map"),
        Wrong("sum of the positive", favourites(score="-np.maximum(maps, 0).sum(axis=(1, 2))"), "sum of what is"),
        Wrong(
            "one picture several times",
            favourites(result="np.argsort(-maps.ravel())[:count] // maps[0].size, crops"),
            "more than once",
        ),
        Wrong(
            "frame forgotten in crops",
            favourites(crop="np.pad(pictures[one], ((0, 9), (0, 9)))" + WINDOW),
            "forget the frame",
        ),
        Wrong("stride forgotten in crops", favourites(crop="framed[one][i : i + a, j : j + b]"), "forget the stride"),
        Wrong("pushed in", favourites(crop=PUSHED), "pushed it"),
        Wrong("rim copied", favourites(crop="np.pad(pictures, frame, mode='edge')[one]" + WINDOW), "copied the rim"),
        Wrong("crops alone", favourites(result="crops"), "a tuple of two"),
    ],
    "07-two-axes": [
        Wrong("length left in", axes(first="centred @ towards"), "one factor"),
        Wrong("divided twice", axes(first="centred @ towards / (towards @ towards)"), "squared length"),
        Wrong("not centred", axes(centred="points"), "not centred"),
        Wrong("first principal axis", axes(rest="centred"), "leans towards"),
        Wrong("second principal axis", axes(rest="centred", second="centred @ axes[1]"), "second one of all"),
        Wrong("columns exchanged", axes(first="centred @ axes[0]", second="along"), "changed places"),
        Wrong("wrong way", axes(first="-along"), "wrong sign"),
        Wrong("evened out", axes(second="left[:, 0]"), "evened out"),
        Wrong("least spread", axes(second="centred @ axes[len(towards) - 2]"), "*least*"),
        Wrong("axes as rows", axes().replace("axis=1)\n", "axis=0)\n"), "shape"),
    ],
    "07-cover": [
        Wrong("signs turned", cover(result="-falls / np.maximum(count, 1)"), "signs are turned"),
        Wrong("falls added", cover(result="falls"), "added the falls"),
        Wrong("black", cover(colour="0"), "with black"),
        Wrong("one grey", cover(colour="picture.mean()"), "one grey"),
        Wrong("steps of one", cover(before="stride = 1"), "move by one"),
        Wrong("window turned", cover(before="window = window[::-1]"), "Height and width"),
        Wrong("stays covered", cover(fresh="pass"), "stay covered"),
        Wrong("at the corner", cover(where="top, left", result="falls"), "corner"),
        Wrong("overwritten", cover(note="=", result="falls"), "overwrites"),
        Wrong("signs lost", cover(result="abs(falls) / np.maximum(count, 1)"), "signs are lost"),
        Wrong("picture painted over", cover(fresh="covered = picture"), "no copy"),
        Wrong("windows stick out", cover().replace("- window[0] + 1", "").replace("- window[1] + 1", ""), "stick out"),
        Wrong("left to nan", cover(result="np.where(count > 0, falls, np.nan) / np.maximum(count, 1)"), "NaN"),
    ],
    "07-alike": [
        Wrong(
            "sign counts",
            alike(best="np.max([units(filters) @ units(some).T for some in turned], axis=0)"),
            "either sign",
        ),
        Wrong("not turned", alike(turns="[0]"), "as they stand"),
        Wrong("half circles", alike(turns="[0, 2]"), "half circles"),
        Wrong("lengths count", alike(length="1"), "length still counts"),
        Wrong("flipped", alike(more="turned += [some[..., ::-1] for some in turned]"), "flipped"),
        Wrong(
            "mean over turns",
            alike(best="np.mean([np.abs(units(filters) @ units(some).T) for some in turned], axis=0)"),
            "mean over the turns",
        ),
        Wrong("correlation", alike(centred="; rows = rows - rows.mean(axis=1, keepdims=True)"), "means away"),
        Wrong(
            "table turned",
            alike(best="np.max([np.abs(units(some) @ units(filters).T) for some in turned], axis=0)"),
            "changed places",
        ),
        Wrong("other axes turned", alike(turn="np.rot90(others, turn)"), "stopped"),
    ],
    "07-knows": [
        Wrong("always", "def knows(method, network, pictures):\n    return True", "the same of every way"),
        Wrong("turned", knows(verdict="bool(again <= other + 0.15)"), "wrong way round"),
        Wrong("sure of edges", knows(verdict="bool(again > 0.5)"), "trusts an edge detector"),
        Wrong("must fall to 0", knows(verdict="bool(other < 0.12)"), "architecture"),
        Wrong(
            "any other number",
            knows(likeness="float(np.allclose(one, other))", verdict="bool(other < 1)"),
            "as a whole",
        ),
        Wrong("never asked twice", knows(verdict="bool(other < 0.9)"), "drawn by lot"),
        Wrong("must be the same twice", knows(verdict="bool(again > 0.9999 and other < 0.9)"), "a little chance"),
        Wrong("network spoilt", knows(spoilt="network"), "Spoil a copy"),
        Wrong("a number", knows(verdict="float(other)"), "True or False"),
        Wrong("nothing", knows(verdict="None"), "Nothing came back"),
    ],
}
