"""``govern verify``: what holds, what was altered, and that it never says more than it showed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from made_keys import key

from govern import frames
from govern.app.decision_folder import (
    act_sources,
    as_text,
    decision_envelopes,
    decision_texts,
    drafts_source,
    write_decision,
)
from govern.app.run_facts import planned_groups
from govern.app.verify import Verification, verify
from govern.attest.acts import (
    load_attestations,
    load_waivers,
    write_approval,
    write_attestation,
    write_waiver,
)
from govern.attest.keys import PrivateKey
from govern.attest.policies import (
    approvers,
    policy_envelope_path,
    read_policy_envelope,
    sign_policy,
)
from govern.attest.statements import decision_digest
from govern.attest.trust import Revocation, TrustRoot, write_trust
from govern.domain import (
    Approval,
    Attestation,
    Comparison,
    Decision,
    Findings,
    Waiver,
)
from govern.errors import InputError, IntegrityError, PolicyError
from govern.metrics import METRICS, measure
from govern.metrics.paired import pair_up, paired_differences
from govern.policy.judge import judge
from govern.policy.reader import read_policy
from govern.policy.reading import readings
from govern.testing import certificate_of, docket_of, fail, paired_frame, run_facts

NOW = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
LATER = NOW + timedelta(days=20)
METRIC = "coverage.not_drafted"
SPEC = METRICS[METRIC].spec
POLICY = """---
policy: made-up
version: 1.0.0
approved: 2026-01-02
review_by: 2027-01-02
decision_valid_days: 90
declared_only_valid_days: 30
approvals: {threshold: 2, roles: [board-chair, worker-representative]}
attempts: {max_per_lineage: 1}
scope: {use_cases: [review], stage: pilot}
---
# A made-up policy

## COV-1 Drafts come back

At most 5 in 100 (0.05) are missing, 95 % sure (0.95), from 12 cases.
A waiver holds at most 30 days.

```yaml clause
id: COV-1
severity: block
metric: coverage.not_drafted
statistic: {confidence: 0.95, sided: one}
pass_if: {upper_le: 0.05}
fail_if: {lower_gt: 0.05}
evidence: {min_cases: 12, suite: review-core}
waiver: {allowed: true, approvers: [board-chair], max_days: 30}
```

## WORK-1 The works council agrees

The worker representative says so, not longer than 180 days ago.

```yaml clause
id: WORK-1
severity: block
attest: works-council
role: worker-representative
answers: [agreed]
max_age_days: 180
```
"""


ANA, BEN = key("ana", "board-chair"), key("ben", "worker-representative")
GATE, MALLORY = key("gate", "gate"), key("mallory", "board-chair")
TRUST = TrustRoot(keys=tuple(one.trusted for one in (ANA, BEN, GATE, MALLORY)))


class Made:
    """A record with a decision of ours in it, and what it was made of."""

    def __init__(self, root: Path, *, trust: TrustRoot = TRUST, missing: bool = False) -> None:
        self.record, self.trust = root / "record", trust
        self.frame = root / "drafts.parquet"
        self.root = self.record / "decisions" / "one"
        self.policy = read_policy(POLICY.encode(), where="policy.md")
        self.record.mkdir(parents=True)
        write_trust(self.record, trust)
        said = readings(self.policy, {SPEC.id: SPEC})
        for one in (ANA, BEN):
            sign_policy(self.record, self.policy, said, one, trust, now=NOW - timedelta(days=9))
        self.envelope = policy_envelope_path(self.record, self.policy, said)
        signed_by = approvers(
            self.policy,
            said,
            read_policy_envelope(self.record, self.policy, said),
            trust,
            now=NOW,
        )
        drafts = paired_frame(cases=240, groups={"gender": ("female", "male")})
        if missing:
            drafts = fail(drafts, 1.0)
        digest = frames.write(drafts, self.frame)
        self.run = run_facts(
            planned=len(drafts), groups=planned_groups(drafts), drafts_digest=digest
        )
        self.findings = Findings(run=self.run, findings=measure(drafts, [METRIC]))
        self.docket = docket_of(
            [SPEC],
            signed_by=signed_by,
            certificates=(certificate_of(SPEC, evaluator=self.findings.findings[0].evaluator),),
        )

    def attest(self) -> Path:
        act = Attestation(
            attestation="works-council",
            answer="agreed",
            statement="We agree.",
            policy="made-up",
            role="worker-representative",
            made=NOW - timedelta(days=3),
            expires=date(2026, 6, 1),
        )
        path = write_attestation(self.record, act, policy_digest=self.policy.digest, key=BEN)
        acts = load_attestations(self.record, self.trust, now=NOW)
        self.docket = self.docket.model_copy(update={"attestations": acts})
        return path

    def waive(self, findings_digest: str) -> None:
        act = Waiver(
            clause="COV-1",
            policy_digest=self.policy.digest,
            fingerprint=self.run.fingerprint,
            findings_digest=findings_digest,
            requester="dora",
            reason="The service was down.",
            mitigation="People write by hand.",
            created=NOW - timedelta(days=1),
            expires=date(2026, 3, 30),
        )
        write_waiver(self.record, act, key=ANA)
        waivers = load_waivers(self.record, self.trust, now=NOW)
        self.docket = self.docket.model_copy(update={"waivers": waivers})

    def decided(self, *, by: PrivateKey | None = GATE, **changes: Any) -> Decision:
        """Judge, and write the folder; ``changes`` falsify the decision before it is signed."""
        made = judge(self.policy, self.findings, self.docket, now=NOW)
        decision = made.model_copy(update=changes)
        texts = decision_texts(decision, self.docket, self.policy, self.findings)
        texts |= decision_envelopes(decision, by)
        texts |= {"policy.md": POLICY, "findings.json": as_text(self.findings)}
        sources = {
            "trust.json": self.record / "trust.json",
            "envelopes/policy.dsse.json": self.envelope,
            **act_sources(self.record, self.docket),
            **drafts_source(self.frame, self.run),
        }
        write_decision(self.root, texts, sources)
        return decision

    def verify(self, **options: Any) -> Verification:
        return verify(self.root, **({"now": LATER} | options))


@pytest.fixture
def made(tmp_path: Path) -> Made:
    made = Made(tmp_path)
    made.attest()
    return made


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The auditor's copy of the trust root, from another channel."""
    write_trust(tmp_path / "own", TRUST)
    return tmp_path / "own" / "trust.json"


