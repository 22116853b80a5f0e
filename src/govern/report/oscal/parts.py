"""What the plan and the results share: clauses as controls, the candidate, who signed, files.

All of it is plain JSON in OSCAL's own names; ``govern.report.oscal`` holds it against the models
of compliance-trestle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from urllib.parse import quote

from govern.canon import digest
from govern.domain.acts import Signer
from govern.domain.decision import Decision
from govern.domain.docket import Docket
from govern.domain.policy import Kind, Policy
from govern.report.answer import answer_of
from govern.report.beside import NOTHING
from govern.report.oscal.datatypes import (
    Json,
    kept,
    line,
    prop,
    props,
    role_id,
    string,
    text,
    uuid_of,
)
from govern.report.page import Answer

OSCAL_VERSION = "1.2.1"
PLAN, RESULTS = "assessment-plan.json", "assessment-results.json"
METHODS: Mapping[Kind, str] = {
    "measured": "TEST",
    "property": "EXAMINE",
    "attested": "EXAMINE",
    "record": "EXAMINE",
}
"""How each kind of clause is assessed, in OSCAL's words."""


@dataclass(frozen=True)
class Told:
    """A decision with what it rests on, and where the files of its folder are to be found.

    ``held`` has the SHA-256 of each file that the documents may point to, by its name in that
    folder; ``at`` is where the folder lies, as seen from the documents.
    """

    decision: Decision
    policy: Policy
    docket: Docket | None
    held: Mapping[str, str]
    at: str

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the decision's canonical JSON, which names policy, findings and docket."""
        return digest(self.decision.as_json())

    @cached_property
    def answer(self) -> Answer:
        """The first screen of the report, with nothing looked up beside the decision."""
        return answer_of(self.decision, self.policy, NOTHING)

    @property
    def made(self) -> str:
        """The decision's clock."""
        return self.decision.created.isoformat()

    @property
    def named(self) -> str:
        """The candidate, by name and version."""
        return f"{self.decision.run.pipeline} {self.decision.run.pipeline_version}"

    @property
    def candidate(self) -> str:
        """The UUID of the candidate, the same in every decision about it."""
        return uuid_of("pipeline", self.decision.run.fingerprint)

    @property
    def harness(self) -> str:
        """The UUID of the release that judged."""
        return uuid_of("govern", self.decision.harness_version)

    def uuid(self, *what: str) -> str:
        """The UUID of something that is of this decision alone."""
        return uuid_of("decision", self.digest, *what)


def began(decision: Decision) -> datetime:
    """When the run's intent was entered in the record; without one, when it was judged."""
    entered = decision.attempts.entered if decision.attempts else ()
    mine = [one.entered for one in entered if one.run_id == decision.run.run_id]
    return min(*mine, decision.created) if mine else decision.created


def metadata(told: Told, title: str, signers: Iterable[Signer]) -> Json:
    """What a document says of itself; it was made when the decision was."""
    roles = {role_id(role): role for one in signers for role in one.roles}
    return {
        "title": line(title),
        "last-modified": told.made,
        "version": "1",
        "oscal-version": OSCAL_VERSION,
        "document-ids": [{"identifier": string(told.decision.decision_id)}],
    } | kept(
        roles=[{"id": name, "title": line(role)} for name, role in roles.items()],
        parties=list({one["uuid"]: one for one in map(_party, signers)}.values()),
    )


def responsible(signers: Iterable[Signer]) -> list[Json]:
    """Who signed, by role."""
    by: dict[str, dict[str, None]] = {}
    for one in signers:
        for role in one.roles:
            by.setdefault(role_id(role), {})[_key(one)] = None
    return [{"role-id": name, "party-uuids": list(keys)} for name, keys in by.items()]


def logged_by(signers: Iterable[Signer]) -> list[Json]:
    """Who signed, each once."""
    return [{"party-uuid": key} for key in dict.fromkeys(map(_key, signers))]


