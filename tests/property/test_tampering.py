"""Whoever keeps a checkpoint notices every change to what it covers: all, on a small log."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from govern.app import ledger as records
from govern.app.ledger import checkpoint, verify_record
from govern.app.proofs import witness
from govern.attest.keys import PrivateKey, private_key
from govern.attest.trust import TrustRoot, write_trust
from govern.domain.ledger import Leaf
from govern.errors import IntegrityError, PolicyError
from govern.ledger.leaf import commit
from govern.sources.locate import Project
from govern.store.ledger_file import FileLeaves, FileLedger

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=14)
FILES = ("ledger.jsonl", "leaves.jsonl", "checkpoints.jsonl")


def key(seed: int, name: str, role: str) -> PrivateKey:
    made = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return private_key(made, name=name, roles=(role,), created=NOW)


GATE, BEN = key(1, "gate", "gate"), key(2, "ben", "witness")


@dataclass(frozen=True)
class Log:
    """A record of three entries and a contest's leaf, and what an auditor has kept of it."""

    project: Project
    early: Path
    late: Path
    trust: Path

    def path(self, name: str) -> Path:
        return self.project.record / name

    def verify(self, since: Path) -> records.Verified:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return verify_record(self.project, since=since, trust=self.trust, now=LATER)

    def require_detected(self, since: Path, what: str) -> None:
        try:
            self.verify(since)
        except IntegrityError:
            return
        pytest.fail(f"not detected: {what}")


def grow(project: Project, run_ids: str, early: Path) -> str:
    """Two entries, a checkpoint, a leaf of a contest and an entry, a checkpoint."""
    entries, leaves = FileLedger(project.record / FILES[0]), FileLeaves(project.record)
    first, second, third = run_ids
    entries.append("intent", {"r": first}, NOW)
    entries.append("failed", {"r": second}, NOW)
    early.write_text(str(checkpoint(project, key=GATE, now=NOW)))
    leaves.add(
        [
            Leaf(
                id="c" * 32,
                kind="contest.submitted",
                hour="2026-11-25T12Z",
                actor_role="employee",
                commitment=commit({"statement": "not so"}, bytes(32)),
            )
        ]
    )
    entries.append("intent", {"r": third}, NOW)
    return str(checkpoint(project, key=GATE, now=LATER))


def make(folder: Path, run_ids: str = "abc") -> Log:
    project = Project(folder, configured=True)
    log = Log(project, folder / "early.txt", folder / "late.txt", folder / "kept-trust.json")
    write_trust(project.record, TrustRoot(keys=(GATE.trusted, BEN.trusted)))
    log.trust.write_bytes((project.record / "trust.json").read_bytes())
    log.late.write_text(grow(project, run_ids, log.early))
    return log


def take_ids(monkeypatch: pytest.MonkeyPatch, log: Log) -> None:
    """Chance gives the next log the ids of this one."""
    lines = log.path(FILES[1]).read_bytes().splitlines()
    chain, first, second, _, third = (line.split(b'"id":"')[1][:32].decode() for line in lines)
    again = iter([first, second, chain, third])
    monkeypatch.setattr(records, "secrets", SimpleNamespace(token_hex=lambda _: next(again)))


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Log:
    return make(tmp_path_factory.mktemp("log"))


@pytest.fixture(autouse=True)
def restored(log: Log) -> Iterator[None]:
    """Every test leaves the log as it found it."""
    before = {name: log.path(name).read_bytes() for name in FILES}
    yield
    for name, raw in before.items():
        log.path(name).write_bytes(raw)


def test_untouched_it_verifies_since_both_checkpoints(log):
    for since in (log.early, log.late):
        found = log.verify(since)
        assert (3, 5, 2) == (found.entries, found.log.frontier.size, found.checkpoints)
        assert (0, 0) == (found.uncovered, found.pending)


@pytest.mark.parametrize("name", FILES)
def test_every_single_byte_change_is_detected(log, name):
    raw = log.path(name).read_bytes()
    for at in range(len(raw)):
        log.path(name).write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
        log.require_detected(log.late, f"{name}, byte {at}")


@given(data=st.data())
@pytest.mark.parametrize("name", FILES)
def test_a_byte_changed_to_any_other_is_detected(log, name, data):
    raw = log.path(name).read_bytes()
    at = data.draw(st.integers(0, len(raw) - 1))
    value = data.draw(st.integers(0, 255).filter(lambda value: value != raw[at]))
    try:
        log.path(name).write_bytes(raw[:at] + bytes([value]) + raw[at + 1 :])
        log.require_detected(log.late, f"{name}, byte {at} to {value}")
    finally:
        log.path(name).write_bytes(raw)


@pytest.mark.parametrize("name", FILES)
def test_every_truncation_is_detected(log, name):
    """A last line without its line break is still whole: nothing was lost."""
    raw = log.path(name).read_bytes()
    for cut in range(len(raw) - 1):
        log.path(name).write_bytes(raw[:cut])
        log.require_detected(log.late, f"{name}, cut at {cut}")
    log.path(name).unlink()
    log.require_detected(log.late, f"{name}, gone")


