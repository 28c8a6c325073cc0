"""A process of its own that goes on with saved training states: python resume.py FOLDER.

For each case the folder holds NAME.json (network, training, number of epochs), NAME-data.npz and
NAME-K.npz, the saved states; NAME-K-done.npz are written.
"""

import json
import sys
from pathlib import Path

import numpy as np

from bpviz.engine.data import Samples, TrainingData
from bpviz.engine.settings import from_dict
from bpviz.engine.spec import read_network
from bpviz.engine.training import Trainer, TrainerState
from bpviz.engine.training_config import TrainingConfig


def load(path: Path) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=False) as arrays:
        return dict(arrays)


def main(folder: Path) -> None:
    for description in sorted(folder.glob("*.json")):
        case = json.loads(description.read_text(encoding="utf-8"))
        arrays = load(folder / f"{description.stem}-data.npz")
        data = TrainingData(
            Samples(arrays["inputs"], arrays["targets"]),
            Samples(arrays["test_inputs"], arrays["test_targets"]),
        )
        for saved in sorted(folder.glob(f"{description.stem}-[0-9]*.npz")):
            trainer = Trainer(
                read_network(case["network"]),
                from_dict(TrainingConfig, case["training"]),
                data,
                state=TrainerState.from_arrays(load(saved)),
            )
            trainer.run(case["epochs"])
            np.savez(saved.with_name(f"{saved.stem}-done.npz"), **trainer.state.to_arrays())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
