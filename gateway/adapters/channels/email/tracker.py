"""Makes a message tell when it is opened: a picture of one point, and the issuer's links by way of us.

The text alternative stays as it is, and so does a notice's access link, which is a secret of its own.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape, unescape
from urllib.parse import quote

from gateway.domain.delivery import Message

LINK = re.compile(r'href="(https?://[^"]{1,2000})"', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Tracker:
    """`token` names a message, by its mark; `proof` vouches for a link of it. `notices`: their openings as
    well, not only those of what is certified itself."""

    base_url: str
    token: Callable[[str], str]
    proof: Callable[[str, str], str]
    opens: bool = True
    notices: bool = False
    clicks: bool = True

    def __call__(self, message: Message) -> Message:
        content = message.keep
        if not message.html or not message.watched or not (content or self.notices):
            return message
        token = self.token(message.mark)
        html = self._linked(message.html, token) if content and self.clicks else message.html
        if self.opens:
            html = self._pictured(html, token)
        return replace(message, html=html, names=(token,)) if html != message.html else message

    def _linked(self, html: str, token: str) -> str:
        def by_us(found: re.Match[str]) -> str:
            target = unescape(found[1])
            address = f"{self.base_url}/t/{token}/{self.proof(token, target)}?to={quote(target, safe='')}"
            return f'href="{escape(address)}"'

        return LINK.sub(by_us, html)

    def _pictured(self, html: str, token: str) -> str:
        picture = f'<img src="{self.base_url}/t/{token}.gif" width="1" height="1" alt="" border="0">'
        body, end, rest = html.rpartition("</body>")
        return f"{body}{picture}{end}{rest}" if end else html + picture
