"""``govern serve``: the pages, in a browser."""

from __future__ import annotations

import signal
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from govern.cli import context
from govern.errors import InputError, with_extra

if TYPE_CHECKING:
    from govern.sources.locate import Project
    from govern.web.services import Services
    from govern.web.settings import Settings

EXAMPLE = "Example: govern serve --demo"
LINK_DAYS = 1


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; by default this machine alone.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.", min=1, max=65535)] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Try it out: made-up data, one-time links.")
    ] = False,
) -> None:
    """Serve the pages for people in a browser."""
    require_extra()
    from govern.web.settings import demo_settings

    trial = demo_settings(host=host, port=port) if demo else None
    if trial:
        _require_free(trial)
    with _project(demo=demo) as project:
        _run(project, trial or _settings(project, host=host, port=port), demo=demo)


@contextmanager
def _project(*, demo: bool) -> Iterator[Project]:
    """The project of the working folder, or a made-up one that is thrown away afterwards."""
    if not demo:
        yield context.here()
        return
    from govern.app.served_demo import seed_demo

    # As Ctrl-C does, so that what was made up is gone afterwards.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    typer.echo("Making up reviews and contests; a few seconds…", err=True)
    with tempfile.TemporaryDirectory(prefix="govern-demo-") as folder:
        yield seed_demo(Path(folder), now=context.now())


def _settings(project: Project, *, host: str | None, port: int | None) -> Settings:
    from govern.app.served import databases_of
    from govern.web.settings import read_settings, require_served_safely

    settings = read_settings(project.root, host=host, port=port)
    require_served_safely(settings, databases=databases_of(project))
    _require_free(settings)
    return settings


def _require_free(settings: Settings) -> None:
    """InputError where nobody can listen at that address; asked before anything is made up."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        socket.create_server((settings.host, settings.port), family=family).close()
    except OSError as err:
        raise InputError(
            f"{settings.host}, port {settings.port}: nobody can listen there: {err.strerror}; "
            "name another with --port"
        ) from err


def _run(project: Project, settings: Settings, *, demo: bool) -> None:
    import uvicorn

    from govern.app.contests import open_contests
    from govern.app.served import ProjectRecords
    from govern.web.app import create_app
    from govern.web.services import Services

    services = Services(ProjectRecords(project), open_contests(project), context.now)
    app = create_app(services, settings)
    if demo:
        _print_links(services, settings)
    else:
        typer.echo(f"Serving {project.root} at {settings.origin}")
        if settings.oidc is None:
            typer.echo(
                "No [web.oidc] in govern.toml: one-time links alone let people in (`govern link`).",
                err=True,
            )
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        # Addresses hold one-time links; what people read is logged by person instead.
        access_log=False,
        server_header=False,
        proxy_headers=settings.trusted_proxy is not None,
        forwarded_allow_ips=settings.trusted_proxy or "",
    )


def _print_links(services: Services, settings: Settings) -> None:
    from govern.app.served_demo import demo_visitors
    from govern.web.sessions import offer_link

    until = services.now() + timedelta(days=LINK_DAYS)
    typer.echo("All that you will see is made up, and is gone when you stop this (Ctrl-C).")
    typer.echo("Each link works once. A browser holds one person: take private windows for more.\n")
    for visitor in demo_visitors():
        link = offer_link(services.doors, visitor, origin=settings.origin, until=until)
        typer.echo(f"  {visitor.roles[0]:24} {link}")


def require_extra() -> None:
    """That what the pages are made with is installed; InputError where it is not."""
    from importlib.util import find_spec

    missing = [name for name in ("fastapi", "uvicorn", "authlib") if find_spec(name) is None]
    if find_spec("python_multipart") is None:
        missing.append("python-multipart")
    if missing:
        raise InputError(
            f"the pages need {', '.join(missing)}; install the extra: {with_extra('web')}"
        )
