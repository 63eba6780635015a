"""The ways by which deposits are handed over, as the settings say."""

from gateway.adapters.deposits.email import EmailSender
from gateway.adapters.deposits.folder import FolderSender
from gateway.bootstrap.mail import mail_courier
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.settings import Settings, read_secret
from gateway.usecases.ports import Clock, DepositSender, DepositSenders


def senders(settings: Settings, clock: Clock) -> DepositSenders:
    """One for each way, in their order. Raises GatewayError(CONFIGURATION) without the extra `sftp`."""
    return {way: _sender(way, settings, clock) for way in settings.deposit.ways}


def _sender(way: str, settings: Settings, clock: Clock) -> DepositSender:
    deposit = settings.deposit
    if way == "folder":
        return FolderSender(deposit.folder, clock)
    if way == "email":
        installation, provider = settings.gateway.installation, settings.evidence.provider_name
        return EmailSender(mail_courier(settings, clock), deposit.email_to, installation, provider)
    try:
        from gateway.adapters.deposits.sftp import SftpSender, SftpServer
    except ImportError:
        raise GatewayError(ErrorKind.CONFIGURATION, "the way sftp needs fehaciente[sftp]") from None
    secret = deposit.sftp_password_file
    server = SftpServer(
        host=deposit.sftp_host,
        port=deposit.sftp_port,
        user=deposit.sftp_user,
        key=deposit.sftp_key,
        known_hosts=deposit.sftp_known_hosts,
        folder=deposit.sftp_folder,
        timeout=deposit.sftp_timeout.total_seconds(),
        password=read_secret(secret) if secret else "",
    )
    return SftpSender(server, clock)
