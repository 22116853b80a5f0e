"""Keys on disk and the trust root: what opens, what counts, what is refused."""

from __future__ import annotations

import base64
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined]

from govern.attest.keys import create_key, load_key, private_key
from govern.attest.trust import TrustRoot, key_id, read_trust
from govern.errors import GovernError, InputError, IntegrityError, PolicyError

CREATED = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
PASSPHRASE = "correct horse"


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, shipped_kdf_rounds: int) -> Path:
    """One key on disk, made as what ships makes it: half a second, so all share it."""
    directory = tmp_path_factory.mktemp("record")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("govern.attest.keys.KDF_ROUNDS", shipped_kdf_rounds)
        create_key(
            directory, name="ana", roles=("board-chair",), passphrase=PASSPHRASE, created=CREATED
        )
    return directory


@pytest.fixture
def copied(made: Path, tmp_path: Path) -> Path:
    """The same, to be spoiled."""
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys/ana.key").write_bytes((made / "keys/ana.key").read_bytes())
    (tmp_path / "trust.json").write_bytes((made / "trust.json").read_bytes())
    return tmp_path


def new(directory: Path, name: str = "ben", *, passphrase: str = PASSPHRASE) -> None:
    create_key(directory, name=name, roles=("dpo",), passphrase=passphrase, created=CREATED)


def files(directory: Path) -> list[str]:
    return sorted(p.relative_to(directory).as_posix() for p in directory.rglob("*") if p.is_file())


def test_a_key_that_was_made_opens_again_and_is_the_one_in_the_trust_root(made: Path) -> None:
    key = load_key(made, "ana", PASSPHRASE)

    assert (key.trusted,) == read_trust(made).keys
    assert key.private.public_key().public_bytes_raw().hex() == key.trusted.public
    assert ("ana", ("board-chair",), CREATED) == (
        key.trusted.name,
        key.trusted.roles,
        key.trusted.created,
    )


def test_the_private_key_is_for_its_owner_alone_and_unreadable_without_the_passphrase(
    made: Path,
) -> None:
    path = made / "keys/ana.key"

    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert path.read_bytes().startswith(b"-----BEGIN OPENSSH PRIVATE KEY-----")
    with pytest.raises(TypeError, match="password"):
        serialization.load_ssh_private_key(path.read_bytes(), None)


def test_deriving_the_file_key_takes_64_rounds(made: Path) -> None:
    """OpenSSH writes the number of rounds, big-endian, after a 16-byte salt."""
    raw = base64.b64decode(b"".join((made / "keys/ana.key").read_bytes().split(b"\n")[1:-2]))

    at = raw.index((16).to_bytes(4)) + 4 + 16
    assert 64 == int.from_bytes(raw[at : at + 4])


def test_the_private_key_does_not_show_in_its_repr(made: Path) -> None:
    assert "private=" not in repr(load_key(made, "ana", PASSPHRASE))


def test_the_key_id_is_the_one_that_securesystemslib_computes() -> None:
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public = private.public_key()

    assert SSlibKey.from_crypto(public).keyid == key_id(public.public_bytes_raw().hex())


@pytest.mark.parametrize("wrong", ["incorrect horse", "correct horse ", "", "x" * 5000, "\0"])
def test_a_wrong_passphrase_is_told_plainly(made: Path, wrong: str) -> None:
    with pytest.raises(InputError, match="passphrase"):
        load_key(made, "ana", wrong)


def test_a_missing_key_is_told_with_the_keys_that_are_there(made: Path) -> None:
    with pytest.raises(InputError, match=r"keys there: ana; see `govern keys init`"):
        load_key(made, "ben", PASSPHRASE)


def test_a_key_is_not_overwritten(copied: Path) -> None:
    before = (copied / "keys/ana.key").read_bytes()

    with pytest.raises(InputError, match="'ana' exists and is kept"):
        new(copied, "ana")

    assert before == (copied / "keys/ana.key").read_bytes()


def test_a_name_in_the_trust_root_is_taken_even_where_its_private_key_is_elsewhere(
    copied: Path,
) -> None:
    (copied / "keys/ana.key").unlink()

    with pytest.raises(InputError, match="exists"):
        new(copied, "ana")

    assert 1 == len(read_trust(copied).keys)


def test_a_second_key_is_added_and_the_first_stays(copied: Path) -> None:
    new(copied, "ben")

    assert ["ana", "ben"] == [key.name for key in read_trust(copied).keys]
    assert ["keys/ana.key", "keys/ben.key", "trust.json"] == files(copied)


@pytest.mark.parametrize("empty", ["", " ", "\n\t"])
def test_an_empty_passphrase_is_refused_and_leaves_nothing(tmp_path: Path, empty: str) -> None:
    with pytest.raises(InputError, match="passphrase is empty"):
        new(tmp_path, passphrase=empty)

    assert [] == files(tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        "../ana",
        "a/b",
        "a\\b",
        "..",
        ".",
        "",
        "/etc/x",
        "Ana",
        "ana\n",
        "a" * 65,
        "a\0b",
        "ána",
        "-a",
        "a.key",
    ],
)
def test_a_name_that_is_no_slug_reaches_no_file(tmp_path: Path, name: str) -> None:
    directory = tmp_path / "record"
    with pytest.raises(InputError, match="key name or role"):
        new(directory, name)
    with pytest.raises(InputError, match="key name or role"):
        load_key(directory, name, PASSPHRASE)

    assert [] == files(tmp_path)


