"""What the choices of an import become: an experiment of its own, or other data for this one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bpviz.datasets.config import DataConfig
from bpviz.datasets.dataset import Dataset
from bpviz.engine.carry_over import Origins
from bpviz.experiments.experiment import Experiment
from bpviz.lab.data_fit import fit_to_data, merged_inputs
from bpviz.lab.edits import Edit, Effect
from bpviz.lab.table_experiment import table_experiment


def imported(config: DataConfig) -> Experiment:
    """An experiment on a table that is read, split, scaled and mended so; loads the table.

    Raises SettingError when there are no samples to be had.
    """
    return replace(table_experiment(config.source), data=config)


@dataclass(frozen=True)
class ReadAgain(Edit):
    """Read the present table in another way, and split, scale and mend it so.

    The network stays as far as it fits. Input features that the table has not two inputs for any
    more, and weights of classes that are other ones, are dropped. With `restarts` training begins
    again with weights drawn anew.
    """

    config: DataConfig
    restarts: bool = True

    @property
    def text(self) -> str:
        return "import settings"

    @property
    def effect(self) -> Effect:
        return "restart" if self.restarts else "keep"

    def apply(self, experiment: Experiment) -> Experiment:
        return self.apply_to(experiment, experiment.data.source.load(experiment.seed))

    def apply_to(self, experiment: Experiment, dataset: Dataset) -> Experiment:
        config = self.config
        new = config.source.load(experiment.seed)
        if new.inputs.shape[1] != 2:
            config = replace(config, features=())
        if new.class_names != dataset.class_names:
            config = replace(config, class_weights=())
        return fit_to_data(dataset, experiment, replace(experiment, data=config))

    def origins(self, before: Experiment) -> Origins:
        return merged_inputs(before.network)

    def draft(self, experiment: Experiment) -> Experiment:
        return replace(experiment, data=self.config)
