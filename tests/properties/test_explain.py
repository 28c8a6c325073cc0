"""The explainer against the engine: factors multiply, sums add up, the step is the trainer's."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bpviz.engine.data import Samples
from bpviz.engine.divergence import NonFiniteError
from bpviz.engine.losses import LOSSES
from bpviz.engine.noise import add_input_noise, dropout_masks
from bpviz.engine.optimizers import OPTIMIZERS
from bpviz.engine.spec import NetworkSpec, stack
from bpviz.engine.training import Trainer
from bpviz.engine.training_config import TrainingConfig
from bpviz.explain.chain_rule import derive
from bpviz.explain.explanation import explain
from bpviz.explain.factors import Factor
from bpviz.explain.moment import Moment
from bpviz.explain.numerical import numerical_derivative
from bpviz.explain.report import as_latex, as_table, as_text
from bpviz.explain.stage_scenes import scene
from bpviz.explain.stages import walk
from bpviz.explain.update import anatomy, step_of
from tests.combinations import EITHER_REDUCTION, Combination
from tests.properties import strategies
from tests.properties.strategies import samples_for, theta_for

# Relative to the sum of the absolute values of what is added up.
TOLERANCE = {"float64": 1e-12, "float32": 2e-5}
# With these weights and samples hardly a gradient in the stack is zero, whatever it is made of.
SEED = 90


class Sizes:
    """The size of a factor's absolute terms, however far it is opened; each factor once."""

    def __init__(self, moment: Moment) -> None:
        self.moment = moment
        self.known: dict[int, float] = {}
        self.kept: list[Factor] = []

    def __call__(self, factor: Factor) -> float:
        if id(factor) not in self.known:
            self.kept.append(factor)
            self.known[id(factor)] = max(abs(factor.value), self._inside(factor))
        return self.known[id(factor)]

    def _inside(self, factor: Factor) -> float:
        if factor.expansion is None:
            # ∂out_j/∂net_k = out_k ([k = j] - out_j): the slope of softmax is a difference.
            return self.moment.out(factor.units[1], 0) if len(factor.units) == 2 else 0.0
        sizes = [self(part) for part in factor.expansion.factors]
        return math.fsum(sizes) if factor.expansion.kind == "sum" else math.prod(sizes)


def check_derivation(moment: Moment, parameter: Any, tolerance: float) -> None:
    derivation = derive(moment, parameter)
    sizes = Sizes(moment)
    assert derivation.gradient == moment.gradient[moment.layout.index_of(parameter)]
    for form in derivation.forms:
        size = math.prod(map(sizes, form.factors))
        error = abs(form.sign * form.product - derivation.gradient)
        assert error <= tolerance * max(size, 1e-290), (form.name, form.factors)
    for factor in sizes.kept:
        if factor.expansion is not None:
            error = abs(factor.expansion.value - factor.value)
            assert error <= tolerance * max(sizes(factor), 1e-290), factor


@st.composite
def trainers(draw: st.DrawFn, dtype: str = "float64", **training: Any) -> Trainer:
    """Any network after a few batches of any training; its numbers are finite."""
    loss = draw(strategies.losses())
    spec = draw(strategies.networks(loss, dtype=dtype))
    config = draw(strategies.trainings(loss, spec, **training))
    spec = strategies.fitting(spec, config)
    seed = draw(st.integers(0, 10_000))
    data = samples_for(spec, loss, seed, weighted=draw(st.booleans()))
    trainer = Trainer(spec, config, data, seed)
    trainer.set_parameters(dict(enumerate(theta_for(spec, seed).tolist())))
    try:
        for _ in range(draw(st.integers(0, 7))):
            trainer.train_batch()
    except NonFiniteError:
        assume(False)
    assume(np.isfinite(trainer.state.theta).all() and np.abs(trainer.state.theta).max() < 50)
    return trainer


def next_moment(trainer: Trainer, rows: Any = None) -> Moment:
    """The trainer's moment with the batch that comes next, or with some training samples.

    With the dropout and the noise of that batch, or of one that these samples would be.
    """
    state, spec, training = trainer.state, trainer.spec, trainer.training
    chosen = trainer.batch_samples(state.batch) if rows is None else np.array(rows)
    samples, at = trainer.data.train.rows(chosen), (state.seed, state.epoch, state.batch)
    if training.input_noise:
        add_input_noise(samples.inputs, training.input_noise, *at)
    masks = None
    if any(layer.dropout for layer in spec.layers):
        masks = dropout_masks(spec, *at, len(chosen))
    return Moment(
        spec,
        training,
        state.theta.copy(),
        samples,
        moments={name: values.copy() for name, values in state.moments.items()},
        steps=state.steps,
        settings=trainer.step_settings(),
        masks=masks,
    )


