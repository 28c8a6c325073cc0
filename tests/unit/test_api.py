"""The Python API: ten lines that build, fit and predict, against numbers worked by hand."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bpviz
from bpviz.experiments.gallery import gallery_experiment

CHECKOUT = Path(__file__).parents[2]
X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
XOR = [0, 1, 1, 0]

WORKED = {
    "w1": 0.15, "w2": 0.20, "w3": 0.25, "w4": 0.30, "b1": 0.35, "b2": 0.35,
    "w5": 0.40, "w6": 0.45, "w7": 0.50, "w8": 0.55, "b3": 0.60, "b4": 0.60,
}  # fmt: skip


def worked(**training: Any) -> bpviz.Model:
    net = bpviz.network(2, 2, 2, hidden="sigmoid", output="sigmoid")
    model = bpviz.Model(net, **{"loss": "half_squared", "learning_rate": 0.5} | training)
    model.set_parameters(WORKED)
    return model


def test_ten_lines() -> None:
    net = bpviz.network(2, 3, 1, hidden="tanh", output="sigmoid")
    model = bpviz.Model(net, learning_rate=0.5, update="full", seed=7)
    model.fit(X, XOR, epochs=1000)
    assert (model.predict(X).ravel() > 0.5).tolist() == [False, True, True, False]
    assert list(model.parameters) == [*(f"w{k}" for k in range(1, 7)), "b1", "b2", "b3",
                                      "w7", "w8", "w9", "b4"]  # fmt: skip
    assert abs(model.gradient(X, XOR)["w1"]) < 0.1
    assert model.error(X, XOR) < 0.1


def test_one_neuron_by_hand() -> None:
    """out = 2·3 + 1 = 7, E = (5 - 7)² = 4, ∂E/∂w = 2·(7 - 5)·3 = 12, ∂E/∂b = 4."""
    net = bpviz.network(1, 1, output="identity")
    model = bpviz.Model(net, loss="squared", learning_rate=0.01)
    model.set_parameters({"w1": 2, "b1": 1})
    assert model.predict([[3]]).tolist() == [[7]]
    assert model.error([[3]], [5]) == 4
    assert model.gradient([[3]], [5]) == {"w1": 12, "b1": 4}
    model.fit([[3]], [5], epochs=1)
    assert model.parameters == {"w1": pytest.approx(1.88), "b1": pytest.approx(0.96)}


def test_the_worked_example() -> None:
    model = worked()
    inputs, targets = [[0.05, 0.10]], [[0.01, 0.99]]
    assert model.predict(inputs)[0].round(9).tolist() == [0.751365070, 0.772928465]
    assert round(model.error(inputs, targets), 9) == 0.298371109
    gradient = model.gradient(inputs, targets)
    assert round(gradient["w5"], 9) == 0.082167041
    assert round(gradient["w1"], 9) == 0.000438568
    after = model.fit(inputs, targets, epochs=1).parameters
    assert round(after["w5"], 8) == 0.35891648
    assert round(after["w1"], 9) == 0.149780716


def test_mean_and_sum_of_samples() -> None:
    samples = [[0.05, 0.10], [0.3, -0.2]], [[0.01, 0.99], [0.5, 0.5]]
    mean, total = worked().gradient(*samples), worked(reduction="sum").gradient(*samples)
    assert total["w1"] == pytest.approx(2 * mean["w1"])
    assert worked(reduction="sum").error(*samples) == pytest.approx(2 * worked().error(*samples))


def test_a_weight_counts_a_sample_as_often() -> None:
    inputs, targets = [[0.2, 0.9], [0.7, 0.1]], [[0.3], [0.8]]
    models = [
        bpviz.Model(bpviz.network(2, 3, 1), update="full", reduction="sum", seed=3)
        for _ in range(2)
    ]
    models[0].fit(inputs, targets, epochs=5, weights=[3, 1])
    models[1].fit([inputs[0]] * 3 + [inputs[1]], [targets[0]] * 3 + [targets[1]], epochs=5)
    assert models[0].parameters == pytest.approx(models[1].parameters, rel=1e-12)


def test_a_set_weight_clears_what_lbfgs_remembers() -> None:
    inputs, targets = [[0.2, 0.9], [0.7, 0.1]], [[0.3], [0.8]]
    model = bpviz.Model(bpviz.network(2, 3, 1), optimizer="lbfgs", learning_rate=0.5, update="full")
    model.fit(inputs, targets, epochs=4)
    model.set_parameters({"w1": 0.5})
    before, gradient = model.parameters, model.gradient(inputs, targets)
    model.fit(inputs, targets, epochs=1)
    # The first step goes along the gradient.
    size = 0.5 * min(1.0, 1.0 / sum(map(abs, gradient.values())))
    expected = {name: before[name] - size * gradient[name] for name in before}
    assert model.parameters == pytest.approx(expected, rel=1e-12)


def test_looking_changes_nothing() -> None:
    model = worked(optimizer="adam")
    before = model.parameters
    model.gradient([[0.05, 0.10]], [[0.01, 0.99]])
    model.predict([[0.05, 0.10]])
    assert model.parameters == before
    assert model.epochs == 0


@pytest.mark.parametrize("optimizer", ["gradient_descent", "momentum", "adam"])
def test_training_goes_on_where_it_stopped(optimizer: str) -> None:
    def model() -> bpviz.Model:
        net = bpviz.network(2, 3, 1)
        return bpviz.Model(net, optimizer=optimizer, batch_size=3, learning_rate=0.1)

    whole = model().fit(X, XOR, epochs=10)
    parts = model().fit(X, XOR, epochs=4).fit(X, XOR, epochs=6)
    assert parts.parameters == whole.parameters
    assert parts.epochs == 10


def test_the_seed_fixes_the_weights() -> None:
    net = bpviz.network(2, 3, 1)
    assert bpviz.Model(net, seed=1).parameters == bpviz.Model(net, seed=1).parameters
    assert bpviz.Model(net, seed=1).parameters != bpviz.Model(net, seed=2).parameters


def test_classes() -> None:
    data = gallery_experiment("iris").prepare().training.train
    classes = data.targets.argmax(axis=1)
    net = bpviz.network(4, 5, 3, output="softmax")
    model = bpviz.Model(net, loss="categorical_cross_entropy", learning_rate=0.1)
    model.fit(data.inputs, classes, epochs=60)
    assert np.mean(model.predict(data.inputs).argmax(axis=1) == classes) > 0.95
    assert model.error(data.inputs, classes) == model.error(data.inputs, data.targets)


@pytest.mark.parametrize("ending", [".npz", ".json"])
def test_saved_and_loaded(ending: str, tmp_path: Path) -> None:
    model = worked()
    model.save(tmp_path / f"weights{ending}")
    loaded = bpviz.load(tmp_path / f"weights{ending}")
    assert loaded.parameters() == model.parameters
    assert loaded.name == "weights"
    assert loaded.predict(X).tobytes() == model.predict(X).tobytes()


def test_a_saved_classifier_names_its_classes(tmp_path: Path) -> None:
    net = bpviz.network(2, 2, output="softmax")
    model = bpviz.Model(net, loss="categorical_cross_entropy", learning_rate=1.0)
    model.fit(X, np.array([0, 1, 1, 1]), epochs=300).save(tmp_path / "or.npz")
    assert bpviz.load(tmp_path / "or.npz").classify(X) == ["0", "1", "1", "1"]


def test_an_experiment() -> None:
    assert bpviz.open_experiment("iris") == gallery_experiment("iris")


@pytest.mark.parametrize(
    ("work", "sentence"),
    [
        (lambda: worked(rate=1), "rate: unknown setting; expected one of loss, optimizer, "),
        (lambda: worked(learning_rate=-1), "learning_rate: learning rate must be above 0, got -1"),
        (
            lambda: worked().fit(X, [0.5, 1, 1, 0]),
            "targets must have shape (samples, 2) or be class",
        ),
        (lambda: worked().fit(X, np.array([0, 1, 2, 0])), "class numbers must be from 0 to 1"),
        (lambda: worked().fit(X[0], XOR), "inputs must have shape (samples, inputs), got (2,)"),
        (lambda: worked().fit(X[:, :1], np.array(XOR)), "2 input units but the data has 1"),
        (lambda: worked().fit(X[:3], np.array(XOR)), "tables with equally many rows"),
        (lambda: worked().set_parameters({"w1": 0, "w9": 1}), "there is no parameter 'w9'"),
        (
            lambda: worked().save("weights.h5"),
            "the file's ending must be .npz, .json, .csv or .safetensors",
        ),
    ],
)
def test_what_cannot_be_is_said(work, sentence: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(bpviz.SettingError) as error:
        work()
    assert sentence in str(error.value)


def test_a_wrong_label_changes_no_parameter() -> None:
    model = worked()
    with pytest.raises(bpviz.SettingError):
        model.set_parameters({"w1": 0, "w9": 1})
    assert model.parameters == worked().parameters


def test_all_of_it_is_there_and_loads_no_qt() -> None:
    asked = (
        "import sys, bpviz; early = 'numpy' in sys.modules;"
        "[getattr(bpviz, name) for name in bpviz.__all__];"
        "print(early, [m for m in sys.modules if m.startswith(('PySide6', 'pyqtgraph'))])"
    )
    result = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=CHECKOUT
    )
    assert result.stdout == "False []\n"
    assert set(bpviz.__all__) <= set(dir(bpviz))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        bpviz.nothing  # noqa: B018
