"""One tree of errors, each with the exit code that the command line returns for it."""

from __future__ import annotations

import shlex
import sys


class GovernError(Exception):
    """What went wrong, what was expected and what to do, in one message."""

    exit_code = 2


class InputError(GovernError):
    """A file, option or value that the user gave cannot be used."""


class FrameError(InputError):
    """A table lacks a column or holds values that a drafts frame cannot have."""


class DatasetError(InputError):
    """A dataset folder is incomplete or malformed."""


class ManifestError(InputError):
    """A pipeline manifest is malformed or names something unknown."""


class ContestError(GovernError):
    """A step in a contest that may not be taken, by this person or now."""


class ConflictError(ContestError):
    """Somebody else entered the case's next event first; read it again."""


class PolicyError(GovernError):
    """A policy, waiver, attestation, certificate or their signature is not valid."""

    exit_code = 12


class IntegrityError(GovernError):
    """A digest, signature or proof does not match what it stands for."""

    exit_code = 13


class RunError(GovernError):
    """The run could not finish; what is done is kept."""

    exit_code = 14


class DeclinedError(RunError):
    """Another system does not take this one thing; it may take others."""


class MovedError(RunError):
    """Somebody else entered something in the record first."""


class FailedError(GovernError):
    """What is asked for needs a pass, and the decision is a fail."""

    exit_code = 10


class InsufficientError(GovernError):
    """What is asked for needs a pass, and there was not enough evidence for one."""

    exit_code = 11


def with_extra(name: str) -> str:
    """The command that adds an extra where govern runs.

    Elsewhere its name would fetch another project from a public index.
    """
    return f"{shlex.quote(sys.executable)} -m pip install 'govern[{name}]'"
