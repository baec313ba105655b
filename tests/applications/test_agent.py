"""Tests of the agent that learns a game from its pictures."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal

from cnncourse.applications import agent
from cnncourse.applications.orchard import SIDE, Orchard
from cnncourse.applications.orchard_play import at_random, play
from cnncourse.applications.q_learning import Memories, Replay, greedy, temporal_difference, value_network
from cnncourse.results import result


class Told(torch.nn.Module):
    """A network whose values are the first three pixels of the last picture."""

    def __init__(self):
        super().__init__()
        self.scale = torch.nn.Parameter(torch.ones(()))

    def forward(self, pictures):
        return self.scale * pictures[:, -1, 0, :3]


def field(*values):
    pictures = torch.zeros(len(values), 2, SIDE, SIDE)
    pictures[:, 1, 0, :3] = torch.tensor(values)
    return pictures


def test_the_loss_compares_the_value_of_the_action_with_reward_and_best_next_value():
    memories = Memories(
        field([0.5, 0.0, 0.0], [0.0, 0.0, 3.0]),
        torch.tensor([0, 2]),
        torch.tensor([1.0, -1.0]),
        field([0.2, 0.4, 0.0], [0.0, 0.0, 2.0]),
    )
    # wanted: 1 + 0.5 · 0.4 = 1.2 and −1 + 0.5 · 2 = 0; off by 0.7 and 3: 0.7² / 2 = 0.245 and 3 − 0.5 = 2.5
    found = temporal_difference(Told(), Told(), memories, 0.5)
    assert found.item() == pytest.approx((0.245 + 2.5) / 2)


def test_no_gradient_flows_into_the_target():
    network, target = Told(), Told()
    memories = Memories(field([0.5, 0, 0]), torch.tensor([0]), torch.tensor([1.0]), field([0.2, 0.4, 0.0]))
    temporal_difference(network, target, memories, 0.5).backward()
    assert network.scale.grad is not None
    assert target.scale.grad is None


def test_a_greedy_policy_takes_the_largest_value_and_leaves_the_network_in_its_mode():
    network = Told().train()
    actions = greedy(network)(field([0.1, 0.9, 0.3], [0.0, -1.0, 0.5]).numpy())
    assert_array_equal(actions, [1, 2])
    assert network.training


def test_a_policy_for_one_picture_sees_the_last_one():
    actions = greedy(Told(), 1)(field([0.1, 0.9, 0.3]).numpy())
    assert_array_equal(actions, [1])


@pytest.fixture
def few_judges(monkeypatch):
    monkeypatch.setattr(agent, "JUDGED", 5)
    monkeypatch.setattr(agent, "TESTED", 60)


def step_of(number):
    """Make a step by which one can tell where it came from: its number as a pattern of pixels."""
    pictures = np.zeros((2, 1, SIDE, SIDE), dtype=np.float32)
    pictures[:, 0, 0, :8] = [number >> bit & 1 for bit in range(8)]
    pictures[1, 0, 1, 0] = 1  # the second game
    return pictures, np.array([number % 3, 0]), np.array([number, -number], dtype=np.float32)


def numbers(pictures):
    return (pictures[:, 0, 0, :8] @ torch.tensor([2.0**bit for bit in range(8)])).int()


@pytest.mark.parametrize("written", [2, 5, 7, 8, 23])
def test_replay_gives_steps_that_are_kept_each_with_its_own_next_picture(written):
    replay = Replay(steps=7, games=2, pictures=1)
    for number in range(written):
        replay.write(*step_of(number))
    drawn = replay.draw(400, torch.Generator().manual_seed(0))
    seen, then = numbers(drawn.pictures), numbers(drawn.next_pictures)
    assert_array_equal(then, seen + 1)
    assert set(seen.tolist()) == set(range(max(0, written - 7), written - 1))
    second = drawn.pictures[:, 0, 1, 0] == 1
    assert second.any()
    assert not second.all()
    assert_array_equal(drawn.rewards, torch.where(second, -seen, seen))
    assert_array_equal(drawn.actions, torch.where(second, 0, seen % 3))
    assert_array_equal(drawn.next_pictures[:, 0, 1, 0], second)  # of the same game


def test_a_fresh_network_says_a_value_for_each_action():
    assert value_network(1)(torch.zeros(4, 1, SIDE, SIDE)).shape == (4, 3)


def test_the_same_seed_learns_the_same_and_another_something_else():
    def weights(seed):
        learner = agent.Learner(agent.Settings(games=4, steps=1000, batch=8, seed=seed))
        for _ in range(12):
            learner.take_step()
        return torch.cat([one.flatten() for one in learner.network.parameters()])

    assert torch.equal(weights(1), weights(1))
    assert not torch.equal(weights(1), weights(2))


@pytest.mark.usefixtures("few_judges")
def test_a_learner_explores_ever_less_and_is_judged_ten_times():
    learner = agent.Learner(agent.Settings(games=3, steps=40, batch=8, explore=0.1))
    records = list(learner)
    assert [record.step for record in records] == list(range(1, 41))
    assert records[0].explored == 1
    assert records[-1].explored == 0.1
    judged = [record.step for record in records if record.returns is not None]
    assert judged == list(range(4, 41, 4))
    assert records[3].returns.shape == (5,)
    assert list(learner) == []  # all steps are done


@pytest.mark.usefixtures("few_judges")
def test_the_target_is_renewed_when_it_is_due():
    learner = agent.Learner(agent.Settings(games=3, steps=1000, batch=8, refresh=5))
    same = []
    for _ in range(5):
        learner.take_step()
        pairs = zip(learner.network.parameters(), learner.target.parameters(), strict=True)
        same.append(all(torch.equal(one, other) for one, other in pairs))
    assert same[-1]
    assert not same[-2]


@pytest.mark.usefixtures("few_judges")
def test_a_short_training_beats_chance_by_far():
    settings = agent.Settings(steps=500)
    games = Orchard(200, seed=77)
    learned = play(games, agent.train(settings, progress=False).policy()).mean()
    assert learned > play(games, at_random()).mean() + 2


@pytest.mark.usefixtures("few_judges")
def test_the_experiment_names_the_agent_first_and_chance_last():
    found = agent.compare(seed=1, steps=10)
    arms = list(found)
    assert arms[0] == "agent that sees two pictures"
    assert arms[-1] == "random policy"
    assert max(found, key=found.get) == "highest possible"
    assert abs(found["random policy"]) < 1


def test_the_stated_result_has_the_agent_between_the_rule_and_what_is_possible():
    arms = result("agent").arms
    two, one, rule, chance = (arms[name] for name in arms if name != "highest possible")
    assert min(arms["highest possible"]) > max(two)
    assert min(two) > max(one) > min(one) > max(rule) > max(chance)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"games": 0}, "games of 1 or more"),
        ({"memory": 1}, "memory of 2 or more"),
        ({"discount": 1.0}, "discount from 0 to below 1"),
        ({"explore": 1.5}, "explore as a share"),
        ({"pictures": 3}, "1 or 2 pictures"),
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        agent.Settings(**wrong)
