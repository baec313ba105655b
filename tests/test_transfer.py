"""A trained network and a new task."""

from functools import partial

import pytest
import torch
from torch import nn

from cnncourse import transfer
from cnncourse.evaluation import predict_logits
from cnncourse.images import photograph
from cnncourse.models import ResidualNet, fresh
from cnncourse.transfer import (
    best_rate,
    compare,
    features,
    few,
    textures,
    train_few,
    train_head,
    with_new_head,
)
from cnncourse.weights import load_weights


@pytest.fixture(scope="module")
def trained():
    return load_weights("residual-robust")


def test_learning_and_test_pieces_come_from_different_halves():
    learn, test = textures()
    grass = torch.tensor(photograph("grass"), dtype=torch.float32)
    torch.testing.assert_close(learn.images[128 + 9, 2], grass[32:64, 32:64])  # second row, second of eight pieces
    torch.testing.assert_close(test.images[128 + 9, 0], grass[32:64, 256 + 32 : 256 + 64])
    assert learn.counts == test.counts == {"brick": 128, "grass": 128, "gravel": 128}


def test_the_head_on_the_features_is_the_network(trained):
    pictures = torch.rand(3, 3, 32, 40, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(trained.head(features(trained, pictures)), predict_logits(trained, pictures))


def test_features_of_a_network_in_training_mode_are_refused():
    with pytest.raises(ValueError, match=r"in training mode; try: network.eval\(\)"):
        features(fresh(ResidualNet), torch.rand(2, 3, 32, 32))


def test_a_head_learns_what_a_line_can_tell_apart():
    known = torch.randn(60, 7, generator=torch.Generator().manual_seed(0))
    labels = (known[:, 2] - known[:, 5] > 0).long()
    head = train_head(known, labels, classes=2)
    assert (head(known).argmax(dim=1) == labels).all()
    assert head.weight.shape == (2, 7)


def test_all_but_the_head_is_taken_over_running_means_too(trained):
    made = with_new_head(trained, 3, seed=1)
    for name, values in made.state_dict().items():
        if name.startswith("head."):
            assert values.shape[0] == 3
        else:
            assert torch.equal(values, trained.state_dict()[name]), name
    assert all(weight.requires_grad for weight in made.parameters())
    assert trained.head.weight.shape == (10, 256)


def test_without_a_start_all_weights_are_fresh(trained):
    made = with_new_head(None, 3, seed=1)
    assert not torch.equal(made.stem[0].weight, trained.stem[0].weight)
    assert torch.equal(made.head.weight, with_new_head(trained, 3, seed=1).head.weight)


def test_training_changes_the_copy_and_not_the_start(trained):
    before = {name: values.clone() for name, values in trained.state_dict().items()}
    made = with_new_head(trained, 3)
    records = train_few(made, few(textures()[0], 3), rate=0.03, steps=4)
    assert len(records) == 4
    assert not torch.equal(made.stem[0].weight, before["stem.0.weight"])
    assert all(torch.equal(values, before[name]) for name, values in trained.state_dict().items())


def test_there_are_at_least_as_many_steps_as_asked_for():
    tiny = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 3))
    assert len(train_few(tiny, few(textures()[0], 20), rate=0.01, steps=10)) == 12  # three epochs of four batches


@pytest.mark.parametrize("each", [0, 129])
def test_a_class_has_only_so_many_examples(each):
    with pytest.raises(ValueError, match=f"expected 1 to 128 examples of each class, got {each}"):
        few(textures()[0], each)


def test_the_rate_is_chosen_on_what_was_held_out(trained, monkeypatch):
    made = {rate: nn.Linear(1, 1) for rate in (0.1, 0.2, 0.3)}
    waiting = iter(made.values())
    monkeypatch.setattr(transfer, "with_new_head", lambda *_, **__: next(waiting))
    monkeypatch.setattr(transfer, "train_few", lambda *_, **__: [])
    shares = dict(zip(made.values(), (0.5, 0.9, 0.7), strict=True))
    monkeypatch.setattr(transfer, "accuracy", lambda network, _: shares[network])
    assert best_rate(trained, textures()[0], textures()[1], tuple(made)) is made[0.2]


def test_with_five_examples_each_training_elsewhere_beats_training_from_scratch(monkeypatch):
    monkeypatch.setattr(transfer, "RATES", (0.03,))
    monkeypatch.setattr(transfer, "EACH", 2)
    monkeypatch.setattr(transfer, "train_few", partial(train_few, steps=15))
    learn, test = textures()
    monkeypatch.setattr(transfer, "textures", lambda: (learn, test.take(60, seed=0)))
    found = compare(seed=0)
    assert list(found) == ["fine-tuned", "frozen, new head", "from scratch"]
    assert min(found["fine-tuned"], found["frozen, new head"]) > found["from scratch"] + 0.1
