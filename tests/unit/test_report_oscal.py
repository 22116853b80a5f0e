"""A decision as OSCAL: by NIST's schema, by trestle's models, and by what it may never say."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from trestle.oscal.assessment_plan import AssessmentPlan
from trestle.oscal.assessment_results import AssessmentResults
from trestle.oscal.common import Property

from govern.app.report_oscal import oscal_files, oscal_with_evidence, write_oscal
from govern.app.verify_folder import read_folder
from govern.canon import digest, sha256
from govern.cli import main
from govern.domain import (
    Attempt,
    Attempts,
    AttestationUsed,
    Decision,
    Docket,
    Findings,
    NotApplied,
    Policy,
    Signed,
    Signer,
    Waiver,
)
from govern.errors import InputError, IntegrityError
from govern.policy.reader import read_policy
from govern.report.oscal.datatypes import NS, line, role_id, string
from govern.report.oscal.parts import PLAN, RESULTS
from govern.sources.locate import Project
from govern.sources.policies import load_certificates

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
CERTIFICATES = load_certificates([ROOT / "evals" / "certificates"])
SCHEMA_FILE = ROOT / "tests" / "data" / "oscal_assessment_1.2.3.schema.json"
POLICY_FILE = GOLDEN / "ci" / "policy.md"
HOSTILE = "# <img src=x onerror=alert(1)> [a](http://evil.example) `x`\r\n\u202e\x00\u2028|$1$"
OUTCOMES = ("pass", "fail", "insufficient_evidence")
Files = dict[str, bytes]


def schema() -> Draft7Validator:
    """NIST's schema; Python has no ``\\p{L}``, so tokens are letters, digits, ``_ . -`` here."""
    text = SCHEMA_FILE.read_text(encoding="utf-8")
    token = r"^(\\p{L}|_)(\\p{L}|\\p{N}|[.\\-_])*$"
    assert token in text
    return Draft7Validator(json.loads(text.replace(token, r"^[^\\W\\d][\\w.\\-]*$")))


SCHEMA = schema()


def require_valid(files: Files) -> None:
    """By the schema and by the models, which give the same bytes back."""
    for name, model in ((PLAN, AssessmentPlan), (RESULTS, AssessmentResults)):
        written = json.loads(files[name])
        wrong = [(list(e.path), e.message[:100]) for e in SCHEMA.iter_errors(written)]
        assert not wrong
        [(_, inner)] = written.items()
        again = model.model_validate(inner).oscal_serialize_json_bytes(pretty=True)
        assert files[name] == again + b"\n"


@pytest.fixture(scope="module")
def decision() -> Decision:
    """Passed, failed, waived, undecided and not applied clauses, and a waiver that is refused."""
    return Decision.model_validate_json((GOLDEN / "ci" / "decision.json").read_bytes())


@pytest.fixture(scope="module")
def policy() -> Policy:
    return read_policy(POLICY_FILE.read_bytes(), where="policy.md")


def made(decision: Decision, policy: Policy, docket: Docket | None = None) -> Files:
    return oscal_files(decision, policy, docket, {"policy.md": POLICY_FILE.read_bytes()}, at="")


def plan_of(files: Files) -> dict[str, Any]:
    return json.loads(files[PLAN])["assessment-plan"]


def result_of(files: Files) -> dict[str, Any]:
    [result] = json.loads(files[RESULTS])["assessment-results"]["results"]
    return result


def ours(part: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one["value"] for one in part["props"] if one.get("ns") == NS}


