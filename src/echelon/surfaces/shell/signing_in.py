"""What is ours about signing in: nobody signs up, and an account is one mail address."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from echelon.foundation.accounts.models import User
from echelon.foundation.accounts.selectors import vendor
from echelon.foundation.jobs.services import enqueue
from echelon.surfaces.shell.mails import RESET

log = logging.getLogger(__name__)


class Accounts(DefaultAccountAdapter):
    """Accounts come by invitation alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's
        """Nobody makes an account by themselves."""
        return False

    def send_password_reset_mail(self, user: User, *_: Any, **__: Any) -> None:
        """Have a job send it: it makes a link of its own, so that none lies anywhere."""
        said = {"user": str(user.pk), "language": get_language() or ""}
        enqueue(RESET, said, key=str(user.pk), at=timezone.now())

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail; that it can't be sent is for the log alone: it tells who has an account."""
        try:
            super().send_mail(template_prefix, email, {"vendor_name": vendor().name, **context})
        except OSError:
            log.exception("no mail could be sent: see ECHELON_MAIL_URL")


class SecondFactors(DefaultMFAAdapter):
    """Names what a passkey or an authenticator is for."""

    error_messages = {  # noqa: RUF012 - allauth reads it from the class
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("That code is not right, or it is too old. Try the one shown now."),
    }

    def get_totp_issuer(self) -> str:
        """Return the name that an authenticator shows."""
        return vendor().name or "Echelon"
