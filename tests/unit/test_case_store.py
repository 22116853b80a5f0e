"""Where a project keeps contests, and which key opens them."""

from __future__ import annotations

import pytest

from govern.app.case_store import KEY, KEY_FILE, STORE, open_case_store, rotate_vault
from govern.errors import InputError
from govern.sources.locate import Project, find_project
from govern.testing.contest_steps import Steps

CASE = "a" * 32


@pytest.fixture
def project(tmp_path, monkeypatch):
    for name in (STORE, KEY, KEY_FILE):
        monkeypatch.delenv(name, raising=False)
    return Project(tmp_path, configured=True)


def test_a_project_gets_a_file_and_a_key_of_its_own(project):
    open_case_store(project).append(Steps(CASE).drafted())

    assert (Steps(CASE).drafted(),) == open_case_store(project).events(CASE)
    assert (project.state / "contests.db").is_file()
    assert 0o600 == (project.state / "vault.key").stat().st_mode & 0o777


def test_a_lost_key_is_told_and_not_replaced(project):
    open_case_store(project)
    (project.state / "vault.key").unlink()

    with pytest.raises(InputError, match="vault key"):
        open_case_store(project)
    assert not (project.state / "vault.key").exists()


def test_a_store_by_its_address_needs_a_key_that_was_given(project, monkeypatch):
    monkeypatch.setenv(STORE, "sqlite:///shared.db")
    with pytest.raises(InputError, match="vault key"):
        open_case_store(project)
    monkeypatch.setenv(KEY, "ab" * 32)
    open_case_store(project).append(Steps(CASE).drafted())

    assert (project.root / "shared.db").is_file()
    assert not project.state.exists()
    with pytest.raises(InputError, match=KEY_FILE):
        rotate_vault(project)


def test_govern_toml_names_the_store(project, monkeypatch):
    path = project.root / "govern.toml"
    path.write_text('[project]\nstore_url = "sqlite:///named.db"\n')
    monkeypatch.setenv(KEY, "ab" * 32)
    open_case_store(find_project(project.root))
    assert (project.root / "named.db").is_file()

    path.write_text("[project]\nstore_url = 7\n")
    with pytest.raises(InputError, match="store_url: expected the address of a database"):
        find_project(project.root)


def test_after_rotation_everything_is_read_with_the_new_key(project):
    open_case_store(project).append(Steps(CASE).drafted())
    path, wrapped = rotate_vault(project)
    newest = path.read_text().splitlines()[-1]
    path.write_text(f"{newest}\n")

    assert 3 == wrapped
    assert (Steps(CASE).drafted(),) == open_case_store(project).events(CASE)
