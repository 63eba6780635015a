"""What the page does: show its forms, verify a file or what is kept, and give a report as a file.

A GET changes nothing and verifies nothing, also with a GUID and a code in the address (as the certificate's
QR code has them): they only fill the form in, so that no preview or scanner spends an attempt.
"""

from urllib.parse import urlencode

from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.validation_story import tell
from gateway.domain.wording import printable
from gateway.entrypoints.web.errors import answer_to
from gateway.entrypoints.web.verify.use_cases import Reports
from gateway.entrypoints.web.verify.visitor import Visitor

MIB = 1024 * 1024
LONGEST_NAME, LONGEST_FIELD = 200, 100
MEDIA_TYPES = {"pdf": "application/pdf", "xml": "application/xml"}
UNPROCESSABLE = 422


def door(visitor: Visitor) -> Response:
    """GET: the forms, or the language switch. POST: a file to verify."""
    if visitor.request.method == "POST":
        return _upload(visitor)
    kept = {name: visitor.request.args[name] for name in ("guid", "code") if name in visitor.request.args}
    back = visitor.base + (f"?{urlencode(kept)}" if kept else "")
    return visitor.chosen_language(back) or _forms(visitor)


def code(visitor: Visitor) -> Response:
    """POST: GUID and printed code."""
    try:
        visitor.check_form()
        guid, printed = visitor.field("guid")[:LONGEST_FIELD], visitor.field("code")[:LONGEST_FIELD]
        for name, value in (("guid", guid), ("code", printed)):
            if not value:
                return _refused(visitor, visitor.words(f"verify.no_{name}"), name)
        reports = visitor.desk.use_cases.kept(guid, printed, visitor.address)
    except GatewayError as error:
        return _again(visitor, error, "code")
    return _result(visitor, reports, guid)


def report(visitor: Visitor) -> Response:
    """POST: a report that this page has shown, as PDF or XML; it comes back signed or not at all."""
    try:
        visitor.check_form()
    except GatewayError as error:
        return _again(visitor, error, "")
    wanted = visitor.request.form.get("format", "")
    held = visitor.desk.signer.open(visitor.request.form.get("carried", ""))
    if wanted not in MEDIA_TYPES or held is None:
        raise BadRequest
    use_cases = visitor.desk.use_cases
    reports = use_cases.carried(str(held["reports"]).encode("ascii"))
    octets = use_cases.renders[wanted](reports, visitor.words.language)
    response = Response(octets, content_type=MEDIA_TYPES[wanted])
    response.headers["Content-Disposition"] = f'attachment; filename="validation-report.{wanted}"'
    return response


def _upload(visitor: Visitor) -> Response:
    given = visitor.request.files.get("file")
    try:
        visitor.check_form()
        octets = given.read() if given else b""
        if given is None or not octets:
            return _refused(visitor, visitor.words("verify.no_file"), "file")
        companions = {_name(each): each.read() for each in visitor.request.files.getlist("companion")}
        judged = visitor.desk.use_cases.file(_name(given), octets, {n: o for n, o in companions.items() if o})
    except GatewayError as error:
        return _again(visitor, error, "file")
    return _result(visitor, [judged], judged.name)


def _result(visitor: Visitor, reports: Reports, subject: str) -> Response:
    carried = visitor.desk.use_cases.carry(reports).decode("ascii")
    language = visitor.words.language
    return visitor.page(
        "verify_result.html",
        subject=subject,
        sections=[tell(each, language) for each in reports],
        carried=visitor.desk.signer.sign({"reports": carried}),
    )


def _again(visitor: Visitor, error: GatewayError, field: str) -> Response:
    """The forms with what is wrong; what the gateway itself is to blame for goes on to the error page."""
    status = answer_to(error.kind).status
    if status >= 500:
        raise error
    own = {
        ErrorKind.CSRF: "verify.expired",
        ErrorKind.ACCESS_DENIED: "verify.denied",
        ErrorKind.MEDIA_TYPE_REFUSED: "verify.unknown",
    }.get(error.kind)
    text = visitor.words(own) if own else visitor.words.of(error.kind.text)
    return _refused(visitor, text, "" if error.kind is ErrorKind.CSRF else field, status)


def _refused(visitor: Visitor, text: str, field: str, status: int = UNPROCESSABLE) -> Response:
    return _forms(visitor, problem=text, field=field, status=status)


def _forms(visitor: Visitor, **facts: object) -> Response:
    """What was typed or came in the address stands in the form again."""
    given = {
        name: (visitor.field(name) or printable(visitor.request.args.get(name, "")).strip())[:LONGEST_FIELD]
        for name in ("guid", "code")
    }
    filled = {name: value for name, value in given.items() if value}
    here = visitor.base + (f"?{urlencode(filled)}" if filled and visitor.request.method == "GET" else "")
    return visitor.page(
        "verify.html",
        guid_given=given["guid"],
        code_given=given["code"],
        largest=_size(visitor.desk.use_cases.largest),
        **({"here": here} | facts),
    )


def _size(octets: int) -> str:
    return f"{octets // MIB} MB" if octets >= MIB else f"{octets // 1024} kB"


def _name(file: FileStorage) -> str:
    """The name alone: some browsers tell the whole path."""
    name = (file.filename or "").replace("\\", "/").rpartition("/")[2]
    return printable(name)[:LONGEST_NAME] or "-"
