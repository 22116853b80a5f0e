"""Contests and appeals, pure: what may happen, who may do it, by when, and what came of it."""