def edit(path: Path, **changes: Any) -> None:
    value = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(value | changes), encoding="utf-8")


def broken(found: Verification) -> dict[str, str]:
    return {check.what: check.said for check in found.checks if check.holds is False}


class TestWhatHolds:
    def test_a_decision_comes_out_again_at_level_two_and_three(self, made: Made, own: Path):
        made.decided()
        second, third = (made.verify(trust=own, level=level) for level in (2, 3))

        assert [(2, 0), (3, 0)] == [(v.level, v.exit_code) for v in (second, third)]
        assert {} == broken(third)
        assert "it was not asked for; add --level 3" == second.kept_from
        assert third.kept_from.startswith("level 4 is to run it again")
        assert "pass" == third.decision.effective_outcome

    def test_it_says_whose_trust_root_it_went_by(self, made: Made, own: Path):
        made.decided()

        assert (True, own) == (made.verify(trust=own).own_trust, made.verify(trust=own).trust)
        assert (False, made.root / "trust.json") == (made.verify().own_trust, made.verify().trust)
        (made.root / "trust.json").unlink()
        assert made.record / "trust.json" == made.verify().trust

    def test_level_one_stops_at_signatures(self, made: Made, own: Path):
        made.decided()
        found = made.verify(trust=own, level=1)

        assert (1, 0) == (found.level, found.exit_code)
        assert {0, 1} == {check.level for check in found.checks}

    def test_a_failed_decision_verifies_as_one_that_failed(self, tmp_path: Path, own: Path):
        made = Made(tmp_path, missing=True)
        made.attest()
        made.decided()
        found = made.verify(trust=own, level=3)

        assert ("fail", 3, 0) == (found.decision.outcome, found.level, found.exit_code)
        assert not (made.root / "summary.dsse.json").exists()

    def test_a_waived_decision_comes_with_the_waivers_envelope(self, tmp_path: Path, own: Path):
        made = Made(tmp_path, missing=True)
        made.attest()
        made.waive(judge(made.policy, made.findings, made.docket, now=NOW).findings_digest)
        decision = made.decided()
        found = made.verify(trust=own)

        assert ("fail", "pass") == (decision.outcome, decision.effective_outcome)
        assert (2, 0) == (found.level, found.exit_code)
        assert ["works-council: signed by ben", "COV-1: signed by ana"] == [
            c.said for c in found.checks if c.what.startswith("envelopes/") and ": signed" in c.said
        ]
        made.root.joinpath(next(c.what for c in found.checks if "COV-1" in c.said)).unlink()
        assert 12 == made.verify(trust=own).exit_code

    def test_what_the_gate_alone_vouches_for_is_named(self, made: Made):
        incumbent = made.run.model_copy(update={"run_id": "the-old-one"})
        compared = Comparison(
            candidate=made.run.drafts_digest, incumbent=incumbent, cells=1, findings=()
        )
        made.docket = made.docket.model_copy(update={"comparison": compared})
        made.decided()
        notes = {c.what: c.said for c in made.verify(level=3).checks if c.holds is None}

        assert notes["on the gate's word"].startswith("certificates, comparison:")
        assert notes["comparison"].startswith("not measured again: the drafts of the-old-one are")

    def test_a_comparison_is_measured_again_from_the_incumbents_drafts(
        self, made: Made, own: Path, tmp_path: Path
    ):
        drafts = frames.read(made.frame)
        theirs = tmp_path / "theirs.parquet"
        before = fail(drafts, 0.25)
        old = made.run.model_copy(
            update={"drafts_digest": frames.write(before, theirs), "fingerprint": "1" * 64}
        )
        pair = pair_up(drafts, before)
        compared = Comparison(
            candidate=made.run.drafts_digest,
            incumbent=old,
            cells=pair.cells,
            findings=paired_differences(pair, [METRIC]),
        )
        made.docket = made.docket.model_copy(update={"comparison": compared})
        made.decided()
        again = made.verify(trust=own, level=3, incumbent=theirs)
        others = made.verify(trust=own, level=3, incumbent=made.frame)

        assert (3, 0) == (again.level, again.exit_code)
        assert ("1 of 1 metrics come out the same, to 1e-9", True) in [
            (c.said, c.holds) for c in again.checks if c.what == "comparison"
        ]
        assert (2, 13, ["incumbent"]) == (others.level, others.exit_code, list(broken(others)))

    def test_a_decision_of_another_release_may_differ_in_its_name_alone(self, made: Made):
        made.decided(harness_version="0.0.1")
        found = made.verify()
        [said] = [check.said for check in found.checks if check.what == "verdicts"]

        assert (2, 0) == (found.level, found.exit_code)
        assert said.startswith("the same, made by release 0.0.1 and judged again by")

    def test_json_says_what_the_table_says(self, made: Made):
        made.decided()
        found = made.verify()
        said = json.loads(json.dumps(found.as_json()))

        assert (2, 0, False) == (said["level"], said["exit_code"], said["trust"]["own"])
        assert len(found.checks) == len(said["checks"])
        assert said["run_again"][0].startswith("govern run review-core --pipeline made-up")
        # Whoever repeats a run with the drafts that it has has shown nothing.
        assert "--no-cache" in said["run_again"][0]


