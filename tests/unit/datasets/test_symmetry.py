"""Which patterns of bits are their own mirror images, counted independently."""

from __future__ import annotations

import pytest

from bpviz.datasets.synthetic import Symmetry


@pytest.mark.parametrize("bits", [2, 5, 6, 9])
def test_a_pattern_is_mirrored_when_it_reads_the_same_backwards(bits: int) -> None:
    data = Symmetry(bits=bits).load(1)
    assert data.inputs.shape == (2**bits, bits)
    written = ["".join(str(int(bit)) for bit in row) for row in data.inputs]
    assert written == [f"{number:0{bits}b}" for number in range(2**bits)]
    assert data.targets.tolist() == [int(text == text[::-1]) for text in written]
    # The first half of the bits decides the rest.
    assert data.targets.sum() == 2 ** ((bits + 1) // 2)


def test_its_classes_and_inputs_have_names() -> None:
    data = Symmetry().load(1)
    assert data.class_names == ("uneven", "mirrored")
    assert data.input_names == ("bit 1", "bit 2", "bit 3", "bit 4", "bit 5", "bit 6")
