"""Trained networks as .safetensors, which PyTorch and others read: one tensor per block.

See `named_arrays` for their names; the file's metadata have the description as a JSON text,
`about`. The library is loaded when it is needed.
"""

from __future__ import annotations

import json
import struct

from bpviz.io.named_arrays import from_arrays, to_arrays
from bpviz.io.records import TrainedNetwork

# The header, a JSON text, is preceded by its length as eight bytes.
_LENGTH = struct.Struct("<Q")


def to_safetensors(network: TrainedNetwork) -> bytes:
    """The file's content."""
    from safetensors.numpy import save

    table, arrays = to_arrays(network, labels=False)
    about = json.dumps(table, ensure_ascii=False)
    content: bytes = save(arrays, {"format": "np", "about": about})
    return content


def from_safetensors(content: bytes) -> TrainedNetwork:
    """The inverse of `to_safetensors`. Other content raises an error, see `rebuild`."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        arrays = load(content)
    except SafetensorError as error:
        raise ValueError(str(error)) from None
    (length,) = _LENGTH.unpack_from(content)
    header = json.loads(content[_LENGTH.size : _LENGTH.size + length])
    return from_arrays(json.loads(header["__metadata__"]["about"]), arrays)
