"""Exercises of lesson 05: pooling and receptive fields."""

from __future__ import annotations

from cnncourse.checks import _lesson05_pooling as pooling
from cnncourse.checks import _lesson05_shifts as shifts
from cnncourse.checks import _lesson05_sight as sight
from cnncourse.checks._exercise import Exercise

EXERCISES = (
    Exercise(
        name="05-pool-by-hand",
        title="Pool by hand",
        entry="pooled",
        kind="value",
        objectives=(1,),
        points=1,
        level="warm-up",
        cases=pooling.by_hand_cases,
        judge=pooling.judge_by_hand,
        hints=(
            "How many windows of three columns fit into seven, if each begins two columns further on?",
            "The first window holds rows 0 and 1, columns 0 to 2; the one to its right columns 2 to 4; "
            "the one below the first rows 2 and 3.",
        ),
        personal=True,
    ),
    Exercise(
        name="05-loudest",
        title="The loudest of each window",
        entry="loudest",
        kind="function",
        objectives=(1,),
        points=2,
        level="practice",
        cases=pooling.loudest_cases,
        judge=pooling.judge_loudest,
        hints=(
            "Count the windows first, downwards and to the right: the two sizes and the two strides may differ.",
            "Two loops choose the window, for all maps at once: `maps[:, top:bottom, left:right]`.",
            "The largest and the smallest number of a window are the only ones that can be the loudest. "
            "`np.where(condition, one, other)` chooses map by map.",
        ),
    ),
    Exercise(
        name="05-blame",
        title="Blame behind a ReLU",
        entry="blame",
        kind="function",
        objectives=(3,),
        points=3,
        level="practice",
        cases=pooling.blame_cases,
        judge=pooling.judge_blame,
        hints=(
            "For one window: which pixel moves the pooled value when it is wiggled? And if all of them are negative?",
            "Begin with zeros as large as `answers`. For each map and window find the place of the largest number: "
            "`np.unravel_index(window.argmax(), window.shape)`.",
            "Add what arrives at that place, if the number there is above 0. Add, for it may win again.",
        ),
        torch=True,
    ),
    Exercise(
        name="05-walk-back",
        title="Which pixels, and how many?",
        entry="walk_back",
        kind="function",
        objectives=(4,),
        points=2,
        level="practice",
        cases=sight.walk_back_cases,
        judge=sight.judge_walk_back,
        hints=(
            "Keep a set of the places that are seen. At the top it holds one place. Which layer comes next?",
            "Value i of a layer begins its window at i · stride − padding. With dilation 2, the weights lie "
            "on every second place from there.",
            "Replace the set by the set of all i · stride − padding + dilation · j, for each i seen and each weight j; "
            "layer after layer, the last one first.",
        ),
        torch=True,
    ),
    Exercise(
        name="05-design-a-view",
        title="See so far, and no further",
        entry="stack",
        kind="value",
        objectives=(4, 7),
        points=3,
        level="challenge",
        cases=sight.design_cases,
        judge=sight.judge_design,
        hints=(
            "First the step: which strides have that product? Then the field: each layer adds (kernel − 1) times "
            "the strides below it.",
            "Shrink early: a kernel of 3 behind the poolings adds two whole steps. What is missing to a multiple of "
            "the step must be added before the poolings.",
            "For the price: only the last layer has to make all those maps. In between, a few filters will do.",
        ),
        personal=True,
    ),
    Exercise(
        name="05-not-noticed",
        title="A shift that max pooling does not notice",
        entry="picture",
        kind="value",
        objectives=(5,),
        points=2,
        level="practice",
        cases=shifts.unnoticed_cases,
        judge=shifts.judge_unnoticed,
        hints=(
            "Begin with a black picture and one white pixel. For which columns does the pooled map stay, "
            "when it moves by your shift?",
            "Put a white pixel into two neighbouring blocks, and something dim where it crosses from one to the other.",
            "A bare stride reads the top left pixel of every block: let one of the white pixels stand there.",
        ),
        personal=True,
    ),
    Exercise(
        name="05-blur",
        title="A blur before the stride",
        entry="weights",
        kind="value",
        objectives=(6, 7),
        points=2,
        level="practice",
        cases=shifts.blur_cases,
        judge=shifts.judge_blur,
        hints=(
            "A mean over a whole wave is the same wherever it begins. How many pixels has the longest false wave?",
            "A mean over an even number of pixels has no middle. Take it twice, one pixel apart, and add: "
            "what are the weights then?",
            "For a stride of 2 that gives 1 2 1, divided by 4. Do the same with a mean over your stride.",
        ),
        personal=True,
    ),
)
