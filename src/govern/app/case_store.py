"""Which store a project keeps contests and reviews in, and the keys to it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from govern.errors import InputError
from govern.sources.locate import Project

if TYPE_CHECKING:
    from govern.store.contests.store import SqlContestStore
    from govern.store.vault import KeyRing

STORE = "GOVERN_STORE_URL"
READERS = "GOVERN_STORE_READER_URL"
KEY = "GOVERN_VAULT_KEY"
KEY_FILE = "GOVERN_VAULT_KEY_FILE"


def open_case_store(project: Project) -> SqlContestStore:
    """The database that the environment or ``govern.toml`` names, else a file in ``.govern``.

    That file gets a vault key of its own when it is made; every other store needs one given.

    Raises:
        InputError: an address or the vault key cannot be used, or there is no key.
        RunError: the store cannot be reached.
    """
    from govern.store.contests.store import SqlContestStore
    from govern.store.vault import add_key

    url = store_url(project)
    own = project.state / "contests.db"
    if url is None:
        path = key_file(project)
        if KEY not in os.environ and not own.exists() and not path.exists():
            add_key(path)
        url = "sqlite:///.govern/contests.db"
    readers = os.environ.get(READERS)
    return SqlContestStore(url, _keys(project), root=project.root, reader_url=readers)


def store_url(project: Project) -> str | None:
    """The database of contests, by the environment or ``govern.toml``; ``None`` for a file."""
    return os.environ.get(STORE) or project.store_url


def rotate_vault(project: Project) -> tuple[Path, int]:
    """Draw a new vault key and wrap all data keys under it: the key file, and how many keys.

    Raises:
        InputError: the key is in the environment, where we cannot add to it; or as
            ``open_case_store``.
    """
    from govern.store.vault import add_key

    if KEY in os.environ:
        raise InputError(f"the vault key is in {KEY}: put it into a file that {KEY_FILE} names")
    open_case_store(project)
    add_key(key_file(project))
    return key_file(project), open_case_store(project).rewrap()


def key_file(project: Project) -> Path:
    """Where the vault keys are, if not in the environment."""
    named = os.environ.get(KEY_FILE)
    return project.root / named if named else project.state / "vault.key"


def _keys(project: Project) -> KeyRing:
    from govern.store.vault import KeyRing

    given = os.environ.get(KEY)
    return KeyRing.from_hex(given, KEY) if given is not None else KeyRing.read(key_file(project))
