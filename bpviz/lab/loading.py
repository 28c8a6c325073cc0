"""Thinks an edit through on a thread of its own, where its data takes time to load."""

from __future__ import annotations

from collections.abc import Callable

from bpviz.datasets.config import DataConfig
from bpviz.datasets.dataset import DATASETS
from bpviz.datasets.file_source import FileSource
from bpviz.datasets.tables.progress import Cancelled, GoesOn
from bpviz.engine.settings import SettingError, fields_of
from bpviz.engine.spec import NetworkSpec
from bpviz.engine.training_config import TrainingConfig
from bpviz.experiments.experiment import Experiment
from bpviz.lab.edits import Edit
from bpviz.lab.long_task import LongTask
from bpviz.lab.preparing import Basis, Prepared, carried_out

# The groups of settings in an experiment file.
_GROUPS = {"data": DataConfig, "network": NetworkSpec, "training": TrainingConfig}

# Makes the edit; it may load what the edit is made of.
EditMaker = Callable[[GoesOn], Edit]


class LoadTask(LongTask):
    """Makes an edit and prepares it from `before`.

    When it has ended there is an `edit` that is `prepared`, or the `refusal` that says why not,
    or neither: it was cancelled.
    """

    def __init__(
        self,
        make: EditMaker,
        before: Basis,
        earlier: Prepared | None = None,
        yield_to: Callable[[], None] = lambda: None,
    ) -> None:
        """`earlier` is an attempt whose data may still do."""
        super().__init__(0, yield_to)
        self._make, self._before, self._earlier = make, before, earlier
        self.edit: Edit | None = None
        self.prepared: Prepared | None = None
        self.refusal = ""

    def run(self) -> None:
        """Do it, on the thread that is to do it."""
        self._start()
        try:
            self.edit = self._make(self._reads_on)
            source = self.edit.draft(self._before.experiment).data.source
            if isinstance(source, FileSource):
                source.read(self._reads_on)
            prepared = carried_out(self.edit, self._before, self._earlier)
            if self._goes_on(self.done, self.total):
                self.prepared = prepared
                self._end()
        except Cancelled:
            pass
        except SettingError as error:
            self.refusal = sentence_of(error)

    def _reads_on(self, done: int, total: int) -> bool:
        self.total = total
        return self._goes_on(done, total)


def sentence_of(error: SettingError) -> str:
    """What is wrong, and with which file; a setting's path is left out."""
    return error.message if _is_setting(error.key) else str(error)


def _is_setting(key: str) -> bool:
    """Whether a key is a setting's path, and not the name of a file, such as data.csv."""
    head, *rest = key.split(".")
    if head in _GROUPS:
        return not rest or rest[0].split("[")[0] in fields_of(_GROUPS[head])
    with_settings = (Experiment, DataConfig, *DATASETS.values())
    return not key or (not rest and any(head in fields_of(cls) for cls in with_settings))
