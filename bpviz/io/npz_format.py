"""Trained networks as NumPy's .npz: `about` is a JSON text, every block an array of its own.

See `named_arrays` for their names. Nothing is pickled.
"""

from __future__ import annotations

import io
import json

import numpy as np

from bpviz.datasets.arrays.numpy_files import archived_arrays
from bpviz.engine.settings import SettingError
from bpviz.io.named_arrays import from_arrays, to_arrays
from bpviz.io.records import TrainedNetwork


def to_npz(network: TrainedNetwork) -> bytes:
    """The file's content."""
    table, arrays = to_arrays(network)
    content = io.BytesIO()
    about = np.array(json.dumps(table, ensure_ascii=False))
    np.savez_compressed(content, allow_pickle=False, about=about, **arrays)
    return content.getvalue()


def from_npz(content: bytes) -> TrainedNetwork:
    """The inverse of `to_npz`. Other content raises an error, see `rebuild`."""
    try:
        arrays = archived_arrays(content, "weights")
    except SettingError:
        # What to do about tables of samples, of which it speaks, does not help with weights.
        raise ValueError from None
    return from_arrays(json.loads(str(arrays["about"])), arrays)
