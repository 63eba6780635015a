"""Which documents a message may name to its reader: their own, and of a notification none before its act."""

from gateway.domain.catalogue import Act
from gateway.domain.participation import share_of
from gateway.domain.record import RecipientRecord, TransactionRecord


def own_names(record: TransactionRecord, reader: RecipientRecord) -> tuple[str, ...]:
    """As the issuer wrote them, in order; a notification's are content and come after its acknowledgement."""
    if record.profile.act is Act.ACKNOWLEDGE and reader.acknowledged_at is None:
        return ()
    asked = record.asked
    return tuple(each.name for each in asked.documents if share_of(reader.asked, asked.groups, each.id))
