"""Who opened a message or followed its link: a person, or a machine that fetches what people are sent.

Pure. What may be either is taken for a machine: it proves nothing, and harms nobody.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

# Nobody reads a message within moments of its leaving; scanners do.
AT_ONCE = timedelta(seconds=10)
# Nor does anybody follow two links of it within so short a time.
MOMENT = timedelta(seconds=2)
LONGEST = 400
PREFETCH = re.compile(r"prefetch|preview|prerender", re.IGNORECASE)
PROGRAMS = re.compile(
    r"bot\b|crawl|spider|scan|preview|fetch|monitor|check|proxy|archiv|headless|phantom|curl|wget|libwww"
    r"|python|java/|okhttp|go-http|ruby|perl|php|httpclient|axios|node|ggpht|yahoomailproxy|facebookexternal"
    r"|whatsapp|telegram|slack|skype|barracuda|proofpoint|mimecast|symantec|fortinet|sophos|trend|kaspersky"
    r"|avast|safelinks|urldefense|ms-office|microsoft office|existence",
    re.IGNORECASE,
)
# Apple's proxy of privacy says nothing else.
NOTHING_ELSE = re.compile(r"Mozilla/5\.0")
BROWSERS = re.compile(r"Mozilla/5\.0 \(|Opera/|Thunderbird|Outlook|Mail/", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Request:
    """A request for a picture or a link, as it came: `raw` is its line and headers, cookies apart."""

    user_agent: str
    purpose: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Reader:
    """`why` names what makes it a machine; empty for a person."""

    why: str = ""

    @property
    def person(self) -> bool:
        return not self.why


def reader_of(request: Request, since: timedelta) -> Reader:
    """`since`: how long ago the message left."""
    agent = request.user_agent.strip()
    if PREFETCH.search(request.purpose):
        return Reader("prefetch")
    if not agent:
        return Reader("nameless")
    if NOTHING_ELSE.fullmatch(agent):
        return Reader("privacy proxy")
    if PROGRAMS.search(agent):
        return Reader("program")
    if not BROWSERS.search(agent):
        return Reader("no browser")
    return Reader("at once") if since < AT_ONCE else Reader()
