"""The numbers in the lessons' texts, checked by running what they speak of."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from bpviz.engine.training import Trainer
from bpviz.experiments.gallery import gallery_experiment
from bpviz.experiments.lessons import lesson
from bpviz.experiments.toml_files import set_option
from bpviz.lab.edits import AddLayer, SetLayer, SetParameters
from bpviz.lab.findings import found_in
from bpviz.lab.findings.symmetry import size_ratios
from bpviz.lab.race import Race
from bpviz.lab.snapshot import Snapshot
from tests.unit.lab.conftest import Bench


def trainer(name: str, *options: str) -> Trainer:
    experiment = gallery_experiment(name)
    for option in options:
        experiment = set_option(experiment, option)
    return experiment.trainer()


def loss_after(epochs: int, name: str, *options: str) -> float:
    made = trainer(name, *options)
    made.run(epochs)
    return made.evaluate().train_loss


def epochs_below(loss: float, made: Trainer) -> int:
    while made.evaluate().train_loss >= loss:
        made.train_epoch()
    return made.state.epoch


def gradient_of(made: Trainer, label: str) -> float:
    return float(made.whole_gradient()[made.layout.find(label)])


def trained_until(bench: Bench, met: Callable[[Snapshot], bool], times: int = 30) -> Snapshot:
    """As a person does: train on and on, ten epochs at a time."""
    for _ in range(times):
        bench.lab.train_epochs(10)
        snapshot = bench.settle()
        if met(snapshot):
            return snapshot
    raise AssertionError("never came to it")


def holds(snapshot: Snapshot) -> bool:
    found = found_in(snapshot.experiment, snapshot.data, snapshot.theta)
    return found is not None and found.holds


def says(name: str, *texts: str) -> None:
    one = lesson(name)
    steps = one.steps
    said = " ".join((one.closing, *(f"{s.text} {s.do} {s.success}" for s in steps)))
    for text in texts:
        assert text in said, text


def test_six_stages() -> None:
    made = trainer("worked-2-2-2")
    says("six-stages", "0.2748 + 0.0236 = 0.2984", "0.7414 × 0.1868 × 0.5933 = 0.0822")
    assert gradient_of(made, "w5") == pytest.approx(0.0822, abs=5e-5)
    made.train_epoch()
    says("six-stages", "w5 is 0.35891648 now, w1 is 0.149780716", "from 0.2984 to 0.2910")
    assert made.evaluate().train_loss == pytest.approx(0.2910, abs=5e-5)
    epochs_below(0.005, made)
    says("six-stages", "about 0.09 and 0.92")
    outs = made.network.run(np.array([[0.05, 0.1], [0.0, 0.0], [1.0, 1.0]])).outs[-1]
    assert outs[0] == pytest.approx([0.09, 0.92], abs=0.006)
    assert np.ptp(outs, axis=0).max() < 0.05


def test_derivation() -> None:
    squared = trainer("derivation-2-2-1")
    crossed = trainer("derivation-2-2-1", "training.loss=binary_cross_entropy")
    says("derivation", "= −0.0606.", "= 0.0125.", "δ = 0.1189", "a slope of −0.0013", "−0.51.")
    assert gradient_of(squared, "w5") == pytest.approx(-0.0606, abs=5e-5)
    assert gradient_of(squared, "w1") == pytest.approx(0.0125, abs=5e-5)
    for made, slope in ((squared, -0.0013), (crossed, -0.5087)):
        made.state.theta[made.layout.find("b3")] = -6
        assert gradient_of(made, "w5") == pytest.approx(slope, abs=5e-5)
    says("derivation", "15 epochs. With squared error the same start takes more than 400")
    assert epochs_below(0.1, crossed) == 15
    assert epochs_below(0.1, squared) > 400


def test_xor() -> None:
    made = trainer("xor-2-3-1")
    made.run(100)
    assert made.evaluate().train_loss == pytest.approx(1.0, abs=0.03)
    made.run(500)
    says("xor", "After 500 steps the error is 0.0136")
    assert made.evaluate().train_loss == pytest.approx(0.0136, abs=5e-5)
    outs = made.network.run(np.array([[0.5, 0.5], [0.1, 0.1], [0.9, 0.9]])).outs[-1].ravel()
    assert outs[0] > 0.9
    assert max(outs[1:]) < 0.2
    assert made.layout.size == 13


def test_learning_rate() -> None:
    says("learning-rate", "0.629 with 0.003 and 0.085 with 0.03. With 3 it", "never below 0.2")
    for rate, loss in ((0.003, 0.629), (0.03, 0.085)):
        found = loss_after(50, "playground", f"training.learning_rate={rate}")
        assert found == pytest.approx(loss, abs=6e-4)
    # The last digit of any sum decides where it leaps: each engine has a way of its own.
    for kernel in ("numpy", "auto"):
        made = trainer("playground", "training.learning_rate=3", f'training.kernel="{kernel}"')
        errors: list[float] = []
        made.run(50, lambda metrics, errors=errors: errors.append(metrics.train_loss))
        assert 0.2 < min(errors) < 0.5
        assert max(errors) > 0.8
    says("learning-rate", "plain descent takes 45 epochs, momentum 7, Adam 6")
    for optimizer, epochs in (("gradient_descent", 45), ("momentum", 7), ("adam", 6)):
        assert epochs_below(0.1, trainer("playground", f"training.optimizer={optimizer}")) == epochs


def test_update_modes() -> None:
    says("update-modes", "0.315 by sample, 0.205 by fixed batches, 0.209 by mini-batches")
    for update, loss in (("sample", 0.315), ("fixed", 0.205), ("mini-batch", 0.209)):
        found = loss_after(100, "update-modes", f"training.update={update}")
        assert found == pytest.approx(loss, abs=5e-4)
    made = trainer("update-modes")
    assert made.batches == 4
    assert len(made.data.train) == 48
    epochs_below(0.215, made)
    assert made.state.epoch < 200


def test_bias() -> None:
    says("bias", "The weight is 1: the right slope", "2, and no training makes it less")
    made = trainer("bias-needed")
    made.run(30)
    assert made.state.theta == pytest.approx([1.0], abs=0.005)
    assert made.evaluate().train_loss == pytest.approx(2.0, abs=0.005)
    says("bias", "It starts at 0, so nothing has changed yet", "y = 1 · x + 2")
    bench = Bench(gallery_experiment("bias-needed"))
    bench.settle_at_start()
    bench.lab.train_epochs(30)
    weight = bench.settle().theta[0]
    bench.lab.apply(SetLayer("y", "bias", "unit"))
    assert bench.settle().theta.tolist() == [weight, 0.0]
    snapshot = trained_until(bench, lambda now: now.metrics.train_loss < 0.0001)
    assert snapshot.theta == pytest.approx([1.0, 2.0], abs=0.02)


def test_linear_hidden() -> None:
    says("linear-hidden", "About half of the points are wrong, and the error stays near 0.69")
    bench = Bench(gallery_experiment("linear-hidden"))
    bench.settle_at_start()
    bench.lab.train_epochs(60)
    first = bench.settle().metrics
    bench.lab.apply(AddLayer("h2"))
    bench.lab.train_epochs(60)
    snapshot = bench.settle()
    assert snapshot.epoch == 120
    assert {layer.activation.kind for layer in snapshot.spec.computed[:-1]} == {"identity"}
    says("linear-hidden", "Nothing gained")
    for metrics in (first, snapshot.metrics):
        assert metrics.train_accuracy == pytest.approx(0.5, abs=0.1)
        assert metrics.train_loss == pytest.approx(0.69, abs=0.01)
    says("linear-hidden", "Train until 97 % of the points are right")
    bench.lab.apply(SetLayer("h1", "activation", "tanh"))
    snapshot = trained_until(bench, lambda now: now.metrics.train_accuracy >= 0.97)
    assert snapshot.epoch < 200


def test_two_or_many() -> None:
    says("two-or-many", "until 95 % of the points are right", "until 95 % of the test flowers")
    made = trainer("playground")
    made.run(40)
    assert made.evaluate().train_accuracy >= 0.95
    made = trainer("iris")
    made.run(60)
    assert made.evaluate().test_accuracy >= 0.95


def raced(name: str, passes: int) -> tuple[Race, dict[str, float]]:
    race = Race(gallery_experiment(name), most_passes=passes, most_seconds=math.inf)
    race.run()
    return race, {lane.search.key: lane.error for lane in race.lanes}


def test_why_backpropagation() -> None:
    says("why-backpropagation", "14 for a single step", "the work of about three")
    for passes in (1000, 3000):
        race, errors = raced("xor-2-3-1", passes)
        assert (race.costs.differences, race.costs.backprop) == (14, 3)
        says("why-backpropagation", "Nudging trails far behind", "chance does well: here it even")
        assert errors["random"] < errors["backprop"] < 0.75 * errors["differences"]
    says("why-backpropagation", "2,410 weights and biases", "takes 2,411 passes, one of backpropa")
    race, errors = raced("digits", 1500)
    costs = race.costs
    assert (costs.parameters, costs.differences, costs.backprop) == (2410, 2411, 3)
    assert errors["backprop"] < 0.2 * min(errors["random"], errors["differences"])


def test_vanishing_gradient() -> None:
    made = trainer("vanishing-gradient")
    made.train_epoch()
    first, *_, last = made.gradient_norms()
    says("vanishing-gradient", "a length of 0.05 and that of the first hidden layer 0.00026")
    assert (last, first) == pytest.approx((0.05, 0.00026), rel=0.02)
    made.run(5)
    norms = made.gradient_norms()
    assert list(norms) == sorted(norms)
    naive = 'network.initializer={kind="normal",deviation=0.1}'
    relu = [f"network.layers.h{k}.activation=relu" for k in range(1, 6)]
    for options, solves in (
        ([], False),
        ([naive], False),
        ([*relu, "network.initializer=he"], True),
        ([*relu, naive], False),
    ):
        loss = loss_after(60, "vanishing-gradient", *options)
        assert loss < 0.01 if solves else loss == pytest.approx(0.693, abs=0.002)


def test_symmetry() -> None:
    b = Bench(gallery_experiment("symmetry-6-2-1"))
    b.lab.train_epochs(1000)
    says("symmetry", "56 of 64 are right", "at about epoch 1,400")
    assert b.settle().metrics.train_accuracy == 56 / 64
    held = trained_until(b, holds, 40)
    assert held.epoch == pytest.approx(1400, abs=20)
    assert held.metrics.train_accuracy == 1.0
    sizes = size_ratios(held.theta[:12].reshape(2, 6))
    np.testing.assert_allclose(sizes, [[1, 2, 4]] * 2, rtol=0.1)
    says("symmetry", "bit 6 is on but not bit 1", "bit 2 on but not bit 5", "+1 and +2")
    first = held.theta[:6]
    np.testing.assert_allclose(first[[5, 1]] / abs(first[5]), [1, 2], rtol=0.1)
    says("symmetry", "wrong about 16 of the 64", "within a few hundred epochs")
    b.lab.apply(SetParameters({held.layout.id_of(held.layout.find("w3")): 0.0}))
    broken = b.settle()
    assert not holds(broken)
    assert broken.metrics.train_accuracy == 48 / 64
    assert trained_until(b, holds, 40).epoch < held.epoch + 300


def test_symmetry_with_another_seed() -> None:
    made = trainer("symmetry-6-2-1", "seed=8")
    while made.evaluate().train_accuracy < 1:
        made.train_epoch()
    says("symmetry", "after some 400 epochs", "sizes of 1 : 1.5 : 2")
    assert made.state.epoch == pytest.approx(400, abs=50)
    experiment = gallery_experiment("symmetry-6-2-1")
    found = found_in(experiment, experiment.prepare(), made.state.theta)
    assert found is not None
    assert not found.holds
    made.run(1500)
    sizes = size_ratios(made.state.theta[:12].reshape(2, 6))
    np.testing.assert_allclose(sizes, [[1, 1.5, 2]] * 2, rtol=0.1)
