"""What of a training state stays when its network changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.parameters import layout_of
from bpviz.engine.spec import NetworkSpec, ParameterId, stack
from bpviz.engine.training import TrainerState
from bpviz.engine.training_config import TrainingConfig
from bpviz.lab.growth import grown

GONE = frozenset({ParameterId("h", 1, "i", 0)})
SPEC = stack(2, 3, 1)
HIDDEN = SPEC.layer("h")


@pytest.mark.parametrize(
    ("before", "after", "stays"),
    [
        (SPEC, SPEC.with_layer(replace(HIDDEN, dropout=0.5)), True),
        (SPEC, SPEC.with_layer(replace(HIDDEN, bias_trained=False)), True),
        (SPEC, SPEC.with_layer(replace(HIDDEN, units=4)), False),
        (SPEC, replace(SPEC, missing=GONE), False),
        (replace(SPEC, missing=GONE), SPEC, False),
    ],
)
def test_best_weights_stay_where_they_mean_the_same(
    before: NetworkSpec, after: NetworkSpec, stays: bool
) -> None:
    training = TrainingConfig()
    state = TrainerState.initial(before, training, 1)
    state.best_theta, state.best_epoch, state.best_error = state.theta.copy(), 7, 0.25
    found = grown(state, before, after, training, "an edit")
    assert (found.best_theta is not None) == stays
    assert np.isfinite(found.best_error) == stays
    if stays:
        np.testing.assert_array_equal(found.best_theta, state.theta)
    layout = layout_of(after)
    assert not found.theta[~layout.present()].any()
