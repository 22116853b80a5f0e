"""The ``http`` adapter against a real service that misbehaves: outage, no draft, or a draft."""

from __future__ import annotations

import datetime
import gzip
import logging
import os
import ssl
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from http_pipelines import Ticking, drafted, manifest, pipeline, request
from misbehaving import Asked, Reply, serving, well

from govern.domain.pipeline import Draft, Usage
from govern.errors import ManifestError, RunError
from govern.pipelines.http import Http
from govern.pipelines.manifest import fingerprint

SECRET = "s3cret/with+odd=signs"
ONCE = {"tries": 1}


def only(opened: Http) -> Draft | RunError:
    [one] = drafted(opened)
    return one


def first_then(*first: Reply | str) -> Callable[[Asked], Reply | str]:
    """Each of ``first`` once, by turns; from then on all is well."""
    return lambda asked: first[asked.nth - 1] if asked.nth <= len(first) else well(asked)


def test_an_old_manifest_gets_its_draft_by_one_post_of_packet_and_prompt():
    with serving() as service:
        draft = only(pipeline(url=service.url))

    [asked] = service.asked
    assert isinstance(draft, Draft)
    assert ("ok", "Closed 42 requests.", 4) == (draft.status, draft.text, draft.rating)
    assert ("POST", "/draft", {"packet", "prompt"}) == (asked.method, asked.path, set(asked.body))
    assert "Zoë" == asked.body["packet"]["name"]
    assert asked.body["prompt"].startswith("Performance review of Zoë, senior clerk")


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        ("slow", "none within 1 s"),
        ("drip", "none within 1 s"),
        ("half", "RemoteProtocolError"),
        ("chunks", "RemoteProtocolError"),
        ("garbled", "RemoteProtocolError"),
        ("hang up", "no answer"),
        (Reply(500, {"error": "stack trace"}), 'answered 500: {"error": "stack trace"}'),
        (Reply(503), "answered 503"),
        (Reply(429), "answered 429"),
        (Reply(408), "answered 408"),
    ],
    ids=str,
)
def test_an_outage_is_tried_again_and_then_leaves_the_cell_undrafted(trouble, said):
    with serving(first_then(trouble)) as service:
        draft = only(pipeline(url=service.url, timeout_s=1 if "within" in said else 60))

    assert isinstance(draft, Draft)
    assert "ok" == draft.status
    assert 2 == len(service.asked)

    with serving(lambda _asked: trouble) as service:
        seconds = 1 if "within" in said else 60
        outage = only(pipeline(url=service.url, timeout_s=seconds, retries={"tries": 2}))
        service.wait_for(2)

    assert isinstance(outage, RunError)
    assert said in str(outage)
    assert "(2 tries)" in str(outage)
    assert 2 == len(service.asked)
    assert 1 == len({asked.key for asked in service.asked})


@pytest.mark.parametrize("status", [301, 302, 304, 401, 402, 403, 404, 405, 407, 421, 501])
def test_what_no_retry_can_help_is_an_outage_at_once(status):
    with serving(lambda _asked: Reply(status, b"")) as service:
        outage = only(pipeline(url=service.url))

    assert isinstance(outage, RunError)
    assert f"answered {status}" in str(outage)
    assert 1 == len(service.asked)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(400, {"error": "too long"}), 'the service answered 400: {"error": "too long"}'),
        (Reply(422), "the service answered 422"),
        (Reply(200, b'{"draft": {"te'), "no readable JSON"),
        (Reply(200, b""), "no readable JSON"),
        (Reply(200, b"[" * 40_000), "no readable JSON"),
        (Reply(200, b'{"draft": {"text": "a", "text": "b"}}'), "a key stands there twice"),
        (Reply(200, {"drafts": []}), "no 'draft' on the path 'draft.text'"),
        (Reply(200, [1, 2]), "no 'draft' on the path"),
        (Reply(200, {"draft": {"text": "fine"}}), "no 'rating' on the path"),
        (Reply(200, {"draft": {"text": 7, "rating": 3}}), "the reply holds no text"),
        (Reply(200, {"draft": {"text": " ", "rating": 3}}), "the reply holds no text"),
        (Reply(200, b'{"draft": {"text": "\\ud800", "rating": 3}}'), "halves of characters"),
        ("huge", "over 50000 bytes"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else None,
)
def test_an_answer_that_is_no_draft_is_a_failed_one_and_not_asked_for_again(reply, error):
    with serving(lambda _asked: reply) as service:
        draft = only(pipeline(url=service.url, most_bytes=50_000))

    assert isinstance(draft, Draft)
    assert "failed" == draft.status
    assert error in str(draft.error)
    assert 1 == len(service.asked)


