"""What SQLite refuses from version 0001 on. It knows no people: whoever has the file has it all."""

from __future__ import annotations

from alembic import op

_KEEPS = ("govern_event", "govern_read")
"""Rows that are neither changed nor deleted."""
_STANDS = ("govern_sealed", "govern_review", "govern_outcome")
"""Rows that are never changed; whoever may erase deletes them."""
_HELD = """(SELECT kind FROM govern_event WHERE case_id = {case}
  AND kind IN ('hold_set', 'hold_lifted') ORDER BY seq DESC LIMIT 1) = 'hold_set'"""
_UNIQUE = {
    "govern_event": "n = NEW.n OR leaf_id = NEW.leaf_id "
    "OR (case_id = NEW.case_id AND seq = NEW.seq)",
    "govern_read": "n = NEW.n",
    "govern_sealed": "case_id = NEW.case_id AND seq = NEW.seq",
    "govern_review": "n = NEW.n OR (review = NEW.review AND version = NEW.version)",
    "govern_outcome": "n = NEW.n OR outcome = NEW.outcome",
}


def guard() -> None:
    """Make the triggers."""
    for table in (*_KEEPS, *_STANDS):
        _refuse(f"{table}_stays", f"BEFORE UPDATE ON {table}", "only ever added to")
        # INSERT OR REPLACE deletes without asking the trigger on deletes.
        there = f"EXISTS (SELECT 1 FROM {table} WHERE {_UNIQUE[table]})"  # noqa: S608
        _refuse(
            f"{table}_not_replaced", f"BEFORE INSERT ON {table} WHEN {there}", "only ever added to"
        )
    for table in _KEEPS:
        _refuse(f"{table}_kept", f"BEFORE DELETE ON {table}", "only ever added to")
    for table, case in (
        ("govern_sealed", "OLD.case_id"),
        ("govern_data_key", "substr(OLD.scope, 6)"),
    ):
        held = _HELD.format(case=case)
        _refuse(f"{table}_held", f"BEFORE DELETE ON {table} WHEN {held}", "a legal hold stands")


def _refuse(name: str, when: str, why: str) -> None:
    op.execute(f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{why}'); END")
