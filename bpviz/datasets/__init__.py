"""Datasets: generators, bundled tables and one's own samples, all known by name in `DATASETS`."""

# Each of these adds its sources to the registry; a chooser lists them in this order.
from bpviz.datasets import synthetic

# isort: split
from bpviz.datasets import bundled, logic, own

__all__ = ["bundled", "logic", "own", "synthetic"]
