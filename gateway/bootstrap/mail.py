"""The courier of e-mail as the settings say: relay, DKIM key, and whatever watches what is opened."""

from gateway.adapters.channels.email.courier import EmailCourier, Watched
from gateway.adapters.channels.email.relay import Relay, Security
from gateway.adapters.channels.email.signing import DkimKey
from gateway.adapters.channels.email.tracker import Tracker
from gateway.settings import Settings, SettingsError, read_private, read_secret
from gateway.usecases.ports import Clock, MessageMark
from gateway.usecases.track import proof_of, token_of


def mail_courier(settings: Settings, clock: Clock, watched: Watched | None = None) -> EmailCourier:
    """Raises SettingsError for a key that cannot sign."""
    return EmailCourier(relay(settings), clock, dkim_key(settings), watched)


def tracker(settings: Settings, mark: MessageMark) -> Watched | None:
    """None where nothing is to be seen."""
    opens, clicks = settings.tracker.opens, settings.tracker.clicks
    if opens == "none" and not clicks:
        return None
    return Tracker(
        settings.gateway.base_url.rstrip("/"),
        lambda message: token_of(mark, message),
        lambda token, target: proof_of(mark, token, target),
        opens=opens != "none",
        notices=opens == "all",
        clicks=clicks,
    )


def relay(settings: Settings) -> Relay:
    email = settings.email
    return Relay(
        host=email.host,
        port=email.port,
        sender=email.sender,
        security=Security(email.security),
        user=email.user,
        password=read_secret(email.password_file) if email.password_file else "",
        timeout=email.timeout.total_seconds(),
        hostname=email.hostname,
        bounces=email.bounces,
        direct=email.direct,
        ca_file=email.ca_file,
        session_life=email.session_life.total_seconds(),
        session_messages=email.session_messages,
    )


def dkim_key(settings: Settings) -> DkimKey | None:
    """None where mail leaves unsigned, or the relay signs it."""
    email, file = settings.email, settings.email.dkim_key
    if file is None:
        return None
    domain = email.dkim_domain or email.sender.rpartition("@")[2]
    try:
        return DkimKey.read(read_private(file), domain, email.dkim_selector)
    except ValueError as error:
        raise SettingsError(str(file), "", "", str(error)) from None
