"""The command line: parse, call app, print, exit.

Everything heavy is imported inside the command that needs it, so that ``--help`` is instant.
"""

from __future__ import annotations

import errno
import os
import sys
import traceback
import warnings
from typing import NoReturn

from govern.errors import GovernError, InputError, RunError

__all__ = ["main"]

DEFECT = 1
SIGINT = 130
SIGPIPE = 141
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
REFUSED = (
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.ENAMETOOLONG,
)


def main() -> None:
    """Run a command and exit with the code that its outcome has."""
    _settle()
    try:
        from govern.cli.commands import app

        app()
    except GovernError as err:
        _say(str(err))
        sys.exit(err.exit_code)
    except SystemExit as end:
        if end.code == SIGINT:
            _stop()
        if isinstance(end.__context__, BrokenPipeError):
            sys.exit(SIGPIPE)
        raise
    except KeyboardInterrupt:
        _stop()
    except OSError as err:
        if err.errno in REFUSED and err.filename is not None:
            _say(f"{err.filename}: cannot be read or written: {err.strerror}")
            sys.exit(InputError.exit_code)
        if err.errno not in FULL:
            _give_up()
        _say(f"{err.filename or 'the disk'}: {err.strerror}; make room and give the command again")
        sys.exit(RunError.exit_code)
    except Exception:  # noqa: BLE001 - the last line of defence, with a code of its own
        _give_up()


def _stop() -> NoReturn:
    _say("interrupted; what was finished is kept")
    sys.exit(RunError.exit_code)


def _give_up() -> NoReturn:
    traceback.print_exc()
    _say("this is a defect of ours; please report it with the lines above")
    sys.exit(DEFECT)


def _settle() -> None:
    """No telemetry, no hub, and of all warnings only our own."""
    for name in ("DO_NOT_TRACK", "MLFLOW_DISABLE_TELEMETRY"):
        os.environ.setdefault(name, "true")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")
    warnings.simplefilter("ignore")
    warnings.filterwarnings("always", module=r"govern\.", category=UserWarning)
    warnings.showwarning = lambda message, *_rest, **_more: _say(str(message))


def _say(text: str) -> None:
    """An error may quote a file's name or what stood in it, and those are others' to choose."""
    from govern.report.wording import visible

    sys.stderr.write(f"govern: {visible(text)}\n")
