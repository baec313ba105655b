"""Exercises of lesson 09: modern architectures."""

from __future__ import annotations

from cnncourse.checks import _lesson09_board as board
from cnncourse.checks import _lesson09_freeze as freeze
from cnncourse.checks import _lesson09_rim as rim
from cnncourse.checks import _lesson09_stack as thin
from cnncourse.checks import _lesson09_tables as tables
from cnncourse.checks._exercise import Exercise
from cnncourse.checks._lesson09_residual import RESIDUAL

EXERCISES = (
    Exercise(
        name="09-two-tables",
        title="One network, two tables",
        entry="table",
        kind="value",
        objectives=(2, 3),
        points=2,
        level="warm-up",
        cases=tables.table_cases,
        judge=tables.judge_tables,
        hints=(
            "A row for each convolution: inputs × outputs × kernel, two learned numbers for each map, and at how many "
            "places it stands. What does a stride of 2 leave of the places?",
            "The four branches are laid side by side: their maps add up, and that many means enter the linear layer.",
            "The file: all parameters, the auxiliary head's too, and two more numbers for each map. Times 4 bytes, "
            "divided by 1,048,576.",
        ),
        personal=True,
        torch=True,
    ),
    Exercise(
        name="09-leaderboard",
        title="A leaderboard in three columns",
        entry="board",
        kind="function",
        objectives=(1,),
        points=2,
        level="practice",
        cases=board.board_cases,
        judge=board.judge_board,
        hints=(
            "First a function for one table of scores, (pictures, classes): which pictures are missed?",
            "Count, for each picture, the *other* classes that score as high as the label or higher. It is missed if "
            "there are `k` or more. Sorting cannot tell who is level.",
            "Softmax over the last axis; the mean over axis 1 joins the crops, over axes 0 and 1 the networks as well.",
        ),
    ),
    Exercise(
        name="09-thin-stack",
        title="The fewest layers for a field",
        entry="stack",
        kind="function",
        objectives=(3,),
        points=2,
        level="practice",
        cases=thin.stack_cases,
        judge=thin.judge_stack,
        hints=(
            "One row of pixels is enough. Lay out what one layer sees, and then three of these side by side.",
            "If a layer's output sees 3 pixels in a row, how far apart may the next layer's three taps lie so that "
            "nothing is left out, and nothing is seen twice?",
            "Begin with `seen = 1`. The next dilation is `seen`, as long as it is not more than what is still missing "
            "on one side.",
        ),
    ),
    RESIDUAL,
    Exercise(
        name="09-freeze",
        title="How deep to freeze",
        entry="choose",
        kind="function",
        objectives=(6,),
        points=2,
        level="practice",
        cases=freeze.freeze_cases,
        judge=freeze.judge_freeze,
        hints=(
            "For one depth first. Mean and spread come from the few pictures; the new ones are treated with the same "
            "two rows of numbers.",
            "`np.eye(classes)[labels]` is the table of ones and zeros, and `np.linalg.solve` finds the weights.",
            "Where the spread is 0, divide by 1 and multiply by 0. For the tie: look for the best from behind.",
        ),
    ),
    Exercise(
        name="09-smallest-change",
        title="The smallest change that turns an answer",
        entry="smallest",
        kind="function",
        objectives=(7,),
        points=3,
        level="practice",
        cases=rim.smallest_cases,
        judge=rim.judge_smallest,
        hints=(
            "Take one other class. Which pixels should become brighter, and which darker, so that it catches up with "
            "the winner? All by the full `size`, as far as black and white allow.",
            "The *difference* of the two classes' weights tells that. With a larger `size` the lead can only shrink.",
            "So halve: is the lead used up at 0.5? If so look below, else above. Forty times, for each other class; "
            "then take the smallest.",
        ),
    ),
    Exercise(
        name="09-fold",
        title="Fold the norm away",
        entry="fold",
        kind="function",
        objectives=(5,),
        points=3,
        level="challenge",
        cases=rim.rim_cases,
        judge=rim.judge_rim,
        hints=(
            "In evaluation mode the norm is a straight line for each channel: a slope times the pixel, plus a shift. "
            "Write both down.",
            "Each tap of the kernel meets slope · pixel + shift. What stands before the pixel is the new weight; all "
            "that stands alone goes into the bias.",
            "The rim was filled with zeros *behind* the norm. Which pixel does the norm turn into 0?",
        ),
        torch=True,
    ),
)
