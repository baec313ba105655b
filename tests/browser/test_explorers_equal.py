"""What the page computes equals what Python computes, on random cases with every border, stride and size."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from cnncourse.challenges import CHALLENGES
from cnncourse.convolution import MODES
from cnncourse.kernels import KERNELS
from cnncourse.widgets import convolution_explorer, pixel_explorer

CONVOLVE = """async (cases) => {
  const { correlatePadded, padImage, settingProblem, windowAt } = await import("./convolve.js");
  const { fromRows, toRows } = await import("./wire.js");
  return cases.map(({ image, kernel, settings, position }) => {
    const [picture, weights] = [fromRows(image), fromRows(kernel)];
    const problem = settingProblem(picture, weights, settings);
    if (problem) return { problem };
    const padded = padImage(picture, settings.padding, settings.mode, settings.value);
    const output = correlatePadded(padded, weights, settings.stride);
    const place = position.map((at, axis) => Math.min(at, [output.height, output.width][axis] - 1));
    const { under, products, sum } = windowAt(padded, weights, settings.stride, place);
    return {
      problem, padded: toRows(padded), output: toRows(output),
      window: toRows(under), products: toRows(products), total: sum,
    };
  });
}"""
PIXELS = """async (cases) => {
  const { pixelScene } = await import("./pixel_scene.js");
  return cases.map(({ shape: [height, width, channels = 1], values, state }) => {
    const image = { height, width, channels, data: Float64Array.from(values) };
    const { original, changed, distance } = pixelScene(image, state);
    return { original: [...original.data], changed: [...changed.data], distance };
  });
}"""
CALL = """async ([file, name, ...values]) => (await import("./" + file))[name](...values)"""


def random_case(rng: np.random.Generator) -> dict[str, Any]:
    height, width, high, wide = (int(n) for n in rng.integers(1, [9, 12, 6, 6]))
    settings = {
        "stride": int(rng.integers(1, 4)),
        "padding": int(rng.integers(0, 4)),
        "mode": str(rng.choice(MODES)),
        "value": round(rng.normal(), 2),
    }
    return {
        "image": rng.normal(size=(height, width)).tolist(),
        "kernel": rng.normal(size=(high, wide)).tolist(),
        "position": [int(n) for n in rng.integers(0, 5, 2)],
        "settings": settings,
    }


def test_convolution_in_the_page_equals_convolution_in_python(modules: Any):
    rng = np.random.default_rng(20)
    cases = [random_case(rng) for _ in range(400)]
    shown = 0
    for case, page in zip(cases, modules.evaluate(CONVOLVE, cases), strict=True):
        try:
            python = convolution_explorer.arrays(
                case["image"], case["kernel"], tuple(case["position"]), **case["settings"]
            )
        except ValueError:
            assert page["problem"], case
            continue
        assert not page["problem"], case
        shown += 1
        for name, expected in python.items():
            assert_allclose(page[name], expected, atol=1e-12, err_msg=f"{name} of {case['settings']}")
    assert 200 < shown < 400  # both what fits and what does not were tried


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_agrees_at_the_widest_frame_it_allows(modules: Any, mode: str):
    case = {
        "image": [[1, 2, 3, 4], [5, 6, 7, 9], [0, 1, 4, 2]],
        "kernel": [[1, -2, 3]],
        "settings": {"stride": 1, "padding": 2, "mode": mode, "value": 7.0},
        "position": [0, 0],
    }
    page = modules.evaluate(CONVOLVE, [case])[0]
    expected = convolution_explorer.arrays(case["image"], case["kernel"], **case["settings"])
    assert_allclose(page["padded"], expected["padded"])
    assert_allclose(page["output"], expected["output"])


def test_what_an_input_reaches_is_what_its_change_changes(modules: Any):
    rng = np.random.default_rng(4)
    for _ in range(40):
        high, wide, stride = (int(n) for n in rng.integers(1, [4, 5, 4]))
        image, kernel = rng.random((7, 9)), 1 + rng.random((high, wide))
        row, col = int(rng.integers(7)), int(rng.integers(9))
        before = convolution_explorer.arrays(image, kernel, stride=stride)["output"]
        image[row, col] += 1
        changed = convolution_explorer.arrays(image, kernel, stride=stride)["output"] != before
        block = modules.evaluate(
            CALL,
            [
                "convolve.js", "outputsOf", {"row": row, "col": col}, {"height": high, "width": wide}, stride,
                {"height": before.shape[0], "width": before.shape[1]},
            ],
        )  # fmt: skip
        expected = np.zeros_like(changed)
        rows, cols = (slice(block[at], block[at] + block[size]) for at, size in (("row", "height"), ("col", "width")))
        expected[rows, cols] = True
        assert (changed == expected).all()


def at_rest(**changes: Any) -> dict[str, Any]:
    state = {"brightness": 0, "contrast": 1, "invert": False, "flip": "none", "channel": "colour"}
    return {**state, **dict.fromkeys(CHALLENGES, 0), **changes}


def compare_pixels(modules: Any, image: np.ndarray, states: list[dict[str, Any]]) -> None:
    cases = [{"shape": image.shape, "values": image.ravel().tolist(), "state": state} for state in states]
    for state, page in zip(states, modules.evaluate(PIXELS, cases), strict=True):
        python = pixel_explorer.arrays(image, **state)
        for name in ("original", "changed"):
            assert_allclose(page[name], python[name].ravel(), atol=1e-9, err_msg=f"{name} of {state}")
        assert_allclose(page["distance"], python["distance"], atol=1e-12)


@pytest.mark.parametrize("shape", [(13, 18), (12, 7, 3), (1, 1), (1, 6), (5, 1, 3)])
def test_each_challenge_in_the_page_equals_python(modules: Any, shape: tuple[int, ...]):
    image = np.random.default_rng(5).random(shape)
    states = [at_rest(**{name: amount}) for name in CHALLENGES for amount in (0.02, 0.3, 0.5, 0.98, 1)]
    compare_pixels(modules, image, states)


def test_arithmetic_channels_and_challenges_together_equal_python(modules: Any):
    rng = np.random.default_rng(6)
    states = [
        at_rest(
            brightness=round(rng.uniform(-1, 1), 2),
            contrast=round(rng.uniform(0, 3), 1),
            invert=bool(rng.integers(2)),
            flip=str(rng.choice(pixel_explorer.FLIPS)),
            channel=str(rng.choice(pixel_explorer.CHANNELS)),
            **{str(rng.choice(list(CHALLENGES))): float(rng.random())},
        )
        for _ in range(60)
    ]
    compare_pixels(modules, rng.random((9, 14, 3)), states)


@pytest.mark.parametrize(
    ("typed", "value"), [("2", 2), ("-1.5", -1.5), ("−3", -3), ("0,5", 0.5), ("1/9", 1 / 9), (" 4 ", 4)]
)
def test_weights_are_read_as_people_write_them(modules: Any, typed: str, value: float):
    assert modules.evaluate(CALL, ["numbers.js", "readWeight", typed]) == pytest.approx(value)


@pytest.mark.parametrize("typed", ["", "x", "1/", "1/0", "1/2/3", "-"])
def test_what_is_no_number_is_no_weight(modules: Any, typed: str):
    assert np.isnan(modules.evaluate(CALL, ["numbers.js", "readWeight", typed]))


@pytest.mark.parametrize(
    ("value", "text"), [(1 / 9, "1/9"), (-2 / 9, "−2/9"), (0.0625, "1/16"), (2, "2"), (-1.5, "−1.5"), (0.1234, "0.123")]
)
def test_weights_are_written_as_fractions_where_they_are_some(modules: Any, value: float, text: str):
    assert modules.evaluate(CALL, ["numbers.js", "formatWeight", value]) == text


def test_every_preset_is_read_back_as_it_was(modules: Any):
    for name, kernel in KERNELS.items():
        for weight in kernel.ravel():
            text = modules.evaluate(CALL, ["numbers.js", "formatWeight", float(weight)])
            assert modules.evaluate(CALL, ["numbers.js", "readWeight", text]) == pytest.approx(weight), name


def test_equal_steps_of_the_signed_map_are_told_apart_by_lightness(modules: Any):
    table = modules.evaluate("async () => [...(await import('./colour.js')).MAPS.signed]")
    colours = np.array(table).reshape(-1, 3) / 255
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    luminance = linear @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(luminance[:128]) > -1e-3).all()
    assert (np.diff(luminance[128:]) < 1e-3).all()
    assert luminance[127] > 0.9