class TestAltered:
    @pytest.mark.parametrize(
        ("name", "old", "new"),
        [
            ("policy.md", "(0.05)", "(0.06)"),
            ("findings.json", '"review-core"', '"review-corf"'),
            ("docket.json", '"made_on": "2026-01-02"', '"made_on": "2026-01-03"'),
            ("decision.json", '"advisory": true', '"advisory": false'),
            ("decision.json", '"outcome": "pass"', '"outcome": "fail"'),
            ("report.html", "</html>", "<!-- --></html>"),
            ("decision.dsse.json", '"keyid"', '"keyib"'),
            ("decision.dsse.json", '"payload": "e', '"payload": "f'),
            ("envelopes/policy.dsse.json", '"sig": "', '"sig": "A'),
        ],
    )
    def test_a_changed_file_is_named_and_ends_with_thirteen(
        self, made: Made, own: Path, name: str, old: str, new: str
    ):
        made.decided()
        path = made.root / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        found = made.verify(trust=own)

        assert 13 == found.exit_code
        assert name in {w.replace("decision.dsse", "decision") for w in broken(found)} | set(
            broken(found)
        )
        assert found.level < 2
        assert found.kept_from

    def test_after_something_altered_no_further_level_is_tried(self, made: Made):
        made.decided()
        edit(made.root / "findings.json", schema_version=1, run={**made.run.as_json(), "seed": 9})

        assert {0, 1} == {check.level for check in made.verify(level=3).checks}

    def test_a_verdict_that_the_gate_itself_falsified_does_not_come_out_again(
        self, made: Made, own: Path
    ):
        """Signatures hold: only judging again shows it."""
        made.docket = made.docket.model_copy(update={"attestations": ()})
        made.decided(outcome="pass", effective_outcome="pass")
        found = made.verify(trust=own)

        assert (1, 13) == (found.level, found.exit_code)
        assert "outcome: stands as 'pass', comes out as 'insufficient_evidence'" in found.kept_from

    def test_a_number_that_the_gate_itself_falsified_is_not_measured_again(
        self, made: Made, own: Path
    ):
        [one] = made.findings.findings
        better = one.model_copy(update={"estimate": 0.01})
        made.findings = Findings(run=made.run, findings=(better,))
        made.decided()
        found = made.verify(trust=own, level=3)

        assert (2, 13) == (found.level, found.exit_code)
        assert f"{METRIC}: all.0.estimate: stands as 0.01, comes out as 0.0" == found.kept_from

    def test_groups_that_the_drafts_do_not_have_are_told(self, made: Made, own: Path):
        fewer = made.run.model_copy(update={"groups": {"gender": ("female",)}})
        made.findings = Findings(run=fewer, findings=made.findings.findings)
        made.decided()
        found = made.verify(trust=own, level=3)

        assert (2, 13) == (found.level, found.exit_code)
        assert found.kept_from.startswith("run: the run says groups {'gender': ('female',)}")

    def test_a_metric_that_the_docket_describes_otherwise_is_told(self, made: Made, own: Path):
        turned = SPEC.model_copy(update={"question": "Anything?"})
        made.docket = made.docket.model_copy(update={"specs": (turned,)})
        made.decided()

        assert ["specs"] == list(broken(made.verify(trust=own, level=3)))

    def test_other_drafts_are_not_measured(self, made: Made, own: Path):
        made.decided()
        frames.write(paired_frame(cases=12), made.root / "drafts.parquet")
        found = made.verify(trust=own, level=3)

        assert (2, 13) == (found.level, found.exit_code)
        assert ["drafts"] == list(broken(found))

    def test_other_signers_of_the_policy_than_the_docket_names(self, made: Made, own: Path):
        made.docket = made.docket.model_copy(update={"signed_by": ("eve (board-chair)",)})
        made.decided()

        assert ["envelopes/policy.dsse.json"] == list(broken(made.verify(trust=own)))
        assert 13 == made.verify(trust=own).exit_code

    def test_an_act_that_says_something_else_than_was_signed(self, made: Made, own: Path):
        [signed] = made.docket.attestations
        other = signed.model_copy(update={"act": signed.act.model_copy(update={"refs": ("x",)})})
        real, made.docket = made.docket, made.docket.model_copy(update={"attestations": (other,)})
        made.decided()
        found = made.verify(trust=own)

        assert real != made.docket
        assert (13, 0) == (found.exit_code, found.level)
        assert "the docket says something else of it than was signed" in found.kept_from

    def test_a_summary_of_what_is_no_pass(self, tmp_path: Path, own: Path):
        passed = Made(tmp_path / "a")
        passed.attest()
        passed.decided()
        failed = Made(tmp_path / "b", missing=True)
        failed.attest()
        failed.decided()
        shutil.copy(passed.root / "summary.dsse.json", failed.root)

        assert ["summary.dsse.json"] == list(broken(failed.verify(trust=own)))

    def test_a_decision_written_with_more_than_it_says(self, made: Made, own: Path):
        """Whoever reads the file by another program must not read what nobody signed."""
        made.decided()
        edit(made.root / "decision.json", more_evidence=None)
        found = made.verify(trust=own)

        assert (0, 13) == (found.level, found.exit_code)
        assert "not written as decisions are" in found.kept_from


