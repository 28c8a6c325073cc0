"""NumPy's files: which array is what, and what is refused."""

from __future__ import annotations

import os
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bpviz.datasets.arrays.roles import Roles
from bpviz.datasets.arrays.sources import ArrayFile
from bpviz.datasets.files import file_source, is_data_file
from bpviz.datasets.tables.progress import Cancelled
from bpviz.engine.settings import SettingError
from tests.unit.datasets.arrays.files import pictures

MAGIC = b"\x93NUMPY\x01\x00"
X = np.arange(12.0).reshape(6, 2)
Y = np.array([0, 1, 1, 0, 1, 0])
TEXTS = np.array(["b", "a", "b", "a", "b", "b"])


def saved(folder: Path, **arrays: np.ndarray) -> ArrayFile:
    np.savez(folder / "my.npz", **arrays)
    source = file_source(folder / "my.npz")
    assert isinstance(source, ArrayFile)
    return source


@pytest.mark.parametrize(
    ("inputs", "targets"),
    [("X", "y"), ("x_train", "y_train"), ("train_images", "train_labels"), ("data", "target")],
)
def test_arrays_are_known_by_their_names(tmp_path: Path, inputs: str, targets: str) -> None:
    source = saved(tmp_path, **{"extra": np.zeros((6, 9)), inputs: X, targets: Y})
    data = source.load(0)
    np.testing.assert_array_equal(data.inputs, X)
    np.testing.assert_array_equal(data.targets, Y)
    assert data.target_names == (targets,)
    assert data.class_names == ("0", "1")
    assert inputs in data.reports[0]


def test_arrays_are_known_by_their_shapes(tmp_path: Path) -> None:
    data = saved(tmp_path, a=Y * 0.5, b=X, c=np.zeros(3)).load(0)
    np.testing.assert_array_equal(data.inputs, X)
    np.testing.assert_array_equal(data.targets, Y[:, np.newaxis] * 0.5)


def test_every_guess_can_be_changed(tmp_path: Path) -> None:
    arrays = {"X": X, "other": X + 1, "y": Y, "z": Y * 3.5, "t": X + 2, "u": Y * 1.5}
    saved(tmp_path, **arrays)
    path = str(tmp_path / "my.npz")
    data = ArrayFile(path=path, inputs="other", targets="z").load(0)
    np.testing.assert_array_equal(data.inputs, X + 1)
    np.testing.assert_array_equal(data.targets[:, 0], Y * 3.5)
    assert ArrayFile(path=path, classes="no").load(0).class_names == ()
    assert ArrayFile(path=path, targets="z", classes="yes").load(0).class_names == ("0", "3.5")
    tested = ArrayFile(path=path, targets="z", test_inputs="t", test_targets="u").load(0)
    assert tested.test_part is not None
    np.testing.assert_array_equal(tested.inputs[tested.test_part], X + 2)


def test_a_test_part_is_found(tmp_path: Path) -> None:
    source = saved(tmp_path, x_train=X, y_train=Y, x_test=X[:2] + 20, y_test=Y[:2])
    data = source.load(0)
    assert data.test_part is not None
    np.testing.assert_array_equal(data.test_part, [False] * 6 + [True] * 2)
    np.testing.assert_array_equal(data.inputs[6:], X[:2] + 20)
    assert ArrayFile(path=source.path, own_test=False).load(0).test_part is None


def test_each_part_is_grey_by_its_own_type(tmp_path: Path) -> None:
    images, labels = pictures()
    named = {"y_train": labels, "y_test": labels}
    for parts in ((images, images / 255), (images / 255, images)):
        data = saved(tmp_path, x_train=parts[0], x_test=parts[1], **named).load(0)
        np.testing.assert_array_equal(data.inputs[:12], images.reshape(12, 6) / 255)
        np.testing.assert_array_equal(data.inputs[12:], images.reshape(12, 6) / 255)