def test_nobody_at_the_address_is_an_outage():
    with serving() as service:
        url = service.url

    outage = only(pipeline(url=url))

    assert isinstance(outage, RunError)
    assert "no answer: ConnectError" in str(outage)


@pytest.mark.parametrize("rating", ["four", None, 0, 6, True, [4], 10**400])
def test_a_rating_that_is_no_number_from_1_to_5_leaves_the_draft_unrated(rating):
    reply = Reply(body={"draft": {"text": "fine", "rating": rating}})
    with serving(lambda _asked: reply) as service:
        draft = only(pipeline(url=service.url))

    assert isinstance(draft, Draft)
    assert ("ok", None) == (draft.status, draft.rating)


@pytest.mark.parametrize("rating", [None, 0, "none"])
@pytest.mark.parametrize("said", ["I’m sorry, but I can’t help with that.", "Sorry, I can't."])
def test_a_refusal_beside_which_nothing_is_rated_is_no_draft(said, rating):
    reply = Reply(body={"draft": {"text": said, "rating": rating}})
    with serving(lambda _asked: reply) as service:
        draft = only(pipeline(url=service.url))

    assert ("refused", said) == (draft.status, draft.error)


@pytest.mark.parametrize("tokens", [10**30, 10**400])
def test_tokens_that_nobody_can_have_used_are_counted_by_nobody(tokens):
    """A sum of them fits no table, and no price of them a number."""
    reply = Reply(body={"draft": {"text": "fine", "rating": 3}, "tokens": tokens})
    told = {"usage": {"input_tokens": "tokens"}, "prices": {"million_input_usd": 1}}
    with serving(lambda _asked: reply) as service:
        draft = only(pipeline(url=service.url, **told))

    assert Usage() == draft.usage


def packed(content: bytes, how: str) -> Reply:
    return Reply(body=content, headers={"Content-Encoding": how})


def test_an_answer_that_nobody_asked_to_compress_is_read_and_no_further_than_the_limit():
    """600 MB of spaces are 582,000 bytes by gzip, and those 850 by another: none is unpacked."""
    small = gzip.compress(b'{"draft": {"text": "fine", "rating": 3}}')
    bomb = gzip.compress(b" " * 20_000_000)
    twice = gzip.compress(bomb)
    replies = [
        packed(small, "gzip"),
        packed(bomb, "gzip"),
        packed(twice, "gzip, gzip"),
        packed(small[:20], "gzip"),
        packed(b"nonsense", "deflate"),
        packed(small, "br"),
    ]
    tracemalloc.start()
    try:
        with serving(lambda asked: replies[len(service.asked) - 1]) as service:
            told = {"most_bytes": 1000, "slots": 1, "retries": ONCE}
            opened = pipeline(url=service.url, **told)
            fine, over, *outages = drafted(opened, [request(f"c{n}") for n in range(len(replies))])
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert ("ok", "fine") == (fine.status, fine.text)
    assert ("failed", "the answer is over 1000 bytes (most_bytes)") == (over.status, over.error)
    assert 10_000_000 > most
    for outage, said in zip(
        outages,
        ["'gzip, gzip', which", "gzip is cut short", "deflate is broken", "'br'"],
        strict=True,
    ):
        assert isinstance(outage, RunError)
        assert said in str(outage)


