"""Who opened it: people's mail programs and browsers, and what fetches in their stead."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.openings import AT_ONCE, Request, reader_of

LATER = timedelta(minutes=5)
PEOPLE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.5.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:144.0) Gecko/20100101 Firefox/144.0",
)
MACHINES = {
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)": "program",
    "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html": "program",
    "Mozilla/5.0": "privacy proxy",
    "": "nameless",
    "curl/8.11.0": "program",
    "python-requests/2.32": "program",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)": "program",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/142.0 Safari/537.36": "program",
    "BarracudaCentral Link Protection": "program",
    "Something Else/1.0": "no browser",
}


@pytest.mark.parametrize("agent", PEOPLE)
def test_people_read_by_browsers_and_mail_programs(agent: str) -> None:
    """Some time after it was sent; at once it is a scanner that calls itself a browser."""
    assert reader_of(Request(agent, "", b""), LATER).person
    assert reader_of(Request(agent, "", b""), AT_ONCE / 2).why == "at once"
    assert reader_of(Request(agent, "prefetch;prerender", b""), LATER).why == "prefetch"


@pytest.mark.parametrize(("agent", "why"), MACHINES.items())
def test_what_fetches_for_people_is_no_person(agent: str, why: str) -> None:
    """Proxies of pictures, scanners, programs, and whoever does not say."""
    assert reader_of(Request(agent, "", b""), LATER).why == why


@given(st.text(max_size=400), st.text(max_size=50), st.timedeltas(timedelta(days=-1), timedelta(days=400)))
def test_nothing_that_is_sent_breaks_it(agent: str, purpose: str, since: timedelta) -> None:
    """Anybody may send any header; within moments nobody is a person."""
    reader = reader_of(Request(agent, purpose, b""), since)
    assert reader.person is not bool(reader.why)
    assert since >= AT_ONCE or not reader.person
