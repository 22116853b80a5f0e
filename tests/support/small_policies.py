"""The head of a small policy, and what becomes of a policy's text."""

from __future__ import annotations

import pytest

from govern.domain import Policy
from govern.errors import PolicyError
from govern.policy.reader import read_policy

HEAD = """\
---
policy: small
version: 1.0.0
approved: 2026-01-02
review_by: 2027-01-02
decision_valid_days: 90
declared_only_valid_days: 30
approvals: {threshold: 1, roles: [board-chair]}
scope: {use_cases: [review], stage: pilot}
---
# A small policy

"""


def read(text: str | bytes) -> Policy:
    """The policy in a text."""
    return read_policy(text if isinstance(text, bytes) else text.encode(), where="p.md")


def refusal(text: str | bytes) -> str:
    """Why a text is no policy."""
    with pytest.raises(PolicyError) as caught:
        read(text)
    return str(caught.value)
