"""The HR system behind a webhook; see ``domain.sending.HrSystem``.

Each call carries when it was made and an HMAC-SHA256 of that and the body, so that the receiver
can tell ours from others' and refuse what is old, and a key that is the same at every attempt.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import httpx

from govern.canon import canonical_json
from govern.domain.sending import FlagNotice, Webhook
from govern.errors import DeclinedError, RunError
from govern.store.tls import trusting

LONGEST_ANSWER = 65_536
"""Bytes of an answer that are read; of a longer one, only that it came."""
PAUSES_S = (1.0, 5.0, 25.0)
"""Seconds between one attempt and the next, within one call."""
TRY_LATER = 429


class HrWebhook:
    """POSTs to one address; a redirect is not followed, and an outage is tried again."""

    def __init__(
        self,
        settings: Webhook,
        *,
        secret: bytes,
        root: Path,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        pauses_s: Sequence[float] = PAUSES_S,
    ) -> None:
        self._url = str(settings.url)
        self._timeout = settings.timeout_s
        self._secret = secret
        self._now = now
        self._sleep = sleep
        self._pauses = pauses_s
        self._tls = trusting(settings.ca_file, root)

    def tell(self, flag: FlagNotice) -> bool:
        for pause in self._pauses:
            try:
                return self._tell(flag)
            except DeclinedError:
                raise
            except RunError:
                self._sleep(pause)
        return self._tell(flag)

    def _tell(self, flag: FlagNotice) -> bool:
        body = canonical_json(flag.as_json())
        headers = {
            "content-type": "application/json",
            # What is packed could unpack to more than we would read.
            "accept-encoding": "identity",
            "idempotency-key": flag.event_id,
            **signature(self._secret, body, self._now()),
        }
        try:
            with (
                httpx.Client(timeout=self._timeout, verify=self._tls) as client,
                client.stream("POST", self._url, content=body, headers=headers) as reply,
            ):
                self._require_taken(reply)
                return _acknowledged(reply)
        except httpx.HTTPError as err:
            what = f"{type(err).__name__}: {err}".rstrip(": ")
            raise RunError(f"HR system {self._url}: no answer: {what}") from err

    def _require_taken(self, reply: httpx.Response) -> None:
        code, where = reply.status_code, f"HR system {self._url}"
        if reply.is_redirect:
            raise DeclinedError(f"{where}: answered {code}, a redirect, which is not followed")
        if code == TRY_LATER or reply.is_server_error:
            raise RunError(f"{where}: answered {code}")
        if not reply.is_success:
            raise DeclinedError(f"{where}: answered {code}")


def signature(secret: bytes, body: bytes, at: datetime) -> dict[str, str]:
    """The headers by which a receiver knows a call: seconds since 1970, and an HMAC-SHA256.

    It is over the digits of the time, a full stop, and the body.
    """
    time = str(int(at.timestamp()))
    mac = hmac.new(secret, time.encode() + b"." + body, sha256).hexdigest()
    return {"govern-timestamp": time, "govern-signature": f"sha256={mac}"}


def _acknowledged(reply: httpx.Response) -> bool:
    """Whether the answer says that it was heard; anything else says only that it arrived."""
    read = b""
    for part in reply.iter_raw():
        read += part
        if len(read) > LONGEST_ANSWER:
            return False
    try:
        said = json.loads(read)
    except (ValueError, RecursionError):
        return False
    return isinstance(said, dict) and said.get("acknowledged") is True
