"""Training samples per second of the engine, beside its peers and the machine's products."""

from __future__ import annotations

from collections.abc import Iterator

from bpviz.lab.bench.cases import CASES, Case, trains
from bpviz.lab.bench.measuring import Measurement, Rates, in_turns, median, ratio
from bpviz.lab.bench.peers import PEERS, installed
from bpviz.lab.bench.products import epochs_of_products, operations, square_speed
from bpviz.lab.bench.program import SECONDS, as_program
from bpviz.lab.bench.threads import all_processors, with_threads, words

_SHARE_OF_PRODUCTS = 85.0
# From here on the products are what takes the time.
_LARGE = 1_000_000
# Works beside training as it is: with as many threads as there are processors, and the products.
_ALL_BPVIZ, _PRODUCTS, _ALL_PRODUCTS = "bpviz, all threads", "products", "products, all threads"


def measure_engine(
    seconds: float = SECONDS, cases: tuple[Case, ...] = CASES
) -> Iterator[Measurement]:
    """Every network beside the peers that are installed, in turns."""
    for case in cases:
        yield from _measured(case, seconds)


def _measured(case: Case, seconds: float) -> Iterator[Measurement]:
    data = case.data()
    trainer = case.trainer(data)
    samples = len(data.train)
    is_large = trainer.layout.size >= _LARGE
    works, notes = {"bpviz": trains(trainer)}, {}
    for name, entry in PEERS.items():
        if installed(name):
            peer = entry.make(case, data)
            works[name], notes[name] = peer.work, peer.note
    if is_large:
        multiply, threads = epochs_of_products(case), all_processors()
        works[_PRODUCTS] = multiply
        works[_ALL_PRODUCTS] = with_threads(multiply, threads)
        works[_ALL_BPVIZ] = with_threads(works["bpviz"], threads)
    # Large networks need longer for a round that tells.
    rates = in_turns(works, (1.5 if is_large else 0.6) * seconds)
    speed = samples * median(rates["bpviz"])
    yield Measurement(case.name, speed, "training samples/s", note=f"{trainer.kernel.name} kernel")
    for name in PEERS:
        yield _beside(name, case, rates, samples, notes.get(name, ""))
    if is_large:
        yield from _beside_products(case, rates, seconds)


def _beside(name: str, case: Case, rates: dict[str, Rates], samples: int, note: str) -> Measurement:
    row = f"{case.name}: × {name}"
    aim = case.aims.get(name)
    if name not in rates:
        return Measurement(row, None, "×", at_least=aim, note="not installed")
    theirs = f"{samples * median(rates[name]):,.0f} training samples/s"
    note = f"{theirs}, {note}" if note else theirs
    return Measurement(row, ratio(rates, "bpviz", name), "×", at_least=aim, note=note)


def _beside_products(case: Case, rates: dict[str, Rates], seconds: float) -> Iterator[Measurement]:
    """Beside the products with as many threads as training has, and with all processors."""
    threads = words(all_processors())
    batches = case.samples / case.batch
    square = square_speed(case.dtype, 0.2 * seconds)
    for row, one, other, aim in (
        ("share of its matrix products' speed", "bpviz", _PRODUCTS, _SHARE_OF_PRODUCTS),
        (f"the same, {threads} for both", _ALL_BPVIZ, _ALL_PRODUCTS, _SHARE_OF_PRODUCTS),
        (f"the same, {threads} for the products", "bpviz", _ALL_PRODUCTS, None),
    ):
        speed = 1e-9 * operations(case) * batches * median(rates[other])
        yield Measurement(
            f"{case.name}: {row}",
            100 * ratio(rates, one, other),
            "%",
            at_least=aim,
            note=f"these products alone {speed:.0f} GFLOP/s",
        )
    note = "with as many threads as training has"
    yield Measurement(f"square {case.dtype} matrix product", square, "GFLOP/s", note=note)


if __name__ == "__main__":
    as_program(measure_engine)
