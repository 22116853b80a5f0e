"""Contests of reviews that AI helped to draft: what may be said of them as a whole."""

from govern.contest.specs import SPECS

__all__ = ["SPECS"]
