"""scikit-learn's scores of several labels a sample."""

import numpy as np
import pytest

from bpviz.engine.scores import label_scores

metrics = pytest.importorskip("sklearn.metrics")

pytestmark = pytest.mark.peers


@pytest.mark.parametrize("seed", range(4))
def test_scores_of_labels(seed: int) -> None:
    chance = np.random.default_rng(seed)
    true, taken = (chance.random((2, 30, 5)) < 0.3).astype(int)
    taken[:, 4] = 0
    found = label_scores(true, taken)
    named = {"average": None, "zero_division": np.nan}
    expected = metrics.precision_recall_fscore_support(true, taken, **named)
    np.testing.assert_allclose(found.precision, expected[0])
    np.testing.assert_allclose(found.recall, expected[1])
    np.testing.assert_allclose(found.f1, expected[2])
    np.testing.assert_array_equal(found.support, expected[3])
    assert found.accuracy == metrics.accuracy_score(true, taken)
    scores = (metrics.precision_score, metrics.recall_score, metrics.f1_score)
    for means, average in ((found.macro, "macro"), (found.weighted, "weighted")):
        means_of = [score(true, taken, average=average, zero_division=np.nan) for score in scores]
        assert means == pytest.approx(means_of)
