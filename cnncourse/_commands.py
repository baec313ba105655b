"""The commands about what was trained and measured for the course: ``cnncourse weights`` and ``cnncourse results``."""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path
from typing import Any


def add_weights(commands: Any) -> None:
    """Add ``weights`` to the commands of a parser."""
    weights = commands.add_parser("weights", help="say which trained networks ship, or train one of them anew")
    weights.set_defaults(do=_weights_list)
    actions = weights.add_subparsers(title="what to do", metavar="")
    actions.add_parser("list", help="one line for each").set_defaults(do=_weights_list)
    show = actions.add_parser("show", help="recipe, seed, accuracy, licence and checksum of one")
    show.set_defaults(do=_weights_show)
    train = actions.add_parser("train", help="train one anew, as its recipe says")
    train.add_argument("--to", type=Path, metavar="FILE", help="default: NAME.safetensors in this folder")
    train.set_defaults(do=_weights_train)
    for action in (show, train):
        action.add_argument("name", metavar="NAME", type=_weights_name, help="such as lenet5")


def add_results(commands: Any) -> None:
    """Add ``results`` to the commands of a parser."""
    results = commands.add_parser("results", help="say what the lessons state as measured, or measure it anew")
    results.set_defaults(do=_results_list)
    actions = results.add_subparsers(title="what to do", metavar="")
    actions.add_parser("list", help="one line for each").set_defaults(do=_results_list)
    measure = actions.add_parser("measure", help="run experiments over three seeds, and keep what comes out")
    measure.add_argument(
        "names", nargs="*", metavar="NAME", type=_experiment_name, help="such as detector; default: all"
    )
    measure.add_argument("--to", type=Path, metavar="FOLDER", help="default: where the lessons read it")
    measure.set_defaults(do=_results_measure)


def _weights_name(text: str) -> str:
    from cnncourse.weights import weights_card

    try:
        return weights_card(text).name
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None


def _experiment_name(text: str) -> str:
    from cnncourse.experiments import EXPERIMENTS

    if text not in EXPERIMENTS:
        raise argparse.ArgumentTypeError(f"expected an experiment out of {', '.join(EXPERIMENTS)}, got {text!r}")
    return text


def _weights_list(options: argparse.Namespace) -> int:
    from cnncourse.weights import weights_card, weights_names

    for name in weights_names():
        card = weights_card(name)
        print(f"{name:18}{card.network:14}{card.accuracy:7.2%}  {card.size / 1e6:5.2f} MB  {card.licence}")
    return 0


def _weights_show(options: argparse.Namespace) -> int:
    from cnncourse.weights import weights_card

    print(weights_card(options.name))
    return 0


def _weights_train(options: argparse.Namespace) -> int:
    from cnncourse.recipes import run_recipe
    from cnncourse.weights import save_weights, weights_card

    target = options.to or Path(f"{options.name}.safetensors")
    if target.exists():
        raise FileExistsError(f"{target} is there already; try: --to with another name, or move it away")
    trained = run_recipe(options.name)
    save_weights(target, trained.model, trained.told)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    card = weights_card(options.name)
    print(f"{target}: {trained.told['accuracy']:.2%} of the test pictures; those that ship: {card.accuracy:.2%}")
    print("the same file, bit by bit" if digest == card.sha256 else "another file, as another machine will make it")
    return 0


def _results_list(options: argparse.Namespace) -> int:
    from cnncourse.results import result, result_names

    for name in result_names():
        print(f"{name}: {result(name)}")
    return 0


def _results_measure(options: argparse.Namespace) -> int:
    from cnncourse.experiments import EXPERIMENTS, run_experiment
    from cnncourse.results import write_result

    if options.to and not options.to.is_dir():
        raise FileNotFoundError(f"expected a folder for the results, got {options.to}; try: make it first")
    for name in options.names or EXPERIMENTS:
        measured = run_experiment(name)
        print(f"{write_result(measured, options.to)}: {measured}", flush=True)
    return 0
