"""Intervals and tests, pure. Recipes and error rates: docs/statistics.md."""
