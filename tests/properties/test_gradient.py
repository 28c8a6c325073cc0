"""Backpropagation against central differences: every entry on stacks, then any graph."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpviz.engine.activations import ACTIVATIONS
from bpviz.engine.gradient_check import check_gradient
from bpviz.engine.losses import LOSSES
from bpviz.engine.parameters import layout_of
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import stack
from bpviz.engine.training_config import TrainingConfig
from tests.combinations import BIASES, COMBINATIONS, HIDDEN, outputs_for
from tests.properties import strategies
from tests.properties.strategies import samples_for, theta_for

TOLERANCE = 1e-6
# With these weights and samples no unit of the stack is dead, and none sits on its kink.
SEED = 15


@pytest.mark.parametrize(("kind", "output", "hidden", "reduction", "bias"), COMBINATIONS)
def test_every_error_with_every_activation_on_a_stack(
    kind: str, output: str, hidden: str, reduction: str, bias: str
) -> None:
    loss = LOSSES.make(kind)
    spec = stack(3, 4, 3, 2, hidden=hidden, output=output)
    spec = replace(spec, layers=(spec.layers[0], *(replace(x, bias=bias) for x in spec.computed)))
    training = TrainingConfig(loss=loss, reduction=reduction)
    data, theta = samples_for(spec, loss, SEED, count=8), theta_for(spec, SEED)
    check = check_gradient(spec, training, data, theta)
    assert check.excluded == 0
    assert np.count_nonzero(check.analytic) > 0.7 * len(theta)
    assert check.max_relative_error < TOLERANCE


def test_nothing_is_left_out() -> None:
    """Every error and activation with either reduction and all biases, wherever it may stand."""
    for reduction in ("mean", "sum"):
        tried = [one for one in COMBINATIONS if one.reduction == reduction]
        assert {(one.loss, one.hidden) for one in tried} == set(product(LOSSES, HIDDEN))
        assert {one.output for one in tried} == set(ACTIVATIONS)
        assert {(one.hidden, one.bias) for one in tried} == set(product(HIDDEN, BIASES))
    pairs = {(kind, output) for kind in LOSSES for output in outputs_for(kind)}
    assert {(one.loss, one.output) for one in COMBINATIONS} == pairs


@pytest.mark.parametrize("output", ACTIVATIONS)
@pytest.mark.parametrize("kind", [kind for kind in LOSSES if LOSSES[kind].needs_output])
def test_what_does_not_go_together_is_refused(kind: str, output: str) -> None:
    loss = LOSSES.make(kind)
    if output == loss.needs_output:
        return
    spec = stack(3, 2, output=output)
    data, theta = samples_for(spec, loss, SEED, count=8), theta_for(spec, SEED)
    with pytest.raises(SettingError, match=f"{loss.label} needs .* because"):
        check_gradient(spec, TrainingConfig(loss=loss), data, theta)


@settings(max_examples=150)
@given(st.data())
def test_any_graph(drawn: st.DataObject) -> None:
    """Skip connections, two input groups, all biases, missing and frozen parameters, penalties."""
    loss = drawn.draw(strategies.losses())
    spec = drawn.draw(strategies.networks(loss))
    training = drawn.draw(strategies.trainings(loss, spec))
    seed = drawn.draw(st.integers(0, 10_000))
    data, theta = samples_for(spec, loss, seed), theta_for(spec, seed)
    check = check_gradient(spec, training, data, theta)
    assert check.max_relative_error < TOLERANCE
    assert check.excluded <= len(theta) // 2
    assert not check.analytic[~layout_of(spec).present()].any()