def by_clause(parts: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {ours(part)["clause"]: part for part in parts}


def every(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Each value below ``value`` with the key that it stands at."""
    yield key, value
    if isinstance(value, dict):
        for name, one in value.items():
            yield from every(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from every(one, key)


def rlinks(document: bytes) -> list[dict[str, Any]]:
    told = every(json.loads(document))
    return [one for key, one in told if key == "rlinks" and isinstance(one, dict)]


def changed(decision: Decision, clause: str, **update: object) -> Decision:
    clauses = tuple(c.model_copy(update=update) if c.id == clause else c for c in decision.clauses)
    return decision.model_copy(update={"clauses": clauses})


class TestStates:
    def test_each_outcome_is_told_as_it_was_measured(self, decision, policy):
        found = by_clause(result_of(made(decision, policy))["findings"])
        states = {
            clause: (
                one["target"]["status"]["state"],
                one["target"]["status"]["reason"],
                ours(one)["effective"],
            )
            for clause, one in found.items()
        }

        assert {
            "FAIR-1": ("not-satisfied", "fail", "fail"),
            "ACC-1": ("not-satisfied", "fail", "waived"),
            "OVER-1": ("satisfied", "pass", "pass"),
            "DPIA-1": ("not-satisfied", "other", "insufficient_evidence"),
            "HOM-1": ("not-satisfied", "fail", "fail"),
            "REP-1": ("not-satisfied", "other", "insufficient_evidence"),
        } == states

    @pytest.mark.parametrize("effective", [*OUTCOMES, "waived"])
    @pytest.mark.parametrize("outcome", OUTCOMES)
    def test_only_a_measured_pass_is_satisfied(self, decision, policy, outcome, effective):
        judged = changed(decision, "FAIR-1", outcome=outcome, effective=effective)
        result = result_of(made(judged, policy))
        state = by_clause(result["findings"])["FAIR-1"]["target"]["status"]["state"]

        assert ("satisfied" if outcome == "pass" else "not-satisfied") == state
        assert (outcome != "pass") == ("FAIR-1" in by_clause(result["risks"]))

    def test_a_clause_that_does_not_apply_is_excluded_and_has_no_finding(self, decision, policy):
        result = result_of(made(decision, policy))
        [selected] = result["reviewed-controls"]["control-selections"]

        assert [{"control-id": "NYC-1"}] == selected["exclude-controls"]
        assert "the clause is for US-NYC" in selected["remarks"]
        assert {"control-id": "NYC-1"} not in selected["include-controls"]
        assert "NYC-1" not in by_clause(result["findings"])

    def test_a_decision_without_a_clause_is_valid_and_has_no_finding(self, decision, policy):
        apart = tuple(NotApplied(id=c.id, title=c.title, why="no") for c in policy.clauses)
        empty = decision.model_copy(update={"clauses": (), "not_applied": apart})
        files = made(empty, policy)
        result = result_of(files)
        [selected] = result["reviewed-controls"]["control-selections"]

        require_valid(files)
        assert not {"findings", "observations", "risks"} & set(result)
        assert len(policy.clauses) == len(selected["exclude-controls"])
        assert result["title"].endswith(decision.effective_outcome.capitalize())


class TestObservations:
    def test_there_is_one_for_each_finding_that_weighed_with_every_digit(self):
        decision = Decision.model_validate_json((GOLDEN / "decision.json").read_bytes())
        policy = Policy.model_validate_json((GOLDEN / "policy.json").read_bytes())
        files = made(decision, policy)
        require_valid(files)
        seen = {
            (ours(one)["clause"], ours(one)["slice"]): one
            for one in result_of(files)["observations"]
        }
        slices = [(c, part) for c in decision.clauses for part in c.slices]

        assert {(c.id, part.slice) for c, part in slices} == set(seen)
        for clause, part in slices:
            told = ours(seen[clause.id, part.slice])
            if isinstance(part.estimate, float):
                assert part.estimate == float(told["estimate"])
                assert part.lower == float(told["lower"])
            else:
                assert "estimate" not in told
            assert part.outcome == told["outcome"]
            assert decision.created == datetime.fromisoformat(
                seen[clause.id, part.slice]["collected"]
            )

    def test_a_clause_that_no_finding_decided_has_one_of_its_own(self, decision, policy):
        """DPIA-1 asks for a statement that nobody signed."""
        result = result_of(made(decision, policy))
        [one] = [o for o in result["observations"] if ours(o)["clause"] == "DPIA-1"]

        assert ["EXAMINE"] == one["methods"]
        assert "not_attested" == ours(one)["reason"]

    def test_a_difference_from_the_pipeline_in_use_rests_on_the_docket(self):
        decision = Decision.model_validate_json((GOLDEN / "decision.json").read_bytes())
        policy = Policy.model_validate_json((GOLDEN / "policy.json").read_bytes())
        [part, *others] = decision.clauses[0].slices
        compared = part.finding.model_copy(update={"against": "incumbent"})
        parts = (part.model_copy(update={"finding": compared}), *others)
        files = made(changed(decision, decision.clauses[0].id, slices=parts), policy)
        document = json.loads(files[RESULTS])["assessment-results"]
        titles = {f"#{one['uuid']}": one["title"] for one in document["back-matter"]["resources"]}
        first, second, *_ = (
            titles[one["relevant-evidence"][0]["href"]]
            for one in document["results"][0]["observations"]
        )

        assert ("What else lay before the judge", "All that was measured") == (first, second)

    def test_every_reference_leads_somewhere_and_every_uuid_is_one_things(self, decision, policy):
        signer = Signer(name="dee", roles=("dpo", "chair, acting"), keyid="e" * 64)
        used = AttestationUsed(
            clause="DPIA-1",
            digest="f" * 64,
            answer="done",
            statement="It was done.",
            signers=(signer, signer),
            expires=date(2027, 1, 1),
        )
        files = made(decision.model_copy(update={"attestations": (used, used)}), policy)
        require_valid(files)
        documents = [json.loads(files[name]) for name in (PLAN, RESULTS)]
        for document in documents:
            told = list(every(document))
            resources = [v for key, v in told if key == "resources" and isinstance(v, dict)]
            there = {one["uuid"] for one in resources}
            for href in (v for key, v in told if key == "href" and isinstance(v, str)):
                assert not href.startswith("#") or href[1:] in there

        told = [pair for document in documents for pair in every(document)]
        uuids = {v for key, v in told if key == "uuid" and isinstance(v, str)}
        for key, value in told:
            if key.endswith(("-uuid", "-uuids")) and isinstance(value, str):
                assert value in uuids, key
        ids = {v for key, v in told if key == "id"}
        for key, value in told:
            if key in ("role-id", "target-id", "objective-id"):
                assert value in ids, key

    def test_uuids_within_a_document_are_distinct(self, decision, policy):
        for document in made(decision, policy).values():
            found = [v for key, v in every(json.loads(document)) if key == "uuid"]
            assert len(found) == len(set(found))


class TestWaiversAndAttempts:
    def test_a_waiver_that_holds_is_an_approved_deviation_until_its_day(self, decision, policy):
        act = Waiver(
            clause="ACC-1",
            policy_digest=policy.digest,
            fingerprint=decision.run.fingerprint,
            findings_digest=decision.findings_digest,
            requester="ben",
            reason="r",
            mitigation="m",
            created=datetime(2026, 11, 21, 8, tzinfo=UTC),
            expires=date(2026, 12, 20),
        )
        waiver = next(c.waiver for c in decision.clauses if c.waiver)
        signed = Signed[Waiver](act=act, signers=waiver.approvers, digest=waiver.digest)
        docket = Docket(scope=decision.scope, signed_by=(), specs=(), waivers=(signed,))
        document = json.loads(made(decision, policy, docket)[RESULTS])["assessment-results"]
        risk = by_clause(document["results"][0]["risks"])["ACC-1"]
        [entry] = risk["risk-log"]["entries"]
        [party] = document["metadata"]["parties"]

        assert "deviation-approved" == risk["status"] == entry["status-change"]
        assert "2026-12-20T23:59:59+00:00" == risk["deadline"]
        assert "2026-11-21T08:00:00+00:00" == entry["start"]
        assert "a second reader for every number" == risk["remediations"][0]["description"]
        assert [{"party-uuid": party["uuid"]}] == entry["logged-by"]
        assert "ana" == party["name"]

    def test_a_key_that_signed_is_not_called_a_person(self, decision, policy):
        document = json.loads(made(decision, policy)[RESULTS])["assessment-results"]
        [party] = document["metadata"]["parties"]

        assert "organization" == party["type"]
        assert {"keyid", "holder"} == {one["name"] for one in party["props"]}
        assert "Nothing here shows whether a person, a group or a service" in party["remarks"]

    def test_a_waiver_that_does_not_hold_leaves_the_risk_open(self, decision, policy):
        result = result_of(made(decision, policy))
        risk = by_clause(result["risks"])["FAIR-1"]
        [entry] = risk["risk-log"]["entries"]

        assert "open" == risk["status"]
        assert "deadline" not in risk
        assert {"name": "type", "value": "dr-rejected"} in entry["props"]
        assert "status-change" not in entry
        assert "A waiver of FAIR-1 does not hold" in result["remarks"]

    def test_abandoned_attempts_are_in_the_log(self, decision, policy):
        run, now = decision.run, decision.created
        entered = tuple(
            Attempt(
                run_id=name,
                entered=now.replace(hour=hour),
                fingerprint=run.fingerprint,
                policy_digest=policy.digest,
                state=state,
            )
            for name, hour, state in (("gone", 1, "abandoned"), (run.run_id, 2, "decided"))
        )
        attempts = Attempts(lineage="l", known=True, entered=entered)
        files = made(decision.model_copy(update={"attempts": attempts}), policy)
        result = result_of(files)
        log = result["assessment-log"]["entries"]

        require_valid(files)
        assert ["abandoned", "decided"] == [ours(one)["state"] for one in log[:2]]
        assert now.replace(hour=2) == datetime.fromisoformat(result["start"])
        assert now == datetime.fromisoformat(result["end"])


class TestPlan:
    def test_it_names_measures_evaluators_and_the_policy_by_its_digest(self, decision, policy):
        mine = [c for c in CERTIFICATES if c.metric == "fairness.rating_shift"]
        docket = Docket(scope=decision.scope, signed_by=(), specs=(), certificates=(*mine, *mine))
        files = made(decision, policy, docket)
        plan = plan_of(files)
        tools = plan["assessment-assets"]["components"]
        [resource] = [r for r in plan["back-matter"]["resources"] if "rlinks" in r]

        require_valid(files)
        assert ["govern", "Evaluator of fairness.rating\\_shift"] == [t["title"] for t in tools]
        assert mine[0].evaluator == ours(tools[1])["evaluator"]
        assert policy.digest == resource["rlinks"][0]["hashes"][0]["value"]
        steps = [s["title"] for a in plan["local-definitions"]["activities"] for s in a["steps"]]
        assert sorted(c.subject.replace("_", "\\_") for c in decision.clauses) == sorted(steps)

    def test_the_results_name_the_plan_by_its_digest(self, decision, policy):
        files = made(decision, policy)
        document = json.loads(files[RESULTS])["assessment-results"]
        [hashed] = [
            link["hashes"][0]["value"]
            for resource in document["back-matter"]["resources"]
            for link in resource.get("rlinks", [])
            if link["href"] == PLAN
        ]

        assert PLAN == document["import-ap"]["href"]
        assert sha256(files[PLAN]) == hashed


class TestBytes:
    def test_the_same_decision_gives_the_same_bytes_and_another_other_uuids(self, decision, policy):
        later = decision.model_copy(update={"created": decision.created.replace(minute=59)})
        one, two = (result_of(made(d, policy)) for d in (decision, later))

        assert made(decision, policy) == made(decision, policy)
        assert one["local-definitions"] == two["local-definitions"]
        assert one["uuid"] != two["uuid"]
        assert one["findings"][0]["uuid"] != two["findings"][0]["uuid"]

    def test_a_field_that_oscal_does_not_know_is_refused_by_schema_and_models(
        self, decision, policy
    ):
        written = json.loads(made(decision, policy)[RESULTS])
        written["assessment-results"]["results"][0]["compliant"] = True

        assert not SCHEMA.is_valid(written)
        with pytest.raises(ValueError, match="compliant"):
            AssessmentResults.model_validate(written["assessment-results"])

    def test_another_policy_is_refused(self, decision, policy):
        with pytest.raises(IntegrityError, match="was made under policy"):
            made(decision, policy.model_copy(update={"digest": "0" * 64}))

    def test_without_the_extra_the_error_names_it_in_one_line(self, decision, policy, monkeypatch):
        monkeypatch.setitem(sys.modules, "trestle.oscal.assessment_plan", None)

        with pytest.raises(InputError, match=r"^OSCAL needs .*'govern\[oscal\]'$"):
            made(decision, policy)


def said_everywhere(decision: Decision, text: str) -> Decision:
    """``decision`` with foreign words wherever a decision has some."""
    signer = Signer(name=text, roles=(text,), keyid=text)
    used = AttestationUsed(
        clause="DPIA-1",
        digest="f" * 64,
        answer=text,
        statement=text,
        signers=(signer,),
        expires=date(2027, 1, 1),
    )
    clauses = tuple(
        c.model_copy(
            update={"title": text, "explanation": text, "reading": text, "subject": text}
            | (
                {
                    "waiver": c.waiver.model_copy(
                        update={
                            "mitigation": text,
                            "reason": text,
                            "ticket": text,
                            "approvers": (signer,),
                        }
                    )
                }
                if c.waiver
                else {}
            )
        )
        for c in decision.clauses
    )
    run = decision.run.model_copy(
        update={
            "pipeline": text,
            "pipeline_version": text,
            "run_id": text,
            "declared_only": (text, text),
            "groups": {text: (text,)},
        }
    )
    return decision.model_copy(
        update={
            "decision_id": text,
            "clauses": clauses,
            "run": run,
            "attestations": (used,),
            "not_tested": (text,),
        }
    )


class TestHostileText:
    @given(said=st.text())
    def test_any_text_becomes_one_that_nist_and_trestle_take(self, said):
        take = Property.model_validate
        assert take({"name": "x", "value": string(said)}).value == string(said)
        for kind, made in (("String", string(said)), ("MarkupLine", line(said))):
            asked = SCHEMA.schema["definitions"][f"{kind}Datatype"]["pattern"]
            assert re.search(asked, made)
            assert "\n" not in made

    @pytest.mark.parametrize("said", ["", " \n", "\u200c", "\ufeff", "-", "1) x", HOSTILE])
    def test_whatever_anybody_wrote_the_documents_are_valid(self, decision, policy, said):
        require_valid(made(said_everywhere(decision, said), policy))

    def test_foreign_words_are_shown_and_never_obeyed(self, decision, policy):
        files = made(said_everywhere(decision, HOSTILE), policy)
        told = [v for document in files.values() for _, v in every(json.loads(document))]
        texts = [v for v in told if isinstance(v, str)]

        assert any("[U+202E]" in text for text in texts)
        assert not any(c in text for text in texts for c in "\u202e\x00\u2028\r")
        plain = {
            v
            for document in files.values()
            for key, v in every(json.loads(document))
            if key in ("value", "name", "identifier")
        }
        for text in set(texts) - plain:
            assert not re.search(r"<img|(?<!\\)\]\(|(?<!\\)`", text)

    def test_a_gigantic_word_is_kept_whole(self, decision, policy):
        files = made(changed(decision, "FAIR-1", explanation="x" * 100_000), policy)

        require_valid(files)
        assert b"x" * 99_999 in files[RESULTS]

    @given(roles=st.lists(st.text(), unique=True, max_size=6))
    def test_roles_of_different_names_have_different_ids(self, roles):
        found = {role_id(role) for role in roles}

        assert len(roles) == len(found)
        assert all(re.fullmatch(r"[^\W\d][\w.\-]*", one) for one in found)

    def test_no_document_says_that_anything_complies(self, decision, policy):
        for document in made(decision, policy).values():
            assert "compli" not in document.decode().lower()


class TestFolder:
    @pytest.fixture
    def folder(self, decision, policy, tmp_path) -> Path:
        """A decision's folder; its findings and docket are those that the decision names."""
        findings = Findings(run=decision.run, findings=())
        docket = Docket(scope=decision.scope, signed_by=(), specs=())
        judged = decision.model_copy(
            update={
                "findings_digest": digest(findings.as_json()),
                "docket_digest": digest(docket.as_json()),
            }
        )
        path = tmp_path / "decided"
        path.mkdir()
        for name, noun in (
            ("decision.json", judged),
            ("findings.json", findings),
            ("docket.json", docket),
        ):
            (path / name).write_text(json.dumps(noun.as_json()), encoding="utf-8")
        (path / "policy.md").write_bytes(POLICY_FILE.read_bytes())
        return path

    def test_what_the_documents_point_to_lies_beside_them_with_that_digest(self, folder, tmp_path):
        files = oscal_with_evidence(Project(tmp_path, configured=False), str(folder))
        out = write_oscal(files, tmp_path / "out").parent
        for name in (PLAN, RESULTS):
            links = rlinks(files[name])
            assert links
            for link in links:
                data = (out / link["href"]).read_bytes()
                assert [{"algorithm": "SHA-256", "value": sha256(data)}] == link["hashes"]
        require_valid(files)

    def test_elsewhere_they_point_to_where_the_folder_lies(self, folder):
        held = read_folder(folder)
        files = oscal_files(held.decision, held.policy, held.docket, held.files, at="../decision/")
        hrefs = [one["href"] for one in rlinks(files[RESULTS])]

        assert {PLAN, RESULTS} == set(files)
        assert "../decision/findings.json" in hrefs

    def test_a_docket_that_the_decision_does_not_name_is_refused(self, folder, tmp_path):
        path = folder / "docket.json"
        path.write_text(json.dumps(json.loads(path.read_bytes()) | {"signed_by": ["x"]}))

        with pytest.raises(IntegrityError, match="not what the decision names"):
            oscal_with_evidence(Project(tmp_path, configured=False), str(folder))

    def test_the_command_writes_a_new_folder_and_no_page(
        self, folder, tmp_path, monkeypatch, capsys
    ):
        def run(*args: str) -> int:
            monkeypatch.setattr(sys, "argv", ["govern", "report", str(folder), *args])
            with pytest.raises(SystemExit) as ended:
                main()
            return int(ended.value.code or 0)

        monkeypatch.chdir(tmp_path)

        assert 0 == run("--oscal", "out")
        assert f"out/{RESULTS}\n" == capsys.readouterr().out
        assert {"decision", PLAN, RESULTS} == {path.name for path in (tmp_path / "out").iterdir()}
        assert not (folder / "report.html").exists()
        assert 2 == run("--oscal", "out")
        assert "expected a new or empty folder" in capsys.readouterr().err
        assert 2 == run("--oscal", "new", "--json")
        assert "leave --tables, --cards, --json, --pdf and --for out" in capsys.readouterr().err
