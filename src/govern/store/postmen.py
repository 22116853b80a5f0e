"""Who takes letters: a mail server, or a folder of files; see ``domain.sending.Postman``."""

from __future__ import annotations

import smtplib
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from govern.domain.sending import Letter, Smtp
from govern.errors import DeclinedError, RunError
from govern.store.tls import trusting
from govern.whole_files import write_whole


class SmtpPostman:
    """Hands letters to a mail server, each over a connection of its own.

    With TLS, the server has to show a certificate for its name. The password is given to
    nobody but the server, and only once the connection is private.
    """

    def __init__(self, settings: Smtp, *, sender: str, password: str | None, root: Path) -> None:
        self._settings = settings
        self._sender = sender
        self._password = password
        self._context = None if settings.tls == "none" else trusting(settings.ca_file, root)

    def hand_over(self, letter: Letter, *, now: datetime) -> None:
        message = compose(letter, sender=self._sender, now=now)
        try:
            with self._connection() as server:
                server.send_message(message, self._sender, [letter.to])
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as err:
            raise DeclinedError(f"the mail server did not take it: {_said(err)}") from err
        except (smtplib.SMTPException, OSError) as err:
            where = f"{self._settings.host}:{self._settings.port}"
            raise RunError(f"mail server {where}: takes no mail: {_said(err)}") from err

    def _connection(self) -> smtplib.SMTP:
        told, timeout = self._settings, self._settings.timeout_s
        if told.tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                told.host, told.port, timeout=timeout, context=self._context
            )
        else:
            server = smtplib.SMTP(told.host, told.port, timeout=timeout)
        try:
            if told.tls == "starttls":
                server.starttls(context=self._context)
            if told.user is not None:
                server.login(told.user, self._password or "")
        except BaseException:
            server.close()
            raise
        return server


class FolderPostman:
    """Writes each letter to a file ``.eml``, whole or not at all; the same again changes nothing.

    Only the owner of the files can read them.
    """

    def __init__(self, folder: Path, *, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    def hand_over(self, letter: Letter, *, now: datetime) -> None:
        message = compose(letter, sender=self._sender, now=now)
        try:
            write_whole(self._folder / f"{letter.letter_id}.eml", message.as_bytes(), mode=0o600)
        except OSError as err:
            raise RunError(f"{self._folder}: cannot be written: {err.strerror}") from err


def compose(letter: Letter, *, sender: str, now: datetime) -> EmailMessage:
    """A letter as a mail. Its id is the same at every attempt, so that readers show it once."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{letter.letter_id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body + "\n")
    return message


def _said(err: Exception) -> str:
    """What a server said, on one line and without what we sent."""
    text: bytes | str
    if isinstance(err, smtplib.SMTPRecipientsRefused):
        [(code, text)] = err.recipients.values()
    elif isinstance(err, smtplib.SMTPResponseException):
        code, text = err.smtp_code, err.smtp_error
    else:
        return " ".join(str(err).split()) or type(err).__name__
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())}"
