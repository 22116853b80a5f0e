"""Letters handed to a real mail server on this machine, and to a folder."""

from __future__ import annotations

import datetime as dt
import email
import socket
import ssl
import stat
from collections.abc import Callable, Iterator
from email import policy
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import ValidationError

from govern.domain.sending import Letter, Smtp
from govern.errors import DeclinedError, InputError, RunError
from govern.store.postmen import FolderPostman, SmtpPostman

controller = pytest.importorskip("aiosmtpd.controller", reason="aiosmtpd is not installed")
smtp = pytest.importorskip("aiosmtpd.smtp")

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
SENDER = "contests@company.example"
SECRET = "a password of the tests"
LETTER = Letter(
    letter_id=f"{'a' * 32}-1", to="emp@company.example", subject="We are late", body="See: http://x"
)


class Inbox:
    """What a server takes in; it knows one person less, and says so."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, list[str], bytes]] = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address.startswith("gone"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 OK"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost, signed by itself, with its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2120, 1, 1, tzinfo=dt.UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


@pytest.fixture
def serve() -> Iterator[Callable[..., int]]:
    """What starts a mail server on a free port, and says which."""
    started = []

    def start(inbox: Inbox, **settings: object) -> int:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = controller.Controller(inbox, hostname="localhost", port=port, **settings)
        server.start()
        started.append(server)
        return port

    yield start
    for server in started:
        server.stop()


def private(certificate: Path) -> dict[str, object]:
    """Settings of a server that takes mail over TLS from who knows the password, alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def known(server, session, envelope, mechanism, data):
        return smtp.AuthResult(success=data.password == SECRET.encode(), handled=False)

    return {
        "tls_context": context,
        "require_starttls": True,
        "authenticator": known,
        "auth_required": True,
    }


def postman(port: int, *, password: str = SECRET, root: Path = Path("/"), **told: object):
    settings = Smtp.model_validate({"host": "localhost", "port": port, **told})
    return SmtpPostman(settings, sender=SENDER, password=password, root=root)


def test_a_letter_reaches_the_server_over_tls_with_a_password(serve, certificate):
    inbox = Inbox()
    port = serve(inbox, **private(certificate))
    postman(port, user="govern", ca_file=str(certificate)).hand_over(LETTER, now=NOW)

    [(sender, people, content)] = inbox.mails
    mail = email.message_from_bytes(content, policy=policy.SMTP)
    assert (sender, people) == (SENDER, ["emp@company.example"])
    assert mail["Subject"] == "We are late"
    assert mail["Message-ID"] == f"<{'a' * 32}-1@company.example>"
    assert mail["Date"].datetime == NOW
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().strip() == "See: http://x"
    assert SECRET.encode() not in content


def test_a_server_whose_certificate_nobody_vouches_for_gets_no_password(serve, certificate):
    inbox = Inbox()
    port = serve(inbox, **private(certificate))
    with pytest.raises(RunError, match="certificate verify failed"):
        postman(port, user="govern").hand_over(LETTER, now=NOW)
    assert [] == inbox.mails


def test_a_server_without_tls_gets_nothing_where_tls_is_asked_for(serve):
    inbox = Inbox()
    with pytest.raises(RunError, match="STARTTLS"):
        postman(serve(inbox), user="govern").hand_over(LETTER, now=NOW)
    assert [] == inbox.mails


def test_a_wrong_password_is_an_error_that_does_not_say_it(serve, certificate):
    port = serve(Inbox(), **private(certificate))
    wrong = postman(port, password="wrong-password", user="govern", ca_file=str(certificate))
    with pytest.raises(RunError, match="535") as raised:
        wrong.hand_over(LETTER, now=NOW)
    assert "wrong-password" not in str(raised.value)
    assert not isinstance(raised.value, DeclinedError)


def test_an_address_that_the_server_refuses_is_no_outage(serve):
    gone = LETTER.model_copy(update={"to": "gone@company.example"})
    with pytest.raises(DeclinedError, match="550 no such user"):
        postman(serve(Inbox()), tls="none").hand_over(gone, now=NOW)


def test_a_server_that_is_not_there_is_an_outage():
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        with pytest.raises(RunError, match=f"localhost:{port}") as raised:
            postman(port, tls="none").hand_over(LETTER, now=NOW)
    assert not isinstance(raised.value, DeclinedError)


def test_a_certificate_file_that_is_none_is_refused(tmp_path):
    (tmp_path / "ca.pem").write_text("no certificate")
    for name in ("ca.pem", "missing.pem"):
        with pytest.raises(InputError, match="expected certificates"):
            postman(1, ca_file=name, root=tmp_path)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("to", "emp@company.example\r\nBcc: x@y.example"),
        ("to", "emp@company.example, x@y.example"),
        ("to", "Emp <emp@company.example>"),
        ("to", "emp@company.example\n"),
        ("subject", "We are late\r\nBcc: x@y.example"),
        ("subject", "We are late\n"),
        ("letter_id", "../../etc/x-1"),
        ("letter_id", f"{'a' * 32}-1>\r\nX: y"),
    ],
)
def test_nothing_that_would_add_a_header_becomes_a_letter(field, value):
    with pytest.raises(ValidationError):
        Letter.model_validate({**dict(LETTER), field: value})


def test_a_body_cannot_end_the_mail_early(serve):
    inbox = Inbox()
    body = "one\r\n.\r\nMAIL FROM:<x@y.example>\r\n"
    tricky = LETTER.model_copy(update={"body": body})
    postman(serve(inbox), tls="none").hand_over(tricky, now=NOW)
    [(_, people, content)] = inbox.mails
    assert people == ["emp@company.example"]
    assert b"MAIL FROM" in content


def test_a_folder_gets_each_letter_once_and_whole(tmp_path, monkeypatch):
    postman = FolderPostman(tmp_path / "out", sender=SENDER)
    postman.hand_over(LETTER, now=NOW)
    postman.hand_over(LETTER, now=NOW)

    [path] = (tmp_path / "out").iterdir()
    assert path.name == f"{'a' * 32}-1.eml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    mail = email.message_from_bytes(path.read_bytes(), policy=policy.SMTP)
    assert (mail["To"], mail["From"]) == ("emp@company.example", SENDER)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("govern.whole_files.os.fsync", full)
    other = LETTER.model_copy(update={"letter_id": f"{'b' * 32}-1"})
    with pytest.raises(RunError, match="No space left"):
        postman.hand_over(other, now=NOW)
    assert [path] == list((tmp_path / "out").iterdir())