def test_a_service_gets_no_cookie_back_so_that_no_draft_rests_on_the_one_before():
    reply = Reply(body={"draft": {"text": "t", "rating": 3}}, headers={"Set-Cookie": "session=1"})
    with serving(lambda _asked: reply) as service:
        drafted(pipeline(url=service.url, slots=1), [request("c1"), request("c2")])

    assert [False, False] == ["cookie" in asked.headers for asked in service.asked]


def test_cost_model_and_fingerprint_are_taken_from_the_answer():
    """1,200 tokens at 2 dollars a million and 300 at 8: 0.0048, and 0.01 for the draft."""
    answer = {
        "draft": {"text": "fine", "rating": 3},
        "model": "m-2026-11",
        "system": {"fingerprint": "fp_1"},
        "used": {"in": 1200, "out": 300},
    }
    told = {
        "returned": {"model": "model", "fingerprint": "system.fingerprint"},
        "usage": {"input_tokens": "used.in", "output_tokens": "used.out", "cost_usd": "bill"},
        "prices": {"draft_usd": 0.01, "million_input_usd": 2, "million_output_usd": 8},
    }

    def costs(answer: object) -> Draft:
        with serving(lambda _asked: Reply(body=answer)) as service:
            draft = only(pipeline(url=service.url, **told))
        assert isinstance(draft, Draft)
        return draft

    priced = costs(answer)
    assert ("m-2026-11", "fp_1") == (priced.returned.model, priced.returned.fingerprint)
    assert (1200, 300) == (priced.usage.input_tokens, priced.usage.output_tokens)
    assert pytest.approx(0.0148) == priced.usage.cost_usd
    assert 0.25 == costs(answer | {"bill": 0.25}).usage.cost_usd
    uncounted = costs(answer | {"used": {}})
    assert Usage(cost_usd=None) == uncounted.usage
    assert 0.25 == costs({"bill": 0.25}).usage.cost_usd  # failed, and paid for


def test_a_service_that_says_when_is_not_asked_before():
    clock = Ticking()
    date = "Fri, 15 Jan 2027 08:00:10 GMT"  # ten seconds after the clock's 1,800,000,000
    with serving(
        first_then(
            Reply(429, headers={"Retry-After": "7"}), Reply(503, headers={"Retry-After": date})
        )
    ) as service:
        draft = only(pipeline(url=service.url, clock=clock))

    assert isinstance(draft, Draft)
    first, second = [s for s in clock.slept if s > 0][:2]
    assert 7 <= first <= 7.5
    assert 10 - first <= second <= 10.5 - first + 1e-6


def test_a_service_that_asks_for_more_patience_than_the_manifest_has_is_an_outage_at_once():
    clock = Ticking()
    with serving(lambda _asked: Reply(429, headers={"Retry-After": "3600"})) as service:
        outage = only(pipeline(url=service.url, clock=clock))

    assert "it asks to wait 3600 s, at most 60 s are waited (retries.most_s)" in str(outage)
    assert [] == clock.slept
    assert 1 == len(service.asked)


def test_waits_between_tries_grow_up_to_the_most_and_repeat_with_the_seed():
    def waits() -> list[float]:
        clock = Ticking()
        with serving(lambda _asked: Reply(500)) as service:
            retries = {"tries": 9, "first_s": 1, "most_s": 4}
            only(pipeline(url=service.url, clock=clock, retries=retries))
        return clock.slept

    slept = waits()
    assert 8 == len(slept)
    assert all(s <= most for s, most in zip(slept, [1, 2, 4, 4, 4, 4, 4, 4], strict=True))
    assert max(slept) > 2
    assert slept == waits()


def test_idempotency_keys_are_of_the_cell_the_pipeline_and_the_run():
    """A service that knows such keys would tell another run what it told the first one."""
    with serving(first_then(Reply(500))) as service:
        asked = [request("c1"), request("c2"), request("c1", fact="Another one.")]
        for told in ({}, {}, {"timeout_s": 61}):
            drafted(pipeline(url=service.url, **told), asked)
        of_today = [one.asked_by("canary", anew=True) for one in asked]
        drafted(pipeline(url=service.url), of_today)

    keys = [asked.key for asked in service.asked]
    assert 9 == len(set(keys))  # three cells, two pipelines, and two runs of the first one
    assert all(len(key) == 64 for key in keys)


