"""One call and its answer: tries, waiting, redirects, how much of an answer is read."""

from __future__ import annotations

import asyncio
import json
import random
import ssl
from contextlib import ExitStack
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx

from govern.canon import read_json
from govern.errors import InputError, RunError
from govern.pipelines.exchange import tell_came_back, tell_sent
from govern.pipelines.http.addresses import same_origin
from govern.pipelines.http.clock import Clock
from govern.pipelines.http.compressed import UnreadableError, unpacked
from govern.pipelines.http.credentials import Credential, Redactor
from govern.pipelines.http.limits import Pace, asked_to_wait_s, wait_s
from govern.pipelines.http.request import Call
from govern.pipelines.http.settings import HttpSettings

MOST_REDIRECTS = 3
EXCERPT = 200
# Nobody is at home, or not for us, or not now: none of it says anything about a draft.
_OUT_OF_ORDER = {401, 402, 403, 404, 405, 407, 408, 409, 421, 425, 429}
_WORTH_A_RETRY = {408, 409, 425, 429, 500, 502, 503, 504}


class NoDraftError(Exception):
    """The service answered, and what it answered is no draft."""


@dataclass(frozen=True)
class Answer:
    """What came back, and the seconds that it took; ``whole`` unless it was over the limit."""

    status: int
    content: bytes
    whole: bool
    retry_after: str | None
    seconds: float
    redact: Redactor

    @property
    def is_outage(self) -> bool:
        """Whether it says nothing about a draft."""
        answered = 200 <= self.status < 300 or 400 <= self.status < 500
        return not answered or self.status in _OUT_OF_ORDER

    def json(self) -> Any:
        """The value.

        Raises:
            NoDraftError: an error, too long, or no JSON.
        """
        if self.status >= 400:
            raise NoDraftError(f"the service answered {self.status}{self.excerpt()}")
        if not self.whole:
            raise NoDraftError(f"the answer is over {len(self.content)} bytes (most_bytes)")
        try:
            return read_json(self.content, where="the answer")
        except InputError as err:
            raise NoDraftError(f"{err}{self.excerpt()}") from err

    def told(self) -> dict[str, Any]:
        """The answer as JSON, without secrets."""
        said = self.redact(self.content.decode(errors="replace")) if self.whole else "(too long)"
        try:
            return {"status": self.status, "body": json.loads(said)}
        except (ValueError, RecursionError):
            return {"status": self.status, "body": said}

    def excerpt(self) -> str:
        """How the answer begins, for a message, with the colon before it."""
        # A secret that was cut in two would not be found.
        said = self.redact(self.content.decode(errors="replace")) if self.whole else ""
        said = " ".join(said.split())[:EXCERPT]
        return f": {said}" if said else ""


class ElsewhereError(Exception):
    """A redirect that is not followed."""


