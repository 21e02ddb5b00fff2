"""E-mail, by SMTP."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class MailSettings(BaseSettings):
    """Each is read from the environment (`BLOG_MAIL_HOST`) or from a file `.env`."""

    model_config = SettingsConfigDict(env_prefix="BLOG_MAIL_", env_file=".env", extra="ignore")

    host: str = "127.0.0.1"
    port: int = 1025
    timeout: float = 10
    starttls: bool = False
    user: str | None = None
    password: SecretStr = SecretStr("")
    sender: str = "Blog <blog@example.org>"


class RefusedError(Exception):
    """For good: to try again would change nothing."""


def letter(key: str, sender: str, recipient: str, subject: str, body: str) -> EmailMessage:
    """Under its key mail systems tell a copy that came twice."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = recipient
    # A subject is one line.
    message["Subject"] = " ".join(subject.split())
    message["Date"] = formatdate()
    message["Message-ID"] = f"<{key}@{sender.rpartition('@')[2].rstrip('>')}>"
    message.set_content(body)
    return message


def deliver(message: EmailMessage, settings: MailSettings) -> None:
    """Raises RefusedError, or an OSError after which it can be tried again."""
    try:
        with smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout) as server:
            if settings.starttls:
                server.starttls(context=ssl.create_default_context())
            if settings.user is not None:
                server.login(settings.user, settings.password.get_secret_value())
            server.send_message(message)
    except OSError as error:
        told = f"{settings.host}:{settings.port}: {error}"
        if any(code >= 500 for code in _codes(error)):
            raise RefusedError(told) from error
        raise ConnectionError(told) from error


def _codes(error: OSError) -> list[int]:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return [code for code, _ in error.recipients.values()]
    return [error.smtp_code] if isinstance(error, smtplib.SMTPResponseException) else []