def test_infinite_inputs_count_as_missing_as_in_tables(tmp_path: Path) -> None:
    # Each part is judged by its own type.
    wild = np.where(X > 9, np.inf, X)
    data = saved(tmp_path, x_train=X.astype(int), y_train=Y, x_test=wild, y_test=Y).load(0)
    np.testing.assert_array_equal(data.inputs[6:], np.where(X > 9, np.nan, X))
    assert data.reports[1] == "2 inputs are infinite and count as missing."
    large = saved(tmp_path, X=np.full((6, 1_000_000), 1e300), y=Y).load(0)
    assert np.isnan(large.inputs).all()


def test_what_is_kept_cannot_be_changed(tmp_path: Path) -> None:
    data = saved(tmp_path, x_train=X, y_train=Y, x_test=X, y_test=Y).load(0)
    assert data.test_part is not None
    assert not any(a.flags.writeable for a in (data.inputs, data.targets, data.test_part))


def test_pictures_are_grey_from_0_to_1(tmp_path: Path) -> None:
    images, labels = pictures()
    for stack in (images, images[..., np.newaxis]):
        data = saved(tmp_path, X=stack, y=labels).load(0)
        assert data.image_shape == (3, 2)
        np.testing.assert_array_equal(data.inputs, images.reshape(12, 6) / 255)
    flat = np.tile(images.reshape(12, 6), (1, 15))[:, :81]
    assert saved(tmp_path, X=flat, y=labels).load(0).image_shape == (9, 9)
    plain = ArrayFile(path=str(tmp_path / "my.npz"), grey=False).load(0)
    np.testing.assert_array_equal(plain.inputs, flat)


def test_targets_of_every_kind(tmp_path: Path) -> None:
    words = saved(tmp_path, X=X, y=TEXTS).load(0)
    assert (words.class_names, words.targets.tolist()) == (("a", "b"), [1, 0, 1, 0, 1, 1])
    truth = saved(tmp_path, X=X, y=Y == 1).load(0)
    assert (truth.class_names, truth.targets.tolist()) == (("no", "yes"), Y.tolist())
    hot = saved(tmp_path, X=X, y=np.eye(3)[[0, 1, 2, 0, 1, 2]]).load(0)
    assert (hot.class_names, hot.targets.tolist()) == (("0", "1", "2"), [0, 1, 2, 0, 1, 2])
    several = saved(tmp_path, X=X, y=np.array([[0, 1], [1, 1]] * 3)).load(0)
    assert several.labels
    assert not several.is_classification
    assert saved(tmp_path, X=X, y=X * 2).load(0).target_names == ("y1", "y2")
    # The type of the numbers does not matter.
    for dtype in (np.int8, np.float16, np.float64):
        whole = saved(tmp_path, X=X, y=Y.astype(dtype), target_names=np.array(["no", "yes"]))
        assert (whole.load(0).class_names, whole.load(0).targets.tolist()) == (
            ("no", "yes"),
            Y.tolist(),
        )
    assert not saved(tmp_path, X=X, y=Y * 2.0**60).load(0).is_classification
    many = saved(tmp_path, X=X, y=np.arange(6)).load(0)
    assert not many.is_classification
    named = saved(tmp_path, X=X, y=Y, target_names=np.array(["cat", "dog"]))
    assert named.load(0).class_names == ("cat", "dog")
    named = saved(tmp_path, X=X, y=Y, feature_names=np.array(["length", "width"]))
    assert named.load(0).input_names == ("length", "width")


def test_a_large_array_is_kept_as_float32(tmp_path: Path) -> None:
    images = np.zeros((6000, 700), np.uint8)
    assert saved(tmp_path, X=images, y=np.arange(6000) % 3).load(0).inputs.dtype == np.float32
    assert saved(tmp_path, X=images[:60], y=np.arange(60) % 3).load(0).inputs.dtype == np.float64


def test_one_array_has_its_target_last(tmp_path: Path) -> None:
    np.save(tmp_path / "my.npy", np.column_stack([X, Y * 0.5]))
    data = file_source(tmp_path / "my.npy").load(0)
    np.testing.assert_array_equal(data.inputs, X)
    np.testing.assert_array_equal(data.targets[:, 0], Y * 0.5)
    np.save(tmp_path / "my.npy", np.asfortranarray(np.column_stack([X, Y * 0.5])))
    np.testing.assert_array_equal(file_source(tmp_path / "my.npy").load(0).inputs, X)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes among its files")
