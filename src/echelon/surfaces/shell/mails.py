"""Mails that carry a link to begin with: an invitation, a new password.

They are written and sent by jobs, outside of any transaction: nobody waits for a mail server, and
none is asked for what is rolled back. The link's secret is made when the mail is, and lies nowhere
else. A mail that left just before its worker died leaves again, under the same Message-ID.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from echelon.foundation.accounts.models import User
from echelon.foundation.accounts.selectors import vendor
from echelon.foundation.accounts.services import invitations

#: The kinds of jobs.
INVITATION, RESET = "shell.mail_invitation", "shell.mail_reset"


def mail_invitation(invitation: UUID, *, at: datetime) -> None:
    """Send the mail of an invitation, in the vendor's language, unless it has left or ended."""
    found = invitations.letter(invitation, at=at)
    if found is None:
        return
    said = {
        "name": found.name,
        "link": f"{settings.ADDRESS}{reverse('invitation')}?token={found.token}",
        "ends_at": found.ends_at,
    }
    identity = f"invitation-{invitation}-{int(found.ends_at.timestamp())}"
    _send("shell/mails/invitation", found.email, said, vendor().language, identity)
    invitations.mailed(invitation, found, at=at)


def mail_reset(user: UUID, *, language: str, identity: str) -> None:
    """Send somebody the link by which they choose a new password, in their own language."""
    found = User.objects.filter(pk=user, is_active=True).first()
    if found is None:
        return
    key = f"{user_pk_to_url_str(found)}-{default_token_generator.make_token(found)}"
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
    said = {"password_reset_url": settings.ADDRESS + path.replace("UID-KEY", quote(key))}
    speaks = found.language or language
    _send("account/email/password_reset_key", found.email, said, speaks, f"reset-{identity}")


def _send(prefix: str, to: str, said: dict[str, Any], language: str, identity: str) -> None:
    with translation.override(language or settings.LANGUAGE_CODE):
        context = {"vendor_name": vendor().name or "Echelon", **said}
        subject = " ".join(render_to_string(f"{prefix}_subject.txt", context).split())
        text = render_to_string(f"{prefix}_message.txt", context).strip() + "\n"
    host = urlsplit(settings.ADDRESS).hostname
    headers = {"Message-ID": f"<{identity}@{host}>", "Auto-Submitted": "auto-generated"}
    EmailMessage(subject, text, to=[to], headers=headers).send()
