"""`fehaciente verify`: judges files offline, by the roots and lists that it is given and nothing else.

No configuration and no database. It reads files and writes reports; what they say is decided elsewhere.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.domain.errors import GatewayError, Text
from gateway.domain.validation import Indication, ValidationReport
from gateway.domain.wording import printable
from gateway.entrypoints.cli.printing import progress

if TYPE_CHECKING:
    # Argparse gives the type of add_subparsers no public name.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

PASSED, FAILED, UNREADABLE, INDETERMINATE = 0, 1, 2, 3
WORST_FIRST = (UNREADABLE, FAILED, INDETERMINATE, PASSED)
CODES = {
    Indication.PASSED: PASSED,
    Indication.FAILED: FAILED,
    Indication.INDETERMINATE: INDETERMINATE,
}
EXIT_CODES = "verify exits with 0 (TOTAL-PASSED), 1 (TOTAL-FAILED), 3 (INDETERMINATE), 2 (unreadable)."
CANNOT_READ = Text("UNREADABLE", "ILEGIBLE")
TWICE = Text("two files of the same name", "dos ficheros con el mismo nombre")
NEEDS_OUTPUT = Text("name its file with -o", "nombre su fichero con -o")
TEXT, PDF = "text", "pdf"
KINDS = (TEXT, "xml", PDF)

# A file's name, its octets and the companions by name; raises GatewayError for what cannot be judged.
Judge = Callable[[str, bytes, Mapping[str, bytes]], ValidationReport]
Render = Callable[[Sequence[ValidationReport], str], bytes]


@dataclass(frozen=True, slots=True)
class Trust:
    """What to go by: roots (PEM), revocation lists (PEM), whether a signer of whose revocation nothing is
    known may pass, the signature policy that every signature must name (empty: any or none), and the time to
    take for the present (None: now)."""

    roots: bytes
    crls: tuple[Path, ...] = ()
    revocation_required: bool = True
    policy: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """`prepare` raises GatewayError(CONFIGURATION) for roots that are none; `renders` by kind of report."""

    prepare: Callable[[Trust], Judge]
    renders: Mapping[str, Render]


def add_grammar(commands: "Commands") -> None:
    verify = commands.add_parser("verify", help="verify evidence, packs and PDF offline", epilog=EXIT_CODES)
    verify.add_argument("file", nargs="+", type=Path)
    verify.add_argument("--trust", type=Path, required=True, metavar="ROOT.pem", help="roots to trust")
    verify.add_argument("--at", type=_moment, metavar="TIME", help="validate as of 2030-01-01T00:00:00Z")
    verify.add_argument(
        "--companion",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="what a detached signature or evidence record is about (repeat)",
    )
    verify.add_argument(
        "--crl", type=Path, action="append", default=[], metavar="FILE", help="revocation list (repeat)"
    )
    verify.add_argument(
        "--no-revocation", action="store_true", help="accept signers of whose revocation nothing is known"
    )
    verify.add_argument("--policy", default="", metavar="URI", help="signature policy that must be named")
    verify.add_argument("--report", choices=(TEXT, "xml", PDF), default=TEXT, help="kind of report")
    verify.add_argument("-o", "--output", type=Path, metavar="OUT", help="write the report here")


def run(asked: argparse.Namespace, verification: Verification) -> int:
    """Judge every file; the worst exit code. Raises OSError for roots and lists that are not there."""
    trust = Trust(
        asked.trust.read_bytes(),
        tuple(asked.crl),
        not asked.no_revocation,
        asked.policy,
        asked.at,
    )
    try:
        judge = verification.prepare(trust)
    except GatewayError as error:
        print(_unreadable(asked.trust, error, asked.language))
        return UNREADABLE
    if asked.report == PDF and asked.output is None:
        print(f"--report pdf: {NEEDS_OUTPUT.in_language(asked.language)}", file=sys.stderr)
        return UNREADABLE
    companions = {_companion_name(file): file.read_bytes() for file in asked.companion}
    if len(companions) < len(asked.companion):
        print(f"{CANNOT_READ.in_language(asked.language)}: --companion: {TWICE.in_language(asked.language)}")
        return UNREADABLE
    return _Session(asked, judge, companions, verification.renders).run()


@dataclass(slots=True)
class _Session:
    """One run over the files: text is told file by file, other reports once all are judged."""

    asked: argparse.Namespace
    judge: Judge
    companions: Mapping[str, bytes]
    renders: Mapping[str, Render]

    def run(self) -> int:
        reports: list[ValidationReport] = []
        codes = {self._one(file, reports) for file in progress(self.asked.file, "verify")}
        if reports and not self._streamed:
            self._write(self.renders[self.asked.report](reports, self.asked.language))
        return next(code for code in WORST_FIRST if code in codes)

    def _one(self, file: Path, reports: list[ValidationReport]) -> int:
        try:
            report = self.judge(file.name, file.read_bytes(), self.companions)
        except (GatewayError, OSError) as error:
            print(_unreadable(file, error, self.asked.language))
            return UNREADABLE
        reports.append(report)
        if self._streamed:
            print(self.renders[TEXT]([report], self.asked.language).decode(), end="")
        elif self.asked.output:
            print(f"{report.indication.value}: {printable(report.name)}")
        return CODES[report.indication]

    @property
    def _streamed(self) -> bool:
        return self.asked.report == TEXT and self.asked.output is None

    def _write(self, octets: bytes) -> None:
        if self.asked.output:
            self.asked.output.write_bytes(octets)
        else:
            sys.stdout.buffer.write(octets)
            sys.stdout.buffer.flush()


def _unreadable(file: Path, error: GatewayError | OSError, language: str) -> str:
    heading = CANNOT_READ.in_language(language)
    if isinstance(error, OSError):
        return f"{heading}: {printable(str(file))}: {error.strerror}"
    text = f"{error.kind.code} {error.kind.text.in_language(language)}"
    return f"{heading}: {printable(file.name)}: {text}" + (
        f" ({printable(error.detail)})" if error.detail else ""
    )


def _companion_name(file: Path) -> str:
    """As a signature in a container refers to it, when the path was given from the container's folder."""
    return file.name if file.is_absolute() or ".." in file.parts else file.as_posix()


def _moment(text: str) -> datetime:
    """A time with its offset: what zone a bare one would mean, nobody can tell."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("not a time such as 2030-01-01T00:00:00Z") from None
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError("needs an offset, for example Z")
    return moment
