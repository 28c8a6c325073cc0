"""Findings: what each classic experiment is famous for. To add one, add a module here."""

from bpviz.lab.findings.base import FINDINGS, Finding, Found, Grid, Lines

__all__ = ["FINDINGS", "Finding", "Found", "Grid", "Lines"]
