"""bpviz for programs: build a network, fit it, predict, look at weights and gradients.

net = bpviz.network(2, 3, 1, hidden="tanh", output="sigmoid")
model = bpviz.Model(net, learning_rate=0.5, update="full", seed=7)
model.fit(X, y, epochs=1000)
model.predict(X), model.parameters["w1"], model.gradient(X, y)["w1"]
model.save("weights.npz")
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bpviz.datasets.encoding import no_scaling, plain_encoding
from bpviz.engine.activations import Array
from bpviz.engine.data import Samples, Task, TrainingData
from bpviz.engine.network import Network
from bpviz.engine.parameters import layout_of
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import NetworkSpec
from bpviz.engine.spec import stack as network
from bpviz.engine.training import Trainer, TrainerState
from bpviz.engine.training_config import TrainingConfig
from bpviz.engine.value_checks import check_values
from bpviz.experiments.gallery import find_experiment as open_experiment
from bpviz.io.exporters import export_network
from bpviz.io.importers import read_network_file as load
from bpviz.io.records import TrainedNetwork

__all__ = ["Model", "SettingError", "load", "network", "open_experiment"]


class Model:
    """A network that learns.

    `spec` is made by `bpviz.network`; `training` are the settings of the training, as experiment
    files name them: loss, optimizer, learning_rate, update, batch_size, reduction, l1, l2, ….
    Raises SettingError, a ValueError, when one of them cannot be.
    """

    def __init__(self, spec: NetworkSpec, *, seed: int = 7, **training: Any) -> None:
        known = TrainingConfig.__dataclass_fields__
        for name in training:
            if name not in known:
                raise SettingError(f"unknown setting; expected one of {', '.join(known)}", name)
        self.spec = spec
        self.training = TrainingConfig(**training)
        self._state = TrainerState.initial(spec, self.training, seed)
        self._layout = layout_of(spec)
        self._task: Task = "regression"

    @property
    def epochs(self) -> int:
        """How many epochs it has been trained."""
        return self._state.epoch

    @property
    def parameters(self) -> dict[str, float]:
        """All weights and biases by their labels: w1, w2, …, b1, …."""
        return self._by_label(self._state.theta)

    def set_parameters(self, values: Mapping[str, float]) -> None:
        """Give some weights or biases other values, by their labels.

        Raises SettingError when a label is unknown or a value cannot be had; nothing has changed.
        """
        places = {self._layout.find(label): value for label, value in values.items()}
        check_values(self.spec, {self._layout.id_of(k): value for k, value in places.items()})
        for index, value in places.items():
            self._state.theta[index] = value
        if self.training.optimizer.forgets:
            self._state.forget_moments()

    def fit(
        self,
        inputs: ArrayLike,
        targets: ArrayLike,
        epochs: int = 100,
        weights: ArrayLike | None = None,
    ) -> Model:
        """Train for some epochs more, and return the model.

        Inputs have shape (samples, inputs), targets (samples, outputs), or (samples,) for one
        output; with several outputs, whole numbers of shape (samples,) are classes 0, 1, ….
        `weights`, shape (samples,), are what each sample's error is multiplied with; None: all 1.
        Raises SettingError when shapes or settings do not go together, and ArithmeticError when
        the error becomes infinite.
        """
        trainer = self._trainer(inputs, targets, weights)
        trainer.run(self._state.epoch + epochs)
        return self

    def predict(self, inputs: ArrayLike) -> Array:
        """Outputs of the network, shape (samples, outputs)."""
        return Network(self.spec, self._state.theta).predict(self._inputs(inputs))

    def error(self, inputs: ArrayLike, targets: ArrayLike) -> float:
        """The error over these samples, put together as `reduction` says, without the penalty."""
        return self._trainer(inputs, targets).evaluate().train_loss

    def gradient(self, inputs: ArrayLike, targets: ArrayLike) -> dict[str, float]:
        """∂(error + penalty)/∂w over these samples for every weight and bias, by labels."""
        return self._by_label(self._trainer(inputs, targets).whole_gradient())

    def save(self, path: Path | str) -> None:
        """Write the weights in the format of the file's ending (.npz, .json, .csv, .safetensors).

        `bpviz.load` reads them, bit for bit.
        """
        inputs = sum(layer.units for layer in self.spec.inputs)
        outputs = self.spec.output.units
        low, high = self.spec.output.activation.targets
        network = TrainedNetwork(
            name=Path(path).stem,
            epoch=self.epochs,
            spec=self.spec,
            theta=self._state.theta,
            encoding=plain_encoding(inputs),
            target_scaling=no_scaling(outputs),
            input_names=tuple(f"x{k}" for k in range(1, inputs + 1)),
            target_names=tuple(f"y{k}" for k in range(1, outputs + 1)),
            class_names=tuple(map(str, range(outputs))) if self._task == "classes" else (),
            task=self._task,
            threshold=0.5 * (low + high),
        )
        export_network(network, path)

    def _by_label(self, vector: Array) -> dict[str, float]:
        return dict(zip(self._layout.labels(), vector.tolist(), strict=True))

    def _trainer(
        self, inputs: ArrayLike, targets: ArrayLike, weights: ArrayLike | None = None
    ) -> Trainer:
        counts = None if weights is None else np.asarray(_numbers(weights, "weights"), np.float64)
        samples = Samples(self._inputs(inputs), self._targets(targets), counts)
        nothing = Samples(samples.inputs[:0], samples.targets[:0])
        data = TrainingData(samples, nothing, self._task)
        return Trainer(self.spec, self.training, data, state=self._state)

    @staticmethod
    def _inputs(inputs: ArrayLike) -> Array:
        table = _numbers(inputs, "inputs")
        if table.ndim != 2:
            raise SettingError(
                f"inputs must have shape (samples, inputs), got {table.shape}", "data"
            )
        return table

    def _targets(self, targets: ArrayLike) -> Array:
        given = _numbers(targets, "targets")
        outputs = self.spec.output.units
        if given.ndim not in (1, 2):
            raise SettingError(
                f"targets must have shape (samples, outputs), got {given.shape}", "data"
            )
        if given.ndim == 2 or outputs == 1:
            return np.asarray(given, dtype=np.float64).reshape(len(given), -1)
        if given.ndim != 1 or given.dtype.kind not in "iu":
            raise SettingError(
                f"targets must have shape (samples, {outputs}) or be class numbers, "
                f"got {given.dtype} of shape {given.shape}",
                "data",
            )
        if given.size and not (given.min() >= 0 and given.max() < outputs):
            raise SettingError(f"class numbers must be from 0 to {outputs - 1}", "data")
        self._task = "classes"
        low, high = self.spec.output.activation.targets
        return np.where(given[:, np.newaxis] == np.arange(outputs), high, low)


def _numbers(values: ArrayLike, what: str) -> np.ndarray[Any, Any]:
    """The values as an array of numbers; whole numbers stay whole."""
    try:
        array = np.asarray(values)
        return array if array.dtype.kind in "iu" else array.astype(np.float64)
    except (TypeError, ValueError):
        raise SettingError(f"{what} must be numbers in rows of one length", "data") from None
