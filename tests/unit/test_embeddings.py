"""Static embeddings from the extra: the very weights, and what they can tell."""

from __future__ import annotations

import numpy as np
import pytest

from govern.domain import Undefined
from govern.errors import IntegrityError
from govern.metrics import METRICS
from govern.stats.intervals import bounds
from govern.testing import near_copies, paired_frame
from govern.text import embeddings

METRIC = METRICS["homogeneity.embedding_similarity"]


def measure(frame):
    [found] = METRIC.measure(frame)
    return found


def test_without_the_extra_there_is_no_number(monkeypatch):
    monkeypatch.setattr(embeddings, "PACKAGE", "no_such_package")
    wanted = Undefined(
        reason="what compares meanings, the extra “embeddings”, is not installed",
        code="not_supplied",
    )

    assert wanted == measure(paired_frame()).estimate


class TestInstalled:
    @pytest.fixture(autouse=True)
    def _extra(self):
        pytest.importorskip("static_model")

    def test_other_weights_are_refused(self, monkeypatch):
        monkeypatch.setattr(embeddings, "DIGEST", "0" * 64)
        embeddings.check_model.cache_clear()
        with pytest.raises(IntegrityError, match="expected the weights of tokenlearn"):
            embeddings.embed(["a"])

    def test_like_meanings_are_nearer_than_unlike_ones(self):
        vectors = embeddings.embed(
            ["she led the audit team well", "he managed the review group ably", "bananas are fruit"]
        ).toarray()

        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1)
        assert vectors[0] @ vectors[1] > 0.3 + vectors[0] @ vectors[2]

    def test_the_finding_names_the_weights(self):
        found = measure(paired_frame(cases=12, groups={}))

        assert embeddings.DIGEST in found.method
        assert "evidence" == found.baseline

    def test_one_text_for_everybody_is_one_less_the_likeness_of_the_evidence(self):
        """Evidence of one text too: 1 - 1."""
        evidence = '[{"id": "E1", "text": "calm work"}]'
        found = measure(paired_frame(cases=12, groups={}, text="calm work", evidence=evidence))

        assert found.estimate == pytest.approx(0)

    def test_evidence_told_again_has_no_excess(self):
        found = measure(paired_frame())

        assert found.estimate == pytest.approx(0, abs=1e-9)

    def test_near_copies_are_found(self):
        found = measure(near_copies(paired_frame(), 0.9))

        assert bounds(found.estimate, found.interval, 0.05)[0] > 0.01

    def test_eleven_cases_are_too_few(self):
        wanted = Undefined(
            reason="11 cases with a draft, 12 needed for an estimate", code="too_few"
        )

        assert wanted == measure(paired_frame(cases=11)).estimate
