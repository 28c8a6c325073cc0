"""bpviz: watch a neural network learn by backpropagation, ask why, and take the weights away."""

__version__ = "0.1.0"
