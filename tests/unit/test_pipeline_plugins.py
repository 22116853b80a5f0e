"""Kinds that other packages bring: looked at when they are loaded, named when they are wrong."""

from __future__ import annotations

from importlib.metadata import EntryPoint, PathDistribution
from pathlib import Path

import pytest

from govern.errors import ManifestError
from govern.pipelines import open_pipeline
from govern.pipelines.reference import Reference
from govern.testing.pipelines import closing, request

METADATA = "Metadata-Version: 2.1\nName: acme-adapters\nVersion: 1.2\n"


class Acme(Reference):
    """A plugin as it should be."""


class Lacking:
    """What somebody makes who has read half of the page."""

    def __init__(self, manifest, folder):
        self.manifest = manifest

    def draft(self, request):
        return None


class Another(Acme):
    def __init__(self, manifest, folder):
        super().__init__(manifest.model_copy(update={"version": "2"}), folder)


class Forgetful(Acme):
    def __init__(self, manifest, folder):
        super().__init__(manifest.model_copy(update={"digests": {}}), folder)


class Nameless:
    prompt = aclose = draft = None

    def __init__(self, manifest, folder):
        self.manifest = {"id": manifest.id}


def failing(manifest, folder):
    raise KeyError("url")


NOT_CALLABLE = 7


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Install plugins, as (kind, attribute of this module); returns a manifest of kind acme."""
    package = tmp_path / "acme_adapters-1.2.dist-info"
    package.mkdir()
    (package / "METADATA").write_text(METADATA)
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme/__init__.py").write_text("")
    (tmp_path / "acme/drafting.py").write_text("# a")
    monkeypatch.syspath_prepend(tmp_path)
    manifest = tmp_path / "p.yaml"
    manifest.write_text('id: pp\nversion: "1"\nkind: acme\ndescription: d\n')

    def install(*plugins: tuple[str, str]) -> Path:
        brought = []
        for kind, attribute in plugins:
            point = EntryPoint(kind, f"acme:{attribute}", "govern.pipelines")
            vars(point)["dist"] = PathDistribution(package)
            brought.append(point)
        monkeypatch.setattr("govern.pipelines.plugins.entry_points", lambda group: brought)
        monkeypatch.setattr(EntryPoint, "load", lambda self: load(self.value))
        return manifest

    return install


def load(value: str):
    name = value.rpartition(":")[2]
    if name == "gone":
        raise ImportError("no module acme")
    return globals()[name]


def test_a_plugins_pipeline_drafts_and_its_package_enters_the_fingerprint(plugin):
    manifest = plugin(("acme", "Acme"))
    pipeline = open_pipeline(manifest)
    before = pipeline.manifest.digests["acme-adapters 1.2"]

    assert "ok" == closing(pipeline, lambda: pipeline.draft(request())).status
    package = manifest.parent / "acme"
    (package / "__pycache__").mkdir()
    (package / "__pycache__/drafting.pyc").write_bytes(b"compiled")
    assert before == open_pipeline(manifest).manifest.digests["acme-adapters 1.2"]
    (package / "drafting.py").write_text("# b")
    assert before != open_pipeline(manifest).manifest.digests["acme-adapters 1.2"]


def test_a_plugin_whose_files_nobody_finds_is_refused(plugin):
    manifest = plugin(("acme", "Acme"))
    (manifest.parent / "acme/__init__.py").unlink()

    with pytest.raises(ManifestError, match="acme stands in no file"):
        open_pipeline(manifest)


WHO = "plugin acme of acme-adapters 1.2: "


@pytest.mark.parametrize(
    ("attribute", "errors"),
    [
        ("gone", ["cannot be loaded: ImportError: no module acme"]),
        ("NOT_CALLABLE", ["expected a callable that takes a manifest and its folder, found int"]),
        ("failing", ["failed on the manifest: KeyError: 'url'"]),
        (
            "Lacking",
            ["is no pipeline: prompt() is missing; aclose() is missing; draft() has to be async"],
        ),
        ("Another", ["its manifest is another one than it was given"]),
        ("Forgetful", ["its manifest lacks digests that it was given"]),
        ("Nameless", ["draft() is missing", "manifest: expected a Manifest, found dict"]),
    ],
)
def test_a_plugin_that_is_wrong_is_named_with_what_is_missing(plugin, attribute, errors):
    with pytest.raises(ManifestError) as refused:
        open_pipeline(plugin(("acme", attribute)))

    assert [] == [error for error in [WHO, *errors] if error not in str(refused.value)]


@pytest.mark.parametrize(
    ("plugins", "error"),
    [
        ([("http", "Acme")], "plugin http of acme-adapters 1.2: kind 'http' exists already"),
        (
            [("acme", "Acme"), ("acme", "Lacking")],
            "comes from plugin acme of acme-adapters 1.2 too",
        ),
        (
            [("other", "gone")],
            "unknown kind 'acme'; known: chain, command, http, inspect_model, other",
        ),
    ],
)
def test_a_kind_that_two_bring_or_nobody_is_refused(plugin, plugins, error):
    with pytest.raises(ManifestError) as refused:
        open_pipeline(plugin(*plugins))

    assert error in str(refused.value)


def test_a_kind_of_our_own_that_a_plugin_brings_too_is_refused_for_our_own_pipelines(plugin):
    manifest = plugin(("reference", "Acme"))
    manifest.write_text(manifest.read_text().replace("acme", "reference"))

    with pytest.raises(ManifestError, match="kind 'reference' exists already"):
        open_pipeline(manifest)


def test_a_broken_plugin_is_not_loaded_for_a_pipeline_of_another_kind(plugin):
    manifest = plugin(("acme", "gone"))
    manifest.write_text(manifest.read_text().replace("acme", "reference"))

    assert "reference" == open_pipeline(manifest).manifest.kind
