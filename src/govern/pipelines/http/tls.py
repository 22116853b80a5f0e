"""Whom a connection trusts."""

from __future__ import annotations

import ssl
from pathlib import Path

import httpx

from govern.errors import ManifestError
from govern.pipelines.http.addresses import is_loopback
from govern.pipelines.http.credentials import read_private
from govern.pipelines.http.settings import Tls


def context(tls: Tls, host: str, folder: Path, *, where: str) -> ssl.SSLContext:
    """A context for connections to ``host``.

    Raises:
        ManifestError: a file cannot be used, a private key is open to others or encrypted, or
            verification is off beyond loopback.
    """
    if not tls.verify and not is_loopback(host):
        raise ManifestError(
            f"{where}: tls.verify: false is for this machine alone, found {host}; name the "
            "authority that signed its certificate by tls.ca"
        )
    try:
        made = (
            ssl.create_default_context(cafile=str(folder / tls.ca))
            if tls.ca
            else httpx.create_ssl_context(verify=tls.verify, trust_env=False)
        )
        if not tls.verify:
            made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
        if tls.certificate:
            key = folder / (tls.key or tls.certificate)
            read_private(key, where=where)
            made.load_cert_chain(folder / tls.certificate, key, password=_no_password)
    except (OSError, ValueError) as err:
        raise ManifestError(f"{where}: tls: a file cannot be used: {err}") from err
    return made


def _no_password() -> bytes:
    """In place of a question on the terminal."""
    raise ValueError("the private key is encrypted; expected one that is not, with mode 0600")