def explainable(moment: Moment) -> Iterator[Any]:
    for index in np.flatnonzero(moment.layout.present()):
        yield moment.layout.id_of(int(index))


@pytest.mark.parametrize("one", EITHER_REDUCTION, ids="-".join)
def test_every_combination_on_a_stack(one: Combination) -> None:
    """Each with either reduction, with and without penalties, one sample and a batch."""
    loss = LOSSES.make(one.loss)
    x, first, second, y = stack(2, 2, 2, 2, hidden=one.hidden, output=one.output).layers
    spec = NetworkSpec(layers=(x, first, replace(second, bias="shared"), y))
    theta, train = theta_for(spec, SEED), samples_for(spec, loss, SEED, 3).train
    sums: dict[int, Any] = {}
    for reduction, penalty, count in product(("mean", "sum"), (0.0, 0.1), (1, 3)):
        training = TrainingConfig(loss=loss, reduction=reduction, l1=penalty, l2=penalty / 2)
        data = Samples(train.inputs[:count], train.targets[:count])
        moment = Moment(spec, training, theta, data)
        # An error may be flat at one sample (none beyond the target), though not at all three.
        large = np.count_nonzero(np.abs(moment.data_gradient) > 1e-6)
        assert count == 1 or large > 0.5 * len(theta)
        # The mean with, the sum without a penalty; samples and batches take turns.
        if (reduction == "mean") == bool(penalty):
            for parameter in list(explainable(moment))[count > 1 :: 2]:
                check_derivation(moment, parameter, TOLERANCE["float64"])
        # The error's part does not know of the penalty, and a mean is a sum divided.
        part = moment.data_gradient * (count if reduction == "mean" else 1)
        np.testing.assert_allclose(part, sums.setdefault(count, part), rtol=1e-12)
        assert np.array_equal(moment.gradient, moment.data_gradient) == (penalty == 0)


@settings(max_examples=60)
@given(st.data())
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_any_graph_one_sample_or_a_batch(dtype: str, drawn: st.DataObject) -> None:
    """Skip connections, two input groups, shared biases, missing and frozen, penalties."""
    trainer = drawn.draw(trainers(dtype))
    rows = drawn.draw(st.sampled_from([[0], [3], [0, 1, 2, 3], None]))
    moment = next_moment(trainer, rows)
    assume(np.isfinite(moment.gradient).all())
    for parameter in explainable(moment):
        check_derivation(moment, parameter, TOLERANCE[dtype])


@settings(max_examples=15)
@given(st.data())
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_anatomy_is_the_step_that_is_taken(
    optimizer: str, dtype: str, drawn: st.DataObject
) -> None:
    trainer = drawn.draw(trainers(dtype, optimizer=OPTIMIZERS.make(optimizer)))
    moment = next_moment(trainer)
    step = step_of(moment)
    # NumPy's step, bit by bit; how near the compiled one is, test_compiled says.
    training = replace(trainer.training, kernel="numpy")
    trained = Trainer(
        trainer.spec, training, trainer.data, trainer.state.seed, trainer.state.copy()
    )
    try:
        trained.train_batch()
    except NonFiniteError:
        assume(False)
    np.testing.assert_array_equal(moment.gradient, trained.gradient)
    np.testing.assert_array_equal(step, trained.update)
    for parameter in explainable(moment):
        update = anatomy(moment, parameter)
        index = moment.layout.index_of(parameter)
        assert update.before == moment.theta[index]
        assert update.change == trained.update[index]
        assert update.after == trained.state.theta[index]
        if not moment.layout.trainable()[index]:
            assert update.resting
            assert (update.change, update.parts) == (0.0, ())
            continue
        assert not update.resting
        parts = [part.value for part in update.parts]
        size = math.fsum(map(abs, parts)) + abs(update.change)
        # Below the smallest normal number there are fewer and fewer digits.
        least = max(1e-290, float(np.finfo(dtype).smallest_normal))
        assert abs(math.fsum(parts) - update.change) <= TOLERANCE[dtype] * max(size, least)


@settings(max_examples=40)
@given(st.data())
def test_the_numerical_derivative_agrees(drawn: st.DataObject) -> None:
    moment = next_moment(drawn.draw(trainers()), [0, 1, 2])
    largest = float(np.abs(moment.gradient).max())
    assume(1e-6 < largest < 1e6)
    for parameter in explainable(moment):
        measured = numerical_derivative(moment, parameter)
        if not measured.at_kink:
            a, n = measured.analytic, measured.value
            assert abs(a - n) <= 1e-5 * max(1e-3 * max(largest, moment.error), abs(a) + abs(n))


