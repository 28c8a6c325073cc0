"""Samples: two tables of one length, in a number format."""

import numpy as np
import pytest

from bpviz.engine.data import Samples, TrainingData
from bpviz.engine.settings import SettingError


@pytest.mark.parametrize(
    ("inputs", "targets"),
    [((3,), (3, 1)), ((3, 2), (3,)), ((3, 2), (4, 1)), ((3, 2, 2), (3, 1)), ((), ())],
)
def test_what_is_no_table_is_refused(inputs: tuple[int, ...], targets: tuple[int, ...]) -> None:
    with pytest.raises(SettingError, match="tables with equally many rows, got shapes"):
        Samples(np.zeros(inputs), np.zeros(targets))


def test_a_change_of_number_format_keeps_everything_else() -> None:
    samples = Samples(np.ones((4, 6))[:, ::2], np.zeros((4, 1), int))
    data = TrainingData(samples, samples, "binary", 0.25).astype("float32")
    assert (data.task, data.threshold, len(data.train)) == ("binary", 0.25, 4)
    for array in (data.train.inputs, data.test.targets):
        assert array.dtype == np.float32
        assert array.flags.c_contiguous
