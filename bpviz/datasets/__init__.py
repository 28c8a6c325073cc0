"""Datasets: generators, bundled tables, one's own samples and tables, all known in `DATASETS`."""

# Each of these adds its sources to the registry; a chooser lists them in this order.
from bpviz.datasets import synthetic

# isort: split
from bpviz.datasets import bundled, family_tree, logic, own, pictures
from bpviz.datasets.tables import sources

# isort: split
from bpviz.datasets.arrays import sources as array_sources

__all__ = [
    "array_sources",
    "bundled",
    "family_tree",
    "logic",
    "own",
    "pictures",
    "sources",
    "synthetic",
]
