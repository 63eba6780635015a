"""The texts of every message to recipients: words of `locale/<language>/notices.po` in `templates/`.

It composes and sends nothing. Values of the issuer are data: one line each, escaped in HTML, shortened in
SMS. A text never calls the service "qualified": that is said of providers, not of software.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound, select_autoescape

from gateway.adapters.channels.gsm7 import fold
from gateway.adapters.channels.letters import lettered
from gateway.adapters.channels.notice_facts import Said, facts, outcome_facts
from gateway.adapters.channels.notice_lines import cut, help_link, line, marked
from gateway.catalogues import say, supported
from gateway.domain.brand import light
from gateway.domain.catalogue import Act
from gateway.domain.copies import Ending
from gateway.domain.delivery import Attachment, Channel, Message
from gateway.domain.errors import ErrorKind, GatewayError, Text, reads_spanish
from gateway.domain.parties import Issuer
from gateway.domain.record import RecipientRecord, TransactionRecord
from gateway.domain.sandbox import BAND
from gateway.domain.voice import CallScript

TEMPLATES = Path(__file__).parent / "templates"
KIND = {Channel.SMS: "sms"}
ACTS = {
    Act.SIGN: Text("sign", "firmar"),
    Act.ACKNOWLEDGE: Text("accept or reject", "aceptar o rechazar"),
    Act.ACCEPT: Text("accept", "aceptar"),
}
READ = Text("read", "consultar")
OPEN = Text("open", "abrir")
OUR_COLOUR = "#0b4f8a"
SMS_TITLE, SMS_ISSUER = 30, 25
CALL_TITLE = 80


class NoticeTexts:
    """The port `Notices`. `operator` is the third party's name, as recipients read it."""

    def __init__(self, operator: str) -> None:
        self._operator = operator
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def notice(
        self,
        effect_id: str,
        record: TransactionRecord,
        recipient: RecipientRecord,
        issuer: Issuer,
        channel: Channel,
        link: str,
    ) -> Message:
        """The notice with its access link, by e-mail, SMS or letter; a call has neither link nor content, for
        nobody knows who takes it."""
        values = self._values(record, recipient, issuer) | {
            "link": link,
            "act": say(_act(record), record.language),
            "subject": Said(record.language)(
                "notice.subject", issuer=line(issuer.name), title=line(record.subject)
            ),
        }
        if channel is Channel.VOICE:
            return self._call_of_notice(effect_id, recipient, values)
        message = self._message("notice", effect_id, channel, recipient, values)
        return lettered(message, record, recipient, issuer, link)

    def code(
        self,
        effect_id: str,
        record: TransactionRecord,
        recipient: RecipientRecord,
        issuer: Issuer,
        channel: Channel,
        code: str,
        statement: str = "",
    ) -> Message:
        """The operation code and what it is for, by SMS, call or e-mail. The subject never holds the code.

        With a `statement`, some letters and digits that stand for what is bound, a call asks for acceptance.
        """
        values = self._values(record, recipient, issuer) | {
            "code": code,
            "act": say(_coded_act(record, recipient), record.language),
            "subject": Said(record.language)("code.subject", title=line(record.subject)),
        }
        if channel is Channel.VOICE:
            return self._call(effect_id, recipient, values, code, statement)
        return self._message("code", effect_id, channel, recipient, values)

    def _call(
        self,
        effect_id: str,
        recipient: RecipientRecord,
        values: dict[str, object],
        code: str,
        statement: str,
    ) -> Message:
        """What is said, part by part, and the same for reading."""
        language, test = str(values["language"]), str(values["test"])
        said = Said(language)
        matter = {"act": values["act"], "title": cut(str(values["title"]), CALL_TITLE)}
        who = {"operator": self._operator, "issuer": str(values["issuer"]).rstrip(".")}
        script = CallScript(
            language,
            marked(test, said("call.greeting", **matter, **who), ". "),
            said("call.dictation", digits=", ".join(code)),
            said("call.repeat"),
            said("call.farewell"),
            said("call.question", **matter, statement=", ".join(statement)) if statement else "",
        )
        read = replace(script, dictation=said("call.dictation", digits=code)).parts
        text, subject = "\n".join(dict.fromkeys(read)), str(values["subject"])
        return Message(effect_id, Channel.VOICE, recipient.asked.phone, subject, text, script=script)

    def _call_of_notice(
        self, effect_id: str, recipient: RecipientRecord, values: dict[str, object]
    ) -> Message:
        language, said = str(values["language"]), Said(str(values["language"]))
        who = {"operator": self._operator, "issuer": str(values["issuer"]).rstrip(".")}
        script = CallScript(
            language,
            marked(str(values["test"]), said("call.notice_greeting", **who), ". "),
            said("call.notice", **who),
            said("call.notice_repeat"),
            said("call.farewell"),
        )
        text, subject = "\n".join(dict.fromkeys(script.parts)), said("call.notice", **who)
        return Message(effect_id, Channel.VOICE, recipient.asked.phone, subject, text, script=script)

    def content(
        self,
        effect_id: str,
        record: TransactionRecord,
        recipient: RecipientRecord,
        issuer: Issuer,
        channel: Channel,
        attachments: Sequence[Attachment],
    ) -> Message:
        """The issuer's own subject and words, which are what is certified, and nothing of ours among them.

        In HTML, which only e-mail has, they are the same words under the issuer's name and colour.
        """
        name = line(issuer.look.sender_name) or line(issuer.name)
        address = recipient.asked.email if channel is Channel.EMAIL else recipient.asked.phone
        subject, text, html = line(record.subject), record.asked.body, ""
        if channel is Channel.EMAIL:
            values = self._values(record, recipient, issuer) | {"subject": subject, "body": text.splitlines()}
            html = self._render(str(values["language"]), "content.html", values)
        message = Message(
            effect_id, channel, address, subject, text, html, name, tuple(attachments), keep=True
        )
        return lettered(message, record, recipient, issuer)

    def outcome(
        self,
        effect_id: str,
        record: TransactionRecord,
        recipient: RecipientRecord,
        issuer: Issuer,
        channel: Channel,
        ending: Ending,
        attachments: Sequence[Attachment],
    ) -> Message:
        """How it ended, for the reader and overall; it names no other recipient."""
        values = self._values(record, recipient, issuer) | {
            "own": say(ending.own, record.language),
            "overall": say(ending.overall, record.language),
            "attached": ending.attached,
            "link": ending.link,
            "facts": outcome_facts(record, issuer, ending),
            "subject": Said(record.language)("outcome.subject", title=line(record.subject)),
        }
        message = self._message("outcome", effect_id, channel, recipient, values)
        return replace(message, attachments=tuple(attachments))

    def copy(
        self,
        effect_id: str,
        record: TransactionRecord,
        recipient: RecipientRecord,
        issuer: Issuer,
        channel: Channel,
        link: str,
    ) -> Message:
        """The one-time link to the copy that was asked for."""
        values = self._values(record, recipient, issuer) | {
            "link": link,
            "subject": Said(record.language)("copy.subject", title=line(record.subject)),
        }
        return self._message("copy", effect_id, channel, recipient, values)

    def _values(
        self, record: TransactionRecord, recipient: RecipientRecord, issuer: Issuer
    ) -> dict[str, object]:
        return {
            "language": supported(record.language),
            "t": Said(record.language),
            "recipient": _addressee(recipient),
            "issuer": line(issuer.name),
            "sender": line(issuer.look.sender_name) or line(issuer.name),
            "shades": light(issuer.look.colour or OUR_COLOUR),
            "branded": issuer.look.colour or issuer.look.sender_name,
            "contact": line(issuer.reachable_at),
            "help": help_link(issuer.reachable_at, record.guid),
            "operator": self._operator,
            "title": line(record.subject),
            "service": say(record.profile.title, record.language),
            "facts": facts(record, recipient, issuer),
            "test": say(BAND, record.language) if record.sandbox else "",
        }

    def _message(
        self,
        name: str,
        effect_id: str,
        channel: Channel,
        recipient: RecipientRecord,
        values: dict[str, object],
    ) -> Message:
        language, test = str(values["language"]), str(values["test"])
        subject = f"{test} – {values['subject']}" if test else str(values["subject"])
        if channel is Channel.EMAIL:
            return Message(
                effect_id,
                channel,
                recipient.asked.email,
                subject,
                marked(test, self._render(language, f"{name}.txt", values), "\n\n"),
                self._render(language, f"{name}.html", values),
                Said(language)("sender.through", issuer=values["sender"], operator=self._operator),
            )
        shown = (
            values
            if channel is Channel.POSTAL
            else values
            | {
                "title": cut(str(values["title"]), SMS_TITLE),
                "issuer": cut(str(values["issuer"]), SMS_ISSUER),
            }
        )
        text = marked(
            test, self._render(language, f"{name}.{KIND.get(channel, channel.value.lower())}", shown), ". "
        )
        return Message(
            effect_id, channel, recipient.asked.phone, subject, fold(text) if channel is Channel.SMS else text
        )

    def _render(self, language: str, file: str, values: Mapping[str, object]) -> str:
        """One template for all languages, or one of the reader's own; `es` and `en` stand for others."""
        own = (file, f"{language}/{file}", f"{'es' if reads_spanish(language) else 'en'}/{file}")
        try:
            return self._templates.select_template(own).render(values)
        except TemplateNotFound:
            raise GatewayError(ErrorKind.NOT_AVAILABLE_YET, f"text {file}") from None


def _act(record: TransactionRecord) -> Text:
    return ACTS.get(record.profile.act, READ)


def _coded_act(record: TransactionRecord, recipient: RecipientRecord) -> Text:
    """The first of two codes opens the documents; only the second signs them."""
    first_of_two = record.profile.codes == 2 and recipient.unlocked_at is None
    acts = ACTS | {Act.ACKNOWLEDGE: ACTS[Act.ACCEPT]}
    return OPEN if first_of_two else acts.get(record.profile.act, READ)


def _addressee(recipient: RecipientRecord) -> str:
    name, person = line(recipient.asked.full_name), line(recipient.asked.representative)
    return f"{person} ({name})" if person else name
