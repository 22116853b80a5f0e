"""A service that takes many cells at once: gather, submit, ask, read all pages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx

from govern.canon import digest, read_json
from govern.errors import InputError, RunError
from govern.pipelines.http.addresses import same_origin
from govern.pipelines.http.answer import at, found
from govern.pipelines.http.clock import Clock
from govern.pipelines.http.connection import Answer, Connection, NoDraftError
from govern.pipelines.http.request import Call, RequestTemplate
from govern.pipelines.http.settings import Batching

MOST_PAGES = 10_000


@dataclass(frozen=True)
class Row:
    """What a batch says about one cell, and the seconds from submitting to having it."""

    value: Any
    seconds: float


@dataclass
class _Gathered:
    """Cells that wait for a batch to be full, in the order in which they came."""

    items: dict[str, Any] = field(default_factory=dict)
    waiting: dict[str, asyncio.Future[Row]] = field(default_factory=dict)


class Batches:
    """Turns drafts that are asked for one by one into batches. Belongs to one event loop."""

    def __init__(
        self,
        batching: Batching,
        template: RequestTemplate,
        connection: Connection,
        clock: Clock,
    ) -> None:
        self._said, self._template = batching, template
        self._connection, self._clock = connection, clock
        self._next = _Gathered()
        self._tasks: set[asyncio.Task[None]] = set()

    async def row(self, key: str, item: Any) -> Row:
        """What the service says about one cell, once its batch is over.

        Raises:
            RunError: an outage; for one cell or for the whole batch.
            NoDraftError: the service says that this cell failed, or speaks of it twice.
        """
        mine = self._next
        future: asyncio.Future[Row] = asyncio.get_running_loop().create_future()
        mine.items[key], mine.waiting[key] = item, future
        if len(mine.items) == self._said.size:
            self._next = _Gathered()
            self._start(self._settle(mine))
        elif len(mine.items) == 1:
            self._start(self._settle_later(mine))
        return await future

    async def aclose(self) -> None:
        """Drop what is still under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _settle_later(self, batch: _Gathered) -> None:
        """A batch that did not fill up while cells kept coming."""
        count = 0
        while batch is self._next and len(batch.items) > count:
            count = len(batch.items)
            await self._clock.sleep(self._said.wait_s)
        if batch is self._next:
            self._next = _Gathered()
            await self._settle(batch)

    async def _settle(self, batch: _Gathered) -> None:
        started = self._clock.passed()
        try:
            rows = await self._rows(batch)
        except RunError as err:
            for future in batch.waiting.values():
                _give(future, RunError(str(err)))
            return
        except BaseException as err:
            for future in batch.waiting.values():
                _give(future, err)
            raise
        seconds = self._clock.passed() - started
        for key, future in batch.waiting.items():
            _give(future, self._outcome(rows.get(key, []), seconds))

    def _outcome(self, rows: list[Any], seconds: float) -> Row | Exception:
        if not rows:
            return RunError("the batch is over and says nothing about this cell")
        if len(rows) > 1:
            return NoDraftError(f"the batch speaks {len(rows)} times of this cell")
        error = found(rows[0], self._said.error)
        if error is not None and str(error) not in self._said.no_error:
            why = f"the batch says of this cell: {error}"
            return RunError(why) if str(error) in self._said.outages else NoDraftError(why)
        return Row(rows[0], seconds)

    async def _rows(self, batch: _Gathered) -> dict[str, list[Any]]:
        """All rows of a batch by cell."""
        body: Any = list(batch.items.values())
        for name in reversed(self._said.items.split(".")):
            body = {name: body}
        submitted = await self._asked(self._template.submission(body, digest(list(batch.items))))
        name = str(_required(submitted, self._said.id))
        over = await self._over(self._address(self._said.status_url, name))
        rows: dict[str, list[Any]] = {}
        async for row in self._pages(over, name):
            key = str(found(row, self._said.key))
            if key in batch.items:
                rows.setdefault(key, []).append(row)
        return rows

    async def _over(self, url: httpx.URL) -> Any:
        """The answer about a batch that is over."""
        asked_until = self._clock.passed() + self._said.within_s
        while True:
            state = await self._asked(self._template.question(url))
            status = str(_required(state, self._said.status))
            if status in self._said.done:
                return state
            if status in self._said.failed:
                raise RunError(f"{url}: the batch is {status}")
            if self._clock.passed() >= asked_until:
                raise RunError(f"{url}: still {status} after {self._said.within_s:g} s (within_s)")
            await self._clock.sleep(self._said.every_s)

    async def _pages(self, over: Any, name: str) -> AsyncIterator[Any]:
        if self._said.results_url is None:
            for row in _listed(over, self._said.rows):
                yield row
            return
        first = url = self._address(self._said.results_url, name)
        seen = set[httpx.URL]()
        while url not in seen:
            seen.add(url)
            if len(seen) > MOST_PAGES:
                raise RunError(f"{first}: more than {MOST_PAGES} pages")
            answer = await self._connection.ask(self._template.question(url))
            if self._said.rows is None:
                for row in _lines(answer, url):
                    yield row
                return
            page = _readable(answer, url)
            for row in _listed(page, self._said.rows):
                yield row
            following = found(page, self._said.next)
            if following in (None, ""):
                return
            url = self._following(first, url, str(following))
        raise RunError(f"{url}: the pages of results go round")

    def _following(self, first: httpx.URL, url: httpx.URL, following: str) -> httpx.URL:
        if self._said.cursor:
            return first.copy_merge_params({self._said.cursor: following})
        try:
            target = url.join(following)
        except (httpx.InvalidURL, ValueError):
            raise RunError(f"{url}: the next page is at no address") from None
        if not same_origin(first, target):
            raise RunError(f"{url}: the next page is on another server, which is not followed")
        return target

    def _address(self, template: str, name: str) -> httpx.URL:
        return self._template.address.join(template.replace("{id}", quote(name, safe="")))

    async def _asked(self, call: Call) -> Any:
        return _readable(await self._connection.ask(call), call.url)


def _give(future: asyncio.Future[Row], outcome: Row | BaseException) -> None:
    if future.done():
        return
    if isinstance(outcome, Row):
        future.set_result(outcome)
    elif isinstance(outcome, asyncio.CancelledError):
        future.cancel()
    else:
        future.set_exception(outcome)


def _readable(answer: Answer, url: httpx.URL) -> Any:
    """The value of an answer about a batch: without one, nothing is known of its cells.

    Raises:
        RunError: it is an error, too long, or no JSON.
    """
    try:
        return answer.json()
    except NoDraftError as err:
        raise RunError(f"{url}: {err}") from err


def _required(answer: Any, path: str) -> Any:
    try:
        return at(answer, path)
    except LookupError as err:
        raise RunError(f"the answer about a batch: {err}") from err


def _listed(answer: Any, path: str | None) -> list[Any]:
    rows = _required(answer, path) if path else answer
    if not isinstance(rows, list):
        raise RunError(f"the results of a batch: expected a list at {path!r}")
    return rows


def _lines(answer: Answer, url: httpx.URL) -> list[Any]:
    if not answer.whole or answer.status >= 400:
        _readable(answer, url)
    try:
        return [read_json(line, where=str(url)) for line in answer.content.split(b"\n") if line]
    except InputError as err:
        raise RunError(str(err)) from err