@settings(max_examples=25)
@given(st.data())
def test_everything_can_be_said(drawn: st.DataObject) -> None:
    """Text, LaTeX, JSON and all scenes of any moment, without a warning or a lost number."""
    trainer = drawn.draw(trainers())
    moment = next_moment(trainer, drawn.draw(st.sampled_from([[2], None])))
    assume(np.isfinite(moment.gradient).all())
    for parameter in list(explainable(moment))[::5]:
        explanation = explain(moment, parameter)
        table = as_table(explanation)
        product = math.prod(factor["value"] for factor in table["factors"])
        size = math.prod(map(Sizes(moment), explanation.derivation.factors))
        assert abs(product - table["gradient"]) <= 1e-12 * max(size, 1e-290)
        text, latex = as_text(explanation), as_latex(explanation)
        assert text.startswith(f"{explanation.derivation.label} (")
        assert "nan" not in text
        assert_balanced(latex)
    for by in ("unit", "layer", "stage"):
        for step in walk(moment.spec, by):
            for line in scene(moment, step).lines:
                assert_balanced(line.latex())
                assert "= =" not in line.text()


def assert_balanced(latex: str) -> None:
    depth = 0
    for letter in latex.replace(r"\{", "").replace(r"\}", ""):
        depth += (letter == "{") - (letter == "}")
        assert depth >= 0, latex
    assert depth == 0, latex


def all_factors(factors: Iterable[Factor]) -> list[Factor]:
    """Everything that factors open to, each object once."""
    found: dict[int, Factor] = {}
    todo = list(factors)
    while todo:
        factor = todo.pop()
        if id(factor) not in found:
            found[id(factor)] = factor
            todo += factor.expansion.factors if factor.expansion is not None else ()
    return list(found.values())


@pytest.mark.parametrize("form", ["full", "delta"])
def test_shared_deltas_keep_a_deep_network_small(form: str) -> None:
    """The ways through 12 layers of 4 units are 4^11; the factors grow with the connections."""

    def count(hidden: int) -> int:
        spec = stack(2, *[4] * hidden, 2, hidden="tanh", output="tanh")
        data = samples_for(spec, LOSSES.make("half_squared"), 1, 2).train
        moment = Moment(
            spec,
            TrainingConfig(loss="half_squared"),
            theta_for(spec, 1),
            Samples(data.inputs[:1], data.targets[:1]),
        )
        derivation = derive(moment, moment.layout.id_of(0))
        chosen = next(each for each in derivation.forms if each.name == form)
        factors = all_factors(chosen.factors)
        deltas = [
            f.text for f in factors if f.text.startswith(("∂E/∂net", "δ")) and "·" not in f.text
        ]
        assert len(deltas) == len(set(deltas))
        return len(factors)

    six, twelve = count(6), count(12)
    assert twelve - six <= 6 * (16 * 3 + 4 * 4)
    assert twelve < 900


@pytest.mark.peers
@pytest.mark.parametrize(
    ("kind", "output"), [("half_squared", "tanh"), ("categorical_cross_entropy", "softmax")]
)
def test_factors_are_what_pytorch_finds(kind: str, output: str) -> None:
    """∂E/∂out and ∂E/∂net of inner units and the gradient, by autograd."""
    torch = pytest.importorskip("torch")
    spec = stack(3, 4, 3, 2, hidden="tanh", output=output)
    loss = LOSSES.make(kind)
    data = samples_for(spec, loss, 3, 1).train
    moment = Moment(spec, TrainingConfig(loss=loss), theta_for(spec, 3), data)
    values = [
        torch.tensor(block.view(moment.theta), requires_grad=True) for block in moment.layout.blocks
    ]
    kept, out = [], torch.tensor(data.inputs)
    for W, b in zip(values[::2], values[1::2], strict=True):
        net = torch.nn.functional.linear(out, W, b)
        out = torch.tanh(net) if W is not values[-2] or output == "tanh" else net.softmax(1)
        kept.append((net, out))
        net.retain_grad()
        out.retain_grad()
    target = torch.tensor(data.targets)
    each = 0.5 * (out - target) ** 2 if kind == "half_squared" else -target * torch.log(out)
    each.sum().backward()
    expected = {}
    for layer, (net, out) in zip(spec.computed, kept, strict=True):
        for k in range(layer.units):
            label = f"{layer.id}{'₁₂₃₄'[k] if layer.id[-1].isdigit() else k + 1}"
            expected[f"∂E/∂out_{label}"] = float(out.grad[0, k])
            expected[f"∂E/∂net_{label}"] = float(net.grad[0, k])
    derivation = derive(moment, moment.layout.id_of(0))
    assert derivation.gradient == pytest.approx(float(values[0].grad[0, 0]), rel=1e-10)
    found = {f.text: f.value for f in all_factors(derivation.factors) if f.text in expected}
    assert {name[3:9] for name in found} == {"∂out_", "∂net_"} or len(found) >= 10
    for name, value in found.items():
        assert value == pytest.approx(expected[name], rel=1e-10, abs=1e-14), name
