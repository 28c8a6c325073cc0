"""How long a large table takes; printed, since it depends on the machine."""

import time
from pathlib import Path

import numpy as np
import pytest

from bpviz.datasets.tables.sources import TableFile


@pytest.mark.slow
def test_20_megabytes(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(size=(2000, 12))
    lines = [
        ",".join(f"{x:.5f}" for x in row) + f",{'abcdefgh'[k % 8]},{'yes' if k % 3 else 'no'}\n"
        for k, row in enumerate(values)
    ]
    names = ",".join(f"x{k}" for k in range(12)) + ",letter,answer\n"
    path = tmp_path / "large.csv"
    copies = 20_000_000 // sum(map(len, lines))
    path.write_text(names + "".join(lines) * copies)
    begun = time.perf_counter()
    data = TableFile(path=str(path)).load(0)
    seconds = time.perf_counter() - begun
    print(f"{path.stat().st_size / 1e6:.0f} MB, {len(data):,} rows: {seconds:.1f} s")
    assert data.inputs.shape == (2000 * copies, 12 + 8)