def test_no_more_are_asked_for_at_once_than_there_are_slots():
    inside, most = set[str](), [0]
    lock, two = threading.Lock(), threading.Event()

    def behave(asked: Asked) -> Reply:
        with lock:
            inside.add(asked.key)
            most[0] = max(most[0], len(inside))
            if len(inside) >= 2:
                two.set()
        two.wait(30)
        with lock:
            inside.discard(asked.key)
        return well(asked)

    with serving(behave) as service:
        drafts = drafted(pipeline(url=service.url, slots=2), [request(f"c{n}") for n in range(8)])

    assert 8 == sum(isinstance(draft, Draft) for draft in drafts)
    assert [2] == most
    assert 2 >= service.connections


def test_requests_are_spread_over_time_at_the_rate_that_was_agreed():
    """One in 6 seconds: a rate of 10 a minute is slower than 1 a second."""
    clock = Ticking()
    with serving() as service:
        opened = pipeline(
            url=service.url, clock=clock, slots=1, rate={"per_second": 1, "per_minute": 10}
        )
        drafted(opened, [request(f"c{n}") for n in range(4)])

    assert [6.0, 6.0, 6.0] == pytest.approx(clock.slept)


def test_one_pipeline_can_draft_on_one_event_loop_after_another():
    with serving() as service:
        opened = pipeline(url=service.url)
        twice = [only(opened), only(opened)]

    assert ["ok", "ok"] == [draft.status for draft in twice]


def test_a_redirect_on_the_same_server_keeps_the_body_and_one_elsewhere_is_not_followed():
    moved = Reply(307, headers={"Location": "/v2/draft"})
    with serving(lambda asked: moved if asked.path == "/draft" else well(asked)) as service:
        draft = only(pipeline(url=service.url))
    assert isinstance(draft, Draft)
    assert ["/draft", "/v2/draft"] == [asked.path for asked in service.asked]

    with serving() as other:
        away = Reply(308, headers={"Location": other.url})
        with serving(lambda _asked: away) as service:
            outage = only(pipeline(url=service.url))
    assert "another server, which is not followed" in str(outage)
    assert [] == other.asked

    with serving(lambda _asked: Reply(307, headers={"Location": "/draft"})) as service:
        assert "redirects more than 3 times" in str(only(pipeline(url=service.url)))


@pytest.mark.parametrize(
    ("told", "where", "expected"),
    [
        ({}, "authorization", SECRET),
        ({"auth_as": "bearer"}, "authorization", f"Bearer {SECRET}"),
        ({"auth_as": "header", "auth_name": "X-Api-Key"}, "x-api-key", SECRET),
    ],
)
def test_a_secret_is_sent_as_the_manifest_says(monkeypatch, told, where, expected):
    monkeypatch.setenv("SVC_SECRET", SECRET)
    with serving() as service:
        only(pipeline(url=service.url, auth_env="SVC_SECRET", **told))

    assert expected == service.asked[0].headers[where]


def test_user_and_password_from_a_file_of_ones_own_are_sent_as_basic(tmp_path):
    (tmp_path / "svc.secret").write_text("user:pass-word\n")
    (tmp_path / "svc.secret").chmod(0o600)
    with serving() as service:
        only(pipeline(tmp_path, url=service.url, auth_file="svc.secret", auth_as="basic"))

    assert "Basic dXNlcjpwYXNzLXdvcmQ=" == service.asked[0].headers["authorization"]


def echoes(asked: Asked) -> Reply | str:
    """A service that repeats the secret in every place it has."""
    said = asked.secret
    replies: list[Reply | str] = [
        Reply(500, {"error": said}, {"X-Who": said}),
        "garbled",
        Reply(
            307, headers={"Location": f"http://{'a' * 9}.invalid/{asked.headers.get('x-api-key')}"}
        ),
        Reply(400, {"error": said, "as": said.encode().hex()}, {"X-Who": said}),
        Reply(200, {"draft": {"text": f"Wrote {said}.", "rating": 3}, "model": said}),
        Reply(200, {"draft": {"text": f"As an AI {said}"}}),
        Reply(200, f"<p>{said}".encode()),
    ]
    return replies[int(asked.headers["x-turn"])]


