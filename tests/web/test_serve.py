"""``govern serve`` as people type it, and what its page in the documentation says."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import pytest
import uvicorn

from govern.cli import main
from govern.domain.access import ROLES, key_of
from govern.web.machines_openapi import document
from govern.web.routes import BY_NAME
from govern.web.settings import Limits, Settings, read_settings, require_served_safely

DOCS = Path(__file__).resolve().parents[2] / "docs"
START = "from govern.cli import main; main()"
PAGE = (DOCS / "serve.md").read_text(encoding="utf-8")


def govern(*arguments, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["govern", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code, capsys.readouterr().err


def test_a_trial_refuses_to_be_reached_from_elsewhere(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr("govern.app.served_demo.seed_demo", lambda root, now: None)
    code, said = govern(
        "serve", "--demo", "--host", "0.0.0.0", capsys=capsys, monkeypatch=monkeypatch
    )

    assert 2 == code
    assert "this machine alone" in said


@pytest.mark.parametrize("demo", [True, False])
def test_a_port_that_is_taken_is_told_before_anything_is_made_up(
    demo, capsys, monkeypatch, tmp_path, listener
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GOVERN_WEB_SECRET", "s" * 32)
    monkeypatch.setattr("govern.app.served_demo.seed_demo", lambda root, now: pytest.fail("seeded"))
    port = listener.getsockname()[1]

    code, said = govern(
        "serve",
        *(["--demo"] if demo else []),
        "--port",
        str(port),
        capsys=capsys,
        monkeypatch=monkeypatch,
    )

    assert 2 == code
    assert f"127.0.0.1, port {port}: nobody can listen there" in said
    assert "name another with --port" in said


def test_without_a_secret_nothing_is_served(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GOVERN_WEB_SECRET", raising=False)
    code, said = govern("serve", capsys=capsys, monkeypatch=monkeypatch)

    assert 2 == code
    assert "openssl rand -hex 32" in said


def test_beyond_this_machine_sqlite_is_refused(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GOVERN_WEB_SECRET", "s" * 32)
    code, said = govern("serve", "--host", "0.0.0.0", capsys=capsys, monkeypatch=monkeypatch)

    assert 2 == code
    assert "PostgreSQL" in said
    assert "single sign-on" in said
    assert "tls_in_front" in said


def test_a_trial_lets_each_role_in_once_and_leaves_nothing_behind(tmp_path, listener):
    """The process as it is started, its link followed, its end; the port is free by then."""
    port = listener.getsockname()[1]
    listener.close()
    environ = os.environ | {"TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    started = subprocess.Popen(
        [sys.executable, "-c", START, "serve", "--demo", "--port", str(port)],
        env=environ,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        lines = []
        for line in started.stdout:
            lines.append(line.split())
            if line.split()[:1] == ["board"]:
                break
        links = dict(line for line in lines if len(line) == 2)
        transport = httpx.HTTPTransport(retries=20)
        with httpx.Client(transport=transport, follow_redirects=True) as browser:
            page = browser.get(links["board"])
            token = re.search(r'name="form_token" value="(\w+)"', page.text)[1]
            start = browser.post(links["board"], data={"form_token": token})
            board = browser.get(f"http://127.0.0.1:{port}/board")
    finally:
        started.send_signal(signal.SIGTERM)
        started.wait(30)
        started.stdout.close()

    assert set(ROLES) == set(links)
    assert "Signed in as Invented board" in start.text
    assert "acorn-drafter" in board.text
    assert not list(tmp_path.glob("govern-demo-*"))


def test_the_settings_on_the_page_are_read_and_suffice(tmp_path):
    [toml] = re.findall(r"^```toml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    (tmp_path / "govern.toml").write_text(toml)
    key = tmp_path / "web.key"
    key.write_text("k" * 64)
    key.chmod(0o600)
    environ = {"GOVERN_OIDC_SECRET": "c"}
    settings = read_settings(tmp_path, host=None, port=None, environ=environ)
    require_served_safely(settings, databases=tuple(tomllib.loads(toml)["project"].values()))

    assert set(settings.roles) <= set(ROLES)
    assert all(f"`{role}`" in PAGE for role in ROLES)
    assert BY_NAME["sign-in-back"].path in PAGE


def test_the_machines_on_the_page_are_read_and_it_names_their_routes(tmp_path):
    [toml] = re.findall(r"^```toml machines\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    (tmp_path / "govern.toml").write_text(toml)
    environ = {"GOVERN_WEB_SECRET": "s" * 32}
    machines = read_settings(tmp_path, host=None, port=None, environ=environ).machines

    assert {"reviews"} == set(machines["people-system"].may)
    assert all(f"`/api{path}`" in PAGE for path in document()["paths"])


def test_the_digest_that_the_page_says_to_make_is_that_of_the_token(tmp_path):
    [commands] = re.findall(r"^```sh token\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    ran = subprocess.run(
        ["sh", "-ec", commands], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert key_of((tmp_path / "token").read_text().strip()) == ran.stdout.split()[0]


def test_the_numbers_on_the_page_are_those_of_the_settings():
    limits, settings = Limits(), Settings(secret=b"s" * 32)

    assert f"{limits.body_bytes // 1024} kB" in PAGE
    assert f"each session {limits.per_session} times" in PAGE
    assert f"each address {limits.per_address} times" in PAGE
    assert f"get in {limits.tries_per_address} times" in PAGE
    assert f"{limits.machine_bytes // 1_000_000} MB (`machine_bytes`" in PAGE
    assert f"{limits.per_machine} times a minute (`per_machine`)" in PAGE
    assert f"idle_minutes = {settings.idle_minutes}" in PAGE
    assert f"longest_hours = {settings.longest_hours}" in PAGE


@pytest.mark.parametrize(
    ("proxy", "peer", "forwarded", "counted"),
    [
        (None, "127.0.0.1", "6.6.6.6", "127.0.0.1"),
        ("10.0.0.5", "10.0.0.9", "6.6.6.6", "10.0.0.9"),
        ("10.0.0.5", "10.0.0.5", "9.9.9.9", "9.9.9.9"),
        ("10.0.0.5", "10.0.0.5", "6.6.6.6, 9.9.9.9", "9.9.9.9"),
    ],
)
def test_nobody_names_another_address_to_be_counted_by(
    proxy, peer, forwarded, counted, *, tmp_path, monkeypatch
):
    """Only the proxy in front is believed, and of what it passes on only what it saw itself."""
    seen = []

    async def app(scope, receive, send):
        seen.append(scope["client"][0])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    async def ask(served):
        transport = httpx.ASGITransport(served, client=(peer, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as browser:
            await browser.get("/", headers={"x-forwarded-for": forwarded})

    def run(_, **given):
        config = uvicorn.Config(app, lifespan="off", **given)
        config.load()
        asyncio.run(ask(config.loaded_app))

    monkeypatch.setattr(uvicorn, "run", run)
    monkeypatch.setenv("GOVERN_WEB_SECRET", "s" * 32)
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    monkeypatch.chdir(tmp_path)
    said = f'[web]\ntrusted_proxy = "{proxy}"\n' if proxy else ""
    (tmp_path / "govern.toml").write_text(said, encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["govern", "serve"])
    with pytest.raises(SystemExit):
        main()

    assert [counted] == seen
