"""What is ours about signing in: nobody signs up, and an account is one mail address."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class Accounts(DefaultAccountAdapter):
    """Accounts come by invitation alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's
        """Nobody makes an account by themselves."""
        return False


class SecondFactors(DefaultMFAAdapter):
    """Names what a passkey or an authenticator is for."""

    error_messages = {  # noqa: RUF012 - allauth reads it from the class
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("That code is not right, or it is too old. Try the one shown now."),
    }

    def get_totp_issuer(self) -> str:
        """Return the name that an authenticator shows."""
        return "Echelon"
