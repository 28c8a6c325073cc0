"""Moments for the tests: of a gallery entry, or of a network made for one purpose."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from bpviz.engine.data import Samples
from bpviz.engine.spec import NetworkSpec, ParameterId
from bpviz.engine.training_config import TrainingConfig
from bpviz.experiments.gallery import gallery_experiment
from bpviz.explain.explanation import Explanation, explain
from bpviz.explain.moment import Moment
from bpviz.explain.terms import UnitRef


def gallery_moment(name: str, rows: Any = slice(0, 1), epochs: int = 0, **training: Any) -> Moment:
    """Training samples of a gallery entry after some epochs, with some settings changed."""
    experiment = gallery_experiment(name)
    trainer = replace(experiment, training=replace(experiment.training, **training)).trainer()
    trainer.run(epochs)
    state, train = trainer.state, trainer.data.train
    return Moment(
        trainer.spec,
        trainer.training,
        state.theta,
        Samples(train.inputs[rows], train.targets[rows]),
        moments=state.moments,
        steps=state.steps,
    )


def made_moment(
    spec: NetworkSpec, theta: Any, inputs: Any, targets: Any, **training: Any
) -> Moment:
    """A moment from plain lists; a number alone is every weight's and bias's value."""
    settings = TrainingConfig(**training)
    moment = Moment(spec, settings, np.zeros(1), Samples(np.zeros((1, 1)), np.zeros((1, 1))))
    values = np.zeros(moment.layout.size) + np.asarray(theta, dtype=float)
    samples = Samples(np.atleast_2d(inputs).astype(float), np.atleast_2d(targets).astype(float))
    return Moment(spec, settings, values.astype(spec.dtype), samples.astype(spec.dtype))


def parameter(moment: Moment, label: str) -> ParameterId:
    return moment.layout.id_of(moment.layout.find(label))


def explained(moment: Moment, label: str) -> Explanation:
    return explain(moment, parameter(moment, label))


def unit(moment: Moment, name: str) -> UnitRef:
    """A unit by its short name."""
    units = [UnitRef(layer.id, u) for layer in moment.spec.layers for u in layer.ids]
    return next(u for u in units if moment.name(u) == name)
