"""Telephone numbers by the numbering plans of the world (phonenumbers, after libphonenumber)."""

from dataclasses import dataclass

import phonenumbers

from gateway.domain.errors import ErrorKind, GatewayError

# Nobody has this country code (ITU-T E.164): the sandbox's telephones.
NOBODYS = "+999"


@dataclass(frozen=True, slots=True)
class PhoneNumbers:
    """The port `Numbers`. `country` (ISO 3166-1) is that of numbers without country code."""

    country: str

    def __call__(self, written: str) -> str:
        """E.164. Raises GatewayError(PHONE_IMPOSSIBLE) for what no plan has room for, without telling it."""
        if written.startswith(NOBODYS):
            return written
        try:
            number = phonenumbers.parse(written, self.country)
        except phonenumbers.NumberParseException:
            raise GatewayError(ErrorKind.PHONE_IMPOSSIBLE) from None
        if not phonenumbers.is_possible_number(number) or number.extension:
            raise GatewayError(ErrorKind.PHONE_IMPOSSIBLE)
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
