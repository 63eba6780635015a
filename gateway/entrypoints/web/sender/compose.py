"""Step 1: what is sent. A document or a template, the service, subject, text, language and times."""

from dataclasses import dataclass, replace
from uuid import uuid4

from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from gateway.domain.catalogue import CATALOGUE, Field, Service
from gateway.domain.draft import CLOSING_DAYS, SAVING_YEARS, Composition, Draft, DraftStatus, DraftTemplate
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.wording import UNKEEPABLE
from gateway.entrypoints.web.accounts.visit import StaffVisit
from gateway.entrypoints.web.sender.desk import (
    Problem,
    SenderUseCases,
    number_field,
    size,
    text_field,
    told,
    upload_name,
)
from gateway.entrypoints.web.texts import LANGUAGES
from gateway.usecases.sender.drafts import Upload
from gateway.usecases.sender.order import places

LONGEST_SUBJECT, LONGEST_BODY, LONGEST_VALUE = 255, 20_000, 4000
# Its pages ask for no postal address, and for no call.
SENT_HERE = tuple(
    service
    for service, profile in CATALOGUE.items()
    if profile.recipients and Field.POSTAL_ADDRESS not in profile.required
)
FIRST = Service.CONTRACT_EXPRESS
TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Composing:
    use: SenderUseCases

    def new(self, visit: StaffVisit) -> Response:
        """GET: an empty form, which bears the id that the draft will have. POST: make it."""
        if visit.request.method == "GET":
            start = Composition(language=visit.words.language, service=FIRST)
            return self._form(visit, uuid4().hex, 0, start)
        draft_id = visit.field("draft")
        said, problem = self._said(visit, Composition())
        upload = self._upload(visit)
        if problem is None and upload is None and said.template is None:
            problem = Problem(visit.words("send.no_document"), "document")
        if problem is None:
            try:
                made = self.use.drafts.create(self.use.asking(visit), draft_id, said, upload)
                return self._onward(visit, made)
            except GatewayError as error:
                problem = told(visit, error, self.use.largest)
        return self._form(visit, draft_id, 0, said, problem)

    def edit(self, visit: StaffVisit, draft: str) -> Response:
        asking = self.use.asking(visit)
        kept = self.use.drafts.get(asking, draft)
        if kept.status is not DraftStatus.PENDING:
            return visit.go(f"/send/drafts/{draft}/sent")
        if visit.request.method == "GET":
            return self._form(visit, draft, kept.version, kept.composition, kept=kept)
        said, problem = self._said(visit, kept.composition)
        meanwhile = False
        if problem is None:
            try:
                seen = number_field(visit, "version", 0)
                saved = self.use.drafts.save(asking, draft, seen, said, self._upload(visit))
                return self._onward(visit, saved)
            except GatewayError as error:
                meanwhile = error.kind is ErrorKind.DRAFT_CHANGED
                problem = told(visit, error, self.use.largest)
        # The version that they saw, unless another came between: then they see that one beside theirs.
        version = kept.version if meanwhile else number_field(visit, "version", 0)
        facts = {"kept": kept, "meanwhile": kept if meanwhile else None}
        return self._form(visit, draft, version, said, problem, **facts)

    def _onward(self, visit: StaffVisit, draft: Draft) -> Response:
        template = draft.composition.template
        if template and places(template.text) and not template.data and not visit.field("filled"):
            return visit.go(f"/send/drafts/{draft.id}", visit.words("send.fill_fields"), "warn")
        return visit.go(f"/send/drafts/{draft.id}/people")

    def _said(self, visit: StaffVisit, before: Composition) -> tuple[Composition, Problem | None]:
        """What the form says, and the first thing that is wrong with it."""
        chosen = next((each for each in SENT_HERE if each.value == visit.field("service")), FIRST)
        said = replace(
            before,
            service=chosen,
            subject=" ".join(visit.field("subject").split()),
            body=text_field(visit, "body"),
            language=visit.field("language") if visit.field("language") in LANGUAGES else "es",
            closing_days=number_field(visit, "closing_days", 0),
            saving_years=number_field(visit, "saving_years", 0),
            template=self._template(visit, before),
        )
        return said, _wrong(visit, said)

    def _template(self, visit: StaffVisit, before: Composition) -> DraftTemplate | None:
        """The version chosen now; a template that was chosen before keeps its text, and takes the values."""
        if visit.field("source") != "template":
            return None
        wanted, known = visit.field("template"), before.template
        if known is not None and wanted in {"", f"{known.id}:{known.version}"}:
            given = ((name, text_field(visit, f"field.{name}")) for name in places(known.text))
            return replace(known, data=tuple((name, value) for name, value in given if value))
        template_id = wanted.partition(":")[0]
        if not template_id:
            return None
        kept = self.use.templates.get(self.use.asking(visit), template_id)
        return DraftTemplate(kept.id, kept.version, kept.name, kept.text)

    def _upload(self, visit: StaffVisit) -> Upload | None:
        if visit.field("source") == "template":
            return None
        file: FileStorage | None = visit.request.files.get("document")
        octets = file.read() if file else b""
        if file is None or not octets:
            return None
        media_type = (file.mimetype or TYPE).lower()
        return Upload(upload_name(file) or "documento", media_type, octets)

    def _form(
        self,
        visit: StaffVisit,
        draft_id: str,
        version: int,
        said: Composition,
        problem: Problem | None = None,
        kept: Draft | None = None,
        meanwhile: Draft | None = None,
    ) -> Response:
        language = visit.words.language
        return visit.page(
            "sender_compose.html",
            status=422 if problem else 200,
            problem=problem.text if problem else "",
            field=problem.field if problem else "",
            draft_id=draft_id,
            version=version,
            draft=kept,
            composition=said,
            meanwhile=meanwhile,
            services=[(each.value, CATALOGUE[each].title.in_language(language)) for each in SENT_HERE],
            templates=self.use.templates.all(self.use.asking(visit)),
            fields=places(said.template.text) if said.template else (),
            values=dict(said.template.data) if said.template else {},
            largest=size(self.use.largest),
            size=size,
            kept_document=kept.composition.document if kept else None,
        )


def _wrong(visit: StaffVisit, said: Composition) -> Problem | None:
    """The first rule that does not hold."""
    words, values = visit.words, said.template.data if said.template else ()
    unchosen = visit.field("source") == "template" and said.template is None
    rules = [
        (not said.subject, "send.no_subject", "subject"),
        (_bad(said.subject, LONGEST_SUBJECT), "send.subject_long", "subject"),
        (_bad(said.body, LONGEST_BODY), "send.body_long", "body"),
        (said.closing_days not in CLOSING_DAYS, "send.bad_closing", "closing_days"),
        (said.saving_years not in SAVING_YEARS, "send.bad_saving", "saving_years"),
        (unchosen, "send.no_template", "template"),
    ]
    for broken, key, field in rules:
        if broken:
            return Problem(words(key), field)
    for name, value in values:
        if _bad(value, LONGEST_VALUE):
            return Problem(words("send.value_long", field=name), f"field.{name}")
    return None


def _bad(text: str, longest: int) -> bool:
    return len(text) > longest or UNKEEPABLE.search(text) is not None
