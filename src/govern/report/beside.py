"""What a report tells beside the decision: looked up when it was written, kept with it.

Nothing here decides anything, and no signature of the decision covers it.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from govern.domain import Approval, Finding, Noun, Signed
from govern.domain.base import DIGEST
from govern.domain.legal import Certainty, LegalStatus
from govern.policy.diff import Change
from govern.report.blocks import Claim, Pair
from govern.report.drawings import Matrix, Strip
from govern.report.shown import Text

Use = Literal["cases", "source", "identities", "markers"]
"""What a dataset was used as; ``source`` is what fresh cases were made from."""


class CroissantFile(Noun):
    """A dataset's ``croissant.json``: its digest, and which version it says it conforms to."""

    sha256: str = Field(pattern=DIGEST)
    conforms_to: Text


class DataCard(Noun):
    """What a dataset says of itself; ``digest`` is its manifest's.

    Of cases and identities it is the one that the run names.
    """

    used_as: Use
    id: Text
    version: Text
    digest: str
    licence: Text
    synthetic: bool
    holds: Text
    intended_use: Text
    limits: tuple[Text, ...]
    canary: bool
    croissant: CroissantFile | None = None


class DutySeen(Noun):
    """A duty of a dated legal table, as it stood when the report was written."""

    id: str
    instrument: Text
    jurisdiction: Text
    clause: Text
    duty: Text
    status: LegalStatus
    in_force_from: date | None = None
    checked_on: date
    certainty: Certainty


class PolicyBefore(Noun):
    """By which policy the pipeline was last judged for this use, and what the policy asks since.

    ``decision_id`` is ``None`` where the record has no earlier decision. Without ``changes``,
    ``why`` says why the two texts were not compared, if they were not.
    """

    decision_id: str | None = None
    made: date | None = None
    policy: Text = ""
    version: Text = ""
    digest: str = ""
    changes: tuple[Change, ...] = ()
    why: Text = ""


class Followed(Noun):
    """How far ``govern verify`` could follow the decision, and what kept it from the next level."""

    level: int = Field(ge=0, le=3)
    meaning: Text
    kept_from: Text


class LogSeen(Noun):
    """The newest checkpoint of the record's log, and which independent witnesses cosigned it."""

    origin: Text
    size: int = Field(ge=0)
    witnesses: tuple[Text, ...]
    set_aside: tuple[Text, ...] = ()


class InUse(Noun):
    """What the contest record told of the time before ``as_of``: of many people, never of a few.

    ``edits`` is of drafts by the pipeline's versions, as is ``monitored``; ``record`` and
    ``watch`` are of all contests. No clause goes by what stands here.
    """

    as_of: AwareDatetime
    window_days: int
    edits: tuple[Finding, ...]
    monitored: tuple[Finding, ...]
    record: tuple[Finding, ...]
    watch: tuple[Finding, ...]


class Shapes(Noun):
    """What only the drafts themselves can show, as numbers: of no person."""

    ratings: Matrix | None = None
    similarity: tuple[Strip, ...] = ()


class PairOf(Noun):
    """Two drafts that a clause's finding rests on."""

    clause: str
    pair: Pair


class Excerpts(Noun):
    """Drafts behind the findings: few, and under codes in place of names."""

    pairs: tuple[PairOf, ...] = ()
    contradicted: tuple[Claim, ...] = ()
    unsupported: tuple[Claim, ...] = ()
    phrases: tuple[Text, ...] = ()


class Beside(Noun):
    """``beside.json`` in a decision's folder.

    ``signers`` are those whose signature on the decision counted, ``unsigned`` says why none
    did. ``questions`` are what measures ask, by their ids. Without ``excerpts``, ``without`` says
    why there are none; so does ``not_in_use`` of ``in_use``.
    """

    schema_version: Literal[1] = 1
    as_of: AwareDatetime | None = None
    signers: tuple[Text, ...] = ()
    unsigned: Text = ""
    followed: Followed | None = None
    log: LogSeen | None = None
    answers: tuple[Signed[Approval], ...] = ()
    policy_before: PolicyBefore | None = None
    questions: dict[str, Text] = {}
    in_use: InUse | None = None
    not_in_use: Text = "Nobody looked into a contest record for this."
    cards: tuple[DataCard, ...] = ()
    duties: tuple[DutySeen, ...] = ()
    shapes: Shapes = Shapes()
    excerpts: Excerpts | None = None
    without: Text = "The drafts were not looked at."


NOTHING = Beside()
"""Nothing was looked up."""
