"""The sums of the passes through the layers, compiled: products of small matrices.

In all of them the weights of a block lie row by row, one row per unit, and the values of a block
of samples unit by unit. `first`, `source` and the like are where something begins.
"""

from __future__ import annotations

from bpviz.engine.compiled.compiling import inlined, summing

# From so many sources on it pays to turn a block of samples around for the gradient.
_WIDE = 8


@inlined
def _four(values, begin, length):
    """Four rows."""
    one, two = begin + length, begin + 2 * length
    three, four = begin + 3 * length, begin + 4 * length
    return values[begin:one], values[one:two], values[two:three], values[three:four]


@inlined
def _four_numbers(values, begin, step):
    """Four numbers, a step apart."""
    two, three = begin + 2 * step, begin + 3 * step
    return values[begin], values[begin + step], values[two], values[three]


@summing
def _add_product(left, begin, down, along, right, source, into, first, rows, terms, columns):
    """C += A · B: `rows` × `terms` times `terms` × `columns`.

    A begins in `left`, where a step leads `down` to the next row and one `along` to the next
    column; B and C lie row by row in `right` and `into`. Four terms are taken together, and four
    rows: so what they have in common is read and written once.
    """
    fours, terms_in_fours = rows - rows % 4, terms - terms % 4
    for j in range(0, fours, 4):
        into_0, into_1, into_2, into_3 = _four(into, first + j * columns, columns)
        row = begin + j * down
        for i in range(0, terms_in_fours, 4):
            a, b, c, d = _four(right, source + i * columns, columns)
            at = row + i * along
            e, f, g, h = _four_numbers(left, at, along)
            k, l, m, n = _four_numbers(left, at + down, along)
            o, p, q, s = _four_numbers(left, at + 2 * down, along)
            t, u, v, w = _four_numbers(left, at + 3 * down, along)
            for x in range(columns):
                into_0[x] += e * a[x] + f * b[x] + g * c[x] + h * d[x]
                into_1[x] += k * a[x] + l * b[x] + m * c[x] + n * d[x]
                into_2[x] += o * a[x] + p * b[x] + q * c[x] + s * d[x]
                into_3[x] += t * a[x] + u * b[x] + v * c[x] + w * d[x]
    for j in range(rows):
        row_into = into[first + j * columns : first + (j + 1) * columns]
        row = begin + j * down
        for i in range(terms_in_fours if j < fours else 0, terms_in_fours, 4):
            a, b, c, d = _four(right, source + i * columns, columns)
            e, f, g, h = _four_numbers(left, row + i * along, along)
            for x in range(columns):
                row_into[x] += e * a[x] + f * b[x] + g * c[x] + h * d[x]
        for i in range(terms_in_fours, terms):
            factor = left[row + i * along]
            values = right[source + i * columns : source + (i + 1) * columns]
            for x in range(columns):
                row_into[x] += factor * values[x]


@summing
def add_forwards(theta, weights, outs, source, fan_in, nets, first, units, rows):
    """net += W · out, for one block of weights."""
    if rows > 1:
        _add_product(theta, weights, fan_in, 1, outs, source, nets, first, units, fan_in, rows)
        return
    values = outs[source : source + fan_in]
    for j in range(units):
        row = theta[weights + j * fan_in : weights + (j + 1) * fan_in]
        total = row[0] * values[0]
        for i in range(1, fan_in):
            total += row[i] * values[i]
        nets[first + j] += total


@summing
def add_backwards(theta, weights, deltas, first, units, source, fan_in, rows):
    """delta of the source += Wᵀ · delta."""
    if rows > 1:
        _add_product(theta, weights, 1, fan_in, deltas, first, deltas, source, fan_in, units, rows)
        return
    into = deltas[source : source + fan_in]
    for j in range(units):
        row = theta[weights + j * fan_in : weights + (j + 1) * fan_in]
        delta = deltas[first + j]
        for i in range(fan_in):
            into[i] += row[i] * delta


@summing
def add_gradient(deltas, first, units, outs, source, fan_in, rows, turned, gradient, weights):
    """gradient += delta · outᵀ, for one block of weights; `turned` is room."""
    if rows > 1 and fan_in >= _WIDE:
        for i in range(fan_in):
            for r in range(rows):
                turned[r * fan_in + i] = outs[source + i * rows + r]
        _add_product(deltas, first, rows, 1, turned, 0, gradient, weights, units, rows, fan_in)
        return
    for j in range(units):
        into = gradient[weights + j * fan_in : weights + (j + 1) * fan_in]
        if rows == 1:
            values = outs[source : source + fan_in]
            delta = deltas[first + j]
            for i in range(fan_in):
                into[i] += delta * values[i]
            continue
        errors = deltas[first + j * rows : first + (j + 1) * rows]
        for i in range(fan_in):
            values = outs[source + i * rows : source + (i + 1) * rows]
            total = errors[0] * values[0]
            for r in range(1, rows):
                total += errors[r] * values[r]
            into[i] += total


@summing
def add_bias_gradient(deltas, first, units, rows, gradient, bias, step):
    """gradient of the biases += delta, summed over the samples."""
    for j in range(units):
        errors = deltas[first + j * rows : first + (j + 1) * rows]
        total = errors[0]
        for r in range(1, rows):
            total += errors[r]
        gradient[bias + j * step] += total
