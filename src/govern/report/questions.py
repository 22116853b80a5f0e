"""What each measure asks, as its specification words it."""

from __future__ import annotations

from govern.contest import specs, use, watch
from govern.domain import Finding
from govern.metrics import METRICS
from govern.report.subjects import metric_words
from govern.report.wording import capital

_SPECS = {
    spec.id: spec
    for spec in (
        *(metric.spec for metric in METRICS.values()),
        *specs.SPECS.values(),
        *use.EDITS,
        *use.MONITORED,
        *watch.SPECS.values(),
    )
}


def question_of(finding: Finding) -> str:
    """What was asked; nothing where this release has no such measure, or another version of it."""
    spec = _SPECS.get(finding.metric)
    return spec.question if spec and spec.version == finding.version else ""


def measure_of(finding: Finding) -> str:
    """The measure's name: ``Halo``."""
    return capital(metric_words(finding.metric))