class TestUnsigned:
    def test_an_unsigned_decision_is_judged_again_and_reaches_nothing(self, made: Made):
        made.decided(by=None)
        found = made.verify(level=3)

        assert (0, 12) == (found.level, found.exit_code)
        assert "decision.dsse.json: missing: the decision is not signed" == found.kept_from
        assert {2: True, 3: True} == {
            c.level: c.holds for c in found.checks if c.level > 1 and c.holds
        }

    def test_a_key_that_the_auditor_does_not_know(self, made: Made, tmp_path: Path):
        made.decided()
        write_trust(tmp_path / "other", TrustRoot(keys=(ANA.trusted, BEN.trusted)))
        found = made.verify(trust=tmp_path / "other" / "trust.json")

        assert (0, 12) == (found.level, found.exit_code)
        assert ["decision.dsse.json", "summary.dsse.json"] == list(broken(found))

    @pytest.mark.parametrize(
        ("revoked", "code"),
        [
            (Revocation(when=NOW + timedelta(days=1), why="retired"), 0),
            (Revocation(when=NOW - timedelta(days=1), why="retired"), 12),
            (Revocation(when=NOW + timedelta(days=1), why="compromised"), 12),
        ],
    )
    def test_a_gate_key_that_was_revoked(
        self, made: Made, tmp_path: Path, revoked: Revocation, code: int
    ):
        made.decided()
        gate = GATE.trusted.model_copy(update={"revoked": revoked})
        write_trust(tmp_path / "now", TrustRoot(keys=(ANA.trusted, BEN.trusted, gate)))

        assert code == made.verify(trust=tmp_path / "now" / "trust.json").exit_code

    def test_somebody_who_is_no_gate(self, made: Made, own: Path):
        made.decided(by=MALLORY)
        found = made.verify(trust=own)

        assert (0, 12) == (found.level, found.exit_code)
        assert "signed by mallory (board-chair); missing is a signature" in found.kept_from

    def test_an_act_without_its_envelope(self, made: Made, own: Path):
        made.decided()
        [act] = [p for p in (made.root / "envelopes").iterdir() if p.name != "policy.dsse.json"]
        act.unlink()

        assert 12 == made.verify(trust=own).exit_code

    def test_a_policy_without_its_envelope(self, made: Made, own: Path):
        made.decided()
        (made.root / "envelopes" / "policy.dsse.json").unlink()
        found = made.verify(trust=own)

        assert (0, 12) == (found.level, found.exit_code)

    def test_a_decision_that_is_over_still_verifies_and_ends_with_twelve(
        self, made: Made, own: Path
    ):
        decision = made.decided()
        last = datetime.combine(decision.expires, NOW.timetz())
        still = made.verify(trust=own, now=last)
        over = made.verify(trust=own, now=last + timedelta(days=1))

        assert [(2, 0), (2, 12)] == [(v.level, v.exit_code) for v in (still, over)]
        assert ["expiry"] == list(broken(over))

    def test_a_decision_from_the_future(self, made: Made, own: Path):
        made.decided()

        assert 12 == made.verify(trust=own, now=NOW - timedelta(days=1)).exit_code

    def test_approvals_that_promoting_asks_for(self, made: Made, own: Path):
        decision = made.decided()
        assert 0 == made.verify(trust=own).exit_code
        lacking = made.verify(trust=own, approvals=made.record)
        for who, role in ((ANA, "board-chair"), (BEN, "worker-representative")):
            act = Approval(
                decision_id=decision.decision_id,
                decision_digest=decision_digest(decision),
                role=role,
                verdict="approve",
                conflict="none",
                owner="Head of People",
                reasons="It passes.",
                created=NOW + timedelta(days=1),
            )
            write_approval(made.record, act, key=who)

        assert (12, ["approvals"]) == (lacking.exit_code, list(broken(lacking)))
        assert 0 == made.verify(trust=own, approvals=made.record).exit_code

    def test_no_trust_root_at_all(self, made: Made):
        made.decided()
        (made.root / "trust.json").unlink()
        (made.record / "trust.json").unlink()

        with pytest.raises(PolicyError, match="no trust root"):
            made.verify()


