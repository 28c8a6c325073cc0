"""What layers, units and parameters are called."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFont, QFontMetricsF
from pytestqt.qtbot import QtBot

from bpviz.datasets.config import DataConfig
from bpviz.datasets.encoding import PreparedData
from bpviz.datasets.own import OwnSamples
from bpviz.datasets.preprocessing import prepare
from bpviz.engine.activations import Identity
from bpviz.engine.parameters import layout_of
from bpviz.engine.spec import LayerSpec, NetworkSpec, stack
from bpviz.experiments.experiment import Experiment
from bpviz.experiments.gallery import gallery_experiment
from bpviz.gui.canvas.names import Naming, layer_names, pretty
from bpviz.gui.canvas.unit_labels import fitting
from bpviz.lab.architecture_text import SetArchitecture


def data(
    inputs: tuple[str, ...], classes: tuple[str, ...], features: tuple[str, ...] = ()
) -> PreparedData:
    spec = stack(len(features or inputs), 1 if len(classes) == 2 else len(classes))
    own = OwnSamples(
        inputs, ("kind",), classes, tuple((*(0.0,) * len(inputs), k) for k in range(len(classes)))
    )
    return prepare(DataConfig(own, features, test_fraction=0), 1, spec.output)


@pytest.mark.parametrize(
    ("label", "wanted"),
    [("w21", "w₂₁"), ("x1", "x₁"), ("petal width", "petal width"), ("h1₃", "h1₃"), ("2", "2")],
)
def test_numbers_of_labels_are_set_below(label: str, wanted: str) -> None:
    assert pretty(label) == wanted


def test_layers_are_called_by_what_they_are() -> None:
    spec = stack(2, 3, 4, 1)
    assert list(layer_names(spec).values()) == ["Input", "Hidden 1", "Hidden 2", "Output"]


def test_a_hidden_layer_is_not_taken_for_the_output() -> None:
    spec = gallery_experiment("derivation-2-2-1").network
    assert list(layer_names(spec).values()) == ["Input", "Hidden", "Output"]


def test_a_layer_with_a_name_of_its_own_keeps_it() -> None:
    spec = NetworkSpec(
        layers=(
            LayerSpec("x", 2, Identity(), bias="none"),
            LayerSpec("encoder", 3, sources=("x",)),
            LayerSpec("y", 1, sources=("encoder",)),
        )
    )
    assert list(layer_names(spec).values()) == ["Input", "Encoder", "Output"]


def test_inputs_are_called_as_the_columns_and_outputs_as_the_classes() -> None:
    naming = Naming(
        layout_of(stack(2, 2, 3, output="softmax")), data(("x1", "age"), ("a", "b", "c"))
    )
    assert naming.units == (("x₁", "age"), ("h₁", "h₂"), ("a", "b", "c"))
    assert naming.title(1) == "w₂  age → h₁"


def test_one_output_for_two_classes_is_the_prediction() -> None:
    naming = Naming(layout_of(stack(2, 2, 1)), data(("x1", "x2"), ("no", "yes")))
    assert naming.units[-1] == ("ŷ",)
    assert naming.title(naming.layout.find("b3")) == "b₃  bias of ŷ"


def test_input_units_are_called_by_what_is_made_of_the_inputs() -> None:
    made = data(("x1", "age"), ("no", "yes"), ("x1", "x2_squared", "x1_x2", "sin_x1"))
    naming = Naming(layout_of(stack(4, 2, 1)), made)
    assert naming.units[0] == ("x₁", "age²", "x₁·age", "sin x₁")
    assert naming.title(1) == "w₂  age² → h₁"


def test_a_category_that_has_no_room_for_its_column_stands_alone(qtbot: QtBot) -> None:
    measure = QFontMetricsF(QFont())
    whole, alone = (measure.horizontalAdvance(text) + 1 for text in ("sex = female", "female"))
    assert fitting("sex = female", measure, whole) == "sex = female"
    assert fitting("sex = female", measure, alone) == "female"
    assert "…" in fitting("sex = female", measure, 0.7 * alone)
    assert fitting("bill length", measure, alone).startswith("b")


def test_layers_that_are_typed_are_headed_as_the_text_calls_them() -> None:
    before = Experiment(network=stack(2, 6, 4, 1))
    after = SetArchitecture("2→4|3→2→1; h2→o").apply(before).network
    titles = [(title, after.layer(name).units) for name, title in layer_names(after).items()]
    assert titles[1:-1] == [("Hidden 1", 4), ("Hidden 2", 3), ("Hidden 3", 2)]
    fed = [layer_names(after)[source] for source in after.output.sources]
    assert sorted(fed) == ["Hidden 2", "Hidden 3"]
