"""Where a recipient stands: the one place that decides which page comes next."""

from gateway.domain.catalogue import Act
from gateway.domain.participation import Role, role_of
from gateway.domain.record import RecipientRecord, TransactionRecord
from gateway.domain.results import RecipientState
from gateway.domain.signing import SignMethod
from gateway.usecases.results import Stage

CODES_WITH_DOWNLOAD = 2
# What a recipient does once the signature is asked for.
ACT_OF = {SignMethod.CERTIFICATE: Stage.CERTIFICATE, SignMethod.BIOMETRIC: Stage.PAD}


def stage_of(record: TransactionRecord, recipient: RecipientRecord) -> Stage:
    """The page that comes next for an identified recipient.

    An acknowledged notification is READ until it is settled. A certificate and a stroke take the place of
    codes, so that neither has a code to open the documents.
    """
    if recipient.conditions_at is None:
        return Stage.CONDITIONS
    if recipient.acknowledged_at is not None:
        return Stage.READ
    if needs_unlocking(record, recipient) and recipient.unlocked_at is None:
        return Stage.UNLOCK
    if has_form(record, recipient) and recipient.answered_at is None:
        return Stage.FORMS
    if recipient.state is RecipientState.CHALLENGED:
        return ACT_OF.get(recipient.sign_method, Stage.SIGN)
    # Where no act is asked for, reading is all there is, as often as they like.
    return Stage.READ if record.profile.act is Act.NONE else Stage.DOCUMENTS


def needs_unlocking(record: TransactionRecord, recipient: RecipientRecord) -> bool:
    return record.profile.codes == CODES_WITH_DOWNLOAD and recipient.sign_method.coded


def has_form(record: TransactionRecord, recipient: RecipientRecord) -> bool:
    """Whether the issuer asks something of this recipient; who only looks on is not asked."""
    return bool(record.asked.forms) and role_of(recipient.asked) is not Role.VIEWER


def form_open(record: TransactionRecord, recipient: RecipientRecord) -> bool:
    """Whether it may be filled, or changed, now: from the conditions on, until the act."""
    stage = stage_of(record, recipient)
    closed = stage in {Stage.CONDITIONS, Stage.UNLOCK, Stage.READ}
    return has_form(record, recipient) and not closed


def content_open(record: TransactionRecord, recipient: RecipientRecord) -> bool:
    """Whether this recipient may see the documents now: of a notification, only once it is acknowledged."""
    stage = stage_of(record, recipient)
    if stage in {Stage.CONDITIONS, Stage.UNLOCK}:
        return False
    return record.profile.act is not Act.ACKNOWLEDGE or stage is Stage.READ


def ready_to_act(record: TransactionRecord, recipient: RecipientRecord) -> bool:
    """Whether the signature may be asked for: the documents were shown, where they come before it.

    Whoever only reads never signs.
    """
    if stage_of(record, recipient) is not Stage.DOCUMENTS or role_of(recipient.asked) is Role.VIEWER:
        return False
    return record.profile.act is Act.ACKNOWLEDGE or recipient.state is RecipientState.CONSULTED
