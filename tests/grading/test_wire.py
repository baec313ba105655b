"""Tests that data crosses the wall whole, and that nothing but data does."""

from __future__ import annotations

import json
import pickle
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cnncourse.grading import _wire
from cnncourse.grading._wire import NotData, WireError, pack, unpack

PLAIN = st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats() | st.text()
TREES = st.recursive(
    PLAIN,
    lambda one: st.lists(one, max_size=3) | st.tuples(one, one) | st.dictionaries(st.text(max_size=3), one, max_size=3),
    max_leaves=12,
)
ARRAYS = hnp.arrays(
    st.sampled_from(["?", "i1", "<u2", ">i4", "i8", "f2", ">f4", "f8", "c8", "c16", "U3"]),
    hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
)


def message(tree: Any, *blobs: bytes, lengths: Any = None) -> bytes:
    """Write a message by hand, as somebody who means no good would."""
    text = json.dumps({"tree": tree, "blobs": [len(b) for b in blobs] if lengths is None else lengths}).encode()
    return len(text).to_bytes(8, "little") + text + b"".join(blobs)


@given(TREES)
def test_plain_data_comes_back_with_its_types(tree: Any):
    assert repr(unpack(pack(tree))) == repr(tree)


@given(ARRAYS)
def test_an_array_comes_back_with_shape_type_and_values(array: np.ndarray):
    back = unpack(pack(array))
    assert back.shape == array.shape
    assert back.dtype == array.dtype.newbyteorder("=")
    assert back.tobytes() == np.ascontiguousarray(array, dtype=back.dtype).tobytes()


def test_an_array_that_came_back_can_be_changed():
    back = unpack(pack(np.arange(6.0).reshape(2, 3).T))
    back[0, 1] = 7
    np.testing.assert_array_equal(back, [[0, 7], [1, 4], [2, 5]])


def test_numbers_of_numpy_become_plain_ones_outside_and_stay_what_they_are_inside():
    back = unpack(pack([np.uint8(200), np.float32(0.5), np.bool_(True)]))
    assert [(type(one), one) for one in back] == [(int, 200), (float, 0.5), (bool, True)]
    assert type(unpack(pack(np.uint8(200)), exact=True)) is np.uint8


def test_a_tensor_becomes_an_array_outside_and_a_tensor_inside():
    import torch

    tensor = torch.arange(6, dtype=torch.float32).reshape(2, 3).requires_grad_()
    outside, inside = unpack(pack(tensor)), unpack(pack(tensor), exact=True)
    np.testing.assert_array_equal(outside, [[0, 1, 2], [3, 4, 5]])
    assert type(inside) is torch.Tensor
    assert torch.equal(inside, tensor.detach())


