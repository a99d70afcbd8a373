"""Keys are named by their thumbprint, and a directory with a wrong key or role does not start."""

import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import ValidationError

from directory.settings import Settings
from directory.tokens import public_jwk

# RFC 8037, appendix A.
PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
THUMBPRINT = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def pem(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def settings(**more):
    told = {
        "http_host": "127.0.0.1",
        "http_port": 1,
        "database_url": "postgresql://",
        "nats_url": "nats://",
        "nats_seed": "seed",
        "streams_file": "streams.toml",
        "secrets_keys": [Fernet.generate_key().decode()],
        "signing_key": pem(Ed25519PrivateKey.generate()),
        **more,
    }
    return Settings(**told)


def test_a_key_is_named_by_its_thumbprint_as_in_the_rfc():
    assert public_jwk(Ed25519PublicKey.from_public_bytes(PUBLIC)) == {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        "kid": THUMBPRINT,
        "use": "sig",
        "alg": "EdDSA",
    }


@pytest.mark.parametrize("key", ["not a key", pem(generate_private_key(SECP256R1()))], ids=["garbage", "another curve"])
def test_only_an_ed25519_key_is_taken_and_none_is_shown(key):
    with pytest.raises(ValidationError) as refused:
        settings(signing_key=key)

    assert key not in str(refused.value)


def test_a_founding_account_with_an_unknown_role_is_refused():
    account = {"account": "a", "full_name": "A", "email": "a@b", "password": "secret!!", "kind": "machine"}

    with pytest.raises(ValidationError, match="no such role") as refused:
        settings(founding_accounts=[{**account, "role": "machine"}])

    assert "secret!!" not in str(refused.value)


def test_secrets_are_not_shown_with_the_settings():
    assert "PRIVATE KEY" not in repr(settings())


def test_a_directory_that_asks_for_second_factors_needs_a_key_to_keep_them():
    with pytest.raises(ValidationError, match="DIRECTORY_SECRETS_KEYS"):
        settings(secrets_keys=[])
    with pytest.raises(ValidationError):
        settings(secrets_keys=["no key"])

    assert settings().totp_required_for == {"administrators"}
    assert settings(secrets_keys=[], totp_required_for=[]).secrets_keys == ()
    with pytest.raises(ValidationError):
        settings(totp_required_for=["everybody"])


def test_only_public_keys_are_published_and_only_ours():
    with pytest.raises(ValidationError):
        settings(further_keys=[pem(Ed25519PrivateKey.generate())])
