"""What happens to calls at the sample provider: it plays whoever is called, and calls back.

It reads TwiML as an exchange would, and signs as Twilio documents it; it shares no code with the adapter.
"""

import base64
import hashlib
import hmac
import random
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from email.utils import formatdate
from urllib.parse import urlencode
from xml.etree import ElementTree

ACCOUNT, TOKEN = "AC00000000000000000000000000000001", "a-token-to-try-with"
FINISHED = {"completed", "busy", "no-answer", "failed", "canceled"}


@dataclass
class Placed:
    """A call as it was asked for, and what became of it."""

    sid: str
    form: dict[str, list[str]]
    status: str = "queued"
    answered_by: str = ""
    seconds: int = 0
    parent: str = ""
    said: list[str] = field(default_factory=list)
    recordings: list[str] = field(default_factory=list)
    channels: int = 1

    def one(self, name: str) -> str:
        return self.form[name][0]


@dataclass
class Exchange:
    """`person` is what the called one does (answer, busy, no-answer, failed, canceled, machine), `keys` what
    they press at each Gather ("" waits), `speaks` whether they say something to a Record, `seconds` how long
    they stay. `trouble`: "" or the HTTP status that a placing is answered with, or "lost": it is placed, and
    no answer comes. Nobody is called back while it is `quiet`. `token` is what it signs by. `called` is what
    the one does to whom a Dial puts the person through. Recordings lie `elsewhere`, if that is said, and are
    answered by the status `recording`; a call is placed `delay` seconds before that is said. What is
    told goes to `held` while that is a list."""

    person: str = "answer"
    called: str = "answer"
    elsewhere: str = ""
    recording: int = 200
    delay: float = 0.0
    held: list[tuple[str, Placed, dict[str, str]]] | None = None
    keys: list[str] = field(default_factory=list)
    speaks: bool = True
    seconds: int = 20
    trouble: str = ""
    quiet: bool = False
    token: str = TOKEN
    url: str = ""
    calls: list[Placed] = field(default_factory=list)
    answers: list[tuple[str, int]] = field(default_factory=list)
    updates: list[tuple[str, str]] = field(default_factory=list)
    traffic: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)

    def show(self, line: str) -> None:
        """One line of the traffic: `>` came from the gateway, `<` went to it."""
        self.traffic.append(line)

    def place(self, form: dict[str, list[str]]) -> Placed:
        call = Placed(f"CA{len(self.calls) + 1:032d}", form)
        self.calls.append(call)
        return call

    def play(self, call: Placed | None = None) -> Placed:
        """Ring, and do as the person does; callbacks come in their order."""
        call = call or self.calls[-1]
        status = call.one("StatusCallback")
        self.tell(call, status, CallStatus="ringing")
        if self.person not in {"answer", "machine"}:
            call.status = self.person
            self.tell(call, status, CallStatus=self.person, CallDuration="0")
            return call
        call.status, call.seconds = "in-progress", self.seconds
        self.tell(call, status, CallStatus="in-progress")
        if self.person == "machine":
            call.answered_by = "machine_start"
            self.tell(call, call.one("AsyncAmdStatusCallback"), AnsweredBy="machine_start")
        else:
            self.perform(call, call.one("Twiml"))
        call.status = "completed"
        self.tell(call, status, CallStatus="completed", CallDuration=str(call.seconds))
        return call

    def waiting(self) -> list[Placed]:
        """Calls that nobody has played yet."""
        return [each for each in self.calls if each.status == "queued" and not each.parent]

    def ring_in(self, url: str, caller: str, number: str) -> Placed:
        """Somebody rings a number of ours, whose calls come to `url`."""
        call = self.place({"From": [caller], "To": [number]})
        self.perform(call, self.ask(url, call, To=number))
        return call

    def perform(self, call: Placed, document: str) -> None:
        """Verb after verb; an action that is asked takes over. A key that only finishes is no input."""
        for verb in ElementTree.fromstring(document):  # noqa: S314 (the gateway's own)
            if verb.tag == "Say":
                call.said.append(verb.text or "")
            elif verb.tag == "Gather":
                call.said += [each.text or "" for each in verb]
                pressed = self.keys.pop(0) if self.keys else ""
                if pressed.rstrip(verb.get("finishOnKey", "#")):
                    self.perform(call, self.ask(verb.get("action", ""), call, Digits=pressed))
                    return
            elif verb.tag == "Record" and self.speaks:
                name = f"RE{call.sid[-6:]}{len(call.recordings) + 1:026d}"
                call.recordings.append(name)
                there = verb.get("recordingStatusCallback", "")
                self.tell(call, there, RecordingSid=name, RecordingStatus="completed")
                self.perform(call, self.ask(verb.get("action", ""), call, RecordingSid=name))
                return
            elif verb.tag == "Dial":
                self.dial(call, verb)
                self.perform(call, self.ask(verb.get("action", ""), call, DialCallStatus="completed"))
                return
            elif verb.tag in {"Hangup", "Reject"}:
                call.status = "busy" if verb.tag == "Reject" else call.status
                return

    def dial(self, call: Placed, verb: ElementTree.Element) -> None:
        """Ring the other one, say to them what is to be said, and record both until somebody hangs up."""
        [number] = verb
        child = self.place({"From": [verb.get("callerId", "")], "To": [number.text or ""]})
        child.parent, told = call.sid, number.get("statusCallback", "")
        self.tell(child, told, CallStatus="ringing")
        if self.called not in {"answer", "machine"}:
            child.status = self.called
            self.tell(child, told, CallStatus=self.called, CallDuration="0")
            return
        child.status, child.seconds = "in-progress", self.seconds
        self.tell(child, told, CallStatus="in-progress")
        if self.called == "machine":
            child.answered_by = "machine_start"
            self.tell(child, number.get("amdStatusCallback", ""), AnsweredBy="machine_start")
        else:
            self.perform(child, self.ask(number.get("url", ""), child))
        child.status = "completed"
        self.tell(child, told, CallStatus="completed", CallDuration=str(child.seconds))
        if verb.get("record") == "record-from-answer-dual" and self.called == "answer":
            call.recordings.append(f"RE{call.sid[-6:]}{len(call.recordings) + 1:026d}")
            call.channels, there = 2, verb.get("recordingStatusCallback", "")
            more = {"RecordingSid": call.recordings[-1], "RecordingStatus": "completed"}
            self.tell(call, there, RecordingChannels="2", **more)

    def tell(self, call: Placed, url: str, **more: str) -> None:
        if self.held is not None:
            self.held.append((url, call, more))
        elif not self.quiet:
            self.ask(url, call, **more)

    def let_go(self, order: random.Random) -> None:
        """Deliver what was held back, each twice and in any order."""
        waiting, self.held = (self.held or []) * 2, None
        order.shuffle(waiting)
        for url, call, more in waiting:
            self.ask(url, call, **more)

    def ask(self, url: str, call: Placed, **more: str) -> str:
        form = {"CallSid": call.sid, "From": call.one("From"), "Timestamp": formatdate()} | more
        status, text = self.post(url, form)
        what = url.rpartition("/")[2]
        self.answers.append((what, status))
        shown = " ".join(f"{name}={value}" for name, value in more.items())
        self.show(f"< POST /inbound/voice/…/{what} {shown}".rstrip() + f" -> {status} {text}".rstrip())
        return text or "<Response/>"

    def signed(self, url: str, form: dict[str, str]) -> str:
        """By Twilio's documented algorithm, written out."""
        said = url
        for name in sorted(form):
            said += name + form[name]
        return base64.b64encode(hmac.new(self.token.encode(), said.encode(), hashlib.sha1).digest()).decode()

    def post(self, url: str, form: dict[str, str], signed: str = "") -> tuple[int, str]:
        """Status and body of the answer."""
        headers = {"X-Twilio-Signature": signed or self.signed(url, form)}
        request = urllib.request.Request(url, urlencode(form).encode(), headers)  # noqa: S310 (loopback)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, ""
        except urllib.error.URLError:
            # Whoever is called back is away: a callback is lost.
            return 0, ""
