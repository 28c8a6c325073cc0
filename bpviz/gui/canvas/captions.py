"""The words in the lower left corner of the canvas: where a step stands, what colours mean."""

from __future__ import annotations

from bpviz.gui.canvas.hover_card import gradient_words
from bpviz.gui.canvas.picture import NetworkPicture
from bpviz.gui.output.sample_picker import sample_text
from bpviz.gui.session import Session
from bpviz.lab.snapshot import Snapshot

_PHASES = {
    "forward": "forward: values run right",
    "backward": "backward: deltas run left",
    "update": "update: weights change",
}


def moment_words(session: Session) -> str:
    """Where a step by sample or batch, or slow motion, stands."""
    snapshot, motion = session.snapshot, session.motion
    if motion is not None:
        return _PHASES[motion.phase]
    if snapshot is None or snapshot.running:
        return ""
    if snapshot.cursor is None:
        return _batch_words(snapshot)
    sample = sample_text(snapshot.data, int(snapshot.data.train_rows[snapshot.cursor]))
    return f"{sample}, in batch {snapshot.batch + 1:,} of epoch {snapshot.epoch + 1:,}"


def _batch_words(snapshot: Snapshot) -> str:
    """Which batch was the last, within an epoch."""
    if not snapshot.batch:
        return ""
    batches = snapshot.experiment.training.batches_per_epoch(len(snapshot.data.train_rows))
    return f"after batch {snapshot.batch:,} of {batches:,} of epoch {snapshot.epoch + 1:,}"


def look_words(session: Session, picture: NetworkPicture | None) -> str:
    """What is to be said of the quantity that colours the edges, or of the numbers."""
    snapshot, quantity = session.snapshot, session.look.quantity
    if snapshot is None:
        return ""
    optimizer = snapshot.experiment.training.optimizer
    if quantity == "velocity" and not optimizer.velocity:
        return f"{optimizer.label} keeps no velocity"
    if quantity == "gradient":
        return f"∂E/∂w of {gradient_words(snapshot)}"
    if quantity == "update" and snapshot.has("update") and not snapshot.reduction("update").largest:
        return "no update yet: train, or step once"
    numbers = picture.numbers if picture is not None else None
    if numbers is not None and not numbers.fits:
        return "too many weights to print; point at one to read it"
    if numbers is not None:
        words = [] if numbers.in_words else ["in each unit: net input above, output below"]
        if numbers.crowded:
            words.append("point at a unit or an edge to read its weights")
        return " · ".join(words)
    return ""
