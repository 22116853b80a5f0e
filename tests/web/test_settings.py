"""How it may be served: what is refused, and what is never made up."""

from __future__ import annotations

import pytest

from govern.errors import InputError
from govern.web.settings import demo_settings, read_settings, require_served_safely

SECRET = {"GOVERN_WEB_SECRET": "s" * 32}
OPEN = """
[web]
host = "0.0.0.0"
public_url = "https://reviews.example"
tls_in_front = true

[web.oidc]
issuer = "https://id.example"
client_id = "govern"

[web.roles]
employee = ["*"]
board = ["G-Board", "G-Chairs"]
"""
POSTGRES = "postgresql+psycopg://db/govern"


def read(tmp_path, text, environ=SECRET, **more):
    (tmp_path / "govern.toml").write_text(text)
    return read_settings(tmp_path, host=None, port=None, environ=environ, **more)


def test_without_a_file_it_listens_on_this_machine_alone(tmp_path):
    settings = read_settings(tmp_path, host=None, port=None, environ=SECRET)

    assert settings.loopback
    require_served_safely(settings, databases=("sqlite:///x", ""))


def test_no_secret_key_is_ever_made_up(tmp_path):
    with pytest.raises(InputError, match="openssl rand"):
        read(tmp_path, "", environ={})
    with pytest.raises(InputError, match="at least 32"):
        read(tmp_path, "", environ={"GOVERN_WEB_SECRET": "short"})


def test_the_secret_may_stand_in_a_file_that_only_its_owner_reads(tmp_path):
    key = tmp_path / "web.key"
    key.write_text("k" * 40 + "\n")
    key.chmod(0o600)
    text = '[web]\nsecret_file = "web.key"'
    assert read(tmp_path, text, environ={}).secret == b"k" * 40
    key.chmod(0o644)
    with pytest.raises(InputError, match="chmod 600"):
        read(tmp_path, text, environ={})


@pytest.mark.parametrize("line", ['secret = "x"', 'client_secret = "x"'])
def test_a_secret_in_the_shared_file_is_refused(tmp_path, line):
    with pytest.raises(InputError, match="does not belong"):
        read(tmp_path, f"[web]\n{line}")


def test_a_secret_is_never_printed(tmp_path):
    environ = SECRET | {"GOVERN_OIDC_SECRET": "c" * 20}
    shown = repr(read(tmp_path, OPEN, environ=environ))

    assert "ssss" not in shown
    assert "cccc" not in shown


@pytest.mark.parametrize(
    ("text", "database", "client", "missing"),
    [
        (OPEN, "sqlite:///x", "c", "PostgreSQL"),
        (OPEN, POSTGRES, "", "GOVERN_OIDC_SECRET"),
        (OPEN.replace("[web.oidc]", "[other]"), POSTGRES, "c", "single sign-on"),
        (OPEN.replace("https://reviews", "http://reviews"), POSTGRES, "c", "https://"),
        (OPEN.replace("tls_in_front = true", ""), POSTGRES, "c", "tls_in_front"),
    ],
)
def test_beyond_this_machine_something_is_missing(tmp_path, text, database, client, missing):
    environ = SECRET | ({"GOVERN_OIDC_SECRET": client} if client else {})
    settings = read(tmp_path, text, environ=environ)
    with pytest.raises(InputError, match=missing):
        require_served_safely(settings, databases=(POSTGRES, database))


def test_beyond_this_machine_with_all_of_it(tmp_path):
    settings = read(tmp_path, OPEN, environ=SECRET | {"GOVERN_OIDC_SECRET": "c"})
    require_served_safely(settings, databases=(POSTGRES, POSTGRES))

    assert ("reviews.example",) == settings.hosts
    assert settings.roles == {"employee": ("*",), "board": ("G-Board", "G-Chairs")}


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "reviews.example", "127.evil"])
def test_a_trial_listens_on_this_machine_alone(host):
    with pytest.raises(InputError, match="this machine alone"):
        demo_settings(host=host, port=None)


@pytest.mark.parametrize("host", [None, "127.0.0.1", "::1", "localhost", "127.0.0.2"])
def test_a_trial_may_listen_on_any_address_of_this_machine(host):
    assert demo_settings(host=host, port=1).loopback


@pytest.mark.parametrize(
    "text",
    [
        "[web",
        "web = 1",
        "[web]\nhots = 'x'",
        "[web]\nport = 99999",
        "[web.roles]\nclock = ['x']",
        "[web.roles]\nhr-system = ['x']",
        "[web.roles]\nking = ['x']",
        "[web]\nidle_minutes = 0",
    ],
)
def test_a_setting_that_is_none_is_told_in_one_line(tmp_path, text):
    with pytest.raises(InputError) as told:
        read(tmp_path, text)

    assert "govern.toml" in str(told.value)
