"""What Temporal stores is sealed: AES-256-GCM over every payload, failures included."""

import dataclasses
import os
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import (
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    PayloadCodec,
)

from runtime.errors import Refusal
from runtime.settings import Settings

ENCODING = b"binary/encrypted"
KEY_BYTES = 32
NONCE_BYTES = 12


class SealedPayloads(PayloadCodec):
    """Encrypts whole payloads, metadata too; leaves payloads of others as they are."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self._seal(payload) for payload in payloads]

    async def decode(self, payloads: Iterable[Payload]) -> list[Payload]:
        return [self._open(payload) for payload in payloads]

    def _seal(self, payload: Payload) -> Payload:
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, payload.SerializeToString(), None)
        return Payload(metadata={"encoding": ENCODING}, data=nonce + sealed)

    def _open(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        nonce, sealed = payload.data[:NONCE_BYTES], payload.data[NONCE_BYTES:]
        try:
            return Payload.FromString(self._cipher.decrypt(nonce, sealed, None))
        except InvalidTag as wrong:
            raise Refusal(
                "A payload in Temporal was sealed with another key; put back the one this home "
                "or DOORWAY_TEMPORAL_KEY held when its journeys began."
            ) from wrong


def data_converter(key: bytes) -> DataConverter:
    """Pydantic's JSON, sealed, and so are failures' texts, which a codec alone leaves open."""
    return dataclasses.replace(
        pydantic_data_converter,
        payload_codec=SealedPayloads(key),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )


def temporal_key(settings: Settings) -> bytes:
    """The key of the settings, else the home's own, made at first use."""
    given = settings.temporal_key.get_secret_value()
    if given:
        return _as_key(given, "DOORWAY_TEMPORAL_KEY")
    path = settings.home / "keys" / "temporal.key"
    if not path.exists():
        _write_new_key(path)
    return _as_key(path.read_text(), str(path))


def _as_key(text: str, where: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise Refusal(
            f"{where} must hold {KEY_BYTES} bytes as {KEY_BYTES * 2} hexadecimal digits "
            f"(`openssl rand -hex {KEY_BYTES}` makes such a key)."
        )
    return key


def _write_new_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(os.urandom(KEY_BYTES).hex())
        file.flush()
        os.fsync(file.fileno())
    try:
        # Whoever links first decides; api and worker may both be at their first start.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
