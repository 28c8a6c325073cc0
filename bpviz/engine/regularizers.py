"""Penalties on the size of the weights; biases are left alone."""

from __future__ import annotations

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.parameters import Layout


def penalty(weights: Array, l1: float, l2: float, scratch: Array) -> float:
    """λ₁ Σ|w| + ½ λ₂ Σ w² of one run of weights; `scratch` has its shape."""
    total = 0.0
    if l1:
        np.abs(weights, out=scratch)
        total += l1 * float(scratch.sum())
    if l2:
        np.multiply(weights, weights, out=scratch)
        total += 0.5 * l2 * float(scratch.sum())
    return total


def add_penalty_gradient(
    weights: Array, l1: float, l2: float, gradient: Array, scratch: Array
) -> None:
    """Add λ₁ sign(w) + λ₂ w to `gradient`."""
    if l1:
        np.sign(weights, out=scratch)
        np.multiply(scratch, l1, out=scratch)
        np.add(gradient, scratch, out=gradient)
    if l2:
        np.multiply(weights, l2, out=scratch)
        np.add(gradient, scratch, out=gradient)


def penalty_gradient(layout: Layout, theta: Array, l1: float, l2: float) -> Array:
    """λ₁ sign(w) + λ₂ w over θ, zero for biases and missing connections, as a new vector."""
    gradient = np.zeros_like(theta)
    add_penalties(layout, theta, l1, l2, gradient)
    if layout.spec.missing:
        gradient[~layout.present()] = 0.0
    return gradient


def add_penalties(layout: Layout, theta: Array, l1: float, l2: float, gradient: Array) -> None:
    """Add λ₁ sign(w) + λ₂ w of all weights to a gradient over θ."""
    if not (l1 or l2):
        return
    scratch = np.empty(max((b.size for b in layout.weight_blocks), default=0), theta.dtype)
    for block in layout.weight_blocks:
        run = slice(block.start, block.stop)
        add_penalty_gradient(theta[run], l1, l2, gradient[run], scratch[: block.size])