@pytest.mark.parametrize(
    "told",
    [
        {"auth_as": "bearer"},
        {"auth_as": "basic"},
        {"auth_as": "header", "auth_name": "X-Api-Key"},
        {"auth_as": "query", "auth_name": "code"},
    ],
    ids=lambda told: told["auth_as"],
)
def test_a_secret_that_the_service_repeats_reaches_no_draft_no_error_and_no_log(monkeypatch, told):
    secret = f"user:{SECRET}" if told["auth_as"] == "basic" else SECRET
    monkeypatch.setenv("SVC_SECRET", secret)
    with everything_logged() as logged, serving(echoes) as service:
        kept = [
            repr(
                only(
                    pipeline(
                        url=service.url,
                        auth_env="SVC_SECRET",
                        retries=ONCE,
                        returned={"model": "model"},
                        headers={"X-Turn": str(turn)},
                        **told,
                    )
                )
            )
            for turn in range(7)
        ]

    asked = service.asked[0]
    assert SECRET in asked.secret or "Basic dXNlcjp" in asked.secret
    assert 7 == len(service.asked)
    assert any("[secret]" in one for one in kept)
    assert any("receive_response_headers" in line for line in logged.lines)
    for line in [*kept, *logged.lines]:
        for spelling in (SECRET, "s3cret%2F", "dXNlcjpzM2NyZXQ", "s3cret"):
            assert spelling not in line
    assert not any(logging.getLogger(name).filters for name in ("httpx", "httpcore.http11"))


def test_a_secret_where_a_message_is_cut_leaves_no_part_of_itself(monkeypatch):
    """The excerpt of an answer ends after 200 characters, a draft's error after 500."""
    monkeypatch.setenv("SVC_SECRET", SECRET)
    for status, before in product((400, 500), range(185, 200, 7)):
        said = Reply(status, b"x" * before + SECRET.encode())
        with serving(lambda _asked, said=said: said) as service:
            told = {"auth_env": "SVC_SECRET", "retries": ONCE}
            assert "s3" not in repr(only(pipeline(url=service.url, **told)))


