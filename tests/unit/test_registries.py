"""Every entry of every registry says what it is; a new one is explained, trained and saved."""

from __future__ import annotations

import inspect
import math
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pytest

from bpviz.cli import main
from bpviz.datasets.dataset import DATASETS, Dataset, DataSource
from bpviz.engine.activations import ACTIVATIONS, Activation
from bpviz.engine.initializers import INITIALIZERS, Initializer
from bpviz.engine.losses import LOSSES, Loss
from bpviz.engine.optimizers import OPTIMIZERS, Optimizer
from bpviz.engine.schedules import SCHEDULES, Schedule
from bpviz.engine.settings import Registry, fields_of, setting
from bpviz.engine.stopping import STOP_RULES, StopRule
from bpviz.experiments.experiment import Experiment
from bpviz.experiments.gallery import gallery_experiment
from bpviz.experiments.toml_files import format_experiment, parse_experiment, set_option
from bpviz.explain.chain_rule import derive
from bpviz.explain.explanation import explain
from bpviz.explain.moment import Moment
from bpviz.explain.plain import plain
from bpviz.explain.report import as_latex, as_text
from bpviz.explain.update import anatomy

REGISTRIES: tuple[Registry[Any], ...] = (
    ACTIVATIONS,
    LOSSES,
    INITIALIZERS,
    OPTIMIZERS,
    SCHEDULES,
    STOP_RULES,
    DATASETS,
)
ENTRIES = [entry for registry in REGISTRIES for entry in registry.values()]
WITH_FORMULAS = [
    entry
    for registry in (ACTIVATIONS, LOSSES, OPTIMIZERS, SCHEDULES)
    for entry in registry.values()
]
FORMULAS = ("formula", "derivative_formula", "term_formula", "gradient_formula")


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: f"{e.__name__}-{e.kind}")
def test_an_entry_says_what_it_is(entry: type) -> None:
    assert entry.label
    assert entry.__doc__
    # Without one the decorator puts the signature there.
    made = f"{entry.__name__}{inspect.signature(entry)}".replace(" -> None", "")
    assert entry.__doc__ != made
    assert "." in entry.__doc__
    for field in fields_of(entry).values():
        assert field.setting.label, field.name
        assert field.setting.help, field.name


@pytest.mark.parametrize("entry", WITH_FORMULAS, ids=lambda e: f"{e.__name__}-{e.kind}")
def test_its_formulas_can_be_set(entry: type) -> None:
    """By the window's typesetter, and in one line of plain text."""
    ziamath = pytest.importorskip("ziamath")
    assert entry.formula
    for name in FORMULAS:
        formula = getattr(entry, name, "")
        if formula:
            ziamath.Latex(formula).svg()
            assert plain(formula)
            assert "\\" not in plain(formula)


# One new entry of each kind, unlike any that is there.


@dataclass(frozen=True)
class Cubic(Activation):
    """f(net) = a net³."""

    kind: ClassVar[str] = "cubic"
    label: ClassVar[str] = "cubic"
    formula: ClassVar[str] = r"a\,net^3"
    derivative_formula: ClassVar[str] = r"3\,a\,net^2"
    a: float = setting(0.5, "a", "How steep it is", above=0)

    def forward(self, net: Any, out: Any, scratch: Any) -> None:
        np.multiply(self.a * net, net * net, out=out)

    def derivative(self, net: Any, out: Any, slope: Any) -> None:
        np.multiply(3 * self.a * net, net, out=slope)


@dataclass(frozen=True)
class Quartic(Loss):
    """E = Σ ¼ (target - out)⁴."""

    kind: ClassVar[str] = "quartic"
    label: ClassVar[str] = "quartic error"
    formula: ClassVar[str] = r"\sum \frac14 (target-out)^4"
    term_formula: ClassVar[str] = r"\frac14 (target-out)^4"
    gradient_formula: ClassVar[str] = r"-(target-out)^3"

    def terms(self, net: Any, out: Any, target: Any, result: Any, scratch: Any) -> None:
        np.multiply(0.25, (target - out) ** 4, out=result)

    def gradient_out(self, out: Any, target: Any, result: Any) -> None:
        np.negative((target - out) ** 3, out=result)


@dataclass(frozen=True)
class Stairs(Initializer):
    """Weights that rise from one to the next."""

    kind: ClassVar[str] = "stairs"
    label: ClassVar[str] = "stairs"

    def weights(self, shape: Any, fan_in: int, rng: Any) -> Any:
        return np.linspace(-1.0, 0.7, math.prod(shape)).reshape(shape)


