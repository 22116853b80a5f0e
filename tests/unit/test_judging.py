"""A model's verdicts: what counts as one, in a contract that two kinds of provider pass.

One provider is made here and registered with Inspect; the other is Inspect's own for services
that speak OpenAI's protocol, with a service on loopback behind it.
"""

from __future__ import annotations

import json
import resource
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from govern.errors import InputError, IntegrityError, RunError
from govern.runner.judging import Question, judge_all, read_answer, read_verdicts, verdict

# Inspect's way of setting up retries.
pytestmark = pytest.mark.filterwarnings("ignore:The 'initial' parameter:DeprecationWarning")
Reply = Callable[[str], str]
YES = '{"unsupported": true, "claim": "won a prize"}'
NO = '{"unsupported": false, "claim": ""}'
ONE = Question("Employee closed 12 files.", ("Q1: Employee closed 12 files.", "Q2: A hall."))
TWO = Question("Employee won a prize.", ("Q1: Employee closed 12 files.", "Q2: A hall."))


class OutageError(Exception):
    """What stands for a provider that is not there."""


def honest(prompt: str) -> str:
    return YES if "won a prize.\nEND OF DRAFT" in prompt else NO


def draft_first(prompt: str) -> bool:
    return prompt.index("DRAFT\n") < prompt.index("EVIDENCE\n")


@pytest.fixture
def registered() -> Callable[[Reply], str]:
    """A provider of Inspect's that answers as it is told."""
    from inspect_ai.model import ModelAPI, ModelOutput, modelapi

    def serve(reply: Reply) -> str:
        @modelapi(name="told")
        class Told(ModelAPI):
            async def generate(self, input, tools, tool_choice, config):  # noqa: A002
                return ModelOutput.from_content(self.model_name, reply(input[-1].text))

        return "told/judge"

    return serve


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch):
    """A service on loopback that speaks OpenAI's protocol."""
    servers, seen = [], []

    def serve(reply: Reply) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                seen.append(body)
                try:
                    said, status = reply(_said(body)), 200
                except OutageError:
                    said, status = "", 401
                message = {"role": "assistant", "content": said}
                answer = {
                    "id": "1",
                    "object": "chat.completion",
                    "created": 0,
                    "model": "judge",
                    "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                    "usage": {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12},
                }
                raw = json.dumps(answer if status == 200 else {"error": {"message": "no"}}).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_args):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        servers.append((server, thread))
        monkeypatch.setenv("STAND_IN_API_KEY", "none")
        monkeypatch.setenv("STAND_IN_BASE_URL", f"http://127.0.0.1:{server.server_port}/v1")
        return "openai-api/stand-in/judge"

    serve.seen = seen
    yield serve
    for server, thread in servers:
        server.shutdown()
        server.server_close()
        thread.join()


def _said(body) -> str:
    content = body["messages"][-1]["content"]
    return content if isinstance(content, str) else content[0]["text"]


@pytest.fixture(params=["registered", "service"])
def provider(request: pytest.FixtureRequest) -> Callable[[Reply], str]:
    return request.getfixturevalue(request.param)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "verdicts.jsonl"


class TestAnyProvider:
    def test_two_like_answers_are_a_verdict(self, provider, kept):
        given = judge_all([ONE, TWO], model=provider(honest), kept=kept, at_once=2)

        assert {ONE.key: False, TWO.key: True} == {k: v.unsupported for k, v in given.items()}

    def test_an_answer_that_turns_with_the_order_is_none(self, provider, kept):
        model = provider(lambda prompt: YES if draft_first(prompt) else NO)

        [said] = judge_all([ONE], model=model, kept=kept, at_once=1).values()

        assert (None, "disagreed") == (said.unsupported, said.why)

    def test_a_reply_in_prose_is_no_grade(self, provider, kept):
        model = provider(lambda _prompt: "Yes, I would say unsupported: true.")

        [said] = judge_all([ONE], model=model, kept=kept, at_once=1).values()

        assert (None, "unreadable") == (said.unsupported, said.why)
        assert said.replies[0].startswith("Yes, I would say")

    def test_an_outage_is_an_error_and_what_was_said_before_is_kept(self, provider, kept):
        def failing(prompt: str) -> str:
            if "prize" in prompt:
                raise OutageError("gone")
            return NO

        model = provider(failing)
        with pytest.raises(RunError, match=model):
            judge_all([ONE, TWO], model=model, kept=kept, at_once=1)

        assert {ONE.key} == set(read_verdicts(kept))

    def test_what_was_answered_is_not_asked_again_nor_are_equal_questions(self, provider, kept):
        asked = []

        def counting(prompt: str) -> str:
            asked.append(prompt)
            return NO

        model = provider(counting)
        for questions in ([ONE, ONE], [ONE, TWO]):
            judge_all(questions, model=model, kept=kept, at_once=4)

        assert 4 == len(asked) == len(set(asked))