@pytest.mark.parametrize("roles", [(), ("",), ("DPO",), ("dpo", "a b")])
def test_a_key_without_usable_roles_is_refused(roles: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="role"):
        private_key(Ed25519PrivateKey.generate(), name="ana", roles=roles, created=CREATED)


def test_a_date_without_time_zone_is_refused() -> None:
    with pytest.raises(InputError, match="time zone"):
        private_key(
            Ed25519PrivateKey.generate(),
            name="ana",
            roles=("dpo",),
            created=datetime(2026, 11, 1),  # noqa: DTZ001
        )


def test_a_missing_trust_root_is_an_unsigned_policy_not_a_crash(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="no trust root"):
        read_trust(tmp_path)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.99])
def test_a_truncated_trust_root_is_refused_and_not_added_to(copied: Path, share: float) -> None:
    path = copied / "trust.json"
    text = path.read_bytes().rstrip()
    path.write_bytes(text[: int(len(text) * share)])
    before = path.read_bytes()

    with pytest.raises(InputError, match="not a trust root"):
        read_trust(copied)
    with pytest.raises(InputError, match="not a trust root"):
        new(copied)

    assert before == path.read_bytes()
    assert ["keys/ana.key", "trust.json"] == files(copied)


def test_an_unknown_field_in_the_trust_root_is_an_error(copied: Path) -> None:
    path = copied / "trust.json"
    path.write_text(path.read_text().replace('"name"', '"admin": true, "name"'))

    with pytest.raises(InputError, match=r"keys\.0\.admin"):
        read_trust(copied)


def test_a_public_key_swapped_under_a_known_id_is_noticed(copied: Path) -> None:
    path = copied / "trust.json"
    other = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw().hex()
    path.write_text(path.read_text().replace(read_trust(copied).keys[0].public, other))

    with pytest.raises(IntegrityError, match="not that of its public key"):
        read_trust(copied)


@pytest.mark.parametrize("change", [{}, {"name": "ben"}, {"roles": ("dpo",)}])
def test_one_key_under_two_names_would_meet_a_threshold_alone_and_is_refused(
    copied: Path, change: dict[str, object]
) -> None:
    [ana] = read_trust(copied).keys
    double = TrustRoot(keys=(ana, ana.model_copy(update=change)))
    (copied / "trust.json").write_text(double.model_dump_json())

    with pytest.raises(IntegrityError, match="twice"):
        read_trust(copied)


def test_a_private_key_swapped_for_another_is_noticed(copied: Path) -> None:
    other = copied / "other"
    create_key(other, name="ana", roles=("dpo",), passphrase=PASSPHRASE, created=CREATED)
    (copied / "keys/ana.key").write_bytes((other / "keys/ana.key").read_bytes())

    with pytest.raises(IntegrityError, match=r"not the key that trust\.json has"):
        load_key(copied, "ana", PASSPHRASE)


def test_a_key_that_lies_open_on_disk_signs_nothing(copied: Path) -> None:
    plain = load_key(copied, "ana", PASSPHRASE).private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.OpenSSH,
        serialization.NoEncryption(),
    )
    (copied / "keys/ana.key").write_bytes(plain)

    with pytest.raises(InputError, match="not encrypted"):
        load_key(copied, "ana", PASSPHRASE)


@pytest.mark.parametrize("at", [*range(0, 444, 61), -2])
def test_a_damaged_key_file_never_gives_another_key_or_a_traceback(copied: Path, at: int) -> None:
    """A flipped byte in a line break or the salt's slack may still open the right key."""
    path = copied / "keys/ana.key"
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(bytes(raw))

    try:
        key = load_key(copied, "ana", PASSPHRASE)
    except GovernError:
        return
    assert read_trust(copied).keys[0].public == key.private.public_key().public_bytes_raw().hex()


def test_a_truncated_key_file_is_refused(copied: Path) -> None:
    path = copied / "keys/ana.key"
    path.write_bytes(path.read_bytes()[:200])

    with pytest.raises(InputError, match="damaged"):
        load_key(copied, "ana", PASSPHRASE)


def test_where_the_trust_root_cannot_be_replaced_no_private_key_is_left(tmp_path: Path) -> None:
    """A folder stands where the file should go."""
    (tmp_path / "trust.json").mkdir()

    with pytest.raises(InputError, match=r"trust\.json"):
        new(tmp_path)

    assert [] == files(tmp_path)


def test_a_failed_replacement_takes_the_new_private_key_back(
    copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: object, target: object) -> None:
        raise OSError(28, "No space left on device", str(target))

    monkeypatch.setattr("govern.whole_files.Path.replace", full)

    with pytest.raises(InputError, match="No space left"):
        new(copied)

    assert ["keys/ana.key", "trust.json"] == files(copied)
    assert 1 == len(read_trust(copied).keys)
