"""The trust root: whose signatures count, in which role, and from when to when.

A signature counts if its key was valid when the statement says that it was made, and if the key
was not revoked by then. A key that was revoked as ``compromised`` counts for nothing, whenever
the statement says that it was made: whoever has the key can write any date. A key that was
``retired`` counts for what it signed before.

That two keys are two people is for whoever keeps the trust root to ensure.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, Field, ValidationError, model_validator

from govern.attest.files import read_signed
from govern.canon import digest
from govern.domain.acts import Signer
from govern.domain.base import DIGEST, SLUG, Noun
from govern.errors import InputError, IntegrityError, PolicyError
from govern.strict_yaml import explain
from govern.whole_files import write_text

Why = Literal["retired", "compromised"]
Status = Literal["valid", "not yet valid", "expired", "retired", "compromised"]


class Revocation(Noun):
    """Since when a key is not to be used any more, and why."""

    when: AwareDatetime
    why: Why


class TrustedKey(Noun):
    """A public key (``public``: 32 bytes in hexadecimal), its owner's name and roles.

    It is valid from ``valid_from`` until just before ``valid_until``; open where not given.
    """

    name: str = Field(pattern=f"^{SLUG}$")
    keyid: str = Field(pattern=DIGEST)
    public: str = Field(pattern=DIGEST)
    roles: tuple[str, ...] = Field(min_length=1)
    created: AwareDatetime
    valid_from: AwareDatetime | None = None
    valid_until: AwareDatetime | None = None
    revoked: Revocation | None = None

    @model_validator(mode="after")
    def _some_time(self) -> TrustedKey:
        if self.valid_from and self.valid_until and self.valid_from >= self.valid_until:
            raise ValueError("valid_until must come after valid_from")
        return self

    @property
    def signer(self) -> Signer:
        """The person or machine as decisions name it."""
        return Signer(name=self.name, roles=self.roles, keyid=self.keyid)

    def status(self, now: datetime) -> Status:
        """What the key is worth now."""
        if self.revoked and (self.revoked.why == "compromised" or self.revoked.when <= now):
            return self.revoked.why
        if self.valid_from and now < self.valid_from:
            return "not yet valid"
        if self.valid_until and self.valid_until <= now:
            return "expired"
        return "valid"

    def why_not(self, made: datetime) -> str | None:
        """Why its signature on a statement made then does not count; ``None`` if it does."""
        match self.status(made):
            case "valid":
                return None
            case "compromised":
                return (
                    f"the key of {self.name!r} was revoked as compromised: nothing it signed counts"
                )
            case "retired" if self.revoked:
                end = f"was retired on {_moment(self.revoked.when)}"
            case "expired" if self.valid_until:
                end = f"was valid until {_moment(self.valid_until)}"
            case _:
                end = f"is valid from {_moment(self.valid_from or made)}"
        return f"the key of {self.name!r} {end}, the statement is of {_moment(made)}"


class TrustRoot(Noun):
    """The keys whose signatures count."""

    schema_version: Literal[1] = 1
    keys: tuple[TrustedKey, ...] = ()


def key_id(public: str) -> str:
    """The id of an Ed25519 public key: SHA-256 of its description in canonical JSON."""
    return digest({"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": public}})


def trust_path(directory: Path) -> Path:
    """Where a record keeps its trust root."""
    return directory / "trust.json"


def read_trust(directory: Path) -> TrustRoot:
    """The trust root of the record in ``directory``; raises as ``read_trust_file``."""
    return read_trust_file(trust_path(directory))


def read_trust_file(path: Path) -> TrustRoot:
    """A trust root, such as a verifier's own copy.

    Raises:
        PolicyError: there is none, so no signature can count.
        InputError: it cannot be read or is malformed.
        IntegrityError: a key id is not that of its key, a name or key stands there twice, or
            the file is a symbolic link.
    """
    try:
        trust = TrustRoot.model_validate_json(read_signed(path))
    except FileNotFoundError as err:
        raise PolicyError(
            f"{path}: no trust root, so no signature can be checked; name the trust.json that you "
            "were handed with --trust, or make a record's first key with `govern keys init`"
        ) from err
    except ValidationError as err:
        first = err.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise InputError(f"{path}: not a trust root: {where}: {first['msg']}") from err
    check_trust(trust, str(path))
    return trust


def check_trust(trust: TrustRoot, source: str) -> None:
    """IntegrityError unless each key id is that of its key and no name or key is there twice."""
    for key in trust.keys:
        if key.keyid != key_id(key.public):
            raise IntegrityError(
                f"{source}: key {key.name!r}: id {key.keyid[:16]} is not that of its public key, "
                f"{key_id(key.public)[:16]}; take the file from where it was handed out"
            )
    for values in ([key.name for key in trust.keys], [key.keyid for key in trust.keys]):
        twice = [value for value, times in Counter(values).items() if times > 1]
        if twice:
            raise IntegrityError(f"{source}: {twice[0]!r} stands there twice; each counts once")


def write_trust(directory: Path, trust: TrustRoot) -> None:
    """Replace the trust root of a record at once; OSError if it cannot be."""
    text = json.dumps(trust.as_json(), indent=2, sort_keys=True, ensure_ascii=False)
    write_text(trust_path(directory), f"{text}\n")


def revoke_key(directory: Path, name: str, *, why: str, when: datetime) -> TrustedKey:
    """Mark a key of the trust root as revoked; it stays there, to check what it signed before.

    A retired key may turn out to be compromised; nothing is taken back.

    Raises:
        InputError: no such key or reason, it is revoked already, or the file cannot be written.
        PolicyError, IntegrityError: as ``read_trust``.
    """
    trust = read_trust(directory)
    try:
        revocation = Revocation.model_validate({"when": when, "why": why})
    except ValidationError as err:
        raise InputError(f"key {name!r}: {explain(err)}") from err
    known = {key.name: key for key in trust.keys}
    if name not in known:
        raise InputError(f"no key {name!r} in {trust_path(directory)}; it has: {_names(trust)}")
    former = known[name].revoked
    if former and (former.why, why) != ("retired", "compromised"):
        raise InputError(
            f"key {name!r} was revoked as {former.why} on {_moment(former.when)}, and stays so"
        )
    revoked = known[name].model_copy(update={"revoked": revocation})
    keys = tuple(revoked if key.name == name else key for key in trust.keys)
    try:
        write_trust(directory, TrustRoot(keys=keys))
    except OSError as err:
        raise InputError(f"{trust_path(directory)}: cannot be written: {err.strerror}") from err
    return revoked


def _names(trust: TrustRoot) -> str:
    return ", ".join(key.name for key in trust.keys) or "none"


def _moment(when: datetime) -> str:
    return when.isoformat(sep=" ", timespec="seconds")
