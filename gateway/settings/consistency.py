"""What values must not say together, though each of them is well written."""

from collections.abc import Iterator

from gateway.settings.sections import Settings
from gateway.settings.values import LOOPBACK


def contradictions(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """Section, key and problem of each."""
    email, database = settings.email, settings.database
    if settings.gateway.base_url.startswith("http:") == settings.http.secure_cookies:
        yield "http", "secure_cookies", "must be yes with an https base_url, no with http on loopback"
    if bool(email.user) != bool(email.password_file):
        yield "email", "password_file", "user and password_file go together"
    yield from _of_mail(settings)
    if email.user and email.security == "none" and email.host not in LOOPBACK:
        yield "email", "security", "a password never leaves this machine in clear"
    if database.password_file and not database.url:
        yield "database", "password_file", "the embedded SQLite has no password"
    if bool(settings.oidc.issuer) != bool(settings.oidc.client_id):
        yield "oidc", "client_id", "issuer and client_id go together"
    deposit = settings.deposit
    if "email" in deposit.ways and (not deposit.email_to or email.channel != "smtp"):
        yield "deposit", "email_to", "the way `email` needs a mailbox, and [email] channel = smtp"
    if "sftp" in deposit.ways and not (deposit.sftp_host and deposit.sftp_user):
        yield "deposit", "sftp_host", "the way `sftp` needs host and user"
    yield from _of_letters(settings)
    yield from _of_sms(settings)
    yield from _of_calls(settings)
    yield from _of_bounces(settings)
    yield from _of_work(settings)
    yield from _of_the_vault(settings)
    yield from _pauses(settings)


def _of_mail(settings: Settings) -> Iterator[tuple[str, str, str]]:
    email = settings.email
    if bool(email.dkim_key) != bool(email.dkim_selector):
        yield "email", "dkim_selector", "dkim_key and dkim_selector go together"
    if email.dkim_domain and not email.dkim_key:
        yield "email", "dkim_domain", "nothing is signed without dkim_key"
    if email.bounces and email.bounces.count("@") != 1:
        yield "email", "bounces", "must be a mailbox"


def _of_letters(settings: Settings) -> Iterator[tuple[str, str, str]]:
    post = settings.post
    if post.channel == "sftp" and not (post.sftp_host and post.sftp_user):
        yield "post", "sftp_host", "channel = sftp needs host and user"


def _of_sms(settings: Settings) -> Iterator[tuple[str, str, str]]:
    smpp, http = settings.smpp, settings.sms_http
    if settings.sms.channel == "smpp" and not smpp.system_id:
        yield "smpp", "system_id", "channel = smpp needs one"
    if settings.sms.channel == "http" and not (http.url and http.receipts_secret_file):
        yield "sms_http", "url", "channel = http needs url and receipts_secret_file"
    if (http.authorization == "none") == bool(http.secret_file):
        yield "sms_http", "secret_file", "goes together with authorization"


def _of_calls(settings: Settings) -> Iterator[tuple[str, str, str]]:
    voice = settings.voice
    if voice.channel == "twilio":
        for name in ("account", "token_file", "sender", "callback_url"):
            if not getattr(voice, name):
                yield "voice", name, "channel = twilio needs account, token_file, sender and callback_url"
                return


def _of_bounces(settings: Settings) -> Iterator[tuple[str, str, str]]:
    template = settings.email.bounces
    if settings.bounces.protocol != "none" and (template.count("{mark}") != 1 or "@" not in template):
        yield "bounces", "protocol", "needs [email] bounces with {mark} in it, once"


def _of_the_vault(settings: Settings) -> Iterator[tuple[str, str, str]]:
    if settings.vault.store == "s3" and not settings.s3.bucket:
        yield "s3", "bucket", "store = s3 needs a bucket"
    if bool(settings.s3.access_key) != bool(settings.s3.secret_file):
        yield "s3", "secret_file", "access_key and secret_file go together"


def _of_work(settings: Settings) -> Iterator[tuple[str, str, str]]:
    broker = settings.broker
    if settings.worker.engine == "dramatiq" and not broker.url:
        yield "broker", "url", "engine = dramatiq needs a broker"
    if bool(broker.certificate) != bool(broker.certificate_key):
        yield "broker", "certificate_key", "certificate and certificate_key go together"


def _pauses(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """Times that must stand in a certain order."""
    if settings.tsa.rest > settings.tsa.longest_rest:
        yield "tsa", "rest", "must not be longer than longest_rest"
    if settings.worker.poll >= settings.worker.lease:
        yield "worker", "poll", "must be shorter than lease"
    if settings.feedback.first_retry > settings.feedback.longest_retry:
        yield "feedback", "first_retry", "must not be longer than longest_retry"
    if settings.feedback.rest > settings.feedback.longest_rest:
        yield "feedback", "rest", "must not be longer than longest_rest"
    yield from _of_sealing(settings)


def _of_sealing(settings: Settings) -> Iterator[tuple[str, str, str]]:
    if (settings.seal.policy not in ("", "implied")) != bool(settings.seal.policy_sha256):
        yield "seal", "policy_sha256", "a policy by URI or OID, and only such a one, has a digest"
