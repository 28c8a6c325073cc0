"""Any graph, any training that the compiled epoch covers: it follows NumPy's."""

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

pytest.importorskip("numba")

from bpviz.engine.compiled.program import LOSSES_COVERED, OPTIMIZERS_COVERED
from bpviz.engine.divergence import NonFiniteError
from bpviz.engine.losses import LOSSES
from bpviz.engine.optimizers import OPTIMIZERS
from bpviz.engine.settings import fields_of
from tests.properties import strategies
from tests.properties.strategies import samples_for
from tests.unit.engine.compiled.following import follow

PLAIN = {"rate_schedule": (), "momentum_schedule": (), "max_norm": 0.0, "clip_norm": 0.0}
PLAIN |= {"input_noise": 0.0, "stop": ()}


@settings(max_examples=120)
@given(st.data(), st.integers(0, 1000))
def test_the_compiled_epoch_follows_numpy(drawn: st.DataObject, seed: int) -> None:
    loss = drawn.draw(strategies.entries(LOSSES, drawn.draw(st.sampled_from(list(LOSSES_COVERED)))))
    dtype = drawn.draw(st.sampled_from(["float64", "float64", "float32"]))
    spec = drawn.draw(strategies.networks(loss, dropout=False, dtype=dtype))
    kind = drawn.draw(st.sampled_from(list(OPTIMIZERS_COVERED)))
    optimizer = drawn.draw(strategies.entries(OPTIMIZERS, kind))
    # A gradient that is nothing but rounding errors must not make a step of full length, and
    # 1 - β must have digits in float32, too.
    limits = {"eta": (0.1, 1.0), "beta1": (0.0, 0.99), "beta2": (0.0, 0.999), "rho": (0.0, 0.99)}
    for name in limits.keys() & fields_of(type(optimizer)).keys():
        low, high = limits[name]
        value = min(max(getattr(optimizer, name), low), high)
        optimizer = replace(optimizer, **{name: value})
    training = drawn.draw(
        strategies.trainings(loss, spec, optimizer=optimizer, learning_rate=0.01, **PLAIN)
    )
    data = samples_for(
        spec, loss, seed, count=drawn.draw(st.integers(1, 25)), weighted=drawn.draw(st.booleans())
    )
    try:
        follow(spec, training, data, seed=seed)
    except NonFiniteError:
        assume(False)
