"""The MLflow registry: which version of a pipeline stands where.

Tags and aliases are hints, which anybody with access can change; what counts is the signed
decision that they name. A registered model is a pipeline, a version one of its manifests.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from govern.canon import canonical_json
from govern.domain.pipeline import Manifest
from govern.store.tracking import experiment_of, open_store

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities.model_registry import ModelVersion, RegisteredModel

FINGERPRINT = "govern.fingerprint"
OURS = "govern.pipeline"
NEW = "candidate"


@dataclass(frozen=True)
class Version:
    """A version of a registered pipeline, and what its tags say."""

    name: str
    number: str
    tags: Mapping[str, str]


@dataclass(frozen=True)
class Registry:
    """A registry by its address; ``artifact_root`` is where a database store keeps manifests.

    Every method raises RunError where the store cannot be reached.
    """

    uri: str
    artifact_root: Path

    def register(self, manifest: Manifest, fingerprint: str) -> Version:
        """The version of this very manifest; a new one begins as ``candidate``."""
        with open_store(self.uri) as client:
            _require_model(client, manifest.id)
            where = f"name = '{manifest.id}'"
            for version in client.search_model_versions(where):
                if version.tags.get(FINGERPRINT) == fingerprint:
                    return _read(version)
            made = self._made(client, manifest, fingerprint)
            client.set_registered_model_alias(manifest.id, NEW, made.version)
            return _read(made)

    def point(self, version: Version, alias: str, tags: Mapping[str, str]) -> None:
        """Tag a version, and move an alias to it from wherever either was."""
        with open_store(self.uri) as client:
            for key, value in tags.items():
                client.set_model_version_tag(version.name, version.number, key, value)
            client.set_registered_model_alias(version.name, alias, version.number)
            for other, number in client.get_registered_model(version.name).aliases.items():
                if other != alias and str(number) == version.number:
                    client.delete_registered_model_alias(version.name, other)

    def aliases(self) -> dict[tuple[str, str], Version]:
        """Where the aliases of our models point, by model and alias."""
        with open_store(self.uri) as client:
            return {
                (model.name, alias): _read(client.get_model_version(model.name, str(number)))
                for model in _models(client)
                for alias, number in sorted(client.get_registered_model(model.name).aliases.items())
            }

    def _made(self, client: MlflowClient, manifest: Manifest, fingerprint: str) -> ModelVersion:
        experiment = experiment_of(client, self.uri, self.artifact_root)
        run = client.create_run(experiment, run_name=f"{manifest.id} {manifest.version}")
        run_id = str(run.info.run_id)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "manifest.json")
            path.write_bytes(canonical_json(manifest.as_json()))
            client.log_artifact(run_id, str(path), "pipeline")
        client.set_terminated(run_id)
        return client.create_model_version(
            manifest.id,
            source=f"runs:/{run_id}/pipeline",
            run_id=run_id,
            tags={FINGERPRINT: fingerprint, "govern.version": manifest.version},
            await_creation_for=0,
        )


def _require_model(client: MlflowClient, name: str) -> None:
    if name not in {model.name for model in _models(client)}:
        client.create_registered_model(name, tags={OURS: "true"})


def _models(client: MlflowClient) -> list[RegisteredModel]:
    """The models that we made, however many pages of them there are."""
    found: list[RegisteredModel] = []
    token: str | None = ""
    while token is not None:
        page = client.search_registered_models(f"tags.`{OURS}` = 'true'", page_token=token or None)
        found += page
        token = page.token or None
    return found


def _read(version: ModelVersion) -> Version:
    return Version(str(version.name), str(version.version), dict(version.tags))
