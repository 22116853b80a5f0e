"""Simulated suites whose truth is known: how often our intervals and verdicts err.

Small seeded functions, for the quick tests in tests/property and for the full run that writes
docs/operating-characteristics.md. They make drafts, which are a few numbers each, and hand them to
the statistics of ``govern.stats``; nothing that is on trial is computed here.
"""
