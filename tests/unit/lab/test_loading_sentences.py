"""What is said of an edit that cannot be carried out."""

import pytest

from bpviz.engine.settings import SettingError
from bpviz.lab.loading import sentence_of


@pytest.mark.parametrize(
    "key",
    ["", "training.optimizer", "training.loss", "network.layers", "network.layers[2].units",
     "data", "data.class_weights", "target", "seed", "test_inputs", "labels"],
)  # fmt: skip
def test_the_path_of_a_setting_is_left_out(key: str) -> None:
    assert sentence_of(SettingError("it cannot be", key)) == "it cannot be"


@pytest.mark.parametrize(
    "file", ["my.csv", "data.csv", "training.xlsx", "labels.npz", "/a/folder/b.csv"]
)
def test_a_file_is_named(file: str) -> None:
    assert sentence_of(SettingError("there is no such file", file)).startswith(f"{file}: ")
