"""Whatever bytes a file holds, reading it as something signed ends in a result or a GovernError."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import example, given
from hypothesis import strategies as st

from govern.attest.acts import read_approval, read_attestation, read_waiver
from govern.attest.envelopes import PAYLOAD_TYPE, add_signature, read_envelope, sign, verify
from govern.attest.keys import private_key
from govern.attest.statements import ATTESTATION, STATEMENT_TYPE
from govern.attest.trust import TrustRoot, read_trust_file
from govern.errors import GovernError

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
ANA = private_key(
    Ed25519PrivateKey.from_private_bytes(bytes(32)), name="ana", roles=("dpo",), created=NOW
)
TRUST = TrustRoot(keys=(ANA.trusted,))
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
STATEMENTS = st.fixed_dictionaries(
    {"_type": st.just(STATEMENT_TYPE), "predicateType": st.just(ATTESTATION) | JSON},
    optional={"subject": JSON, "predicate": JSON},
)


def envelopes(payload: st.SearchStrategy[bytes]) -> st.SearchStrategy[dict[str, Any]]:
    """Close to the right shape, with anything in its parts."""
    encoded = payload.map(lambda raw: base64.b64encode(raw).decode())
    signature = st.fixed_dictionaries(
        {
            "keyid": st.just(ANA.trusted.keyid) | JSON,
            "sig": st.binary(max_size=64).map(lambda raw: base64.b64encode(raw).decode()) | JSON,
        }
    )
    return st.fixed_dictionaries(
        {
            "payload": encoded | JSON,
            "payloadType": st.just(PAYLOAD_TYPE) | JSON,
            "signatures": st.lists(signature, max_size=3) | JSON,
        }
    )


def attempt(*calls: Any) -> None:
    for call in calls:
        try:
            call()
        except GovernError:
            continue


@given(
    st.binary(max_size=200)
    | JSON.map(lambda value: json.dumps(value).encode())
    | envelopes(st.binary(max_size=50)).map(lambda value: json.dumps(value).encode())
)
@example(b'{"payload": Infinity}')
@example(b'{"a":' * 5000)
@example(b"1" * 5000)
def test_a_file_of_any_bytes_is_refused_in_one_sentence(
    tmp_path_factory: Any, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "x.dsse.json"
    path.write_bytes(content)

    attempt(
        lambda: verify(read_envelope(path), TRUST, now=NOW),
        lambda: read_attestation(path, TRUST, now=NOW),
        lambda: read_waiver(path, TRUST, now=NOW),
        lambda: read_approval(path, TRUST, now=NOW),
        lambda: read_trust_file(path),
    )


@given(JSON | envelopes(STATEMENTS.map(lambda value: json.dumps(value).encode())))
def test_an_envelope_of_any_shape_is_refused_in_one_sentence(envelope: Any) -> None:
    attempt(
        lambda: verify(envelope, TRUST, now=NOW),
        lambda: add_signature(envelope, ANA, now=NOW),
    )


@given(STATEMENTS)
def test_a_well_signed_statement_of_any_content_is_read_or_refused(
    tmp_path_factory: Any, statement: dict[str, Any]
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "x.dsse.json"

    def write() -> None:
        path.write_text(json.dumps(sign(statement, [ANA], now=NOW)))

    attempt(write)
    if path.exists():
        attempt(
            lambda: read_attestation(path, TRUST, now=NOW),
            lambda: read_waiver(path, TRUST, now=NOW),
            lambda: read_approval(path, TRUST, now=NOW),
        )


@given(JSON)
def test_a_well_signed_attestation_with_any_predicate_is_refused(
    tmp_path_factory: Any, predicate: Any
) -> None:
    """Past the check of the time, which every statement must have."""
    path = tmp_path_factory.mktemp("fuzz") / "x.dsse.json"
    said = predicate if isinstance(predicate, dict) else {"statement": predicate}
    statement = {
        "_type": STATEMENT_TYPE,
        "predicateType": ATTESTATION,
        "subject": predicate,
        "predicate": {**said, "made": "2026-11-20T10:00:00Z"},
    }

    def write() -> None:
        path.write_text(json.dumps(sign(statement, [ANA], now=NOW)))

    attempt(write, lambda: read_attestation(path, TRUST, now=NOW))