def test_the_form_of_the_answer_goes_along(service, kept):
    judge_all([ONE], model=service(honest), kept=kept, at_once=1)

    form = service.seen[0]["response_format"]["json_schema"]
    assert form["strict"]
    assert {"unsupported", "claim"} == set(form["schema"]["properties"])
    assert 0.0 == service.seen[0]["temperature"]


def test_the_two_orders_hold_the_same_lines():
    there, back = ONE.orders

    assert draft_first(back)
    assert not draft_first(there)
    assert sorted(there.splitlines()) == sorted(back.splitlines())
    assert there.index("12 files.\n- Q2") < there.index("A hall.")
    assert back.index("A hall.") < back.index("- Q1")


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "true",
        "[]",
        '{"unsupported": "yes", "claim": ""}',
        '{"unsupported": 1, "claim": ""}',
        '{"unsupported": true}',
        '{"unsupported": true, "claim": "", "confidence": 0.5}',
        f"Here it is: {NO}",
        f"{NO} {YES}",
        f"```json\n{NO}\n```\n```json\n{YES}\n```",
    ],
)
def test_whatever_is_not_the_object_that_was_asked_for_is_no_answer(reply: str):
    assert read_answer(reply) is None


@pytest.mark.parametrize("reply", [YES, f" {YES}\n", f"```json\n{YES}\n```", f"```\n{YES}\n```"])
def test_the_object_is_read_also_in_a_fence(reply: str):
    assert read_answer(reply) is True


def test_one_unreadable_reply_of_two_is_no_verdict():
    assert "unreadable" == verdict((YES, "Sorry.")).why


def test_a_model_that_inspect_does_not_know_is_named(kept):
    with pytest.raises(InputError, match=r"--model nobody/judge: "):
        judge_all([ONE], model="nobody/judge", kept=kept, at_once=1)


def test_a_line_that_a_crash_cut_short_is_asked_again(registered, kept):
    model = registered(honest)
    judge_all([ONE], model=model, kept=kept, at_once=1)
    with kept.open("ab") as stream:
        stream.write(b'{"key": "half')

    assert 2 == len(judge_all([ONE, TWO], model=model, kept=kept, at_once=1))
    assert 2 == len(read_verdicts(kept))


def test_a_broken_line_in_the_middle_is_no_verdict(kept):
    kept.write_text("what\n")

    with pytest.raises(IntegrityError, match=r"verdicts\.jsonl:1: not a verdict"):
        read_verdicts(kept)


def test_a_full_disk_ends_the_asking_with_whole_lines_alone(registered, kept):
    """Half a line would be joined by the next, and what was paid for could be read no more."""
    model, before = registered(honest), resource.getrlimit(resource.RLIMIT_FSIZE)
    questions = [Question(f"Employee closed {n} files.", ONE.evidence) for n in range(9)]
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, before[1]))
    try:
        with pytest.raises(RunError, match="a verdict could not be kept: File too large"):
            judge_all(questions, model=model, kept=kept, at_once=1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert kept.read_bytes().endswith(b"\n")
    assert 0 < len(read_verdicts(kept)) < 9
    assert 9 == len(judge_all(questions, model=model, kept=kept, at_once=3))


def test_a_reply_with_halves_of_characters_is_unreadable_and_kept(registered, kept):
    model = registered(lambda _prompt: "\ud83d")

    [said] = judge_all([ONE], model=model, kept=kept, at_once=1).values()

    assert "unreadable" == said.why
    assert {ONE.key: said} == read_verdicts(kept)