class Connection:
    """Sends calls over one client, which belongs to the event loop that opened it.

    Args:
        settings: of the manifest.
        trust: for connections over TLS.
        credential: what shows who asks, if anything.
        proxy: address of a proxy, if any.
        redact: takes secrets out of messages and of what httpx logs.
        pace: turns, shared by all connections of a pipeline.
        clock: for waiting and for latencies.
        chance: for jitter.
    """

    def __init__(
        self,
        settings: HttpSettings,
        *,
        trust: ssl.SSLContext,
        credential: Credential | None,
        proxy: str | None,
        redact: Redactor,
        pace: Pace,
        clock: Clock,
        chance: random.Random,
    ) -> None:
        self._settings, self._credential, self._redact = settings, credential, redact
        self._pace, self._clock, self._chance = pace, clock, chance
        self._slots = asyncio.Semaphore(settings.at_once)
        limits = httpx.Limits(max_connections=settings.at_once)
        self._client = httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(verify=trust, proxy=proxy, limits=limits),
            timeout=settings.timeout_s,
            headers={"Accept-Encoding": "identity", "User-Agent": "govern"},
            # No draft may rest on the one before it, as the cookie of a session would have it.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            trust_env=False,
        )
        self._open = ExitStack()
        self._open.enter_context(redact.on_logs())

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()
        self._open.close()

    async def ask(self, call: Call) -> Answer:
        """The answer to a call, tried as often as the manifest says.

        Raises:
            RunError: nobody answered, or who answered is out of order.
        """
        async with self._slots:
            retry = 0
            while True:
                answer, why = await self._tried(call)
                if answer and not answer.is_outage:
                    return answer
                retry += 1
                if answer and answer.status not in _WORTH_A_RETRY:
                    raise self._outage(call, why)
                if retry >= self._settings.retries.tries:
                    raise self._outage(call, f"{why} ({retry} tries)" if retry > 1 else why)
                await self._wait(call, answer, retry, why)

    async def _wait(self, call: Call, answer: Answer | None, retry: int, why: str) -> None:
        retries = self._settings.retries
        pause = wait_s(retries, retry, self._chance)
        asked = asked_to_wait_s(answer.retry_after if answer else None, self._clock.epoch())
        if asked is not None:
            if asked > retries.most_s:
                most = f"at most {retries.most_s:g} s are waited (retries.most_s)"
                raise self._outage(call, f"{why}; it asks to wait {asked:.0f} s, {most}")
            self._pace.rest(asked)
            pause = asked + min(pause, retries.first_s)
        await self._clock.sleep(pause)

    async def _tried(self, call: Call) -> tuple[Answer | None, str]:
        """The answer, or ``None``, and in words what stands in the way of a draft."""
        await self._pace.turn()
        tell_sent(call.told())
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                answer = await self._sent(call)
        except TimeoutError:
            return None, f"no answer: none within {self._settings.timeout_s:g} s"
        except httpx.TimeoutException as err:
            return None, f"no answer: {type(err).__name__}"
        except httpx.HTTPError as err:
            return None, f"no answer: {type(err).__name__}: {err}".rstrip(": ")
        except UnreadableError as err:
            return None, f"no answer that can be read: {err}"
        except ElsewhereError as err:
            raise self._outage(call, str(err)) from None
        tell_came_back(answer.told())
        return answer, f"answered {answer.status}{answer.excerpt()}"

    async def _sent(self, call: Call) -> Answer:
        url, started = call.url, self._clock.passed()
        for _ in range(MOST_REDIRECTS + 1):
            request = self._client.build_request(
                call.method, url, headers=dict(call.headers), content=call.content
            )
            reply = await self._client.send(request, auth=self._credential, stream=True)
            try:
                if not reply.has_redirect_location:
                    return await self._read(reply, started)
                url = _followed(reply, call)
            finally:
                await reply.aclose()
        raise ElsewhereError(f"redirects more than {MOST_REDIRECTS} times")

    async def _read(self, reply: httpx.Response, started: float) -> Answer:
        content, most = bytearray(), self._settings.most_bytes
        async for chunk in reply.aiter_raw():
            content += chunk
            if len(content) > most:
                break
        found = bytes(content)
        if len(content) <= most:
            found = unpacked(found, reply.headers.get("content-encoding", ""), most=most)
        return Answer(
            status=reply.status_code,
            content=found[:most],
            whole=len(found) <= most,
            retry_after=reply.headers.get("retry-after"),
            seconds=self._clock.passed() - started,
            redact=self._redact,
        )

    def _outage(self, call: Call, why: str) -> RunError:
        where = call.url.copy_with(query=None)
        return RunError(f"{where}: {self._redact(why)}"[: EXCERPT * 2])


def _followed(reply: httpx.Response, call: Call) -> httpx.URL:
    """Where a redirect leads: to the same server, with method and body as they are.

    Raises:
        ElsewhereError: it leads to another server, or drops the body.
    """
    try:
        target = reply.url.join(reply.headers["location"])
    except (httpx.InvalidURL, ValueError):
        raise ElsewhereError(f"answered {reply.status_code}: redirects to no address") from None
    if not same_origin(call.url, target):
        raise ElsewhereError(
            f"answered {reply.status_code}: redirects to {target.scheme}://{target.netloc.decode()}"
            ", another server, which is not followed; if it is right, set it in the manifest"
        )
    if reply.status_code not in (307, 308) and call.method != "GET":
        raise ElsewhereError(f"answered {reply.status_code}: a redirect that would drop the body")
    return target
