"""Files of a transaction to download, and verifying it: both with a reason, both in the audit log."""

from dataclasses import dataclass

from werkzeug.wrappers import Response

from gateway.domain.staff import Acting
from gateway.domain.validation_story import tell
from gateway.entrypoints.web.accounts.visit import StaffVisit
from gateway.entrypoints.web.console.showing import show
from gateway.entrypoints.web.console.stories import StoryPages
from gateway.entrypoints.web.console.use_cases import ConsoleUseCases
from gateway.entrypoints.web.security_headers import FILE_POLICY


@dataclass(frozen=True, slots=True)
class FilePages:
    use_cases: ConsoleUseCases
    stories: StoryPages

    def list(self, visit: StaffVisit, guid: str) -> Response:
        files = self.use_cases.files.listed(visit.somebody, guid)
        return show(visit, "console_files.html", "search", guid=guid, files=files)

    def take(self, visit: StaffVisit, guid: str) -> Response:
        """POST: the file itself, as an attachment: nothing of it is drawn by this site."""
        acting = Acting(visit.somebody, visit.reason())
        return attachment(*self._taken(acting, guid, visit.field("file")))

    def verify(self, visit: StaffVisit, guid: str) -> Response:
        acting, clear = Acting(visit.somebody, visit.reason()), self.stories.is_clear(visit, guid)
        reports = self.use_cases.verify(acting, guid, clear=clear)
        sections = [tell(report, visit.words.language) for report in reports]
        return show(visit, "console_verified.html", "search", guid=guid, told=sections)

    def _taken(self, acting: Acting, guid: str, key: str) -> tuple[str, str, bytes]:
        taken = self.use_cases.files.take(acting, guid, key)
        return taken.name, taken.media_type, taken.octets


def attachment(name: str, media_type: str, octets: bytes) -> Response:
    """`name` is ours: it needs no quoting."""
    response = Response(octets, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = FILE_POLICY
    return response
