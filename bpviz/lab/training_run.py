"""The training under way, and what edits and their undoing make of it.

Only the runner's thread uses it, also while training is paused.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bpviz.datasets.encoding import PreparedData
from bpviz.engine.carry_over import Origins
from bpviz.engine.compiled.warming import hindrance
from bpviz.engine.metrics import EpochMetrics
from bpviz.engine.spec import ParameterId
from bpviz.engine.training import Trainer, TrainerState
from bpviz.experiments.experiment import Experiment
from bpviz.lab.commands import Do, Record, Undoable
from bpviz.lab.edits import SetParameters, SetWeights, TakeBest
from bpviz.lab.forgotten import apart_from_theta, give_back, note_lost, place_of
from bpviz.lab.growth import grown
from bpviz.lab.history import History


class TrainingRun:
    """A trainer with its experiment, data and log. `run` counts restarts, `revision` edits.

    `at_start` is what was measured when the run began.

    `hindrance` says why this run does without the compiled engine, or "": at the start of each run
    nothing waits for it to be compiled, and a run that began without it goes on without it. Else
    the engine follows from the experiment: an edit makes it another one, and so may change it.
    """

    def __init__(self, experiment: Experiment, data: PreparedData) -> None:
        self.experiment = experiment
        self.data = data
        self.hindrance = hindrance(experiment.network.dtype, patient=False)
        self.trainer = Trainer(
            experiment.network,
            experiment.training,
            data.training,
            experiment.seed,
            hindrance=self.hindrance,
        )
        self.run = 1
        self.revision = 0
        self.history = self._new_history()

    def do(self, command: Do) -> None:
        """Carry out an edit; its record remembers what undoing it will need."""
        self.revision = command.revision
        self.trainer.checkpoint()
        record, edit = command.record, command.edit
        if record.at_start is None:
            record.at_start = self.trainer.state.epoch == 0 and self.trainer.state.batch == 0
        if record.memory is None:
            record.memory = self._remember(command)
        before = None if record.winds_back else apart_from_theta(self.trainer.state)
        if isinstance(edit, SetParameters):
            self._set_parameters(edit.values, record.at_start)
        elif isinstance(edit, SetWeights | TakeBest):
            self._set_weights(edit, record.at_start)
        elif edit.effect in ("restart", "reset"):
            self._restart(command.experiment, command.data, edit.effect == "reset")
        else:
            origins = edit.origins(self.experiment)
            self._reconfigure(command.experiment, command.data, origins)
        if before is not None:
            note_lost(record.memory, before, self.trainer.state)

    def undo(self, record: Record, revision: int) -> None:
        """Take an edit back."""
        self.revision = revision
        self.trainer.checkpoint()
        memory, record.memory = record.memory, None
        assert memory is not None
        place = place_of(self.trainer.state)
        if memory.state is not None and memory.history is not None:
            self.experiment, self.data = record.before, record.before_data
            self.hindrance = memory.hindrance
            self._take(memory.state.copy())
            self.history = memory.history.up_to(self.trainer.state.epoch, self.layer_ids)
            self.run = memory.run
        elif isinstance(record.edit, SetParameters):
            self._set_parameters(memory.values, False)
            if memory.initial_values:
                start = self.trainer.state.initial_theta.copy()
                for parameter, value in memory.initial_values.items():
                    start[self.trainer.layout.index_of(parameter)] = value
                self.trainer.state.initial_theta = start
        else:
            self._reconfigure(record.before, record.before_data)
        give_back(memory, place, self.trainer.state)
        self.trainer.checkpoint()

    def log(self, metrics: EpochMetrics) -> None:
        """Add an epoch's row to the log."""
        self.history.append(metrics, self.trainer.rate)

    @property
    def layer_ids(self) -> tuple[str, ...]:
        return tuple(layer.id for layer in self.experiment.network.computed)

    def _remember(self, command: Do) -> Undoable:
        state, layout = self.trainer.state, self.trainer.layout
        memory = Undoable(run=self.run, hindrance=self.hindrance)
        if command.record.winds_back:
            memory.state = state.copy()
            memory.history = self.history
        if isinstance(command.edit, SetParameters):
            places = {parameter: layout.index_of(parameter) for parameter in command.edit.values}
            memory.values = {p: float(state.theta[k]) for p, k in places.items()}
            if command.record.at_start:
                memory.initial_values = {
                    p: float(state.initial_theta[k]) for p, k in places.items()
                }
        return memory

    def _set_parameters(self, values: Mapping[ParameterId, float], initial: bool) -> None:
        layout = self.trainer.layout
        places = {layout.index_of(parameter): value for parameter, value in values.items()}
        self.trainer.set_parameters(places, initial)

    def _set_weights(self, edit: SetWeights | TakeBest, initial: bool) -> None:
        """All of θ at once. Stop rules count anew, or training would end where it ended before."""
        theta = edit.new_theta(self.trainer.state)
        if theta is not None:
            self.trainer.state.stopping.clear()
            self.trainer.set_parameters(dict(enumerate(theta.tolist())), initial)

    def _restart(self, experiment: Experiment, data: PreparedData, is_reset: bool) -> None:
        """Epoch 0 of a new run. A reset returns to the initial weights as they were edited."""
        start = self.trainer.state.initial_theta
        self.experiment, self.data = experiment, data
        self.hindrance = hindrance(experiment.network.dtype, patient=False)
        state = TrainerState.initial(experiment.network, experiment.training, experiment.seed)
        if is_reset:
            np.copyto(state.theta, start)
            state.initial_theta = start
        self._take(state)
        self.run += 1
        self.history = self._new_history()

    def _reconfigure(
        self, experiment: Experiment, data: PreparedData, origins: Origins | None = None
    ) -> None:
        """Go on with another network, data or settings; what was learned stays where it fits."""
        old, state = self.experiment, self.trainer.state
        self.experiment = experiment
        if experiment.network != old.network:
            self.trainer.forget_moments()
        if experiment.network == old.network and data is self.data:
            self.trainer.set_training(experiment.training)
            return
        if data is not self.data:
            state.forget_errors()
            self.trainer.forget_moments()
            if len(data.training.train) != len(self.data.training.train):
                state.batch = 0
        self.data = data
        if experiment.network.shape != old.network.shape:
            purpose = f"edit {self.revision}"
            new, training = experiment.network, experiment.training
            state = grown(state, old.network, new, training, purpose, origins)
        self._take(state)

    def _take(self, state: TrainerState) -> None:
        """Train this state of the present experiment from now on."""
        self.trainer = Trainer(
            self.experiment.network,
            self.experiment.training,
            self.data.training,
            state=state,
            hindrance=self.hindrance,
        )
        if self.layer_ids != self.history.layers:
            self.history = self.history.up_to(state.epoch, self.layer_ids)

    def _new_history(self) -> History:
        """A log that begins with the error of the initial weights."""
        history = History(self.layer_ids)
        self.at_start = self.trainer.evaluate()
        history.append(self.at_start, self.trainer.step_settings().rate)
        return history
