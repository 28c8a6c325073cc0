"""Chance while training: dropout and noisy inputs, as functions of seed, epoch and batch."""

from __future__ import annotations

from bpviz.engine.activations import Array
from bpviz.engine.randomness import rng
from bpviz.engine.spec import NetworkSpec

# For each layer what its outputs are multiplied with, shape (samples, units), or None.
Masks = list[Array | None]


def dropout_masks(spec: NetworkSpec, seed: int, epoch: int, batch: int, rows: int) -> Masks:
    """Inverted dropout: 0 with probability p, else 1 / (1 - p), so that the mean stays.

    Lists follow `spec.layers`; layers without dropout have None, and what one leaves out does not
    depend on the others. (Srivastava et al. 2014; scaled while training, so that nothing changes
    afterwards.)
    """
    masks: Masks = []
    for layer in spec.layers:
        if not layer.dropout:
            masks.append(None)
            continue
        random = rng(seed, f"dropout {layer.id}", epoch, batch)
        kept = random.random((rows, layer.units)) >= layer.dropout
        masks.append((kept / (1.0 - layer.dropout)).astype(spec.dtype))
    return masks


def add_input_noise(inputs: Array, deviation: float, seed: int, epoch: int, batch: int) -> None:
    """Add Normal(0, deviation) to inputs as the network sees them, in place (Bishop 1995)."""
    random = rng(seed, "input noise", epoch, batch)
    inputs += (deviation * random.standard_normal(inputs.shape)).astype(inputs.dtype)
