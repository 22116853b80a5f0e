"""Every file of a bundle changed, taken away, added, exchanged: clumsily, and by who knows how.

Whoever knows how writes the manifest anew as well. Then the check that the file belongs to has to
tell; what nothing vouches for is named as that.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from govern.app.beside import log_seen
from govern.app.bundle_made import made_of
from govern.app.bundle_reports import cards_made
from govern.app.decision_folder import decision_texts
from govern.app.opened_bundle import Bundle
from govern.app.report_tables import tables_of
from govern.app.verify import Verification
from govern.app.verify_folder import MADE, read_folder
from govern.attest.acts import read_approval
from govern.attest.notes import named
from govern.attest.trust import TrustRoot, write_trust
from govern.canon import canonical_json
from govern.domain.bundle import Contents
from govern.errors import InputError, IntegrityError
from govern.ledger.chain import line_of, next_entry, read_line
from govern.ledger.checkpoint import cosign
from govern.ledger.note import read_note

from .conftest import LATER, NOW, TRUST, Case, key, rewrite

FILES = (
    "README.md",
    "certificates/coverage.not_drafted.json",
    "data/cases/README.md",
    "data/cases/croissant.json",
    "data/cases/manifest.json",
    "data/identities/README.md",
    "data/identities/croissant.json",
    "data/identities/manifest.json",
    "decision/beside.json",
    "decision/decision.dsse.json",
    "decision/decision.json",
    "decision/docket.json",
    "decision/drafts.parquet",
    "decision/envelopes/policy.dsse.json",
    "decision/findings.json",
    "decision/junit.xml",
    "decision/policy.md",
    "decision/report.html",
    "decision/sarif.json",
    "decision/summary.dsse.json",
    "decision/summary.md",
    "decision/trust.json",
    "manifest.json",
    "model-card.md",
    "record/attempts.json",
    "record/checkpoints.jsonl",
    "record/leaves.jsonl",
    "record/ledger.jsonl",
    "record/proofs/entry-2.tlog-proof",
    "record/proofs/entry-3.tlog-proof",
    "record/proofs/growth.txt",
    "record/trust.json",
    "requirements.lock",
    "run/logs/one.eval",
    "run/pipeline.json",
    "run/plan.json",
    "run/suite.json",
    "versions.json",
)
ON_ITS_WORD = {"requirements.lock", "run/logs/one.eval", "versions.json"}
"""What nothing but the manifest vouches for."""
OWN = {"decision/trust.json", "record/trust.json"}
"""What an auditor with a trust root of their own does not need."""
BY_NAME = {"run/plan.json", "run/suite.json"}
"""What is checked by its name alone, so that a byte may change unseen."""


def matrix(labels: list[str], counts: list[list[int]]) -> dict[str, Any]:
    return {"row_axis": "a", "column_axis": "b", "labels": labels, "counts": counts}


def test_the_list_is_of_all_files(made: Case, folder: Path):
    found = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    found = {name for name in found if not name.startswith("tables/")}
    named = {n for n in found if n.startswith(("record/approvals/", "decision/envelopes/"))}

    assert set(FILES) == found - named | {"decision/envelopes/policy.dsse.json"}
    assert 3 == len(named)


@pytest.mark.parametrize("name", FILES)
class TestClumsily:
    def test_a_changed_byte_is_named(self, made: Case, folder: Path, name: str):
        path = folder / name
        raw = path.read_bytes()
        path.write_bytes(raw[:-2] + bytes([raw[-2] ^ 1]) + raw[-1:])

        refused(made, folder, name, "changed")

    def test_a_missing_file_is_named(self, made: Case, folder: Path, name: str):
        (folder / name).unlink()

        refused(made, folder, name, "missing")

    def test_the_file_of_another_decision_is_named(
        self, made: Case, folder: Path, other: Path, name: str
    ):
        if (other / name).is_file() and exchanged(other, folder, name):
            refused(made, folder, name, "changed")


def test_an_added_file_is_named(made: Case, folder: Path):
    for name in ("record/waivers/x.dsse.json", "decision/envelopes/x.dsse.json", ".DS_Store"):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("{}")
        refused(made, folder, name, "added")
        path.unlink()


def test_tables_that_say_something_else_than_the_decision_are_named(made: Case, folder: Path):
    """One changed, one taken away, one too many, by somebody who rewrites the manifest too."""
    changed, gone, more = (folder / "tables" / n for n in ("slices.csv", "findings.csv", "x.csv"))
    changed.write_bytes(changed.read_bytes().replace(b"pass", b"fail", 1))
    gone.unlink()
    more.write_text("x")
    rewrite(folder)
    found = made.desk.verify(folder, level=2)
    [said] = [check.said for check in found.checks if check.what == "tables/"]

    assert 0 == found.level
    assert said.startswith("tables/findings.csv, tables/slices.csv, tables/x.csv: not what comes")


@pytest.mark.parametrize(
    "name",
    ["data/cases/more.md", "data/identities/sub/more.csv", "data/more/card.md", "run/more.txt",
     "record/more.json", "more.txt"],
)  # fmt: skip
def test_an_added_file_that_nothing_checks_is_named_whoever_made_the_rest_anew(
    made: Case, folder: Path, name: str
):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("{}")
    made_anew(folder)
    told = {check.what: check.said for check in made.desk.verify(folder, level=1).checks}

    assert name in told["on the bundle's word"].split(", ")


def test_a_files_name_breaks_no_line_of_what_is_said(made: Case, folder: Path):
    """An unpacked folder may hold names that no archive of ours can have."""
    (folder / "x\nLevel reached: 4 of 4").write_text("{}")

    with pytest.raises(IntegrityError, match=r"added: 'x\\nLevel reached: 4 of 4';"):
        made.desk.verify(folder)


def test_what_was_taken_away_and_is_not_said_to_be_left_out_is_missing(made: Case, folder: Path):
    """All else is made anew, README and list of files too; a reason would have to be given."""
    gone = ["decision/junit.xml", "decision/drafts.parquet", "run/pipeline.json",
            "data/cases/manifest.json", "versions.json"]  # fmt: skip
    for name in (*gone, "certificates/coverage.not_drafted.json"):
        (folder / name).unlink()
    made_anew(folder, apart={"junit.xml"})
    found = made.desk.verify(folder, level=2)

    assert (2, 0) == (found.level, found.exit_code)
    assert {*gone, "certificates that the docket has"} == set(
        broken(found)["missing"].partition(": ")[2].split(", ")
    )


def test_papers_without_the_manifest_that_names_them_are_on_the_bundles_word(
    made: Case, folder: Path
):
    (folder / "data/cases/manifest.json").unlink()
    (folder / "data/cases/README.md").write_text("# No limits are known\n")
    made_anew(folder)
    told = {check.what: check.said for check in made.desk.verify(folder, level=1).checks}

    assert {"data/cases/README.md", "data/cases/croissant.json"} <= set(
        told["on the bundle's word"].split(", ")
    )


def test_what_another_release_is_said_to_have_written_is_still_compared(made: Case, folder: Path):
    (folder / "README.md").write_text("All is well.\n")
    (folder / "tables/slices.csv").write_text("pass\n")
    made_by(folder, "govern 0.0.1")
    found = made.desk.verify(folder, level=2)
    told = {check.what: (check.holds, check.said) for check in found.checks}

    assert (True, 2) == (told["cards"][0], found.level)
    for name, where in (("README.md", "does not come out again"), ("tables/", "slices.csv")):
        holds, said = told[name]
        assert holds is None
        assert "on the bundle's word, by which govern 0.0.1 wrote it" in said
        assert where in said


@pytest.mark.parametrize(
    "name", ["manifest.json", "decision/findings.json", "decision/beside.json"]
)
def test_the_form_of_a_later_release_is_no_alteration(made: Case, folder: Path, name: str):
    told = json.loads((folder / name).read_text())
    (folder / name).write_text(json.dumps(told | {"schema_version": 9, "news": 1}))
    if name != "manifest.json":
        rewrite(folder)

    with pytest.raises(InputError, match=r"is of form 9, this release reads form 1"):
        made.desk.verify(folder)


def test_a_certificate_that_is_none_was_altered(made: Case, folder: Path):
    (folder / "certificates/coverage.not_drafted.json").write_text('{"measure": 1}')
    rewrite(folder)

    assert 13 == made.desk.verify(folder, level=1).exit_code


def test_a_witness_that_only_the_bundles_trust_root_knows_is_told_apart(made: Case, folder: Path):
    """The README counts by the trust root in the bundle, which whoever forged it wrote."""
    fake = key("works-council", "witness")
    write_trust(folder / "record", TrustRoot(keys=(*TRUST.keys, fake.trusted)))
    path = folder / "record/checkpoints.jsonl"
    last = read_note(json.loads(path.read_text().splitlines()[-1])["note"].encode(), "last")
    note = cosign(last, named(fake.trusted), fake.private.sign, NOW + timedelta(hours=3))
    with path.open("ab") as stream:
        stream.write(canonical_json({"note": str(note)}) + b"\n")
    made_anew(folder)
    found = made.desk.verify(folder, level=2)
    [witnesses] = [check.said for check in found.checks if check.what == "witnesses"]

    assert "Independent witnesses: 2 (win, works-council)" in (folder / "README.md").read_text()
    assert witnesses.startswith(
        "1 independent: win; README or report name works-council as well, who count for nothing"
    )


class TestTheFirstPage:
    """``beside.json`` is signed by nobody, and the report is made of it anew."""

    @pytest.mark.parametrize(
        ("forged", "said"),
        [
            (
                {"signers": ["the-board (board-chair)"]},
                "the-board (board-chair) signed the decision",
            ),
            ({"log": {"origin": "made-up/log", "size": 999, "witnesses": []}}, "a checkpoint of"),
        ],
    )
    def test_a_signer_or_a_checkpoint_that_is_none_is_refused(
        self, made: Case, folder: Path, forged: dict[str, Any], said: str
    ):
        tell(folder, **forged)
        found = made.desk.verify(folder, level=2)

        assert 13 == found.exit_code
        assert said in " ".join(broken(found).values())

    def test_a_witness_who_never_cosigned_is_refused(self, made: Case, folder: Path):
        log = seen(made)
        tell(folder, log=log)
        assert 0 == made.desk.verify(folder, level=2).exit_code

        tell(folder, log=log | {"witnesses": [*log["witnesses"], "works-council"]})
        found = made.desk.verify(folder, level=2)
        assert 13 == found.exit_code
        assert "says that works-council cosigned" in broken(found)["decision/beside.json"]

    def test_a_card_that_hides_a_limit_is_refused(self, made: Case, folder: Path):
        cards = json.loads((folder / "decision/beside.json").read_text())["cards"]
        cards[0]["licence"] = "anything goes"
        tell(folder, cards=cards)
        found = made.desk.verify(folder, level=2)

        assert 13 == found.exit_code
        assert "otherwise than its manifest" in broken(found)["decision/beside.json"]

    def test_papers_that_the_run_names_by_no_digest_may_have_changed_since(
        self, made: Case, folder: Path
    ):
        cards = json.loads((folder / "decision/beside.json").read_text())["cards"]
        tell(folder, cards=[*cards, cards[0] | {"used_as": "markers", "digest": "0" * 64}])

        assert 0 == made.desk.verify(folder, level=2).exit_code

    def test_an_answer_that_nobody_gave_is_refused(self, made: Case, folder: Path):
        [path] = (folder / "record/approvals").iterdir()
        signed = read_approval(path, TRUST, now=LATER)
        tell(folder, answers=[signed.as_json()])
        assert 0 == made.desk.verify(folder, level=2).exit_code

        other = signed.model_copy(
            update={"act": signed.act.model_copy(update={"reasons": "It is perfect."})}
        )
        tell(folder, answers=[other.as_json()])
        found = made.desk.verify(folder, level=2)
        assert 13 == found.exit_code
        assert "an answer by ana that is not in the record" in broken(found)["record/approvals"]

    @pytest.mark.parametrize(
        "shapes",
        [
            {"ratings": matrix([], [])},
            {"ratings": matrix(["1"], [[0]])},
            {"ratings": matrix(["1", "2"], [[1]])},
            {"similarity": [{"label": "x", "points": [1.79e308] * 5}]},
        ],
    )
    def test_a_drawing_that_cannot_be_drawn_is_refused(
        self, made: Case, folder: Path, shapes: dict[str, Any]
    ):
        path = folder / "decision/beside.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"shapes": shapes}))
        rewrite(folder)

        with pytest.raises(IntegrityError, match=r"beside\.json: shapes\."):
            made.desk.verify(folder, level=2)

    def test_roles_that_the_auditors_trust_root_knows_otherwise_are_no_alteration(
        self, made: Case, folder: Path
    ):
        tell(folder, signers=["gate (gate, board-chair)"])
        found = made.desk.verify(folder, level=2)
        [said] = [check.said for check in found.checks if check.what == "beside.json"]

        assert 0 == found.exit_code
        assert said.endswith("your trust root knows gate (gate, board-chair) otherwise")


def test_what_is_no_file_is_refused(made: Case, folder: Path):
    os.mkfifo(folder / "decision/pipe")

    with pytest.raises(IntegrityError, match="no plain file"):
        made.desk.verify(folder)


@pytest.mark.parametrize("below", ["", "decision"])
def test_folders_without_end_are_refused(made: Case, folder: Path, below: str):
    """A thousand would end in an error that looks like ours."""
    deep = folder / below
    for _ in range(12):
        deep /= "a"
    deep.mkdir(parents=True)

    with pytest.raises(IntegrityError, match="more than 10 folders deep"):
        made.desk.verify(folder)


def test_a_link_is_refused(made: Case, folder: Path):
    (folder / "decision/report.html").unlink()
    (folder / "decision/report.html").symlink_to("/etc/hostname")

    with pytest.raises(IntegrityError, match="a symbolic link"):
        made.desk.verify(folder)


@pytest.mark.parametrize("name", [n for n in FILES if n != "manifest.json"])
class TestByWhoKnowsHow:
    def test_a_changed_file_fails_where_it_belongs(self, made: Case, folder: Path, name: str):
        path = folder / name
        raw = path.read_bytes()
        path.write_bytes(raw[:-3] + bytes([raw[-3] ^ 1]) + raw[-2:])
        rewrite(folder)

        if name in ON_ITS_WORD:
            told = {check.what: check.said for check in made.desk.verify(folder, level=2).checks}
            assert name in told["on the bundle's word"]
        elif name not in OWN:
            assert_fails(made, folder, name)

    def test_a_file_taken_away_is_missed(self, made: Case, folder: Path, name: str):
        (folder / name).unlink()
        rewrite(folder)

        if (
            name in OWN | ON_ITS_WORD
            or name in BY_NAME
            or name.startswith(("data/", "cert", "run"))
        ):
            # The README names what is in the bundle.
            found = verified(made, folder)
            assert found is None or "README.md" in broken(found) or name in OWN
        else:
            assert_fails(made, folder, name)

    def test_the_file_of_another_decision_fails(
        self, made: Case, folder: Path, other: Path, name: str
    ):
        if not (other / name).is_file() or not exchanged(other, folder, name):
            return
        rewrite(folder)

        if name not in ON_ITS_WORD:
            assert_fails(made, folder, name)


class TestTheRecord:
    def test_an_abandoned_run_cannot_be_left_out(self, made: Case, folder: Path):
        """The chain is written anew without it; no checkpoint of the log bears that out."""
        lines = (folder / "record/ledger.jsonl").read_bytes().splitlines()
        entries = [read_line(line, "line") for line in lines]
        anew = None
        kept = []
        for entry in (e for e in entries if e.payload.get("run_id") != "gone-1"):
            anew = next_entry(anew, entry.kind, dict(entry.payload), entry.at)
            kept.append(line_of(anew))
        (folder / "record/ledger.jsonl").write_bytes(b"\n".join([*kept, b""]))
        rewrite(folder)

        found = made.desk.verify(folder, level=2)
        assert (0, 13) == (found.level, found.exit_code)
        assert "record/ledger.jsonl" in broken(found)

    def test_checkpoints_that_the_decision_is_under_cannot_go_unnoticed(
        self, made: Case, folder: Path
    ):
        """What came after the oldest could be written anew; that is said, and is no alteration."""
        path = folder / "record/checkpoints.jsonl"
        path.write_text(path.read_text().splitlines()[0] + "\n")
        shutil.rmtree(folder / "record/proofs")
        made_anew(folder)
        found = made.desk.verify(folder, level=2)

        assert (2, 0) == (found.level, found.exit_code)
        assert broken(found)["checkpoints"].endswith(
            "the decision's own entry is under none and could be written anew unseen"
        )

    def test_a_record_without_the_decision_is_none_of_it(self, made: Case, folder: Path):
        for name in ("ledger", "leaves", "checkpoints"):
            (folder / f"record/{name}.jsonl").unlink()
        rewrite(folder)
        found = made.desk.verify(folder, level=2)

        assert (0, 13) == (found.level, found.exit_code)
        assert "no entry of decision" in broken(found)["record/ledger.jsonl"]

    def test_an_approval_of_another_decision_is_refused(self, made: Case, folder: Path):
        [path] = (folder / "record/approvals").iterdir()
        shutil.copy(path, folder / "record/approvals/again.dsse.json")
        forge(path)
        rewrite(folder)

        assert 13 == made.desk.verify(folder, level=1).exit_code

    def test_an_answer_that_was_entered_cannot_be_left_out(self, made: Case, folder: Path):
        [path] = (folder / "record/approvals").iterdir()
        path.unlink()
        rewrite(folder)
        found = made.desk.verify(folder, level=1)

        assert 13 == found.exit_code
        assert "the record has approvals whose files are gone" in broken(found)["record/approvals"]


def test_all_of_another_decision_under_this_name(made: Case, folder: Path, other: Path):
    shutil.rmtree(folder / "decision")
    shutil.copytree(other / "decision", folder / "decision")
    rewrite(folder)
    found = made.desk.verify(folder, level=2)

    assert 13 == found.exit_code
    assert "decision" in broken(found)


@pytest.fixture
def other(made: Case, tmp_path: Path) -> Path:
    """The bundle of the second decision, unpacked."""
    shutil.unpack_archive(made.bundles[1], tmp_path / "other")
    return next((tmp_path / "other").iterdir())


def exchanged(other: Path, folder: Path, name: str) -> bool:
    """Put the other's file in the place of ours; whether they differ."""
    if (other / name).read_bytes() == (folder / name).read_bytes():
        return False
    shutil.copy(other / name, folder / name)
    return True