def test_a_named_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    with pytest.raises(SettingError, match="is not a file"):
        file_source(pipe).load(0)


def test_one_array_that_is_no_table_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "my.npy", Y)
    with pytest.raises(SettingError, match=r"one array of shape 6, where a table .* is expected"):
        file_source(tmp_path / "my.npy").load(0)


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"X": X}, r"does not tell which array holds the targets, it has X \(6 × 2\); name"),
        ({"y": Y}, "has no array of inputs"),
        ({"X": X, "y": Y[:5]}, "has 6 inputs but 5 targets"),
        ({"X": X, "y": Y * 0}, "all the same"),
        ({"X": X, "y": X[:, 0] * np.nan}, "missing or infinite"),
        ({"X": X.astype(str), "y": Y}, "its inputs are texts"),
        ({"X": X[:0], "y": Y[:0]}, "no samples"),
        ({"X": X * 1j, "y": Y}, "numbers or texts are expected"),
        ({"X": np.zeros(6, "i4,f4"), "y": Y}, "numbers or texts are expected"),
        ({"X": X, "y": np.array([0, {}, 1, 1, 1, 1], object)}, "Python objects"),
        ({"x_train": X, "y_train": Y, "x_test": X[:, :1], "y_test": Y}, "different shapes"),
        ({"x_train": X, "y_train": TEXTS, "x_test": X, "y_test": Y}, "texts in one part"),
    ],
)
def test_what_makes_no_samples_is_refused(
    tmp_path: Path, arrays: dict[str, np.ndarray], said: str
) -> None:
    source = saved(tmp_path, **arrays)
    with pytest.raises(SettingError, match=said) as refused:
        source.load(0)
    assert str(refused.value).startswith("my.npz: ")


def test_an_array_that_is_not_there_is_told(tmp_path: Path) -> None:
    path = saved(tmp_path, X=X, y=Y).path
    with pytest.raises(SettingError, match=r"has no array 'q'; it has X \(6 × 2\), y \(6\)"):
        ArrayFile(path=path, targets="q").load(0)


@pytest.mark.parametrize("said", ["test_inputs", "test_targets"])
def test_half_a_test_part_is_refused(tmp_path: Path, said: str) -> None:
    path = saved(tmp_path, X=X, y=Y, q=X, r=Y).path
    name, lacking = {"test_inputs": ("q", "targets"), "test_targets": ("r", "inputs")}[said]
    with pytest.raises(SettingError, match=f"name their array under test {lacking}"):
        ArrayFile(path=path, **{said: name}).load(0)
    # One that was found, and not asked for, may stay alone.
    assert saved(tmp_path, X=X, y=Y, x_test=X).load(0).test_part is None


def test_the_inputs_are_not_the_targets(tmp_path: Path) -> None:
    path = saved(tmp_path, X=X, y=X).path
    with pytest.raises(SettingError, match="does not tell which array holds the targets"):
        ArrayFile(path=path, inputs="y").load(0)


def test_exported_weights_are_no_samples(tmp_path: Path) -> None:
    weights = {"about": np.array("{}"), "weights.x.h1": X, "bias.h1": Y * 0.5}
    with pytest.raises(SettingError, match="holds a trained network and no samples; import it by"):
        saved(tmp_path, **weights).load(0)


def header(shape: str, descr: str = "<f8") -> bytes:
    text = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return MAGIC + len(text).to_bytes(2, "little") + text.encode()


