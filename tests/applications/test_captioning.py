"""Tests of the networks that write sentences about scenes."""

import pytest
import torch
from torch.nn import functional

from cnncourse.applications.caption_scenes import END, LONGEST, START, WORDS, captioned_scenes
from cnncourse.applications.captioner import FEATURES, GRID, Captioner, WordByPlace
from cnncourse.applications.captioning import Settings, compare, exact_match, learning, read, train
from cnncourse.models import fresh
from cnncourse.results import result


@pytest.fixture(scope="module")
def scenes():
    return captioned_scenes("train", 24, single=0.3, seed=5)


@pytest.fixture(scope="module")
def writer():
    return fresh(Captioner, seed=3).eval()


def test_a_look_is_the_attention_of_pytorch(writer):
    grid, state = torch.randn(5, GRID * GRID, FEATURES), torch.randn(5, 96)
    with torch.no_grad():
        logits, after, look = writer.next_word(grid, state, torch.tensor([2, 3, 4, 5, 6]))
        seen = functional.scaled_dot_product_attention(writer.ask(state)[:, None], grid, grid)[:, 0]
        together = torch.cat([writer.words(torch.tensor([2, 3, 4, 5, 6])), seen], dim=1)
        expected = writer.recurrent(together, state)
    assert torch.allclose(after, expected, atol=1e-5)
    assert torch.allclose(look.sum(dim=1), torch.ones(5))
    assert torch.allclose(logits, writer.answer(torch.cat([expected, seen], dim=1)), atol=1e-5)


def test_a_teacher_gives_the_right_words_and_each_counts_for_the_next_one_only(writer, scenes):
    words = scenes.words[:3]
    other = words.clone()
    other[:, 2] = 7
    with torch.no_grad():
        one, two = (writer(scenes.images[:3], some).logits for some in (words, other))
    assert torch.equal(one[:, :3], two[:, :3])  # the third word is asked for before it is given
    assert not torch.allclose(one[:, 3], two[:, 3])


def test_on_its_own_it_goes_on_after_the_words_that_it_chose(writer, scenes):
    alone = read(writer, scenes.images)
    chosen = alone.logits.argmax(dim=2)
    with torch.no_grad():
        led = writer(scenes.images, chosen)
    assert torch.allclose(alone.logits, led.logits, atol=1e-4)
    assert alone.looks.shape == (24, LONGEST, GRID, GRID)


def test_the_first_word_follows_the_start(writer, scenes):
    with torch.no_grad():
        grid, state = writer.encode(scenes.images[:2])
        expected = writer.next_word(grid, state, torch.full((2,), START))[0]
        assert torch.allclose(writer(scenes.images[:2]).logits[:, 0], expected, atol=1e-5)


def test_each_place_of_the_grid_tells_where_it_is(writer):
    grid, _ = writer.encode(torch.zeros(1, 1, 32, 32))
    middle = grid.detach().unflatten(1, (GRID, GRID))[0, 2:-2, 2:-2].flatten(0, 1)  # away from the rim
    assert not torch.allclose(middle[0], middle[1])


def test_without_a_decoder_no_word_depends_on_those_given(scenes):
    network = fresh(WordByPlace).eval()
    with torch.no_grad():
        one, two = network(scenes.images), network(scenes.images, scenes.words)
    assert torch.equal(one.logits, two.logits)
    assert one.logits.shape == (24, LONGEST, len(WORDS))
    assert one.looks is None


@pytest.mark.parametrize("kind", [Captioner, WordByPlace])
def test_a_few_scenes_are_learned_by_heart(kind, scenes):
    model = fresh(kind)
    losses = train(model, scenes, Settings(steps=150, batch=24), progress=False)
    assert losses[0] == pytest.approx(2.9, abs=0.3)  # log 18 = 2.89
    assert losses[-1] < 0.3
    assert exact_match(read(model, scenes.images).sentences, scenes) > 0.8


def test_the_same_seed_learns_the_same(scenes):
    one, same = (list(learning(fresh(Captioner), scenes, Settings(steps=4, batch=8))) for _ in range(2))
    assert one == same


def test_a_sentence_counts_only_if_it_is_right_to_the_last_word(scenes):
    told = list(scenes.captions)
    assert exact_match(told, scenes) == 1
    told[0] += " a"
    told[1] = told[1].replace("a", "an", 1)
    assert exact_match(told, scenes) == pytest.approx(22 / 24)


def test_sentences_for_other_scenes_are_refused(scenes):
    with pytest.raises(ValueError, match="a sentence for each of 24 scenes, got 2"):
        exact_match(["a one", "a two"], scenes)


def test_reading_leaves_the_network_in_its_mode(scenes):
    model = fresh(Captioner).train()
    read(model, scenes.images)
    assert model.training


def test_no_right_sentence_of_the_test_is_the_most_frequent_one_of_the_training():
    found = compare(steps=1)
    decoders = ["decoder, word after word", "the same, pairs that it knows"]
    assert list(found) == [*decoders, "each word by itself", "most frequent sentence"]
    assert found["most frequent sentence"] == 0
    assert all(0 <= share <= 1 for share in found.values())


def test_the_stated_result_has_the_decoder_far_before_the_others():
    decoder, known, alone, usual = result("captions").arms.values()
    assert abs(sum(decoder) - sum(known)) / 3 < 0.03
    assert min(decoder) > max(alone) + 0.3
    assert min(alone) > max(usual) == 0


@pytest.mark.parametrize("wrong", [{"steps": 0}, {"batch": 0}])
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match="of 1 or more"):
        Settings(**wrong)


def test_the_end_of_a_sentence_is_a_word():
    assert WORDS[END] == "<end>"
