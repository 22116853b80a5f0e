"""What is said of addresses: which are of one server, which of this machine."""

from __future__ import annotations

import ipaddress

import httpx

_PORTS = {"http": 80, "https": 443}


def same_origin(one: httpx.URL, other: httpx.URL) -> bool:
    """Whether two addresses are of one server."""
    return _origin(one) == _origin(other)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port or _PORTS.get(url.scheme)
