"""E-mail by a provider's SMTP server, in a thread: the library blocks."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from collections.abc import Mapping
from contextlib import closing
from email.message import EmailMessage
from email.utils import formatdate
from hashlib import sha256

from wooster.config.telling import EmailChannel
from wooster.core.clock import Clock
from wooster.core.hosts import is_here
from wooster.core.text import clip
from wooster.notify.model import Message, NotSent, WayOut
from wooster.notify.secrets import Secret

_TIMEOUT_S = 30.0


class Email:
    """One message to one person."""

    name = "email"
    most_bytes = 0
    takes_once = False

    def __init__(
        self,
        settings: EmailChannel,
        out: WayOut,
        environ: Mapping[str, str],
        clock: Clock,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._settings, self._out, self._clock, self._trust = settings, out, clock, trust
        self._password = Secret("notify.email.password", settings.password, environ)

    @property
    def host(self) -> str:
        return self._settings.host or "the mail server"

    def lacks(self) -> str:
        if not self._settings.host:
            return "notify.email.host"
        if "@" not in self._from:
            return "notify.email.from"
        if self._settings.security == "none" and not is_here(f"http://{self._settings.host}"):
            return 'notify.email.security other than "none", for a server that is another machine'
        if self._settings.user and not self._password.is_set:
            return "notify.email.password"
        return ""

    async def send(self, message: Message) -> None:
        if lack := self.lacks():
            raise NotSent(f"it lacks {lack}", is_final=True, is_unreached=True)
        mail = self._mail(message)
        password = await self._password.get()
        size = len(mail.as_bytes())
        async with self._out.leaving(self.name, self.host, size, message.sensitivity):
            await asyncio.to_thread(self._send, mail, password)

    @property
    def _from(self) -> str:
        return self._settings.from_ or self._settings.user

    def _mail(self, message: Message) -> EmailMessage:
        mail = EmailMessage()
        mail["Subject"] = f"{message.title}: {clip(message.text, 60)}".strip(": ")
        mail["From"], mail["To"] = self._from, self._settings.to or self._from
        mail["Date"] = formatdate(self._clock.now().timestamp())
        # The same for the same message, by which a mail program can tell a second one.
        mail["Message-ID"] = f"<{sha256(message.key.encode()).hexdigest()[:32]}@wooster.invalid>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text.encode("utf-8", "replace").decode())
        return mail

    def _send(self, mail: EmailMessage, password: str) -> None:
        """Blocking. Raises `NotSent`, with nothing of what the server said but its code: some
        repeat the name and the text."""
        try:
            server = self._connected()
            # Closed without a goodbye: it was taken, and a wrong answer to that would be a failure.
            with closing(server):
                if self._settings.user:
                    server.login(self._settings.user, password)
                server.send_message(mail)
        except smtplib.SMTPAuthenticationError as error:
            raise NotSent(
                "the mail server doesn't take name and password", is_final=True
            ) from error
        except smtplib.SMTPResponseException as error:
            is_final = error.smtp_code >= 500
            raise NotSent(f"the mail server said {error.smtp_code}", is_final=is_final) from error
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise NotSent(
                "the mail server refuses the recipient", is_final=all(code >= 500 for code in codes)
            ) from error
        except smtplib.SMTPNotSupportedError as error:
            raise NotSent("the mail server has no STARTTLS or no login", is_final=True) from error
        except ssl.SSLCertVerificationError as error:
            raise NotSent("the mail server's certificate isn't right", is_unreached=True) from error
        except (smtplib.SMTPException, OSError) as error:
            what = type(error).__name__ if not isinstance(error, OSError) else error.strerror
            raise NotSent(f"the mail server can't be reached: {what or error}") from error

    def _connected(self) -> smtplib.SMTP:
        host, port = self._settings.host, self._settings.port
        trust = self._trust or ssl.create_default_context()
        if self._settings.security == "tls":
            return smtplib.SMTP_SSL(host, port, timeout=_TIMEOUT_S, context=trust)
        server = smtplib.SMTP(host, port, timeout=_TIMEOUT_S)
        if self._settings.security == "starttls":
            try:
                server.starttls(context=trust)
            except BaseException:
                server.close()
                raise
        return server
