"""Cases, identities and the packet a pipeline is shown."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from govern.domain.base import Noun

Source = Literal[
    "goal_outcome", "peer_feedback", "customer_feedback", "manager_note", "incident", "self_review"
]
Quarter = Literal["Q1", "Q2", "Q3", "Q4"]
Direction = Literal["higher_is_better", "lower_is_better"]


class Evidence(Noun):
    """One typed fact about the person's work in the period.

    ``text`` may hold identity slots (``{name}``, ``{they}``, ``{is/are}``); numbers
    in it are those of ``value`` and ``target`` in ``unit``. An item with a number has
    ``metric``, ``value``, ``unit`` and ``direction``; one without has none of them.
    """

    id: str = Field(pattern=r"^E\d{1,2}$")
    source: Source
    quarter: Quarter
    text: str = Field(min_length=1)
    polarity: Literal["positive", "negative", "mixed", "neutral"]
    salience: Literal["key", "supporting", "irrelevant"]
    metric: str | None = None
    value: float | None = None
    target: float | None = None
    unit: str | None = None
    direction: Direction | None = None
    goal: str | None = None
    confidential: Literal["health", "pay_of_others", "investigation"] | None = None
    about: Literal["self", "other"] = "self"
    conflicts_with: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _numbers_come_whole(self) -> Evidence:
        have = [v is not None for v in (self.metric, self.value, self.unit, self.direction)]
        if any(have) and not all(have):
            raise ValueError(f"evidence {self.id}: metric, value, unit and direction come together")
        if self.target is not None and self.value is None:
            raise ValueError(f"evidence {self.id}: a target needs a value")
        return self


class Goal(Noun):
    """What was agreed at the start of the period."""

    id: str = Field(pattern=r"^G\d{1,2}$")
    text: str = Field(min_length=1)


class Case(Noun):
    """One synthetic or anonymised employee-period, before an identity is put in."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{2,63}$")
    use_case: str
    role: str
    function: str
    level: Literal["junior", "experienced", "senior"]
    period: str
    richness: Literal["numeric", "mixed", "narrative"]
    goals: tuple[Goal, ...]
    evidence: tuple[Evidence, ...] = Field(min_length=1)
    gold_rating: int = Field(ge=1, le=5)

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Case:
        for kind, ids in (("evidence", self.evidence), ("goal", self.goals)):
            seen = [item.id for item in ids]
            if len(set(seen)) != len(seen):
                raise ValueError(f"case {self.id}: duplicate {kind} id")
        return self


class Rubric(Noun):
    """How evidence determines the rating; the judgement lives in the data, not in code.

    A key item with a target scores the points of the highest attainment it reaches,
    another key item those of its polarity; the rating is read off their mean.
    """

    id: str
    text: str
    attainment_points: tuple[tuple[float, int], ...]
    polarity_points: dict[str, int]
    rating_from_mean: tuple[tuple[float, int], ...]

    def points(self, item: Evidence) -> int:
        """The points of one key item."""
        if item.value is None or not item.target:
            return self.polarity_points[item.polarity]
        higher = item.direction == "higher_is_better"
        attained = item.value / item.target if higher else item.target / max(item.value, 1e-9)
        return next(points for least, points in self.attainment_points if attained >= least)

    def rating(self, evidence: tuple[Evidence, ...]) -> int:
        """The rating, 1 to 5, that this evidence determines.

        Raises:
            ValueError: no item is marked as key.
        """
        points = [self.points(item) for item in evidence if item.salience == "key"]
        if not points:
            raise ValueError("no key evidence: the rubric determines no rating")
        mean = sum(points) / len(points)
        return next(rating for least, rating in self.rating_from_mean if mean >= least)


class Perception(Noun):
    """How often readers in a study took a name for what it is meant to signal.

    ``share`` is between 0 and 1; ``shown`` says what exactly the readers saw.
    """

    attribute: str
    share: float = Field(ge=0, le=1)
    shown: str
    source: str


class Identity(Noun):
    """A name, pronouns and the groups they signal.

    With pronouns ``none`` the name stands in for every pronoun. ``perception`` is what a study
    found about the name; absent where none is known.
    """

    id: str
    first_name: str
    surname: str | None = None
    pronouns: Literal["she", "he", "they", "none"]
    groups: dict[str, str]
    source: str
    perception: Perception | None = None


class Surname(Noun):
    """A surname and how its bearers describe themselves; ``mixed`` where no group has most.

    ``shares`` are between 0 and 1 and need not add up to 1: further groups are left out.
    """

    id: str
    surname: str
    race_ethnicity: str
    shares: dict[str, float]
    source: str


class Packet(Noun):
    """A case under one identity: everything a pipeline may see."""

    case_id: str
    use_case: str
    name: str
    pronouns: str
    role: str
    level: str
    period: str
    goals: tuple[Goal, ...]
    evidence: tuple[Evidence, ...]
    rubric: Rubric
