"""How much a Feather file holds, from the headers of its batches: nothing is unpacked.

Arrow unpacks a whole batch when it tells the number of its rows. The headers are FlatBuffers, as
Message.fbs and Schema.fbs of the Arrow columnar format lay them out.
"""

from __future__ import annotations

import struct
from typing import Any, BinaryIO

# A file begins with so many bytes, and goes on as a stream of messages.
_MAGIC = 8
# Kinds of headers, and the fields of theirs that are read.
_DICTIONARY, _BATCH = 2, 3


def unpacked_size(file: BinaryIO) -> tuple[int, int]:
    """Rows in all batches, and the bytes of the largest message once it is unpacked.

    Raises an error of Arrow's, or struct.error, when the file is damaged.
    """
    from pyarrow import ipc

    rows = largest = 0
    file.seek(_MAGIC)
    for message in ipc.MessageReader.open_stream(file):
        head = bytes(message.metadata)
        root = _number(head, "<I", 0)
        kind_at, batch_at = _field(head, root, 1), _field(head, root, 2)
        kind = _number(head, "<B", kind_at) if kind_at else 0
        if kind not in (_DICTIONARY, _BATCH) or not batch_at:
            continue
        batch = _pointed(head, batch_at)
        if kind == _DICTIONARY:
            batch = _pointed(head, _field(head, batch, 1))
        else:
            rows += _number(head, "<q", _field(head, batch, 0))
        largest = max(largest, _bytes(head, batch, message.body))
    file.seek(0)
    return rows, largest


def _bytes(head: bytes, batch: int, body: Any) -> int:
    """The bytes of a batch's buffers; each packed one begins with how many it has unpacked."""
    buffers, packed = _field(head, batch, 2), _field(head, batch, 3)
    if not buffers:
        return 0
    vector = _pointed(head, buffers)
    total = 0
    for k in range(_number(head, "<I", vector)):
        offset, length = struct.unpack_from("<qq", head, vector + 4 + 16 * k)
        if packed and length:
            total += max(length, _number(body, "<q", offset))
        else:
            total += length
    return total


def _field(head: bytes, table: int, number: int) -> int:
    """Where a field of a table stands; 0 when it is left out."""
    names = table - _number(head, "<i", table)
    place = 4 + 2 * number
    if place >= _number(head, "<H", names):
        return 0
    offset = _number(head, "<H", names + place)
    return table + offset if offset else 0


def _pointed(head: bytes, place: int) -> int:
    return place + _number(head, "<I", place)


def _number(data: Any, form: str, place: int) -> int:
    (value,) = struct.unpack_from(form, data, place)
    return int(value)
