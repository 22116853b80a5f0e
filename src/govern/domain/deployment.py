"""How a pipeline is used: what its owner declares in the manifest and no draft can show."""

from __future__ import annotations

from typing import Literal

from govern.domain.base import Noun


class Deployment(Noun):
    """Each field is an answer or nothing; nothing is never read as the good answer.

    ``provider_regions`` are where drafts are made and kept; ``data_sources`` what the pipeline
    may read about a person; ``purposes`` what review data is used for; ``objectives`` what the
    pipeline is tuned or rewarded for; ``third_parties`` how customers and other outsiders
    stand in the evidence; ``access`` who among the managers may use it.
    """

    owner: str | None = None
    human_review: Literal["required", "optional", "none"] | None = None
    automatic_submission: bool | None = None
    disclosure: str | None = None
    provider_regions: tuple[str, ...] | None = None
    data_sources: tuple[str, ...] | None = None
    purposes: tuple[str, ...] | None = None
    objectives: tuple[str, ...] | None = None
    participation: Literal["opt_in", "opt_out", "mandatory"] | None = None
    third_parties: Literal["none", "pseudonymised", "named"] | None = None
    access: Literal["all_managers", "some_managers"] | None = None
    trains_on_data: bool | None = None
    retention_days: int | None = None
