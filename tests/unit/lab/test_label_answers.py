"""What a network with a yes or no for each output says of one sample."""

from __future__ import annotations

import numpy as np
import pytest

from bpviz.lab.label_answers import label_answers, yes_share
from tests.label_data import NAMES, gates, teach_gates


@pytest.fixture(autouse=True)
def _three_gates(monkeypatch):
    teach_gates(monkeypatch)


@pytest.mark.parametrize(("output", "low"), [("sigmoid", 0.0), ("tanh", -1.0)])
def test_answers_beside_what_would_be_right(output, low):
    experiment = gates(output=output, target_margin=0.2)
    data, spec = experiment.prepare(), experiment.network
    outs = np.array([1.0, low, low + 0.75 * (1.0 - low)])
    # Sample 1 is (0, 1): or and xor are a yes, and is none.
    answers = label_answers(spec, data, NAMES, outs, data.training.train.targets[1])
    told = [(x.name, x.value, x.share, x.given, x.wanted, x.right) for x in answers]
    assert told == [
        ("and", 1.0, 1.0, True, False, False),
        ("or", low, 0.0, False, True, False),
        ("xor", outs[2], 0.75, True, True, True),
    ]
    assert yes_share(spec, data.training.threshold) == 0.5


def test_nobody_knows_what_is_right_of_typed_inputs():
    experiment = gates()
    outs = np.array([0.9, np.nan, 0.1])
    answers = label_answers(experiment.network, experiment.prepare(), NAMES, outs, None)
    assert [x.given for x in answers] == [True, False, False]
    assert [x.right for x in answers] == [None] * 3
