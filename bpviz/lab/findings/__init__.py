"""Findings: what each classic experiment is famous for. To add one, add a module here."""

from bpviz.lab.findings.base import FINDINGS, Finding, Found, Grid, Lines

# isort: split
# Each of these adds its finding to the registry.
from bpviz.lab.findings import encoder, family_tree, parity, symmetry, xor_skip
from bpviz.lab.findings.looking import finding_of, found_in

__all__ = [
    "FINDINGS",
    "Finding",
    "Found",
    "Grid",
    "Lines",
    "encoder",
    "family_tree",
    "finding_of",
    "found_in",
    "parity",
    "symmetry",
    "xor_skip",
]
