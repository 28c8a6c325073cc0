"""Training samples per second of the engine, beside its peers and the machine's products."""

from __future__ import annotations

from collections.abc import Iterator

from bpviz.lab.bench.cases import CASES, Case, trains
from bpviz.lab.bench.measuring import Measurement, Rates, in_turns, median, ratio
from bpviz.lab.bench.peers import PEERS, installed
from bpviz.lab.bench.products import epochs_of_products, operations, square_speed
from bpviz.lab.bench.program import SECONDS, as_program
from bpviz.lab.bench.threads import all_processors, faster, limited, with_threads, words

_SHARE_OF_PRODUCTS = 85.0
# From here on the products are what takes the time.
_LARGE = 1_000_000
# Works beside training: what its matrix products take alone, and both with a single thread.
_PRODUCTS, _ONE, _ONE_PRODUCTS = "products", "bpviz, 1 thread", "products, 1 thread"


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
    # Like its peers with as many threads as it is fastest with, for large networks all.
    own = {threads: with_threads(trains(trainer), threads) for threads in {1, all_processors()}}
    threads = all_processors() if is_large else 1
    if trainer.kernel.name == "numpy" and not is_large:
        threads = faster(own)
    works, notes = {"bpviz": own[threads]}, {}
    for name, entry in PEERS.items():
        if installed(name):
            peer = entry.make(case, data)
            works[name], notes[name] = peer.work, peer.note
    if is_large:
        multiply = epochs_of_products(case)
        works[_PRODUCTS] = with_threads(multiply, threads)
        works[_ONE], works[_ONE_PRODUCTS] = own[1], with_threads(multiply, 1)
    # Large networks need longer for a round that tells.
    rates = in_turns(works, (1.5 if is_large else 0.6) * seconds)
    speed = samples * median(rates["bpviz"])
    note = f"{trainer.kernel.name} kernel, {words(threads)}"
    yield Measurement(case.name, speed, "training samples/s", note=note)
    for name in PEERS:
        yield _beside(name, case, rates, samples, notes.get(name, ""))
    if is_large:
        yield from _beside_products(case, rates, threads, seconds)


def _beside(name: str, case: Case, rates: dict[str, Rates], samples: int, note: str) -> Measurement:
    row = f"{case.name}: × {name}"
    aim = case.aims.get(name)
    if name not in rates:
        return Measurement(row, None, "×", at_least=aim, note="not installed")
    theirs = f"{samples * median(rates[name]):,.0f} training samples/s"
    note = f"{theirs}, {note}" if note else theirs
    return Measurement(row, ratio(rates, "bpviz", name), "×", at_least=aim, note=note)


def _beside_products(
    case: Case, rates: dict[str, Rates], threads: int, seconds: float
) -> Iterator[Measurement]:
    """Beside its matrix products alone, with the same number of threads."""
    batches = case.samples / case.batch
    for used, one, other in (
        (words(threads), "bpviz", _PRODUCTS),
        ("1 thread", _ONE, _ONE_PRODUCTS),
    ):
        speed = 1e-9 * operations(case) * batches * median(rates[other])
        yield Measurement(
            f"{case.name}: share of its matrix products' speed, {used}",
            100 * ratio(rates, one, other),
            "%",
            at_least=_SHARE_OF_PRODUCTS,
            note=f"these products alone {speed:.0f} GFLOP/s",
        )
    with limited(threads):
        square = square_speed(case.dtype, 0.2 * seconds)
    name = f"square {case.dtype} matrix product"
    yield Measurement(name, square, "GFLOP/s", note=words(threads))


if __name__ == "__main__":
    as_program(measure_engine)
