"""Broken input: one clear message, the right exit code, no traceback, nothing half-written."""

from __future__ import annotations

import errno
import io
import os
import sys
from pathlib import Path

import pytest
import typer

pytestmark = pytest.mark.usefixtures("unmirrored")


def edit(path, old, new):
    text = Path(path).read_text()
    assert old in text
    Path(path).write_text(text.replace(old, new, 1))


RUN = ("run", "my-reviews", "--pipeline", "my-function", "--id", "x")
MANIFEST = "pipelines/my-function.yaml"
BROKEN_PIPELINES = {
    "unknown field": (("kind: python", "kind: python\nflavour: mint"), "flavour"),
    "unknown kind": (("kind: python", "kind: snake"), "unknown kind 'snake'; known:"),
    "recorded": (("kind: python", "kind: recorded"), "`govern run --drafts FILE --columns …`"),
    "unknown setting": (("settings:", "settings:\n  turbo: true"), "unknown setting(s) turbo"),
    "no function": (("my_drafter:draft", "my_drafter:nothing"), "has no function nothing"),
    "no module": (("my_drafter:draft", "no_such_module:draft"), "cannot be imported"),
    "not YAML": (("kind: python", "kind: [python"), "not valid YAML"),
    "an alias": (("kind: python", "kind: &k python"), "aliases"),
    "forged digests": (("kind: python", "kind: python\ndigests: {a: b}"), "digests"),
}


@pytest.mark.parametrize("what", BROKEN_PIPELINES)
def test_a_broken_manifest_is_refused_with_its_reason(govern, started, what):
    change, said = BROKEN_PIPELINES[what]
    edit(MANIFEST, *change)

    refused = govern(*RUN)

    assert 2 == refused.code
    assert said in refused.err
    assert "my-function" in refused.err
    assert "Traceback" not in refused.err
    assert not (started / ".govern/runs").exists()


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("nosuch/model", "model nosuch/model: Model API nosuch of model 'nosuch/model' not rec"),
        ("openai/gpt-5", "model openai/gpt-5: ERROR: Unable to initialise OpenAI client No OPENAI"),
        ("mistral/large", "model mistral/large: ERROR: Mistral API requires optional dependencies"),
    ],
)
def test_a_model_that_cannot_be_set_up_is_refused_with_the_providers_reason(
    govern, started, monkeypatch, model, said
):
    for name in ("OPENAI_API_KEY", "AZUREAI_OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    Path("pipelines/hosted.prompt.j2").write_text("{{ packet_text }}")
    Path("pipelines/hosted.yaml").write_text(
        'id: hosted\nversion: "1"\nkind: inspect_model\ndescription: x\n'
        f"model: {model}\nsettings: {{template: hosted.prompt.j2}}\n"
    )

    refused = govern("run", "my-reviews", "--pipeline", "hosted", "--id", "x")

    assert 2 == refused.code
    assert said in refused.err
    assert "Traceback" not in refused.err


def manifest_digest_free(started):
    """Let a changed file pass the digest check, to see what reads it say."""
    import json

    from govern.canon import file_digest

    folder = started / "datasets/my-cases-v1"
    card = json.loads((folder / "manifest.json").read_text())
    card["files"] = {name: file_digest(folder / name) for name in card["files"]}
    (folder / "manifest.json").write_text(json.dumps(card))


BROKEN_CASES = {
    "broken JSON": (("{", "{{"), "expected JSON Lines"),
    "wrong type": (('"gold_rating":', '"gold_rating":"nine","was":'), "cases.jsonl"),
    "rating of 9": (('"gold_rating":', '"gold_rating":9,"was":'), "cases.jsonl"),
}


@pytest.mark.parametrize("what", BROKEN_CASES)
def test_a_broken_case_is_refused_with_its_file(govern, started, what):
    change, said = BROKEN_CASES[what]
    edit("datasets/my-cases-v1/cases.jsonl", *change)
    manifest_digest_free(started)

    refused = govern(*RUN)

    assert 2 == refused.code
    assert said in refused.err
    assert "Traceback" not in refused.err


def test_a_case_that_stands_twice_is_refused_with_its_line(govern, started):
    path = Path("datasets/my-cases-v1/cases.jsonl")
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([*lines, lines[0]]))
    manifest_digest_free(started)

    refused = govern(*RUN)

    assert 2 == refused.code
    assert "stands already on line 1" in refused.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def", "my_reviews.py: cannot be run: SyntaxError: "),
        ("x = 1", "my_reviews.py: expected a Suite called SUITE, found NoneType"),
        ("from govern.domain.suite import Suite\nSuite(measures=())", "my_reviews.py: Suite: id: "),
    ],
)
def test_a_broken_eval_file_is_refused_in_one_line(govern, started, text, said):
    (started / "evals/my_reviews.py").write_text(text)

    refused = govern(*RUN)

    assert 2 == refused.code
    assert said in refused.err
    assert 1 == refused.err.count("\n")