class TestTheFolder:
    @pytest.mark.parametrize("name", ["policy.md", "decision.dsse.json", "envelopes", "trust.json"])
    def test_a_symbolic_link_is_refused(self, made: Made, tmp_path: Path, name: str):
        made.decided()
        (made.root / name).rename(tmp_path / "elsewhere")
        (made.root / name).symlink_to(tmp_path / "elsewhere")

        with pytest.raises(IntegrityError, match=f"{name}: a symbolic link"):
            made.verify()

    def test_a_linked_folder_is_refused(self, made: Made, tmp_path: Path):
        made.decided()
        (tmp_path / "link").symlink_to(made.root)

        with pytest.raises(IntegrityError, match="a symbolic link"):
            verify(tmp_path / "link", now=LATER)

    def test_linked_drafts_are_refused(self, made: Made):
        made.decided()
        (made.root / "drafts.parquet").unlink()
        (made.root / "drafts.parquet").symlink_to(made.frame)

        with pytest.raises(IntegrityError, match="a symbolic link"):
            made.verify(level=3)

    def test_files_that_nothing_vouches_for_are_listed(self, made: Made):
        made.decided()
        (made.root / "envelopes" / "extra.json").write_text("{}")
        (made.root / "notes.txt").write_text("read me")
        [said] = [c.said for c in made.verify().checks if c.what == "other files"]

        assert "nothing vouches for envelopes/extra.json, notes.txt" == said
        assert 0 == made.verify().exit_code

    def test_missing_files_are_named(self, made: Made):
        made.decided()
        (made.root / "findings.json").unlink()
        (made.root / "docket.json").unlink()

        with pytest.raises(IntegrityError, match=r"findings\.json and docket\.json missing"):
            made.verify()

    def test_a_folder_that_is_no_decisions(self, tmp_path: Path):
        with pytest.raises(InputError, match=r"no decision\.json"):
            verify(tmp_path, now=LATER)

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("{", "no readable JSON"),
            ('{"schema_version": 1, "schema_version": 1}', "stands there twice"),
            ('{"schema_version": 1, "findings": [NaN]}', "NaN is no number"),
            ('{"schema_version": 1, "findings": [-Infinity]}', "-Infinity is no number"),
            ("[" * 100_000, "no readable JSON"),
            ("[]", "findings.json"),
            ('{"schema_version": 1}', "run: Field required"),
        ],
    )
    def test_a_malformed_file_is_refused_with_its_reason(self, made: Made, text: str, problem: str):
        made.decided()
        (made.root / "findings.json").write_text(text)

        with pytest.raises(IntegrityError, match=problem):
            made.verify()

    def test_a_decision_of_another_form_asks_for_its_own_release(self, made: Made):
        made.decided()
        edit(made.root / "decision.json", schema_version=1)

        with pytest.raises(InputError, match="form 1, this release reads form 2"):
            made.verify()

    def test_drafts_of_real_people_stay_where_they_are_and_level_three_asks_for_them(
        self, made: Made, own: Path
    ):
        made.run = made.run.model_copy(update={"synthetic": False})
        made.findings = Findings(run=made.run, findings=made.findings.findings)
        made.decided()
        without = made.verify(trust=own, level=3)

        assert not (made.root / "drafts.parquet").exists()
        assert (2, 2) == (without.level, without.exit_code)
        assert "the drafts are not here; name their run with --run" == without.kept_from
        assert 3 == made.verify(trust=own, level=3, drafts=made.frame).level


