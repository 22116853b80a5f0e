"""Evaluation and governance harness for AI-assisted employee reviews."""

__version__ = "0.1.0"
