"""The XML report read by a model that others made from ETSI's own schema of TS 119 102-2 (pyHanko's)."""

import pytest
from pyhanko.generated.etsi import ts_11910202 as etsi
from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.parsers.config import ParserConfig

from gateway.adapters.reports import xml
from gateway.domain.validation import ValidationReport
from tests.report_samples import FAILED, PACK, PASSED, STAMPED, UNDECIDED, UNSIGNED

STRICT = ParserConfig(
    fail_on_unknown_properties=True, fail_on_unknown_attributes=True, fail_on_converter_warnings=True
)


def read(*reports: ValidationReport) -> etsi.ValidationReport:
    return XmlParser(config=STRICT).from_bytes(xml.render(reports, "en"), etsi.ValidationReport)


def test_every_element_and_value_is_known_to_the_standard() -> None:
    """Nothing is unknown or of another type, for files of every verdict; one report for each signature."""
    found = read(PASSED, FAILED, UNSIGNED, UNDECIDED, PACK)
    assert len(found.signature_validation_report) == 8
    assert found.signature_validation_objects is not None


def test_the_model_finds_what_was_meant() -> None:
    """Status, times, signer and time-stamp are where a reader of the standard looks for them."""
    (report,) = read(PASSED).signature_validation_report
    assert report.signature_validation_status is not None
    main = report.signature_validation_status.main_indication
    assert main == "urn:etsi:019102:mainindication:total-passed"
    assert report.signer_information is not None
    assert report.signer_information.signer == "CN=Seal"
    assert report.validation_time_info is not None
    best = report.validation_time_info.best_signature_time
    assert best is not None
    assert best.poetime is not None
    assert best.poetime.to_datetime() == STAMPED
    attributes = report.signature_attributes
    assert attributes is not None
    assert [each.time_stamp_value.to_datetime() for each in attributes.signature_time_stamp] == [STAMPED]


def test_the_model_is_strict() -> None:
    """An element that the standard does not know would be noticed."""
    broken = xml.render([PASSED], "en").replace(b"vr:HashOnly", b"vr:HashTwice")
    with pytest.raises(Exception, match="HashTwice"):
        XmlParser(config=STRICT).from_bytes(broken, etsi.ValidationReport)
