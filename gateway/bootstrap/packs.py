"""What packs are made of: their contents, their form and their seal meet here."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.adapters.crypto.detached import DetachedSealer, SignedFile
from gateway.adapters.documents.pack import AsicPaper
from gateway.bootstrap.technology import Technology
from gateway.domain.pack import PackEntry
from gateway.usecases.certificate_facts import CertificateFacts
from gateway.usecases.journal import Journal
from gateway.usecases.pack import Pack
from gateway.usecases.pack_contents import PackContents


@dataclass(frozen=True, slots=True)
class DetachedSeal:
    """The port `PackSealer` over the detached XAdES sealer."""

    sealer: DetachedSealer

    def seal(self, files: Sequence[PackEntry]) -> bytes:
        return self.sealer.seal([SignedFile(file.name, file.media_type, file.sha256) for file in files])


def pack(tech: Technology, journal: Journal, facts: CertificateFacts) -> Pack:
    paper = AsicPaper()
    contents = PackContents(tech.vault, paper, facts)
    seal = DetachedSeal(tech.detached_sealer)
    return Pack(tech.database, tech.vault, paper, seal, contents, journal, tech.clock)