@dataclass(frozen=True)
class Halfway(Optimizer):
    """Δw = ½ Δw(t - 1) - ε ∂E/∂w."""

    kind: ClassVar[str] = "halfway"
    label: ClassVar[str] = "halfway"
    moments: ClassVar[tuple[str, ...]] = ("before",)
    formula: ClassVar[str] = r"\Delta w=\frac12\Delta w-\varepsilon\frac{\partial E}{\partial w}"

    def update(
        self, gradient: Any, rate: float, step: int, moments: Any, update: Any, scratch: Any
    ) -> None:
        np.subtract(0.5 * moments["before"], rate * gradient, out=update)
        np.copyto(moments["before"], update)


@dataclass(frozen=True)
class Third(Schedule):
    """A third, all the time."""

    kind: ClassVar[str] = "third"
    label: ClassVar[str] = "a third"
    formula: ClassVar[str] = r"\frac13"

    def factor(self, epoch: float, memory: Any) -> float:
        return 1 / 3


@dataclass(frozen=True)
class Twice(StopRule):
    """Stop after two epochs."""

    kind: ClassVar[str] = "twice"
    label: ClassVar[str] = "after two epochs"

    def reason(self, metrics: Any, memory: Any) -> str:
        return "two epochs are enough" if metrics.epoch >= 2 else ""


@dataclass(frozen=True)
class Diagonal(DataSource):
    """Above or below a line."""

    kind: ClassVar[str] = "diagonal"
    label: ClassVar[str] = "diagonal"

    def load(self, seed: int) -> Dataset:
        inputs = np.array([[x / 4, y / 4] for x in range(5) for y in range(5)])
        targets = (inputs[:, 0] > inputs[:, 1]).astype(np.intp)
        return Dataset(inputs, targets, ("x", "y"), ("side",), ("below", "above"))


NEW = (
    (ACTIVATIONS, Cubic, "network.layers.h1.activation"),
    (LOSSES, Quartic, "training.loss"),
    (INITIALIZERS, Stairs, "network.initializer"),
    (OPTIMIZERS, Halfway, "training.optimizer"),
    (SCHEDULES, Third, "training.rate_schedule"),
    (STOP_RULES, Twice, "training.stop"),
    (DATASETS, Diagonal, "data.source"),
)


@pytest.fixture
def experiment(monkeypatch: pytest.MonkeyPatch) -> Experiment:
    """An experiment made of all the new entries; they are gone afterwards."""
    made = gallery_experiment("playground")
    for registry, entry, key in NEW:
        monkeypatch.setitem(registry._entries, entry.kind, entry)
        several = key.endswith(("schedule", "stop"))
        made = set_option(made, f'{key}=["{entry.kind}"]' if several else f"{key}={entry.kind}")
    return set_option(made, "network.layers.h1.activation.a=0.25")


def test_new_entries_come_back_from_a_file(experiment: Experiment) -> None:
    text = format_experiment(experiment)
    for _, entry, _ in NEW:
        assert f'"{entry.kind}"' in text
    assert parse_experiment(text, "new.toml") == experiment


def test_new_entries_are_trained_and_explained(experiment: Experiment) -> None:
    trainer = experiment.trainer()
    assert trainer.run(9) == "two epochs are enough"
    rows, state = trainer.batch_samples(0), trainer.state
    moment = Moment(
        trainer.spec,
        trainer.training,
        state.theta.copy(),
        trainer.data.train.rows(rows),
        moments={name: values.copy() for name, values in state.moments.items()},
        steps=state.steps,
        settings=trainer.step_settings(),
    )
    trainer.train_batch()
    np.testing.assert_array_equal(moment.step, trainer.update)
    for index in range(moment.layout.size):
        parameter = moment.layout.id_of(index)
        product = math.prod(factor.value for factor in derive(moment, parameter).factors)
        assert product == pytest.approx(moment.gradient[index], rel=1e-9, abs=1e-15)
        parts = anatomy(moment, parameter).parts
        assert sum(part.value for part in parts) == pytest.approx(moment.step[index], rel=1e-9)
    one = replace(moment, samples=moment.samples.rows(slice(1)))
    explanation = explain(one, moment.layout.id_of(0))
    assert "(0.03 × 0.333333 by the schedule)" in as_text(explanation)
    assert r"\frac14" not in as_latex(explanation)
    assert "halfway" in as_text(explanation)
    assert explanation.numerical.digits is None or explanation.numerical.digits >= 5


@pytest.mark.usefixtures("experiment")
def test_new_entries_are_told_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "playground", "--epochs", "9", "--set", 'training.stop=["twice"]']) == 0
    assert "two epochs are enough" in capsys.readouterr().out
