"""``govern list``: what is known, by kind."""

from __future__ import annotations

from typing import Any

from govern.errors import InputError
from govern.sources.locate import Project, known


def listing(project: Project, kind: str) -> list[dict[str, Any]]:
    """Rows about everything of a kind, by id.

    Raises:
        InputError: there is no such kind, or one of its files cannot be read.
    """
    makers = {
        "suites": _suites,
        "datasets": _datasets,
        "pipelines": _pipelines,
        "policies": _policies,
        "metrics": _metrics,
        "runs": _runs,
        "laws": _laws,
    }
    if kind not in makers:
        raise InputError(f"cannot list {kind!r}; there are {', '.join(makers)}")
    return makers[kind](project)


def _suites(project: Project) -> list[dict[str, Any]]:
    from govern.sources.suites import read_suite

    rows = []
    for name, path in known(project, "suites").items():
        suite = read_suite(path)
        plans = ", ".join(f"{plan.id} ({plan.cases} cases)" for plan in suite.plans)
        rows.append({"id": name, "question": suite.question, "plans": plans})
    return rows


def _datasets(project: Project) -> list[dict[str, Any]]:
    from govern.sources.datasets import read_card

    rows = []
    for name, path in known(project, "datasets").items():
        card, digest = read_card(path)
        sizes = {
            "cases": card.cases,
            "reviews": card.reviews,
            "identities": card.identities,
            "markers": card.markers,
        }
        size = ", ".join(f"{n} {what}" for what, n in sizes.items() if n) or "not said"
        rows.append(
            {
                "id": name,
                "version": card.version,
                "size": size,
                "licence": card.licence,
                "digest": digest,
            }
        )
    return rows


def _pipelines(project: Project) -> list[dict[str, Any]]:
    from govern.pipelines.manifest import read_manifest

    rows = []
    for name, path in known(project, "pipelines").items():
        manifest = read_manifest(path)
        rows.append(
            {"id": name, "kind": manifest.kind, "description": manifest.description.strip()}
        )
    return rows


def _policies(project: Project) -> list[dict[str, Any]]:
    from govern.sources.policies import load_policy

    rows = []
    for name, path in known(project, "policies").items():
        policy = load_policy(path)
        rows.append(
            {
                "id": name,
                "version": policy.version,
                "title": policy.title,
                "clauses": len(policy.clauses),
                "review by": policy.review_by.isoformat(),
            }
        )
    return rows


def _metrics(_project: Project) -> list[dict[str, Any]]:
    from govern.metrics import METRICS

    return [
        {
            "id": name,
            "version": metric.spec.version,
            "unit": metric.spec.unit,
            "question": metric.spec.question,
        }
        for name, metric in METRICS.items()
    ]


def _runs(project: Project) -> list[dict[str, Any]]:
    from govern.runner.folder import RunFolder

    root = project.state / "runs"
    rows = []
    for path in sorted(root.glob("[!.]*/")) if root.is_dir() else []:
        folder = RunFolder(path)
        rows.append({"id": path.name, "state": "finished" if folder.finished else "unfinished"})
    return rows


def _laws(project: Project) -> list[dict[str, Any]]:
    from govern.sources.legal import legal_tables

    return [
        {
            "id": duty.id,
            "jurisdiction": table.jurisdiction,
            "status": duty.status.replace("_", " "),
            "in force from": duty.in_force_from.isoformat() if duty.in_force_from else "not known",
            "checked on": duty.checked_on.isoformat(),
            "certainty": duty.certainty,
            "clause": duty.clause,
            "duty": duty.duty,
            "source": duty.source,
        }
        for table in legal_tables(project)
        for duty in table.duties
    ]
