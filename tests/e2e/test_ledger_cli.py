"""``govern ledger``: checkpoints, proofs and witnesses as people use them."""

from __future__ import annotations

import json
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from govern.app.ledger import begin
from govern.app.record import open_leaves, open_ledger
from govern.attest.keys import create_key
from govern.domain.ledger import Leaf
from govern.ledger.leaf import commit, opens, read_leaf
from govern.sources.locate import find_project

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("govern.attest.keys.KDF_ROUNDS", 1)
    monkeypatch.delenv("GOVERN_RECORD_URL", raising=False)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch):
    """Set the clock to so many hours after the beginning."""

    def set_clock(hours: int) -> datetime:
        when = NOW + timedelta(hours=hours)
        monkeypatch.setattr("govern.cli.context.now", lambda: when)
        return when

    set_clock(0)
    return set_clock


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys of the gate, of a witness and of somebody else, made once."""
    record = tmp_path_factory.mktemp("keys")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("govern.attest.keys.KDF_ROUNDS", 1)
        for name, role in (("gate", "gate"), ("ben", "witness"), ("ana", "board-chair")):
            create_key(record, name=name, roles=(role,), passphrase="correct horse", created=NOW)
    return record


@pytest.fixture
def record(project: Path, template: Path, at) -> Path:
    """A record of two entries."""
    (project / "govern.toml").touch()
    shutil.copytree(template, project / "record")
    enter("a", "b")
    return project / "record"


def enter(*run_ids: str) -> None:
    for run_id in run_ids:
        open_ledger(find_project(Path.cwd())).append("intent", {"run_id": run_id}, NOW)


def sign(govern, path: Path) -> Path:
    """A checkpoint, kept in a file."""
    done = govern("ledger", "checkpoint", "--key", "gate")
    assert 0 == done.code, done.err
    path.write_text(done.out)
    return path


def cosign(govern, path: Path, *more: str) -> Path:
    done = govern("ledger", "witness", str(path), "--key", "ben", *more)
    assert 0 == done.code, done.err
    out = path.with_name(f"ben-{path.name}")
    out.write_text(done.out)
    return out


def test_a_record_without_checkpoint_is_nothing_to_hold_it_to(govern, record):
    done = govern("ledger", "verify")

    assert 11 == done.code
    assert "2 entries hold together, under no checkpoint" in done.out
    assert 11 == govern("ledger", "verify", "--json").code


def test_from_checkpoint_to_witness_and_back(govern, record, at, project):
    week = sign(govern, project / "week.txt")
    first = govern("ledger", "verify", "--since", "week.txt")
    assert 0 == first.code
    assert "2 entries and 3 leaves hold together, as in all checkpoints kept (1)." in first.out
    assert "They begin as in the checkpoint kept: 3 leaves." in first.out
    assert "Independent witnesses: 0." in first.out

    at(1)
    cosigned = cosign(govern, week)
    assert 0 == govern("ledger", "checkpoint", "--cosigned", str(cosigned)).code
    enter("c")
    second = govern("ledger", "verify", "--json").json
    assert ["ben"] == second["independent_witnesses"]
    assert (3, 0, 1) == tuple(
        second[name] for name in ("largest_size_witnessed", "uncovered_leaves", "pending_entries")
    )

    at(2)
    sign(govern, project / "next.txt")
    third = govern("ledger", "verify", "--since", str(cosigned), "--json").json
    assert (3, 4) == (third["since"]["size"], third["newest"]["size"])
    assert [] == third["independent_witnesses"]
    assert 3 == third["largest_size_witnessed"]


def test_a_checkpoint_without_new_events_differs_in_its_time_alone(govern, record, at):
    first = govern("ledger", "checkpoint", "--key", "gate", "--json").json
    at(24 * 7)
    second = govern("ledger", "checkpoint", "--key", "gate", "--json").json

    assert first["note"] != second["note"]
    for name in ("origin", "size", "root"):
        assert first[name] == second[name]
    assert "2026-12-02T12:00:00+00:00" == govern("ledger", "verify", "--json").json["newest"]["at"]


def test_a_proof_stands_by_itself_in_a_folder_without_the_record(
    govern, record, project, tmp_path, monkeypatch
):
    sign(govern, project / "week.txt")
    entry = open_ledger(find_project(project)).entries()[1]
    for asked in ("1", entry.digest):
        done = govern("ledger", "prove", asked, "--out", str(tmp_path / f"{len(asked)}.proof"))
        assert 0 == done.code, done.err
    assert (tmp_path / "1.proof").read_bytes() == (tmp_path / "64.proof").read_bytes()

    shutil.copy(record / "trust.json", tmp_path / "trust.json")
    monkeypatch.chdir(tmp_path)
    shown = govern("ledger", "verify", "--proof", "1.proof", "--trust", "trust.json", "--json").json
    assert (2, 3) == (shown["index"], shown["checkpoint"]["size"])
    assert entry.digest == shown["leaf"]["commitment"]
    said = govern("ledger", "verify", "--proof", "1.proof", "--trust", "trust.json")
    assert "Leaf 2 of 3 in govern.ledger/" in said.out
    assert "Independent witnesses: 0." in said.out

    raw = Path("1.proof").read_text()
    Path("1.proof").write_text(raw.replace("index 2", "index 1"))
    spoilt = govern("ledger", "verify", "--proof", "1.proof", "--trust", "trust.json")
    assert 13 == spoilt.code
    assert "leaf 1 is not in the tree of 3 leaves" in spoilt.err


def test_a_proof_carries_the_cosignatures_that_came_back(govern, record, project):
    week = sign(govern, project / "week.txt")
    assert 0 == govern("ledger", "checkpoint", "--cosigned", str(cosign(govern, week))).code
    assert 0 == govern("ledger", "prove", "0", "--out", "0.proof").code

    assert "Independent witnesses: 1 (ben)." in govern("ledger", "verify", "--proof", "0.proof").out


def test_a_witness_far_away_needs_the_proof_of_growth_and_not_the_record(  # noqa: PLR0917
    govern, record, project, tmp_path, monkeypatch, at
):
    far = tmp_path / "far"
    shutil.copytree(record / "keys", far / "record/keys")
    shutil.copy(record / "trust.json", far / "record/trust.json")
    shutil.copy(sign(govern, project / "1.txt"), far / "1.txt")
    enter("c", "d")
    at(1)
    shutil.copy(sign(govern, project / "2.txt"), far / "2.txt")
    grown = govern("ledger", "prove", "--since", "1.txt", "--out", str(far / "grown.txt"), "--json")
    assert 3 == grown.json["old_size"]

    monkeypatch.chdir(far)
    first = govern("ledger", "witness", "1.txt", "--key", "ben")
    assert (0, True) == (first.code, "first checkpoint of this log" in first.err)
    bare = govern("ledger", "witness", "2.txt", "--key", "ben")
    assert 13 == bare.code
    done = govern("ledger", "witness", "grown.txt", "--key", "ben")
    assert (0, "") == (done.code, done.err)
    again = govern("ledger", "witness", "grown.txt", "--key", "ben")
    assert 2 == again.code
    assert "expected one from 5" in again.err
    assert 0 == govern("ledger", "witness", "2.txt", "--key", "ben").code


def test_a_witness_who_also_signs_for_the_log_is_not_independent(govern, record, project, at):
    trust = json.loads((record / "trust.json").read_text())
    for key in trust["keys"]:
        key["roles"] = ["witness", "gate"] if key["name"] == "ben" else key["roles"]
    (record / "trust.json").write_text(json.dumps(trust))
    cosigned = cosign(govern, sign(govern, project / "week.txt"))
    govern("ledger", "checkpoint", "--cosigned", str(cosigned))
    done = govern("ledger", "verify")

    assert "Independent witnesses: 0." in done.out
    assert "Not counted: ben signs for the log or the gate as well." in done.out


def test_a_cosignature_counts_while_its_key_does(govern, record, project, at):
    cosigned = cosign(govern, sign(govern, project / "week.txt"))
    govern("ledger", "checkpoint", "--cosigned", str(cosigned))
    at(1)
    assert 0 == govern("keys", "revoke", "ben", "--why", "retired").code
    assert ["ben"] == govern("ledger", "verify", "--json").json["independent_witnesses"]
    assert 12 == govern("ledger", "witness", "week.txt", "--key", "ben").code
    assert 0 == govern("keys", "revoke", "ben", "--why", "compromised").code
    found = govern("ledger", "verify", "--json").json

    assert [] == found["independent_witnesses"]
    assert "revoked as compromised" in found["witnesses_set_aside"][0]


def test_a_witness_of_the_future_and_one_that_nobody_knows_do_not_count(govern, record, at):
    week = sign(govern, record / "week.txt")
    at(5)
    cosigned = cosign(govern, week)
    assert 0 == govern("ledger", "checkpoint", "--cosigned", str(cosigned)).code
    at(1)
    assert "a time that is still to come" in govern("ledger", "verify").out
    trust = json.loads((record / "trust.json").read_text())
    trust["keys"] = [key for key in trust["keys"] if key["name"] != "ben"]
    (record / "trust.json").write_text(json.dumps(trust))

    said = govern("ledger", "verify").out
    assert "Independent witnesses: 0." in said
    assert "Not counted: a signature by 'ben' is by no key known." in said


def test_a_log_whose_key_is_worth_nothing_has_to_sign_with_another(govern, record, project, at):
    week = sign(govern, project / "week.txt")
    assert 0 == govern("keys", "init", "log2", "--role", "log").code
    assert 0 == govern("keys", "revoke", "gate", "--why", "compromised").code
    verified = govern("ledger", "verify", "--since", "week.txt")
    at(1)
    assert 12 == govern("ledger", "checkpoint", "--key", "gate").code
    assert 12 == govern("ledger", "witness", str(week), "--key", "ben").code
    assert 0 == govern("ledger", "checkpoint", "--key", "log2").code

    assert 12 == verified.code
    assert "have the log sign another" in verified.err
    assert 0 == govern("ledger", "verify", "--since", "week.txt").code


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("checkpoint",), 2, "one of the two"),
        (("checkpoint", "--key", "gate", "--cosigned", "week.txt"), 2, "one of the two"),
        (("checkpoint", "--key", "ana"), 12, "this takes gate or log"),
        (("checkpoint", "--key", "ben"), 12, "this takes gate or log"),
        (("checkpoint", "--cosigned", "week.txt"), 2, "cosigned by no witness"),
        (("checkpoint", "--cosigned", "none.txt"), 2, "cannot be read"),
        (("prove",), 2, "one of the two"),
        (("prove", "0", "--since", "week.txt"), 2, "one of the two"),
        (("prove", "2"), 2, "what is new comes under the next one"),
        (("prove", "7"), 2, "no entry's number"),
        (("prove", "-"), 2, "no entry's number"),
        (("prove", "entry.intent"), 2, "no entry's number"),
        (("prove", "record"), 2, "no entry's number"),
        (("prove", "0", "--out", "record"), 2, "cannot be written"),
        (("verify", "--since", "week.txt", "--proof", "week.txt"), 2, "not both"),
        (("verify", "--since", "none.txt"), 2, "cannot be read"),
        (("verify", "--since", "govern.toml"), 13, "expected a text"),
        (("verify", "--proof", "week.txt"), 13, "expected 'c2sp.org/tlog-proof@v1'"),
        (("verify", "--trust", "none.json"), 12, "no trust root"),
        (("witness", "week.txt", "--key", "gate"), 12, "this takes witness"),
        (("witness", "none.txt", "--key", "ben"), 2, "cannot be read"),
        (("witness", "govern.toml", "--key", "ben"), 13, "expected a text"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(  # noqa: PLR0917
    govern, record, project, arguments, code, said
):
    sign(govern, project / "week.txt")
    enter("c")
    done = govern("ledger", *arguments)

    assert (code, "") == (done.code, done.out)
    assert said in done.err
    assert 1 == done.err.count("\n")


def test_before_the_first_checkpoint_nothing_can_be_proven(govern, record):
    done = govern("ledger", "prove", "0")

    assert 2 == done.code
    assert "no checkpoint yet" in done.err


def test_a_forged_checkpoint_of_ours_is_told_apart(govern, record, project):
    week = sign(govern, project / "week.txt")
    week.write_text(week.read_text().replace("\n3\n", "\n2\n"))
    done = govern("ledger", "verify", "--since", "week.txt")

    assert 13 == done.code
    assert "does not hold" in done.err


def test_a_record_in_a_database_does_the_same_and_its_administrator_is_caught(
    govern, record, project, monkeypatch
):
    monkeypatch.setenv("GOVERN_RECORD_URL", "sqlite:///record/ledger.db")
    enter("a", "b")
    sign(govern, project / "week.txt")
    assert 0 == govern("ledger", "verify", "--since", "week.txt").code
    assert not (record / "leaves.jsonl").exists()

    changed = [
        (
            "govern_leaves",
            "leaf",
            "replace(leaf, 'record', 'recorp')",
            "changed, moved or replaced",
        ),
        ("govern_ledger", "entry", "replace(entry, '\"b\"', '\"x\"')", "changed since"),
        ("govern_checkpoints", "note", "replace(note, 'govern.', 'govorn.')", "checkpoint 0"),
    ]
    for table, column, to, said in changed:
        shutil.copy(record / "ledger.db", record / "kept.db")
        connection = sqlite3.connect(record / "ledger.db")
        connection.execute(f"DROP TRIGGER {table}_no_update")
        connection.execute(f"UPDATE {table} SET {column} = {to}")
        connection.commit()
        connection.close()
        done = govern("ledger", "verify", "--since", "week.txt")
        assert (13, True) == (done.code, said in done.err), done.err
        shutil.move(record / "kept.db", record / "ledger.db")


def test_what_is_erased_cannot_be_opened_any_more_and_every_proof_still_holds(
    govern, record, project, at
):
    """The key and the payload go, a tombstone comes; leaf and proofs stay."""
    ledger, store = open_ledger(find_project(project)), open_leaves(find_project(project))
    begin(ledger, store, now=NOW)
    begin(ledger, store, now=NOW)
    payload, key = {"statement": "I met the second goal in May."}, bytes(range(32))
    kept = {"hour": "2026-11-25T12Z", "actor_role": "employee"}
    store.add(
        [Leaf(id="c" * 32, kind="contest.submitted", commitment=commit(payload, key), **kept)]
    )
    sign(govern, project / "week.txt")
    assert 0 == govern("ledger", "prove", "c" * 32, "--out", "before.proof").code
    [leaf] = [read_leaf(raw, "leaf") for raw in store.leaves() if b"contest" in raw]
    assert opens(leaf, payload, key)

    tombstone = commit({"ground": "art-17", "of": "c" * 32}, None)
    store.add([Leaf(id="d" * 32, kind="contest.erased", commitment=tombstone, **kept)])
    at(1)
    sign(govern, project / "next.txt")

    assert not opens(leaf, payload, bytes(32))
    assert 0 == govern("ledger", "verify", "--since", "week.txt").code
    assert 0 == govern("ledger", "verify", "--proof", "before.proof").code
    assert 0 == govern("ledger", "prove", "c" * 32, "--out", "after.proof").code
    assert 0 == govern("ledger", "verify", "--proof", "after.proof").code
