"""Large files, uploaded in pieces: whatever happened, the next call goes on where the last one stopped."""

from collections.abc import Callable
from urllib.parse import urljoin

from gateway.client import batch_reading
from gateway.client.batch_answers import Upload
from gateway.client.calls import Calls, without_envelope
from gateway.client.packing import Content, Source

Progress = Callable[[int, int], object]
# Octets a second that the gateway surely manages when it puts the pieces together, after the last one.
SLOWEST = 20 * 1024 * 1024


def nobody(_done: int, _total: int) -> None:
    """Nobody looks on."""


class Uploads(Calls):
    """CreateUpload, and what follows at the address that it gives."""

    def create_upload(self, content: Content) -> Upload:
        """Announce a file; the same file gets the same upload, with what is there of it already."""
        answer = self._ask("CreateUpload", size=str(content.size), sha256=content.sha256.hex())
        return batch_reading.upload(answer)

    def upload(self, source: Source | Content, progress: Progress = nobody) -> str:
        """Upload a file, or what is left of it; gives the handle for SubmitBatch.

        `progress` is called with octets done and in all. Raises GatewayFault, and requests' exceptions.
        """
        content = source if isinstance(source, Content) else Content.of(source)
        created = self.create_upload(content)
        done = created.received
        progress(done, content.size)
        while done < content.size:
            done = self._next(created, content, done)
            progress(done, content.size)
        return created.handle

    def _next(self, upload: Upload, content: Content, start: int) -> int:
        """Send one piece; gives where the next one begins. A piece may come twice: the gateway knows it."""
        size = min(upload.piece_size, content.size - start)
        return self._retry.run(lambda: self._put(upload, content, start, size), safe=True)

    def _put(self, upload: Upload, content: Content, start: int, size: int) -> int:
        last = start + size == content.size
        answer = self._session.put(
            # Beside the SOAP door, whatever name the gateway has for itself: that one is trusted already.
            urljoin(self._address, f"upload/{upload.handle}"),
            data=b"".join(content.pieces(start, size)),
            headers={"Content-Range": f"bytes {start}-{start + size - 1}/{content.size}"},
            timeout=self._timeout + (content.size / SLOWEST if last else 0),
            allow_redirects=False,
        )
        if answer.status_code not in {201, 202}:
            raise without_envelope(answer)
        return int(answer.headers["Upload-Offset"])
