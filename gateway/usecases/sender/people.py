"""A recipient from what a person typed, or wrote into a row: the same rules for the form and for the list.

Each refusal says in both languages which field is wrong and why. Which fields a service needs is not asked
here.
"""

import re
import unicodedata
from collections.abc import Mapping

from gateway.domain.draft import Addressee
from gateway.domain.errors import Text
from gateway.domain.parties import Identity, IdentityType, NoticeMethod, PartyKind, Recipient
from gateway.domain.wording import UNKEEPABLE

# As xsd/common.xsd has them.
EMAIL = re.compile(r"[^@\s<>\"(),:;\\]{1,64}@[^@\s<>\"(),:;\\]{1,189}")
PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
SPANISH_PHONE = re.compile(r"[6789][0-9]{8}")
LINE, WORD, FIELD = 255, 64, 4000
DNI, NIE = re.compile(r"\d{8}[A-Z]", re.ASCII), re.compile(r"[XYZ]\d{7}[A-Z]", re.ASCII)
CIF = re.compile(r"[ABCDEFGHJNPQRSUVW]\d{7}[0-9A-J]", re.ASCII)
LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
COLUMNS = {
    "name": ("nombre", "name"),
    "surname": ("apellidos", "apellido", "surname", "last name"),
    "company": ("empresa", "razon social", "company"),
    "email": ("correo", "correo electronico", "email", "e-mail"),
    "phone": ("telefono", "movil", "telefono movil", "phone", "mobile"),
    "identifier": ("identificador", "dni", "nif", "nie", "identifier", "id"),
    "notice": ("aviso", "notice"),
}
NOTICES = {
    "": NoticeMethod.EMAIL,
    "email": NoticeMethod.EMAIL,
    "e-mail": NoticeMethod.EMAIL,
    "correo": NoticeMethod.EMAIL,
    "sms": NoticeMethod.SMS,
    "ambos": NoticeMethod.EMAIL_AND_SMS,
    "both": NoticeMethod.EMAIL_AND_SMS,
    "email_and_sms": NoticeMethod.EMAIL_AND_SMS,
}


class BadField(Exception):
    """`field` is one of COLUMNS, or a field of the template."""

    def __init__(self, field: str, en: str, es: str) -> None:
        super().__init__(en)
        self.field = field
        self.text = Text(en, es)


def column_of(header: str) -> str:
    """Which column a header names, in either language; empty for none."""
    word = _folded(header)
    return next((name for name, words in COLUMNS.items() if word in words), "")


def addressee_of(values: Mapping[str, str], data: tuple[tuple[str, str], ...] = ()) -> Addressee:
    """Raises BadField. `values` are by the names of COLUMNS; what is absent is empty."""
    company = _line("company", values)
    name = company or _line("name", values)
    if not name:
        raise BadField("name", "the name is missing", "falta el nombre")
    for field, value in data:
        if len(value) > FIELD or UNKEEPABLE.search(value):
            raise BadField(field, f"the field {field} is too long", f"el campo {field} es demasiado largo")
    return Addressee(
        Recipient(
            kind=PartyKind.COMPANY if company else PartyKind.PERSON,
            name=name,
            surname="" if company else _line("surname", values),
            # Who acts for the company, where both columns are filled in.
            representative=_representative(values) if company else "",
            identity=_identity(_line("identifier", values)),
            email=_email(_line("email", values)),
            phone=_phone(_line("phone", values)),
            notice_method=_notice(_line("notice", values)),
        ),
        data,
    )


def _representative(values: Mapping[str, str]) -> str:
    return f"{_line('name', values)} {_line('surname', values)}".strip()[:LINE]


def _line(field: str, values: Mapping[str, str]) -> str:
    text = " ".join(values.get(field, "").split())
    if len(text) > LINE:
        raise BadField(field, "it is too long (255 letters)", "es demasiado largo (255 letras)")
    if UNKEEPABLE.search(text) or not all(letter.isprintable() for letter in text):
        raise BadField(field, "it has characters that are not letters", "contiene caracteres no válidos")
    return text


def _email(text: str) -> str:
    if text and not EMAIL.fullmatch(text):
        raise BadField("email", "the e-mail address is not valid", "el correo electrónico no es válido")
    return text


def _phone(text: str) -> str:
    """E.164; a Spanish number may come without +34."""
    digits = re.sub(r"[\s().-]", "", text)
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if SPANISH_PHONE.fullmatch(digits):
        digits = f"+34{digits}"
    if digits and not PHONE.fullmatch(digits):
        raise BadField(
            "phone",
            "the phone is not valid: write it as 600 000 123 or +34 600 000 123",
            "el teléfono no es válido: escríbalo como 600 000 123 o +34 600 000 123",
        )
    return digits


def _notice(text: str) -> NoticeMethod:
    found = NOTICES.get(_folded(text))
    if found is None:
        raise BadField(
            "notice", "the notice must be email, sms or both", "el aviso debe ser correo, sms o ambos"
        )
    return found


def _identity(text: str) -> Identity | None:
    """What kind it is shows in its form; a DNI or NIE must bear its own letter."""
    if not text:
        return None
    bare = re.sub(r"[\s.-]", "", text).upper()
    if DNI.fullmatch(bare) or NIE.fullmatch(bare):
        number = int(bare[:-1].translate(str.maketrans("XYZ", "012")))
        if LETTERS[number % 23] != bare[-1]:
            raise BadField(
                "identifier", "the letter of the DNI or NIE is wrong", "la letra del DNI o NIE no corresponde"
            )
        return Identity(IdentityType.DNI if DNI.fullmatch(bare) else IdentityType.NIE, bare)
    if CIF.fullmatch(bare):
        return Identity(IdentityType.CIF, bare)
    if len(text) > WORD:
        raise BadField(
            "identifier", "the identifier is too long (64)", "el identificador es demasiado largo (64)"
        )
    return Identity(IdentityType.OTHER, text)


def _folded(text: str) -> str:
    """Small letters without accents."""
    bare = unicodedata.normalize("NFD", text.strip().lower())
    return " ".join("".join(mark for mark in bare if not unicodedata.combining(mark)).split())
