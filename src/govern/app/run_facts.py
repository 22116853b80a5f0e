"""What a decision must name about a run."""

from __future__ import annotations

import pandas as pd

from govern import __version__, frames
from govern.app.loading import Prepared
from govern.app.returned import declared_only
from govern.domain.finding import Looks, RunFacts, Spend
from govern.runner.folder import RunFolder
from govern.runner.journal import Kept


def facts_of(
    folder: RunFolder,
    prepared: Prepared,
    frame: pd.DataFrame,
    looks: Looks | None,
) -> RunFacts:
    """The facts of a run whose cells were drafted; the drafts' digest is their file's, once it is
    written.
    """
    manifest, intent = prepared.pipeline.manifest, folder.read_intent()
    deciding = intent.decide is not None
    kept = folder.journal.kept()
    return RunFacts(
        run_id=folder.root.name,
        mode="decide" if deciding else "explore",
        suite=prepared.suite.id,
        suite_version=prepared.suite.version,
        plan=prepared.plan.id,
        dataset=prepared.cases.card.id if deciding or intent.cells_of else prepared.suite.dataset,
        dataset_digest=prepared.cases.digest,
        identities_digest=prepared.identities.digest,
        use_case=manifest.use_case,
        language=prepared.cases.card.language,
        synthetic=prepared.cases.card.synthetic,
        pipeline=manifest.id,
        pipeline_version=manifest.version,
        fingerprint=prepared.fingerprint,
        declared_only=declared_only(manifest, (one.draft for one in kept.values())),
        planned=len(frame),
        reused=sum(one.taken_from is not None for one in kept.values()) or None,
        looks=looks,
        groups=planned_groups(frame),
        alterations=planned_alterations(frame),
        role_families=tuple(sorted({planned.case.role for planned in prepared.planned})),
        deployment=manifest.deployment,
        drafts_digest="",
        spend=_spend(kept, seconds=folder.read_progress().seconds),
        harness_version=__version__,
        seed=int(manifest.settings.get("seed", 0)),
    )


def _spend(kept: dict[str, Kept], *, seconds: float) -> Spend:
    """What was asked for here; what came from an earlier run was paid for there."""
    drafted = [one.draft for one in kept.values() if one.taken_from is None]
    told = [d.usage.cost_usd for d in drafted if d.usage.cost_usd is not None]
    return Spend(
        drafts=len(drafted),
        input_tokens=sum(d.usage.input_tokens for d in drafted),
        output_tokens=sum(d.usage.output_tokens for d in drafted),
        seconds=seconds,
        cost_usd=round(sum(told), 6) if told else None,
    )


def planned_groups(frame: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """The planned levels of each group attribute."""
    return {
        attribute: tuple(sorted(frame[f"{frames.GROUP}{attribute}"].unique()))
        for attribute in frames.group_attributes(frame)
    }


def planned_alterations(frame: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """The planned markers and kinds of variants, where there are any."""
    planned = {
        "marker": frame.loc[frame["block"] == "marker", "marker"],
        "variant": frames.variant_kinds(frame)[frame["block"] == "variant"],
    }
    return {what: tuple(sorted(put.unique())) for what, put in planned.items() if len(put)}
