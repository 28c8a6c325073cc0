"""Other libraries at the same task, driven as people who know them would drive them.

The comparison is fair in this sense: the same network, error, number format, samples and batch
size, plain gradient descent without momentum or penalty, samples shuffled anew in every epoch, and
no evaluation in between; each peer has one thread or as many as there are processors, whichever is
faster for it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

from bpviz.engine.data import TrainingData
from bpviz.lab.bench.cases import RATE, Case
from bpviz.lab.bench.measuring import Work
from bpviz.lab.bench.threads import all_processors, faster, with_threads, words


class Peer(NamedTuple):
    """`work` trains so many epochs; `note` says what was chosen for it."""

    work: Work
    note: str = ""


def scikit_learn(case: Case, data: TrainingData) -> Peer:
    """MLPClassifier: one `fit` of so many epochs, its own stopping out of reach."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    inputs = data.train.inputs
    targets = data.train.targets
    classes = targets[:, 0] if case.is_binary else np.argmax(targets, axis=1)

    def fit(epochs: int) -> None:
        network = MLPClassifier(
            case.units[1:-1],
            activation=case.hidden,
            solver="sgd",
            alpha=0.0,
            batch_size=case.batch,
            learning_rate_init=RATE,
            max_iter=epochs,
            tol=0.0,
            n_iter_no_change=epochs + 1,
            momentum=0.0,
            nesterovs_momentum=False,
            random_state=0,
        )
        with warnings.catch_warnings():
            # That it stops after so many epochs is what it is told to.
            warnings.simplefilter("ignore", ConvergenceWarning)
            network.fit(inputs, classes)

    works = {threads: with_threads(fit, threads) for threads in {1, all_processors()}}
    threads = faster(works)
    return Peer(works[threads], words(threads))


def pytorch(case: Case, data: TrainingData) -> Peer:
    """A plain loop over batches of indices, without a DataLoader."""
    torch = _torch()
    torch.manual_seed(0)
    network, optimizer = _torch_network(case)
    inputs = torch.tensor(data.train.inputs)
    if case.is_binary:
        targets, error = torch.tensor(data.train.targets), torch.nn.BCEWithLogitsLoss()
    else:
        targets = torch.tensor(np.argmax(data.train.targets, axis=1))
        error = torch.nn.CrossEntropyLoss()

    def train(threads: int, epochs: int) -> None:
        torch.set_num_threads(threads)
        for _ in range(epochs):
            for rows in torch.randperm(len(inputs)).split(case.batch):
                optimizer.zero_grad()
                error(network(inputs[rows]), targets[rows]).backward()
                optimizer.step()

    works = {threads: partial(train, threads) for threads in {1, all_processors()}}
    threads = faster(works)
    return Peer(works[threads], words(threads))


def _torch() -> Any:
    """The library, whether it brings types with it or is not there at all."""
    return import_module("torch")


def _torch_network(case: Case) -> tuple[Any, Any]:
    torch = _torch()
    activation = {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}[case.hidden]
    layers = []
    for sources, units in zip(case.units[:-1], case.units[1:], strict=True):
        layers += [torch.nn.Linear(sources, units), activation()]
    # The error takes net inputs.
    network = torch.nn.Sequential(*layers[:-1]).to(getattr(torch, case.dtype))
    return network, torch.optim.SGD(network.parameters(), lr=RATE)


class _Entry(NamedTuple):
    module: str
    make: Callable[[Case, TrainingData], Peer]


PEERS = {"scikit-learn": _Entry("sklearn", scikit_learn), "PyTorch": _Entry("torch", pytorch)}


def installed(name: str) -> bool:
    return find_spec(PEERS[name].module) is not None
