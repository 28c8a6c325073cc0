"""IDX files: pictures with their labels, found beside them."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from bpviz.datasets.arrays.sources import IdxFile
from bpviz.datasets.config import DataConfig
from bpviz.datasets.files import file_source, is_data_file
from bpviz.datasets.preprocessing import prepare
from bpviz.datasets.tables.progress import Cancelled
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import stack
from tests.unit.datasets.arrays.files import idx_bytes, pictures, write_idx

NAMES = [
    ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    ("train-images.idx3-ubyte", "train-labels.idx1-ubyte"),
    ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
    ("train-images-idx3-ubyte", "train-labels-idx1-ubyte.gz"),
    ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte"),
]


@pytest.fixture
def train(tmp_path: Path) -> Path:
    images, labels = pictures()
    write_idx(tmp_path / "train-labels-idx1-ubyte", labels)
    return write_idx(tmp_path / "train-images-idx3-ubyte", images)


@pytest.mark.parametrize(("images_name", "labels_name"), NAMES)
def test_pictures_come_with_the_labels_beside_them(
    tmp_path: Path, images_name: str, labels_name: str
) -> None:
    images, labels = pictures()
    write_idx(tmp_path / labels_name, labels)
    source = file_source(write_idx(tmp_path / images_name, images))
    assert isinstance(source, IdxFile)
    assert source.name == images_name.split("-", maxsplit=1)[0]
    data = source.load(0)
    np.testing.assert_array_equal(data.inputs, images.reshape(12, 6) / 255)
    np.testing.assert_array_equal(data.targets, labels)
    assert data.image_shape == (3, 2)
    assert data.class_names == ("0", "1", "2")
    assert data.input_names[1] == "row 1 column 2"
    assert labels_name in data.reports[0]


def test_grey_values_may_stay_as_they_are(train: Path) -> None:
    images, _ = pictures()
    data = IdxFile(path=str(train), grey=False).load(0)
    np.testing.assert_array_equal(data.inputs, images.reshape(12, 6))


def test_labels_may_be_named(train: Path) -> None:
    write_idx(train.parent / "even", np.arange(12) % 2)
    assert IdxFile(path=str(train), labels="even").load(0).class_names == ("0", "1")
    away = str(train.parent / "even")
    assert IdxFile(path=str(train), labels=away).load(0).class_names == ("0", "1")


def test_a_test_part_beside_it_is_used(train: Path) -> None:
    images, labels = pictures(5, seed=1)
    write_idx(train.parent / "t10k-images-idx3-ubyte", images)
    write_idx(train.parent / "t10k-labels-idx1-ubyte.gz", labels)
    source = IdxFile(path=str(train))
    made = prepare(DataConfig(source=source), 1, stack(6, 2, 3).output)
    assert (len(made.train_rows), len(made.test_rows)) == (12, 5)
    np.testing.assert_array_equal(made.training.test.inputs, images.reshape(5, 6) / 255)
    by_chance = DataConfig(source=IdxFile(path=str(train), own_test=False), test_fraction=0.25)
    made = prepare(by_chance, 1, stack(6, 2, 3).output)
    assert (len(made.train_rows), len(made.test_rows)) == (9, 3)


def test_labels_that_change_on_disk_are_read_anew(train: Path) -> None:
    source = IdxFile(path=str(train))
    assert len(source.load(0).class_names) == 3
    write_idx(train.with_name("train-labels-idx1-ubyte.gz"), np.arange(12) % 4)
    train.with_name("train-labels-idx1-ubyte").unlink()
    assert len(source.load(0).class_names) == 4


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\0\0\x08", "is not an IDX file"),
        (b"\1\2\x08\x03" + bytes(40), "is not an IDX file"),
        (b"\0\0\x07\x03" + bytes(40), "is not an IDX file"),
        (idx_bytes(pictures()[0])[:10], "breaks off within its header"),
        (idx_bytes(pictures()[0])[:-1], "holds 71 of the 72 bytes"),
        (idx_bytes(pictures()[0]) + b"!", "holds more than the 72 bytes"),
        (b"\0\0\x08\x03" + b"\xff" * 12, "more than can be read"),
        (b"\0\0\x08\x03\0\0\0\0\0\0\0\x1c\0\0\0\x1c", "it has 0 inputs but 12 targets"),
        (idx_bytes(pictures(11)[0]), "it has 11 inputs but 12 targets"),
        (idx_bytes(pictures()[1]), "holds labels; choose the file of pictures"),
        (gzip.compress(idx_bytes(pictures()[0]))[:-12], "is a damaged gzip archive"),
        (gzip.compress(idx_bytes(pictures()[0]) + bytes(1000)), "holds more than the 72 bytes"),
        (gzip.compress(b"a,b\n1,2\n"), "is not an IDX file"),
        (b"", "is empty"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_malformed_file_is_refused_in_a_sentence(train: Path, data: bytes, said: str) -> None:
    train.write_bytes(data)
    with pytest.raises(SettingError, match=said) as refused:
        IdxFile(path=str(train)).load(0)
    assert train.name in str(refused.value)
    assert "\n" not in str(refused.value)


def test_missing_labels_are_told_with_the_name_they_should_have(train: Path) -> None:
    train.with_name("train-labels-idx1-ubyte").unlink()
    with pytest.raises(SettingError, match="expected train-labels-idx1-ubyte beside it"):
        IdxFile(path=str(train)).load(0)
    other = train.rename(train.with_name("digits.idx"))
    with pytest.raises(SettingError, match="has no labels: name their file under labels"):
        IdxFile(path=str(other)).load(0)


def test_it_is_known_by_name_or_by_content(train: Path) -> None:
    assert is_data_file("train-images-idx3-ubyte")
    assert is_data_file("T10K-images.idx3-ubyte.gz")
    other = train.rename(train.with_name("pictures.bin"))
    assert isinstance(file_source(other), IdxFile)


def test_reading_can_be_stopped(train: Path) -> None:
    with pytest.raises(Cancelled):
        IdxFile(path=str(train)).read(lambda _done, _total: False)