@pytest.mark.parametrize(
    "data",
    [
        header("(6, 2)") + bytes(95),
        header("(True, 2)") + bytes(96),
        header("(6, 2") + bytes(96),
        header("[6, 2]") + bytes(96),
        header("(" * 80) + bytes(96),
        MAGIC + (9000).to_bytes(2, "little") + b"-" * 9000,
        MAGIC + (60_000).to_bytes(2, "little") + b" " * 60_000,
        MAGIC + b"\x01",
        header("(10000000000, 200)"),
        header("(-1, 2)") + bytes(96),
        header("(6, 2)", "|O") + bytes(96),
        header("'x'"),
        header("(6, 2)")[:40],
        b"\x93NUMPY\x09\x00" + bytes(50),
        b"\x93NUMPY",
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_damaged_array_is_refused(tmp_path: Path, data: bytes, packed: bool) -> None:
    path = tmp_path / ("my.npz" if packed else "my.npy")
    path.write_bytes(data)
    if packed:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("X.npy", data)
            archive.writestr("y.npy", header("(6,)") + bytes(48))
    with pytest.raises(SettingError, match=r"damaged|breaks off|Python objects"):
        ArrayFile(path=str(path)).load(0)


def test_headers_of_every_version_are_read(tmp_path: Path) -> None:
    table = np.column_stack([X, Y * 0.5])
    for version in ((1, 0), (2, 0), (3, 0)):
        with (tmp_path / "my.npy").open("wb") as file:
            np.lib.format.write_array(file, table, version)
        np.testing.assert_array_equal(file_source(tmp_path / "my.npy").load(0).inputs, X)
    (tmp_path / "my.npy").write_bytes(header("(6L, 3L)") + table.tobytes())
    np.testing.assert_array_equal(file_source(tmp_path / "my.npy").load(0).inputs, X)


@pytest.mark.parametrize("packing", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_what_numpy_does_not_pack_is_refused(tmp_path: Path, packing: int) -> None:
    with zipfile.ZipFile(tmp_path / "my.npz", "w", packing) as archive:
        archive.writestr("X.npy", header("(6, 2)") + bytes(96))
    with pytest.raises(SettingError, match="array X is packed in a way that NumPy does not use"):
        file_source(tmp_path / "my.npz").load(0)


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    path = Path(saved(tmp_path, X=X, y=Y).path)
    whole = path.read_bytes()
    for size in (3, 30, 200, len(whole) // 2, len(whole) - 5):
        path.write_bytes(whole[:size])
        with pytest.raises(SettingError, match=r"damaged|neither"):
            ArrayFile(path=str(path)).load(0)
    path.write_bytes(whole.replace(b"X.npy", b"X.txt").replace(b"y.npy", b"y.txt"))
    with pytest.raises(SettingError, match="without arrays"):
        ArrayFile(path=str(path)).load(0)


def test_an_archive_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bpviz.datasets.arrays.numpy_files.LARGEST_UNPACKED", 1_000_000)
    path = tmp_path / "my.npz"
    np.savez_compressed(path, X=np.zeros((2000, 600), np.uint8), y=np.arange(2000) % 2)
    assert path.stat().st_size < 20_000
    with pytest.raises(SettingError, match="unpacks to 1 MB"):
        ArrayFile(path=str(path)).load(0)


def test_it_is_known_by_name_or_by_content(tmp_path: Path) -> None:
    assert is_data_file("a.npz")
    assert is_data_file(Path("B.NPY"))
    np.save(tmp_path / "plain", X)
    other = (tmp_path / "plain.npy").rename(tmp_path / "plain.bin")
    assert isinstance(file_source(other), ArrayFile)


def test_reading_can_be_stopped(tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        saved(tmp_path, X=X, y=Y).read(lambda _done, _total: False)


def test_the_outline_tells_what_there_is_to_choose_from(tmp_path: Path) -> None:
    source = saved(tmp_path, X=X, y=Y, z=TEXTS, about=np.array("my data"))
    outline = source.outline()
    assert [str(array) for array in outline.arrays] == ["X (6 × 2)", "y (6)", "z (6)"]
    assert outline.used == {"inputs": "X", "targets": "y", "test_inputs": "", "test_targets": ""}
    assert outline.idle == {"grey", "own_test"}
    assert replace(source, targets="z").outline().used["targets"] == "y"
    grey, classes = pictures()
    source = saved(tmp_path, x_train=grey, y_train=classes, x_test=grey, y_test=classes)
    assert source.outline().idle == set()
    assert source.outline().used["test_inputs"] == "x_test"
    source = saved(tmp_path, x_train=grey / 255, y_train=classes)
    assert source.outline().idle == {"grey", "own_test", "test_inputs", "test_targets"}
    np.save(tmp_path / "one.npy", X)
    assert file_source(tmp_path / "one.npy").outline().idle == {*Roles._fields, "grey", "own_test"}
