"""The numbers of the documents that the gallery reproduces, to every digit they print."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bpviz.engine.backprop import Backprop
from bpviz.engine.losses import BinaryCrossEntropy
from bpviz.engine.network import Buffers
from bpviz.engine.training import Trainer
from bpviz.experiments.experiment import Experiment
from bpviz.experiments.gallery import gallery_experiment


class Run:
    """A gallery entry at epoch 0 with the values of one sample, and the same after one step."""

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment
        self.trainer = experiment.trainer()
        self.layout = self.trainer.layout
        train = self.trainer.data.train
        self.inputs, self.targets = train.inputs, train.targets
        self.before = self.trainer.state.theta.copy()
        self.values = self.trainer.network.run(self.inputs)
        self.gradient = self.trainer.whole_gradient()
        self.after = one_step(experiment).state.theta

    def __getitem__(self, label: str) -> float:
        """The initial value of a weight or bias."""
        return float(self.before[self.layout.find(label)])

    def slope(self, label: str) -> float:
        """The gradient of a weight or bias at the initial values."""
        return float(self.gradient[self.layout.find(label)])

    def stepped(self, label: str) -> float:
        """The value of a weight or bias after one step."""
        return float(self.after[self.layout.find(label)])

    def net(self, layer: int) -> np.ndarray[Any, Any]:
        return self.values.nets[layer][0]

    def out(self, layer: int) -> np.ndarray[Any, Any]:
        return self.values.outs[layer][0]


def one_step(experiment: Experiment) -> Trainer:
    trainer = experiment.trainer()
    assert trainer.batches == 1
    trainer.train_batch()
    return trainer


def output_deltas(run: Run) -> np.ndarray[Any, Any]:
    """∂E/∂net of the output units, as the engine's own backward pass leaves them."""
    trainer = run.experiment.trainer()
    buffers = Buffers(trainer.spec, 1)
    buffers.put(run.inputs)
    trainer.network.forward(buffers)
    backprop = Backprop(trainer.network, np.empty_like(trainer.state.theta))
    backprop.backward(buffers, run.targets, trainer.training.loss, 1.0)
    return buffers.deltas[-1][0]


@pytest.fixture(scope="module")
def worked() -> Run:
    return Run(gallery_experiment("worked-2-2-2"))


class TestWorkedExample:
    """Inputs .05 and .10, targets .01 and .99, learning rate .5."""

    def test_the_start(self, worked: Run) -> None:
        assert worked.inputs.tolist() == [[0.05, 0.10]]
        assert worked.targets.tolist() == [[0.01, 0.99]]
        weights = [worked[f"w{k}"] for k in range(1, 9)]
        assert weights == [0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55]
        assert [worked["b1"], worked["b2"]] == [0.35, 0.60]
        ends = [worked.layout.description(worked.layout.find(f"w{k}")) for k in range(1, 9)]
        assert ends == [
            *("i1 → h1", "i2 → h1", "i1 → h2", "i2 → h2"),
            *("h1 → o1", "h2 → o1", "h1 → o2", "h2 → o2"),
        ]

    def test_forward(self, worked: Run) -> None:
        assert worked.net(1)[0] == pytest.approx(0.3775, abs=1e-15)
        assert round(worked.out(1)[0], 9) == 0.593269992
        assert round(worked.out(1)[1], 9) == 0.596884378
        assert round(worked.net(2)[0], 9) == 1.105905967
        assert round(worked.out(2)[0], 8) == 0.75136507
        assert round(worked.out(2)[1], 9) == 0.772928465

    def test_errors(self, worked: Run) -> None:
        single = 0.5 * (worked.targets[0] - worked.out(2)) ** 2
        assert round(single[0], 9) == 0.274811083
        assert round(single[1], 9) == 0.023560026
        assert round(worked.trainer.evaluate().train_loss, 9) == 0.298371109

    def test_gradient_of_w5_and_its_factors(self, worked: Run) -> None:
        dE_dout = worked.out(2)[0] - worked.targets[0, 0]
        dout_dnet = worked.out(2)[0] * (1 - worked.out(2)[0])
        dnet_dw5 = worked.out(1)[0]
        assert round(dE_dout, 8) == 0.74136507
        assert round(dout_dnet, 9) == 0.186815602
        assert round(dnet_dw5, 9) == 0.593269992
        assert output_deltas(worked)[0] == pytest.approx(dE_dout * dout_dnet, rel=1e-15)
        assert worked.slope("w5") == pytest.approx(dE_dout * dout_dnet * dnet_dw5, rel=1e-14)
        assert round(worked.slope("w5"), 9) == 0.082167041

    def test_gradient_of_w1_and_its_factors(self, worked: Run) -> None:
        deltas = output_deltas(worked)
        from_o1, from_o2 = deltas * [worked["w5"], worked["w7"]]
        assert round(from_o1, 9) == 0.055399425
        assert round(from_o2, 9) == -0.019049118
        assert round(from_o1 + from_o2, 9) == 0.036350306
        dout_dnet = worked.out(1)[0] * (1 - worked.out(1)[0])
        assert round(dout_dnet, 9) == 0.241300709
        product = (from_o1 + from_o2) * dout_dnet * 0.05
        assert worked.slope("w1") == pytest.approx(product, rel=1e-14)
        assert round(worked.slope("w1"), 9) == 0.000438568

    @pytest.mark.parametrize(
        ("label", "value", "digits"),
        [
            ("w5", 0.35891648, 8),
            ("w6", 0.408666186, 9),
            ("w7", 0.511301270, 9),
            ("w8", 0.561370121, 9),
            ("w1", 0.149780716, 9),
            ("w2", 0.19956143, 8),
            ("w3", 0.24975114, 8),
            ("w4", 0.29950229, 8),
        ],
    )
    def test_weights_after_one_step(
        self, worked: Run, label: str, value: float, digits: int
    ) -> None:
        assert round(worked.stepped(label), digits) == value

    def test_biases_rest(self, worked: Run) -> None:
        assert [worked.stepped("b1"), worked.stepped("b2")] == [0.35, 0.60]
        assert worked.slope("b1") != 0

    def test_all_weights_move_together(self, worked: Run) -> None:
        """w1 is moved by the old w5: with the new one its step would be another."""
        step = worked.stepped("w1") - worked["w1"]
        new_w5, new_w7 = worked.stepped("w5"), worked.stepped("w7")
        with_new = output_deltas(worked) @ [new_w5, new_w7] * 0.241300709 * 0.05 * -0.5
        assert step == pytest.approx(-0.5 * worked.slope("w1"), rel=1e-12)
        assert abs(step - with_new) > 1e-6