def made_anew(folder: Path, apart: Collection[str] = ()) -> None:
    """Manifest, report, tables, cards, README and proofs, as ``govern`` makes them of the rest."""
    rewrite(folder)
    inside = read_folder(folder / "decision")
    texts = decision_texts(
        inside.decision, inside.docket, inside.policy, inside.findings, inside.beside
    )
    for name in MADE - set(apart):
        (folder / "decision" / name).write_text(texts[name])
    for make in (tables_in, cards_made, made_of):
        rewrite(folder)
        told = Contents.model_validate_json((folder / "manifest.json").read_text())
        for name, text in make(Bundle(folder, told)).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(text.encode())
    rewrite(folder)


def tables_in(bundle: Bundle) -> dict[str, str]:
    return {f"tables/{name}": text for name, text in tables_of(bundle.folder).items()}


def tell(folder: Path, **forged: Any) -> None:
    """The report and all else anew, with something else beside the decision."""
    path = folder / "decision/beside.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | forged))
    made_anew(folder)


def made_by(folder: Path, release: str) -> None:
    rewrite(folder)
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"made_by": release}))


def seen(made: Case) -> dict[str, Any]:
    """What an honest report says of the record's log."""
    found = log_seen(made.desk.project, LATER)
    assert found is not None
    return found.as_json()


def forge(path: Path) -> None:
    told = json.loads(path.read_text())
    told["payload"] = told["payload"][:-4] + "AAA="
    path.write_text(json.dumps(told))


def broken(found: Verification) -> dict[str, str]:
    return {check.what: check.said for check in found.checks if check.holds is False}


def refused(made: Case, folder: Path, name: str, how: str) -> None:
    with pytest.raises(IntegrityError) as error:
        made.desk.verify(folder)
    told = str(error.value)
    assert 13 == error.value.exit_code
    assert name in told
    if name != "manifest.json":
        assert f"{how}: {name}" in told
    assert ("; added: " in told or ": added: " in told) == (".DS_Store, may be deleted" in told)


def verified(made: Case, folder: Path) -> Verification | None:
    """``None`` where the bundle is refused whole, as something altered."""
    try:
        return made.desk.verify(folder)
    except IntegrityError:
        return None


def assert_fails(made: Case, folder: Path, name: str) -> None:
    found = verified(made, folder)
    if found is not None:
        unsigned = {12} if name == "decision/envelopes/policy.dsse.json" else set()
        assert found.exit_code in {13} | unsigned
        assert broken(found)
