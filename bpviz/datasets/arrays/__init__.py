"""Samples that come as arrays of numbers: NumPy's files, and the IDX files of MNIST."""
