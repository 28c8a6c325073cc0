"""The pictures that the bench makes: like handwriting, always the same, and learnable."""

from __future__ import annotations

import numpy as np

from bpviz.datasets.files import file_source
from bpviz.lab.bench.pictures import made_digits, write_digits
from bpviz.lab.table_experiment import table_experiment


def test_the_seed_alone_decides_them() -> None:
    pictures, labels = made_digits(300, 1)
    again, _ = made_digits(300, 1)
    other, _ = made_digits(300, 2)
    np.testing.assert_array_equal(pictures, again)
    assert not np.array_equal(pictures, other)
    assert pictures.shape == (300, 28, 28)
    assert pictures.dtype == np.uint8
    assert set(labels.tolist()) == set(range(10))
    assert 120 < pictures.max() <= 255


def test_they_are_read_and_learned(tmp_path) -> None:
    experiment = table_experiment(file_source(write_digits(tmp_path, 2000)))
    trainer = experiment.trainer()
    for _ in range(8):
        metrics = trainer.train_epoch()
    assert metrics.test_accuracy > 0.8
