"""Verifying what is kept of a transaction, for staff: the public page's verifier, its report masked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from gateway.domain.staff import Acting, Permission
from gateway.domain.validation import ValidationReport
from gateway.usecases.console.masking import Mask
from gateway.usecases.desk.staff import audit, demand
from gateway.usecases.ports import Database


@dataclass(frozen=True, slots=True)
class VerifyTransaction:
    """`verify` gives a report on each file that proves a transaction; of a purged one, on its tombstone."""

    database: Database
    verify: Callable[[str], Sequence[ValidationReport]]

    def __call__(self, acting: Acting, guid: str, *, clear: bool = False) -> Sequence[ValidationReport]:
        """Raises GatewayError: ACCESS_DENIED, RULE_BROKEN without a reason, NOT_FOUND."""
        demand(acting, Permission.READ)
        if clear:
            demand(acting, Permission.UNMASK)
        reports = self.verify(guid)
        with self.database.write() as uow:
            audit(uow, acting, "transaction-verified", guid)
            uow.commit()
        return reports if clear else [masked(report, own_name=True) for report in reports]


def masked(report: ValidationReport, *, own_name: bool = False) -> ValidationReport:
    """The verdict and what it stands on, without what the files say: that tells of people.

    Names of files within a container are the issuer's words; the container itself is named by us.
    """
    mask = Mask((), clear=False)
    return replace(
        report,
        name=report.name if own_name else mask.file(report.name),
        detail=mask.spoken(report.detail),
        facts=None,
        outline=(),
        signatures=tuple(replace(each, covered=()) for each in report.signatures),
        enclosed=tuple(masked(each) for each in report.enclosed),
    )
