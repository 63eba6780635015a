"""The level of an evidence is named by the properties that it holds."""

import pytest

from gateway.usecases.console.levels import level_of


@pytest.mark.parametrize(
    ("octets", "level"),
    [
        (b"<a/>", "B-B"),
        (b"<a>&lt;SignatureTimeStamp&gt;</a>", "B-B"),
        (b"<x><xades:SignatureTimeStamp Id='t'/></x>", "B-T"),
        (b"<SignatureTimeStamp></SignatureTimeStamp><xades:RevocationValues>", "B-LT"),
        (b"<xades:SignatureTimeStamp><xades:CertificateValues><xades141:ArchiveTimeStamp Id='a'>", "B-LTA"),
    ],
)
def test_the_highest_that_is_there_counts(octets: bytes, level: str) -> None:
    """Elements count, words in texts do not."""
    assert level_of(octets) == level
