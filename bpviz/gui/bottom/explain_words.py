"""The words around a derivation or a step of the six stages: what it is of, where it belongs."""

from __future__ import annotations

from bpviz.explain.factors import Derivation
from bpviz.explain.stages import STAGES
from bpviz.gui.canvas.names import Naming, pretty, unit_names
from bpviz.gui.explain.stepping import Stepper
from bpviz.gui.output.sample_picker import sample_text
from bpviz.gui.session import Session
from bpviz.gui.widgets.numbers import format_number
from bpviz.lab.snapshot import Snapshot

_MOST_OUTPUTS = 12


def where(stepper: Stepper, sample: int) -> str:
    """Which round (when looking back), unit or layer, phase, training step and sample."""
    stage, scene, snapshot = stepper.stage, stepper.scene, stepper.rounds[stepper.at]
    parts = []
    if stepper.looking_back:
        batch = f", batch {snapshot.batch + 1:,}" if snapshot.batch else ""
        parts.append(f"Looking back: epoch {snapshot.epoch:,}{batch}, before its update")
    if scene is not None:
        parts.append(scene.title.partition(": ")[2])
    parts += [stage.phase, stage.training_step]
    if sample < len(snapshot.data.dataset):
        parts.append(sample_text(snapshot.data, sample))
    return "  ·  ".join(part for part in parts if part)


def heading(snapshot: Snapshot, derivation: Derivation) -> str:
    """The parameter, where it sits in the canvas's own words, and of which samples."""
    place = Naming(snapshot.layout, snapshot.data).ends(derivation.parameter)
    return f"{pretty(derivation.label)}  {place}  ·  {derivation.of}"


def about_typed(session: Session, stepper: Stepper) -> str:
    """The prediction for typed inputs, or that there is nothing to learn from them."""
    evaluation, typed = session.evaluation, session.request.typed
    if evaluation is None or typed is None or evaluation.request.typed != typed:
        return ""
    snapshot, outs = evaluation.snapshot, evaluation.probe.outs[-1]
    if stepper.stage.number < len(STAGES):
        sample = sample_text(snapshot.data, session.request.sample)
        return f"Typed inputs have no target; the numbers below are of {sample}."
    names = unit_names(snapshot.spec, snapshot.data)[-1]
    pairs = zip(names, outs, strict=True)
    told = [f"{name} = {format_number(float(out), 6)}" for name, out in pairs]
    more = ", …" if len(told) > _MOST_OUTPUTS else ""
    return f"Prediction for the typed inputs: {', '.join(told[:_MOST_OUTPUTS])}{more}."
