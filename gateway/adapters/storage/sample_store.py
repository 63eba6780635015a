"""Locked biometric samples: their rows; octets are the vault's."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, insert, select

from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import sealed_samples
from gateway.domain.biometrics import SampleKind, SealedSample

T = sealed_samples.c
ADD = insert(sealed_samples)
OF = select(sealed_samples).where(T.guid == bindparam("whose")).order_by(T.position, T.taken_at, T.cms_sha256)


class SampleStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, sample: SealedSample) -> None:
        row = {
            "guid": sample.guid,
            "cms_sha256": sample.cms_sha256,
            "position": sample.position,
            "kind": sample.kind.value,
            "media_type": sample.media_type,
            "byte_size": sample.size,
            "bound_sha256": sample.bound_sha256,
            "depositary_sha256": sample.depositary_sha256,
            "taken_at": sample.at,
        }
        self._session.add(ADD, [row])

    def of(self, guid: str) -> Sequence[SealedSample]:
        return [_sample(row) for row in self._session.rows(OF, {"whose": guid})]


def _sample(row: Any) -> SealedSample:
    return SealedSample(
        row.guid,
        row.position,
        SampleKind(row.kind),
        row.media_type,
        row.cms_sha256,
        row.byte_size,
        row.bound_sha256,
        row.depositary_sha256,
        row.taken_at,
    )
