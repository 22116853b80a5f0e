"""Whom ways out trust over TLS."""

from __future__ import annotations

import ssl
from pathlib import Path

from govern.errors import InputError


def trusting(ca_file: str | None, root: Path) -> ssl.SSLContext:
    """TLS to servers that show a certificate for their name, by the system's authorities or ours.

    Raises:
        InputError: the file holds no certificates.
    """
    try:
        return ssl.create_default_context(cafile=root / ca_file if ca_file else None)
    except OSError as err:
        raise InputError(f"{ca_file}: expected certificates in PEM: {err}") from err
