"""Every socket that would leave this machine is refused, in any Python that finds this file.

``PYTHONPATH=tests/egress`` puts it into a subprocess; tests/conftest.py into the suite.
"""

from __future__ import annotations

import sys
from typing import Any

LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")


class EgressError(OSError):
    """Something tried to leave this machine."""


def refuse_egress(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: raise on a connection or a look-up beyond loopback."""
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host and not str(host).startswith(LOOPBACK):
        raise EgressError(f"{event} to {host!r}: nothing here may leave this machine")


sys.addaudithook(refuse_egress)
