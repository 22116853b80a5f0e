"""Manifests of kind ``http``: what is sent by them, and what they may not say."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from http_pipelines import RUBRIC, Ticking, pipeline, request
from hypothesis import given, settings
from hypothesis import strategies as st

from govern.errors import ManifestError
from govern.pipelines.http.credentials import Redactor
from govern.pipelines.http.limits import Pace, asked_to_wait_s
from govern.pipelines.http.request import Call, RequestTemplate
from govern.pipelines.http.settings import HttpSettings

URL = "https://drafts.example/v1/draft"
PACKET = request().packet
KEY = "k" * 64


def template(folder: Path, **more: object) -> RequestTemplate:
    told = {"url": URL, "text": "t"} | more
    return RequestTemplate(HttpSettings.model_validate(told), None, folder, where="pipeline svc")


def call(**more: object) -> Call:
    return template(Path(), **more).call(PACKET, KEY)


def body(tree: object) -> object:
    content = call(body=tree).content
    return None if content is None else json.loads(content)


def refusal(**told: object) -> str:
    with pytest.raises(ManifestError) as caught:
        pipeline(**{"url": URL} | told).prompt(PACKET)
    return str(caught.value)


def test_templates_fill_body_headers_and_query_and_keep_what_is_no_template():
    made = call(
        method="PUT",
        headers={"X-Case": "{{ packet.case_id }}"},
        query={"year": "{{ packet.period }}", "n": 2, "tag": ["a", "{{ packet.level }}"]},
        body={
            "model": "m",
            "temperature": 0.5,
            "messages": [{"role": "user", "content": "Write about {{ packet.name }}."}],
            "facts": "{{ packet.evidence | map(attribute='text') | list }}",
            "json": "{not: jinja}",
        },
    )

    assert ("PUT", f"{URL}?year=2025&n=2&tag=a&tag=senior") == (made.method, str(made.url))
    assert ("case-1", KEY) == (made.headers["x-case"], made.headers["idempotency-key"])
    assert {
        "model": "m",
        "temperature": 0.5,
        "messages": [{"role": "user", "content": "Write about Zoë."}],
        "facts": ["Closed 42 requests."],
        "json": "{not: jinja}",
    } == json.loads(made.content or b"")


@pytest.mark.parametrize(
    ("string", "expected"),
    [
        ("{{ packet.goals }}", []),
        (" {{ packet.name }} ", "Zoë"),
        ("{{ packet.name }}{{ packet.level }}", "Zoësenior"),
        ("{% if packet.goals %}some{% else %}none{% endif %}", "none"),
        ("{{ key }}", KEY),
        ("{{ prompt }}", None),
    ],
)
def test_a_string_that_is_one_expression_becomes_its_value(string, expected):
    if expected is None:
        expected = pipeline(url=URL).prompt(PACKET)

    assert [expected] == body([string])


def test_get_and_null_send_no_body():
    assert call(method="GET").content is None
    assert call(body=None).content is None


def test_a_prompt_template_beside_the_manifest_is_what_the_service_gets(tmp_path):
    (tmp_path / "p.j2").write_text("Draft: {{ packet.name }}")
    made = template(tmp_path, template="p.j2").call(PACKET, KEY)

    assert "Draft: Zoë" == pipeline(tmp_path, url=URL, template="p.j2").prompt(PACKET)
    assert "Draft: Zoë" == json.loads(made.content or b"")["prompt"]


@pytest.mark.parametrize(
    ("string", "said"),
    [
        ("{{ packet.salary }}", "settings.body.x: .* no attribute 'salary'"),
        ("{{ identity.groups }}", "'identity' is undefined"),
        ("{{ packet.name ", "settings.body.x: unexpected end of template"),
        ("{{ packet.__class__ }}", "settings.body.x: access to attribute '__class__'"),
        ("{{ ''.__class__.__mro__ }}", "settings.body.x: access to attribute"),
        ("{% set _ = packet.update({}) %}", "unsafe|not safely callable"),
        ("{{ packet.evidence | map(attribute='text') }}", "end a chain of filters in `| list`"),
        ("{{ 1 / 0 }}", "division by zero"),
        (
            "{{ packet.goals | dictsort }}",
            "settings.body.x: 'list' object has no attribute 'items'",
        ),
    ],
)
def test_a_template_that_does_not_fit_or_reaches_out_is_refused_before_the_first_draft(
    string, said
):
    with pytest.raises(ManifestError, match=said):
        pipeline(url=URL, body={"x": string}).prompt(PACKET)


def test_a_header_holds_no_second_line_and_no_text_beyond_ascii():
    assert "a header is no place" in refusal(headers={"X-Who": "{{ packet.name }}"})
    assert "a header is no place" in refusal(headers={"X-Who": "a\r\nAuthorization: b"})


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"headers": {"Authorization": "Bearer abc"}}, "Authorization: a secret never stands"),
        ({"headers": {"x-api-key": "abc"}}, "x-api-key: a secret never stands"),
        ({"headers": {"Ocp-Apim-Subscription-Key": "abc"}}, "a secret never stands"),
        ({"headers": {"Cookie": "a=b"}}, "a secret never stands"),
        ({"headers": {"X-Auth-Token": "a"}}, "a secret never stands"),
        ({"headers": {"Private-Token": "a"}}, "a secret never stands"),
        ({"query": {"sas_token": "a"}}, "a secret never stands"),
        ({"query": {"api_key": "abc"}}, "a secret never stands"),
        ({"url": f"{URL}?access_token=abc"}, "access_token: a secret never stands"),
        ({"query": {"key": "abc"}}, "key: a secret never stands"),
        ({"body": {"auth": [{"API_KEY": "abc"}]}}, "API_KEY: a secret never stands"),
        ({"url": "https://me:word@drafts.example/"}, "a user or password in it"),
        ({"headers": {"Host": "else.example"}}, "set by the connection alone"),
        ({"headers": {"X Y": "a"}}, "headers"),
        ({"url": None}, "expected url, or openapi"),
        ({"url": "ftp://drafts.example/"}, "URL scheme"),
        ({"operation": "draft"}, "go together"),
        ({"path": {"a": "b"}}, "only an operation"),
        ({"auth_env": "A", "auth_file": "b"}, "found both"),
        ({"auth_env": "A", "auth_as": "header"}, "auth_name goes with"),
        ({"auth_env": "a-b"}, "auth_env"),
        ({"retries": {"tries": 0}}, "retries.tries"),
        ({"rate": {"per_second": 0}}, "rate.per_second"),
        ({"tmeout_s": 3}, "tmeout_s"),
        ({"proxy_env": "NO_SUCH_PROXY"}, "set NO_SUCH_PROXY to the proxy's address"),
        ({"auth_env": "NO_SUCH_SECRET"}, "set NO_SUCH_SECRET to the Authorization header"),
        ({"auth_file": "none.secret"}, "none.secret cannot be read"),
        ({"template": "none.j2"}, "none.j2"),
        ({"batch": {"size": 1, "status_url": "a\x01b"}}, "batch.status_url: expected an address"),
    ],
)
def test_what_a_manifest_may_not_say_is_one_message(told, said):
    message = refusal(**told)

    assert said in message
    assert "\n" not in message


def test_names_that_only_look_like_secrets_are_sent():
    headers = {"X-Keyboard": "a", "X-Partition-Key": "b", "Case-Key": "{{ key }}"}
    made = call(headers=headers, query={"max_tokens": 5}, body={"key": "v", "token": 3})

    assert "max_tokens=5" in str(made.url)
    assert ("a", "b") == (made.headers["x-keyboard"], made.headers["x-partition-key"])


@pytest.mark.parametrize(
    ("secret", "told", "said"),
    [
        ("short", {}, "5 characters; expected 8 to"),
        ("long enough\nX-Evil: 1", {}, "one line of printable ASCII"),
        ("gehéim-gehéim", {}, "one line of printable ASCII"),
        ("", {}, "one line"),
        ("no-colon-here", {"auth_as": "basic"}, "expected user:password"),
        ("in-the-manifest", {"headers": {"X-Is": "in-the-manifest"}}, "stands in the manifest too"),
        ("plain-http-secret", {"url": "http://drafts.example/d"}, "over https alone"),
    ],
)
def test_a_secret_that_cannot_be_kept_is_refused_without_being_shown(
    monkeypatch, secret, told, said
):
    monkeypatch.setenv("SVC_SECRET", secret)
    message = refusal(auth_env="SVC_SECRET", **told)

    assert said in message
    assert not secret or secret not in message


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_secrets_file_that_others_can_open_is_refused(tmp_path, mode):
    (tmp_path / "svc.secret").write_text("a-secret-of-mine")
    (tmp_path / "svc.secret").chmod(mode)

    with pytest.raises(ManifestError, match=rf"mode {mode:04o}\): chmod 600"):
        pipeline(tmp_path, url=URL, auth_file="svc.secret")


@settings(max_examples=20)
@given(
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=40),
    st.sampled_from([str, json.dumps, repr, lambda s: s.upper(), lambda s: f"<{s}>{s}"]),
    st.text(max_size=20),
)
def test_no_text_keeps_a_secret_in_the_spellings_that_services_use(secret, spelled, around):
    text = around + spelled(secret) + around

    assert secret.lower() not in Redactor([secret])(text).replace("[secret]", "\0").lower()


def test_the_password_in_a_whole_basic_header_is_secret_too():
    redact = Redactor(["Basic dXNlcjpwYXNzLXdvcmQ="])

    assert "user [secret] [secret]" == redact("user pass-word dXNlcjpwYXNzLXdvcmQ=")


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        (None, None),
        ("0", 0),
        (" 120 ", 120),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 100),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 100),
        ("Sun Nov  6 08:49:37 1994", 100),
        ("Sun, 06 Nov 1994 08:40:00 GMT", 0),
        ("-5", None),
        ("soon", None),
        ("１２", None),
        ("9" * 400, 999_999_999_999),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(said, seconds):
    """784111777 is 1994-11-06 08:49:37 UTC, the example of RFC 9110."""
    assert seconds == asked_to_wait_s(said, 784_111_777 - 100)


def test_turns_are_apart_even_where_all_ask_at_once_and_rest_holds_for_everybody():
    clock = Ticking()
    pace = Pace(2.0, clock)

    async def four_turns() -> list[float]:
        came = []
        for turn in range(4):
            if turn == 2:
                pace.rest(30)
            await pace.turn()
            came.append(clock.passed())
        return came

    assert [0, 2, 32, 34] == asyncio.run(four_turns())


def test_what_is_sent_never_tells_what_the_test_is_about():
    content = (call().content or b"").decode()

    for ours in ("female", "salience", "key", "gold", RUBRIC.id + '"'):
        assert f'"{ours}' not in content
