"""What a metric states about itself: what the judge and the report know of METRICS."""

from __future__ import annotations

from typing import Literal

from govern.domain.base import Noun
from govern.domain.finding import Sense

Shape = Literal["contrast", "ratio", "level", "event", "table"]


class Spec(Noun):
    """Identity, question, unit and direction of a metric.

    ``shape`` says which thresholds suit it: a margin around zero for a contrast, bounds
    for the rest; one hit of an event is enough to fail. A ``table`` is a set of numbers for
    people to read: no threshold suits it, and it may lack an interval. ``neutral`` is what equal
    treatment reads, where the metric compares groups.
    """

    id: str
    version: str
    question: str
    unit: str
    sense: Sense
    shape: Shape
    method: str
    neutral: float = 0.0
