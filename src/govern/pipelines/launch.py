"""Sets limits on its own process and becomes the program that it is given.

Run as a script by an isolated Python: it imports nothing of ours.
"""

from __future__ import annotations

import os
import resource
import signal
import sys

CANNOT_START = 127
_PR_SET_PDEATHSIG = 1


def main(memory_bytes: int, cpu_s: int, program: list[str]) -> None:
    """Limit address space, CPU time and core files, 0 meaning no limit, and run ``program``.

    A core file would hold what was sent about people: none is written.
    """
    try:
        _end_with_parent()
        _limit(resource.RLIMIT_CORE, 0)
        if memory_bytes:
            _limit(resource.RLIMIT_AS, memory_bytes)
        if cpu_s:
            # At the hard limit the kernel kills without saying that it was for the time.
            _limit(resource.RLIMIT_CPU, cpu_s, grace=1)
        os.execv(program[0], program)  # noqa: S606 - a list of arguments, no shell
    except (OSError, ValueError) as err:
        sys.stderr.write(f"{program[0]} cannot be started: {err}\n")
        sys.exit(CANNOT_START)


def _end_with_parent() -> None:
    """Where the system can: no draft goes on for a run that was killed."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _limit(kind: int, most: int, grace: int = 0) -> None:
    _, hard = resource.getrlimit(kind)
    last = most + grace if hard == resource.RLIM_INFINITY else min(most + grace, hard)
    resource.setrlimit(kind, (min(most, last), last))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
