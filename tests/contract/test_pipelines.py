"""Every adapter keeps to the contract."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from govern.pipelines import KINDS
from govern.testing.pipelines import SCRIPT, PipelineContract


def written(folder: Path, kind: str, settings: dict[str, Any], **more: Any) -> Path:
    """A manifest, as the JSON that YAML is a superset of."""
    manifest = {
        "id": "held",
        "version": "1",
        "kind": kind,
        "description": "letter: a",
        "settings": settings,
        **more,
    }
    path = folder / "held.yaml"
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return path


class TestReference(PipelineContract):
    scripted = False

    @classmethod
    def manifest(cls, folder):
        return written(folder, "reference", {})


class TestPlanted(PipelineContract):
    scripted = False

    @classmethod
    def manifest(cls, folder):
        return written(folder, "planted", {"seed": 1, "boilerplate": {"dose": 1}})


class TestPython(PipelineContract):
    @classmethod
    def manifest(cls, folder):
        (folder / "helper.py").write_text(f"# letter: a\n{SCRIPT}")
        (folder / "drafter.py").write_text("from helper import draft\n")
        return written(folder, "python", {"function": "drafter:draft", "slots": 2})

    def reached(self, manifest):
        return manifest.parent / "helper.py"


ANSWERING = """
import json, sys
for line in sys.stdin:
    asked = json.loads(line)
    reply = draft(asked["packet"])
    if isinstance(reply, str):
        reply = {"text": reply}
    print(json.dumps({"id": asked["id"], **reply}), flush=True)
"""


class TestCommand(PipelineContract):
    @classmethod
    def manifest(cls, folder):
        (folder / "drafter.py").write_text(f"# letter: a\n{SCRIPT}{ANSWERING}")
        return written(folder, "command", {"command": [sys.executable, "drafter.py"], "slots": 2})

    def reached(self, manifest):
        return manifest.parent / "drafter.py"


THREADED = """
import json, sys, threading
lock = threading.Lock()
def answer(asked):
    reply = draft(asked["packet"])
    reply = {"text": reply} if isinstance(reply, str) else reply
    with lock:
        print(json.dumps({"id": asked["id"], **reply}), flush=True)
for line in sys.stdin:
    threading.Thread(target=answer, args=[json.loads(line)]).start()
"""


class TestCommandInOneProcess(PipelineContract):
    @classmethod
    def manifest(cls, folder):
        (folder / "drafter.py").write_text(SCRIPT + THREADED)
        (folder / "weights.txt").write_text("letter: a")
        settings = {
            "command": [sys.executable, "drafter.py"],
            "files": ["weights.txt"],
            "slots": 8,
            "processes": 1,
        }
        return written(folder, "command", settings)

    def reached(self, manifest):
        return manifest.parent / "weights.txt"


REWRITING = """
# letter: a
def rewrite(packet):
    draft = packet["steps"]["draft"]
    return {"text": draft["text"], "rating": draft["rating"]}
"""


class TestChain(PipelineContract):
    @classmethod
    def manifest(cls, folder):
        (folder / "drafter.py").write_text(SCRIPT)
        (folder / "rewriter.py").write_text(REWRITING)
        steps = [
            {"name": name, "kind": "python", "settings": {"function": function, "slots": 2}}
            for name, function in (("draft", "drafter:draft"), ("rewrite", "rewriter:rewrite"))
        ]
        return written(folder, "chain", {"steps": steps})

    def reached(self, manifest):
        return manifest.parent / "rewriter.py"


class Drafting(BaseHTTPRequestHandler):
    let_go = Event()

    def do_POST(self):
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        packet = sent["packet"]
        if packet["name"] == "Away":
            self.send_error(503)
            return
        if packet["name"] == "Slow":
            self.let_go.wait(60)
        refusal = {"Refuse": "I cannot write this review.", "Fail": ""}
        said = f"{packet['name']} of {packet['case_id']} did well.\nRating: 4"
        body = json.dumps({"text": refusal.get(packet["name"], said)}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class TestHttp(PipelineContract):
    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def service(cls) -> Iterator[None]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), Drafting)
        cls.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        yield
        Drafting.let_go.set()
        server.shutdown()
        server.server_close()
        thread.join()

    @classmethod
    def manifest(cls, folder):
        return written(folder, "http", {"url": f"http://127.0.0.1:{cls.port}/", "text": "text"})


@pytest.fixture(scope="session")
def scripted_provider() -> str:
    """A provider of Inspect's that follows the script, and names nobody outside this process."""
    from inspect_ai.model import ModelAPI, ModelOutput, modelapi

    @modelapi(name="scripted")
    class Scripted(ModelAPI):
        async def generate(self, input, tools, tool_choice, config):  # noqa: A002
            name, case = input[-1].text.split(" of ")
            if name == "Away":
                raise ConnectionError("nobody answers")
            if name == "Slow":
                await asyncio.sleep(600)
            refusal = {"Refuse": "I cannot write this review.", "Fail": ""}
            said = refusal.get(name, f"{name} of {case} did well.\nRating: 4")
            return ModelOutput.from_content("scripted", said)

    return "scripted/one"


# Inspect asks its own dependency in an old way.
@pytest.mark.filterwarnings("ignore:The 'initial' parameter is deprecated:DeprecationWarning")
class TestInspectModel(PipelineContract):
    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def provider(cls, scripted_provider):
        cls.model = scripted_provider

    @classmethod
    def manifest(cls, folder):
        (folder / "prompt.j2").write_text(
            "{# letter: a #}{{ packet.name }} of {{ packet.case_id }}"
        )
        generate = {"max_retries": 0}
        return written(
            folder,
            "inspect_model",
            {"template": "prompt.j2", "generate": generate},
            model=cls.model,
        )

    def reached(self, manifest):
        return manifest.parent / "prompt.j2"


def test_every_kind_is_held_to_the_contract():
    """By the kinds that the manifests of this file name."""
    source = Path(__file__).read_text(encoding="utf-8")

    assert [] == [kind for kind in KINDS if f'"{kind}"' not in source]
