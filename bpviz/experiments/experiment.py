"""An experiment: data, network, training and seed. With these, training is determined."""

from __future__ import annotations

from dataclasses import dataclass

from bpviz.datasets.config import DataConfig
from bpviz.datasets.encoding import PreparedData
from bpviz.datasets.preprocessing import prepare
from bpviz.engine.settings import Settings, setting
from bpviz.engine.spec import NetworkSpec, stack
from bpviz.engine.training import Trainer
from bpviz.engine.training_config import TrainingConfig


@dataclass(frozen=True)
class Moved(Settings):
    """A layer that a person dragged to another place of the picture.

    How far from where it would stand by itself, as shares of the picture's width and height.
    """

    layer: str = setting("", "Layer", "Id of the layer")
    right: float = setting(0.0, "To the right", "Share of the width", at_least=-1, at_most=1)
    down: float = setting(0.0, "Down", "Share of the height", at_least=-1, at_most=1)


@dataclass(frozen=True)
class Experiment(Settings):
    """Everything that a training run depends on, and a few words on what to watch."""

    name: str = setting("untitled", "Name", "Short name, as the gallery lists it")
    title: str = setting("", "Title", "One line that says what it shows")
    watch: str = setting("", "What to watch", "Two or three sentences for the person who opens it")
    seed: int = setting(7, "Seed", "Fixes the data and the initial weights", at_least=0)
    epochs: int = setting(
        500, "Epochs", "How long it is meant to be trained", unit="epochs", at_least=1
    )
    learn_at_once: bool = setting(
        True, "Learn at once", "Whether the window starts to train when it opens the experiment"
    )
    finding: str = setting(
        "",
        "Finding",
        "What the trained network is famous for, looked for by its name: encoder, family-tree, "
        "parity, symmetry or xor-skip",
    )
    moved: tuple[Moved, ...] = setting((), "Moved layers", "Layers that were dragged elsewhere")
    data: DataConfig = DataConfig()
    network: NetworkSpec = stack(2, 6, 4, 1)
    training: TrainingConfig = TrainingConfig()

    def prepare(self) -> PreparedData:
        """Load, split, scale and code the data for this network.

        Raises SettingError when data and network do not go together.
        """
        return prepare(self.data, self.seed, self.network.output)

    def trainer(self, data: PreparedData | None = None, hindrance: str = "") -> Trainer:
        """A trainer at epoch 0; a `hindrance` is why it is not to use the compiled engine."""
        prepared = data or self.prepare()
        return Trainer(
            self.network, self.training, prepared.training, self.seed, hindrance=hindrance
        )
