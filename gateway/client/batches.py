"""Batches: a file goes in without being loaded, its items come out one by one."""

import base64
import time
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from gateway.client import batch_reading
from gateway.client.answers import GatewayFault
from gateway.client.batch_answers import Batch, BatchItem
from gateway.client.batch_file import external_id_of
from gateway.client.calls import GATEWAY
from gateway.client.packing import Content, Source
from gateway.client.uploads import Progress, Uploads, nobody

TRANSACTION = "urn:fehaciente:transaction:1.0"
# A larger file is uploaded in pieces: after a lost connection only the last one is sent again.
AT_ONCE = 8 * 1024 * 1024
NOT_FOUND, DUPLICATE = "E000208", "E000207"


class NotOver(Exception):
    """The batch is not over in the time that was given."""


class Batches(Uploads):
    """SubmitBatch, GetBatch, GetBatchReport."""

    def submit_batch(
        self,
        source: Source,
        external_id: str = "",
        *,
        policy: str = "",
        progress: Progress = nobody,
        at_once: int = AT_ONCE,
    ) -> Batch:
        """Submit a batch file (XML, or a ZIP of it with its documents): a path, or an open one that can seek.

        It is read in pieces: up to `at_once` octets it is attached to the request (MTOM), beyond that
        uploaded first. `external_id` is the file's own unless given; `policy` is BEST_EFFORT or
        ALL_OR_NOTHING. Called again for the same file, after whatever happened, it goes on or gives the
        same batch. Raises GatewayFault E000207 for another file of that external id.
        """
        content = Content.of(source)
        external_id = external_id or external_id_of(content)
        known = self.batch(external_id=external_id)
        if known is not None and known.file_sha256:
            return _same(known, content)
        fields = _fields(external_id, policy)
        file = etree.SubElement(fields, f"{{{GATEWAY}}}file")
        if content.size > at_once:
            etree.SubElement(file, f"{{{GATEWAY}}}upload").text = self.upload(content, progress)
            return self._submitted(_in_order(fields), None)
        attachment = etree.SubElement(file, f"{{{GATEWAY}}}attachment")
        etree.SubElement(attachment, f"{{{TRANSACTION}}}href").text = f"cid:{content.content_id}"
        etree.SubElement(attachment, f"{{{TRANSACTION}}}sha256").text = content.sha256.hex()
        batch = self._submitted(_in_order(fields), content)
        progress(content.size, content.size)
        return batch

    def batch(self, batch_id: str = "", *, external_id: str = "") -> Batch | None:
        """How far a batch is, by the gateway's identifier or the issuer's own; None if there is none."""
        try:
            return batch_reading.batch(self._ask("GetBatch", batch_id=batch_id, external_id=external_id))
        except GatewayFault as fault:
            if fault.code == NOT_FOUND:
                return None
            raise

    def batch_report(self, batch_id: str, after: int = 0) -> Iterator[BatchItem]:
        """The items that have their answer, in order, page by page; those beyond position `after`."""
        for page in self._pages(batch_id, after, "XML"):
            yield from map(batch_reading.item, page.report.item)

    def batch_report_csv(self, batch_id: str) -> Iterator[bytes]:
        """The same as CSV in UTF-8, a piece a page; the first begins with the names of the columns."""
        for page in self._pages(batch_id, 0, "CSV"):
            content = page.csv or b""
            yield content if isinstance(content, bytes) else base64.b64decode(content)

    def wait_for_batch(
        self,
        batch_id: str,
        *,
        timeout: float = 3600.0,
        poll: float = 2.0,
        watch: Callable[[Batch], object] = lambda _: None,
    ) -> Batch:
        """The batch when it is over; `watch` sees it each time that it is asked for. Raises NotOver."""
        end = time.monotonic() + timeout
        while True:
            batch = self.batch(batch_id)
            if batch is None:
                raise GatewayFault(NOT_FOUND, "There is no such batch", "No existe ese lote", batch_id, "")
            watch(batch)
            if batch.over:
                return batch
            if time.monotonic() + poll > end:
                raise NotOver(batch_id)
            time.sleep(poll)

    def _submitted(self, operation: etree._Element, attached: Content | None) -> Batch:
        answer = self._call("SubmitBatch", etree.tostring(operation), safe=True, attached=attached)
        return batch_reading.batch(answer)

    def _pages(self, batch_id: str, after: int, form: str) -> Iterator[Any]:
        while True:
            beyond = str(after) if after else ""
            page = self._ask("GetBatchReport", batch_id=batch_id, after_position=beyond, format=form)
            yield page
            if not page.more:
                return
            after = int(page.next_position)


def _fields(external_id: str, policy: str) -> etree._Element:
    operation = etree.Element(f"{{{GATEWAY}}}SubmitBatch", nsmap={"g": GATEWAY, "t": TRANSACTION})
    etree.SubElement(operation, f"{{{GATEWAY}}}external_id").text = external_id
    if policy:
        etree.SubElement(operation, f"{{{GATEWAY}}}policy").text = policy
    return operation


def _in_order(operation: etree._Element) -> etree._Element:
    """The schema wants the policy last."""
    policy = operation.find(f"{{{GATEWAY}}}policy")
    if policy is not None:
        operation.append(policy)
    return operation


def _same(known: Batch, content: Content) -> Batch:
    if known.file_sha256 == content.sha256.hex():
        return known
    raise GatewayFault(
        DUPLICATE,
        "The batch's external identifier was used before with another file",
        "El identificador externo del lote ya se usó con otro fichero",
        known.external_id,
        "",
    )
