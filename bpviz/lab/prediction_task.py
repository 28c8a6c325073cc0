"""Predicts the rows of a file, and saves them, on a thread of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bpviz.datasets.tables.progress import Cancelled
from bpviz.engine.settings import SettingError
from bpviz.io.records import TrainedNetwork
from bpviz.lab.long_task import LongTask
from bpviz.lab.predictions import Predictions, check_prediction_file, predict_rows


class PredictionTask(LongTask):
    """What a network says of the rows in `rows`, written to `out`.

    When it has ended there are `predictions` that are saved, or the `refusal` that says why not,
    or neither: it was cancelled.
    """

    def __init__(
        self,
        network: TrainedNetwork,
        rows: Path,
        out: Path,
        yield_to: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(0, yield_to)
        self.network, self.rows, self.out = network, rows, out
        self.predictions: Predictions | None = None
        self.refusal = ""

    def run(self) -> None:
        """Do it, on the thread that is to do it."""
        self._start()
        try:
            check_prediction_file(self.out)
            if self.out.exists() and self.out.samefile(self.rows):
                raise SettingError("is the table itself; choose another file to write")
            found = predict_rows(self.network, self.rows, goes_on=self._reads_on)
            found.write(self.out)
            self.predictions = found
            self._end()
        except Cancelled:
            pass
        except SettingError as error:
            self.refusal = str(error)
        except OSError as error:
            self.refusal = f"{self.rows.name} cannot be read: {error.strerror}"

    def _reads_on(self, done: int, total: int) -> bool:
        self.total = total
        return self._goes_on(done, total)
