"""Reading tells how far it is, and ends when it is no longer wanted."""

from pathlib import Path

import pytest

from bpviz.datasets.file_source import remember
from bpviz.datasets.tables.progress import Cancelled, portion
from bpviz.datasets.tables.sources import TableFile
from tests.unit.datasets.tables.tables import workbook, written

LINES = "".join(f"{k * 0.5},{k % 13},{'yes' if k % 2 else 'no'}\n" for k in range(30_000))


@pytest.fixture(params=["text", "workbook"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "text":
        return written(tmp_path, "long.csv", "a,b,kind\n" + LINES)
    rows = [line.split(",") for line in LINES.splitlines()[:3000]]
    return written(tmp_path, "long.xlsx", workbook(s=[["a", "b", "kind"], *rows]))


def test_progress_only_grows_and_reaches_the_end(path: Path) -> None:
    told: list[float] = []

    def goes_on(done: int, total: int) -> bool:
        told.append(done / total)
        return True

    TableFile(path=str(path)).read(goes_on)
    assert told == sorted(told)
    assert told[0] < 0.2
    assert told[-1] > 0.9
    assert max(told) <= 1.0
    assert len(set(told)) > 10


@pytest.mark.parametrize("calls", [1, 3, 8])
def test_a_cancelled_read_ends_at_once(path: Path, calls: int) -> None:
    asked = 0

    def goes_on(_done: int, _total: int) -> bool:
        nonlocal asked
        asked += 1
        return asked < calls

    source = TableFile(path=str(path))
    with pytest.raises(Cancelled):
        source.read(goes_on)
    assert asked == calls
    assert len(source.load(0)) >= 3000


def test_what_was_read_is_at_hand_for_all_who_ask(path: Path) -> None:
    source = TableFile(path=str(path))
    dataset = source.read()

    def never(_done: int, _total: int) -> bool:
        raise AssertionError

    assert source.read(never) is dataset
    assert TableFile(path=str(path)).load(3) is dataset
    other = TableFile(path=str(path), target=("b",))
    assert other.load(0) is not dataset
    remember(other, dataset)
    assert other.load(0) is dataset
    assert not dataset.inputs.flags.writeable


def test_only_the_files_used_last_are_kept(tmp_path: Path) -> None:
    sources = [
        TableFile(path=str(written(tmp_path, f"{k}.csv", f"a,y\n1,{k}\n2,9\n"))) for k in range(6)
    ]
    datasets = [source.load(0) for source in sources]
    assert sources[-1].load(0) is datasets[-1]
    assert sources[0].load(0) is not datasets[0]


def test_a_part_of_the_work() -> None:
    told: list[tuple[int, int]] = []
    part = portion(lambda done, total: bool(told.append((done, total))) or done < 500, 200, 600)
    assert part(0, 10)
    assert part(5, 10)
    assert part(4, 10)
    assert not part(10, 10)
    assert told == [(200, 1000), (400, 1000), (400, 1000), (600, 1000)]
