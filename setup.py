"""What pyproject.toml cannot say: all of bpviz's packages, and resources/ as one of them."""

from setuptools import find_packages, setup

setup(packages=[*find_packages(include=["bpviz", "bpviz.*"]), "bpviz.resources"])