@pytest.mark.parametrize("name", ["run.json", "progress.json"])
def test_a_broken_file_of_a_run_is_refused_by_its_name(govern, started, name):
    assert 0 == govern(*RUN).code
    (started / ".govern/runs/x" / name).write_text("{")

    refused = govern("run", "--resume", "x")

    assert 2 == refused.code
    assert f"{name}: it: Invalid JSON" in refused.err
    assert "Traceback" not in refused.err


BROKEN_POLICIES = {
    "unknown key": (("severity: block", "severity: block\ncolour: red"), "colour"),
    "unknown metric": (("fairness.rating_shift", "fairness.charm"), "'fairness.charm'"),
    "a number without prose": (("inside: 0.20}", "inside: 0.45}"), "0.45 does not stand"),
    "threshold as text": (("inside: 0.20}", "inside: lots}"), "FAIR-1"),
    "past review": (("review_by:", "review_by: 2020-01-01\nwas:"), "front matter"),
    "no front matter": (("---\npolicy", "policy"), "expected front matter"),
}


@pytest.mark.parametrize("what", BROKEN_POLICIES)
def test_a_broken_policy_cannot_be_signed(govern, started, what):
    change, said = BROKEN_POLICIES[what]
    govern("keys", "init", "ana", "--role", "board-chair")
    edit("policies/my-policy.md", *change)

    refused = govern("policy", "sign", "my-policy", "--key", "ana")

    assert 12 == refused.code
    assert said in refused.err
    assert not Path("record/policies").exists()


def test_a_policy_past_its_review_date_cannot_be_signed(govern, started):
    import re

    govern("keys", "init", "ana", "--role", "board-chair")
    path = Path("policies/my-policy.md")
    path.write_text(re.sub(r"review_by: \S+", "review_by: 2020-01-01", path.read_text()))

    refused = govern("policy", "sign", "my-policy", "--key", "ana")

    assert 12 == refused.code
    assert "past its review date 2020-01-01" in refused.err


CSV = "text,person,case,sex,stars\nGood work.,Ana,c1,female,4\nFine work.,Bob,c1,male,3\n"
MAPPED = "text=text,name=person,case=case,group.gender=sex,rating=stars"
BROKEN_DRAFTS = {
    "absent column": (CSV, MAPPED.replace("=stars", "=points"), "no column points; it has text"),
    "unknown role": (CSV, MAPPED + ",colour=sex", "unknown role 'colour'"),
    "group without a name": (CSV, MAPPED + ",group.=sex", "unknown role 'group.'"),
    "no case": (CSV, "text=text", "needs case="),
    "not role=column": (CSV, MAPPED + ",oops", "expected role=column, found 'oops'"),
    "a word for a number": (CSV.replace(",4", ",four"), MAPPED, "row 1: expected a number"),
    "rating of 9": (CSV.replace(",4", ",9"), MAPPED, "outside 1 to 5"),
    "group missing": (CSV.replace("female", ""), MAPPED, "group.gender is empty"),
    "no rows": ("text,person,case,sex,stars\n", MAPPED, "holds no rows"),
}