@pytest.mark.parametrize("name", FILES[:2])
def test_every_reordering_loss_and_doubling_of_lines_is_detected(log, name):
    lines = log.path(name).read_bytes().splitlines(keepends=True)
    orders = [
        *(lines[:at] + lines[at + 1 :] for at in range(len(lines))),
        *(
            [*lines[:to], lines[at], *lines[to:]]
            for at in range(len(lines))
            for to in range(len(lines) + 1)
            if to < len(lines) or name == FILES[0]
        ),
    ]
    for one, other in combinations(range(len(lines)), 2):
        swapped = list(lines)
        swapped[one], swapped[other] = swapped[other], swapped[one]
        orders.append(swapped)
    for number, order in enumerate(orders):
        log.path(name).write_bytes(b"".join(order))
        log.require_detected(log.late, f"{name}, order {number}")


def test_a_checkpoint_that_was_taken_away_is_missed_by_whoever_kept_it(log):
    lines = log.path(FILES[2]).read_bytes().splitlines(keepends=True)
    for at, kept in enumerate((log.early, log.late)):
        log.path(FILES[2]).write_bytes(b"".join(lines[:at] + lines[at + 1 :]))
        with pytest.raises(IntegrityError, match="has not kept it"):
            log.verify(kept)


def test_with_all_later_checkpoints_gone_an_early_one_still_covers_what_it_covered(log):
    """Entries 0 and 1 and leaves 0 to 2, byte by byte; the rest stands under no checkpoint."""
    first, *_ = log.path(FILES[2]).read_bytes().splitlines(keepends=True)
    log.path(FILES[2]).write_bytes(first)
    assert 2 == log.verify(log.early).uncovered
    for name, covered in ((FILES[0], 2), (FILES[1], 3)):
        raw = log.path(name).read_bytes()
        for at in range(len(b"".join(raw.splitlines(keepends=True)[:covered]))):
            log.path(name).write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
            log.require_detected(log.early, f"{name}, byte {at}")
        log.path(name).write_bytes(raw)


@pytest.mark.parametrize("run_ids", ["xbc", "axc", "bac"])
def test_a_log_written_anew_by_who_has_its_key_is_detected(log, tmp_path, monkeypatch, run_ids):
    """The administrator: same name of the log, same ids, everything signed again."""
    take_ids(monkeypatch, log)
    forged = make(tmp_path, run_ids)

    assert forged.verify(forged.late).newest is not None
    for since in (log.early, log.late):
        with pytest.raises(IntegrityError, match="changed, moved or replaced since"):
            forged.verify(since)


def test_a_log_that_took_another_turn_is_detected_by_who_saw_the_first_one(
    log, tmp_path, monkeypatch
):
    """Two histories that share their beginning: the early checkpoint fits both."""
    take_ids(monkeypatch, log)
    other = make(tmp_path, "abx")

    assert other.verify(log.early).since is not None
    with pytest.raises(IntegrityError, match=r"late\.txt: at 5 leaves .* or there are two logs"):
        other.verify(log.late)


def test_another_log_is_not_taken_for_this_one(log, tmp_path):
    other = make(tmp_path)

    with pytest.raises(IntegrityError, match=r"a checkpoint of govern\.ledger/"):
        other.verify(log.late)


def test_no_checkpoint_is_signed_over_a_record_that_was_changed(log):
    raw = log.path(FILES[1]).read_bytes()
    log.path(FILES[1]).write_bytes(raw.replace(b"employee", b"employer"))
    before = log.path(FILES[2]).read_bytes()

    with pytest.raises(IntegrityError, match="changed, moved or replaced since"):
        checkpoint(log.project, key=GATE, now=LATER)
    assert before == log.path(FILES[2]).read_bytes()


def test_a_checkpoint_that_a_clock_dated_ahead_can_be_signed_again(log):
    """Of the same leaves: until the log grew, what was dated ahead would stand in the way."""
    FileLedger(log.path(FILES[0])).append("intent", {"r": "d"}, LATER)
    checkpoint(log.project, key=GATE, now=LATER + timedelta(days=3650))
    with pytest.raises(PolicyError, match="have the log sign another"):
        log.verify(log.early)
    checkpoint(log.project, key=GATE, now=LATER)

    assert LATER == log.verify(log.early).newest.log.at


def test_a_witness_signs_no_fork_nor_an_older_checkpoint(log, tmp_path, monkeypatch):
    other = make(tmp_path / "other")
    take_ids(monkeypatch, log)
    forged = make(tmp_path / "forged", "xbc")
    state = tmp_path / "state.jsonl"

    def cosign(of: Log, path: Path) -> int | None:
        done = witness(of.project, path, key=BEN, trust=log.trust, state=state, now=LATER)
        return done.seen

    assert (None, 3) == (cosign(log, log.early), cosign(log, log.late))
    seen = state.read_bytes()
    with pytest.raises(IntegrityError, match="does not begin with that of 5"):
        cosign(forged, forged.late)
    with pytest.raises(records.InputError, match="is older than one of 5"):
        cosign(log, log.early)
    with pytest.raises(records.InputError, match="Ask why it has begun anew"):
        cosign(other, other.late)
    assert seen == state.read_bytes()
