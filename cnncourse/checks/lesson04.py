"""Exercises of lesson 04: layers and parameters."""

from __future__ import annotations

from cnncourse.checks import _lesson04_counts as counts
from cnncourse.checks import _lesson04_maps as maps
from cnncourse.checks._exercise import Exercise

EXERCISES = (
    Exercise(
        name="04-drawn-network",
        title="Count a drawn network",
        entry="counts",
        kind="value",
        objectives=(1, 2),
        points=2,
        level="warm-up",
        cases=counts.drawn_cases,
        judge=counts.judge_drawn,
        hints=(
            "How much does a map shrink under a kernel of 3? So how high, and how wide, is each kernel here?",
            "A filter has as many kernels as maps come in, and one bias. The dense layer has a weight for each pair of "
            "input and output, and a bias for each output.",
            "Multiply-adds: weights without biases, times the places of the map that comes out.",
        ),
        personal=True,
        torch=True,
    ),
    Exercise(
        name="04-panorama",
        title="A layer for a panorama",
        entry="panorama",
        kind="function",
        objectives=(1,),
        points=3,
        level="practice",
        cases=maps.panorama_cases,
        judge=maps.judge_panorama,
        hints=(
            "How many places are there downwards, where nothing goes round? And to the right, where every stride-th "
            "column begins a window?",
            "`(left + right) % width` is the column behind `left + right`, also beyond the border.",
            "Or continue the picture first: lay its first columns once more behind its last one. How many?",
        ),
        torch=True,
    ),
    Exercise(
        name="04-share",
        title="Make a dense layer share its weights",
        entry="share",
        kind="function",
        objectives=(3,),
        points=2,
        level="practice",
        cases=maps.share_cases,
        judge=maps.judge_share,
        hints=(
            "How wide is the map? So at which row and column of it does output number o stand?",
            "Under weight (a, b) of the output at (i, j) lies the pixel (i + a, j + b), in the matrix's column "
            "(i + a) · width + (j + b).",
            "Add those edges up, weight by weight, and divide by the number of outputs. Mark each edge as you go: "
            "what is left unmarked and is not 0 must be cut.",
        ),
    ),
    Exercise(
        name="04-repair",
        title="Repair a network",
        entry="network",
        kind="function",
        objectives=(1, 5),
        points=3,
        level="practice",
        cases=counts.broken_cases,
        judge=counts.judge_broken,
        hints=(
            "Follow one picture of 3 × 20 × 28 on paper, layer by layer, and write the shape behind each.",
            "The message of an error names what arrives and what was expected. Which of the two is right?",
            "When it runs: look for two layers that learn with nothing in between, and at what comes last.",
        ),
        probe=counts.probe_network,
        torch=True,
    ),
    Exercise(
        name="04-detective",
        title="Find the wrong derivative",
        entry="found",
        kind="value",
        objectives=(6,),
        points=2,
        level="practice",
        cases=maps.detective_cases,
        judge=maps.judge_detective,
        hints=(
            "Write the loss as a function of the kernel alone. How does it change if one weight rises a little?",
            "Nudge each weight by 0.0001 up and down; the difference of the losses divided by 0.0002 is its slope.",
            "Compare six slopes with six claims. PyTorch's autograd is a second witness.",
        ),
        personal=True,
        torch=True,
    ),
    Exercise(
        name="04-collapse",
        title="Two layers in one",
        entry="collapse",
        kind="function",
        objectives=(1, 4),
        points=3,
        level="challenge",
        cases=maps.collapse_cases,
        judge=maps.judge_collapse,
        hints=(
            "First on paper, one channel, a row: kernels `p q` and `r s`. Through which pairs of weights does each of "
            "three pixels reach the answer?",
            "Weight (a, b) of the first kernel and weight (c, d) of the second meet the pixel (a + c, b + d). "
            "Add their product there, for each map in between.",
            "The biases: what do two such layers answer to a black picture?",
        ),
        torch=True,
    ),
)