class EqualsAll(int):
    """A number that equals every other."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


class Spy(np.ndarray):
    """An array with methods of its own."""


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (object(), "got object"),
        (EqualsAll(3), "got EqualsAll"),
        ([1, {2, 3}], "got set"),
        (len, "got builtin_function_or_method"),
        (np.array([object()]), "dtype object"),
        (np.array(["2026-11-21"], "M8[D]"), r"dtype datetime64\[D\]"),
        (np.zeros(2, np.longdouble), "dtype float128|dtype longdouble|dtype float96"),
        (np.zeros(2, [("x", "f8")]), "dtype"),
        (np.arange(3).view(Spy), "got Spy"),
        (np.ma.masked_array([1, 2], [0, 1]), "got MaskedArray"),
        ({(1, 2): 3}, "as a key, got tuple"),
        pytest.param(10**5000, "4000 digits", id="a number too long to be printed"),
        ([0] * 300_000, "use a NumPy array"),
        ("x" * 3_000_000, "use a NumPy array"),
    ],
)
def test_what_is_no_data_is_refused_in_words(value: Any, says: str):
    with pytest.raises(NotData, match=says):
        pack(value)


def test_nesting_has_an_end():
    deep: Any = 1
    for _ in range(_wire.MAX_DEPTH + 1):
        deep = [deep]
    with pytest.raises(NotData, match="16 deep"):
        pack(deep)
    assert unpack(pack(deep[0])) == deep[0]
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(NotData, match="16 deep"):
        pack(endless)


def test_arrays_have_a_limit_together():
    assert len(pack([np.zeros(100, "u1")] * 2, limit=200)) > 200
    with pytest.raises(NotData, match="more than 199 bytes"):
        pack([np.zeros(100, "u1")] * 2, limit=199)
    with pytest.raises(NotData, match="8,000,000,000,000 bytes"):
        pack(np.broadcast_to(np.float64(1), (1000, 10**9)), limit=2**20)


def test_nothing_is_unpickled():
    class Trap:
        def __reduce__(self) -> Any:
            return print, ("sprung",)

    with pytest.raises(WireError):
        unpack(pickle.dumps(Trap()))
    with pytest.raises(WireError):
        unpack(message(["array", "O", [1], 0], pickle.dumps(Trap())))


@pytest.mark.parametrize(
    "forged",
    [
        b"",
        b"\x93NUMPY",
        b"\xff" * 40,
        (2**63).to_bytes(8, "little") + b"{}",
        (2).to_bytes(8, "little") + b"{}",
        (4).to_bytes(8, "little") + b"null",
        (2).to_bytes(8, "little") + b"\xff\xfe",
        message(["array", "f8", [10**12], 0], b"12345678"),
        message(["array", "f8", [-1], 0], b"12345678"),
        message(["array", "f8", [2], 0], b"12345678"),
        message(["array", "f8", [True], 0], b"12345678"),
        message(["array", "f8", [1], 1], b"12345678"),
        message(["array", "f8", [1], -1], b"12345678"),
        message(["array", "f8", "1", 0], b"12345678"),
        message(["array", "f8", [1] * 100, 0], b"12345678"),
        message(["array", "f8", [0, 10**30], 0], b""),
        message(["array", "O", [1], 0], b"12345678"),
        message(["array", "V8", [1], 0], b"12345678"),
        message(["array", "U0", [5], 0], b""),
        message(["array", "U99999999999", [0], 0], b""),
        message(["array", ["f8"], [1], 0], b"12345678"),
        message(["array"]),
        message([]),
        message([["list"]]),
        message({"tuple": 1}),
        message(["dict", [["list", 1], 2]]),
        message(["dict", [1]]),
        message(["complex", "x", 1]),
        message(["bytes", "0"], b"x"),
        message(["class", "os.system"]),
        message(1, b"x", lengths=[2]),
        message(1, b"x", lengths=[-1]),
        message(1, b"x", lengths="x"),
        message(1, lengths=[2**62]),
        message(["list", *[0] * 250_000]),
        message(["list", *[["array", "f8", [1], 0]] * 2], b"12345678"),  # one part, sent once, would fill any memory
        message(["list", ["bytes", 0], ["bytes", 0]], b"12345678"),
        message(["dict", *[[place * (2**61 - 1), 0] for place in range(9)]]),  # all of the same hash
    ],
)
def test_a_forged_message_is_refused_and_does_no_harm(forged: bytes):
    with pytest.raises(WireError):
        unpack(forged)


def test_json_that_is_nested_without_end_is_refused():
    text = b'{"tree":' + b"[" * 500_000
    with pytest.raises(WireError):
        unpack(len(text).to_bytes(8, "little") + text)


def test_a_number_without_end_is_refused():
    text = b'{"blobs":[],"tree":' + b"9" * 5000 + b"}"
    with pytest.raises(WireError):
        unpack(len(text).to_bytes(8, "little") + text)


def test_a_message_has_a_limit():
    with pytest.raises(WireError, match="more than 50"):
        unpack(pack("x" * 60), limit=50)


@given(st.binary(max_size=200))
def test_any_bytes_at_all_are_data_or_refused(noise: bytes):
    with pytest.raises(WireError):
        unpack(noise)


@given(st.data())
def test_a_message_with_a_changed_byte_is_data_or_refused(data: st.DataObject):
    whole = bytearray(pack({"a": [1, (2.5, "x")], "b": np.arange(4.0).reshape(2, 2), "c": np.array(["é"])}))
    whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with suppress(WireError):
        unpack(bytes(whole))


def test_bytes_that_numpy_would_not_write_become_harmless():
    truths = unpack(message(["array", "b1", [3], 0], b"\x00\x07\x01"))
    assert truths.view(np.uint8).tolist() == [0, 1, 1]
    letters = np.array([0x41, 0x110000, 0xD800], "<u4").tobytes()
    assert unpack(message(["array", "U1", [3], 0], letters)).tolist() == ["A", "?", "?"]


def test_half_a_pair_of_surrogates_can_be_stored_afterwards():
    assert unpack(message("a\ud800")) == "a?"
    assert unpack(pack("a\ud800")) == "a?"