def reviewed(told: Told) -> Json:
    """The clauses that were judged, as controls; those that do not apply are excluded by name."""
    decision = told.decision
    judged = [clause.id for clause in decision.clauses]
    apart = [clause.id for clause in decision.not_applied]
    why = [f"{one.id} {one.title}: does not apply, {one.why}." for one in decision.not_applied]
    selected = _chosen("controls", "control-id", judged) | kept(
        exclude_controls=[{"control-id": one} for one in apart],
        remarks=text(*why) if why else None,
    )
    return {
        "description": text(
            "A control is a clause of the policy in the back matter, under its id there. "
            "No catalog is meant."
        ),
        "control-selections": [selected],
        "control-objective-selections": [
            _chosen("objectives", "objective-id", map(objective, judged))
        ],
    }


def controls(clauses: Iterable[str]) -> Json:
    """Some clauses as the controls that a part is about."""
    return {"control-selections": [_chosen("controls", "control-id", clauses)]}


def objective(clause: str) -> str:
    """The id of what a clause asks for."""
    return f"{clause}_obj"


def candidate(told: Told) -> Json:
    """The pipeline that was judged."""
    run = told.decision.run
    return {
        "uuid": told.candidate,
        "type": "software",
        "title": line(run.pipeline),
        "description": text(f"The pipeline that was judged, version {run.pipeline_version}."),
        "props": [
            prop("version", run.pipeline_version),
            *props(
                fingerprint=run.fingerprint,
                use_case=run.use_case,
                declared_only=run.declared_only,
            ),
        ],
        "status": {"state": "other", "remarks": text("Nobody looked up whether it is in use.")},
    }


def harness(told: Told) -> Json:
    """The release that judged."""
    return {
        "uuid": told.harness,
        "type": "software",
        "title": "govern",
        "description": text("It measured the drafts and judged by the policy."),
        "props": [prop("version", told.decision.harness_version)],
        "status": {"state": "operational"},
    }


def origins(told: Told) -> list[Json]:
    """That this tool says so."""
    return [{"actors": [{"type": "tool", "actor-uuid": told.harness}]}]


def reference(told: Told, file: str) -> str:
    """A link to a file of the decision's folder, by its resource in the back matter."""
    return f"#{told.uuid('file', file)}"


def resources(told: Told, *files: str) -> list[Json]:
    """Files of the decision's folder, as the back matter names them."""
    return [_resource(told, name) for name in files]


def rlink(href: str, media_type: str, sha256: str) -> Json:
    """Where a file is, and the digest of its bytes."""
    return {
        "href": quote(href),
        "media-type": media_type,
        "hashes": [{"algorithm": "SHA-256", "value": sha256}],
    }


def _resource(told: Told, name: str) -> Json:
    decision = told.decision
    title, kind, media_type, said = {
        "policy.md": ("The policy as it is written", "policy", "text/markdown", None),
        "decision.json": ("The decision", "report", "application/json", told.digest),
        "findings.json": (
            "All that was measured", "evidence", "application/json", decision.findings_digest,
        ),
        "docket.json": (
            "What else lay before the judge", "evidence", "application/json",
            decision.docket_digest,
        ),
    }[name]  # fmt: skip
    there = told.held.get(name)
    return {
        "uuid": told.uuid("file", name),
        "title": title,
        "props": [prop("type", kind), *props(canonical_json_sha_256=said)],
    } | kept(
        rlinks=[rlink(f"{told.at}{name}", media_type, there)] if there else [],
        remarks=None if there else text("The file is not at hand."),
    )


def _chosen(kind: str, key: str, ids: Iterable[str]) -> Json:
    chosen = [{key: one} for one in ids]
    return {f"include-{kind}": chosen} if chosen else {"include-all": {}}


def _party(signer: Signer) -> Json:
    """A key is somebody's or something's. OSCAL has two types, and ``person`` says more of it."""
    return {
        "uuid": _key(signer),
        "type": "organization",
        "name": string(signer.name),
        "props": props(keyid=signer.keyid, holder="not known"),
        "remarks": text(
            "A key, by the name that the trust root gives it. Nothing here shows whether a person, "
            "a group or a service signs with it; OSCAL knows persons and organizations alone."
        ),
    }


def _key(signer: Signer) -> str:
    return uuid_of("key", signer.keyid)