@pytest.mark.parametrize("cross_entropy", [False, True], ids=["squared", "cross-entropy"])
class TestDerivation:
    """Net inputs and gradients of the 2-2-1 network, term by term as they are derived."""

    @staticmethod
    def entry(cross_entropy: bool) -> Run:
        experiment = gallery_experiment("derivation-2-2-1")
        if cross_entropy:
            training = replace(experiment.training, loss=BinaryCrossEntropy())
            experiment = replace(experiment, training=training)
        return Run(experiment)

    def test_net_inputs(self, cross_entropy: bool) -> None:
        run = self.entry(cross_entropy)
        x1, x2 = run.inputs[0]
        y1, y2 = run.out(1)
        assert run.net(1)[0] == pytest.approx(x1 * run["w1"] + x2 * run["w2"] + run["b1"])
        assert run.net(1)[1] == pytest.approx(x1 * run["w3"] + x2 * run["w4"] + run["b2"])
        assert run.net(2)[0] == pytest.approx(y1 * run["w5"] + y2 * run["w6"] + run["b3"])
        assert run.out(2)[0] == pytest.approx(1 / (1 + np.exp(-run.net(2)[0])))

    def test_error(self, cross_entropy: bool) -> None:
        run = self.entry(cross_entropy)
        t, y = run.targets[0, 0], run.out(2)[0]
        expected = 0.5 * (t - y) ** 2
        if cross_entropy:
            expected = -(t * np.log(y) + (1 - t) * np.log(1 - y))
        assert run.trainer.evaluate().train_loss == pytest.approx(expected, rel=1e-14)

    def test_gradients_are_the_derived_products(self, cross_entropy: bool) -> None:
        run = self.entry(cross_entropy)
        x1, t = run.inputs[0, 0], run.targets[0, 0]
        y, y1 = run.out(2)[0], run.out(1)[0]
        slope = 1 if cross_entropy else y * (1 - y)
        assert run.slope("w5") == pytest.approx(-(t - y) * slope * y1, rel=1e-14)
        expected = -(t - y) * slope * run["w5"] * y1 * (1 - y1) * x1
        assert run.slope("w1") == pytest.approx(expected, rel=1e-14)

    def test_the_delta_form_gives_the_same_step(self, cross_entropy: bool) -> None:
        """w ← w + α δ x with δ = -∂E/∂net, as the notes write it."""
        run = self.entry(cross_entropy)
        t, y = run.targets[0, 0], run.out(2)[0]
        hidden = run.out(1)
        rate = run.experiment.training.learning_rate
        delta = (t - y) * (1 if cross_entropy else y * (1 - y))
        inner = delta * np.array([run["w5"], run["w6"]]) * hidden * (1 - hidden)
        assert -output_deltas(run)[0] == pytest.approx(delta, rel=1e-14)
        for label, step in (
            ("w5", delta * hidden[0]),
            ("w6", delta * hidden[1]),
            ("b3", delta),
            ("w1", inner[0] * run.inputs[0, 0]),
            ("w2", inner[0] * run.inputs[0, 1]),
            ("w3", inner[1] * run.inputs[0, 0]),
            ("w4", inner[1] * run.inputs[0, 1]),
            ("b1", inner[0]),
            ("b2", inner[1]),
        ):
            assert run.stepped(label) == pytest.approx(run[label] + rate * step, rel=1e-14)