class TestOtherCode:
    def written(self, made: Made, **changes: Any) -> None:
        [one] = made.findings.findings
        other = one.model_copy(update={"evaluator": "e" * 64} | changes)
        made.findings = Findings(run=made.run, findings=(other,))
        made.decided()

    def test_equal_numbers_by_other_code_reach_level_three_and_say_whose_code(
        self, made: Made, own: Path
    ):
        self.written(made)
        found = made.verify(trust=own, level=3)
        [said] = [c.said for c in found.checks if c.what == "evaluator"]

        assert (3, 0) == (found.level, found.exit_code)
        assert said.startswith("measured by eeeeeeeeeeee; this release's code is ")

    def test_other_numbers_by_other_code_are_no_mismatch_and_no_level_three(
        self, made: Made, own: Path
    ):
        self.written(made, estimate=0.01)
        found = made.verify(trust=own, level=3)

        assert (2, 2) == (found.level, found.exit_code)
        assert "other code measured it, and now: all.0.estimate" in found.kept_from

    def test_a_metric_that_this_release_does_not_have(self, made: Made, own: Path):
        [one] = made.findings.findings
        older = one.model_copy(update={"metric": "coverage.forgotten"})
        made.findings = Findings(run=made.run, findings=(one, older))
        made.decided()
        found = made.verify(trust=own, level=3)

        assert (2, 2) == (found.level, found.exit_code)
        assert "findings: this release measures no coverage.forgotten" == found.kept_from


HEAVY = ("mlflow", "inspect_ai", "pandas", "scipy", "pyarrow", "sqlalchemy", "datasets")


def test_level_two_loads_nothing_heavy(made: Made):
    made.decided()
    code = (
        "import sys; from govern.cli import main\n"
        f"sys.argv = ['govern', 'verify', {str(made.root)!r}, '--json']\n"
        "try:\n    main()\nexcept SystemExit as end:\n    code = end.code\n"
        f"sys.exit(repr((code, [m for m in {HEAVY!r} if m in sys.modules])))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.stderr.strip().startswith(("(0, [])", "(12, [])"))
    assert 2 == json.loads(done.stdout)["level"]


def test_a_docket_that_does_not_say_what_a_metric_is(made: Made, own: Path):
    made.decided()
    docket = made.docket.model_copy(update={"specs": ()})
    (made.root / "docket.json").write_text(as_text(docket))

    assert 13 == made.verify(trust=own).exit_code
