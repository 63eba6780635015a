"""The courier of letters, and the listener that takes what it tells, as the settings say."""

from collections.abc import Sequence

from gateway.adapters.channels.postal.collect import PostalStatuses, Receive
from gateway.adapters.channels.postal.courier import Mark, PostalCourier
from gateway.adapters.channels.postal.exchange import Exchange
from gateway.adapters.channels.postal.folder import FolderExchange
from gateway.adapters.channels.postal.print_file import Origin
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.settings import Settings, read_secret
from gateway.usecases.ports import Clock, Courier


def postal_courier(settings: Settings, clock: Clock, mark: Mark, console: Courier) -> Courier:
    """`console` where there is no courier. Raises GatewayError(CONFIGURATION) without the extra `sftp`."""
    exchange = _exchange(settings)
    if exchange is None:
        return console
    post = settings.post
    return PostalCourier(exchange, clock, mark, Origin(post.country, post.country_names), post.return_to)


def postal_statuses(settings: Settings, clock: Clock, receive: Receive) -> Sequence[PostalStatuses]:
    """None where no courier is configured."""
    exchange, post = _exchange(settings), settings.post
    if exchange is None:
        return ()
    poll = post.poll.total_seconds()
    found = PostalStatuses(exchange, receive, clock, post.zone, post.provider, poll, post.scan_patience)
    return (found,)


def _exchange(settings: Settings) -> Exchange | None:
    post = settings.post
    if post.channel == "console":
        return None
    if post.channel == "folder":
        return FolderExchange(post.folder)
    try:
        from gateway.adapters.channels.postal.sftp import SftpExchange
        from gateway.adapters.sftp import SftpServer
    except ImportError:
        raise GatewayError(ErrorKind.CONFIGURATION, "[post] channel = sftp needs fehaciente[sftp]") from None
    secret = post.sftp_password_file
    server = SftpServer(
        host=post.sftp_host,
        port=post.sftp_port,
        user=post.sftp_user,
        key=post.sftp_key,
        known_hosts=post.sftp_known_hosts,
        folder=post.sftp_folder,
        timeout=post.sftp_timeout.total_seconds(),
        password=read_secret(secret) if secret else "",
    )
    return SftpExchange(server)
