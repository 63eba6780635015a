"""What an audit of deposit files found, by somebody who has nothing else. Facts and words, no files."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from gateway.domain.errors import Text


class Flaw(Enum):
    """What can be wrong with a deposit file, or with its place among the others."""

    UNREADABLE = Text("cannot be read as a deposit file", "no puede leerse como fichero de depósito")
    SIGNATURE = Text("its signature does not hold", "su firma no es válida")
    STAMP = Text("its root's time-stamp does not hold", "el sello de tiempo de su raíz no es válido")
    LEAVES = Text("its leaves lead to another root", "sus hojas conducen a otra raíz")
    TWICE = Text("there is another file of its number", "hay otro fichero con su número")
    MISSING = Text("is missing", "falta")
    INSTALLATION = Text("is of another installation", "es de otra instalación")
    CHAIN = Text("the next file was chained to another one", "el siguiente se encadenó a otro fichero")
    PERIOD = Text(
        "the next period does not begin where it ends", "el periodo siguiente no empieza donde acaba"
    )
    ORDER = Text("its time-stamp is later than the next one", "su sello de tiempo es posterior al siguiente")
    EXPIRED = Text(
        "its time-stamp ended, and no later file vouches for it",
        "su sello de tiempo caducó y ningún fichero posterior responde de él",
    )


@dataclass(frozen=True, slots=True)
class AuditedFile:
    """One file, or the place of a missing one. Sound without flaws; `detail` is a verifier's own word.

    `signer` is who signed, as its certificate says: empty unless that leads to a trusted root.
    """

    name: str
    number: int
    sha256: bytes = b""
    period: tuple[datetime, datetime] | None = None
    gen_time: datetime | None = None
    leaves: int = 0
    root: bytes = b""
    flaws: tuple[Flaw, ...] = ()
    detail: str = ""
    signer: str = ""


@dataclass(frozen=True, slots=True)
class DepositAudit:
    """All files in order of their numbers, and whether certificates were followed up to trusted roots."""

    files: tuple[AuditedFile, ...]
    trusted: bool

    @property
    def first_bad(self) -> AuditedFile | None:
        return next((file for file in self.files if file.flaws), None)
