"""What was sent: the list with its filters, the story of one, its files, and taking it back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from werkzeug.wrappers import Response

from gateway.domain.documents import PDF
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import EventRecord
from gateway.domain.results import RecipientState, Result
from gateway.domain.timeline import RESULTS, label
from gateway.domain.wording import printable
from gateway.entrypoints.web.accounts.visit import StaffVisit
from gateway.entrypoints.web.sender.desk import SenderUseCases, download, size
from gateway.usecases.results import DocumentKind
from gateway.usecases.sender.track import EVER, FIRST, GUID, Filter, Story

PHASES = ("", "OPEN", "DONE")
SHOWN_RESULTS = (
    Result.COMPLETED,
    Result.REJECTED,
    Result.EXPIRED,
    Result.CANCELLED_BY_ISSUER,
    Result.WITHDRAWN_BY_RECIPIENT,
    Result.CODE_ATTEMPTS_EXCEEDED,
)
GOOD, BAD = {Result.COMPLETED}, {Result.REJECTED, Result.WITHDRAWN_BY_RECIPIENT}
XML = "application/xml"


@dataclass(frozen=True, slots=True)
class Sent:
    use: SenderUseCases

    def home(self, visit: StaffVisit) -> Response:
        """Drafts, what is on its way, alerts, and the list."""
        asking = self.use.asking(visit)
        wanted = _filter(visit)
        page = self.use.tracking.page(asking, wanted)
        return visit.page(
            "sender_home.html",
            drafts=self.use.drafts.pending(asking),
            sending=self.use.drafts.sending(asking),
            unread=self.use.alerts.unread(asking),
            page=page,
            asked=visit.request.args,
            phases=[(each, visit.words(f"send.phase_{each or 'ALL'}")) for each in PHASES],
            results=[("", visit.words("send.any_result"))] + [_result(visit, each) for each in SHOWN_RESULTS],
            later=_later(visit, page.after),
            **_words(visit),
        )

    def search(self, visit: StaffVisit) -> Response:
        """A GUID or an identifier leads to its story; nothing found is told on the list."""
        asked = printable(visit.request.args.get("q", "")).strip()[:200]
        guid = self.use.tracking.search(self.use.asking(visit), asked)
        if guid:
            return visit.go(f"/send/sent/{guid}")
        return visit.go("/send", visit.words("send.not_found"), "warn")

    def story(self, visit: StaffVisit, guid: str, status: int = 200, problem: str = "") -> Response:
        _checked(guid)
        story = self.use.tracking.story(self.use.asking(visit), guid)
        language = visit.words.language
        return visit.page(
            "sender_story.html",
            status=status,
            problem=problem,
            field="reason" if problem else "",
            story=story,
            record=story.status.record,
            service=story.status.record.profile.title.in_language(language),
            events=[
                (event, _told(event, language), _whom(story.status.recipients, event))
                for event in story.timeline.events
            ],
            # An evidence bears the id of what it proves.
            proofs=_proofs(story, language),
            reason=text_of(visit, "reason"),
            size=size,
            **_words(visit),
        )

    def cancel(self, visit: StaffVisit, guid: str) -> Response:
        _checked(guid)
        reason = text_of(visit, "reason")
        if not reason:
            return self.story(visit, guid, 422, visit.words("send.no_reason"))
        try:
            self.use.tracking.cancel(self.use.asking(visit), guid, reason)
        except GatewayError as error:
            if error.kind is not ErrorKind.CLOSED:
                raise
            return self.story(visit, guid, 409, visit.words("send.too_late"))
        return visit.go(f"/send/sent/{guid}", visit.words("send.cancelled"))

    def document(self, visit: StaffVisit, guid: str, position: int, kind: str) -> Response:
        _checked(guid)
        asked = DocumentKind.STAMPED if kind == "stamped" else DocumentKind.ORIGINAL
        found = self.use.tracking.documents(self.use.asking(visit), guid, asked)
        if position >= len(found):
            raise GatewayError(ErrorKind.DOCUMENT_NOT_FOUND)
        file = found[position]
        name = file.document.name
        if asked is DocumentKind.STAMPED:
            name = f"{name.rpartition('.')[0] or name}-{visit.words('send.stamped_suffix')}.pdf"
        return download(name, file.media_type, file.octets, shown=asked is DocumentKind.STAMPED)

    def evidence(self, visit: StaffVisit, guid: str, evidence: str) -> Response:
        _checked(guid)
        found = self.use.tracking.evidence(self.use.asking(visit), guid, evidence)
        return download(f"{guid}-{found.evidence.event.name}.xml", XML, found.octets)

    def certificate(self, visit: StaffVisit, guid: str, form: str) -> Response:
        _checked(guid)
        media_type = PDF if form == "pdf" else XML
        file = self.use.tracking.certificate(self.use.asking(visit), guid, media_type)
        return download(f"{guid}-{visit.words('send.certificate_name')}.{form}", media_type, file.octets)

    def pack(self, visit: StaffVisit, guid: str) -> Response:
        _checked(guid)
        made = self.use.tracking.pack(self.use.asking(visit), guid)
        return download(f"{guid}.asice", "application/vnd.etsi.asic-e+zip", made.octets)


def text_of(visit: StaffVisit, name: str) -> str:
    return " ".join(printable(visit.request.form.get(name, "")).split())[:300]


def _checked(guid: str) -> None:
    if not GUID.fullmatch(guid):
        raise GatewayError(ErrorKind.NOT_FOUND)


def _proofs(story: Story, language: str) -> dict[str, str]:
    kinds = {event.id: event.kind for event in story.timeline.events}
    return {
        each.id: label(kinds[each.id], each.event).in_language(language)
        for each in story.evidence
        if each.id in kinds
    }


def _told(event: EventRecord, language: str) -> str:
    return label(event.kind).in_language(language)


def _whom(recipients: object, event: EventRecord) -> str:
    if event.position is None or not isinstance(recipients, tuple) or event.position >= len(recipients):
        return ""
    name: str = recipients[event.position].asked.full_name
    return name


def _result(visit: StaffVisit, result: Result) -> tuple[str, str]:
    return str(int(result)), RESULTS[result].in_language(visit.words.language)


def _words(visit: StaffVisit) -> dict[str, Callable[..., object]]:
    """States, results and recipients' states as badges say them: a text and a tone."""

    def state(number: int) -> str:
        return visit.words(f"send.state_{int(number)}")

    def result(outcome: Result) -> tuple[str, str]:
        text = RESULTS[outcome].in_language(visit.words.language)
        tone = "good" if outcome in GOOD else "bad" if outcome in BAD else ""
        return text, tone or ("" if outcome is Result.PENDING else "warn")

    def person_state(reached: RecipientState) -> str:
        return visit.words(f"send.person_{reached.value}")

    return {"state_text": state, "result_text": result, "person_text": person_state}


def _filter(visit: StaffVisit) -> Filter:
    """Whatever cannot be read asks for nothing."""
    args = visit.request.args
    phase, result = args.get("phase", ""), args.get("result", "")
    known = {str(int(each)): each for each in Result}
    since, before = _moment(args.get("from", "")), FIRST
    at, _, guid = args.get("before", "").partition("_")
    moment = _moment(at)
    if moment is not None and GUID.fullmatch(guid):
        before = (moment, guid)
    return Filter(phase if phase in PHASES else "", known.get(result), since or EVER, before)


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _later(visit: StaffVisit, after: tuple[datetime, str] | None) -> str:
    if after is None:
        return ""
    kept = {name: value for name, value in visit.request.args.items() if name in {"phase", "result", "from"}}
    return visit.url("/send?") + urlencode(kept | {"before": f"{after[0].isoformat()}_{after[1]}"})