class Kept(logging.Handler):
    """What was logged."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@contextmanager
def everything_logged() -> Iterator[Kept]:
    """What httpx and the layer below it log, down to each step."""
    kept, loggers = Kept(), [logging.getLogger(name) for name in ("httpx", "httpcore")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(kept)
        logger.setLevel(logging.DEBUG)
    yield kept
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(kept)
        logger.setLevel(level)


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Path:
    """A folder with a certificate authority, a server's and a client's certificate."""
    folder = tmp_path_factory.mktemp("tls")
    ca_key = ec.generate_private_key(ec.SECP256R1())
    ca = certificate("Tests' own authority", ca_key, None, ca_key)
    (folder / "ca.pem").write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    for name in ("server", "client"):
        key = ec.generate_private_key(ec.SECP256R1())
        made = certificate("localhost", key, ca, ca_key)
        (folder / f"{name}.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
        for suffix, how in (
            ("key", serialization.NoEncryption()),
            ("locked", serialization.BestAvailableEncryption(b"word")),
        ):
            path = folder / f"{name}.{suffix}"
            path.touch(mode=0o600)
            path.write_bytes(
                key.private_bytes(
                    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how
                )
            )
    return folder


def certificate(name, key, ca, ca_key) -> x509.Certificate:
    """Signed by ``ca_key``; an authority itself where there is no ``ca``."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    ski = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    aki = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(ca.subject if ca else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.datetime(2020, 1, 1))  # noqa: DTZ001
        .not_valid_after(datetime.datetime(2120, 1, 1))  # noqa: DTZ001
        .add_extension(x509.BasicConstraints(ca is None, None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(ski, critical=False)
        .add_extension(aki, critical=False)
        .sign(ca_key, hashes.SHA256())
    )


def over_tls(folder: Path, *, known_clients_only: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    if known_clients_only:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(folder / "ca.pem")
    return context


def test_over_tls_a_service_is_trusted_by_its_authority_or_not_at_all(authority):
    with serving(over=over_tls(authority)) as service:
        url = f"https://localhost:{service.server_port}/draft"

        def outcome(**told: object) -> Draft | RunError:
            return only(pipeline(authority, url=url, retries=ONCE, **told))

        unknown = outcome()
        trusted = outcome(tls={"ca": "ca.pem"})
        unchecked = outcome(tls={"verify": False})

    assert "CERTIFICATE_VERIFY_FAILED" in str(unknown)
    assert ["ok", "ok"] == [trusted.status, unchecked.status]


def test_a_service_that_wants_to_know_its_clients_is_shown_a_certificate(authority):
    with serving(over=over_tls(authority, known_clients_only=True)) as service:
        url = f"https://localhost:{service.server_port}/draft"
        unknown = only(pipeline(authority, url=url, retries=ONCE, tls={"ca": "ca.pem"}))
        told = {"ca": "ca.pem", "certificate": "client.pem", "key": "client.key"}
        known = only(pipeline(authority, url=url, tls=told))

    assert isinstance(unknown, RunError)
    assert "ok" == known.status


@pytest.mark.parametrize(
    ("tls", "said"),
    [
        ({"ca": "none.pem"}, "a file cannot be used"),
        ({"ca": "server.key"}, "a file cannot be used"),
        ({"certificate": "client.pem", "key": "open.key"}, "chmod 600"),
        ({"certificate": "client.pem", "key": "client.locked"}, "is encrypted"),
        ({"certificate": "client.pem", "key": "server.key"}, "a file cannot be used"),
        ({"key": "client.key"}, "expected tls.certificate too"),
    ],
)
def test_tls_files_that_cannot_be_used_are_named_before_the_first_draft(authority, tls, said):
    opened = authority / "open.key"
    opened.write_bytes((authority / "client.key").read_bytes())
    opened.chmod(0o644)

    with pytest.raises(ManifestError, match=said):
        pipeline(authority, url="https://localhost/draft", tls=tls)


def test_verification_cannot_be_turned_off_beyond_this_machine():
    with pytest.raises(ManifestError, match=r"tls\.verify: false is for this machine alone"):
        pipeline(url="https://drafts.example/draft", tls={"verify": False})


def test_a_proxy_is_used_where_the_manifest_names_its_variable_and_not_otherwise(monkeypatch):
    with serving(lambda _asked: Reply(503)) as proxy, serving() as service:
        address = f"http://clerk:pass-word@127.0.0.1:{proxy.server_port}"
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "CORP_PROXY"):
            monkeypatch.setenv(name, address)
        straight = only(pipeline(url=service.url))
        led = only(pipeline(url=service.url, proxy_env="CORP_PROXY", retries=ONCE))

    assert "ok" == straight.status
    assert "answered 503" in str(led)
    [asked] = proxy.asked
    assert "Basic Y2xlcms6cGFzcy13b3Jk" == asked.headers["proxy-authorization"]


def test_the_fingerprint_covers_template_and_description_and_no_secret(tmp_path, monkeypatch):
    (tmp_path / "p.j2").write_text("Draft: {{ packet_text }}")
    monkeypatch.setenv("SVC_SECRET", "one-secret")
    told = {"url": "http://127.0.0.1:9/d", "template": "p.j2", "auth_env": "SVC_SECRET"}
    first = Http(manifest(**told), tmp_path).manifest
    monkeypatch.setenv("SVC_SECRET", "another-secret")
    same = Http(manifest(**told), tmp_path).manifest
    (tmp_path / "p.j2").write_text("Write: {{ packet_text }}")
    changed = Http(manifest(**told), tmp_path).manifest

    assert fingerprint(first) == fingerprint(same) != fingerprint(changed)
    assert ("the service at 127.0.0.1",) == first.declared_only
    assert {"p.j2"} == set(first.digests)
    assert os.environ["SVC_SECRET"] not in str(changed.as_json())
