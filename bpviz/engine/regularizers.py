"""Penalties on the size of the weights; biases are left alone."""

from __future__ import annotations

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.blocks import BLOCK, blocks
from bpviz.engine.parameters import Layout


def penalty(weights: Array, l1: float, l2: float, scratch: Array) -> float:
    """λ₁ Σ|w| + ½ λ₂ Σ w² of one run of weights; `scratch` holds them, or at least a block."""
    total = 0.0
    for part in blocks(0, weights.size):
        some, room = weights[part], scratch[: part.stop - part.start]
        if l1:
            np.abs(some, out=room)
            total += l1 * float(room.sum())
        if l2:
            np.multiply(some, some, out=room)
            total += 0.5 * l2 * float(room.sum())
    return total


def add_penalty_gradient(
    weights: Array, l1: float, l2: float, gradient: Array, scratch: Array
) -> None:
    """Add λ₁ sign(w) + λ₂ w to `gradient`; `scratch` is as for `penalty`."""
    for part in blocks(0, weights.size):
        some, target, room = weights[part], gradient[part], scratch[: part.stop - part.start]
        if l1:
            np.sign(some, out=room)
            np.multiply(room, l1, out=room)
            np.add(target, room, out=target)
        if l2:
            np.multiply(some, l2, out=room)
            np.add(target, room, out=target)


def penalty_room(layout: Layout, theta: Array) -> Array:
    """Scratch that suits any run of weights of a network."""
    most = max((block.size for block in layout.weight_blocks), default=0)
    return np.empty(min(most, BLOCK), theta.dtype)


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
    scratch = penalty_room(layout, theta)
    for block in layout.weight_blocks:
        run = slice(block.start, block.stop)
        add_penalty_gradient(theta[run], l1, l2, gradient[run], scratch)
