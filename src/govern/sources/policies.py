"""Policies and certificates from files."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from govern import strict_yaml
from govern.domain.certificate import Agreement, Certificate, GateCertificate
from govern.domain.policy import Policy
from govern.errors import InputError, PolicyError
from govern.policy.cases import PolicyCase
from govern.policy.reader import MOST_BYTES, read_policy
from govern.strict_yaml import explain


def load_policy(path: Path) -> Policy:
    """The policy in a file, ``source`` being its name.

    Raises:
        InputError: there is no such file.
        PolicyError: as ``read_policy``.
    """
    try:
        with path.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except OSError as err:
        raise InputError(f"{path}: cannot be read: {err.strerror}") from err
    policy = read_policy(raw, where=path.name)
    if policy.policy != path.stem:
        raise PolicyError(f"{path}: the policy in it calls itself {policy.policy!r}; rename one")
    return policy


def load_case(path: Path) -> PolicyCase:
    """A case that a policy is tried on.

    Raises:
        InputError: the file cannot be read.
        PolicyError: with file and field, when it is no case.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as err:
        raise InputError(f"{path}: cannot be read as UTF-8 text: {err}") from err
    fields = strict_yaml.load(text, where=str(path), error=PolicyError)
    try:
        return PolicyCase.model_validate_json(strict_yaml.as_json(fields), strict=True)
    except ValidationError as err:
        raise PolicyError(f"{path}: {explain(err)}") from err


def load_certificates(folders: list[Path]) -> tuple[Certificate, ...]:
    """Every certificate (``*.json``) in some folders; absent folders hold none.

    Raises:
        PolicyError: a file is no certificate.
    """
    found = []
    for folder in folders:
        for path in sorted(folder.glob("*.json")):
            try:
                found.append(Certificate.model_validate_json(path.read_bytes()))
            except ValidationError as err:
                raise PolicyError(f"{path}: not a certificate: {explain(err)}") from err
    return tuple(found)


def load_gate_certificate(folders: list[Path], policy: Policy) -> GateCertificate | None:
    """What is known of the gate's own errors under this very policy; of another, nothing.

    Raises:
        PolicyError: the file is no certificate.
    """
    for path in (folder / "gate" / f"{policy.policy}.json" for folder in folders):
        if path.is_file():
            try:
                found = GateCertificate.model_validate_json(path.read_bytes())
            except ValidationError as err:
                raise PolicyError(f"{path}: not a certificate: {explain(err)}") from err
            if found.policy_digest == policy.digest:
                return found
    return None


def read_certificate(raw: bytes) -> Certificate | GateCertificate:
    """A measure's certificate, or the gate's.

    Raises:
        PolicyError: it is neither.
    """
    for kind in (Certificate, GateCertificate):
        try:
            return kind.model_validate_json(raw)
        except ValidationError:
            continue
    raise PolicyError("not a certificate")


def load_agreements(path: Path) -> dict[str, Agreement]:
    """What is known of agreement with people's labels, by metric.

    Raises:
        InputError: the file is none of agreements.
    """
    try:
        found = TypeAdapter(tuple[Agreement, ...]).validate_json(path.read_bytes())
    except (OSError, ValidationError) as err:
        raise InputError(f"{path}: not a list of agreements: {err}") from err
    return {metric: agreement for agreement in found for metric in agreement.metrics}
