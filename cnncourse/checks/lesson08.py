"""Exercises of lesson 08: Deep Dream."""

from __future__ import annotations

from cnncourse.checks import _lesson08_calm as calm
from cnncourse.checks import _lesson08_hill as hill
from cnncourse.checks import _lesson08_octaves as octaves
from cnncourse.checks._exercise import Exercise
from cnncourse.checks._lesson08_butterfly import BUTTERFLY

EXERCISES = (
    Exercise(
        name="08-one-step",
        title="One step by hand",
        entry="after",
        kind="value",
        objectives=(1,),
        points=1,
        level="warm-up",
        cases=hill.step_cases,
        judge=hill.judge_step,
        hints=(
            "What does the filter answer at its two places? Behind the ReLU, which of them still moves when a pixel "
            "is wiggled?",
            "The slope of a pixel is the weight that lies on it, at the place that is awake; for the others it is 0. "
            "The mean of the six squares comes out as the square of a whole number.",
        ),
        personal=True,
        torch=True,
    ),
    Exercise(
        name="08-best-picture",
        title="Better than any photograph",
        entry="found",
        kind="value",
        objectives=(2,),
        points=2,
        level="practice",
        cases=hill.best_cases,
        judge=hill.judge_best,
        hints=(
            "Take one pixel and make it a little brighter. Does the answer rise or fall, and how long does that go on?",
            "Each photograph has two rows and two columns of places. Multiply, add up, and then the bias.",
            "The factor: the answer to your picture, bias included, divided by the highest answer of all windows.",
        ),
        personal=True,
    ),
    Exercise(
        name="08-price",
        title="The price of roughness",
        entry="price",
        kind="function",
        objectives=(3,),
        points=3,
        level="practice",
        cases=calm.price_cases,
        judge=calm.judge_price,
        hints=(
            "`np.diff(picture, axis=0)` holds all differences downwards, and `axis=1` those to the right.",
            "How does the price of one pair change with its difference? By the difference divided by `flat`, but "
            "never by more than 1 either way.",
            "What a pair adds to its second pixel's slope it takes from its first one's. Two slices an axis do it.",
        ),
        torch=True,
    ),
    Exercise(
        name="08-whose-gradient",
        title="Whose gradient is it?",
        entry="compare",
        kind="function",
        objectives=(4,),
        points=2,
        level="practice",
        cases=calm.gradient_cases,
        judge=calm.judge_gradients,
        hints=(
            "Two slices, one without the last column and one without the first, lay each value on its neighbour.",
            "Put the products to the right and those downwards into one list before you take the mean.",
            "One network's gradient draws areas and outlines, the other's is noise. In which are neighbours alike? "
            "`np.argsort` tells the order.",
        ),
    ),
    Exercise(
        name="08-recipe",
        title="Read a recipe",
        entry="read",
        kind="value",
        objectives=(5,),
        points=2,
        level="practice",
        cases=octaves.recipe_cases,
        judge=octaves.judge_recipe,
        hints=(
            "Write the octaves in a column, the largest first, and divide both sides by the scale from line to line.",
            "If the sides are divided by 1.5, by how much are the pixels divided? Every octave has the same number of "
            "steps.",
            "Multiply `drawn` by the scale until it is wide enough, and count the octaves, the first one included.",
        ),
        personal=True,
    ),
    Exercise(
        name="08-repair-dream",
        title="A dream with four faults",
        entry="dream",
        kind="function",
        objectives=(1, 3, 5),
        points=3,
        level="practice",
        cases=octaves.broken_cases,
        judge=octaves.judge_broken,
        hints=(
            "Run it with one octave and one step, on paper. Where is a pixel's slope after the second `np.roll`?",
            "Compare it with the dream by hand of section 6: what is carried from octave to octave?",
            "Keep the copy of the octave before: the larger copy, plus the enlarged difference of dream and copy. And "
            "`np.clip` after everything that is added.",
        ),
        probe=octaves.probe_dream,
    ),
    BUTTERFLY,
)
