"""conf/nginx.conf as nginx would read it, as far as that can be told without one."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_no_location_of_the_proxy_stands_twice() -> None:
    """nginx does not start with the same location twice in a server, and braces close."""
    text = re.sub(r"#.*", "", (ROOT / "conf" / "nginx.conf").read_text())
    assert text.count("{") == text.count("}")
    for server in text.split("\nserver {")[1:]:
        locations = Counter(re.findall(r"^\s*location\s+(.+?)\s*\{", server, re.MULTILINE))
        assert [name for name, count in locations.items() if count > 1] == []


def test_no_secret_address_is_logged() -> None:
    """Links, tickets, copies, a signing program's identifiers, handles and printed codes."""
    text = (ROOT / "conf" / "nginx.conf").read_text()
    for secret in ("/a/", "/e/", "/copy/", "/autofirma/", "/upload/", "/verify"):
        assert re.search(rf"location {secret} {{\s+access_log off;", text), secret
