"""When a key counts: validity windows, revocation, and places that need a key of their own."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import made_keys
import pytest

from govern.attest.envelopes import add_signature, require_signers, sign, verify
from govern.attest.keys import PrivateKey
from govern.attest.statements import GATE_DECISION, POLICY_APPROVAL, STATEMENT_TYPE
from govern.attest.trust import (
    Revocation,
    TrustRoot,
    read_trust,
    read_trust_file,
    revoke_key,
    write_trust,
)
from govern.errors import InputError, IntegrityError, PolicyError

DAY = timedelta(days=1)
T = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)


def key(name: str, *roles: str, **more: Any) -> PrivateKey:
    revoked = more.pop("revoked", None)
    made = made_keys.key(name, *(roles or ("dpo",)), created=T - 90 * DAY, **more)
    return PrivateKey(made.trusted.model_copy(update={"revoked": revoked}), made.private)


def revoked(why: str, when: datetime = T) -> Revocation:
    return Revocation.model_validate({"when": when, "why": why})


def statement(made: datetime | str | None = T, kind: str = GATE_DECISION) -> dict[str, Any]:
    when = made.isoformat() if isinstance(made, datetime) else made
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": "x", "digest": {"sha256": "a" * 64}}],
        "predicateType": kind,
        "predicate": {"created": when} if when else {},
    }


def trusting(*keys: PrivateKey) -> TrustRoot:
    return TrustRoot(keys=tuple(one.trusted for one in keys))


def signed(made: datetime, *names: str) -> dict[str, Any]:
    """Signed by keys without any limit, as if the dates were not checked when signing."""
    return sign(statement(made), [key(name) for name in names], now=made)


@pytest.mark.parametrize(
    ("made", "counts"),
    [(T - DAY, True), (T, False), (T + DAY, False)],
)
def test_a_retired_key_counts_for_what_is_dated_before_it_retired(made: datetime, counts: bool):
    trust = trusting(key("ana", revoked=revoked("retired")))
    envelope = signed(made, "ana")

    if counts:
        assert ["ana"] == [s.name for s in verify(envelope, trust, now=T + 9 * DAY).signers]
    else:
        with pytest.raises(PolicyError, match="'ana' was retired on 2026-11-10 12:00:00"):
            verify(envelope, trust, now=T + 9 * DAY)


@pytest.mark.parametrize("made", [T - 80 * DAY, T - DAY, T, T + DAY])
def test_nothing_counts_that_a_compromised_key_signed_whatever_its_date(made: datetime):
    trust = trusting(key("ana", revoked=revoked("compromised")))

    with pytest.raises(PolicyError, match="revoked as compromised: nothing it signed counts"):
        verify(signed(made, "ana"), trust, now=T + 9 * DAY)


@pytest.mark.parametrize(
    ("made", "counts"),
    [(T - DAY, False), (T, True), (T + DAY, True), (T + 2 * DAY, False), (T + 3 * DAY, False)],
)
def test_a_signature_counts_from_the_first_moment_of_the_window_to_before_the_last(
    made: datetime, counts: bool
):
    trust = trusting(key("ana", valid_from=T, valid_until=T + 2 * DAY))
    envelope = signed(made, "ana")

    if counts:
        assert verify(envelope, trust, now=T + 9 * DAY).signers
    else:
        with pytest.raises(PolicyError, match=r"'ana' (is valid from|was valid until) 2026-11-1"):
            verify(envelope, trust, now=T + 9 * DAY)


def test_one_key_that_does_not_count_is_set_aside_with_its_reason():
    trust = trusting(key("ana", revoked=revoked("retired")), key("ben"))

    verified = verify(signed(T + DAY, "ana", "ben"), trust, now=T + DAY)

    assert ["ben"] == [signer.name for signer in verified.signers]
    assert ["the key of 'ana' was retired on 2026-11-10 12:00:00+00:00, the statement is of "
            "2026-11-11 12:00:00+00:00"] == list(verified.set_aside)  # fmt: skip


def test_a_statement_from_the_future_is_refused_with_both_dates():
    with pytest.raises(PolicyError) as raised:
        verify(signed(T + DAY, "ana"), trusting(key("ana")), now=T)

    assert "2026-11-11T12:00:00+00:00" in str(raised.value)
    assert "it is 2026-11-10T12:00:00+00:00 now" in str(raised.value)


def test_a_statement_without_a_time_is_held_against_now():
    """Approvals of policies carry none; a past decision is checked at its own time."""
    envelope = sign(statement(None, POLICY_APPROVAL), [key("ana")], now=T)
    trust = trusting(key("ana", revoked=revoked("retired")))

    assert verify(envelope, trust, now=T - DAY).signers
    with pytest.raises(PolicyError, match="was retired"):
        verify(envelope, trust, now=T)


@pytest.mark.parametrize("said", [None, "", "yesterday", "2026-11-10", "2026-11-10T12:00:00"])
def test_a_statement_that_should_say_when_and_does_not_is_refused(said: str | None):
    with pytest.raises(PolicyError, match="created says no time with time zone"):
        sign(statement(said), [key("ana")], now=T)


def test_a_statement_of_unknown_type_is_refused():
    with pytest.raises(PolicyError, match="unknown type 'urn:other'"):
        sign(statement(T, "urn:other"), [key("ana")], now=T)


@pytest.mark.parametrize(
    "limit",
    [
        {"revoked": revoked("retired", T - DAY)},
        {"revoked": revoked("compromised", T + DAY)},
        {"valid_until": T},
        {"valid_from": T + DAY},
    ],
)
def test_a_key_whose_signature_would_not_count_signs_nothing(limit: dict[str, Any]):
    with pytest.raises(PolicyError, match="its signature would not count"):
        sign(statement(T), [key("ana", **limit)], now=T)
    with pytest.raises(PolicyError, match="its signature would not count"):
        add_signature(signed(T, "ben"), key("ana", **limit), now=T)


def test_a_retired_key_does_not_join_a_statement_of_before_its_retirement():
    late = key("ana", revoked=revoked("retired", T + DAY))

    with pytest.raises(PolicyError, match="its signature would not count"):
        add_signature(signed(T, "ben"), late, now=T + 2 * DAY)


@pytest.mark.parametrize(
    ("limit", "now", "status"),
    [
        ({}, T, "valid"),
        ({"valid_from": T}, T - DAY, "not yet valid"),
        ({"valid_until": T}, T, "expired"),
        ({"revoked": revoked("retired", T + DAY)}, T, "valid"),
        ({"revoked": revoked("retired", T)}, T, "retired"),
        ({"revoked": revoked("compromised", T + DAY)}, T, "compromised"),
        ({"valid_until": T - DAY, "revoked": revoked("retired", T)}, T, "retired"),
    ],
)
def test_the_status_of_a_key_is_what_it_is_worth_now(
    limit: dict[str, Any], now: datetime, status: str
):
    assert status == key("ana", **limit).trusted.status(now)


def test_a_window_that_ends_before_it_begins_is_refused():
    with pytest.raises(InputError, match="valid_until must come after valid_from"):
        key("ana", valid_from=T, valid_until=T)


def test_a_trust_root_from_before_there_were_windows_stays_readable(tmp_path: Path):
    ana = key("ana").trusted
    old = {
        "schema_version": 1,
        "keys": [
            {
                "name": ana.name,
                "keyid": ana.keyid,
                "public": ana.public,
                "roles": ["dpo"],
                "created": "2026-08-12T12:00:00Z",
            }
        ],
    }
    path = tmp_path / "trust.json"
    path.write_text(json.dumps(old))

    assert TrustRoot(keys=(ana,)) == read_trust(tmp_path) == read_trust_file(path)
    write_trust(tmp_path, read_trust(tmp_path))
    assert old == json.loads(path.read_text())


def test_revoking_marks_the_key_and_leaves_the_others_as_they_are(tmp_path: Path):
    write_trust(tmp_path, trusting(key("ana"), key("ben")))

    revoke_key(tmp_path, "ana", why="retired", when=T)

    ana, ben = read_trust(tmp_path).keys
    assert revoked("retired") == ana.revoked
    assert key("ben").trusted == ben


def test_a_retired_key_may_turn_out_to_be_compromised_and_nothing_is_taken_back(tmp_path: Path):
    write_trust(tmp_path, trusting(key("ana")))
    revoke_key(tmp_path, "ana", why="retired", when=T)

    with pytest.raises(InputError, match="revoked as retired on 2026-11-10"):
        revoke_key(tmp_path, "ana", why="retired", when=T + DAY)
    revoke_key(tmp_path, "ana", why="compromised", when=T + DAY)
    with pytest.raises(InputError, match="revoked as compromised"):
        revoke_key(tmp_path, "ana", why="retired", when=T + DAY)

    assert revoked("compromised", T + DAY) == read_trust(tmp_path).keys[0].revoked


@pytest.mark.parametrize(
    ("name", "why", "said"),
    [
        ("zoe", "retired", "no key 'zoe'.*it has: ana"),
        ("ana", "lost", "'retired' or 'compromised'"),
    ],
)
def test_an_unknown_key_or_reason_revokes_nothing(tmp_path: Path, name: str, why: str, said: str):
    write_trust(tmp_path, trusting(key("ana")))

    with pytest.raises(InputError, match=said):
        revoke_key(tmp_path, name, why=why, when=T)

    assert read_trust(tmp_path).keys[0].revoked is None


def test_a_trust_root_behind_a_symbolic_link_is_refused(tmp_path: Path):
    write_trust(tmp_path / "elsewhere", trusting(key("ana")))
    (tmp_path / "trust.json").symlink_to(tmp_path / "elsewhere/trust.json")

    with pytest.raises(IntegrityError, match="a symbolic link"):
        read_trust(tmp_path)


GATE, CHAIR, WORKER = ("gate",), ("board-chair",), ("worker-representative",)


@pytest.mark.parametrize(
    ("signers", "places", "missing"),
    [
        ({"g": ["gate"], "a": ["board-chair"]}, [GATE, CHAIR], None),
        ({"g": ["gate"]}, [GATE, CHAIR], "as board-chair"),
        ({"g": ["gate", "board-chair"]}, [GATE, CHAIR], "as board-chair"),
        ({"a": ["gate", "board-chair"], "b": ["gate"]}, [GATE, CHAIR], None),
        ({"a": ["gate", "board-chair"], "b": ["board-chair"]}, [GATE, CHAIR], None),
        ({"a": ["board-chair"], "b": ["dpo"]}, [GATE, CHAIR], "as gate"),
        ({"a": ["board-chair"]}, [(*CHAIR, *WORKER), WORKER], "as worker-representative"),
        (
            {"a": ["board-chair", "worker-representative"], "b": ["board-chair"]},
            [(*CHAIR, *WORKER), WORKER],
            None,
        ),
        ({"a": ["dpo"]}, [GATE, CHAIR], "as gate, and one as board-chair"),
    ],
)
def test_each_place_is_filled_by_a_key_of_its_own(
    signers: dict[str, list[str]], places: list[tuple[str, ...]], missing: str | None
):
    keys = [key(name, *roles) for name, roles in signers.items()]
    verified = verify(sign(statement(T), keys, now=T), trusting(*keys), now=T)

    if missing is None:
        require_signers(verified, places)
    else:
        with pytest.raises(PolicyError, match=f"{missing}$"):
            require_signers(verified, places)
