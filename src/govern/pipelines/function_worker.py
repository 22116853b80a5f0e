"""The process in which a user's function drafts: a line in, a line out.

Run as a script by the user's Python: it imports nothing of ours. It first tells the digest of
each file beside the manifest that it executed, then answers ``{"id", "packet"}`` with
``{"id", "reply"}`` or ``{"id", "error"}`` until its standard input closes.
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib
import inspect
import json
import os
import sys
from collections.abc import Callable
from importlib.machinery import FileFinder, ModuleSpec, SourceFileLoader
from pathlib import Path
from typing import Any, TextIO

HELLO = "hello"
LONGEST_SAID = 100_000


class _FromSource(SourceFileLoader):
    """Executes the bytes of a file, never a cached form of it, and remembers their digest."""

    executed: dict[str, str] = {}

    def get_code(self, fullname: str) -> Any:
        path = self.get_filename(fullname)
        source = self.get_data(path)
        self.executed[path] = hashlib.sha256(source).hexdigest()
        return self.source_to_code(source, path)


class _Beside:
    """Finds modules in one folder, ahead of all others."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._find = FileFinder.path_hook((_FromSource, [".py"]))

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        places = [self._folder] if path is None else list(path)
        for place in places:
            if Path(place).is_dir() and Path(place).is_relative_to(self._folder):
                found = self._find(place).find_spec(name, target)
                if found is not None and found.loader is not None:
                    return found
        return None


def main(folder: str, named: str, memory_mb: str) -> None:
    """Load ``module:function`` and answer with it."""
    answers, questions = _own_streams()
    sys.path.insert(0, folder)
    sys.meta_path.insert(0, _Beside(folder))
    module_name, _, function_name = named.partition(":")
    try:
        module = importlib.import_module(module_name)
    except BaseException as err:  # noqa: BLE001 - whatever importing a user's code raises
        why = f"{module_name} cannot be imported: {_said(err, memory_mb)}"
        _tell(answers, {"id": HELLO, "error": why})
        return
    function = getattr(module, function_name, None)
    source = getattr(module, "__file__", None)
    if not callable(function) or source is None:
        _tell(answers, {"id": HELLO, "error": f"{module_name} has no function {function_name}"})
        return
    _tell(answers, {"id": HELLO, "source": Path(source).name, "files": _files(folder, source)})
    with asyncio.Runner() as runner:
        for line in questions:
            answers.write(_answer(function, json.loads(line), runner, memory_mb) + "\n")
            answers.flush()


def _own_streams() -> tuple[TextIO, TextIO]:
    """Streams that only we know; what the function prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    questions = os.fdopen(os.dup(0), encoding="utf-8")
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return answers, questions


def _files(folder: str, source: str) -> dict[str, str]:
    """Digest by name: files beside the manifest by their path there, an installed one by name."""
    root = Path(folder)
    files = {
        Path(path).relative_to(root).as_posix(): digest
        for path, digest in _FromSource.executed.items()
    }
    if source not in _FromSource.executed:
        files[Path(source).name] = hashlib.sha256(Path(source).read_bytes()).hexdigest()
    return files


def _answer(
    function: Callable[[Any], Any], asked: dict[str, Any], runner: asyncio.Runner, memory_mb: str
) -> str:
    """The line that answers a question."""
    number = asked["id"]
    try:
        reply = function(asked["packet"])
        if inspect.isawaitable(reply):
            reply = runner.run(_awaited(reply))
        return json.dumps({"id": number, "reply": reply}, default=_plain)
    except BaseException as err:  # noqa: BLE001 - whatever a user's function raises fails its draft
        return json.dumps({"id": number, "error": _said(err, memory_mb)})


async def _awaited(reply: Any) -> Any:
    return await reply


def _plain(value: Any) -> Any:
    """A number of NumPy's and the like, as Python's."""
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"expected text, or a dict with 'text', found {type(value).__name__}")


def _said(err: BaseException, memory_mb: str) -> str:
    if isinstance(err, MemoryError):
        return f"memory limit of {memory_mb} MB"
    # Who reads it cuts it, once secrets are out of it.
    return f"{type(err).__name__}: {err}"[:LONGEST_SAID]


def _tell(answers: TextIO, what: dict[str, Any]) -> None:
    answers.write(json.dumps(what) + "\n")
    answers.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