@pytest.fixture(scope="module")
def article() -> Run:
    return Run(gallery_experiment("article-2-2-2"))


class TestArticle:
    """Weights numbered by source; the ones left open lead to the printed outputs."""

    def test_the_numbering(self, article: Run) -> None:
        ends = [article.layout.description(article.layout.find(f"w{k}")) for k in range(1, 9)]
        assert ends == [
            *("i1 → h1", "i1 → h2", "i2 → h1", "i2 → h2"),
            *("h1 → o1", "h1 → o2", "h2 → o1", "h2 → o2"),
        ]

    def test_what_is_given(self, article: Run) -> None:
        assert article.inputs.tolist() == [[0.1, 0.2]]
        assert article.targets.tolist() == [[0.5, 0.5]]
        assert (article["w1"], article["w3"], article["b1"]) == (0.27, 0.57, 0.4)
        assert [article[f"w{k}"] for k in (2, 4, 5, 6)] == [0.1, 0.35, 0.64, -0.81]
        assert article["b2"] == 0.35
        assert article["w7"] == pytest.approx(0.43, abs=1e-6)
        assert article["w8"] == pytest.approx(-0.03, abs=1e-6)

    def test_forward(self, article: Run) -> None:
        assert article.net(1)[0] == pytest.approx(0.541, abs=1e-15)
        assert round(article.out(1)[0], 3) == 0.632
        assert article.out(2) == pytest.approx([0.735, 0.455], abs=1e-15)

    def test_error(self, article: Run) -> None:
        single = 0.5 * (article.targets[0] - article.out(2)) ** 2
        assert single == pytest.approx([0.5 * 0.235**2, 0.5 * 0.045**2], abs=1e-15)
        assert single.round(4).tolist() == [0.0276, 0.001]
        assert round(article.trainer.evaluate().train_loss, 4) == 0.0286

    def test_the_path_of_w6(self, article: Run) -> None:
        """w6 acts through net o2 and out o2 alone."""
        out = article.out(2)[1]
        expected = (out - 0.5) * out * (1 - out) * article.out(1)[0]
        assert article.slope("w6") == pytest.approx(expected, rel=1e-14)

    def test_the_outputs_reach_one_half(self, article: Run) -> None:
        trainer = article.experiment.trainer()
        trainer.run(article.experiment.epochs)
        assert trainer.network.predict(article.inputs)[0] == pytest.approx([0.5, 0.5], abs=1e-9)


@pytest.fixture(scope="module")
def xor() -> Experiment:
    return gallery_experiment("xor-2-3-1")


class TestXorProgram:
    """3 sigmoid units, uniform(.1, .9), summed squared error, 500 full-batch steps at rate 1."""

    def test_its_settings(self, xor: Experiment) -> None:
        trainer = xor.trainer()
        samples = zip(trainer.data.train.inputs, trainer.data.train.targets, strict=True)
        table = {tuple(x): float(t[0]) for x, t in samples}
        assert table == {(0, 0): 0, (1, 1): 0, (1, 0): 1, (0, 1): 1}
        assert [layer.units for layer in xor.network.layers] == [2, 3, 1]
        assert trainer.state.theta.size == 13
        assert trainer.state.theta.min() >= 0.1
        assert trainer.state.theta.max() <= 0.9
        assert np.unique(trainer.state.theta).size == 13
        assert xor.training.learning_rate == 1.0
        assert xor.epochs == 500
        assert trainer.batches == 1

    def test_the_loss_is_the_plain_sum_of_squares(self, xor: Experiment) -> None:
        trainer = xor.trainer()
        train = trainer.data.train
        expected = ((train.targets - trainer.network.predict(train.inputs)) ** 2).sum()
        assert trainer.evaluate().train_loss == pytest.approx(expected, rel=1e-15)

    def test_500_steps_equal_the_program_written_out(self, xor: Experiment) -> None:
        """The program itself in a few lines of matrix calculus, from the same start."""
        trainer = xor.trainer()
        X, T = trainer.data.train.inputs, trainer.data.train.targets
        W1, b1, W2, b2 = (block.view(trainer.state.theta).copy() for block in trainer.layout.blocks)

        def sigmoid(net: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
            return 1 / (1 + np.exp(-net))

        for _ in range(500):
            H = sigmoid(X @ W1.T + b1)
            Y = sigmoid(H @ W2.T + b2)
            delta = 2 * (Y - T) * Y * (1 - Y)
            inner = delta @ W2 * H * (1 - H)
            W2, b2 = W2 - delta.T @ H, b2 - delta.sum(axis=0)
            W1, b1 = W1 - inner.T @ X, b1 - inner.sum(axis=0)
        trainer.run(500)
        expected = np.concatenate([W1.ravel(), b1, W2.ravel(), b2])
        assert trainer.state.theta == pytest.approx(expected, rel=1e-9)

    def test_it_learns(self, xor: Experiment) -> None:
        trainer = xor.trainer()
        trainer.run(500)
        metrics = trainer.evaluate()
        assert metrics.train_loss < 0.02
        assert metrics.train_accuracy == 1.0
