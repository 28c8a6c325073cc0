"""An experiment for a person's own table: a network of a sensible size, and how to train it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from bpviz.datasets.config import DataConfig
from bpviz.datasets.dataset import Dataset, DataSource
from bpviz.datasets.file_source import FileSource
from bpviz.datasets.tables.options import Recipe
from bpviz.engine.activations import ACTIVATIONS, Activation
from bpviz.engine.losses import LOSSES
from bpviz.engine.optimizers import OPTIMIZERS
from bpviz.engine.spec import NetworkSpec, stack
from bpviz.engine.training_config import TrainingConfig
from bpviz.experiments.experiment import Experiment
from bpviz.lab.data_fit import usual_head

_FEWEST_UNITS, _MOST_UNITS = 4, 32
_SMALLEST_BATCH, _LARGEST_BATCH = 8, 128
# So many updates teach most tables; small ones get more epochs than large ones.
_UPDATES = 2000
_FEWEST_EPOCHS, _MOST_EPOCHS = 10, 500


def table_experiment(source: DataSource) -> Experiment:
    """An experiment that suits the source's samples; loads them.

    Raises SettingError when there are none to be had.
    """
    data = suited_data(source)
    seed = Experiment().seed
    dataset = source.load(seed)
    activation, loss = usual_head(dataset)
    network = stack(dataset.inputs.shape[1], hidden_units(dataset), dataset.outputs)
    if dataset.inputs.dtype == np.float32:
        network = replace(network, dtype="float32")
    head = replace(network.output, activation=ACTIVATIONS.make(activation))
    batch = batch_size(len(dataset))
    return Experiment(
        name=source.name,
        title=f"{', '.join(dataset.target_names)} from {_counted(dataset)}",
        seed=seed,
        epochs=epochs_for(len(dataset), batch),
        data=data,
        network=network.with_layer(head),
        training=TrainingConfig(
            loss=LOSSES.make(loss),
            optimizer=OPTIMIZERS.make("adam"),
            learning_rate=0.01,
            batch_size=batch,
            # Against learning few rows by heart.
            weight_decay=0.1,
        ),
    )


def suited_data(source: DataSource) -> DataConfig:
    """The source, split, scaled and mended as suits it; gaps are filled in by the mean."""
    return replace(DataConfig(source=source), **{"missing": "mean", **source.suggested})


def with_a_network(experiment: Experiment) -> Experiment:
    """An experiment on a table, with a network that suits it where it says nothing of one.

    The network that nobody spoke of is the usual one; it stays if it happens to fit. Training,
    split and scaling are made to suit where nothing is said of them either. Loads the table.
    Raises SettingError when there are no samples to be had.
    """
    plain, source = Experiment(), experiment.data.source
    if not isinstance(source, Recipe | FileSource) or experiment.network != plain.network:
        return experiment
    made = table_experiment(source)
    if _ends(made.network) == _ends(plain.network):
        return experiment
    says_of_data = experiment.data != DataConfig(source=source)
    training = experiment.training
    if training == plain.training:
        training = made.training
    elif training.loss == plain.training.loss:
        training = replace(training, loss=made.training.loss)
    return replace(
        experiment,
        title=experiment.title or made.title,
        epochs=made.epochs if experiment.epochs == plain.epochs else experiment.epochs,
        data=experiment.data if says_of_data else made.data,
        network=made.network,
        training=training,
    )


def _ends(spec: NetworkSpec) -> tuple[int, int, Activation]:
    return spec.layers[0].units, spec.output.units, spec.output.activation


def hidden_units(dataset: Dataset) -> int:
    """How many hidden units to begin with: as inputs and outputs together, in bounds.

    Few samples get few units, so that they are not merely learned by heart.
    """
    wanted = int(dataset.inputs.shape[1]) + dataset.outputs
    fitting = math.isqrt(2 * len(dataset))
    return max(_FEWEST_UNITS, min(wanted, fitting, _MOST_UNITS))


def batch_size(samples: int) -> int:
    """A power of two, about the square root of the number of samples."""
    wanted = 1 << round(0.5 * math.log2(samples))
    return max(1, min(max(_SMALLEST_BATCH, wanted), _LARGEST_BATCH, samples))


def epochs_for(samples: int, batch: int) -> int:
    """As many epochs as make about 2,000 updates, in bounds; a round number."""
    wanted = _UPDATES * batch / samples
    return max(_FEWEST_EPOCHS, min(10 * round(wanted / 10), _MOST_EPOCHS))


def _counted(dataset: Dataset) -> str:
    if dataset.image_shape is not None:
        height, width = dataset.image_shape
        return f"pictures of {width}×{height}"
    count = len(dataset.table_columns)
    return f"{count} columns" if count > 1 else f"{dataset.table_columns[0].name}"