@pytest.mark.parametrize("what", BROKEN_DRAFTS)
def test_a_broken_draft_file_is_refused_and_nothing_is_written(govern, project, what):
    text, columns, said = BROKEN_DRAFTS[what]
    Path("drafts.csv").write_text(text)

    refused = govern("run", "--drafts", "drafts.csv", "--columns", columns)

    assert 2 == refused.code
    assert said in refused.err
    assert not (project / ".govern/runs").exists()


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("drafts.csv", b"text,case\nna\xefve,c1\n", "expected UTF-8, byte 3 of line 2 is not"),
        ("drafts.csv", b"", "it is empty; expected a first line that names the columns"),
        ("drafts.csv", b"text;case\nfine;c1\n", "between commas, found ';'"),
        ("drafts.csv", b"text,case\nfine,c1,\n", "found 2 columns and 3 fields"),
        ("drafts.csv", b"text,case\na,1,x,y\nb,2,x,y\n", "found 2 columns and 4 fields"),
        ("drafts.csv", b"text,case\na,1\nb,2,x\n", "Expected 2 fields in line 3, saw 3"),
        ("drafts.xls", b"", "expected .csv, .jsonl or .parquet"),
        ("drafts.parquet", b"not parquet", "cannot be read"),
        ("drafts.jsonl", b"{broken\n", "line 1: Expecting property name"),
        (
            "drafts.jsonl",
            b'{"text":"a","case":"1"}\n{"text":"b" "case":"2"}\n',
            "line 2: Expecting",
        ),
        ("drafts.jsonl", b'{"text":"a","case":"1"}\n\n[1]\n', "line 3: expected an object, found"),
    ],
)
def test_a_file_that_is_no_table_is_refused(govern, project, name, raw, said):
    Path(name).write_bytes(raw)

    refused = govern("run", "--drafts", name, "--columns", "text=text,case=case")

    assert 2 == refused.code
    assert said in refused.err
    assert "Traceback" not in refused.err


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('{"text":["a"],"case":"1"}', "row 2: column text: expected one plain value for text"),
        ('{"text":"a","case":{"x":1}}', "row 2: column case: expected one plain value for case"),
        ('{"text":"a","case":"1","stars":true}', "row 2: column stars: expected one plain value"),
    ],
)
def test_a_list_or_an_object_is_never_measured_as_text(govern, project, row, said):
    Path("drafts.jsonl").write_text('{"text":"b","case":"2","stars":4}\n' + row + "\n")

    refused = govern(
        "run", "--drafts", "drafts.jsonl", "--columns", "text=text,case=case,rating=stars"
    )

    assert 2 == refused.code
    assert said in refused.err
    assert not (project / ".govern/runs").exists()


def test_one_row_rated_true_is_refused_and_no_defect(govern, project):
    Path("drafts.jsonl").write_text('{"text":"b","case":"2","stars":true}\n')

    refused = govern(
        "run", "--drafts", "drafts.jsonl", "--columns", "text=text,case=case,rating=stars"
    )

    assert 2 == refused.code
    assert "row 1: column stars: expected one plain value for rating, found True" in refused.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run",), "one of the five"),
        (("run", "review-core"), "--pipeline"),
        (("run", "no-such-suite", "--pipeline", "reference"), "nothing is called"),
        (("run", "review-core", "--pipeline", "no-such"), "nothing is called"),
        (("run", "review-core", "--pipeline", "reference", "--plan", "huge"), "no plan 'huge'"),
        (("run", "review-core", "--pipeline", "reference", "--id", "../../x"), "run id"),
        (("run", "--resume", "nothing"), "no run 'nothing'"),
        (("gate", "nothing", "--policy", "review-drafting"), "no run 'nothing'"),
        (("report", "nowhere"), "expected a decision's folder or id"),
        (("list", "unicorns"), "cannot list 'unicorns'"),
        (("certify", "fairness.charm"), "unknown metric(s) fairness.charm"),
        (("keys", "init", "../ana", "--role", "board-chair"), "../ana"),
    ],
)
def test_a_wrong_argument_gets_a_message_and_exit_code_2(govern, project, arguments, said):
    refused = govern(*arguments)

    assert 2 == refused.code
    assert said in refused.err
    assert "Traceback" not in refused.err


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("[prject]\n", "unknown table: prject; known: project, web, contests, storage"),
        ('[project]\nrecord_ulr = "postgresql://x/y"\n', "unknown key in [project]: record_ulr"),
        ("project = 1\n", "project: expected a table, found 1"),
    ],
)
def test_a_setting_that_nothing_reads_is_refused(govern, project, settings, said):
    Path("govern.toml").write_text(settings)

    refused = govern("list", "runs")

    assert 2 == refused.code
    assert said in refused.err


