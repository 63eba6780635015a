"""The section of what is seen of e-mails after they left."""

from dataclasses import dataclass

from gateway.settings import values as v
from gateway.settings.values import key


@dataclass(frozen=True, slots=True)
class TrackerSection:
    """Openings and links of e-mails. Whether readers have to be told or asked is the law's to say."""

    opens: str = key(
        "content",
        v.choice("none", "content", "all"),
        "Whose openings are seen: nobody's, those of certified mails, those of notices as well.",
    )
    clicks: bool = key("yes", v.flag, "Whether links in certified mails lead by way of us, and are seen.")
