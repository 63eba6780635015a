"""What the issuer asked for survives its stored form, whatever it holds."""

import json
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.adapters.storage.party_json import recipient_from, recipient_to
from gateway.adapters.storage.personal import spelt
from gateway.adapters.storage.transaction_json import transaction_from, transaction_to
from gateway.domain.documents import Document, Template
from gateway.domain.parties import Recipient
from gateway.domain.retention import Duration
from gateway.domain.transaction import Transaction
from tests.storage_samples import ASKED, PERSON

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
INSTANTS = st.datetimes(datetime(2000, 1, 2), datetime(2999, 1, 1), timezones=ZONES)  # noqa: DTZ001
DURATIONS = st.builds(Duration, st.integers(0, 10**6), st.integers(0, 10**12))
DOCUMENTS = st.builds(
    Document,
    id=TEXT,
    name=TEXT,
    media_type=TEXT,
    content=st.none(),
    template=st.none() | st.builds(Template, TEXT, st.dictionaries(TEXT, TEXT, max_size=3)),
    sha256=st.none() | st.binary(min_size=32, max_size=32),
)
TRANSACTIONS = st.builds(
    Transaction,
    send_at=st.none() | INSTANTS,
    time_to_close=st.none() | INSTANTS | DURATIONS,
    time_to_save=DURATIONS,
    documents=st.lists(DOCUMENTS, max_size=3).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(TRANSACTIONS)
def test_transaction_round_trips(asked: Transaction) -> None:
    """Every field of every transaction comes back equal, instants in any zone included."""
    assert transaction_from(json.loads(spelt(transaction_to(asked)))) == asked


@settings(max_examples=60, deadline=None)
@given(st.from_type(Recipient))
def test_recipient_round_trips_in_one_spelling(asked: Recipient) -> None:
    """A recipient comes back equal, and equal recipients have one spelling, for they are compared by it."""
    text = spelt(recipient_to(asked))
    assert recipient_from(json.loads(text)) == asked
    assert spelt(recipient_to(recipient_from(json.loads(text)))) == text


def test_sample_round_trips() -> None:
    """A transaction that fills every field comes back equal."""
    assert transaction_from(json.loads(spelt(transaction_to(ASKED)))) == ASKED
    assert recipient_from(json.loads(spelt(recipient_to(PERSON)))) == PERSON


def test_contents_never_enter_the_row() -> None:
    """Document contents belong to the vault: they are left out."""
    full = Transaction(ASKED.service, "x", "", documents=(Document("d", "n", "a/b", content=b"secret"),))
    text = spelt(transaction_to(full))
    assert "secret" not in text
    assert transaction_from(json.loads(text)).documents == (Document("d", "n", "a/b"),)


def test_instants_keep_their_moment() -> None:
    """`send_at` is stored with its offset, readable without this code."""
    stored = json.loads(spelt(transaction_to(ASKED)))
    assert datetime.fromisoformat(stored["send_at"]).astimezone(UTC) == datetime(2026, 7, 1, 7, tzinfo=UTC)