def refusing(number, path):
    def refuse(*_args, **_more):
        raise OSError(number, os.strerror(number), path)

    return refuse


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.ENOTDIR])
def test_a_place_that_cannot_be_written_is_named_in_one_line(govern, project, monkeypatch, number):
    monkeypatch.setattr("govern.app.init.init", refusing(number, "/locked/place"))

    refused = govern("init", "mine")

    assert 2 == refused.code
    assert (
        f"govern: /locked/place: cannot be read or written: {os.strerror(number)}\n" == refused.err
    )


def test_a_missing_file_of_ours_stays_a_defect(govern, project, monkeypatch):
    monkeypatch.setattr("govern.app.init.init", refusing(errno.ENOENT, "starter"))

    broken = govern("init", "mine")

    assert 1 == broken.code
    assert "this is a defect of ours" in broken.err


def test_ctrl_c_before_a_command_began_leaves_no_traceback(govern, project, monkeypatch):
    monkeypatch.setattr("govern.cli.commands.app", Interrupted())

    stopped = govern("list", "runs")

    assert 14 == stopped.code
    assert "govern: interrupted; what was finished is kept\n" == stopped.err


class Interrupted:
    def __call__(self):
        raise KeyboardInterrupt


def test_whoever_stops_reading_gets_the_code_of_a_closed_pipe(govern, project, monkeypatch):
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, getattr(sys, name))
    monkeypatch.setattr("govern.cli.output.print_json", refusing(errno.EPIPE, None))

    stopped = govern("list", "policies", "--json")

    assert 141 == stopped.code
    assert "" == stopped.err


def test_ctrl_c_at_the_passphrase_does_nothing_and_says_so(govern, project, monkeypatch):
    monkeypatch.delenv("GOVERN_KEY_PASSPHRASE")
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("typer.prompt", refuse_to_answer)

    refused = govern("keys", "init", "ana", "--role", "board-chair")

    assert 2 == refused.code
    assert "none was given, so nothing was done" in refused.err
    assert not Path("record").exists()


class Terminal(io.StringIO):
    def isatty(self):
        return True


def refuse_to_answer(*_args, **_more):
    raise typer.Abort


def test_without_a_terminal_or_a_variable_nobody_is_asked_for_a_passphrase(
    govern, project, monkeypatch
):
    monkeypatch.delenv("GOVERN_KEY_PASSPHRASE")
    monkeypatch.setattr("sys.stdin", io.StringIO("secret\n"))

    refused = govern("keys", "init", "ana", "--role", "board-chair")

    assert 2 == refused.code
    assert "set GOVERN_KEY_PASSPHRASE" in refused.err
    assert not Path("record").exists()


@pytest.mark.parametrize(
    "arguments", [("report", "nowhere"), ("bundle", "nowhere"), ("verify", "record/nowhere")]
)
def test_a_decision_that_is_not_there_is_answered_with_those_that_are(govern, project, arguments):
    for name in ("one", "two"):
        folder = Path("record/decisions", name)
        folder.mkdir(parents=True)
        (folder / "decision.json").touch()

    refused = govern(*arguments)

    assert 2 == refused.code
    assert f"{arguments[1]}: no decision; expected a decision's folder or id" in refused.err
    assert refused.err.endswith("there are: one, two\n")


def test_a_bundle_that_is_not_there_is_called_one(govern, project):
    refused = govern("verify", "for-the-auditor.zip")

    assert 2 == refused.code
    assert "for-the-auditor.zip: no such file; expected a bundle" in refused.err


def test_a_place_for_the_report_for_everybody_is_refused_and_not_ignored(govern, project):
    refused = govern("report", "nowhere", "--out", "here.html")

    assert 2 == refused.code
    assert "--out goes with --for" in refused.err


def test_a_run_whose_drafts_failed_says_why(govern, started):
    Path("pipelines/my_drafter.py").write_text(
        "def draft(packet):\n    raise ValueError('no \x1b[31mkey')\n"
    )

    ran = govern("run", "my-reviews", "--pipeline", "my-function", "--plan", "probe")

    assert 0 == ran.code
    assert "govern: 48 of 48 drafts failed, most often with: " in ran.err
    assert "ValueError: no [U+001B][31mkey; `govern pipelines check`" in ran.err


def test_a_run_whose_drafts_came_back_says_nothing_of_failures(govern, started):
    ran = govern("run", "my-reviews", "--pipeline", "my-function", "--plan", "probe")

    assert 0 == ran.code
    assert "failed" not in ran.err
