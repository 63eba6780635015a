"""Handing deposits over to the notary by the configured ways, and what comes back.

An intent row stands before each attempt and a result row after it. An intent without a result is UNKNOWN:
it is repeated by itself only where the same files under the same names leave nothing twice.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gateway.domain.delivery import Outcome, Receipt
from gateway.domain.deposit import Deposit, Phase, Sending
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.deposit import PDF_FILE, XML_FILE
from gateway.usecases.ports import Clock, Database, DepositSenders

RECEIPT_FILE = "receipt"
ARRIVED = frozenset({Outcome.ACCEPTED, Outcome.DELIVERED})
# How long an attempt may be under way in another process.
UNDER_WAY = timedelta(minutes=10)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
# Deposits that the alarm clock still looks after; an older one is sent by the operator's word.
RECENT = 60


@dataclass(frozen=True, slots=True)
class SendDeposits:
    database: Database
    senders: DepositSenders
    clock: Clock

    def __call__(self) -> int:
        """Send what has not arrived and may be tried; how many sendings arrived.

        One that fails keeps no other; the first failure is raised in the end.
        """
        with self.database.read() as uow:
            sealed = [each for each in uow.deposits.all() if each.phase is Phase.SEALED][-RECENT:]
        arrived, failures = 0, list[Exception]()
        for deposit in sealed:
            for way in self.senders:
                try:
                    arrived += self._sent(deposit, way)
                except Exception as error:
                    failures.append(error)
        if failures:
            raise failures[0]
        return arrived

    def _sent(self, deposit: Deposit, way: str) -> bool:
        with self.database.read() as uow:
            before = _by(way, uow.deposit_sendings.of(deposit.number))
        return self._may(way, before) and self._send(deposit, way, before).outcome in ARRIVED

    def again(self, number: int) -> Sequence[Sending]:
        """By the operator's word: send by every way, whatever came of it before; the attempts.

        Raises GatewayError(RULE_BROKEN) for a deposit that is not there or not sealed.
        """
        deposit = self._sealed(number)
        with self.database.read() as uow:
            sendings = uow.deposit_sendings.of(number)
        return [self._send(deposit, way, _by(way, sendings)) for way in self.senders]

    def all(self) -> Sequence[tuple[Deposit, Sequence[Sending]]]:
        """Every deposit with its sendings."""
        with self.database.read() as uow:
            return [(each, uow.deposit_sendings.of(each.number)) for each in uow.deposits.all()]

    def files(self, number: int) -> dict[str, bytes]:
        """The files of a sealed deposit by the names that they are handed over under."""
        return self._files(self._sealed(number))

    def received(self, number: int, protocol: str, receipt: bytes) -> Deposit:
        """Record the notary's protocol number and receipt (empty: none), once.

        Raises GatewayError(RULE_BROKEN) when the deposit is not sealed, or has a protocol number already.
        """
        deposit, now = self._sealed(number), self.clock.now()
        word = " ".join(protocol.split())[:200]
        sha256 = hashlib.sha256(receipt).digest() if receipt else None
        with self.database.write() as uow:
            if not word or not uow.deposits.received(number, word, sha256, now):
                raise GatewayError(
                    ErrorKind.RULE_BROKEN, f"deposit {number} has a protocol number, or needs one"
                )
            if receipt:
                uow.deposits.add_file(number, RECEIPT_FILE, receipt)
            protocol_sha256 = hashlib.sha256(word.encode()).hexdigest()
            uow.audit.append("deposit-received", deposit.tree, protocol_sha256=protocol_sha256)
            uow.commit()
        return replace(deposit, protocol=word, receipt_sha256=sha256, receipt_at=now)

    def _sealed(self, number: int) -> Deposit:
        with self.database.read() as uow:
            deposit = uow.deposits.get(number)
        if deposit is None or deposit.phase is not Phase.SEALED:
            raise GatewayError(ErrorKind.RULE_BROKEN, f"there is no deposit file {number}")
        return deposit

    def _files(self, deposit: Deposit) -> dict[str, bytes]:
        with self.database.read() as uow:
            xml = uow.deposits.file(deposit.number, XML_FILE)
            pdf = uow.deposits.file(deposit.number, PDF_FILE)
        if xml is None or pdf is None:
            raise GatewayError(ErrorKind.INTERNAL)
        return {f"{deposit.file_name}.xml": xml, f"{deposit.file_name}.pdf": pdf}

    def _may(self, way: str, before: Sequence[Sending]) -> bool:
        """Whether the alarm clock may try this way now."""
        if not before:
            return True
        if any(each.outcome in ARRIVED for each in before):
            return False
        last, now = before[-1], self.clock.now()
        if last.outcome is None and now < last.intended_at + UNDER_WAY:
            return False
        if last.outcome in {None, Outcome.UNKNOWN}:
            return self.senders[way].idempotent and now >= _after_pause(last, len(before))
        return last.outcome is Outcome.NOT_SENT and now >= _after_pause(last, len(before))

    def _send(self, deposit: Deposit, way: str, before: Sequence[Sending]) -> Sending:
        attempt = before[-1].attempt + 1 if before else 1
        sending = Sending(deposit.number, way, attempt, self.clock.now())
        with self.database.write() as uow:
            if not uow.deposit_sendings.intend(sending):
                # Another process has just begun this attempt.
                return sending
            uow.commit()
        try:
            receipt = self.senders[way].send(deposit, self._files(deposit))
        except ConnectionError as error:
            receipt = Receipt(Outcome.NOT_SENT, self.clock.now(), detail=str(error))
        with self.database.write() as uow:
            uow.deposit_sendings.finish(deposit.number, way, attempt, receipt)
            uow.audit.append("deposit-sent", deposit.tree, way=way, outcome=receipt.outcome.value)
            uow.commit()
        return replace(
            sending,
            outcome=receipt.outcome,
            finished_at=receipt.at,
            reference=receipt.reference,
            detail=receipt.detail,
        )


def _by(way: str, sendings: Sequence[Sending]) -> Sequence[Sending]:
    return sorted((each for each in sendings if each.way == way), key=lambda each: each.attempt)


def _after_pause(last: Sending, attempts: int) -> datetime:
    """Twice the last pause each time, up to the longest."""
    pause = min(FIRST_PAUSE * (1 << min(attempts - 1, 20)), LONGEST_PAUSE)
    return (last.finished_at or last.intended_at) + pause
