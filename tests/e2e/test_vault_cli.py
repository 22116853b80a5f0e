"""``govern keys rotate-vault`` as people type it."""

from __future__ import annotations

import json

from govern.app.case_store import KEY, KEY_FILE, STORE


def test_rotating_the_vault_key_says_where_and_how_many(govern, project, monkeypatch):
    for name in (STORE, KEY, KEY_FILE):
        monkeypatch.delenv(name, raising=False)
    first = govern("keys", "rotate-vault")
    second = govern("keys", "rotate-vault", "--json")

    assert (0, "") == (first.code, first.err)
    assert "vault.key has a new key; 2 data keys" in first.out
    assert {"vault_key", "rewrapped"} == json.loads(second.out).keys()
    assert 3 == len((project / ".govern/vault.key").read_text().split())


def test_a_key_in_the_environment_is_not_rotated(govern, project, monkeypatch):
    monkeypatch.setenv(KEY, "ab" * 32)
    refused = govern("keys", "rotate-vault")

    assert 2 == refused.code
    assert KEY_FILE in refused.err
    assert 1 == len(refused.err.strip().splitlines())
