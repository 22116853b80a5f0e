"""What can be drawn beside a table, in numbers; ``charts`` makes pictures of it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from govern.domain.base import Noun
from govern.report.shown import Text, Verdict

Point = Annotated[float, Field(ge=-1e9, le=1e9)]
"""What stands on an axis, far from where its arithmetic ends."""


class Bar(Noun):
    """A step of a funnel: how many are left."""

    label: Text
    count: int = Field(ge=0)
    within: bool = False


class Funnel(Noun):
    """How many were planned, drafted and scored; what is ``within`` the step before is inset."""

    kind: Literal["funnel"] = "funnel"
    bars: tuple[Bar, ...] = Field(min_length=1)


class Matrix(Noun):
    """Shares of each row by column; the diagonal is where both say the same."""

    kind: Literal["matrix"] = "matrix"
    row_axis: Text
    column_axis: Text
    labels: tuple[Text, ...]
    counts: tuple[tuple[Annotated[int, Field(ge=0)], ...], ...]

    @model_validator(mode="after")
    def _square(self) -> Matrix:
        sizes = {len(self.counts), *map(len, self.counts)}
        if sizes != {len(self.labels)} or not any(map(any, self.counts)):
            raise ValueError("expected as many rows and columns as labels, and something counted")
        return self


class Strip(Noun):
    """A distribution by its 5, 25, 50, 75 and 95 % points."""

    label: Text
    points: tuple[Point, Point, Point, Point, Point]
    reference: bool = False


class Strips(Noun):
    """Distributions on one axis, the reference behind the others."""

    kind: Literal["strips"] = "strips"
    axis: Text
    strips: tuple[Strip, ...] = Field(min_length=1)


class Response(Noun):
    """How a share answers to one dose, with its interval."""

    dose: float
    share: float
    low: float
    high: float


class Curve(Noun):
    """One kind of dose, in the reader's unit."""

    label: Text
    unit: Text
    responses: tuple[Response, ...] = Field(min_length=1)


class Curves(Noun):
    """Shares that answer to doses, each kind in a panel of its own."""

    kind: Literal["curves"] = "curves"
    axis: Text
    curves: tuple[Curve, ...] = Field(min_length=1)


class TrendPoint(Noun):
    """A version's number with its interval and what the policy then allowed; ends may be open."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    allowed_low: float | None = None
    allowed_high: float | None = None
    verdict: Verdict


class Trend(Noun):
    """One number from version to version, in the reader's unit."""

    label: Text
    unit: Text
    points: tuple[TrendPoint, ...] = Field(min_length=1)


class Trends(Noun):
    """Numbers from version to version, each in a panel of its own, the oldest version first."""

    kind: Literal["trends"] = "trends"
    versions: tuple[Text, ...] = Field(min_length=1)
    trends: tuple[Trend, ...] = Field(min_length=1)


Drawing = Annotated[Funnel | Matrix | Strips | Curves | Trends, Field(discriminator="kind")]
